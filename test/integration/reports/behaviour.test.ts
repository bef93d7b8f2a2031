// What visitors did: pages and their folders, searches, events, contents, errors, and what a site tells of its actions.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Hit } from '../../../server/collect/hit.ts'
import { ReportsWorld } from '../../world/reports.ts'
import { berlin, openStore, type StoreWorld, storeHits } from '../../world/store.ts'
import { type Doing, download, event, outlink, page, search, visit } from '../../world/visits.ts'

let world: StoreWorld
let reports: ReportsWorld

const content = (
  kind: 'impression' | 'interaction',
  content_name: string,
  content_piece: string,
  target_url = '',
): Doing => {
  const content_interaction = kind === 'interaction' ? 'click' : ''
  return { kind, after: 0, content_name, content_piece, content_interaction, target_url }
}
const error = (message: string, place: string, url: string): Doing => {
  return event('JavaScript Errors', place, message, null, { after: 0, url })
}

// Each group of tests has a site of its own.
const [did, foldered, searched] = [1, 2, 3]

beforeAll(async () => {
  world = await openStore()
  reports = new ReportsWorld(
    world.store,
    [did, foldered, searched].map((id) => ({ ...berlin, id })),
  )
  const hits: Hit[][] = [
    visit({
      site: did,
      at: '2026-11-02T10:00:00+01:00',
      visitor: '11',
      does: [
        page('example.org/', 'Home', { dimensions: { 3: 'news', 4: 'long' }, variables: { Author: 'Ann' } }),
        page('example.org/', 'Home', { dimensions: { 3: 'news' } }),
        page('example.org/a', 'A', { dimensions: { 3: 'sport' } }),
        content('impression', 'Banner', 'red.png', 'https://example.org/red'),
        content('impression', 'Banner', 'blue.png'),
        content('interaction', 'Banner', 'red.png', 'https://example.org/red'),
        content('impression', 'Footer', 'red.png'),
        event('Video', 'play', 'Intro', -2),
        event('Video', 'play', 'Intro', -0.5),
        event('Video', 'stop', 'Intro'),
        error('x is not defined', 'app.js:1:2', 'example.org/a'),
        error('x is not defined', 'app.js:9:9', 'example.org/a'),
        download('https://example.org/files/list.pdf'),
        download('https://example.org/files/list.pdf'),
        outlink('https://partner.example/'),
      ],
    }),
    visit({
      site: did,
      at: '2026-11-03T10:00:00+01:00',
      visitor: '11',
      visitNumber: 2,
      does: [
        page('example.org/', 'Home', { conversions: [{ goal: 1, revenue: 1 }] }),
        event('Audio', 'play'),
        error('x is not defined', 'app.js:1:2', 'example.org/'),
        error('no such y', 'app.js:1:2', 'example.org/'),
        search('boots', { search_count: 0 }),
      ],
    }),
    visit({
      site: foldered,
      at: '2026-11-02T10:00:00+01:00',
      visitor: '21',
      does: [
        page('example.org/', 'Home'),
        page('example.org/shop', 'Shop', { after: 10 }),
        page('example.org/shop/', 'Shop', { after: 20 }),
        page('example.org/shop/shoes?from=/home/', 'Shoes', { after: 30 }),
        page('example.org/shop/hats/red', 'Hat', { after: 40 }),
        page('blog.example.org/', 'Blog', { after: 50 }),
        outlink('https://partner.example/a/b?c=/d/'),
        outlink('http://partner.example/a/'),
        download('https://example.org/files/list.pdf'),
      ],
    }),
    visit({
      site: foldered,
      at: '2026-11-02T12:00:00+01:00',
      visitor: '22',
      does: [page('example.org/shop/hats/red', 'Hat'), page('example.org/shop/hats/blue', 'Hat')],
    }),
    visit({
      site: searched,
      at: '2026-11-02T10:00:00+01:00',
      visitor: '31',
      does: [
        search('boots', { search_category: 'shoes', search_count: 3 }),
        search('boots', { search_category: 'shoes', search_count: 3 }),
        page('example.org/boots', 'Boots'),
        page('example.org/red', 'Red boots'),
        search('unicorns', { search_count: 0 }),
      ],
    }),
    visit({
      site: searched,
      at: '2026-11-03T10:00:00+01:00',
      visitor: '31',
      visitNumber: 2,
      does: [
        search('hats', { search_category: 'shoes' }),
        page('example.org/boots', 'Boots'),
        search('boots'),
      ],
    }),
  ]
  await storeHits(world.store, hits.flat())
})
afterAll(() => world.close())

const of = (site: number, name: string, further = '') => {
  return `/${name}?site=${site}&period=week&date=2026-11-02${further}`
}

test('actions are counted by kind, and what is alike within a visit once', async () => {
  const { rows, totals } = await reports.json(of(did, 'actions'))
  expect(rows).toEqual([{ label: 'All actions', ...totals }])
  expect(totals).toEqual({
    page_views: 4,
    unique_page_views: 3,
    downloads: 2,
    unique_downloads: 1,
    outlinks: 1,
    unique_outlinks: 1,
    searches: 1,
    search_keywords: 1,
  })
  const byDay = await reports.table(of(did, 'actions', '&by=day'), 'page_views', 'search_keywords')
  expect(byDay.slice(0, 2)).toEqual([
    ['2026-11-02', 3, 0],
    ['2026-11-03', 1, 1],
  ])
})

test('entry and exit pages are told by title as well', async () => {
  expect(
    await reports.table(
      of(did, 'entry-titles'),
      'entries',
      'entry_bounces',
      'converted_visits',
      'conversion_rate',
    ),
  ).toEqual([
    ['Home', 2, 0, 1, 0.5],
    ['Total', 2, 0, 1, 0.5],
  ])
  expect(await reports.table(of(did, 'exit-titles'), 'exits', 'visits', 'page_views', 'exit_rate')).toEqual([
    ['A', 1, 1, 1, 1],
    ['Total', 1, 2, 4, 0.5],
  ])
})

describe('events', () => {
  const columns = ['events', 'visits', 'visitors', 'min_event_value', 'max_event_value', 'avg_event_value']

  test('by category, with the smallest and the greatest value where there is one', async () => {
    expect(await reports.table(of(did, 'event-categories'), ...columns)).toEqual([
      ['JavaScript Errors', 4, 2, 1, 0, 0, 0],
      ['Video', 3, 1, 1, -2, -0.5, -1.25],
      ['Audio', 1, 1, 1, 0, 0, 0],
      ['Total', 8, 2, 1, -2, -0.5, -1.25],
    ])
  })

  test.each([
    [
      'event-category-actions',
      '&under=Video',
      [
        ['play', 2],
        ['stop', 1],
        ['Total', 3],
      ],
    ],
    [
      'event-category-names',
      '&under=Video',
      [
        ['Intro', 3],
        ['Total', 3],
      ],
    ],
    [
      'event-action-names',
      '&under=play',
      [
        ['Intro', 2],
        ['Name not defined', 1],
        ['Total', 3],
      ],
    ],
    [
      'event-action-categories',
      '&under=play',
      [
        ['Video', 2],
        ['Audio', 1],
        ['Total', 3],
      ],
    ],
    [
      'event-name-actions',
      '&under=Intro',
      [
        ['play', 2],
        ['stop', 1],
        ['Total', 3],
      ],
    ],
    [
      'event-name-categories',
      '&under=Intro',
      [
        ['Video', 3],
        ['Total', 3],
      ],
    ],
    [
      'events',
      '&under=Video&under=play',
      [
        ['Intro', 2],
        ['Total', 2],
      ],
    ],
    [
      'event-actions',
      '&search=pl',
      [
        ['play', 3],
        ['Total', 8],
      ],
    ],
    [
      'event-names',
      '&search=intro',
      [
        ['Intro', 3],
        ['Total', 8],
      ],
    ],
  ])('%s%s', async (name, further, rows) => {
    expect(await reports.table(of(did, name, further), 'events')).toEqual(rows)
  })

  test('under nothing there is nothing', async () => {
    expect(await reports.table(of(did, 'event-category-actions', '&under=Radio'), 'events')).toEqual([
      ['Total', 0],
    ])
    expect(await reports.table(of(did, 'event-name-actions', '&under='), 'events')).toEqual([
      ['play', 1],
      ['Total', 1],
    ])
  })

  test('an answer says what it is under', async () => {
    const { under } = await reports.json(of(did, 'events', '&under=Video&under=play'))
    expect(under).toEqual(['Video', 'play'])
  })
})

describe('errors of the pages', () => {
  test.each([
    [
      'errors',
      '',
      [
        ['x is not defined', 3, 2],
        ['no such y', 1, 1],
        ['Total', 4, 2],
      ],
    ],
    [
      'pages-with-errors',
      '',
      [
        ['example.org/', 2, 1],
        ['example.org/a', 2, 1],
        ['Total', 4, 2],
      ],
    ],
    [
      'error-pages',
      '&under=x is not defined',
      [
        ['example.org/a', 2, 1],
        ['example.org/', 1, 1],
        ['Total', 3, 2],
      ],
    ],
    [
      'error-places',
      '&under=x is not defined',
      [
        ['app.js:1:2', 2, 2],
        ['app.js:9:9', 1, 1],
        ['Total', 3, 2],
      ],
    ],
    [
      'page-errors',
      '&under=example.org/a',
      [
        ['x is not defined', 2, 1],
        ['Total', 2, 1],
      ],
    ],
  ])('%s%s', async (name, further, rows) => {
    expect(await reports.table(of(did, name, further), 'errors', 'visits')).toEqual(rows)
  })
})

test.each([
  [
    'content-names',
    '',
    [
      ['Banner', 2, 1, 0.5, 1],
      ['Footer', 1, 0, 0, 1],
      ['Total', 3, 1, 0.3333, 1],
    ],
  ],
  [
    'content-pieces',
    '',
    [
      ['red.png', 2, 1, 0.5, 1],
      ['blue.png', 1, 0, 0, 1],
      ['Total', 3, 1, 0.3333, 1],
    ],
  ],
  [
    'content-name-pieces',
    '&under=Banner',
    [
      ['blue.png', 1, 0, 0, 1],
      ['red.png', 1, 1, 1, 1],
      ['Total', 2, 1, 0.5, 1],
    ],
  ],
  [
    'content-piece-names',
    '&under=red.png',
    [
      ['Banner', 1, 1, 1, 1],
      ['Footer', 1, 0, 0, 1],
      ['Total', 2, 1, 0.5, 1],
    ],
  ],
  [
    'content-targets',
    '',
    [
      ['Target not defined', 2, 0, 0, 1],
      ['https://example.org/red', 1, 1, 1, 1],
      ['Total', 3, 1, 0.3333, 1],
    ],
  ],
])('contents: %s%s', async (name, further, rows) => {
  const columns = ['impressions', 'interactions', 'interaction_rate', 'visits']
  expect(await reports.table(of(did, name, further), ...columns)).toEqual(rows)
})

test.each([
  [
    'action-dimensions',
    '',
    [
      ['Dimension 3', 3, 1],
      ['Dimension 4', 1, 1],
      ['Total', 3, 1],
    ],
  ],
  [
    'action-dimension-values',
    '&under=3',
    [
      ['news', 2, 1],
      ['sport', 1, 1],
      ['Total', 3, 1],
    ],
  ],
  [
    'action-dimension-pages',
    '&under=3&under=news',
    [
      ['example.org/', 2, 1],
      ['Total', 2, 1],
    ],
  ],
  [
    'action-variables',
    '',
    [
      ['Author', 1, 1],
      ['Total', 1, 1],
    ],
  ],
  [
    'action-variable-values',
    '&under=Author',
    [
      ['Ann', 1, 1],
      ['Total', 1, 1],
    ],
  ],
])('what a site tells of actions in words of its own: %s%s', async (name, further, rows) => {
  expect(await reports.table(of(did, name, further), 'hits', 'visits')).toEqual(rows)
})

describe('folders', () => {
  const columns = ['url', 'folder', 'page_views', 'visits', 'time_spent_sum', 'entries', 'exits']
  const table = (folder: string) => reports.table(of(foldered, 'pages', `&folder=${folder}`), ...columns)

  test('begin with the hosts', async () => {
    expect((await table('')).slice(0, -1)).toEqual([
      ['example.org/', 'example.org/', 1, 7, 7, 210, 2, 1],
      ['blog.example.org/', 'blog.example.org/', 1, 1, 1, 180, 0, 1],
    ])
  })

  test('have what lies right in them, and the sums of the folders in them', async () => {
    expect(await table('example.org/')).toEqual([
      ['shop/', 'example.org/shop/', 1, 5, 5, 180, 1, 1],
      ['/', 'example.org/', 0, 1, 1, 10, 1, 0],
      ['shop', 'example.org/shop', 0, 1, 1, 20, 0, 0],
      ['Total', undefined, undefined, 8, 2, 390, 2, 2],
    ])
    const { rows } = await reports.json(of(foldered, 'pages', '&folder=example.org/shop/'))
    expect(rows.map(({ label, folder, link }: Record<string, unknown>) => [label, folder, link])).toEqual([
      ['hats/', 1, undefined],
      ['/', 0, 'https://example.org/shop/'],
      ['shoes?from=/home/', 0, 'https://example.org/shop/shoes?from=/home/'],
    ])
  })

  test('say nothing of distinct visitors, who may have seen several of their pages', async () => {
    const { metrics, rowCount, folder } = await reports.json(of(foldered, 'pages', '&folder=example.org/'))
    expect(metrics).not.toContain('visitors')
    expect({ rowCount, folder }).toEqual({ rowCount: 3, folder: 'example.org/' })
  })

  test('are searched and written as files like any table', async () => {
    const found = await reports.json(of(foldered, 'pages', '&folder=example.org/&search=SHOP&sort=label'))
    expect(found.rows.map(({ label }: { label: string }) => label)).toEqual(['shop', 'shop/'])
    const { body } = await reports.ask(of(foldered, 'entry-pages', '&folder=example.org/shop/&format=csv'))
    expect(body.split('\r\n').slice(0, 2)).toEqual([
      'label,entry_url,folder,entries,actions,actions_per_visit,duration_sum,avg_duration,entry_bounces,bounce_rate,converted_visits,conversion_rate',
      'hats/,example.org/shop/hats/,1,1,2,2,61,61,0,0,0,0',
    ])
  })

  test('of outlinks and downloads have no protocol', async () => {
    expect(
      await reports.table(
        of(foldered, 'outlinks', '&folder=partner.example/'),
        'target_url',
        'folder',
        'hits',
      ),
    ).toEqual([
      ['a/', 'partner.example/a/', 1, 2],
      ['Total', undefined, undefined, 2],
    ])
    expect(
      await reports.table(
        of(foldered, 'outlinks', '&folder=partner.example/a/'),
        'target_url',
        'folder',
        'hits',
      ),
    ).toEqual([
      ['/', 'http://partner.example/a/', 0, 1],
      ['b?c=/d/', 'https://partner.example/a/b?c=/d/', 0, 1],
      ['Total', undefined, undefined, 2],
    ])
    expect(
      await reports.table(of(foldered, 'downloads', '&folder='), 'target_url', 'folder', 'hits'),
    ).toEqual([
      ['example.org/', 'example.org/', 1, 1],
      ['Total', undefined, undefined, 1],
    ])
  })
})

describe("the site's own search", () => {
  test('keywords, the pages of their results, and visits that ended there', async () => {
    expect(
      await reports.table(
        of(searched, 'searches'),
        'searches',
        'visits',
        'visitors',
        'pages_per_search',
        'exits',
        'exit_rate',
      ),
    ).toEqual([
      ['boots', 3, 2, 1, 1.5, 1, 0.5],
      ['hats', 1, 1, 1, 1, 0, 0],
      ['unicorns', 1, 1, 1, 1, 1, 1],
      ['Total', 5, 2, 1, 2.5, 2, 1],
    ])
  })

  test.each([
    [
      'searches-without-results',
      '',
      [
        ['unicorns', 1, 1],
        ['Total', 1, 1],
      ],
    ],
    [
      'search-categories',
      '',
      [
        ['shoes', 3, 2],
        ['Total', 3, 2],
      ],
    ],
    [
      'search-category-keywords',
      '&under=shoes',
      [
        ['boots', 2, 1],
        ['hats', 1, 1],
        ['Total', 3, 2],
      ],
    ],
  ])('%s%s', async (name, further, rows) => {
    expect(await reports.table(of(searched, name, further), 'searches', 'visits')).toEqual(rows)
  })

  test('pages right after a search', async () => {
    expect(
      await reports.table(of(searched, 'pages-after-search'), 'page_views', 'visits', 'visitors'),
    ).toEqual([
      ['example.org/boots', 2, 2, 1],
      ['Total', 2, 2, 1],
    ])
    expect(await reports.table(of(searched, 'titles-after-search'), 'page_views')).toEqual([
      ['Boots', 2],
      ['Total', 2],
    ])
  })
})
