import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parameters } from '../../server/collect/parameter.ts'
import { packageRoot } from '../../server/root.ts'

const page = readFileSync(join(packageRoot, 'docs', 'tracking-api.md'), 'utf8')

test('docs/tracking-api.md names every parameter, and none that is not read', () => {
  const [tables = ''] = page.split('### What changes nothing')
  const named = [...tables.matchAll(/^\| ([^|]+) \|(?: (`[^|]+) \|$)?/gm)]
    .flatMap(([, first = '', second = '']) => [...`${first} ${second}`.matchAll(/`(\w+)`/g)])
    .map(([, name]) => name)
    .filter((name) => !name?.startsWith('dimension'))
  expect(named.toSorted()).toEqual(Object.keys(parameters).toSorted())
  expect(tables).toContain('`dimension1`')
})
