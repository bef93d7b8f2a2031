// Rollups say what the hits say: every report, in three time zones, over periods of each kind, after late hits
// and erased visitors.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Site } from '../../../server/admin/site.ts'
import { dropSuperseded, rollUp } from '../../../server/archive/rolling.ts'
import type { Hit } from '../../../server/collect/hit.ts'
import { answerAllSites } from '../../../server/reports/all-sites.ts'
import { type Answer, answer } from '../../../server/reports/answer.ts'
import { keptReports, type Report } from '../../../server/reports/catalogue.ts'
import { answerCompared, readComparisons } from '../../../server/reports/comparison.ts'
import { answerEvolution } from '../../../server/reports/evolution.ts'
import { type PeriodKind, parsePeriod } from '../../../server/reports/period.ts'
import type { Question } from '../../../server/reports/question.ts'
import { markChanged } from '../../../server/store/changed-days.ts'
import { known } from '../../world/catalogue.ts'
import { berlin, openStore, type StoreWorld, storeHits } from '../../world/store.ts'
import { type TrafficOptions, traffic } from '../../world/traffic.ts'

/** Each with a zone of the same clock: under its name nothing is stored, so that it is answered from the hits. */
const places: [site: Site, twin: string][] = [
  [{ ...berlin, id: 1 }, 'Europe/Vienna'],
  [{ ...berlin, id: 2, timezone: 'America/New_York' }, 'America/Detroit'],
  [{ ...berlin, id: 3, timezone: 'Pacific/Auckland' }, 'Antarctica/McMurdo'],
]
const sites = places.map(([site]) => site)
const now = Date.parse('2026-04-15T12:00:00Z')

/** One of each kind for each site: finished ones, running ones, over a change of the clocks and the end of a year. */
const periods: Record<number, [PeriodKind, string][]> = {
  1: [
    ['day', '2026-03-29'],
    ['week', '2026-03-23'],
    ['month', '2026-03-01'],
    ['year', '2026-01-01'],
    ['range', '2025-12-30,2026-04-14'],
  ],
  2: [
    ['day', '2026-04-14'],
    ['week', '2025-12-29'],
    ['month', '2026-04-01'],
    ['year', '2025-01-01'],
    ['range', '2026-01-02,2026-03-30'],
  ],
  3: [
    ['day', '2026-01-03'],
    ['week', '2026-04-13'],
    ['month', '2026-03-01'],
    ['year', '2026-01-01'],
    ['range', '2026-01-01,2026-03-28'],
  ],
}
/** Few weeks: to roll up costs by the period, not by the hit. */
const days: Omit<TrafficOptions, 'seed'>[] = [
  { from: '2025-11-28', to: '2025-11-29' },
  { from: '2025-12-29', to: '2026-01-04' },
  { from: '2026-03-25', to: '2026-03-31' },
  { from: '2026-04-12', to: '2026-04-15' },
]
/** In each of the periods, so that what was rolled up before they came counts nowhere. */
const lateDays: Record<number, string[]> = {
  1: ['2026-03-25', '2026-03-29'],
  2: ['2025-12-30', '2026-01-02', '2026-04-14'],
  3: ['2026-01-03', '2026-03-28', '2026-04-13'],
}

let world: StoreWorld
beforeAll(async () => {
  world = await openStore()
  for (const site of sites) {
    const hits = days.map((span, at) => traffic(site, { ...span, seed: 10 * at + site.id, visitsADay: 9 }))
    await storeHits(world.store, hits.flat())
  }
  // Of one from the hits themselves, as on a cluster, of the others from copies.
  await roll({ sites: sites.slice(0, 1), copy: false })
  await roll()
  for (const site of sites) {
    for (const day of lateDays[site.id] ?? []) {
      await storeHits(world.store, traffic(site, { from: day, to: day, seed: 50 }))
    }
    await erase(site, await someone(site))
  }
  await roll()
  expect(await roll()).toEqual({ days: 0, wholes: 0 })
  expect(await world.store.query(`SELECT name FROM system.tables WHERE name LIKE 'scratch%'`)).toEqual([])
}, 900_000)
afterAll(() => world.close())

type Visitor = { id: string; days: string[] }

/** Who was here on the fewest days. */
async function someone({ id }: Site): Promise<Visitor> {
  const [found] = await world.store.query<Visitor>(
    `SELECT toString(visitor_id) AS id, groupUniqArray(toString(day)) AS days FROM hits
     WHERE site_id = {site:UInt32} AND day < '2026-04-15' GROUP BY visitor_id ORDER BY length(days), id LIMIT 1`,
    { site: id },
  )
  if (!found) throw new Error('Nobody was here.')
  return found
}

async function erase(site: Site, { id, days }: Visitor): Promise<void> {
  for (const [table, visitor] of [
    ['hits', 'visitor_id'],
    ['visits', 'tupleElement(visitor, 2)'],
  ]) {
    await world.store.command(
      `ALTER TABLE {{local ${table}}} {{on cluster}} DELETE WHERE site_id = {site:UInt32} AND ${visitor} = {visitor:UInt64}`,
      { site: site.id, visitor: id },
    )
  }
  await markChanged(world.store, site.id, days)
}

const roll = (over: Partial<Parameters<typeof rollUp>[0]> = {}) =>
  rollUp({ store: world.store, sites, now, settleFor: 0, ...over })

type Asked = Partial<Question> & { report: Report; site: Site; kind: PeriodKind; date: string }

const questionOf = ({ kind, date, ...asked }: Asked): Question => ({
  limit: 1000,
  offset: 0,
  ...asked,
  period: parsePeriod(kind, date, asked.site.timezone, now),
})

const ask = (asked: Asked): Promise<Answer> => answer(world.store, questionOf(asked), now)

const said = ({ source: _, timezone: __, ...rest }: Answer) => rest

/** From what is rolled up, after it was compared with what the hits say. */
async function agreed(asked: Asked, twin: string): Promise<Answer> {
  const raw = { ...asked, site: { ...asked.site, timezone: twin } }
  const [rolled, counted] = await Promise.all([ask(asked), ask(raw)])
  const what = `${asked.kind} ${asked.date} ${asked.under ?? ''}`
  expect(counted.source).toBe('raw')
  expect(rolled.source, what).not.toBe('raw')
  expect(said(rolled), what).toEqual(said(counted))
  return rolled
}

/** Metrics of reports that were more than 0 somewhere. */
const filled = new Set<string>()

describe.each(places.map(([site, twin]) => ({ zone: site.timezone, site, twin })))(
  'In $zone',
  ({ site, twin }) => {
    test.each(keptReports.map(({ name }) => name))('rollups of %s say what the hits say', async (name) => {
      const report = known(name)
      // How a range is asked for depends on how many rows the report had before.
      const [range, ...others] = [...(periods[site.id] ?? [])].reverse()
      const again = site.id === 1 ? range : undefined
      for (const [kind, date] of [range, ...others, again].filter((period) => period !== undefined)) {
        const { rows, rowCount, totals } = await agreed({ report, site, kind, date }, twin)
        if (kind === 'range') expect(rowCount).toBeGreaterThan(0)
        for (const figures of [totals, ...rows]) {
          for (const metric of report.metrics) {
            if (Number(figures[metric.name]) > 0) filled.add(`${name} ${metric.name}`)
          }
        }
      }
    })

    test.each(['hour', 'day', 'week', 'month'] as const)('and so they do by %s', async (by) => {
      await agreed(
        { report: known('overview'), site, kind: 'range', date: '2026-01-02,2026-04-14', by },
        twin,
      )
    })

    test('and so they do by folders, in a search, in any order, beyond the first rows', async () => {
      const range = { site, kind: 'range', date: '2026-01-02,2026-04-14' } as const
      const folder = { ...range, report: known('pages'), folder: 'example.org/blog/' }
      expect((await agreed(folder, twin)).rows.length).toBeGreaterThan(5)
      const hosts = await agreed({ ...range, report: known('pages'), folder: '' }, twin)
      expect(hosts.rows).toMatchObject([{ label: 'example.org/', folder: 1 }])
      const asked = { ...range, report: known('countries'), search: 'A', sort: 'visitors' }
      const searched = await agreed(asked, twin)
      expect(searched.rowCount).toBeGreaterThan(1)
      expect(searched.rows.map(({ label }) => label).filter((label) => !/a/i.test(label))).toEqual([])
      const sorted = {
        ...range,
        report: known('configurations'),
        sort: '-bounce_rate',
        limit: 10,
        offset: 20,
      }
      expect((await agreed(sorted, twin)).rows).toHaveLength(10)
    })

    test('and so they do beside the period before', async () => {
      const compared = async (site: Site, name: string) => {
        const question = questionOf({ report: known(name), site, kind: 'month', date: '2026-03-01' })
        const comparisons = readComparisons(
          question.period,
          ['previous', 'week:2025-12-29'],
          now,
          () => undefined,
        )
        const told = await answerCompared(world.store, question, comparisons, { gone: 5, now })
        return {
          ...told,
          compared: told.compared.map(({ source: _, ...rest }) => rest),
          source: '',
          timezone: '',
        }
      }
      for (const name of ['pages', 'countries', 'overview', 'referrers']) {
        const rolled = await compared(site, name)
        expect(rolled).toEqual(await compared({ ...site, timezone: twin }, name))
        expect(rolled.compared[0]?.totals).not.toEqual(rolled.totals)
      }
    })

    test('and so do rows over time', async () => {
      const followed = async (site: Site, name: string, by: 'day' | 'week' | 'month') => {
        const question = questionOf({
          report: known(name),
          site,
          kind: 'range',
          date: '2026-01-02,2026-04-14',
        })
        const {
          source,
          timezone: _,
          ...told
        } = await answerEvolution(world.store, { ...question, rows: [], limit: 5, by }, now)
        return { source, told }
      }
      for (const [name, by] of [
        ['pages', 'day'],
        ['countries', 'week'],
        ['referrers', 'month'],
      ] as const) {
        const rolled = await followed(site, name, by)
        const counted = await followed({ ...site, timezone: twin }, name, by)
        expect([rolled.source, counted.source]).toEqual(['rollup', 'raw'])
        expect(rolled.told).toEqual(counted.told)
      }
    })
  },
)

test.each(keptReports.filter(({ dimensions }) => dimensions.length > 1).map(({ name }) => name))(
  'Rollups say what the hits say of what is under the first row of %s',
  async (name) => {
    const [[site, twin]] = places as [[Site, string]]
    const report = known(name)
    const asked = { report, site, kind: 'range', date: '2025-12-30,2026-04-14' } as const
    const first = (await ask(asked)).rows[0] ?? { label: '' }
    const values = report.dimensions.map(({ name }) => String(first[name]))
    for (let under = 1; under < values.length; under++) {
      const { rows } = await agreed({ ...asked, under: values.slice(0, under) }, twin)
      expect(rows.length).toBeGreaterThan(0)
    }
  },
)

test('All sites together say what their hits say', async () => {
  const all = async (sites: readonly Site[], kind: string, date: string) => {
    const question = {
      sites,
      kind,
      date,
      sort: '-visits',
      search: '',
      limit: 10,
      offset: 0,
      compare: 'previous',
    }
    return await answerAllSites(world.store, question, now)
  }
  const twins = places.map(([site, timezone]) => ({ ...site, timezone }))
  for (const [kind, date] of [
    ['month', '2026-03-01'],
    ['week', '2026-03-25'],
    ['range', '2026-01-02,2026-04-10'],
  ] as const) {
    const rolled = await all(sites, kind, date)
    expect(rolled.rows).toHaveLength(3)
    expect(rolled).toEqual(await all(twins, kind, date))
  }
})

test('A year is put together from its months', async () => {
  const months = await world.store.query(
    `SELECT DISTINCT toString(start) AS month FROM rolled
     WHERE site_id = 2 AND period = 'month' AND toYear(start) = 2025 ORDER BY month`,
  )
  expect(months).toEqual([{ month: '2025-11-01' }, { month: '2025-12-01' }])
  const year = await ask({
    report: known('countries'),
    site: sites[1] ?? berlin,
    kind: 'year',
    date: '2025-01-01',
  })
  expect(year.source).toBe('rollup')
})

test('Every figure of every report is there somewhere, so that it was compared', () => {
  const empty = keptReports.flatMap(({ name, metrics }) =>
    metrics.flatMap((metric) => (filled.has(`${name} ${metric.name}`) ? [] : [`${name} ${metric.name}`])),
  )
  expect(empty).toEqual([])
})

test('Late hits are in the next rollups, of their day and of all that is made of it; until then the ones before count', async () => {
  const [[site, twin]] = places as [[Site, string]]
  const report = known('overview')
  const asked = { report, kind: 'month' as const, date: '2026-03-01' }
  const before = await ask({ ...asked, site })
  const late: Hit[] = traffic(site, { from: '2026-03-26', to: '2026-03-26', seed: 99 })
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
  const visitor = await someone(site)
  const asked = { report: known('pages'), kind: 'range' as const, date: '2025-12-30,2026-04-14' }
  await roll()
  const before = await ask({ ...asked, site })
  await erase(site, visitor)
  expect((await roll()).days).toBe(visitor.days.length)
  const after = await ask({ ...asked, site })
  expect(after.totals.visitors).toBe((before.totals.visitors ?? 0) - 1)
  expect(said(after)).toEqual(said(await ask({ ...asked, site: { ...site, timezone: twin } })))
})

test('Versions that do not count any more are taken away, and nothing else', async () => {
  const site = places[0]?.[0] ?? berlin
  const asked = { report: known('pages'), site, kind: 'range' as const, date: '2026-01-02,2026-03-30' }
  const before = await ask(asked)
  const versions = () =>
    world.store.query<{ versions: number }>(
      `SELECT uniqExact(version) AS versions FROM rollups WHERE start = '2026-03-26' AND period = 'day' AND site_id = 1`,
    )
  await storeHits(world.store, traffic(site, { from: '2026-03-26', to: '2026-03-26', seed: 100 }))
  await roll()
  await dropSuperseded(world.store, 0)
  expect(await versions()).toEqual([{ versions: 1 }])
  expect((await ask(asked)).rowCount).toBeGreaterThanOrEqual(before.rowCount)
  await dropSuperseded(world.store, 0)
  expect(said(await ask(asked))).toEqual(
    said(await ask({ ...asked, site: { ...site, timezone: 'Europe/Vienna' } })),
  )
})
