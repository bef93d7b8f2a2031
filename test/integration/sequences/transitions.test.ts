// What came before and after each view of a page.

import { afterAll, beforeAll, expect, test } from 'vitest'
import { startFootfall, type World } from '../../world/footfall.ts'
import { storeHits } from '../../world/store.ts'
import { download, event, outlink, page, ping, search, visit } from '../../world/visits.ts'

let world: World

const home = page('example.org/', 'Home')
const shop = page('example.org/shop', 'Shop')
const hats = page('example.org/hats', 'Hats')
const list = 'https://example.org/list.pdf'

beforeAll(async () => {
  world = await startFootfall({ clock: Date.parse('2026-11-20T11:00:00Z') })
  const at = '2026-11-10T10:00:00+01:00'
  await storeHits(world.service.store, [
    // Home, shop twice in a row, hats.
    ...visit({ at, does: [home, shop, shop, hats] }),
    // Begins at the shop by a search engine; an event and a ping are nothing that came after.
    ...visit({
      at,
      referrer_type: 'search',
      referrer_name: 'Google',
      does: [
        shop,
        event('Video', 'play'),
        ping(10),
        search('red hats'),
        shop,
        outlink('https://partner.example/'),
      ],
    }),
    // A file in between does not hide the page before, and is what came after the first view.
    ...visit({
      at,
      referrer_type: 'website',
      referrer_name: 'blog.example',
      does: [shop, download(list), shop],
    }),
    // Begins with an event, so nothing was before; the referrer is that of the newest stamp.
    ...visit({
      at,
      does: [
        event('Video', 'play'),
        { ...shop, referrer_type: 'search', referrer_name: 'Bing' },
        { ...hats, referrer_type: 'search', referrer_name: 'Bing' },
      ],
    }),
    // Never at the shop.
    ...visit({ at, does: [home, hats] }),
    // The day before, and another site.
    ...visit({ at: '2026-11-09T23:59:00+01:00', does: [shop] }),
    ...visit({ site: 2, at, does: [shop] }),
    // Two visits in one visitor's day: the order of hits is that within each visit.
    ...visit({ at: '2026-11-10T12:00:00+01:00', visitor: '7', does: [hats] }),
    ...visit({ at: '2026-11-10T14:00:00+01:00', visitor: '7', does: [{ ...shop, url_prefix: 3 }, home] }),
  ])
})
afterAll(() => world.close())

const day = { period: 'day', date: '2026-11-10' }
const none = { views: 0, rows: [], rest: 0, rowCount: 0 }

test('Every view of a page has one thing before it and one after it', async () => {
  const answer = await world.report('transitions', { ...day, page: 'example.org/shop' })
  expect(answer).toEqual({
    site: 1,
    ...day,
    from: '2026-11-10',
    to: '2026-11-10',
    timezone: 'Europe/Berlin',
    running: false,
    by: 'url',
    page: 'example.org/shop',
    views: 8,
    visits: 5,
    before: {
      entries: 4,
      reloads: 2,
      pages: {
        views: 1,
        rows: [{ label: 'example.org/', link: 'https://example.org/', views: 1 }],
        rest: 0,
        rowCount: 1,
      },
      searches: { views: 1, rows: [{ label: 'red hats', views: 1 }], rest: 0, rowCount: 1 },
    },
    after: {
      exits: 1,
      reloads: 1,
      pages: {
        views: 3,
        rows: [
          { label: 'example.org/hats', link: 'https://example.org/hats', views: 2 },
          { label: 'example.org/', link: 'https://example.org/', views: 1 },
        ],
        rest: 0,
        rowCount: 2,
      },
      searches: { views: 1, rows: [{ label: 'red hats', views: 1 }], rest: 0, rowCount: 1 },
      downloads: { views: 1, rows: [{ label: list, link: list, views: 1 }], rest: 0, rowCount: 1 },
      outlinks: {
        views: 1,
        rows: [{ label: 'https://partner.example/', link: 'https://partner.example/', views: 1 }],
        rest: 0,
        rowCount: 1,
      },
    },
    referrers: [
      {
        type: 'search',
        label: 'Search engines',
        views: 2,
        rows: [
          { label: 'Bing', views: 1 },
          { label: 'Google', views: 1 },
        ],
        rest: 0,
        rowCount: 2,
      },
      {
        type: 'direct',
        label: 'Direct entry',
        views: 1,
        rows: [{ label: 'Direct entry', views: 1 }],
        rest: 0,
        rowCount: 1,
      },
      {
        type: 'website',
        label: 'Websites',
        views: 1,
        rows: [{ label: 'blog.example', views: 1 }],
        rest: 0,
        rowCount: 1,
      },
    ],
  })
})

test('A page may be named by its whole address, or by its title', async () => {
  const byUrl = await world.report('transitions', {
    ...day,
    page: 'https://www.example.org/shop?utm_source=x',
  })
  expect(byUrl).toMatchObject({ page: 'example.org/shop', views: 8 })
  const byTitle = await world.report('transitions', { ...day, title: 'Hats' })
  expect(byTitle).toMatchObject({
    by: 'title',
    views: 4,
    before: {
      entries: 1,
      pages: {
        rows: [
          { label: 'Shop', views: 2 },
          { label: 'Home', views: 1 },
        ],
      },
    },
    after: { exits: 4 },
  })
})

test('What is beyond the limit is in the rest', async () => {
  const answer = await world.report('transitions', { ...day, page: 'example.org/shop', limit: 1 })
  expect(answer).toMatchObject({
    after: { pages: { views: 3, rows: [{ label: 'example.org/hats', views: 2 }], rest: 1, rowCount: 2 } },
    referrers: [{ type: 'search', views: 2, rows: [{ label: 'Bing' }], rest: 1, rowCount: 2 }, {}, {}],
  })
})

test('A page that nobody saw has nothing before or after it', async () => {
  expect(await world.report('transitions', { ...day, page: 'example.org/nothing' })).toMatchObject({
    views: 0,
    visits: 0,
    before: { entries: 0, reloads: 0, pages: none, searches: none },
    referrers: [],
  })
})

test('A range has the visits of all its days, each with the order of its own hits', async () => {
  const answer = await world.report('transitions', {
    period: 'range',
    date: '2026-11-09,2026-11-10',
    page: 'example.org/shop',
  })
  expect(answer).toMatchObject({ views: 9, visits: 6 })
})

test.each([
  ['', 'Say which page'],
  ['page=a&title=b', 'Say which page'],
  ['page=', 'page'],
  ['page=a&limit=1001', 'limit'],
  ['page=a&date=soon', 'soon'],
  ['page=a&offset=2', 'offset'],
])('%s is refused, and the error says why', async (query, word) => {
  const answer = await fetch(`${world.url}/api/reports/transitions?site=1&${query}`, {
    headers: { authorization: `Bearer ${world.token}` },
  })
  expect(answer.status).toBe(400)
  expect(JSON.stringify(await answer.json())).toContain(word)
})

test('Nobody asks without signing in', async () => {
  const answer = await fetch(`${world.url}/api/reports/transitions?site=1&page=a`)
  expect(answer.status).toBe(401)
})
