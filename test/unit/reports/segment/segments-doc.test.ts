import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { segmentNames } from '../../../../server/reports/segment/segment-name.ts'
import { packageRoot } from '../../../../server/root.ts'
import { berlin } from '../../../world/store.ts'

test('docs/segments.md has a line for every name, with its title and what it is of', () => {
  const lines = readFileSync(join(packageRoot, 'docs', 'segments.md'), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .map(([, name, title, of]) => `${name} ${title} ${of}`)
  for (const { name, title, of } of segmentNames(berlin)) {
    expect(lines).toContain(`\`${name}\` ${title} ${of}`)
  }
})
