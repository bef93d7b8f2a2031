// How reports are asked for: periods and their parts, paging, order, search, CSV, and what is refused.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Site } from '../../../server/admin/site.ts'
import type { Hit } from '../../../server/collect/hit.ts'
import { ReportsWorld } from '../../world/reports.ts'
import { berlin, openStore, type StoreWorld, storeHits } from '../../world/store.ts'
import { page, visit } from '../../world/visits.ts'

let world: StoreWorld
let reports: ReportsWorld

// Each group of tests has a site of its own.
const [clocks, many, empty, spans, formulas] = [1, 2, 3, 4, 5]
const names: Record<number, string> = { [clocks]: 'Example', [formulas]: 'Käse & "Wein"' }

beforeAll(async () => {
  world = await openStore()
  const sites: Site[] = [clocks, many, empty, spans, formulas].map((id) => {
    return { ...berlin, id, name: names[id] ?? `Site ${id}` }
  })
  reports = new ReportsWorld(world.store, sites)
  const at = (site: number, time: string, visitor: string, url = 'example.org/', title = 'Home') =>
    visit({ site, at: time, visitor, does: [page(url, title)] })
  const hits: Hit[] = [
    // The hour from 2 to 3 is left out on 29 March and there twice on 25 October.
    at(clocks, '2026-03-29T01:59:59+01:00', '1'),
    at(clocks, '2026-03-29T03:00:00+02:00', '2'),
    at(clocks, '2026-10-25T02:30:00+02:00', '1'),
    at(clocks, '2026-10-25T02:30:00+01:00', '2'),
    at(clocks, '2026-10-25T23:59:59+01:00', '3'),
    // Ten pages with 10, 9, ... 1 views.
    Array.from({ length: 10 }, (_, index) =>
      Array.from({ length: 10 - index }, (_, view) =>
        at(many, '2026-11-02T10:00:00+01:00', String(view + 1), `example.org/${index}`, `Page ${index}`),
      ),
    ).flat(),
    at(spans, '2025-12-31T10:00:00+01:00', '1'),
    at(spans, '2026-01-01T10:00:00+01:00', '1'),
    at(spans, '2026-01-04T10:00:00+01:00', '2'),
    at(spans, '2026-01-05T10:00:00+01:00', '1'),
    at(spans, '2026-02-28T10:00:00+01:00', '3'),
    at(formulas, '2026-11-02T10:00:00+01:00', '1', 'example.org/1', '=HYPERLINK("https://evil.example")'),
    at(formulas, '2026-11-02T11:00:00+01:00', '2', 'example.org/2', 'Wein, Käse\nund "Brot"'),
    at(formulas, '2026-11-02T12:00:00+01:00', '3', 'example.org/3', '-5'),
    at(formulas, '2026-11-02T13:00:00+01:00', '4', 'example.org/4', '@SUM(A1)'),
  ].flat(2)
  await storeHits(world.store, hits)
})
afterAll(() => world.close())

type Row = { label: string; visits: number; visitors: number; page_views: number }
const visitsBy = ({ rows }: { rows: Row[] }) =>
  Object.fromEntries(rows.filter(({ visits }) => visits > 0).map(({ label, visits }) => [label, visits]))

describe('by time', () => {
  test('a day in spring has 23 hours', async () => {
    const answer = await reports.json(`/overview?site=${clocks}&period=day&date=2026-03-29&by=hour`)
    expect(answer.rowCount).toBe(23)
    expect(answer.dimensions).toEqual(['hour'])
    expect(visitsBy(answer)).toEqual({ '2026-03-29T01:00:00+01:00': 1, '2026-03-29T03:00:00+02:00': 1 })
  })

  test('a day in autumn has 25 hours', async () => {
    const answer = await reports.json(`/overview?site=${clocks}&period=day&date=2026-10-25&by=hour`)
    expect(answer.rows).toHaveLength(25)
    expect(visitsBy(answer)).toEqual({
      '2026-10-25T02:00:00+02:00': 1,
      '2026-10-25T02:00:00+01:00': 1,
      '2026-10-25T23:00:00+01:00': 1,
    })
    expect(answer.totals.visits).toBe(3)
  })

  test('both repeated hours are one hour of the clock', async () => {
    const { rows } = await reports.json(`/server-hours?site=${clocks}&period=day&date=2026-10-25`)
    expect(rows).toHaveLength(24)
    expect(visitsBy({ rows })).toEqual({ '02:00': 2, '23:00': 1 })
  })

  test('every part of a period has a row, those without visits too', async () => {
    const days = await reports.json(`/overview?site=${spans}&period=month&date=2026-01-15&by=day`)
    expect(days.rows).toHaveLength(31)
    expect(visitsBy(days)).toEqual({ '2026-01-01': 1, '2026-01-04': 1, '2026-01-05': 1 })
    expect(days.rows[1]).toEqual({
      label: '2026-01-02',
      day: '2026-01-02',
      visits: 0,
      visitors: 0,
      page_views: 0,
      actions: 0,
      bounces: 0,
      bounce_rate: 0,
      duration_sum: 0,
      avg_duration: 0,
      actions_per_visit: 0,
      max_actions: 0,
      users: 0,
      converted_visits: 0,
      conversion_rate: 0,
    })
    expect(days.totals).toMatchObject({ visits: 3, visitors: 2 })
    const weeks = await reports.json(`/overview?site=${spans}&period=month&date=2026-01-15&by=week`)
    expect(weeks.rows.map((row: Row) => [row.label, row.visits, row.visitors])).toEqual([
      ['2026-01-01', 2, 2],
      ['2026-01-05', 1, 1],
      ['2026-01-12', 0, 0],
      ['2026-01-19', 0, 0],
      ['2026-01-26', 0, 0],
    ])
    const months = await reports.json(
      `/overview?site=${spans}&period=range&date=2025-12-31,2026-02-28&by=month`,
    )
    expect(months.rows.map((row: Row) => [row.label, row.visits])).toEqual([
      ['2025-12-31', 1],
      ['2026-01-01', 3],
      ['2026-02-01', 1],
    ])
  })
})

test.each([
  ['day', '2026-01-01', '2026-01-01', '2026-01-01', '2026-01-01', 1, 1],
  ['week', '2026-01-01', '2025-12-29', '2025-12-29', '2026-01-04', 3, 2],
  ['month', '2026-01-31', '2026-01-01', '2026-01-01', '2026-01-31', 3, 2],
  ['year', '2026-06-01', '2026-01-01', '2026-01-01', '2026-12-31', 4, 3],
  ['range', '2026-01-04,2026-02-28', '2026-01-04,2026-02-28', '2026-01-04', '2026-02-28', 3, 3],
])('a %s of %s counts each visitor once', async (period, date, named, from, to, visits, visitors) => {
  const answer = await reports.json(`/overview?site=${spans}&period=${period}&date=${date}`)
  expect(answer).toMatchObject({ period, date: named, from, to, totals: { visits, visitors } })
  expect(answer.rows).toEqual([{ label: 'All visits', ...answer.totals }])
})

test('a site without visits has empty tables and zeros', async () => {
  const pages = await reports.json(`/pages?site=${empty}&period=month&date=today`)
  expect(pages).toMatchObject({ rows: [], rowCount: 0, running: true })
  expect(Object.values(pages.totals).every((total) => total === 0)).toBe(true)
  const overview = await reports.json(`/overview?site=${empty}&period=day&date=today&by=hour`)
  expect(overview.rows).toHaveLength(24)
  expect(overview.totals.visits).toBe(0)
})

describe('the rows of a table', () => {
  const pages = `/pages?site=${many}&period=day&date=2026-11-02`
  const labels = async (query: string) => {
    const answer = await reports.json(pages + query)
    return [answer.rowCount, answer.rows.map((row: Row) => row.label.slice(-1)).join('')]
  }

  test('come in pages, and the totals stay those of all', async () => {
    expect(await labels('&limit=3')).toEqual([10, '012'])
    expect(await labels('&limit=3&offset=8')).toEqual([10, '89'])
    expect(await labels('&limit=3&offset=20')).toEqual([10, ''])
    expect(await labels('&limit=0')).toEqual([10, ''])
    expect((await reports.json(`${pages}&limit=1`)).totals).toMatchObject({
      page_views: 55,
      visits: 55,
      visitors: 10,
    })
  })

  test('come in the order that was asked for, alike ones by label', async () => {
    expect(await labels('&sort=page_views')).toEqual([10, '9876543210'])
    expect(await labels('&sort=-url')).toEqual([10, '9876543210'])
    expect(await labels('&sort=-bounce_rate')).toEqual([10, '0123456789'])
  })

  test('can be searched by a part of the label, in whatever case', async () => {
    expect(await labels('&search=ORG/7')).toEqual([1, '7'])
    expect(await labels('&search=nothing')).toEqual([0, ''])
    expect((await reports.json(`${pages}&search=ORG/7`)).totals.page_views).toBe(55)
    const countries = await reports.json(`/countries?site=${many}&period=day&date=2026-11-02&search=germ`)
    expect(countries.rows.map((row: Row) => row.label)).toEqual(['Germany'])
  })
})

describe('as CSV', () => {
  test('a table is a file with a header and all rows', async () => {
    const { status, headers, body } = await reports.ask(
      `/pages?site=${many}&period=month&date=2026-11-02&format=csv`,
    )
    expect(status).toBe(200)
    expect(headers['content-type']).toBe('text/csv; charset=utf-8')
    expect(headers['content-disposition']).toBe(
      'attachment; filename="footfall-site-2-pages-2026-11-01-2026-11-30.csv"',
    )
    const lines = body.split('\r\n')
    expect(lines[0]).toBe(
      'label,url,page_views,visits,visitors,time_spent_sum,avg_time_on_page,entries,entry_bounces,bounce_rate,exits,exit_rate',
    )
    expect(lines[1]).toBe('example.org/0,example.org/0,10,10,10,0,0,10,10,1,10,1')
    expect(lines).toHaveLength(12)
    expect(lines[11]).toBe('')
  })

  test('what visitors wrote is quoted and never a formula', async () => {
    const { headers, body } = await reports.ask(
      `/titles?site=${formulas}&period=day&date=2026-11-02&format=csv&sort=label`,
    )
    const figures = '1,1,1,0,0,1,1,1,1,1'
    expect(body.split('\r\n').slice(1, -1)).toEqual([
      `-5,-5,${figures}`,
      `"'=HYPERLINK(""https://evil.example"")","'=HYPERLINK(""https://evil.example"")",${figures}`,
      `'@SUM(A1),'@SUM(A1),${figures}`,
      `"Wein, Käse\nund ""Brot""","Wein, Käse\nund ""Brot""",${figures}`,
    ])
    expect(headers['content-disposition']).toBe(
      'attachment; filename="footfall-kase-wein-titles-2026-11-02-2026-11-02.csv"',
    )
  })

  test('limit and offset hold, and a series has its times', async () => {
    const some = await reports.ask(`/pages?site=${many}&date=2026-11-02&format=csv&limit=2&offset=3`)
    expect(some.body.split('\r\n').map((line) => line.split(',')[0])).toEqual([
      'label',
      'example.org/3',
      'example.org/4',
      '',
    ])
    const series = await reports.ask(`/overview?site=${clocks}&date=2026-10-25&by=hour&format=csv`)
    expect(series.body.split('\r\n')).toHaveLength(27)
    expect(series.body).toContain('2026-10-25T02:00:00+01:00,2026-10-25T02:00:00+01:00,1,1,')
  })
})

describe('what cannot be answered is refused with a code and a sentence', () => {
  test.each([
    ['/pages', 400, 'invalid_parameter', 'The parameter "site" is missing.'],
    ['/pages?site=x', 400, 'invalid_parameter', 'The parameter "site" must be integer.'],
    ['/pages?site=99', 404, 'unknown_site', 'There is no site 99.'],
    ['/nothing?site=1', 404, 'unknown_report', 'There is no report "nothing".'],
    [
      '/pages?site=1&period=decade',
      400,
      'invalid_parameter',
      'The parameter "period" must be one of day, week, month, year, range.',
    ],
    [
      '/pages?site=1&date=2026-02-30',
      400,
      'invalid_date',
      'The date "2026-02-30" cannot be read; write it as 2026-11-22, or today or yesterday.',
    ],
    ['/pages?site=1&limit=10001', 400, 'invalid_parameter', 'The parameter "limit" must be <= 10000.'],
    [
      '/searches?site=1&sort=clicks',
      400,
      'invalid_sort',
      '"clicks" is nothing to sort by; it must be one of label, search_keyword, searches, visits, visitors, pages_per_search, exits, exit_rate.',
    ],
    [
      '/pages?site=1&under=example.org/',
      400,
      'invalid_under',
      'The rows of "pages" are not below others; leave "under" out.',
    ],
    [
      '/cities?site=1&under=DE&under=BE&under=Berlin',
      400,
      'invalid_under',
      'The report "cities" can be asked for by up to 2 values of "under": country, region.',
    ],
    [
      '/pages?site=1&under=example.org/&format=csv',
      400,
      'invalid_under',
      'The rows of "pages" are not below others; leave "under" out.',
    ],
    [
      '/titles?site=1&folder=example.org/',
      400,
      'invalid_folder',
      'The rows of "titles" do not lie in folders.',
    ],
    [
      '/pages?site=1&folder=example.org/&compare=previous',
      400,
      'invalid_compare',
      'What lies in a folder cannot be compared; leave "folder" or "compare" out.',
    ],
    [
      '/pages?site=1&folder=&sort=visitors',
      400,
      'invalid_sort',
      '"visitors" is nothing to sort by; it must be one of label, url, page_views, visits, time_spent_sum, avg_time_on_page, entries, entry_bounces, bounce_rate, exits, exit_rate.',
    ],
    ['/pages?site=1&by=day', 400, 'invalid_by', 'The report "pages" cannot be divided by day.'],
    [
      '/overview?site=1&period=range&date=last3000&by=hour',
      400,
      'invalid_by',
      'This period has too many hours; choose a shorter one.',
    ],
    [
      '/pages?site=1&dat=today',
      400,
      'invalid_parameter',
      'The parameter "dat" is unknown; there are site, period, date, by, limit, offset, sort, under, folder, search, minutes, compare, gone, segment, filter, format.',
    ],
  ])('%s', async (path, status, code, message) => {
    const asked = await reports.ask(path)
    expect([asked.status, JSON.parse(asked.body)]).toEqual([status, { error: { code, message } }])
  })

  test('what nobody foresaw tells nothing of the inside', async () => {
    const broken = new ReportsWorld(world.store, [{ ...berlin, timezone: 'Europe/Atlantis' }])
    const { status, body } = await broken.ask('/pages?site=1')
    expect([status, JSON.parse(body)]).toEqual([
      500,
      { error: { code: 'internal_error', message: 'Something went wrong here. It has been logged.' } },
    ])
  })
})
