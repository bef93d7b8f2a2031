// S13, by the command that an operator types: what is kept of a finished year, and that the rest is gone.

import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runIn } from '../../../server/commands.ts'
import { firefox, type ReportAnswer, startFootfall, type World } from '../../world/footfall.ts'

let world: World
const visitors = ['5eed5eed5eed0001', '5eed5eed5eed0002', '5eed5eed5eed0003']

beforeAll(async () => {
  world = await startFootfall({ clock: Date.parse('2026-02-01T12:00:00Z') })
  await importHits(
    visitors.flatMap((_id, index) => [
      { _id, cdt: `2025-0${index + 4}-10 10:00:00`, url: 'https://example.org/a', action_name: 'A' },
      { _id, cdt: `2025-0${index + 4}-10 10:05:00`, url: 'https://example.org/b', action_name: 'B' },
    ]),
  )
  await importHits([{ _id: visitors[0] ?? '', cdt: '2026-01-20 10:00:00', url: 'https://example.org/new' }])
})
afterAll(() => world.close())

async function importHits(hits: Record<string, string>[]): Promise<unknown> {
  const requests = hits.map((hit) => ({ idsite: '1', rec: '1', ua: firefox, cip: '91.12.34.56', ...hit }))
  const answer = await fetch(`${world.url}/matomo.php`, {
    method: 'POST',
    body: JSON.stringify({ requests, token_auth: world.token }),
  })
  return await answer.json()
}

async function command(...args: string[]): Promise<{ code: number; lines: string[] }> {
  const lines: string[] = []
  const code = await runIn(world.service, 'finalize', args, {
    line: (line) => lines.push(line),
    progress: () => {},
  })
  return { code, lines }
}

const lastMay = Date.parse('2025-05-10T10:00:00Z') / 1000
const year = { period: 'year', date: '2025-06-01' }
const asked = ['overview', 'pages', 'entry-pages', 'os', 'browsers', 'countries', 'referrer-types']
const answers = async () => await Promise.all(asked.map((name) => world.report(name, year)))
const told = ({ rows, totals }: ReportAnswer) => ({ rows, totals })

test('A dry run tells what is kept and dropped, and changes nothing', async () => {
  const { code, lines } = await command('--year', '2025', '--dry-run')
  expect(code).toBe(0)
  expect(lines[0]).toBe('Example (site 1), 2025: raw, due now')
  expect(lines.find((line) => line.startsWith('  pages'))).toMatch(
    /^ {2}pages +\d+ {2}page_views 6, visits 3, visitors 3/,
  )
  expect(lines.find((line) => line.startsWith('  hits'))).toMatch(/^ {2}hits +6 {2}about 0\.\d MB$/)
  expect(await world.service.store.query('SELECT count() AS rows FROM hits')).toEqual([{ rows: 7 }])
})

test('A year that is not over is not finalised', async () => {
  const { code, lines } = await command('--year', '2026')
  expect(code).toBe(2)
  expect(lines[0]).toContain(
    'The year 2026 of site 1 may become final on 2027-01-08; there it is 2026-02-01.',
  )
})

test('S13: after the yearly job the totals are there, and no raw row, visitor id or journal line of that year', async () => {
  world.service.visits.known.set(1, visitors[0] ?? '', {
    visits: 1,
    first: lastMay,
    last: lastMay,
    ordered: 0,
  })
  const before = await answers()
  const { code, lines } = await command('--year', '2025')
  expect(lines).toEqual(['Example: 2025 is final. Dropped 6 hits and 3 visits.'])
  expect(code).toBe(0)

  const after = await answers()
  expect(after.map(told)).toEqual(before.map(told))
  expect(after.map((answer) => answer.source)).toEqual(asked.map(() => 'final'))

  const { store } = world.service
  const left = await store.query('SELECT DISTINCT visitor_id FROM visitors ORDER BY visitor_id')
  const there = await store.query('SELECT DISTINCT visitor_id FROM visit ORDER BY visitor_id')
  expect(left).toEqual(there)
  expect(world.service.visits.known.has(1, visitors[0] ?? '')).toBe(false)
  for (const table of ['hits', 'visits']) {
    const rows = await store.query(`SELECT toYear(day) AS year, count() AS rows FROM ${table} GROUP BY year`)
    expect(rows).toEqual([{ year: 2026, rows: 1 }])
  }
  expect(readdirSync(join(world.data, 'journal'))).toEqual([])
  // Not even a part that is out of use and still on disk; an empty one marks that there was something.
  const parts = () =>
    store.query(
      `SELECT name FROM system.parts
       WHERE database = currentDatabase() AND table IN ('hits', 'visits') AND startsWith(partition, '2025') AND rows > 0`,
    )
  await expect.poll(parts, { timeout: 85_000, interval: 500 }).toEqual([])

  const tables = await store.query<{ name: string }>(
    "SELECT name FROM system.tables WHERE database = currentDatabase() AND engine LIKE '%MergeTree'",
  )
  const everything = await Promise.all(
    tables.map(({ name }) =>
      store.query(`SELECT * FROM ${name}`, {}, { output_format_json_quote_64bit_integers: 1 }),
    ),
  )
  const text = JSON.stringify(everything)
  const ids = visitors.map((id) => BigInt(`0x${id}`).toString())
  // The first visitor came again in 2026.
  expect(ids.map((id) => text.includes(id))).toEqual([true, false, false])
})

test('Nothing can be added to a final year or to one before it, and the next year goes on', async () => {
  expect(
    await importHits([
      { cdt: '2025-11-11 10:00:00', url: 'https://example.org/late' },
      { cdt: '2024-11-11 10:00:00', url: 'https://example.org/late' },
      { cdt: '2026-01-21 10:00:00', url: 'https://example.org/new' },
    ]),
  ).toMatchObject({
    tracked: 1,
    invalid: 2,
    errors: [2025, 2024].map((year, index) => ({
      index,
      message: `cdt: the day ${year}-11-11 of this site is closed, nothing can be added to it.`,
    })),
  })
  const again = await command('--year', '2025')
  expect(again.lines).toEqual(['Example: 2025 is final.'])
})
