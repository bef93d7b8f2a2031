import { createHash } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { startFootfall, type World } from '../../world/footfall.ts'

// A day of the site in Berlin: 09:00 local time.
const morning = Date.parse('2026-11-20T08:00:00Z')
const minute = 60_000

let world: World
let visitor = 0
let id = ''

beforeAll(async () => {
  world = await startFootfall({ clock: morning })
})
afterAll(() => world.close())
beforeEach(() => {
  id = (++visitor).toString(16).padStart(16, '0')
})

async function at(minutes: number, parameters: Record<string, string | number> = {}): Promise<void> {
  world.setClock(morning + minutes * minute)
  const answer = await world.track({ url: 'https://example.org/', _id: id, ...parameters })
  expect(answer.status).toBe(200)
}

type VisitRow = Record<string, string | number>

async function visits(columns: string, visitorId = id): Promise<VisitRow[]> {
  await world.service.settle()
  return await world.service.store.query<VisitRow>(
    `SELECT ${columns} FROM visit WHERE visitor_id = {id:UInt64} ORDER BY first_time, visit_id`,
    { id: BigInt(`0x${visitorId}`).toString() },
  )
}

const page = (path: string, title = path) => ({ url: `https://example.org/${path}`, action_name: title })

test('Hits less than 30 minutes apart are one visit, with entry, exit and duration', async () => {
  await at(0, page('a', 'A'))
  await at(29, page('b', 'B'))
  await at(58.5, page('c', 'C'))
  expect(await visits('entry_url, entry_title, exit_url, exit_title, page_views, actions, duration')).toEqual(
    [
      {
        entry_url: 'example.org/a',
        entry_title: 'A',
        exit_url: 'example.org/c',
        exit_title: 'C',
        page_views: 3,
        actions: 3,
        duration: 58.5 * 60 + 1,
      },
    ],
  )
})

test('A hit exactly 30 minutes after the last is a new visit of a returning visitor', async () => {
  await at(0)
  await at(30)
  expect(await visits('visit_number, duration')).toEqual([
    { visit_number: 1, duration: 0 },
    { visit_number: 2, duration: 0 },
  ])
})

test("A visit ends at midnight in the site's time zone", async () => {
  const toMidnight = 15 * 60
  await at(toMidnight - 1)
  await at(toMidnight + 1)
  expect(await visits('day, visit_number')).toEqual([
    { day: '2026-11-20', visit_number: 1 },
    { day: '2026-11-21', visit_number: 2 },
  ])
})

test('new_visit=1 starts a new visit', async () => {
  await at(0)
  await at(1, { new_visit: 1 })
  expect(await visits('visit_number')).toEqual([{ visit_number: 1 }, { visit_number: 2 }])
})

test('A campaign that brings the visitor again starts a new visit, the same campaign does not', async () => {
  await at(0, { url: 'https://example.org/?utm_campaign=Spring' })
  await at(1, { url: 'https://example.org/?utm_campaign=spring' })
  await at(2, { url: 'https://example.org/?utm_campaign=Summer' })
  expect(await visits('referrer_type, referrer_name, actions')).toEqual([
    { referrer_type: 'campaign', referrer_name: 'spring', actions: 2 },
    { referrer_type: 'campaign', referrer_name: 'summer', actions: 1 },
  ])
})

test('A direct visit is upgraded in place by the first later hit that brings a referrer', async () => {
  await at(0)
  await at(1, { urlref: 'https://www.google.com/' })
  await at(2, { urlref: 'https://news.example.com/story' })
  expect(await visits('referrer_type, referrer_name, actions')).toEqual([
    { referrer_type: 'search', referrer_name: 'Google', actions: 3 },
  ])
})

test('A ping moves the end of a visit but does not keep it open', async () => {
  await at(0)
  await at(20, { ping: 1 })
  expect(await visits('duration, actions, hits')).toEqual([{ duration: 1201, actions: 1, hits: 2 }])
  await at(31)
  expect(await visits('actions')).toHaveLength(2)
})

test('A ping that comes too late starts no visit', async () => {
  await at(0)
  await at(45, { ping: 1 })
  expect(await visits('hits')).toEqual([{ hits: 1 }])
  expect(world.service.collector.dropped.late_ping).toBeGreaterThan(0)
})

test('What was measured of a page belongs to the visit, also when the page is left hours later', async () => {
  await at(0, { ...page('a', 'A'), pv_id: 'aaaaaa' })
  await at(10, { ...page('a'), pv_id: 'aaaaaa', ca: 1, ff_engaged: 540_000, ff_scroll: 80 })
  expect(await visits('duration, actions, hits')).toEqual([{ duration: 601, actions: 1, hits: 2 }])
  await at(200, { ...page('a'), pv_id: 'aaaaaa', ca: 1, ff_engaged: 560_000, ff_scroll: 95 })
  expect(await visits('duration, actions, hits')).toEqual([{ duration: 1801, actions: 1, hits: 3 }])
  await at(201)
  expect(await visits('actions')).toHaveLength(2)
})

test('A hit that comes again with the mark that it had counts once, and is answered as usual', async () => {
  await at(0, { ...page('a'), ff_id: `a${id.slice(-8)}` })
  await at(0, { ...page('a'), ff_id: `b${id.slice(-8)}` })
  await at(5, { ...page('a'), ff_id: `a${id.slice(-8)}`, cdo: 300 })
  expect(await visits('page_views, hits')).toEqual([{ page_views: 2, hits: 2 }])
  expect(world.service.collector.dropped.repeated).toBe(1)
})

test('A hit that arrives out of order joins the visit that began up to 30 minutes after it', async () => {
  await at(20, page('second'))
  await at(21, { ...page('first'), cdt: Math.floor((morning + 5 * minute) / 1000) })
  expect(await visits('hits')).toEqual([{ hits: 2 }])
})

test('Kinds of hits are told apart, and page views and searches alone move the exit', async () => {
  await at(0, page('a', 'A'))
  await at(1, { ...page('a'), e_c: 'Video', e_a: 'Play', e_n: 'Intro', e_v: '1.5' })
  await at(2, { ...page('a'), link: 'https://other.example/x#y' })
  await at(3, { ...page('a'), download: 'https://example.org/file.pdf' })
  await at(4, { ...page('a'), search: 'Shoes', search_cat: 'Men', search_count: 3 })
  expect(
    await visits('events, outlinks, downloads, searches, page_views, actions, exit_url, exit_title'),
  ).toEqual([
    {
      events: 1,
      outlinks: 1,
      downloads: 1,
      searches: 1,
      page_views: 1,
      actions: 5,
      exit_url: '',
      exit_title: 'Shoes',
    },
  ])
})

test('The time until the next action is credited to the page before it', async () => {
  await at(0, page('a', 'A'))
  await at(1, { ...page('a'), e_c: 'Video', e_a: 'Play' })
  await at(1.5, page('b', 'B'))
  await world.service.settle()
  const rows = await world.service.store.query(
    `SELECT position, kind, previous_url, previous_title, time_spent FROM hits
     WHERE visitor_id = {id:UInt64} ORDER BY position`,
    { id: BigInt(`0x${id}`).toString() },
  )
  expect(rows).toEqual([
    { position: 1, kind: 'pageview', previous_url: '', previous_title: '', time_spent: 0 },
    { position: 2, kind: 'event', previous_url: 'example.org/a', previous_title: 'A', time_spent: 60 },
    { position: 3, kind: 'pageview', previous_url: 'example.org/a', previous_title: 'A', time_spent: 30 },
  ])
})

test('A search that the address of a page shows is a search, not a page view', async () => {
  await at(0, { url: 'https://example.org/find?q=Red+shoes&page=2', action_name: 'Search' })
  expect(await visits('searches, page_views, entry_url, entry_title')).toEqual([
    { searches: 1, page_views: 0, entry_url: '', entry_title: 'Red shoes' },
  ])
})

test('Two browsers with ids of their own are two visits, even from the same address', async () => {
  const other = 'f'.repeat(16)
  await at(0)
  await at(1, { _id: other })
  expect(await visits('hits')).toEqual([{ hits: 1 }])
  expect(await visits('hits', other)).toEqual([{ hits: 1 }])
})

test('A page that has switched cookies off is recognised within the day by address, agent and language', async () => {
  const agent = {
    'user-agent': 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:139.0) Gecko/20100101 Firefox/139.0',
  }
  world.setClock(morning)
  for (const path of ['one', 'two']) {
    const answer = await world.track({ ...page(path), _id: '' }, agent)
    expect(answer.headers.get('set-cookie')).toBeNull()
  }
  await world.track({ ...page('three'), _id: '' }, { ...agent, 'accept-language': 'fr' })
  await world.service.settle()
  const rows = await world.service.store.query(
    "SELECT hits, language FROM visit WHERE browser_version LIKE '139%' ORDER BY hits DESC",
  )
  expect(rows).toEqual([
    { hits: 2, language: 'de-de' },
    { hits: 1, language: 'fr' },
  ])
})

const macFirefox = (version: number) => ({
  'user-agent': `Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:${version}.0) Gecko/20100101 Firefox/${version}.0`,
})
const cookiesOf = (answer: Response) =>
  answer.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ')
const visitsOf = async (version: number) => {
  await world.service.settle()
  return await world.service.store.query(
    `SELECT hits, leftPad(lower(hex(visitor_id)), 16, '0') AS visitor, visit_number FROM visit
     WHERE browser_version LIKE {version:String} ORDER BY first_time, visit_id`,
    { version: `${version}%` },
  )
}

test('A visit that began without a cookie goes on with the cookie it was given, and the visitor stays the same', async () => {
  world.setClock(morning)
  const first = await world.track(page('pixel'), macFirefox(138))
  const cookie = cookiesOf(first)
  expect(cookie).toMatch(/^pk_id\.1=[0-9a-f]{16}\.\d+; pk_sess\.1=1$/)
  await world.track(page('pixel-2'), { ...macFirefox(138), cookie })
  world.setClock(morning + 60 * minute)
  await world.track(page('pixel-3'), { ...macFirefox(138), cookie })
  const visitor = cookie.slice(8, 24)
  expect(await visitsOf(138)).toEqual([
    { hits: 2, visitor, visit_number: 1 },
    { hits: 1, visitor, visit_number: 2 },
  ])
})

test('Of a page with two pixels the second cookie wins in the browser, and the visit still goes on', async () => {
  world.setClock(morning)
  await world.track(page('pixel'), macFirefox(137))
  const second = await world.track(page('pixel'), macFirefox(137))
  await world.track(page('next'), { ...macFirefox(137), cookie: cookiesOf(second) })
  expect(await visitsOf(137)).toMatchObject([{ hits: 3 }])
})

test('A browser that refuses cookies is one visitor on that day', async () => {
  world.setClock(morning)
  for (const path of ['one', 'two', 'three']) await world.track(page(path), macFirefox(136))
  expect(await visitsOf(136)).toMatchObject([{ hits: 3 }])
})

test('Nobody with an id of their own takes over the visit of somebody without one who looks the same', async () => {
  world.setClock(morning)
  await world.track({ ...page('a'), _id: '' }, macFirefox(135))
  await world.track({ ...page('b'), _id: 'b'.repeat(16) }, macFirefox(135))
  await world.track(page('c'), {
    ...macFirefox(135),
    cookie: `pk_id.1=${'c'.repeat(16)}.${morning / 1000 - 60}`,
  })
  expect(await visitsOf(135)).toMatchObject([{ hits: 1 }, { hits: 1 }, { hits: 1 }])
})

const idOf = (user: string) => createHash('sha1').update(user).digest('hex').slice(0, 16)

test('A user id is kept with the visit, and its visitor is the same on whatever device', async () => {
  const user = `anna-${id}`
  await at(0, { uid: user })
  await at(60, {
    uid: user,
    _id: `f${id.slice(1)}`,
    ua: 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X)',
  })
  expect(await visits('user_id, visit_number, actions', idOf(user))).toEqual([
    { user_id: user, visit_number: 1, actions: 1 },
    { user_id: user, visit_number: 2, actions: 1 },
  ])
})

test('Who signs in during a visit goes on with it, as that user', async () => {
  const user = `berta-${id}`
  await at(0, page('login'))
  await at(1, { ...page('inside'), uid: user })
  await at(2, page('logged-out'))
  expect(await visits('user_id, actions, entry_url', idOf(user))).toEqual([
    { user_id: user, actions: 3, entry_url: 'example.org/login' },
  ])
  expect(await visits('actions')).toEqual([])
})

test('Another user at the same browser begins a visit of their own', async () => {
  const [one, other] = [`carl-${id}`, `dora-${id}`]
  await at(0, { uid: one })
  await at(1, { uid: other })
  expect(await visits('user_id, actions', idOf(one))).toEqual([{ user_id: one, actions: 1 }])
  expect(await visits('user_id, actions', idOf(other))).toEqual([{ user_id: other, actions: 1 }])
})

test('A visit that began without cookies goes on when the page may keep one while it is looked at', async () => {
  const ua = {
    ua: `Mozilla/5.0 (X11; Linux x86_64; rv:1${id.slice(-2)}.0) Gecko/20100101 Firefox/1${id.slice(-2)}.0`,
  }
  await at(0, { ...page('a'), ...ua, _id: '', pv_id: 'view01' })
  await at(1, { ...page('a'), ...ua, pv_id: 'view01', e_c: 'Consent', e_a: 'given' })
  await at(2, { ...page('b'), ...ua, pv_id: 'view02' })
  expect(await visits('actions, entry_url, profilable, visit_number')).toEqual([
    { actions: 3, entry_url: 'example.org/a', profilable: 1, visit_number: 1 },
  ])
})

test('A token tells where the visitor is, the newest place counts, and what is not told stays', async () => {
  const token_auth = world.token
  await at(0, { token_auth, country: 'fr', region: 'IDF', city: 'Paris', lat: '48.85', long: '2.35' })
  await at(1, { token_auth, city: 'Versailles' })
  await at(2)
  const [visit] = await visits(
    'country, region, city, round(latitude, 2) AS lat, round(longitude, 2) AS long',
  )
  expect(visit).toEqual({ country: 'FR', region: 'IDF', city: 'Versailles', lat: 48.85, long: 2.35 })
})

test('A hit that an app sends later says how many seconds ago it happened', async () => {
  await at(20, { cdo: 300 })
  await at(21, { cdt: Math.floor((morning + 18 * minute) / 1000), cdo: '-60' })
  expect(await visits('toUnixTimestamp(first_time) AS first, toUnixTimestamp(last_time) AS last')).toEqual([
    { first: (morning + 15 * minute) / 1000, last: (morning + 17 * minute) / 1000 },
  ])
})

test('More than a day ago it needs a token', async () => {
  world.setClock(morning)
  const answer = await world.track({ url: 'https://example.org/', _id: id, cdo: 90_000, send_image: 0 })
  expect([answer.status, await answer.text()]).toEqual([
    400,
    'cdo: it is more than a day old and needs a valid token_auth.\n',
  ])
})

test('The days since the first and the last visit, and since an order, are whole days', async () => {
  await at(0)
  await at(2 * 24 * 60, { idgoal: 0, ec_id: `order-${id}`, revenue: 3 })
  await at(5 * 24 * 60 - 1)
  expect(await visits('visit_number, days_since_first, days_since_last, days_since_order')).toEqual([
    { visit_number: 1, days_since_first: 0, days_since_last: 0, days_since_order: -1 },
    { visit_number: 2, days_since_first: 2, days_since_last: 2, days_since_order: 0 },
    { visit_number: 3, days_since_first: 4, days_since_last: 2, days_since_order: 2 },
  ])
})

test('An import of the past makes visits of the past, and the running one is a later one of its visitor', async () => {
  await at(0, page('now'))
  const token = world.token
  const past = (minutes: number) => ({
    ...page('then'),
    cdt: Math.floor((morning - 400 * 24 * 60 * minute + minutes * minute) / 1000),
    cip: '8.8.8.8',
    token_auth: token,
  })
  await at(1, past(0))
  await at(2, past(5))
  await at(3, page('now-2'))
  expect(await visits('day, actions, country, visit_number, days_since_first')).toEqual([
    { day: '2025-10-16', actions: 2, country: 'US', visit_number: 1, days_since_first: 0 },
    { day: '2026-11-20', actions: 2, country: 'DE', visit_number: 2, days_since_first: 400 },
  ])
})
