// Totals of a year are put together from its days. Counted from its hits in one go they are the same, row by row, for
// visitors who come again and again, also where labels of few of them are one.

import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Site } from '../../../server/admin/site.ts'
import { finaliseYear } from '../../../server/archive/final-year.ts'
import { foldParams } from '../../../server/archive/rollup.ts'
import { daysOf, storeTotals, type YearOfSite } from '../../../server/archive/year-totals.ts'
import { keptReports, type Report } from '../../../server/reports/catalogue.ts'
import { allThere } from '../../../server/reports/final-years.ts'
import { addDays, daysAround } from '../../../server/reports/period.ts'
import { canBeFolded, columnsOf, countedSql, totalsOf } from '../../../server/reports/query.ts'
import { readRolled } from '../../../server/reports/rolled.ts'
import type { Piece } from '../../../server/reports/source.ts'
import { berlin, openStore, type StoreWorld, storeHits } from '../../world/store.ts'
import { traffic } from '../../world/traffic.ts'
import { page, visit } from '../../world/visits.ts'

const plain: Site = { ...berlin, id: 1 }
const folding: Site = { ...berlin, id: 2, settings: { ...berlin.settings, rareBelow: 4 } }

let world: StoreWorld

beforeAll(async () => {
  world = await openStore()
  for (const site of [plain, folding]) {
    await storeHits(world.store, [
      ...traffic(site, { from: '2025-01-01', to: '2025-01-08', seed: 1, visitsADay: 5, visitors: 14 }),
      ...traffic(site, { from: '2025-12-29', to: '2026-01-06', seed: 2, visitsADay: 5, visitors: 14 }),
      ...recognised(site, '2025-01-03', '701'),
      ...recognised(site, '2025-01-05', '702'),
    ])
    await computed(site)
  }
}, 300_000)
afterAll(() => world.close())

/** A visit that began as that of another visitor, who began several. */
const recognised = (site: Site, date: string, visitor: string) =>
  visit({
    site: site.id,
    at: `${date}T12:00:00+01:00`,
    visitor,
    does: [page('example.org/account', 'Account'), page('example.org/in', 'In', { after: 30 })],
  }).map((hit, index) => (index === 0 ? { ...hit, visitor_id: '700' } : hit))

/** Makes totals of 2025 and stops before the hits go. */
async function computed(site: Site): Promise<void> {
  const enough = new Error('Enough.')
  const run = finaliseYear({
    store: world.store,
    site,
    year: 2025,
    now: Date.parse('2026-02-01T12:00:00Z'),
    progress: (progress) => {
      if (progress.step === 'mark' && progress.state === 'final') throw enough
    },
  })
  await expect(run).rejects.toBe(enough)
}

const columns = (report: Report) =>
  columnsOf(report).map(({ name }) => `if(isFinite(${name}), round(${name}, 4), -1) AS x_${name}`)
const order = 'ORDER BY period, start, labels'

const stored = (site: Site, report: Report) =>
  world.store.query<{ labels: string[] }>(
    `SELECT toString(period) AS period, toString(start) AS start, labels, ${columns(report).join(', ')} FROM rollups
     WHERE site_id = {site:UInt32} AND final = 2025 AND report = {report:String} AND period != 'hour' ${order}`,
    { site: site.id, report: report.name },
  )

async function counted(site: Site, report: Report): Promise<unknown[]> {
  const fold = site.settings.rareBelow > 1 && canBeFolded(report)
  const select = (divided: boolean) => {
    const labels = divided ? report.dimensions.map(({ name }) => `toString(${name})`) : []
    return `SELECT slot.1 AS period, toString(slot.2) AS start, CAST([${labels.join(', ')}], 'Array(String)') AS labels,
      ${columns(report).join(', ')}
    FROM (${countedSql(report, { raw: true, stored: false, grain: 'stored', divided, fold: fold && divided })})`
  }
  const selects = [...(report.dimensions.length > 0 ? [select(true)] : []), select(false)]
  return await world.store.query(`SELECT * FROM (${selects.join(' UNION ALL ')}) ${order}`, {
    site: site.id,
    timezone: site.timezone,
    year: 2025,
    kinds: ['day', 'week', 'month', 'year'],
    ...daysOf(2025, false),
    ...foldParams(site, daysAround('year', '2025-01-01')),
    ...report.params,
  })
}

test.each(keptReports.map((report) => [report.name, report] as const))(
  'Totals of a year of %s are what its hits say in one go',
  async (_, report) => {
    const rows = await counted(plain, report)
    expect(rows.length).toBeGreaterThan(5)
    expect(await stored(plain, report)).toEqual(rows)
    expect(await stored(folding, report)).toEqual(await counted(folding, report))
  },
)

test.each(['overview', 'pages', 'loading-pages', 'techniques'])(
  'and so they are where %s has so many rows that it is done by and by',
  async (name) => {
    const report = keptReports.find((known) => known.name === name) as Report
    const days = daysOf(2025, false)
    const rolled = await readRolled(world.store, plain, days, allThere)
    const pieces: Piece[] = []
    for (let start = days.from; start <= days.to; start = addDays(start, 1)) {
      const version = rolled.version('day', start)
      if (version === undefined) continue
      pieces.push({ period: 'day', start, version }, { period: 'hour', start, version })
    }
    const of: YearOfSite = { store: world.store, site: plain, year: 2025, days, pieces, joined: false }
    const before = await stored(plain, report)
    await world.store.command(
      `ALTER TABLE {{local rollups}} {{on cluster}} DELETE WHERE site_id = {site:UInt32} AND final = 2025 AND report = {report:String}`,
      { site: plain.id, report: name },
    )
    await storeTotals(of, [report])
    const shared = totalsOf(report) !== report
    expect(await stored(plain, report)).toEqual(before.filter(({ labels }) => !shared || labels.length > 0))
  },
)

test('Most of what is distinct came on several days', async () => {
  const report = keptReports.find(({ name }) => name === 'pages') as Report
  const rows = (await counted(plain, report)) as Record<string, unknown>[]
  const visitors = (period: string) =>
    rows.reduce((sum, row) => sum + (row.period === period ? Number(row.x_visitors) : 0), 0)
  expect(visitors('year')).toBeLessThan(0.6 * visitors('day'))
  expect(visitors('month')).toBeLessThan(visitors('week'))
})
