// A year that becomes final while the next one goes on: it has to say what its hits and its rollups say, and the week in
// which it ends may still get hits.

import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { finaliseYear } from '../../../server/archive/final-year.ts'
import { rollUp } from '../../../server/archive/rolling.ts'
import { type Answer, answer } from '../../../server/reports/answer.ts'
import { finalYears } from '../../../server/reports/final-years.ts'
import { parsePeriod } from '../../../server/reports/period.ts'
import { markChanged } from '../../../server/store/changed-days.ts'
import { known } from '../../world/catalogue.ts'
import { berlin, openStore, type StoreWorld, storeHits } from '../../world/store.ts'
import { event, page, visit } from '../../world/visits.ts'

const now = Date.parse('2026-01-20T12:00:00Z')

let world: StoreWorld
beforeAll(async () => {
  world = await openStore()
  await storeHits(world.store, [
    ...one('2025-12-29', '1'),
    ...one('2025-12-30', '1'),
    ...one('2025-12-30', '2'),
    ...one('2026-01-02', '1'),
  ])
  await roll()
}, 240_000)
afterAll(() => world.close())

const one = (date: string, visitor: string) =>
  visit({ at: `${date}T12:00:00+01:00`, visitor, does: [page('example.org/', 'Home')] })

const roll = () => rollUp({ store: world.store, sites: [berlin], now, settleFor: 0 })
const finalise = (more: object = {}) =>
  finaliseYear({ store: world.store, site: berlin, year: 2025, now, ...more })

async function week(): Promise<Answer> {
  const period = parsePeriod('week', '2026-01-01', berlin.timezone, now)
  return await answer(
    world.store,
    { report: known('overview'), site: berlin, period, limit: 1, offset: 0 },
    now,
  )
}

test('A year is not final where a rollup says otherwise; that one is made anew', async () => {
  await world.store.command(
    `ALTER TABLE {{local rollups}} {{on cluster}} UPDATE bounces = 7
     WHERE period = 'day' AND start = '2025-12-30' AND report = 'overview' AND empty(labels)`,
  )
  await expect(finalise()).rejects.toThrow(
    'The stored total bounces of "overview" for 2025-12-30 are 7, but the hits say 2.',
  )
  expect(await finalYears(world.store, 1)).toEqual([])
  expect(await roll()).toMatchObject({ days: 1 })
}, 240_000)

test('nor where the copies that it was counted from are not what there is', async () => {
  const command = world.store.command.bind(world.store)
  const spoiled = vi.spyOn(world.store, 'command').mockImplementation(async (sql, ...further) => {
    await command(sql, ...further)
    const copy = /INSERT INTO (scratch_\w+_visit_\w+)/.exec(sql)?.[1]
    if (copy) await command(`ALTER TABLE ${copy} DELETE WHERE day = '2025-12-29'`)
  })
  await expect(finalise()).rejects.toThrow('The totals were counted from 3 hits, but there are 4.')
  spoiled.mockRestore()
  expect(await finalYears(world.store, 1)).toEqual([])
}, 240_000)

test('nor where a day was rolled up anew after its totals were made', async () => {
  const command = world.store.command.bind(world.store)
  const erased = vi.spyOn(world.store, 'command').mockImplementation(async (sql, ...further) => {
    if (!sql.includes('arrayJoin({others:')) return await command(sql, ...further)
    await storeHits(world.store, one('2025-12-29', '9'))
    await roll()
    await command(sql, ...further)
  })
  await expect(finalise()).rejects.toThrow(/for 2025-12-29 are \d+, but the hits say \d+/)
  erased.mockRestore()
  expect(await finalYears(world.store, 1)).toEqual([])
  await world.store.command(
    `ALTER TABLE {{local hits}} {{on cluster}} DELETE WHERE day = '2025-12-29' AND visitor_id = 9`,
  )
  await world.store.command(
    `ALTER TABLE {{local visits}} {{on cluster}} DELETE WHERE day = '2025-12-29' AND tupleElement(visitor, 2) = 9`,
  )
  await markChanged(world.store, 1, ['2025-12-29'])
  await roll()
}, 240_000)

test('The week in which it ends says what it said, until a hit comes; then that is counted as well', async () => {
  const before = await week()
  expect(before).toMatchObject({ source: 'rollup', totals: { visits: 4, visitors: 2 } })
  await finalise()
  expect(await week()).toEqual({ ...before, source: 'final' })

  await storeHits(world.store, one('2026-01-03', '3'))
  expect(await week()).toMatchObject({ source: 'mixed', approximate: true, totals: { visits: 5 } })
  await roll()
  expect(await week()).toMatchObject({ source: 'mixed', totals: { visits: 5, page_views: 5 } })
}, 240_000)

test('Fractions that cancel out, and amounts that swallow others, keep no year from becoming final', async () => {
  const site = { ...berlin, id: 2 }
  const values = [0.1, 0.2, -0.3, 1e12, 0.7, -1e12, 0.7]
  const hits = values.map((value, index) =>
    visit({
      site: 2,
      // The last three are in the next month.
      at: `2025-${index < 4 ? '02' : '03'}-1${index}T12:00:00+01:00`,
      does: [page('example.org/', 'Home'), event('Video', 'play', '', value)],
    }),
  )
  await storeHits(world.store, hits.flat())
  await rollUp({ store: world.store, sites: [site], now, settleFor: 0 })
  await finalise({ site })
  expect(await finalYears(world.store, 2)).toEqual([2025])
}, 240_000)
