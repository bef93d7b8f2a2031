import { afterAll, beforeAll, expect, test } from 'vitest'
import { runIn } from '../../../server/commands.ts'
import { startFootfall, type World } from '../../world/footfall.ts'

let world: World
beforeAll(async () => {
  world = await startFootfall()
})
afterAll(() => world.close())

const ask = (method: string, path: string, body?: object, token = world.token) =>
  fetch(`${world.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  })

test('A site is added with its own number and snippet', async () => {
  const answer = await ask('POST', '/api/sites', { name: 'Two', url: 'two.example/', timezone: 'Asia/Tokyo' })
  expect(answer.status).toBe(201)
  expect(await answer.json()).toMatchObject({
    id: 2,
    name: 'Two',
    urls: ['https://two.example'],
    timezone: 'Asia/Tokyo',
    snippet: `<script async src="${world.url}/f.js?site=2"></script>`,
  })
})

test.each([
  [{ name: ' ', url: 'a.example', timezone: 'UTC' }, 'invalid_name'],
  [{ name: 'A', url: 'ftp://a.example', timezone: 'UTC' }, 'invalid_url'],
  [{ name: 'A', url: 'nope', timezone: 'UTC' }, 'invalid_url'],
  [{ name: 'A', url: 'a.example', timezone: 'Mars/Base' }, 'invalid_timezone'],
  [{ name: 'A', url: 'a.example' }, 'invalid_parameter'],
])('A site that cannot be is refused: %j', async (site, code) => {
  const answer = await ask('POST', '/api/sites', site)
  expect(answer.status).toBe(400)
  expect(await answer.json()).toMatchObject({ error: { code } })
})

test('The settings of a site are changed, and count for the next hit', async () => {
  const settings = {
    maskedBytes: 3,
    cookies: 'none' as const,
    excludedParameters: ['colour'],
    excludedAddresses: ['198.51.100.*'],
  }
  const answer = await ask('PATCH', '/api/sites/1', { name: 'Renamed', settings })
  expect(await answer.json()).toMatchObject({
    name: 'Renamed',
    settings: { ...settings, keepFragment: false },
  })

  const hit = await world.track({ url: 'https://example.org/a?colour=red&size=4' })
  expect(hit.headers.getSetCookie()).toEqual([])
  await world.track({ url: 'https://example.org/b' }, { 'x-forwarded-for': '198.51.100.7' })
  await world.service.journal.drain()
  expect(await world.service.store.query('SELECT url, ip FROM hits')).toEqual([
    { url: 'example.org/a?size=4', ip: '91.0.0.0' },
  ])
})

test('A setting that cannot be is refused, and nothing is changed', async () => {
  const answer = await ask('PATCH', '/api/sites/1', {
    name: 'Other',
    settings: { excludedAddresses: ['300.1.1.1'] },
  })
  expect(answer.status).toBe(400)
  expect(await answer.json()).toMatchObject({ error: { code: 'invalid_setting' } })
  expect(world.service.sites.get(1)?.name).toBe('Renamed')
  expect((await ask('PATCH', '/api/sites/9', { name: 'X' })).status).toBe(404)
  expect((await ask('PATCH', '/api/sites/1', { colour: 'red' })).status).toBe(400)
})

test('Without a token nothing is told', async () => {
  for (const path of ['/api/sites', '/api/sites/1/first-hit', '/api/reports/overview?site=1']) {
    expect((await ask('GET', path, undefined, 'wrong')).status).toBe(401)
  }
})

test('footfall token makes a further token for the owner', async () => {
  const lines: string[] = []
  const code = await runIn(world.service, 'token', [], {
    line: (line) => lines.push(line),
    progress: () => {},
  })
  expect(code).toBe(0)
  expect((await ask('GET', '/api/sites', undefined, lines[0])).status).toBe(200)
})

test('Monitors may ask by HEAD', async () => {
  for (const path of ['/', '/api/health']) {
    expect((await fetch(`${world.url}${path}`, { method: 'HEAD' })).status).toBe(200)
  }
})
