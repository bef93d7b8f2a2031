import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { runIn } from '../../../server/commands.ts'
import type { Footfall } from '../../../server/footfall.ts'
import { Journal, type JournalOptions } from '../../../server/journal/journal.ts'
import type { Shipment } from '../../../server/journal/shipper.ts'
import { run } from '../../world/process.ts'

let data: string
let journal: Journal
let refuses: (segment: Shipment) => boolean

beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'footfall-test-'))
  refuses = () => false
})

afterEach(async () => {
  await journal?.close()
  rmSync(data, { recursive: true, force: true })
})

async function openJournal(options: Partial<JournalOptions> = {}): Promise<void> {
  journal = await Journal.open({
    folder: join(data, 'journal'),
    ship: async (segment) => {
      if (refuses(segment)) throw new Error('cannot be read')
    },
    rejection: () => 'CANNOT_PARSE_TEXT (6)',
    onError: () => {},
    freeBytes: async () => 12_345_678_901,
    ...options,
  })
}

/** As far as the command sees it: a journal, where the data is, and what time it is. */
async function footfallJournal(...args: string[]): Promise<{ code: number; lines: string[] }> {
  const { oldest = 0 } = journal.backlog()
  const service = { config: { data }, journal, now: () => oldest + 75_400 } as Footfall
  const lines: string[] = []
  const output = { line: (text: string) => lines.push(text), progress: () => {} }
  const code = await runIn(service, 'journal', args, output)
  return { code, lines }
}

const name = (sequence: number) => `00000000000${sequence}-0123456789ab`

function leave(sequence: number, lines: number): void {
  writeFileSync(join(data, 'journal', `${name(sequence)}.jsonl`), '{"a":1}\n'.repeat(lines))
}

test('footfall journal tells of a journal in which nothing waits', async () => {
  await openJournal()
  expect(await footfallJournal()).toEqual({
    code: 0,
    lines: [
      'Waiting: nothing',
      'Last shipped: nothing since the start',
      'Free on its disk: 12345.7 MB',
      'Refused: nothing',
    ],
  })
  expect(await footfallJournal('status')).toEqual(await footfallJournal())
})

test('footfall journal tells what waits, since when, and what was shipped last', async () => {
  await openJournal({ sealAfter: 3_600_000 })
  await journal.append('{"a":1}\n')
  await journal.drain()
  const shipped = journal.lastShipped ?? 0
  await journal.append('{"a":1}\n{"a":2}\n', 2)
  expect((await footfallJournal()).lines.slice(0, 2)).toEqual([
    'Waiting: 2 hits in 1 segment, 16 bytes, for 75 seconds',
    `Last shipped: ${new Date(shipped).toISOString()}`,
  ])
})

test('footfall journal tells why hits cannot be kept', async () => {
  await openJournal({ freeBytes: async () => 49_000_000 })
  expect(await footfallJournal()).toEqual({
    code: 0,
    lines: [
      'Hits cannot be kept: the disk is full (less than 50 MB free)',
      'Waiting: nothing',
      'Last shipped: nothing since the start',
      'Free on its disk: 49.0 MB',
      'Refused: nothing',
    ],
  })
})

test('footfall journal lists what was refused, and retry tells of each segment what became of it', async () => {
  await openJournal()
  await journal.close()
  for (const sequence of [1, 2, 3]) leave(sequence, sequence)
  refuses = () => true
  await openJournal()
  await journal.drain()
  expect((await footfallJournal()).lines.slice(3)).toEqual([
    `Refused: 3 segments in ${join(data, 'journal', 'rejected')}`,
    `  ${name(1)}.jsonl  1 hit, 8 bytes: CANNOT_PARSE_TEXT (6)`,
    `  ${name(2)}.jsonl  2 hits, 16 bytes: CANNOT_PARSE_TEXT (6)`,
    `  ${name(3)}.jsonl  3 hits, 24 bytes: CANNOT_PARSE_TEXT (6)`,
  ])

  refuses = (segment) => segment.name.startsWith(name(2))
  expect(await footfallJournal('retry')).toEqual({
    code: 1,
    lines: [
      `${name(1)}.jsonl: shipped`,
      `${name(3)}.jsonl: shipped`,
      `${name(2)}.jsonl: refused again: CANNOT_PARSE_TEXT (6)`,
      'Refused again: 1 of 3 segments.',
    ],
  })

  refuses = () => false
  expect(await footfallJournal('retry')).toEqual({ code: 0, lines: [`${name(2)}.jsonl: shipped`] })
  expect(readdirSync(join(data, 'journal', 'rejected'))).toEqual([])
  expect(await footfallJournal('retry')).toEqual({ code: 0, lines: ['No segment is set aside.'] })
})

test('A refused segment whose file was deleted is gone', async () => {
  await openJournal()
  await journal.close()
  leave(1, 1)
  refuses = () => true
  await openJournal()
  await journal.drain()
  expect(journal.rejected).toBe(1)
  rmSync(join(data, 'journal', 'rejected', `${name(1)}.jsonl`))
  expect((await footfallJournal()).lines.slice(3)).toEqual(['Refused: nothing'])
  expect(journal.rejected).toBe(0)
})

test.each([[['discard']], [['retry', 'all']], [['--all']]])(
  'footfall journal %j is told to be unknown, and ships nothing',
  async (args) => {
    await openJournal()
    const { code, lines } = await footfallJournal(...args)
    expect(code).toBe(2)
    expect(lines.join('\n')).toMatch(/\nUsage: footfall journal \[status\|retry\]$/)
  },
)

test('footfall journal --help says how it is used', async () => {
  await openJournal()
  expect(await run(['journal', '--help'], { FOOTFALL_DATA: data })).toMatchObject({
    code: 0,
    stdout: 'Usage: footfall journal [status|retry]\n',
  })
})
