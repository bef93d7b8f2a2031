// The process is killed at any moment: test/integration/promises/crash.test.ts does that, under load. Here are the
// moments that chance seldom hits, each made by hand: a segment was shipped, the process ended before it was deleted,
// and of what ClickHouse had written some is missing.
// With the embedded engine only, whose data lies in the same folder.

import { mkdirSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { onServer } from '../../world/clickhouse-server.ts'
import { type RunningProcess, serve } from '../../world/process.ts'
import { hit } from '../../world/store.ts'
import { copyOf, type Data, exactly, newData, segments, stored } from './numbered-pages.ts'

let shipped: Data
let data: Data
let running: RunningProcess | undefined

// No year that is over: it might be made final meanwhile.
const december = Date.UTC(2098, 11, 31, 12) / 1000
const january = Date.UTC(2099, 0, 1, 12) / 1000

/** Visits of December and January, which lie in two partitions; pages of these numbers. */
function segment(folder: string, sequence: number, pages: number[]): void {
  const rows = pages.map((page, index) => {
    const odd = page % 2
    const time = (odd ? january : december) + sequence * 60 + index
    return hit({
      time,
      visit_id: String(10 + odd),
      visitor_id: '7',
      position: page,
      url: `example.org/${page}`,
    })
  })
  mkdirSync(join(folder, 'journal'), { recursive: true })
  writeFileSync(
    join(folder, 'journal', `00000000000${sequence}-0123456789ab.jsonl`),
    rows.map((row) => `${JSON.stringify(row)}\n`).join(''),
  )
}

const first = [1, 2, 3, 4, 5, 6]
const second = [7, 8]

beforeAll(async () => {
  shipped = await newData()
  segment(shipped.folder, 1, first)
  running = await serve(shipped.folder)
  await running.kill('SIGKILL')
  expect(segments(shipped)).toEqual([])
})

beforeEach(() => {
  data = copyOf(shipped)
})

afterEach(async () => {
  await running?.kill('SIGKILL')
  rmSync(data.folder, { recursive: true, force: true })
})

afterAll(() => rmSync(shipped.folder, { recursive: true, force: true }))

type Table = 'hits' | 'visits'

function inTable(table: Table, name: RegExp): string[] {
  const folder = realpathSync(join(data.folder, 'clickhouse', 'data', 'default', table))
  return readdirSync(folder)
    .filter((entry) => name.test(entry))
    .map((entry) => join(folder, entry))
}

/** ClickHouse had not put these parts in their place when it ended. */
function forgetParts(table: Table, name = /^\d{6}_/): void {
  const parts = inTable(table, name)
  expect(parts).not.toEqual([])
  for (const part of parts) rmSync(part, { recursive: true })
}

/** The record of what was inserted under which token had not reached the disk. */
function forgetTokens(table: Table): void {
  const logs = inTable(table, /^deduplication_logs$/).flatMap((folder) =>
    readdirSync(folder).map((name) => join(folder, name)),
  )
  expect(logs).not.toEqual([])
  for (const log of logs) rmSync(log)
}

const moments: [string, () => void][] = [
  ['after shipping and before deleting', () => {}],
  [
    'when the deduplication record was written and no part was in its place',
    () => {
      forgetParts('hits')
      forgetParts('visits')
    },
  ],
  [
    'when one part of two was in its place',
    () => {
      forgetParts('hits', /^209901_/)
      forgetParts('visits')
      forgetTokens('visits')
    },
  ],
  [
    'when the hits were in their place and the visits were not',
    () => {
      forgetParts('visits')
      forgetTokens('visits')
    },
  ],
  ['when the visits had their record and not their parts', () => forgetParts('visits')],
  [
    'when visits had one part of two',
    () => {
      forgetParts('visits', /^209812_/)
      forgetTokens('visits')
    },
  ],
  [
    'with the power, which forgot the deduplication records',
    () => {
      forgetTokens('hits')
      forgetTokens('visits')
    },
  ],
  [
    'with the power, which forgot the deduplication records and the visits',
    () => {
      forgetTokens('hits')
      forgetTokens('visits')
      forgetParts('visits')
    },
  ],
]

test.skipIf(onServer).each(moments)('Killed %s: every hit is counted once', async (_moment, forget) => {
  forget()
  segment(data.folder, 1, first)
  segment(data.folder, 2, second)
  running = await serve(data.folder)
  expect(segments(data)).toEqual([])
  await running.kill('SIGKILL')
  expect(await stored(data)).toEqual(exactly([...first, ...second]))

  // And once more: the mended rows may be met again by the next crash.
  segment(data.folder, 2, second)
  running = await serve(data.folder)
  await running.kill('SIGKILL')
  expect(await stored(data)).toEqual(exactly([...first, ...second]))
})
