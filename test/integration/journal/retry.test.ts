import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Journal } from '../../../server/journal/journal.ts'

test('A refused segment is retried from where it lies: a crash meanwhile finds first what was sent first', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'footfall-test-'))
  const rejected = join(folder, 'rejected')
  mkdirSync(rejected)
  const name = '000000000001-0123456789ab.jsonl'
  writeFileSync(join(rejected, name), '{"hit":1}\n')
  const meanwhile: string[][] = []
  const sent: string[] = []
  const journal = await Journal.open({
    folder,
    ship: async ({ path, name, repeated }) => {
      sent.push(`${name.slice(11, 12)} ${repeated}`)
      expect(existsSync(path)).toBe(true)
      meanwhile.push(readdirSync(folder).filter((entry) => entry.endsWith('.jsonl')))
    },
    onError: () => {},
  })
  const [first, second] = await Promise.all([journal.retryRejected(), journal.retryRejected()])
  expect(first).toEqual({ shipped: [name], rejected: [] })
  expect(second).toEqual(first)
  expect(sent).toEqual(['1 true'])
  expect(meanwhile).toEqual([[]])
  expect(readdirSync(rejected)).toEqual([])
  await journal.close()
  rmSync(folder, { recursive: true })
})
