// What happened in the last minutes, up to two days of them: as Matomo's Live.getCounters counts visits and visitors.

import { afterAll, beforeAll, expect, test } from 'vitest'
import { ReportsWorld } from '../../world/reports.ts'
import { berlin, openStore, type StoreWorld, storeHits } from '../../world/store.ts'
import { page, ping, visit } from '../../world/visits.ts'

let world: StoreWorld
let reports: ReportsWorld

beforeAll(async () => {
  world = await openStore()
  reports = new ReportsWorld(world.store, [berlin])
  // The night of 25 October has the hour from 2 to 3 twice.
  reports.now = Date.parse('2026-10-25T20:10:30+01:00')
  const open = (at: string, visitor: string, after?: number) => {
    return visit({ at, visitor, does: [page('example.org/', 'Home'), ...(after ? [ping(after)] : [])] })
  }
  await storeHits(
    world.store,
    [
      open('2026-10-23T20:59:00+02:00', '1'),
      open('2026-10-23T21:12:00+02:00', '2'),
      open('2026-10-24T23:50:00+02:00', '3'),
      open('2026-10-25T02:30:00+02:00', '3'),
      open('2026-10-25T02:30:00+01:00', '4'),
      // Began before the last half hour and is still there.
      open('2026-10-25T19:30:00+01:00', '5', 1200),
      open('2026-10-25T20:10:10+01:00', '6'),
    ].flat(),
  )
})
afterAll(() => world.close())

test.each([
  [1, 1, 1, 1],
  [30, 1, 2, 2],
  [60, 2, 2, 2],
  [1440, 5, 5, 4],
  [2880, 6, 6, 5],
])('in the last %i minutes', async (minutes, views, visits, visitors) => {
  const { rows, totals } = await reports.json(`/realtime?site=1&minutes=${minutes}`)
  expect(totals).toMatchObject({ page_views: views, visits, visitors })
  expect(rows).toHaveLength(minutes)
  const sum = rows.reduce((all: number, row: { page_views: number }) => all + row.page_views, 0)
  expect(sum).toBe(views)
})

test('by default the last 30 are told, the running minute last', async () => {
  const { rows } = await reports.json('/realtime?site=1')
  expect(rows).toHaveLength(30)
  expect(rows[0].label).toBe('2026-10-25T19:41:00+01:00')
  expect(rows[29]).toMatchObject({ label: '2026-10-25T20:10:00+01:00', page_views: 1, visits: 1 })
})

test('more than two days are refused', async () => {
  const { status, body } = await reports.ask('/realtime?site=1&minutes=2881')
  expect([status, JSON.parse(body).error.message]).toEqual([400, 'The parameter "minutes" must be <= 2880.'])
})
