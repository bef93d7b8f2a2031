// Rollups say what the hits say: every report, in three time zones, over periods of each kind, also after late hits.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Site } from '../../../server/admin/site.ts'
import { dropSuperseded, rollUp } from '../../../server/archive/rolling.ts'
import { rolledReports } from '../../../server/archive/rollup.ts'
import type { Hit } from '../../../server/collect/hit.ts'
import { type Answer, answer } from '../../../server/reports/answer.ts'
import { findReport, type Report } from '../../../server/reports/catalogue.ts'
import { type PeriodKind, parsePeriod } from '../../../server/reports/period.ts'
import { markChanged } from '../../../server/store/changed-days.ts'
import { berlin, openStore, type StoreWorld, storeHits } from '../../world/store.ts'
import { traffic } from '../../world/traffic.ts'

/** Each with a zone of the same clock: under its name nothing is stored, so that it is answered from the hits. */
const places: [site: Site, twin: string][] = [
  [{ ...berlin, id: 1 }, 'Europe/Vienna'],
  [{ ...berlin, id: 2, timezone: 'America/New_York' }, 'America/Detroit'],
  [{ ...berlin, id: 3, timezone: 'Pacific/Auckland' }, 'Antarctica/McMurdo'],
]
const sites = places.map(([site]) => site)
const now = Date.parse('2026-04-15T12:00:00Z')

let world: StoreWorld
beforeAll(async () => {
  world = await openStore()
  for (const site of sites) {
    await storeHits(world.store, traffic(site, { from: '2025-12-20', to: '2026-04-15', seed: site.id }))
  }
  // Of one from the hits themselves, of the others from copies that are made for large days.
  await roll({ sites: sites.slice(0, 1) })
  await roll({ copyFrom: 1 })
  expect(await world.store.query(`SELECT name FROM system.tables WHERE name LIKE 'scratch%'`)).toEqual([])
}, 240_000)
afterAll(() => world.close())

const roll = (over: Partial<Parameters<typeof rollUp>[0]> = {}) =>
  rollUp({ store: world.store, sites, now, settleFor: 0, ...over })

type Asked = {
  report: Report
  site: Site
  kind: PeriodKind
  date: string
  by?: 'day' | 'week' | 'month' | 'hour'
}

async function ask({ report, site, kind, date, by }: Asked): Promise<Answer> {
  const period = parsePeriod(kind, date, site.timezone, now)
  return await answer(world.store, { report, site, period, by, limit: 1000, offset: 0 }, now)
}

const said = ({ source: _, timezone: __, ...rest }: Answer) => rest

/** One of each kind for each site: finished ones, running ones, over a change of the clocks and the end of a year. */
const periods: Record<number, [PeriodKind, string][]> = {
  1: [
    ['day', '2026-03-29'],
    ['week', '2026-03-02'],
    ['month', '2026-02-01'],
    ['year', '2026-01-01'],
    ['range', '2025-12-24,2026-04-14'],
  ],
  2: [
    ['day', '2026-04-14'],
    ['week', '2025-12-29'],
    ['month', '2026-04-01'],
    ['year', '2025-01-01'],
    ['range', '2026-01-15,2026-03-20'],
  ],
  3: [
    ['day', '2026-02-10'],
    ['week', '2026-04-13'],
    ['month', '2026-03-01'],
    ['year', '2026-01-01'],
    ['range', '2026-01-01,2026-02-28'],
  ],
}

describe.each(places.map(([site, twin]) => ({ zone: site.timezone, site, twin })))(
  'In $zone',
  ({ site, twin }) => {
    const raw = { ...site, timezone: twin }

    test.each(rolledReports.map(({ name }) => name))('rollups of %s say what the hits say', async (name) => {
      const report = known(name)
      for (const [kind, date] of periods[site.id] ?? []) {
        const [rolled, counted] = await Promise.all([
          ask({ report, site, kind, date }),
          ask({ report, site: raw, kind, date }),
        ])
        expect(counted.source).toBe('raw')
        expect(rolled.source, `${kind} ${date}`).not.toBe('raw')
        expect(said(rolled), `${kind} ${date}`).toEqual(said(counted))
      }
    })

    test.each(['hour', 'day', 'week', 'month'] as const)('and so they do by %s', async (by) => {
      const report = known('overview')
      const asked = { report, kind: 'range' as const, date: '2026-01-20,2026-04-14', by }
      expect(said(await ask({ ...asked, site }))).toEqual(said(await ask({ ...asked, site: raw })))
    })
  },
)

function known(name: string): Report {
  const report = findReport(name)
  if (!report) throw new Error(`There is no report ${name}.`)
  return report
}

test('Late hits are in the next rollups, of their day and of all that is made of it; until then the ones before count', async () => {
  const [[site, twin]] = places as [[Site, string]]
  const report = known('overview')
  const asked = { report, kind: 'month' as const, date: '2026-02-01' }
  const before = await ask({ ...asked, site })
  const late: Hit[] = traffic(site, { from: '2026-02-14', to: '2026-02-14', seed: 99 })
  await storeHits(world.store, late)
  expect(await ask({ ...asked, site })).toEqual(before)
  expect(await roll()).toEqual({ days: 1, wholes: 2 })
  const after = await ask({ ...asked, site })
  expect(after.totals.visits).toBeGreaterThan(before.totals.visits ?? 0)
  expect(said(after)).toEqual(said(await ask({ ...asked, site: { ...site, timezone: twin } })))
  expect(await roll()).toEqual({ days: 0, wholes: 0 })
})

test('A visitor whose hits were erased is in no rollup any more', async () => {
  const [[site, twin]] = places as [[Site, string]]
  const [someone] = await world.store.query<{ id: string; days: string[] }>(
    `SELECT toString(visitor_id) AS id, groupUniqArray(toString(day)) AS days FROM hits
     WHERE site_id = {site:UInt32} AND day < '2026-04-15' GROUP BY visitor_id ORDER BY length(days), id LIMIT 1`,
    { site: site.id },
  )
  if (!someone) throw new Error('Nobody was here.')
  const asked = { report: known('pages'), kind: 'range' as const, date: '2025-12-24,2026-04-14' }
  await roll()
  const before = await ask({ ...asked, site })
  for (const [table, visitor] of [
    ['hits', 'visitor_id'],
    ['visits', 'tupleElement(visitor, 2)'],
  ]) {
    await world.store.command(
      `ALTER TABLE {{local ${table}}} {{on cluster}} DELETE WHERE site_id = {site:UInt32} AND ${visitor} = {visitor:UInt64}`,
      { site: site.id, visitor: someone.id },
    )
  }
  await markChanged(world.store, site.id, someone.days)
  expect((await roll()).days).toBe(someone.days.length)
  const after = await ask({ ...asked, site })
  expect(after.totals.visitors).toBe((before.totals.visitors ?? 0) - 1)
  expect(said(after)).toEqual(said(await ask({ ...asked, site: { ...site, timezone: twin } })))
})

test('Versions that do not count any more are taken away, and nothing else', async () => {
  const site = places[0]?.[0] ?? berlin
  const asked = { report: known('pages'), site, kind: 'range' as const, date: '2026-01-15,2026-03-20' }
  const before = await ask(asked)
  const versions = () =>
    world.store.query<{ versions: number }>(
      `SELECT uniqExact(version) AS versions FROM rollups WHERE start = '2026-02-14' AND period = 'day' AND site_id = 1`,
    )
  await storeHits(world.store, traffic(site, { from: '2026-02-14', to: '2026-02-14', seed: 100 }))
  await roll()
  await dropSuperseded(world.store, 0)
  expect(await versions()).toEqual([{ versions: 1 }])
  expect((await ask(asked)).rowCount).toBeGreaterThanOrEqual(before.rowCount)
  await dropSuperseded(world.store, 0)
  expect(said(await ask(asked))).toEqual(
    said(await ask({ ...asked, site: { ...site, timezone: 'Europe/Vienna' } })),
  )
})
