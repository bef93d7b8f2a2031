// What the tracking API answers besides what answers.test.ts says: to browsers of other origins, to what is left out, and
// to lists of hits, whatever shape their clients give them.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { firefox, startFootfall, type World } from '../../world/footfall.ts'

const noon = Date.parse('2026-11-20T11:00:00Z')
const greeting = 'This resource is part of Footfall. It takes the requests of its tracking API.'
const crawler = 'Googlebot/2.1 (+http://www.google.com/bot.html)'
const iphone =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1'

let world: World
/** Each test has a site of its own. */
let site: number
beforeAll(async () => {
  world = await startFootfall({ timezone: 'UTC', clock: noon, env: { TRACKING_RATE_LIMIT: '0' } })
})
afterAll(() => world.close())
beforeEach(async () => {
  world.setClock(noon)
  const { sites } = world.service
  site = (await sites.create({ name: 'Example', url: 'https://example.org', timezone: 'UTC' })).id
})

const visits = () => world.visits(site)
const post = (body: string, headers: Record<string, string> = {}, query = '') =>
  fetch(`${world.url}/matomo.php${query}`, {
    method: 'POST',
    body,
    headers: { 'user-agent': firefox, ...headers },
  })
const hit = (path: string, further = '') =>
  `?idsite=${site}&rec=1&url=https://example.org/${path}&_id=0123456789abcdef${further}`
const allowed = ({ headers }: Response) => [
  headers.get('access-control-allow-origin'),
  headers.get('access-control-allow-credentials'),
]

describe('A single request', () => {
  test('by POST without any parameter gets the greeting as an error', async () => {
    const answer = await post('')
    expect([answer.status, await answer.text()]).toEqual([400, `${greeting}\n`])
  })

  test('by POST that cannot be used gets no image', async () => {
    const answer = await post('rec=1')
    expect([answer.status, await answer.text()]).toEqual([400, 'idsite: it is missing.\n'])
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain/)
  })

  test.each(['00', 'false', 'no'])('with send_image=%s gets the image: only 0 means none', async (value) => {
    const answer = await world.track({ idsite: site, send_image: value })
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'image/gif'])
  })

  test('that is left out is answered like one that counts', async () => {
    const image = await world.track({ idsite: site }, { 'user-agent': crawler })
    expect([image.status, (await image.arrayBuffer()).byteLength]).toEqual([200, 43])
    const nothing = await world.track({ idsite: site, send_image: 0 }, { 'user-agent': crawler })
    expect(nothing.status).toBe(204)
    expect(await visits()).toEqual([])
  })

  test('of a visitor who asks not to be tracked is told that it was not', async () => {
    const asked = await world.track({ idsite: site }, { dnt: '1' })
    expect([asked.status, asked.headers.get('tk')]).toEqual([200, 'N'])
    expect(asked.headers.get('set-cookie')).toBeNull()
    expect((await world.track({ idsite: site })).headers.get('tk')).toBeNull()
    expect(await visits()).toHaveLength(1)
  })
})

describe('A browser', () => {
  test('of another origin may read the answer, of no origin anybody may', async () => {
    const origin = 'https://shop.example'
    expect(allowed(await post(hit('a')))).toEqual(['*', null])
    expect(allowed(await post(hit('a'), { origin }))).toEqual([origin, 'true'])
    expect(allowed(await world.track({ idsite: site }))).toEqual([null, null])
    const get = await world.track({ idsite: site }, { origin })
    expect(allowed(get)).toEqual([origin, 'true'])
    expect([get.headers.get('vary'), get.headers.get('cache-control')]).toEqual(['Origin', 'no-store'])
    expect(allowed(await post('rec=1', { origin }))).toEqual([origin, 'true'])
  })

  test.each(['/matomo.php', '/piwik.php', '/f'])(
    'that asks first whether it may send to %s may',
    async (path) => {
      const answer = await fetch(`${world.url}${path}${hit('a')}`, {
        method: 'OPTIONS',
        headers: { 'access-control-request-method': 'POST', 'access-control-request-headers': 'x-a, x-b' },
      })
      expect([answer.status, ...allowed(answer)]).toEqual([204, '*', 'true'])
      expect(answer.headers.get('access-control-allow-methods')).toBe('GET, POST')
      expect(answer.headers.get('access-control-allow-headers')).toBe('x-a, x-b')
      expect(await visits()).toEqual([])
    },
  )
})

describe('A bulk request', () => {
  const bulk = (requests: unknown[], further: object = {}) => JSON.stringify({ requests, ...further })
  const pages = async () => (await visits()).map(({ actions }) => actions.map(({ url }) => url?.slice(20)))

  test('is worked on in its order, in whatever shape an entry comes', async () => {
    const answer = await post(
      bulk([
        hit('1'),
        hit('2').slice(1),
        `https://stats.example/matomo.php${hit('3')}`,
        { idsite: site, rec: 1, url: 'https://example.org/4', _id: '0123456789abcdef' },
        { idsite: `${site}`, rec: true, url: 'https://example.org/5', _id: '0123456789abcdef', e_c: ['x'] },
      ]),
    )
    expect(await answer.json()).toEqual({ status: 'success', tracked: 5, invalid: 0 })
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/)
    expect(answer.headers.get('set-cookie')).toBeNull()
    expect(await pages()).toEqual([['1', '2', '3', '4', '5']])
  })

  test.each([
    'application/json',
    'application/x-www-form-urlencoded',
    'text/plain;charset=UTF-8',
    'application/octet-stream',
  ])('is one whatever its type says: %s', async (type) => {
    const answer = await post(bulk([hit('typed')]), { 'content-type': type })
    expect(await answer.json()).toMatchObject({ tracked: 1 })
    expect(await pages()).toEqual([['typed']])
  })

  test('may have line breaks anywhere', async () => {
    const answer = await post(`{\r\n"requests":\n["${hit('broken')}&action_name=One\r\n line"]}`)
    expect(await answer.json()).toMatchObject({ tracked: 1 })
    expect(await visits()).toMatchObject([{ actions: [{ title: 'One line' }] }])
  })

  test('with single quotes is no JSON, and is told so', async () => {
    const answer = await post(`{'requests':['${hit('a')}']}`)
    expect([answer.status, await answer.text()]).toEqual([400, 'requests: the body is no valid JSON.\n'])
  })

  test('has visitors with a browser, a language and an address of their own', async () => {
    const other = '&_id=fedcba9876543210&cip=8.8.4.4'
    const of = `&ua=${encodeURIComponent(iphone)}&lang=fr-CH`
    await post(bulk([hit('a'), hit('b', other + of)], { token_auth: world.token }), {
      'accept-language': 'de-DE',
    })
    expect(
      (await visits()).toSorted((one, two) => (String(one.visitorId) < String(two.visitorId) ? -1 : 1)),
    ).toMatchObject([
      { visitorId: '0123456789abcdef', language: 'de-de', os: { name: 'GNU/Linux' } },
      { visitorId: 'fedcba9876543210', language: 'fr-ch', os: { name: 'iOS' }, ip: '8.8.0.0' },
    ])
  })

  test('has one token for all its entries, and those of the entries where it has none', async () => {
    const placed = '&country=at'
    const own = `${placed}&token_auth=${world.token}`
    const tracked = async (body: string, headers?: Record<string, string>) =>
      ((await (await post(body, headers)).json()) as { tracked: number }).tracked
    expect(await tracked(bulk([hit('a', placed), hit('b', placed)], { token_auth: world.token }))).toBe(2)
    expect(await tracked(bulk([hit('a', placed), hit('b', own)]))).toBe(1)
    expect(await tracked(bulk([hit('a', own)], { token_auth: 'wrong' }))).toBe(0)
    expect(await tracked(bulk([hit('a', placed)]), { authorization: `Bearer ${world.token}` })).toBe(1)
  })

  test.each([0, '0'])('with send_image=%j gets nothing back, bad entries or not', async (send_image) => {
    const answer = await post(bulk([hit('kept'), '?idsite=0'], { send_image }))
    expect([answer.status, await answer.text()]).toEqual([204, ''])
    expect(await pages()).toEqual([['kept']])
  })

  test('counts what is left out as tracked, and leaves out nothing else', async () => {
    const bot = `&ua=${encodeURIComponent(crawler)}`
    const answer = await post(
      bulk([hit('bot', bot), hit('page'), '?idsite=77&rec=1', `?idsite=${site}`, null]),
    )
    expect(await answer.json()).toMatchObject({ tracked: 3, invalid: 2, invalid_indices: [2, 4] })
    expect(await pages()).toEqual([['page']])
  })

  test('may be of several sites', async () => {
    const { sites } = world.service
    const other = await sites.create({ name: 'Other', url: 'https://other.example', timezone: 'UTC' })
    await post(bulk([hit('a'), `?idsite=${other.id}&rec=1&url=https://other.example/b`]))
    expect(await pages()).toEqual([['a']])
    site = other.id
    expect(await visits()).toMatchObject([{ actions: [{ url: 'https://other.example/b' }] }])
  })
})
