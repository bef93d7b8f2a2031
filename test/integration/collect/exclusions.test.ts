// What is not counted, and what is taken away from what is: by a site's own settings and by those of all sites.

import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { startFootfall, type World } from '../../world/footfall.ts'

let world: World
let visitor = 0
let id = ''

beforeAll(async () => {
  world = await startFootfall({ env: { TRACKING_RATE_LIMIT: '0' } })
})
afterAll(() => world.close())
beforeEach(async () => {
  id = (0xe0000 + ++visitor).toString(16).padStart(16, '0')
  await ofAll({ excludedAddresses: [], excludedAgents: [], excludedParameters: [], excludedReferrers: [] })
})

async function patch(path: string, body: object): Promise<Response> {
  return await fetch(`${world.url}${path}`, {
    method: 'PATCH',
    headers: { authorization: `Bearer ${world.token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
}

async function ofSite(settings: object): Promise<void> {
  expect((await patch('/api/sites/1', { settings })).status).toBe(200)
}

async function ofAll(settings: object): Promise<void> {
  expect((await patch('/api/settings', settings)).status).toBe(200)
}

async function send(parameters: Record<string, string | number>, headers?: Record<string, string>) {
  const answer = await world.track({ url: 'https://example.org/', _id: id, ...parameters }, headers)
  expect(answer.status).toBe(200)
}

async function kept(columns: string): Promise<unknown[]> {
  await world.service.settle()
  return await world.service.store.query(
    `SELECT ${columns} FROM hits WHERE visitor_id = {id:UInt64} ORDER BY visit_id, position`,
    { id: BigInt(`0x${id}`) },
  )
}

const dropped = (reason: 'excluded_address' | 'excluded_agent' | 'unknown_url') =>
  world.service.collector.dropped[reason]

const agent = (text: string) => ({ 'user-agent': `Mozilla/5.0 (X11; Linux x86_64) ${text} Firefox/140.0` })
const address = (ip: string) => ({ 'x-forwarded-for': ip })

test.each([
  ['one', '198.51.100.7', '198.51.100.7', '198.51.100.8'],
  ['a wildcard', '198.51.*.*', '198.51.7.7', '198.52.7.7'],
  ['a network', '198.51.100.0/25', '198.51.100.127', '198.51.100.128'],
  ['a network of IPv6', '2001:db8::/32', '2001:db8::7', '2001:db9::7'],
])('Hits of an excluded address are not counted: %s', async (_what, rule, excluded, other) => {
  const before = dropped('excluded_address')
  await ofSite({ excludedAddresses: [rule] })
  await send({}, address(excluded))
  expect(dropped('excluded_address')).toBe(before + 1)
  await send({}, address(other))
  expect(await kept('kind')).toHaveLength(1)
  await ofSite({ excludedAddresses: [] })
})

test.each([
  ['a part of it, whatever the case', 'SITEcheck', 'SiteCheck/2', 'Sitecheker/2'],
  ['an expression', '/kiosk-[0-9]+\\b/', 'Kiosk-17', 'kiosk-x'],
])('Hits of an excluded user agent are not counted: %s', async (_what, rule, excluded, other) => {
  const before = dropped('excluded_agent')
  await ofSite({ excludedAgents: [rule] })
  await send({}, agent(excluded))
  expect(dropped('excluded_agent')).toBe(before + 1)
  await send({}, agent(other))
  expect(await kept('kind')).toHaveLength(1)
  await ofSite({ excludedAgents: [] })
})

test('What is excluded on all sites is excluded beside what the site excludes', async () => {
  const before = dropped('excluded_address')
  await ofSite({ excludedAddresses: ['198.51.100.7'] })
  await ofAll({ excludedAddresses: ['203.0.113.0/24'], excludedAgents: ['nobody'] })
  await send({}, address('198.51.100.7'))
  await send({}, address('203.0.113.9'))
  expect(dropped('excluded_address')).toBe(before + 2)
  await send({}, { ...address('192.0.2.1'), ...agent('Nobody') })
  await send({}, address('192.0.2.1'))
  expect(await kept('kind')).toHaveLength(1)
  await ofSite({ excludedAddresses: [] })
})

test('Excluded parameters go from page addresses: by name, with a wildcard, by an expression, on all sites', async () => {
  await ofSite({ excludedParameters: ['Secret', 'sess*', '/^tmp[0-9]$/'] })
  await ofAll({ excludedParameters: ['everywhere'] })
  await send({ url: 'https://example.org/a?SECRET=1&session_x=2&tmp7=3&tmp77=4&everywhere=5&b=6&c[]=7' })
  expect(await kept('url')).toEqual([{ url: 'example.org/a?tmp77=4&b=6&c[]=7' }])
  await ofSite({ excludedParameters: [] })
})

test.each([
  ['the host itself', 'pay.example', 'https://www.pay.example/x', 'https://sub.pay.example/x'],
  ['a sub-domain', '.pay.example', 'https://sub.pay.example/x', 'https://notpay.example/x'],
  ['pages below a path', 'id.example/login', 'https://id.example/LOGIN/step2', 'https://id.example/blog'],
])('An excluded referrer is none: %s', async (_what, rule, excluded, other) => {
  await ofSite({ excludedReferrers: [rule] })
  await send({ urlref: excluded })
  await send({ urlref: other, new_visit: 1 })
  const host = new URL(other).host
  expect(await kept('referrer_type, referrer_name')).toEqual([
    { referrer_type: 'direct', referrer_name: '' },
    { referrer_type: 'website', referrer_name: host },
  ])
  await ofSite({ excludedReferrers: ['.paypal.com'] })
})

test('Where a visitor comes back from paying is no referrer, unless the owner wants it to be', async () => {
  await send({ urlref: 'https://www.paypal.com/checkout' })
  expect(await kept('referrer_type')).toEqual([{ referrer_type: 'direct' }])
})

test('Pages at other addresses than those of the site are not counted where the owner says so', async () => {
  await send({ url: 'https://copied.example/a' })
  await ofSite({ excludeUnknownUrls: true })
  await patch('/api/sites/1', { urls: ['https://example.org/shop', 'https://other.example'] })
  const before = dropped('unknown_url')
  await send({ url: 'https://copied.example/b' })
  await send({ url: 'https://example.org/shopping' })
  expect(dropped('unknown_url')).toBe(before + 2)
  await send({ url: 'http://www.example.org/Shop/c' })
  await send({ url: 'https://other.example/' })
  expect(await kept('url')).toEqual([
    { url: 'copied.example/a' },
    { url: 'example.org/Shop/c' },
    { url: 'other.example/' },
  ])
  await ofSite({ excludeUnknownUrls: false })
  await patch('/api/sites/1', { urls: ['https://example.org'] })
})

test('Searches on the site are page views where the owner does not want them told apart', async () => {
  await ofSite({ siteSearch: false })
  await send({ url: 'https://example.org/find?q=shoes' })
  await send({ search: 'hats' })
  await ofSite({ siteSearch: true })
  await send({ url: 'https://example.org/find?q=shoes' })
  expect(await kept('kind, url, search_keyword')).toEqual([
    { kind: 'pageview', url: 'example.org/find?q=shoes', search_keyword: '' },
    { kind: 'pageview', url: 'example.org/', search_keyword: '' },
    { kind: 'search', url: 'example.org/find', search_keyword: 'shoes' },
  ])
})

test('What is excluded on all sites is still so after a restart', async () => {
  await ofAll({ excludedAddresses: ['203.0.113.0/24'] })
  const answer = await fetch(`${world.url}/api/settings`, {
    headers: { authorization: `Bearer ${world.token}` },
  })
  expect(await answer.json()).toEqual({
    excludedAddresses: ['203.0.113.0/24'],
    excludedAgents: [],
    excludedParameters: [],
    excludedReferrers: [],
  })
  await world.restart()
  const before = dropped('excluded_address')
  await send({}, address('203.0.113.9'))
  expect(dropped('excluded_address')).toBe(before + 1)
})

test.each([
  [{ excludedAddresses: ['1.2.3'] }, '1.2.3'],
  [{ excludedAgents: ['/(/'] }, '/(/'],
  [{ excludedParameters: ['a b'] }, 'a b'],
  [{ excludedParameters: ['/[/'] }, '/[/'],
  [{ excludedReferrers: ['no host'] }, 'no host'],
])('A bad entry is refused by its name, for a site and for all: %j', async (settings, entry) => {
  for (const [path, body] of [
    ['/api/sites/1', { settings }],
    ['/api/settings', settings],
  ] as const) {
    const answer = await patch(path, body)
    expect(answer.status).toBe(400)
    expect(((await answer.json()) as { error: { message: string } }).error.message).toContain(`"${entry}"`)
  }
})

test('Expressions for all sites have a bound in all', async () => {
  await ofAll({ excludedAgents: ['/a{480}/', 'plain'] })
  const answer = await patch('/api/settings', { excludedParameters: ['/a{20}/'] })
  expect([answer.status, await answer.json()]).toMatchObject([
    400,
    { error: { code: 'too_many_expressions' } },
  ])
  await ofAll({ excludedParameters: ['/a{10}/'] })
})

test('Nobody changes what is excluded without signing in', async () => {
  const answer = await fetch(`${world.url}/api/settings`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  })
  expect(answer.status).toBe(401)
})
