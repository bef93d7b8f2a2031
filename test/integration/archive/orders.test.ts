// An order that is kept on two days counts on the first, in rollups as in hits, whatever comes or goes later.

import { afterAll, beforeAll, expect, test } from 'vitest'
import { rollUp } from '../../../server/archive/rolling.ts'
import { answer } from '../../../server/reports/answer.ts'
import { parsePeriod } from '../../../server/reports/period.ts'
import { laterDaysOfOrders, markChanged } from '../../../server/store/changed-days.ts'
import { known } from '../../world/catalogue.ts'
import { berlin, openStore, type StoreWorld, storeHits } from '../../world/store.ts'
import { visit } from '../../world/visits.ts'

const now = Date.parse('2026-04-15T12:00:00Z')

let world: StoreWorld
beforeAll(async () => {
  world = await openStore()
  await storeHits(world.store, [...order('A', '2026-03-05', 10), ...order('B', '2026-03-04', 1)])
  await roll()
}, 240_000)
afterAll(() => world.close())

const order = (order_id: string, date: string, revenue: number) =>
  visit({
    at: `${date}T12:00:00+01:00`,
    visitor: `${Number(date.slice(-2))}`,
    does: [{ kind: 'order', order_id, amounts: { revenue }, conversions: [{ goal: 0, revenue }] }],
  })

/** Until nothing is due any more. */
async function roll(): Promise<void> {
  while (
    (await rollUp({ store: world.store, sites: [berlin], now, settleFor: 0, thorough: false })).days > 0
  );
}

/** Orders and revenue of each day from March 2nd to 5th. */
async function ordered(): Promise<[string | undefined, ...unknown[]][]> {
  const period = parsePeriod('range', '2026-03-02,2026-03-05', berlin.timezone, now)
  const question = { report: known('orders'), site: berlin, period, by: 'day', limit: 10, offset: 0 } as const
  const { rows, source } = await answer(world.store, question, now)
  return rows.map(({ orders, revenue }) => [source, orders, revenue])
}

test('An order of an earlier day that comes late takes the place of the one that was rolled up', async () => {
  await storeHits(world.store, order('A', '2026-03-03', 7))
  await roll()
  expect(await ordered()).toEqual([
    ['rollup', 0, 0],
    ['rollup', 1, 7],
    ['rollup', 1, 1],
    ['rollup', 0, 0],
  ])
})

test('When the first is erased, the next one counts', async () => {
  const later = await laterDaysOfOrders(world.store, 1, ['2026-03-03'])
  expect(later).toEqual(['2026-03-05'])
  for (const table of ['hits', 'visits']) {
    await world.store.command(`ALTER TABLE {{local ${table}}} {{on cluster}} DELETE WHERE day = '2026-03-03'`)
  }
  await markChanged(world.store, 1, ['2026-03-03', ...later])
  await roll()
  expect(await ordered()).toEqual([
    ['rollup', 0, 0],
    ['rollup', 0, 0],
    ['rollup', 1, 1],
    ['rollup', 1, 10],
  ])
})
