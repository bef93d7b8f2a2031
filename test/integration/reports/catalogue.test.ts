// One small week, and every report about it.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { catalogue } from '../../../server/reports/catalogue.ts'
import { ReportsWorld } from '../../world/reports.ts'
import { berlin, openStore, type StoreWorld, storeHits } from '../../world/store.ts'
import { download, event, outlink, page, ping, search, visit } from '../../world/visits.ts'

let world: StoreWorld
let reports: ReportsWorld

const home = 'example.org/'
const shop = 'example.org/shop'

const shoe = { sku: 'S1', name: 'Shoe', categories: ['Shoes'], price: 12, quantity: 1 }
/** An order at the moment of the hit before it. */
const order = {
  kind: 'order' as const,
  after: 0,
  order_id: 'A1',
  amounts: { revenue: 45, subtotal: 40, tax: 5, shipping: 4.5, discount: 1 },
  items: [
    { ...shoe, categories: ['Shoes', 'Red'], price: 10, quantity: 2 },
    { sku: 'S2', name: 'Hat', categories: [], price: 25, quantity: 1 },
  ],
  conversions: [{ goal: 0, revenue: 45 }],
}
const cart = { kind: 'cart' as const, after: 0, amounts: { revenue: 7 }, items: [shoe] }

beforeAll(async () => {
  world = await openStore()
  reports = new ReportsWorld(world.store, [berlin, { ...berlin, id: 2, timezone: 'America/New_York' }])
  await storeHits(world.store, [
    // Home for 60 s, the shop for 30 s, an outlink; a ping makes the visit 20 s longer.
    ...visit({
      at: '2026-11-02T10:00:00+01:00',
      visitor: '11',
      does: [
        page(home, 'Home'),
        page(shop, 'Shop', { after: 60, items: [shoe], conversions: [{ goal: 1, revenue: 2 }] }),
        outlink('https://partner.example/', { after: 30 }),
        order,
        ping(20),
      ],
    }),
    // A bounce that a search engine brought.
    ...visit({
      at: '2026-11-02T10:30:00+01:00',
      visitor: '12',
      referrer_type: 'search',
      referrer_name: 'Google',
      country: 'US',
      language: 'en-us',
      device_type: 'smartphone',
      os_name: 'iOS',
      os_version: '26',
      browser_name: 'Safari',
      browser_version: '26',
      resolution: '390x844',
      color_depth: 32,
      techniques: ['cookies'],
      local_minute: 4 * 60 + 30,
      does: [page(home, 'Home')],
    }),
    // The first visitor again, with a search, a download, and an event of 40 s that no page is credited with.
    ...visit({
      at: '2026-11-03T14:15:00+01:00',
      visitor: '11',
      visitNumber: 2,
      referrer_type: 'website',
      referrer_name: 'blog.example',
      referrer_url: 'https://blog.example/post',
      does: [
        search('shoes', { search_count: 3 }),
        page(home, 'Home', { after: 10, url_prefix: 3 }),
        download('https://example.org/list.pdf', { after: 20 }),
        event('Video', 'play', 'Intro', 2.5, { after: 40 }),
        page(shop, 'Shop', { after: 40, conversions: [{ goal: 1, revenue: 3 }] }),
        // The page of thanks once more, taken by a collector that did not know it; then a cart that stays one.
        order,
        cart,
      ],
    }),
    // A visit of one event, of which nothing else is known.
    ...visit({
      at: '2026-11-04T00:30:00+01:00',
      visitor: '13',
      referrer_type: 'campaign',
      referrer_name: 'autumn',
      country: '',
      language: '',
      device_type: '',
      os_name: '',
      os_version: '',
      browser_name: '',
      browser_version: '',
      resolution: '',
      color_depth: 0,
      techniques: [],
      does: [event('Video', 'play')],
    }),
    // Another site, at the same time, with the same pages and the same visitor's number.
    ...visit({
      site: 2,
      at: '2026-11-02T10:00:00-05:00',
      visitor: '11',
      does: [page(home, 'Home'), page(shop, 'Shop'), order],
    }),
  ])
})
afterAll(() => world.close())

const week = 'site=1&period=week&date=2026-11-02'

/** The standard figures of visits, in the order of the catalogue. */
function figures(
  visits: number,
  visitors: number,
  page_views: number,
  actions: number,
  bounces: number,
  bounce_rate: number,
  duration_sum: number,
  avg_duration: number,
  actions_per_visit: number,
  max_actions: number,
  converted_visits = 0,
  conversion_rate = 0,
) {
  return {
    visits,
    visitors,
    page_views,
    actions,
    bounces,
    bounce_rate,
    duration_sum,
    avg_duration,
    actions_per_visit,
    max_actions,
    users: 0,
    converted_visits,
    conversion_rate,
  }
}

const first = figures(1, 1, 2, 3, 0, 0, 111, 111, 3, 3, 1, 1)
const bounce = figures(1, 1, 1, 1, 1, 1, 0, 0, 1, 1)
const again = figures(1, 1, 2, 5, 0, 0, 111, 111, 5, 5, 1, 1)
const onlyEvent = figures(1, 1, 0, 1, 1, 1, 0, 0, 1, 1)
const all = figures(4, 3, 5, 10, 2, 0.5, 222, 56, 2.5, 5, 2, 0.5)
const firstAndAgain = figures(2, 1, 4, 8, 0, 0, 222, 111, 4, 5, 2, 1)
const none = figures(0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
const visitMetrics = Object.keys(all)

function answer(report: string, dimensions: string[], rows: object[], further: object = {}) {
  return {
    report,
    site: 1,
    period: 'week',
    date: '2026-11-02',
    from: '2026-11-02',
    to: '2026-11-08',
    timezone: 'Europe/Berlin',
    dimensions,
    metrics: visitMetrics,
    rows,
    totals: all,
    rowCount: rows.length,
    limit: 100,
    offset: 0,
    sort: '-visits',
    source: 'raw',
    approximate: false,
    error: null,
    running: false,
    ...further,
  }
}

const pageMetrics = [
  'page_views',
  'visits',
  'visitors',
  'time_spent_sum',
  'avg_time_on_page',
  'entries',
  'entry_bounces',
  'bounce_rate',
  'exits',
  'exit_rate',
]
const homeFigures = {
  page_views: 3,
  visits: 3,
  visitors: 2,
  time_spent_sum: 120,
  avg_time_on_page: 40,
  entries: 2,
  entry_bounces: 1,
  bounce_rate: 0.5,
  exits: 1,
  exit_rate: 0.33,
}
const shopFigures = {
  page_views: 2,
  visits: 2,
  visitors: 1,
  time_spent_sum: 30,
  avg_time_on_page: 15,
  entries: 0,
  entry_bounces: 0,
  bounce_rate: 0,
  exits: 2,
  exit_rate: 1,
}
const entered = {
  entries: 2,
  visitors: 2,
  actions: 4,
  actions_per_visit: 2,
  duration_sum: 111,
  avg_duration: 56,
  entry_bounces: 1,
  bounce_rate: 0.5,
  converted_visits: 1,
  conversion_rate: 0.5,
}
const searched = {
  searches: 1,
  visits: 1,
  visitors: 1,
  pages_per_search: 1,
  exits: 0,
  exit_rate: 0,
}
const pageTotals = {
  page_views: 5,
  visits: 3,
  visitors: 2,
  time_spent_sum: 150,
  avg_time_on_page: 30,
  entries: 2,
  entry_bounces: 1,
  bounce_rate: 0.5,
  exits: 3,
  exit_rate: 1,
}

const hours = (key: string, found: Record<string, object>) =>
  Array.from({ length: 24 }, (_, index) => {
    const hour = String(index).padStart(2, '0')
    return { label: `${hour}:00`, [key]: hour, ...(found[hour] ?? none) }
  })

function happened(
  events: number,
  visits: number,
  visitors: number,
  events_with_value: number,
  event_value_sum: number,
  min_event_value: number,
  max_event_value: number,
  avg_event_value: number,
) {
  return {
    events,
    visits,
    visitors,
    events_with_value,
    event_value_sum,
    min_event_value,
    max_event_value,
    avg_event_value,
  }
}

/** Each report and its whole answer about the week. */
const ordered = {
  orders: 1,
  revenue: 45,
  average_order: 45,
  quantity: 3,
  subtotal: 40,
  tax: 5,
  shipping: 4.5,
  discount: 1,
  abandoned_carts: 1,
}
const sold = (
  revenue: number,
  quantity: number,
  average_price: number,
  average_quantity: number,
  product_views: number,
) => {
  return {
    revenue,
    quantity,
    orders: 1,
    average_price,
    average_quantity,
    product_views,
    product_visits: product_views,
    conversion_rate: product_views,
  }
}
const soldInAll = {
  metrics: Object.keys(sold(0, 0, 0, 0, 0)),
  totals: sold(45, 3, 15, 3, 1),
  sort: '-revenue',
}

const expected: Record<string, object> = {
  overview: answer('overview', [], [{ label: 'All visits', ...all }]),
  pages: answer(
    'pages',
    ['url'],
    [
      { label: home, url: home, link: 'https://www.example.org/', ...homeFigures },
      { label: shop, url: shop, link: 'https://example.org/shop', ...shopFigures },
    ],
    { metrics: pageMetrics, totals: pageTotals, sort: '-page_views' },
  ),
  titles: answer(
    'titles',
    ['title'],
    [
      { label: 'Home', title: 'Home', ...homeFigures },
      { label: 'Shop', title: 'Shop', ...shopFigures },
    ],
    { metrics: pageMetrics, totals: pageTotals, sort: '-page_views' },
  ),
  'entry-pages': answer(
    'entry-pages',
    ['entry_url'],
    [
      {
        label: home,
        entry_url: home,
        link: 'https://example.org/',
        ...entered,
      },
    ],
    { metrics: Object.keys(entered), totals: entered, sort: '-entries' },
  ),
  'exit-pages': answer(
    'exit-pages',
    ['exit_url'],
    [
      {
        label: shop,
        exit_url: shop,
        link: 'https://example.org/shop',
        exits: 2,
        visits: 2,
        page_views: 2,
        exit_rate: 1,
      },
      {
        label: home,
        exit_url: home,
        link: 'https://www.example.org/',
        exits: 1,
        visits: 3,
        page_views: 3,
        exit_rate: 0.33,
      },
    ],
    {
      metrics: ['exits', 'visits', 'page_views', 'exit_rate'],
      totals: { exits: 3, visits: 3, page_views: 5, exit_rate: 1 },
      sort: '-exits',
    },
  ),
  downloads: answer(
    'downloads',
    ['target_url'],
    [
      {
        label: 'https://example.org/list.pdf',
        target_url: 'https://example.org/list.pdf',
        link: 'https://example.org/list.pdf',
        hits: 1,
        visits: 1,
        visitors: 1,
      },
    ],
    {
      metrics: ['hits', 'visits', 'visitors'],
      totals: { hits: 1, visits: 1, visitors: 1 },
      sort: '-hits',
    },
  ),
  outlinks: answer(
    'outlinks',
    ['target_url'],
    [
      {
        label: 'https://partner.example/',
        target_url: 'https://partner.example/',
        link: 'https://partner.example/',
        hits: 1,
        visits: 1,
        visitors: 1,
      },
    ],
    {
      metrics: ['hits', 'visits', 'visitors'],
      totals: { hits: 1, visits: 1, visitors: 1 },
      sort: '-hits',
    },
  ),
  searches: answer(
    'searches',
    ['search_keyword'],
    [{ label: 'shoes', search_keyword: 'shoes', ...searched }],
    { metrics: Object.keys(searched), totals: searched, sort: '-searches' },
  ),
  events: answer(
    'events',
    ['event_category', 'event_action', 'event_name'],
    [
      {
        label: 'Video - play',
        event_category: 'Video',
        event_action: 'play',
        event_name: '',
        ...happened(1, 1, 1, 0, 0, 0, 0, 0),
      },
      {
        label: 'Video - play - Intro',
        event_category: 'Video',
        event_action: 'play',
        event_name: 'Intro',
        ...happened(1, 1, 1, 1, 2.5, 2.5, 2.5, 2.5),
      },
    ],
    {
      metrics: Object.keys(happened(0, 0, 0, 0, 0, 0, 0, 0)),
      totals: happened(2, 2, 2, 1, 2.5, 2.5, 2.5, 2.5),
      sort: '-events',
    },
  ),
  'referrer-types': answer(
    'referrer-types',
    ['referrer_type'],
    [
      { label: 'Campaigns', referrer_type: 'campaign', ...onlyEvent },
      { label: 'Direct entry', referrer_type: 'direct', ...first },
      { label: 'Search engines', referrer_type: 'search', ...bounce },
      { label: 'Websites', referrer_type: 'website', ...again },
    ],
  ),
  websites: answer(
    'websites',
    ['referrer_name'],
    [{ label: 'blog.example', referrer_name: 'blog.example', link: 'https://blog.example', ...again }],
    { totals: again },
  ),
  'search-engines': answer(
    'search-engines',
    ['referrer_name'],
    [{ label: 'Google', referrer_name: 'Google', ...bounce }],
    { totals: bounce },
  ),
  'social-networks': answer('social-networks', ['referrer_name'], [], { totals: none }),
  campaigns: answer(
    'campaigns',
    ['referrer_name'],
    [{ label: 'autumn', referrer_name: 'autumn', ...onlyEvent }],
    { totals: onlyEvent },
  ),
  'ai-assistants': answer('ai-assistants', ['referrer_name'], [], { totals: none }),
  countries: answer(
    'countries',
    ['country'],
    [
      { label: 'Germany', country: 'DE', code: 'DE', ...firstAndAgain },
      { label: 'United States', country: 'US', code: 'US', ...bounce },
      { label: 'Unknown', country: '', ...onlyEvent },
    ],
  ),
  languages: answer(
    'languages',
    ['language'],
    [
      { label: 'German (Germany)', language: 'de-de', ...firstAndAgain },
      { label: 'English (United States)', language: 'en-us', ...bounce },
      { label: 'Unknown', language: '', ...onlyEvent },
    ],
  ),
  'device-types': answer(
    'device-types',
    ['device_type'],
    [
      { label: 'Desktop', device_type: 'desktop', ...firstAndAgain },
      { label: 'Smartphone', device_type: 'smartphone', ...bounce },
      { label: 'Unknown', device_type: '', ...onlyEvent },
      ...[
        ['Camera', 'camera'],
        ['Car', 'car'],
        ['Console', 'console'],
        ['Feature phone', 'feature_phone'],
        ['Peripheral', 'peripheral'],
        ['Phablet', 'phablet'],
        ['Portable media player', 'portable_media_player'],
        ['Smart display', 'smart_display'],
        ['Smart speaker', 'smart_speaker'],
        ['TV', 'tv'],
        ['Tablet', 'tablet'],
        ['Wearable', 'wearable'],
      ].map(([label, device_type]) => ({ label, device_type, ...none })),
    ],
  ),
  os: answer(
    'os',
    ['os_name'],
    [
      { label: 'Windows', os_name: 'Windows', ...firstAndAgain },
      { label: 'Unknown', os_name: '', ...onlyEvent },
      { label: 'iOS', os_name: 'iOS', ...bounce },
    ],
  ),
  'os-versions': answer(
    'os-versions',
    ['os_name', 'os_version'],
    [
      { label: 'Windows 11', os_name: 'Windows', os_version: '11', ...firstAndAgain },
      { label: 'Unknown', os_name: '', os_version: '', ...onlyEvent },
      { label: 'iOS 26', os_name: 'iOS', os_version: '26', ...bounce },
    ],
  ),
  browsers: answer(
    'browsers',
    ['browser_name'],
    [
      { label: 'Firefox', browser_name: 'Firefox', ...firstAndAgain },
      { label: 'Safari', browser_name: 'Safari', ...bounce },
      { label: 'Unknown', browser_name: '', ...onlyEvent },
    ],
  ),
  'browser-versions': answer(
    'browser-versions',
    ['browser_name', 'browser_version'],
    [
      { label: 'Firefox 140', browser_name: 'Firefox', browser_version: '140', ...firstAndAgain },
      { label: 'Safari 26', browser_name: 'Safari', browser_version: '26', ...bounce },
      { label: 'Unknown', browser_name: '', browser_version: '', ...onlyEvent },
    ],
  ),
  resolutions: answer(
    'resolutions',
    ['resolution', 'color_depth'],
    [
      { label: '1920x1080, 24 bit', resolution: '1920x1080', color_depth: '24', ...firstAndAgain },
      { label: '390x844, 32 bit', resolution: '390x844', color_depth: '32', ...bounce },
      { label: 'Unknown', resolution: '', color_depth: '', ...onlyEvent },
    ],
  ),
  techniques: answer(
    'techniques',
    ['technique'],
    [
      { label: 'Cookies', technique: 'cookies', visits: 3, visitors: 2 },
      { label: 'PDF', technique: 'pdf', visits: 2, visitors: 1 },
    ],
    { metrics: ['visits', 'visitors'], totals: { visits: 4, visitors: 3 } },
  ),
  'local-hours': answer(
    'local-hours',
    ['local_hour'],
    hours('local_hour', { '00': onlyEvent, '04': bounce, '10': first, '14': again }),
    { sort: 'local_hour' },
  ),
  'server-hours': answer(
    'server-hours',
    ['server_hour'],
    hours('server_hour', {
      '00': onlyEvent,
      '10': figures(2, 2, 3, 4, 1, 0.5, 111, 56, 2, 3, 1, 0.5),
      '14': again,
    }),
    { sort: 'server_hour' },
  ),
  'new-vs-returning': answer(
    'new-vs-returning',
    ['visitor_type'],
    [
      {
        label: 'New visitors',
        visitor_type: 'new',
        ...figures(3, 3, 3, 5, 2, 0.67, 111, 37, 1.7, 3, 1, 0.3333),
      },
      { label: 'Returning visitors', visitor_type: 'returning', ...again },
    ],
  ),
  conversions: answer(
    'conversions',
    ['goal'],
    [
      { label: 'Goal 1', goal: '1', conversions: 2, visits: 2, revenue: 5 },
      { label: 'Orders', goal: '0', conversions: 1, visits: 1, revenue: 45 },
    ],
    {
      metrics: ['conversions', 'visits', 'revenue'],
      totals: { conversions: 3, visits: 2, revenue: 50 },
      sort: '-conversions',
    },
  ),
  orders: answer('orders', [], [{ label: 'All orders', ...ordered }], {
    metrics: Object.keys(ordered),
    totals: ordered,
    sort: '-orders',
  }),
  products: answer(
    'products',
    ['sku'],
    [
      { label: 'S2', sku: 'S2', ...sold(25, 1, 25, 1, 0) },
      { label: 'S1', sku: 'S1', ...sold(20, 2, 10, 2, 1) },
    ],
    soldInAll,
  ),
  'product-names': answer(
    'product-names',
    ['product_name'],
    [
      { label: 'Hat', product_name: 'Hat', ...sold(25, 1, 25, 1, 0) },
      { label: 'Shoe', product_name: 'Shoe', ...sold(20, 2, 10, 2, 1) },
    ],
    soldInAll,
  ),
  'product-categories': answer(
    'product-categories',
    ['category'],
    [
      { label: 'Product category not defined', category: '', ...sold(25, 1, 25, 1, 0) },
      { label: 'Red', category: 'Red', ...sold(20, 2, 10, 2, 0) },
      { label: 'Shoes', category: 'Shoes', ...sold(20, 2, 10, 2, 1) },
    ],
    soldInAll,
  ),
}

describe('about one week', () => {
  test.each(Object.keys(expected))(
    'the report %s says all that happened and nothing of another site',
    async (name) => {
      expect(await reports.json(`/${name}?${week}`)).toEqual(expected[name])
    },
  )
})

test('the last 30 minutes are told minute by minute', async () => {
  reports.now = Date.parse('2026-11-02T10:30:59+01:00')
  const { rows, totals, rowCount, timezone } = await reports.json('/realtime?site=1')
  reports.now = Date.parse('2026-11-22T12:00:00Z')
  expect({ rowCount, timezone }).toEqual({ rowCount: 30, timezone: 'Europe/Berlin' })
  expect(totals).toEqual({
    page_views: 2,
    actions: 3,
    visits: 2,
    visitors: 2,
    converted_visits: 1,
  })
  expect(rows.map(({ label }: { label: string }) => label.slice(11, 16))).toEqual(
    Array.from({ length: 30 }, (_, index) => `10:${String(index + 1).padStart(2, '0')}`),
  )
  expect(rows.filter((row: { visits: number }) => row.visits > 0)).toEqual([
    {
      label: '2026-11-02T10:01:00+01:00',
      minute: '2026-11-02T10:01:00+01:00',
      page_views: 1,
      actions: 2,
      visits: 1,
      visitors: 1,
      converted_visits: 1,
    },
    {
      label: '2026-11-02T10:30:00+01:00',
      minute: '2026-11-02T10:30:00+01:00',
      page_views: 1,
      actions: 1,
      visits: 1,
      visitors: 1,
      converted_visits: 0,
    },
  ])
})

test('the catalogue goes compressed to whoever can read that', async () => {
  const [plain, packed] = [await reports.ask(''), await reports.ask('', { 'accept-encoding': 'gzip, br' })]
  expect([plain.headers['content-encoding'], packed.headers['content-encoding']]).toEqual([undefined, 'gzip'])
  expect(Number(packed.headers['content-length'])).toBeLessThan(plain.body.length / 10)
})

test('the catalogue says of each report what a dashboard must know', async () => {
  const { reports: list } = await reports.json('')
  expect(list).toHaveLength(catalogue.length)
  expect(list.find(({ name }: { name: string }) => name === 'campaign-sources')).toMatchObject({
    title: 'Campaign sources',
    definition: 'Campaigns by where their links stand: a newsletter, a partner.',
    group: 'acquisition',
    draw: 'bars',
    matomo: 'MarketingCampaignsReporting.getSource',
    children: ['campaign-source-mediums'],
    folders: false,
  })
  expect(list.find(({ name }: { name: string }) => name === 'errors')).toEqual({
    name: 'errors',
    title: 'JavaScript errors',
    definition: "Errors of the pages' scripts, by message, where the script is told to report them.",
    group: 'performance',
    draw: 'bars',
    children: ['error-pages', 'error-places'],
    folders: false,
    dimensions: [{ name: 'error_message', title: 'Error' }],
    metrics: [
      {
        name: 'errors',
        title: 'Errors',
        definition: 'How often a script of the page failed with it.',
        format: 'count',
        lowerIsBetter: true,
      },
      {
        name: 'visits',
        title: 'Visits',
        definition: 'Visits in which this happened at least once.',
        format: 'count',
        lowerIsBetter: false,
      },
      {
        name: 'visitors',
        title: 'Visitors',
        definition: 'Different visitors, each counted once however often they came in the period.',
        format: 'count',
        lowerIsBetter: false,
      },
    ],
  })
})
