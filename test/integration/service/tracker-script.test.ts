// The script of the websites, as a site's settings want it.

import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { buildTracker } from '../../../scripts/tracker.mjs'
import { defaultSettings, type SiteSettings } from '../../../server/admin/site.ts'
import { startFootfall, type World } from '../../world/footfall.ts'

let world: World
beforeAll(async () => {
  await buildTracker('dist/public')
  world = await startFootfall({ siteUrl: 'https://one.example' })
  await world.service.sites.create({ name: 'Two', url: 'https://www.two.example/shop', timezone: 'UTC' })
  await world.service.sites.create({ name: 'Three', url: 'https://two.example', timezone: 'UTC' })
})
afterAll(() => world.close())

const set = async (id: number, settings: Partial<SiteSettings>) => {
  const site = world.service.sites.get(id)
  if (site) await world.service.sites.change(site, { settings })
}
beforeEach(async () => {
  const { cookies, honourDoNotTrack } = defaultSettings
  for (const id of [1, 2, 3]) await set(id, { cookies, honourDoNotTrack })
})

const get = (path: string, headers: Record<string, string> = {}) =>
  world.app.inject({ url: path, headers, remoteAddress: '127.0.0.1' })

/** What the script is told: the mode of its cookies, and `wishes` where those of browsers are heeded. */
const told = async (path: string, headers?: Record<string, string>) =>
  /"((page|server|none) \w*)"/.exec((await get(path, headers)).body)?.[1]

test('The script of a site knows how its cookies are kept there, from the next request on', async () => {
  await set(1, { cookies: 'server' })
  await set(2, { cookies: 'none' })
  expect(await told('/f.js?site=1')).toBe('server wishes')
  expect(await told('/f.js?site=2')).toBe('none wishes')
  expect(await told('/core.js?site=2')).toBe('none wishes')
  expect(await told('/f.js?site=3')).toBe('page wishes')
  await set(1, { cookies: 'page' })
  expect(await told('/f.js?site=1')).toBe('page wishes')
})

test('It knows whether the wishes of browsers are heeded there', async () => {
  await set(1, { honourDoNotTrack: false })
  await set(2, { honourDoNotTrack: false, cookies: 'server' })
  expect(await told('/f.js?site=1')).toBe('page ')
  expect(await told('/core.js?site=2')).toBe('server ')
  await set(1, { honourDoNotTrack: true })
  expect(await told('/f.js?site=1')).toBe('page wishes')
})

test.each([
  ['matomo.js', '/matomo.js'],
  ['piwik.js', '/piwik.js'],
  ['js/', '/js/'],
  ['js/tracker.php', '/js/tracker.php'],
  ['f.js without a number', '/f.js'],
])('%s is that of the site whose page embeds it', async (_name, path) => {
  await set(1, { cookies: 'server', honourDoNotTrack: false })
  expect(await told(path, { referer: 'https://one.example/' })).toBe('server ')
  expect(await told(path, { referer: 'https://two.example/' })).toBe('page wishes')
  // Of two sites at one host, the more private of each setting.
  await set(3, { cookies: 'none', honourDoNotTrack: false })
  expect(await told(path, { referer: 'https://two.example/' })).toBe('none wishes')
  // Nobody knows whose page it is: the most private of all.
  expect(await told(path)).toBe('none wishes')
  expect(await told(path, { referer: 'https://elsewhere.example/' })).toBe('none wishes')
  await set(2, { honourDoNotTrack: false })
  expect(await told(path)).toBe('none ')
  expect((await get(path)).headers.vary).toMatch(/Referer/)
})

test('Variants are compressed, have a tag of their own, and are not sent again to who has them', async () => {
  const plain = await get('/f.js?site=1')
  await set(1, { cookies: 'none' })
  const tags = new Set([plain.headers.etag])
  for (const [encoding, unpack] of [
    ['br', brotliDecompressSync],
    ['gzip', gunzipSync],
  ] as const) {
    const answer = await get('/f.js?site=1', { 'accept-encoding': encoding })
    expect(answer.headers).toMatchObject({
      'content-encoding': encoding,
      'content-type': 'text/javascript; charset=utf-8',
      'cross-origin-resource-policy': 'cross-origin',
      'cache-control': 'public, max-age=3600, stale-while-revalidate=86400',
    })
    expect(unpack(answer.rawPayload).toString()).toBe((await get('/f.js?site=1')).body)
    tags.add(answer.headers.etag)
    const again = await get('/f.js?site=1', {
      'accept-encoding': encoding,
      'if-none-match': String(answer.headers.etag),
    })
    expect([again.statusCode, again.body]).toEqual([304, ''])
  }
  expect(tags.size).toBe(3)
})

test.each([
  [{ cookies: true }],
  [{ downloadExtensions: ['p.f'] }],
  [{ downloadExtensions: ['a'.repeat(21)] }],
])('A setting that the script could not be told is refused: %j', async (settings) => {
  const answer = await world.app.inject({
    method: 'PATCH',
    url: '/api/sites/1',
    headers: { authorization: `Bearer ${world.token}` },
    payload: { settings },
  })
  expect(answer.statusCode).toBe(400)
})

/** Who sent the hits of these pages. */
const visitors = async (path: string) => {
  await world.service.journal.drain()
  const rows = await world.service.store.query<{ visitor: string }>(
    `SELECT leftPad(lower(hex(visitor_id)), 16, '0') AS visitor FROM hits
     WHERE startsWith(url, {path:String}) ORDER BY url`,
    { path: `one.example${path}` },
  )
  return rows.map(({ visitor }) => visitor)
}
const page = (path: string) => ({ url: `https://one.example${path}`, action_name: 'Page' })
const cookieOf = (answer: Response) =>
  answer.headers
    .getSetCookie()
    .find((line) => line.startsWith('pk_id'))
    ?.split(';')[0] ?? ''

test('Where the service keeps the cookies, its own goes first, and an id that a page still sends is taken over', async () => {
  await set(1, { cookies: 'server' })
  const first = await world.track({ ...page('/server/1'), _id: 'a'.repeat(16) })
  const cookie = cookieOf(first)
  expect(cookie).toMatch(/^pk_id\.1=a{16}\.\d+$/)
  await world.track({ ...page('/server/2'), _id: 'b'.repeat(16) }, { cookie })
  await world.track(page('/server/3'), { cookie })
  const none = await world.track({ ...page('/server/4'), _id: '' })
  expect(none.headers.getSetCookie()).toEqual([])
  const seen = await visitors('/server/')
  expect(seen.slice(0, 3)).toEqual(['a'.repeat(16), 'a'.repeat(16), 'a'.repeat(16)])
  expect(seen[3]).not.toBe('a'.repeat(16))
})

test('Where a site wants no cookies none is set and an id counts for nothing, as Matomo does without cookies', async () => {
  await set(1, { cookies: 'none' })
  for (const id of ['c', 'd']) {
    const answer = await world.track(
      { ...page(`/none/${id}`), _id: id.repeat(16) },
      { cookie: `pk_id.1=${'e'.repeat(16)}.1795000000` },
    )
    expect(answer.headers.getSetCookie()).toEqual([])
  }
  const [one, two] = await visitors('/none/')
  expect(one).toBe(two)
  expect(['c', 'd', 'e'].map((id) => id.repeat(16))).not.toContain(one)
})
