// What few visitors had in a year is one label when the year is final, and final totals go after the years that a site
// keeps them for.

import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Site } from '../../../server/admin/site.ts'
import { finaliseYear } from '../../../server/archive/final-year.ts'
import { dropOldTotals } from '../../../server/archive/old-totals.ts'
import type { Answer } from '../../../server/reports/answer.ts'
import { catalogue } from '../../../server/reports/catalogue.ts'
import { columnsOf } from '../../../server/reports/query.ts'
import { ReportsWorld } from '../../world/reports.ts'
import { berlin, openStore, type StoreWorld, storeHits } from '../../world/store.ts'
import { traffic } from '../../world/traffic.ts'
import { event, page, visit } from '../../world/visits.ts'

const february = Date.parse('2026-02-01T12:00:00Z')
const folding = (id: number): Site => ({
  ...berlin,
  id,
  settings: { ...berlin.settings, rareBelow: 3, finalYears: 2 },
})
const [small, busy] = [folding(1), folding(2)]

let world: StoreWorld
let reports: ReportsWorld
/** Answers of every report while the hits were there. */
const before = new Map<string, Answer>()

const year = (name: string, site: Site) =>
  reports.json(`/${name}?site=${site.id}&period=year&date=2025-01-01&limit=1000`)
const folded = catalogue.filter(({ dimensions, span }) => dimensions.length > 0 && span === 'period')

beforeAll(async () => {
  world = await openStore()
  reports = new ReportsWorld(world.store, [small, busy])
  reports.now = february
  const at = (day: number) => `2025-06-${String(10 + day)}T10:00:00+02:00`
  await storeHits(world.store, [
    ...[1, 2, 3].flatMap((visitor) =>
      visit({
        at: at(visitor),
        visitor: String(visitor),
        does: [
          page('example.org/popular', 'Popular'),
          event('Video', 'play', 'Intro'),
          page(`example.org/secret-${visitor}`, 'Secret', { after: 30 }),
          ...(visitor === 1 ? [event('Video', 'stop', 'Alone'), event('Form', 'send', 'Alone')] : []),
        ],
      }),
    ),
    // The same two visitors again: three visits are not three visitors.
    ...visit({ at: at(5), visitor: '1', country: 'FR', does: [page('example.org/secret-1', 'Secret')] }),
    ...visit({ at: at(6), visitor: '2', country: 'FR', does: [page('example.org/popular', 'Popular')] }),
    ...visit({ at: at(7), visitor: '2', country: 'FR', does: [page('example.org/popular', 'Popular')] }),
    ...traffic(busy, { from: '2025-11-20', to: '2025-12-31', seed: 5, visitsADay: 4, visitors: 12 }),
  ])
  for (const { name } of folded) before.set(name, await year(name, busy))
  for (const site of [small, busy])
    await finaliseYear({ store: world.store, site, year: 2025, now: february })
}, 240_000)
afterAll(() => world.close())

test('Pages of fewer than three visitors are one row, with their views and their visitors, each once', async () => {
  const { rows, totals } = await year('pages', small)
  expect(rows).toEqual([
    expect.objectContaining({ label: 'example.org/popular', page_views: 5, visitors: 3 }),
    expect.objectContaining({ label: '(rare)', url: '(rare)', page_views: 4, visits: 4, visitors: 3 }),
  ])
  expect(rows[1]).not.toHaveProperty('link')
  expect(totals).toMatchObject({ page_views: 9, visitors: 3 })
  const countries = await reports.json('/countries?site=1&period=year&date=2025-01-01&sort=-page_views')
  expect(
    countries.rows.map(({ label, visits, code }: Record<string, unknown>) => [label, visits, code]),
  ).toEqual([
    ['Germany', 3, 'DE'],
    ['(rare)', 3, undefined],
  ])
})

test('Below a frequent row only what is rare there is one row, and below a rare one there is nothing else', async () => {
  const under = async (name: string, ...above: string[]) => {
    const query = above.map((value) => `&under=${encodeURIComponent(value)}`).join('')
    const { rows } = await reports.json(`/${name}?site=1&period=year&date=2025-01-01${query}`)
    return rows.map(({ label, events }: { label: string; events: number }) => [label, events])
  }
  expect(await under('event-categories')).toEqual([
    ['Video', 4],
    ['(rare)', 1],
  ])
  expect(await under('event-category-actions', 'Video')).toEqual([
    ['play', 3],
    ['(rare)', 1],
  ])
  expect(await under('event-category-actions', '(rare)')).toEqual([['(rare)', 1]])
})

test('No rare label is left anywhere', async () => {
  const [left] = await world.store.query<{ rollups: number; hits: number; visits: number }>(
    `SELECT (SELECT count() FROM rollups WHERE site_id = 1 AND arrayExists(label -> label LIKE '%secret%' OR label IN ('stop', 'Alone', 'FR', 'Form'), labels)) AS rollups,
            (SELECT count() FROM hits) AS hits, (SELECT count() FROM visits) AS visits`,
  )
  expect(left).toEqual({ rollups: 0, hits: 0, visits: 0 })
})

test.each(folded.map(({ name }) => name))(
  'The rows of %s add up to what they were, and its totals are the same',
  async (name) => {
    const report = folded.find((candidate) => candidate.name === name)
    const [was, is] = [before.get(name), await year(name, busy)]
    if (!report || !was) throw new Error(`There is no report ${name}.`)
    expect(is.totals).toEqual(was.totals)
    expect(is.rows.length).toBeLessThanOrEqual(was.rows.length)
    const sums = columnsOf(report).filter(
      ({ name, aggregation }) =>
        aggregation === 'sum' && report.metrics.some((metric) => metric.name === name),
    )
    // Where rows are left out that have nothing to show, they are left out before they are one.
    if (report.shown) return
    for (const { name } of sums) {
      const sum = (rows: Record<string, unknown>[]) => rows.reduce((all, row) => all + Number(row[name]), 0)
      // A visit that has several of the rare labels is one visit.
      const counted = report.parts.some(({ columns }) => columns[name]?.startsWith('uniqExact'))
      if (counted) expect(sum(is.rows), name).toBeLessThanOrEqual(sum(was.rows))
      else expect(sum(is.rows), name).toBeCloseTo(sum(was.rows), 4)
    }
  },
)

test('Final totals go two years after their year, and their days stay final', async () => {
  const drop = (date: string) => dropOldTotals(world.store, [small, busy], Date.parse(date))
  expect(await drop('2027-12-31T12:00:00Z')).toEqual([])
  const dropped = await drop('2028-01-01T12:00:00Z')
  expect(dropped.map(({ site, year }) => [site.id, year])).toEqual([
    [1, 2025],
    [2, 2025],
  ])
  expect(await drop('2028-01-02T12:00:00Z')).toEqual([])
  const { rows, totals, source } = await year('pages', small)
  expect([rows, totals.page_views, source]).toEqual([[], 0, 'final'])
})
