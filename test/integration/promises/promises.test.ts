// What the privacy statement (docs/privacy.md) promises, each sentence shown through HTTP and the reports.

import { afterEach, beforeEach, expect, test } from 'vitest'
import { firefox, startFootfall, type World } from '../../world/footfall.ts'

const morning = Date.parse('2026-11-20T08:15:30Z')
const chromeOnWindows =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36'

let world: World
beforeEach(async () => {
  world = await startFootfall({ clock: morning })
})
afterEach(() => world.close())

const page = { url: 'https://example.org/a', action_name: 'A', _id: 'aaaaaaaaaaaaaaaa' }

async function labels(report: string, metric = 'visits'): Promise<unknown[]> {
  return (await world.report(report)).rows.map((row) => [row.label, row[metric]])
}

test('S2: pk_id lives 13 months from its making and pk_sess 30 minutes from the last hit; scripts cannot read them', async () => {
  const first = await world.track({ url: 'https://example.org/' })
  const [id = '', session = ''] = first.headers.getSetCookie()
  expect(id).toMatch(/^pk_id\.1=[0-9a-f]{16}\.1795162530; Max-Age=33955200; Path=\/; HttpOnly; SameSite=Lax$/)
  expect(session).toBe('pk_sess.1=1; Max-Age=1800; Path=/; HttpOnly; SameSite=Lax')

  world.setClock(morning + 10 * 60_000)
  const cookie = `${id.split(';')[0]}; ${session.split(';')[0]}`
  const second = await world.track({ url: 'https://example.org/b' }, { cookie, 'x-forwarded-proto': 'https' })
  expect(second.headers.getSetCookie()).toEqual([
    'pk_sess.1=1; Max-Age=1800; Path=/; HttpOnly; Secure; Partitioned; SameSite=None',
  ])
  const { rows } = await world.report('overview')
  expect(rows).toMatchObject([{ visits: 1, visitors: 1, page_views: 2 }])
})

test('S2: a page that sends its own first-party id gets no cookie from the server', async () => {
  const answer = await world.track(page)
  expect(answer.headers.getSetCookie()).toEqual([])
})

test('S3: the referrer is kept as what it is', async () => {
  await world.track({ ...page, urlref: 'https://www.google.com/search?q=shoes' })
  expect(await labels('search-engines')).toEqual([['Google', 1]])
  expect(await labels('referrer-types')).toEqual([['Search engines', 1]])
})

test('S4: the operating system is kept with its version', async () => {
  const uadata = JSON.stringify({
    brands: [{ brand: 'Google Chrome', version: '142' }],
    platform: 'Windows',
    platformVersion: '15.0.0',
  })
  await world.track({ ...page, uadata }, { 'user-agent': chromeOnWindows })
  expect(await labels('os-versions')).toEqual([['Windows 11', 1]])
})

test('S5: the browser is kept with its version and its language', async () => {
  await world.track(page)
  expect(await labels('browser-versions')).toEqual([['Firefox 140', 1]])
  const { rows } = await world.report('languages')
  expect(rows).toMatchObject([{ language: 'de-de', visits: 1 }])
})

test('S6: addresses of pages, files and links are kept, without session and click ids', async () => {
  await world.track({ ...page, url: 'https://www.example.org/a?id=7&PHPSESSID=secret&gclid=secret#part' })
  await world.track({ ...page, download: 'https://example.org/price.pdf' })
  await world.track({ ...page, link: 'https://partner.example/' })
  expect(await labels('pages', 'page_views')).toEqual([['example.org/a?id=7', 1]])
  expect(await labels('downloads', 'hits')).toEqual([['https://example.org/price.pdf', 1]])
  expect(await labels('outlinks', 'hits')).toEqual([['https://partner.example/', 1]])
})

test("S7: times are kept in the site's zone and in the visitor's own", async () => {
  await world.track({ ...page, h: 17, m: 5, s: 9 })
  world.setClock(morning + 90_000)
  await world.track({ ...page, url: 'https://example.org/b' })
  const hour = async (report: string) => (await world.report(report)).rows.find((row) => row.visits === 1)
  expect(await hour('server-hours')).toMatchObject({ label: '09:00' })
  expect(await hour('local-hours')).toMatchObject({ label: '17:00' })
  const { rows } = await world.report('overview')
  expect(rows).toMatchObject([{ avg_duration: 91 }])
})

test('S8: the kind of request and its HTTP method are kept', async () => {
  await world.track(page)
  await world.track({ ...page, e_c: 'Video', e_a: 'Play', e_n: 'Intro' })
  const body = new URLSearchParams({ idsite: '1', rec: '1', ...page })
  await fetch(`${world.url}/f`, { method: 'POST', body, headers: { 'user-agent': chromeOnWindows } })
  const events = await world.report('events')
  expect(events.rows).toMatchObject([
    { event_category: 'Video', event_action: 'Play', event_name: 'Intro', events: 1 },
  ])
  expect(await world.service.store.query('SELECT kind, method FROM hits ORDER BY kind, method')).toEqual([
    { kind: 'event', method: 'GET' },
    { kind: 'pageview', method: 'GET' },
    { kind: 'pageview', method: 'POST' },
  ])
})

test('S9: resolution and colour depth are kept', async () => {
  await world.track({ ...page, res: '2560x1440', cd: 30 })
  const { rows } = await world.report('resolutions')
  expect(rows).toMatchObject([{ resolution: '2560x1440', color_depth: '30', visits: 1 }])
})

test('S10: what the browser supports is kept', async () => {
  const all = { cookie: 1, java: 1, fla: 1, pdf: 1, wma: 1, qt: 1, realp: 1, dir: 1, ag: 1, gears: 1 }
  await world.track({ ...page, ...all })
  await world.track({ ...page, _id: 'bbbbbbbbbbbbbbbb', cookie: 1, pdf: 1, fla: 0 })
  const { rows } = await world.report('techniques')
  expect(Object.fromEntries(rows.map((row) => [row.technique, row.visits]))).toEqual({
    cookies: 2,
    pdf: 2,
    java: 1,
    flash: 1,
    windows_media: 1,
    quicktime: 1,
    realplayer: 1,
    director: 1,
    silverlight: 1,
    gears: 1,
  })
})

test('S12: the same browser has unrelated ids on two sites, with cookies and without', async () => {
  const other = await world.service.sites.create({
    name: 'Two',
    url: 'https://two.example',
    timezone: 'Europe/Berlin',
  })
  const cookies: string[] = []
  for (const idsite of [world.siteId, other.id]) {
    await world.track({ idsite, url: 'https://example.org/', _id: '' })
    const answer = await world.track({ idsite, url: 'https://example.org/' }, { 'accept-language': 'fr' })
    cookies.push(...answer.headers.getSetCookie().filter((line) => line.startsWith('pk_id')))
  }
  const [one, two] = cookies.map((line) => /^pk_id\.\d+=([0-9a-f]{16})/.exec(line)?.[1])
  expect(one).toBeDefined()
  expect(one).not.toBe(two)
  await world.service.journal.drain()
  const rows = await world.service.store.query<{ ids: number }>(
    'SELECT uniqExact(visitor_id) AS ids FROM hits',
  )
  expect(rows).toEqual([{ ids: 4 }])
})

test.each([
  ['the opt-out cookie', { cookie: 'pk_ignore=1' }],
  ['Do Not Track', { dnt: '1' }],
  ['Global Privacy Control', { 'sec-gpc': '1' }],
])('S14: a browser with %s is answered as usual, not stored, and gets no cookie', async (_wish, headers) => {
  const answer = await world.track({ url: 'https://example.org/' }, headers)
  expect(answer.status).toBe(200)
  expect(answer.headers.getSetCookie()).toEqual([])
  const bulk = await fetch(`${world.url}/matomo.php`, {
    method: 'POST',
    headers: { 'user-agent': firefox, ...headers },
    body: JSON.stringify({ requests: ['?idsite=1&rec=1&url=https://example.org/'] }),
  })
  expect(await bulk.json()).toEqual({ status: 'success', tracked: 1, invalid: 0 })
  const { rows } = await world.report('overview')
  expect(rows).toMatchObject([{ visits: 0, visitors: 0, page_views: 0 }])
  expect(await world.service.store.query('SELECT 1 FROM hits')).toEqual([])
})
