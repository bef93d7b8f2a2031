// Reports beside those of other periods, and rows over time: what belongs together, what a running period is compared
// with, and that only looking at some rows counts the same as looking at all.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Site } from '../../../server/admin/site.ts'
import { finaliseYear } from '../../../server/archive/final-year.ts'
import type { Hit } from '../../../server/collect/hit.ts'
import { catalogue, keptReports } from '../../../server/reports/catalogue.ts'
import { ReportsWorld } from '../../world/reports.ts'
import { berlin, openStore, type StoreWorld, storeHits } from '../../world/store.ts'
import { download, event, outlink, page, search, visit } from '../../world/visits.ts'

let world: StoreWorld
let reports: ReportsWorld

// Each group of tests has a site of its own.
const [pages, clocks, running, everything, final, newYork] = [1, 2, 3, 4, 5, 6]
const sites: Site[] = [pages, clocks, running, everything, final].map((id) => ({
  ...berlin,
  id,
  name: `Site ${id}`,
}))
const overseas: Site = { ...berlin, id: newYork, timezone: 'America/New_York' }
const noon = Date.parse('2026-11-22T12:00:00Z')

beforeAll(async () => {
  world = await openStore()
  reports = new ReportsWorld(world.store, [...sites, overseas])
  await storeHits(
    world.store,
    [
      ...pageHits(),
      ...clockHits(),
      ...runningHits(),
      ...[everything, final].flatMap((site) =>
        ['2025-06-11', '2025-07-02', '2026-06-11'].map((day) => mixed(site, day)),
      ),
      visit({ site: newYork, at: '2026-11-22T06:30:00-05:00', does: [page('example.org/', 'Home')] }),
      visit({ site: newYork, at: '2026-11-21T06:30:00-05:00', does: [page('example.org/', 'Home')] }),
      visit({ site: newYork, at: '2026-11-21T07:30:00-05:00', does: [page('example.org/', 'Home')] }),
    ].flat(),
  )
  const february = Date.parse('2026-02-01T12:00:00Z')
  await finaliseYear({ store: world.store, site: { ...berlin, id: final }, year: 2025, now: february })
})
afterAll(() => world.close())

const open = (site: number, at: string, url: string, visitor?: string) =>
  visit({ site, at, visitor, does: [page(`example.org/${url}`, url)] })

/** What anybody may write into an address. */
const odd = `it's "a"\\\t\n {row:String} ' OR 1=1 ä😀`

/** In October a 3, b 1, old 2; in November a 4, b 1, new 1; a year ago a 1. */
function pageHits(): Hit[][] {
  const views = (month: string, counts: Record<string, number>) =>
    Object.entries(counts).flatMap(([url, count]) =>
      Array.from({ length: count }, (_, n) => open(pages, `${month}-1${n}T10:00:00+01:00`, url, `1${n}`)),
    )
  return [
    ...views('2026-10', { a: 3, b: 1, old: 2 }),
    ...views('2026-11', { a: 4, b: 1, new: 1 }),
    ...views('2025-11', { a: 1 }),
    ...views('2026-02', { [odd]: 2 }),
    ...views('2026-03', { [odd]: 1, '': 1 }),
  ]
}

function clockHits(): Hit[][] {
  return [
    // 25 October has the hour from 2 to 3 twice, 29 March leaves it out.
    '2026-10-24T01:30:00+02:00',
    '2026-10-24T02:30:00+02:00',
    '2026-10-24T09:30:00+02:00',
    '2026-10-25T02:30:00+02:00',
    '2026-10-25T02:30:00+01:00',
    '2026-10-25T09:30:00+01:00',
    '2026-03-29T03:30:00+02:00',
    // A leap year and the one after it.
    '2024-02-28T10:00:00+01:00',
    '2024-02-29T10:00:00+01:00',
    '2025-02-28T10:00:00+01:00',
  ].map((at) => open(clocks, at, 'a'))
}

/** Sunday 22 November, 13:00 in Berlin, is now. */
function runningHits(): Hit[][] {
  return [
    '2026-11-22T09:00:00+01:00',
    '2026-11-21T09:00:00+01:00',
    '2026-11-21T12:59:59+01:00',
    '2026-11-21T13:00:00+01:00',
    '2026-11-05T13:00:00+01:00',
    '2026-10-22T10:00:00+02:00',
    '2026-10-22T13:00:00+02:00',
    '2026-10-23T10:00:00+02:00',
    '2025-11-22T08:00:00+01:00',
    '2025-11-22T20:00:00+01:00',
    '2025-11-30T08:00:00+01:00',
  ].map((at) => open(running, at, 'a'))
}

/** Something of every kind. */
function mixed(site: number, day: string): Hit[] {
  const items = [
    { sku: 'hat', name: 'Hat', categories: ['Clothes', 'Sale'], price: 10, quantity: 2 },
    { sku: 'book', name: 'Book', categories: [], price: 5, quantity: 1 },
  ]
  const short = visit({
    site,
    at: `${day}T10:00:00+02:00`,
    visitor: '1',
    does: [page('example.org/0', 'Page 0')],
  })
  const long = (['direct', 'search', 'website', 'social', 'campaign', 'ai'] as const).map((type, n) => {
    const number = `${day} ${site} ${n}`
    return visit({
      site,
      at: `${day}T0${n}:10:00+02:00`,
      visitor: String(site * 100 + (n % 4)),
      visitNumber: 1 + (n % 3),
      referrer_type: type,
      referrer_name: type === 'direct' ? '' : `name ${n}`,
      country: ['DE', 'US', ''][n % 3],
      language: ['de-de', 'en', ''][n % 3],
      techniques: n % 2 === 0 ? ['cookies', 'pdf'] : ['cookies'],
      does: [
        page('example.org/', 'Home'),
        page(`example.org/${n % 4}`, `Page ${n % 4}`, { after: 30, items: n % 2 ? items.slice(0, 1) : [] }),
        download('https://example.org/list.pdf'),
        outlink('https://partner.example/'),
        search(['shoes', 'hats'][n % 2] ?? ''),
        event('Video', ['play', 'stop'][n % 2] ?? '', 'Intro', n % 3 === 0 ? null : n / 10),
        { kind: 'goal', conversions: [{ goal: 1, revenue: n }] },
        {
          kind: 'order',
          order_id: number,
          amounts: { revenue: 25, tax: 4, shipping: 1 },
          items,
          conversions: [{ goal: 0, revenue: 25 }],
        },
      ],
    })
  })
  return [short, ...long].flat()
}

describe('a table', () => {
  const november = `/pages?site=${pages}&period=month&date=2026-11-01`

  test('has beside each row the same row of the period before, and what changed', async () => {
    const answer = await reports.json(`${november}&compare=month:2026-10-01`)
    const views = answer.rows.map((row: Row) => [row.url, row.page_views, beside(row, 'page_views')])
    expect(views).toEqual([
      ['example.org/a', 4, [{ was: 3, absolute: 1, relative: 0.3333 }]],
      ['example.org/b', 1, [{ was: 1, absolute: 0, relative: 0 }]],
      ['example.org/new', 1, [{ was: 0, absolute: 1, relative: null }]],
    ])
    const { totals, change, ...compared } = answer.compared[0]
    expect(compared).toEqual({
      with: 'month:2026-10-01',
      period: 'month',
      date: '2026-10-01',
      from: '2026-10-01',
      to: '2026-10-22',
      until: '2026-10-22T13:00:00+02:00',
      source: 'raw',
      approximate: false,
      error: null,
      running: false,
    })
    expect([totals.page_views, change.page_views]).toEqual([6, { absolute: 0, relative: 0 }])
    expect([answer.totals.visitors, totals.visitors, change.visitors]).toEqual([
      4,
      3,
      { absolute: 1, relative: 0.3333 },
    ])
  })

  test('can be compared with several periods at once', async () => {
    const answer = await reports.json(
      `${november}&compare=previous&compare=year&compare=range:2026-10-12,2026-10-31`,
    )
    expect(answer.compared.map(({ with: name, from, to }: Compared) => [name, from, to])).toEqual([
      ['previous', '2026-10-01', '2026-10-22'],
      ['year', '2025-11-01', '2025-11-22'],
      ['range:2026-10-12,2026-10-31', '2026-10-12', '2026-10-31'],
    ])
    const [first] = answer.rows
    expect(beside(first, 'page_views').map(({ was }) => was)).toEqual([3, 1, 1])
  })

  test('tells what only the compared period has, when it is asked', async () => {
    const of = async (query: string) =>
      (await reports.json(`${november}&compare=previous${query}`)).compared[0].gone
    expect(await of('')).toBeUndefined()
    const { rows, rowCount } = await of('&gone=10')
    expect([rowCount, rows.map((row: Row) => [row.label, row.page_views])]).toEqual([
      1,
      [['example.org/old', 2]],
    ])
    expect(await of('&gone=10&search=xyz')).toEqual({ rows: [], rowCount: 0 })
    // What is not on this page of the main answer is not gone.
    expect(await of('&gone=10&limit=1')).toEqual({ rows, rowCount })
  })

  test('that is empty, or compared with an empty period, has zeros and no shares of nothing', async () => {
    const empty = await reports.json(
      `/pages?site=${pages}&period=month&date=2024-05-01&compare=previous&gone=5`,
    )
    expect([empty.rows, empty.compared[0].gone]).toEqual([[], { rows: [], rowCount: 0 }])
    const other = await reports.json(`${november}&compare=month:2024-05-01&limit=1`)
    expect(beside(other.rows[0], 'page_views')).toEqual([{ was: 0, absolute: 4, relative: null }])
    expect(other.compared[0].change.page_views).toEqual({ absolute: 6, relative: null })
  })

  test('finds rows again whatever is written in them', async () => {
    const answer = await reports.json(
      `/titles?site=${pages}&period=month&date=2026-03-01&compare=previous&sort=-label`,
    )
    expect(answer.rows.map((row: Row) => [row.title, beside(row, 'page_views')])).toEqual([
      [odd, [{ was: 2, absolute: -1, relative: -0.5 }]],
      ['', [{ was: 0, absolute: 1, relative: null }]],
    ])
    const row = encodeURIComponent(odd)
    const { rows } = await reports.json(
      `/titles/evolution?site=${pages}&period=year&date=2026-01-01&by=month&row=${row}`,
    )
    expect(rows[0].figures.slice(0, 4).map((one: Figures) => one.page_views)).toEqual([0, 2, 1, 0])
  })

  test('compares the rows of its page only, in its order', async () => {
    const answer = await reports.json(`${november}&compare=previous&limit=1&offset=1&sort=label`)
    expect(answer.rows.map((row: Row) => [row.label, beside(row, 'visits')])).toEqual([
      ['example.org/b', [{ was: 1, absolute: 0, relative: 0 }]],
    ])
    expect(answer.rowCount).toBe(3)
  })
})

/** Nothing of these happens on these sites; test/integration/archive/rollup.test.ts has traffic of every kind. */
const rare = new Set(
  (
    'action-dimension-pages action-dimension-values action-dimensions action-variable-values action-variables ' +
    'cart-product-categories cart-product-names cart-products content-name-pieces content-names ' +
    'content-piece-names content-pieces content-targets engagement-pages error-pages error-places ' +
    'errors loading-browsers loading-countries loading-device-types loading-pages ' +
    'page-errors pages-after-search pages-with-errors search-categories search-category-keywords ' +
    'searches-without-results titles-after-search users visit-dimension-values visit-dimensions ' +
    'visit-variable-values visit-variables vitals-browsers vitals-countries vitals-device-types ' +
    'vitals-pages'
  ).split(' '),
)

test('each part of a comparison says how exact its numbers of visitors are', async () => {
  const { approximate, error, compared } = await reports.json(
    `/overview?site=${final}&period=month&date=2025-06-01&compare=range:2025-06-01,2025-06-20`,
  )
  expect([approximate, error]).toEqual([false, null])
  expect(compared).toMatchObject([{ approximate: true, error: null }])
})

describe('rows belong together by their dimensions:', () => {
  test.each(keptReports.map(({ name }) => name))(
    'nothing changes where %s are compared with themselves',
    async (name) => {
      const compare = async ([site, date]: [number, string]) => {
        const path = `/${name}?site=${site}&period=month&date=${date}&compare=month:${date}&gone=5`
        const { rows, totals, metrics, dimensions, compared } = await reports.json(path)
        if (!rare.has(name)) expect(rows.length).toBeGreaterThan(0)
        for (const row of rows) {
          const figures = Object.fromEntries(metrics.map((metric: string) => [metric, row[metric]]))
          expect(row.compared[0].figures).toEqual(figures)
          for (const { absolute } of Object.values<Change>(row.compared[0].change)) expect(absolute).toBe(0)
        }
        expect(compared[0].totals).toEqual(totals)
        expect(compared[0].gone).toEqual(dimensions.length > 0 ? { rows: [], rowCount: 0 } : undefined)
      }
      await Promise.all([compare([everything, '2026-06-01']), compare([final, '2025-06-01'])])
    },
  )
})

describe('a series', () => {
  const visits = (answer: { rows: Row[] }) =>
    answer.rows.map((row) => [row.visits, ...row.compared.map((other) => other?.figures.visits ?? null)])

  test('stands side by side from its first part on, as far as both go', async () => {
    const answer = await reports.json(
      `/overview?site=${clocks}&period=month&date=2025-02-01&by=day&compare=year`,
    )
    expect(visits(answer)).toHaveLength(28)
    expect(visits(answer).slice(26)).toEqual([
      [0, 0],
      [1, 1],
    ])
    const leap = await reports.json(
      `/overview?site=${clocks}&period=month&date=2024-02-01&by=day&compare=month:2025-02-01`,
    )
    expect(visits(leap).slice(26)).toEqual([
      [0, 0],
      [1, 1],
      [1, null],
    ])
    expect([leap.totals.visits, leap.compared[0].totals.visits]).toEqual([2, 1])
  })

  test('of hours goes by the clock, where a day has 23 or 25 of them', async () => {
    const autumn = await reports.json(`/overview?site=${clocks}&date=2026-10-25&by=hour&compare=previous`)
    expect(autumn.rows).toHaveLength(25)
    const seen = (answer: { rows: Row[] }) =>
      answer.rows
        .map((row) => [row.label.slice(11), row.visits, row.compared[0]?.figures.visits ?? null])
        .filter(([, now, before]) => now !== 0 || before !== 0)
    expect(seen(autumn)).toEqual([
      ['01:00:00+02:00', 0, 1],
      ['02:00:00+02:00', 1, 1],
      ['02:00:00+01:00', 1, null],
      ['09:00:00+01:00', 1, 1],
    ])
    const spring = await reports.json(
      `/overview?site=${clocks}&date=2026-03-29&by=hour&compare=day:2026-10-24`,
    )
    expect(spring.rows).toHaveLength(23)
    expect(seen(spring)).toEqual([
      ['01:00:00+01:00', 0, 1],
      ['03:00:00+02:00', 1, 0],
      ['09:00:00+02:00', 0, 1],
    ])
    // The hours of the days that follow stay in their places.
    const range = await reports.json(
      `/overview?site=${clocks}&period=range&date=2026-10-24,2026-10-25&by=hour&compare=range:2026-10-25,2026-10-26`,
    )
    expect(seen(range).slice(-3)).toEqual([
      ['02:00:00+02:00', 1, 0],
      ['02:00:00+01:00', 1, null],
      ['09:00:00+01:00', 1, 0],
    ])
  })
})

describe('the same period of last year', () => {
  test.each([
    ['day', '2024-02-29', '2023-02-28', '2023-02-28'],
    ['day', '2025-02-28', '2024-02-28', '2024-02-28'],
    ['week', '2026-01-01', '2024-12-30', '2025-01-05'],
    ['week', '2020-03-04', '2019-03-04', '2019-03-10'],
    ['month', '2025-02-28', '2024-02-01', '2024-02-29'],
    ['year', '2025-06-01', '2024-01-01', '2024-12-31'],
    ['range', '2024-02-29,2024-03-31', '2023-02-28', '2023-03-31'],
  ])('of a %s of %s is from %s to %s', async (period, date, from, to) => {
    const { compared } = await reports.json(
      `/countries?site=${clocks}&period=${period}&date=${date}&compare=year`,
    )
    expect(compared[0]).toMatchObject({ with: 'year', period, from, to, until: null })
  })
})

describe('what a running period is compared with ends', () => {
  const compared = async (query: string, report = 'overview', site = running) => {
    const answer = await reports.json(`/${report}?site=${site}&${query}`)
    const [{ from, to, until, totals }] = answer.compared
    return { now: answer.totals.visits, from, to, until, before: totals.visits }
  }

  test('on the same day of the period before, at the same time of the day', async () => {
    expect(await compared('period=day&date=today&compare=previous')).toEqual({
      now: 1,
      from: '2026-11-21',
      to: '2026-11-21',
      until: '2026-11-21T13:00:00+01:00',
      before: 2,
    })
    expect(await compared('period=month&date=today&compare=previous')).toEqual({
      now: 5,
      from: '2026-10-01',
      to: '2026-10-22',
      until: '2026-10-22T13:00:00+02:00',
      before: 1,
    })
    expect(await compared('period=year&date=today&compare=previous')).toEqual({
      now: 8,
      from: '2025-01-01',
      to: '2025-11-22',
      until: '2025-11-22T13:00:00+01:00',
      before: 1,
    })
  })

  test('for reports of hits as for those of visits', async () => {
    expect(await compared('period=day&date=today&compare=previous', 'pages')).toMatchObject({
      now: 1,
      before: 2,
    })
    const { rows } = await reports.json(`/pages?site=${running}&period=day&date=today&compare=previous`)
    expect(beside(rows[0], 'page_views')).toEqual([{ was: 2, absolute: -1, relative: -0.5 }])
  })

  test('where its own clock stands, in each time zone', async () => {
    expect(await compared('period=day&date=today&compare=previous', 'overview', newYork)).toEqual({
      now: 1,
      from: '2026-11-21',
      to: '2026-11-21',
      until: '2026-11-21T07:00:00-05:00',
      before: 1,
    })
  })

  test('with its last part, in a series as well', async () => {
    const answer = await reports.json(
      `/overview?site=${running}&period=month&date=today&by=day&compare=previous`,
    )
    const before = answer.rows.map((row: Row) => row.compared[0]?.figures.visits ?? null)
    expect(before.slice(20)).toEqual([0, 1, null, null, null, null, null, null, null, null])
  })

  test('not at all, where it is shorter than what has run, or runs itself, or nothing has run yet', async () => {
    reports.now = Date.parse('2026-03-30T10:00:00Z')
    const march = await compared('period=month&date=today&compare=previous')
    expect(march).toMatchObject({ from: '2026-02-01', to: '2026-02-28', until: null })
    reports.now = noon
    const week = await compared('period=month&date=today&compare=week:today')
    expect(week).toMatchObject({ from: '2026-11-16', to: '2026-11-22', until: null })
    const tomorrow = await compared('period=day&date=tomorrow&compare=day:2026-11-21')
    expect(tomorrow).toMatchObject({ until: null, before: 3 })
  })

  test('with whole days, where only their totals are left', async () => {
    reports.now = Date.parse('2026-06-11T03:30:00+02:00')
    const day = await compared('period=day&date=today&compare=year', 'overview', final)
    expect(day).toEqual({ now: 7, from: '2025-06-11', to: '2025-06-11', until: null, before: 7 })
    const raw = await compared('period=day&date=today&compare=year', 'overview', everything)
    expect(raw).toEqual({
      now: 7,
      from: '2025-06-11',
      to: '2025-06-11',
      until: '2025-06-11T03:30:00+02:00',
      before: 4,
    })
    reports.now = noon
  })
})

test.each([
  [
    '/pages?site=1&compare=before',
    'invalid_compare',
    '"before" is nothing to compare with; write previous, year, a period as month:2025-11-01, or a segment as segment:countryCode==de.',
  ],
  [
    '/pages?site=1&compare=decade:2025-01-01',
    'invalid_period',
    'The period "decade" is unknown; it must be one of day, week, month, year, range.',
  ],
  [
    '/pages?site=1&period=range&date=1995-01-01,2026-01-01&compare=previous',
    'invalid_compare',
    'The period "previous" lies before 1970-01-01.',
  ],
  [
    '/pages?site=1&compare=year&compare=year&compare=year&compare=year&compare=year&compare=year',
    'invalid_parameter',
    'The parameter "compare" must NOT have more than 5 items.',
  ],
  ['/pages?site=1&compare=year&format=csv', 'invalid_parameter', 'A comparison is answered as JSON only.'],
  [
    '/realtime?site=1&compare=year',
    'invalid_compare',
    'The report "realtime" is about now and has no other period.',
  ],
])('%s is refused', async (path, code, message) => {
  const { status, body } = await reports.ask(path)
  expect([status, JSON.parse(body)]).toEqual([400, { error: { code, message } }])
})

describe('a row over time', () => {
  const evolution = async (query: string, report = 'pages', site = pages) =>
    await reports.json(`/${report}/evolution?site=${site}&${query}`)

  test('has its figures of each part, the empty ones too, and how far they went', async () => {
    const answer = await evolution('period=range&date=2026-09-01,2026-11-30&by=month&row=example.org/a')
    const { rows, ...frame } = answer
    expect(frame).toMatchObject({
      report: 'pages',
      from: '2026-09-01',
      to: '2026-11-30',
      by: 'month',
      times: ['2026-09-01', '2026-10-01', '2026-11-01'],
      source: 'raw',
      approximate: false,
    })
    expect(rows).toHaveLength(1)
    const [{ label, values, totals, figures, course }] = rows
    expect([label, values]).toEqual(['example.org/a', ['example.org/a']])
    expect(figures.map((one: Figures) => [one.page_views, one.visitors])).toEqual([
      [0, 0],
      [3, 3],
      [4, 4],
    ])
    // The same visitors come in both months.
    expect([totals.page_views, totals.visitors]).toEqual([7, 4])
    expect(course.page_views).toEqual({ least: 0, most: 4, change: { absolute: 4, relative: null } })
  })

  test('stands beside others in the order that was asked for, unknown ones too', async () => {
    const { rows } = await evolution(
      'period=month&date=2026-11-01&by=week&row=example.org/new&row=example.org/nothing&row=example.org/a&row=example.org/new',
    )
    expect(
      rows.map(({ label, totals }: { label: string; totals: Figures }) => [label, totals.page_views]),
    ).toEqual([
      ['example.org/new', 1],
      ['example.org/nothing', 0],
      ['example.org/a', 4],
    ])
    expect(rows[2].figures.map((one: Figures) => one.page_views)).toEqual([0, 0, 4, 0, 0, 0])
  })

  test('is one of the first rows where none is named', async () => {
    const { rows } = await evolution('period=month&date=2026-10-01&by=day&limit=2')
    expect(rows.map(({ label }: { label: string }) => label)).toEqual(['example.org/a', 'example.org/old'])
    expect(rows[0].figures).toHaveLength(31)
    const sorted = await evolution('period=month&date=2026-10-01&by=day&limit=1&sort=-label')
    expect(sorted.rows.map(({ label }: { label: string }) => label)).toEqual(['example.org/old'])
    const none = await evolution('period=month&date=2024-01-01')
    expect(none.rows).toEqual([])
  })

  test('goes by hours, both of a repeated one', async () => {
    const { times, rows } = await evolution('period=day&date=2026-10-25&by=hour&row=DE', 'countries', clocks)
    const at = times.map((time: string, index: number) => [time.slice(11), rows[0].figures[index].visits])
    expect(at).toHaveLength(25)
    expect(at.filter(([, visits]: [string, number]) => visits > 0)).toEqual([
      ['02:00:00+02:00', 1],
      ['02:00:00+01:00', 1],
      ['09:00:00+01:00', 1],
    ])
    expect(rows[0].label).toBe('Germany')
  })

  test('may have several dimensions, and come from final totals', async () => {
    const row = encodeURIComponent(JSON.stringify(['Video', 'play', 'Intro']))
    const query = `period=year&date=2025-01-01&by=month&row=${row}`
    const answers = [await evolution(query, 'events', everything), await evolution(query, 'events', final)]
    const events = answers.map(({ rows }) => rows[0].figures.map((one: Figures) => one.events))
    expect(events).toEqual([
      [0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0],
      [0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0],
    ])
    expect(answers.map(({ source }) => source)).toEqual(['raw', 'final'])
  })

  test.each(
    catalogue
      .filter(({ span, dimensions }) => span === 'period' && dimensions.length > 0)
      .map(({ name }) => name),
  )('of %s has the figures that the report has of each month', async (name) => {
    const follow = async (site: number) => {
      const [{ rows, metrics, dimensions }, { rows: june }] = await Promise.all([
        evolution('period=year&date=2025-01-01&by=month&limit=3', name, site),
        reports.json(`/${name}?site=${site}&period=month&date=2025-06-01`),
      ])
      if (!rare.has(name)) expect(rows.length).toBeGreaterThan(0)
      for (const { values, figures } of rows) {
        const same = june.find((row: Row) => {
          return dimensions.every((key: string, n: number) => row[key] === values[n])
        })
        const expected = metrics.map((metric: string) => [metric, same?.[metric] ?? 0])
        expect(figures[5]).toEqual(Object.fromEntries(expected))
      }
    }
    await Promise.all([follow(everything), follow(final)])
  })

  test.each([
    [
      '/overview/evolution?site=1',
      400,
      'invalid_row',
      'The report "overview" has no rows that could be followed; ask it with "by" instead.',
    ],
    [
      '/events/evolution?site=1&row=Video',
      400,
      'invalid_row',
      'A row of "events" is a JSON list of event_category, event_action, event_name; "Video" is none.',
    ],
    [
      '/events/evolution?site=1&row=%5B%22Video%22%5D',
      400,
      'invalid_row',
      'A row of this report has 3 dimensions, but ["Video"] are 1.',
    ],
    ['/nothing/evolution?site=1', 404, 'unknown_report', 'There is no report "nothing".'],
    [
      '/pages/evolution?site=5&period=day&date=2025-06-11&by=hour',
      400,
      'invalid_by',
      'The hours of single rows are not kept longer than hits; choose a period after 2025-12-31, or days.',
    ],
  ])('%s is refused', async (path, status, code, message) => {
    const asked = await reports.ask(path)
    expect([asked.status, JSON.parse(asked.body)]).toEqual([status, { error: { code, message } }])
  })
})

type Figures = Record<string, number>
type Change = { absolute: number; relative: number | null }
type Compared = { with: string; from: string; to: string }
type Row = {
  label: string
  compared: ({ figures: Figures; change: Record<string, Change> } | null)[]
  [column: string]: unknown
}

/** One metric of the compared rows. */
function beside(row: Row, metric: string) {
  return row.compared.map((other) => ({ was: other?.figures[metric], ...other?.change[metric] }))
}
