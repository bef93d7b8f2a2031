import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { hitColumns } from '../../server/collect/hit.ts'
import { packageRoot } from '../../server/root.ts'

test('The privacy page names every column that is kept, with its purpose and ground, and no other', () => {
  const page = readFileSync(join(packageRoot, 'docs', 'privacy.md'), 'utf8')
  const table = page.slice(page.indexOf('## Every column'), page.indexOf('- **statistics**'))
  const rows = table.split('\n').filter((line) => line.startsWith('| `'))
  const wanted = Object.entries(hitColumns).map(
    ([name, { purpose, ground }]) => `| \`${name}\` | ${purpose} | ${ground} |`,
  )
  expect(rows).toEqual(wanted)
})
