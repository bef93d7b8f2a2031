// What a report counts can be added up from days: each day counted by itself, as it is when the day is over, and the
// week as a whole. Only what is distinct in the week is not the sum of its days. Fractions have no end, as thirds.

import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Hit } from '../../../server/collect/hit.ts'
import { keptReports, type Report } from '../../../server/reports/catalogue.ts'
import { columnsOf, countedSql, queryOptions, spreadsOf } from '../../../server/reports/query.ts'
import { berlin, openStore, type StoreWorld, storeHits } from '../../world/store.ts'
import { type Doing, download, event, outlink, page, ping, search, visit } from '../../world/visits.ts'

let world: StoreWorld

const days = Array.from({ length: 7 }, (_, index) => `2026-11-0${index + 2}`)

beforeAll(async () => {
  world = await openStore()
  await storeHits(world.store, days.flatMap(aDay))
})
afterAll(() => world.close())

/** Visits with all kinds of hits; the same visitors on all days, and one number of an order on two of them. */
function aDay(day: string, n: number): Hit[] {
  const item = { sku: `S${n % 2}`, name: 'Shoe', categories: ['Shoes', 'Red'], price: 10.1, quantity: n / 3 }
  const everything: Doing[] = [
    search('boots', { search_category: 'shoes', search_count: n % 2 }),
    page('example.org/', 'Home', { dimensions: { 1: 'a' }, variables: { Author: 'Ann' }, items: [item] }),
    page(`example.org/${n}`, 'Page', {
      page_view_id: `view0${n}`,
      timings: { network: n, server: 100, lcp: 900 },
    }),
    {
      kind: 'update',
      page_view_id: `view0${n}`,
      url: `example.org/${n}`,
      timings: { lcp: 1000 * n, inp: 40 },
    },
    { kind: 'update', page_view_id: `view0${n}`, timings: { cls: n / 300, engaged: 5000 / 3, scroll: 50 } },
    event('Video', 'play', 'Intro', n / 3 - 1),
    event('JavaScript Errors', 'app.js:1:2', 'x is not defined'),
    { kind: 'impression', content_name: 'Banner', content_piece: 'red.png' },
    { kind: 'interaction', content_name: 'Banner', content_piece: 'red.png', content_interaction: 'click' },
    download('https://example.org/list.pdf'),
    outlink('https://partner.example/'),
    { kind: 'goal', conversions: [{ goal: 1, revenue: 0.1 * n }], credited_type: 'campaign' },
    {
      kind: 'order',
      order_id: `A${Math.min(n, 5)}`,
      amounts: { revenue: 20.3, tax: 1.1 },
      items: [item],
      conversions: [{ goal: 0, revenue: 20.3 }],
    },
    ...(n % 2 === 0 ? [{ kind: 'cart' as const, amounts: { revenue: 7 }, items: [item] }] : []),
    ping(20),
  ]
  return [
    ...visit({
      at: `${day}T10:00:00+01:00`,
      visitor: '11',
      visitNumber: n + 1,
      days_since_last: n === 0 ? 0 : 1,
      user_id: 'ann',
      referrer_type: 'campaign',
      referrer_name: 'autumn',
      campaign: { source: 'news', medium: 'email' },
      visit_dimensions: { 1: `v${n % 3}` },
      visit_variables: { Plan: 'free' },
      does: everything,
    }),
    ...visit({
      at: `${day}T23:50:00+01:00`,
      visitor: String(20 + (n % 3)),
      ...(['search', 'website', 'social', 'ai'] as const).map((referrer_type) => {
        return { referrer_type, referrer_name: `A ${referrer_type}`, referrer_url: 'https://a.example/' }
      })[n % 4],
      country: 'US',
      does: [page('example.org/', 'Home'), search('hats')],
    }),
  ]
}

type Rows = Record<string, unknown>[]

function ask(report: Report, sql: string, from: string, to: string): Promise<Rows> {
  const params = {
    site: 1,
    timezone: berlin.timezone,
    from,
    to,
    always: report.always ?? [],
    ...report.params,
  }
  return world.store.query(sql, params, queryOptions)
}

test.each(keptReports.map((report) => [report.name, report] as const))(
  'the report %s',
  async (_name, report) => {
    const sql = countedSql(report, { raw: true, stored: false, divided: true })
    const whole = await ask(report, sql, '2026-11-02', '2026-11-08')
    const single = (await Promise.all(days.map((day) => ask(report, sql, day, day)))).flat()
    expect(addedUp(report, single)).toEqual(addedUp(report, whole))
    expect(whole.length).toBeGreaterThan(0)
  },
)

/** Rows of the same dimensions as one, without what is distinct. */
function addedUp(report: Report, rows: Rows): Map<string, Record<string, unknown>> {
  const keys = report.dimensions.map(({ name }) => name)
  const sums = new Map<string, Record<string, unknown>>()
  for (const row of rows) {
    const key = keys.map((name) => row[name]).join(' | ')
    const before = sums.get(key)
    const sum: Record<string, unknown> = {}
    for (const { name, aggregation } of [...columnsOf(report), ...spreadsOf(report)]) {
      if (aggregation === 'unique') continue
      sum[name] = before ? adders[aggregation](before[name], row[name]) : readable(row[name])
    }
    sums.set(key, sum)
  }
  return new Map([...sums].sort(([one], [other]) => (one < other ? -1 : 1)))
}

/** What is infinite in the store is null in JSON. */
function readable(value: unknown): unknown {
  return typeof value === 'number' ? Number(value.toFixed(6)) : value
}

type Counts = Record<string, number>
const ofBoth = (choose: (a: number, b: number) => number) => (a: unknown, b: unknown) =>
  a === null ? readable(b) : b === null ? a : readable(choose(Number(a), Number(b)))

const adders = {
  sum: ofBoth((a, b) => a + b),
  max: ofBoth(Math.max),
  min: ofBoth(Math.min),
  spread: (a: unknown, b: unknown) => {
    const sum: Counts = { ...(a as Counts) }
    for (const [bucket, count] of Object.entries(b as Counts)) sum[bucket] = (sum[bucket] ?? 0) + count
    return sum
  },
}
