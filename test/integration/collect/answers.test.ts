import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { JournalError } from '../../../server/journal/journal.ts'
import { firefox, startFootfall, type World } from '../../world/footfall.ts'

let world: World
beforeAll(async () => {
  world = await startFootfall()
})
afterAll(() => world.close())

const gif = 'R0lGODlhAQABAIAAAAAAAAAAACH5BAEAAAAALAAAAAABAAEAAAICRAEAOw=='
const base64 = async (answer: Response) => Buffer.from(await answer.arrayBuffer()).toString('base64')
const page = { url: 'https://example.org/a', action_name: 'A' }
const post = (path: string, body: string, headers: Record<string, string> = {}) =>
  fetch(`${world.url}${path}`, { method: 'POST', body, headers: { 'user-agent': firefox, ...headers } })

test('A recorded hit is answered with a transparent image that nobody may keep', async () => {
  const answer = await world.track(page)
  expect(answer.status).toBe(200)
  expect(answer.headers.get('content-type')).toBe('image/gif')
  expect(answer.headers.get('cache-control')).toBe('no-store')
  expect(await base64(answer)).toBe(gif)
})

test('send_image=0 is answered 204 and nothing', async () => {
  const answer = await world.track({ ...page, send_image: 0 })
  expect(answer.status).toBe(204)
  expect(await answer.text()).toBe('')
})

const paths = ['/matomo.php', '/piwik.php', '/f', '/js/', '/js/tracker.php']
test.each(paths)('%s takes GET and POST', async (path) => {
  const before = world.service.collector.kept
  const query = 'idsite=1&rec=1&url=https%3A%2F%2Fexample.org%2F'
  const get = await fetch(`${world.url}${path}?${query}`, { headers: { 'user-agent': firefox } })
  expect(get.status).toBe(200)
  expect((await post(path, query)).status).toBe(200)
  expect((await post(`${path}?${query}`, '')).status).toBe(200)
  expect(world.service.collector.kept).toBe(before + 3)
})

test('Parameters of query and body are one request, and the query wins', async () => {
  const before = world.service.collector.kept
  const answer = await post(
    '/matomo.php?idsite=1&rec=1&url=https%3A%2F%2Fexample.org%2Fquery',
    'url=x&token_auth=none',
  )
  expect(answer.status).toBe(200)
  expect(world.service.collector.kept).toBe(before + 1)
  await world.service.journal.drain()
  const rows = await world.service.store.query("SELECT 1 FROM hits WHERE url = 'example.org/query'")
  expect(rows).toHaveLength(1)
})

test('A GET without any parameter is a greeting, a POST without any is an error', async () => {
  const get = await fetch(`${world.url}/matomo.php`)
  expect(get.status).toBe(200)
  expect(await get.text()).toBe(
    'This resource is part of Footfall. It takes the requests of its tracking API.',
  )
  expect((await post('/matomo.php', '')).status).toBe(400)
})

test('A request without rec is answered as usual and not recorded', async () => {
  const before = world.service.collector.kept
  const answer = await fetch(`${world.url}/matomo.php?idsite=1&url=https%3A%2F%2Fexample.org%2F`, {
    headers: { 'user-agent': firefox },
  })
  expect(answer.status).toBe(200)
  expect(world.service.collector.kept).toBe(before)
})

test.each([
  ['rec=1', 'idsite: it is missing.'],
  ['rec=1&idsite=99', 'idsite: there is no site 99.'],
  ['rec=1&idsite=-1', 'idsite: it must be the number of a site.'],
  ['rec=1&idsite=1&cid=123', 'cid: it must be 16 hexadecimal characters.'],
  ['rec=1&idsite=1&cip=8.8.8.8', 'cip: it needs a valid token_auth.'],
  ['rec=1&idsite=1&cip=8.8.8.8&token_auth=wrong', 'cip: it needs a valid token_auth.'],
  ['rec=1&idsite=1&cdt=yesterday', 'cdt: it must be a Unix time or a date with time.'],
  ['rec=1&idsite=1&cdt=2026-01-01', 'cdt: it is more than a day old and needs a valid token_auth.'],
])('%s is refused: %s', async (query, message) => {
  world.setClock(Date.parse('2026-11-22T12:00:00Z'))
  const image = await fetch(`${world.url}/matomo.php?${query}`, { headers: { 'user-agent': firefox } })
  expect(image.status).toBe(400)
  expect(image.headers.get('content-type')).toBe('image/gif')
  expect((await image.text()).endsWith(`\n${message}\n`)).toBe(true)
  const text = await fetch(`${world.url}/matomo.php?${query}&send_image=0`, {
    headers: { 'user-agent': firefox },
  })
  expect(text.status).toBe(400)
  expect(await text.text()).toBe(`${message}\n`)
})

test('A script of another origin may read the answer and send its cookies', async () => {
  const answer = await post('/f', 'idsite=1&rec=1', {
    origin: 'https://example.org',
    'content-type': 'text/plain',
  })
  expect(answer.headers.get('access-control-allow-origin')).toBe('https://example.org')
  expect(answer.headers.get('access-control-allow-credentials')).toBe('true')
  const asked = await fetch(`${world.url}/f`, {
    method: 'OPTIONS',
    headers: { origin: 'https://example.org', 'access-control-request-method': 'POST' },
  })
  expect(asked.status).toBe(204)
  expect(asked.headers.get('access-control-allow-methods')).toBe('GET, POST')
})

test('Empty parameters are absent ones, and a number out of its range is none', async () => {
  const empty = { cid: '', cip: '', cdt: '', h: 123, m: 599, cd: 1000 }
  expect((await world.track({ ...page, url: 'https://example.org/empty', ...empty })).status).toBe(200)
  await world.service.journal.drain()
  const rows = await world.service.store.query("SELECT color_depth FROM hits WHERE url = 'example.org/empty'")
  expect(rows).toEqual([{ color_depth: 0 }])
})

test('A request that is no bulk and too long is refused as a whole', async () => {
  expect((await post('/matomo.php', `idsite=1&rec=1&action_name=${'x'.repeat(100_000)}`)).status).toBe(413)
})

test('A bulk request keeps the good entries and tells the bad ones', async () => {
  const before = world.service.collector.kept
  const entry = `?idsite=1&rec=1&url=https://example.org/bulk&ua=${encodeURIComponent(firefox)}`
  const answer = await post(
    '/matomo.php',
    JSON.stringify({
      requests: [
        entry,
        '?idsite=77&rec=1',
        { idsite: 1, rec: 1, url: 'https://example.org/', ua: firefox },
        5,
      ],
    }),
    { 'content-type': 'application/x-www-form-urlencoded' },
  )
  expect(answer.status).toBe(200)
  expect(await answer.json()).toEqual({
    status: 'success',
    tracked: 2,
    invalid: 2,
    invalid_indices: [1, 3],
    errors: [
      { index: 1, message: 'idsite: there is no site 77.' },
      { index: 3, message: 'idsite: it is missing.' },
    ],
  })
  expect(world.service.collector.kept).toBe(before + 2)
})

test.each([
  ['{"requests": [', 'requests: the body is no valid JSON.'],
  ['{"requests": 5}', 'requests: it must be a list.'],
  [
    JSON.stringify({ requests: Array(10_001).fill('?idsite=1') }),
    'requests: it has more than 10000 entries.',
  ],
])('A bulk request that is none is refused as a whole (%#)', async (body, message) => {
  const answer = await post('/matomo.php', body)
  expect(answer.status).toBe(400)
  expect(await answer.text()).toBe(`${message}\n`)
})

/** A list of 10,000 page views, in a body of 10 MB. */
function longestList(path: string): string {
  const entry = `?idsite=1&rec=1&url=https://example.org/${path}&action_name=${'x'.repeat(900)}`
  const body = JSON.stringify({ token_auth: world.token, requests: Array(10_000).fill(entry) })
  return body.padEnd(10_000_000)
}

const rowsOf = (path: string) =>
  world.service.store.query('SELECT count() AS n FROM hits WHERE url = {url:String}', {
    url: `example.org/${path}`,
  })

test('A list of 10,000 entries and 10 MB is kept, with one write', async () => {
  const append = vi.spyOn(world.service.journal, 'append')
  const answer = await post('/matomo.php', longestList('long'))
  expect(await answer.json()).toEqual({ status: 'success', tracked: 10_000, invalid: 0 })
  expect(append.mock.calls.map(([lines, hits]) => [lines.split('\n').length - 1, hits])).toEqual([
    [10_000, 10_000],
  ])
  append.mockRestore()
  await world.service.journal.drain()
  expect(await rowsOf('long')).toEqual([{ n: 10_000 }])
})

test('Of a list that the journal cannot keep nothing is kept', async () => {
  const append = vi
    .spyOn(world.service.journal, 'append')
    .mockRejectedValueOnce(new JournalError('It is full.'))
  const { kept, unkept } = world.service.collector
  const answer = await post('/matomo.php', longestList('lost'))
  expect(answer.status).toBe(503)
  expect(append).toHaveBeenCalledTimes(1)
  append.mockRestore()
  expect(world.service.collector).toMatchObject({ kept, unkept: unkept + 1 })
  await world.service.journal.drain()
  expect(await rowsOf('lost')).toEqual([{ n: 0 }])
})

test('An empty list is a success', async () => {
  const answer = await post('/matomo.php', '{"requests":[]}')
  expect(await answer.json()).toEqual({ status: 'success', tracked: 0, invalid: 0 })
})

// Last, because nothing is kept after it.
test('A hit that the journal cannot keep is answered 503 with a time to try again, also when it comes again', async () => {
  await world.service.journal.close()
  for (const _time of ['first', 'second']) {
    const answer = await world.track({ ...page, ff_id: 'aZ09xy' })
    expect(answer.status).toBe(503)
    expect(answer.headers.get('retry-after')).toBe('5')
  }
})
