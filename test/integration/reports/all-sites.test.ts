// All sites side by side: each in its own time zone, beside the period before.

import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { finaliseYear } from '../../../server/archive/final-year.ts'
import { answerAllSites } from '../../../server/reports/all-sites.ts'
import { forgetFinalYears } from '../../../server/reports/final-years.ts'
import { startFootfall, type World } from '../../world/footfall.ts'
import { storeHits } from '../../world/store.ts'
import { event, page, visit } from '../../world/visits.ts'

// 23 November in Tokyo already, half past eight in the evening in Berlin, afternoon in New York.
const now = Date.parse('2026-11-22T19:30:00Z')

let world: World

beforeAll(async () => {
  world = await startFootfall({ clock: now })
  const { sites, store } = world.service
  await sites.create({ name: 'Tokyo', url: 'tokyo.example', timezone: 'Asia/Tokyo' })
  await sites.create({ name: 'Another', url: 'another.example', timezone: 'Europe/Berlin' })
  await sites.create({ name: 'New York', url: 'ny.example', timezone: 'America/New_York' })
  await sites.create({ name: 'Quiet', url: 'quiet.example', timezone: 'Europe/Berlin' })
  const order = (order_id: string, revenue: number) => {
    return { kind: 'order' as const, order_id, amounts: { revenue }, conversions: [{ goal: 0, revenue }] }
  }
  const open = (site: number, at: string, visitor: string, ...more: Parameters<typeof visit>[0]['does']) =>
    visit({ site, at, visitor, does: [page('example.org/', 'Home'), ...more] })
  await storeHits(
    store,
    [
      open(1, '2026-11-22T10:00:00+01:00', '1', page('example.org/a', 'A'), order('A1', 30)),
      open(1, '2026-11-22T12:00:00+01:00', '1', event('Video', 'play')),
      open(1, '2026-11-21T20:28:59+01:00', '2', order('A0', 10.1)),
      open(1, '2026-11-21T20:30:00+01:00', '3'),
      open(1, '2025-11-22T10:00:00+01:00', '4'),
      // The same number in another shop is another order.
      open(3, '2026-11-22T11:00:00+01:00', '5', order('A1', 5), order('A1', 5)),
      open(2, '2026-11-23T01:00:00+09:00', '6'),
      open(2, '2026-11-22T23:00:00+09:00', '7'),
      open(2, '2026-11-22T04:00:00+09:00', '7'),
      open(4, '2026-11-22T14:29:00-05:00', '8'),
      open(4, '2026-11-21T14:29:00-05:00', '9'),
      open(4, '2026-11-21T14:31:00-05:00', '9'),
    ].flat(),
  )
})
afterAll(() => world.close())

const ask = (query = '') =>
  fetch(`${world.url}/api/sites/overview?${query}`, { headers: { authorization: `Bearer ${world.token}` } })

// biome-ignore lint/suspicious/noExplicitAny: compared with literals
async function overview(query = ''): Promise<any> {
  const answer = await ask(query)
  if (answer.status !== 200) throw new Error(`${query}: ${await answer.text()}`)
  return await answer.json()
}

type Row = { name: string; visits: number; previous: { visits: number }; series: { visits: number }[] }

test('Each site has its figures of its own day, and those of the day before until the same time', async () => {
  const { rows, ...rest } = await overview()
  expect(rows.map(({ name, visits, previous }: Row) => [name, visits, previous.visits])).toEqual([
    ['Example', 2, 1],
    ['Another', 1, 0],
    ['New York', 1, 1],
    ['Tokyo', 1, 1],
    ['Quiet', 0, 0],
  ])
  expect(rows[0]).toEqual({
    site: 1,
    name: 'Example',
    url: 'https://example.org',
    currency: 'EUR',
    from: '2026-11-22',
    to: '2026-11-22',
    visits: 2,
    visitors: 1,
    page_views: 3,
    actions: 4,
    revenue: 30,
    previous: { visits: 1, visitors: 1, page_views: 1, actions: 1, revenue: 10.1 },
    change: {
      visits: { absolute: 1, relative: 1 },
      visitors: { absolute: 0, relative: 0 },
      page_views: { absolute: 2, relative: 2 },
      actions: { absolute: 3, relative: 3 },
      revenue: { absolute: 19.9, relative: 1.9703 },
    },
    until: '2026-11-21T20:30:00+01:00',
    series: [{ label: '2026-11-22', visits: 2 }],
  })
  expect(rows[1].revenue).toBe(5)
  expect(rows[3]).toMatchObject({ from: '2026-11-23', until: '2026-11-22T04:30:00+09:00' })
  expect(rest).toEqual({
    period: 'day',
    compare: 'previous',
    approximate: false,
    error: null,
    metrics: ['visits', 'visitors', 'page_views', 'actions', 'revenue'],
    totals: { visits: 5, visitors: 4, page_views: 6, actions: 7, revenue: 35 },
    previous: { visits: 3, visitors: 3, page_views: 3, actions: 3, revenue: 10.1 },
    change: {
      visits: { absolute: 2, relative: 0.6667 },
      visitors: { absolute: 1, relative: 0.3333 },
      page_views: { absolute: 3, relative: 1 },
      actions: { absolute: 4, relative: 1.3333 },
      revenue: { absolute: 24.9, relative: 2.4653 },
    },
    rowCount: 5,
    limit: 50,
    offset: 0,
    sort: '-visits',
  })
})

test('The visits of each day stand beside each site, of a long period those of each month', async () => {
  const month = await overview('period=month&date=2026-11-01')
  const series = month.rows.find(({ name }: Row) => name === 'Tokyo').series
  expect(series).toHaveLength(30)
  expect(series.slice(20, 24)).toEqual([
    { label: '2026-11-21', visits: 0 },
    { label: '2026-11-22', visits: 2 },
    { label: '2026-11-23', visits: 1 },
    { label: '2026-11-24', visits: 0 },
  ])
  const year = await overview('period=year&date=2026-11-01&limit=1')
  expect(year.rows[0].series.map(({ visits }: { visits: number }) => visits)).toEqual([
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0,
  ])
})

test('Sites are sorted, searched and paged, and the totals stay those of all', async () => {
  const names = async (query: string) => {
    const { rows, rowCount, totals } = await overview(query)
    expect(totals.visits).toBe(5)
    return [rowCount, ...rows.map(({ name }: Row) => name)]
  }
  expect(await names('sort=name')).toEqual([5, 'Another', 'Example', 'New York', 'Quiet', 'Tokyo'])
  expect(await names('sort=-name&limit=2&offset=1')).toEqual([5, 'Quiet', 'New York'])
  expect(await names('sort=-revenue&limit=2')).toEqual([5, 'Example', 'Another'])
  expect(await names('sort=page_views&limit=1')).toEqual([5, 'Quiet'])
  expect(await names('search=NY.EX')).toEqual([1, 'New York'])
  expect(await names('search=oky')).toEqual([1, 'Tokyo'])
  expect(await names('search=nothing')).toEqual([0])
  expect(await names('offset=9')).toEqual([5])
})

const asked = {
  kind: 'day',
  date: 'today',
  compare: 'previous',
  sort: '-visits',
  search: '',
  limit: 50,
  offset: 0,
}

test('Many sites with one clock take no more questions than one of them', async () => {
  const { store, sites } = world.service
  const query = vi.spyOn(store, 'query')
  const questions = async (ids: number[]) => {
    query.mockClear()
    const some = sites.all().filter(({ id }) => ids.includes(id))
    const { rows } = await answerAllSites(store, { ...asked, sites: some }, now)
    expect(rows).toHaveLength(ids.length)
    // Which years are final is remembered for a while, and asked for by the clock.
    return query.mock.calls.filter(([sql]) => !sql.includes('FROM years')).length
  }
  const one = await questions([1])
  expect(await questions([1, 3, 5])).toBe(one)
  expect(await questions([1, 2])).toBeGreaterThan(one)
  query.mockRestore()
})

test('Sites stand beside the same of a year ago, or any other period', async () => {
  const beside = async (query: string) => {
    const { rows } = await overview(`${query}&sort=name`)
    return rows.map(({ name, visits, previous, until }: Row & { until: string | null }) =>
      [name, visits, previous.visits, until].join(' '),
    )
  }
  expect(await beside('compare=year')).toEqual([
    'Another 1 0 2025-11-22T20:30:00+01:00',
    'Example 2 1 2025-11-22T20:30:00+01:00',
    'New York 1 0 2025-11-22T14:30:00-05:00',
    'Quiet 0 0 2025-11-22T20:30:00+01:00',
    'Tokyo 1 0 2025-11-23T04:30:00+09:00',
  ])
  expect(await beside('date=2026-11-21&compare=range:2026-11-20,2026-11-22')).toEqual([
    'Another 0 1 ',
    'Example 2 4 ',
    'New York 2 3 ',
    'Quiet 0 0 ',
    'Tokyo 0 2 ',
  ])
  const refused = await ask('compare=segment:countryCode==de')
  expect([refused.status, await refused.text()]).toEqual([
    400,
    expect.stringContaining('The period \\"segment\\" is unknown'),
  ])
})

test('Amounts of several currencies have no sum', async () => {
  const { store, sites } = world.service
  const all = sites.all().map((site) => (site.id === 3 ? { ...site, currency: 'USD' } : site))
  const { rows, totals, previous, change } = await answerAllSites(store, { ...asked, sites: all }, now)
  expect(rows.map(({ currency, revenue }) => `${revenue} ${currency}`).slice(0, 2)).toEqual([
    '30 EUR',
    '5 USD',
  ])
  expect([totals.revenue, previous.revenue, change.revenue]).toEqual([null, null, null])
  expect(totals.visits).toBe(5)
})

test('A site whose year is final stands beside one whose year is not', async () => {
  const before = await overview('period=year&date=2025-06-01')
  const site = world.service.sites.get(1)
  if (!site) throw new Error('no site')
  await finaliseYear({ store: world.service.store, site, year: 2025, now })
  forgetFinalYears(world.service.store)
  expect(await overview('period=year&date=2025-06-01')).toEqual(before)
  expect(before.rows[0]).toMatchObject({ name: 'Example', visits: 1 })
  const running = await overview('period=year&date=2026-06-01')
  expect(running.rows[0]).toMatchObject({ visits: 4, previous: { visits: 1 }, until: null })
  // Of final days there are no sketches: visitors of several are added up.
  expect([running.approximate, running.error]).toEqual([true, null])
  expect(running.rows[1]).toMatchObject({ name: 'New York', until: '2025-11-22T14:30:00-05:00' })
})

test('What cannot be answered is refused', async () => {
  const answer = await ask('sort=size')
  expect([answer.status, await answer.json()]).toEqual([
    400,
    {
      error: {
        code: 'invalid_sort',
        message:
          '"size" is nothing to sort by; it must be one of name, visits, visitors, page_views, actions, revenue.',
      },
    },
  ])
  expect((await ask('period=range&date=today')).status).toBe(400)
  expect((await fetch(`${world.url}/api/sites/overview`)).status).toBe(401)
})
