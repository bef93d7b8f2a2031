// Thousands of visitors of several days: their number is an estimate, says so, and is as close as it says.

import { afterAll, beforeAll, expect, test } from 'vitest'
import { rollUp } from '../../../server/archive/rolling.ts'
import { type Answer, answer } from '../../../server/reports/answer.ts'
import { type PeriodKind, parsePeriod } from '../../../server/reports/period.ts'
import { known } from '../../world/catalogue.ts'
import { berlin, openStore, type StoreWorld, storeHits } from '../../world/store.ts'
import { page, visit } from '../../world/visits.ts'

const now = Date.parse('2026-04-15T12:00:00Z')

let world: StoreWorld
beforeAll(async () => {
  world = await openStore()
  await storeHits(world.store, [
    // 4,000 visitors, 2,000 of them on both days.
    ...visitors('2026-03-02', 0, 3000),
    ...visitors('2026-03-03', 1000, 4000),
    // 4,000 others, each of them once.
    ...visitors('2026-03-10', 10_000, 12_000),
    ...visitors('2026-03-11', 12_000, 14_000),
  ])
  await rollUp({ store: world.store, sites: [berlin], now, settleFor: 0 })
}, 240_000)
afterAll(() => world.close())

/** Of each ten one has a page of its own. */
const visitors = (date: string, from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => from + index).flatMap((number) =>
    visit({
      at: `${date}T12:00:00+01:00`,
      visitor: String(1_000_003 * (number + 1)),
      does: [page(`example.org/${number % 10}`, `Page ${number % 10}`)],
    }),
  )

async function ask(name: string, kind: PeriodKind, date: string): Promise<Answer> {
  const period = parsePeriod(kind, date, berlin.timezone, now)
  return await answer(world.store, { report: known(name), site: berlin, period, limit: 100, offset: 0 }, now)
}

const twoDays = ['range', '2026-03-02,2026-03-03'] as const
const onceEach = ['range', '2026-03-10,2026-03-11'] as const
/** The data is the same each time, so that four times the typical error is never left. */
const most = (visitors: number, error: number) => 4 * error * visitors

test.each([twoDays, ['week', '2026-03-02'] as const])('All visitors of a %s of %s', async (kind, date) => {
  const { totals, source, approximate, error } = await ask('overview', kind, date)
  expect({ source, approximate, error }).toEqual({ source: 'rollup', approximate: true, error: 0.004 })
  expect(totals.visits).toBe(6000)
  expect(Math.abs(Number(totals.visitors) - 4000)).toBeLessThan(most(4000, 0.004))
})

test('Visitors of each row, of which less is known', async () => {
  const { rows, totals, approximate, error } = await ask('pages', ...twoDays)
  expect({ approximate, error }).toEqual({ approximate: true, error: 0.016 })
  expect(rows).toHaveLength(10)
  for (const { visits, visitors } of rows) {
    expect(visits).toBe(600)
    expect(Math.abs(Number(visitors) - 400)).toBeLessThan(most(400, 0.016))
  }
  expect(Math.abs(Number(totals.visitors) - 4000)).toBeLessThan(most(4000, 0.004))
})

test('There are never more visitors than visits', async () => {
  const { totals } = await ask('overview', ...onceEach)
  expect(totals.visits).toBe(4000)
  expect(totals.visitors).toBeLessThanOrEqual(4000)
  const { rows } = await ask('pages', ...onceEach)
  expect(rows.map(({ visits }) => visits)).toEqual(Array(10).fill(400))
  const estimates = rows.map(({ visitors }) => Number(visitors))
  expect(Math.max(...estimates)).toBe(400)
  expect(Math.min(...estimates)).toBeLessThan(400)
})

test('The visitors of one day are counted one by one', async () => {
  const { totals, rows, approximate, error } = await ask('pages', 'day', '2026-03-02')
  expect({ approximate, error, visitors: totals.visitors }).toEqual({
    approximate: false,
    error: null,
    visitors: 3000,
  })
  expect(rows.map(({ visitors }) => visitors)).toEqual(Array(10).fill(300))
})
