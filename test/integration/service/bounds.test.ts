import { once } from 'node:events'
import { connect } from 'node:net'
import { getHeapStatistics } from 'node:v8'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createApp } from '../../../server/app.ts'
import { bytesOfBodies } from '../../../server/collect/body.ts'
import { type Limits, limits } from '../../../server/limits.ts'
import { startFootfall, type World } from '../../world/footfall.ts'

let world: World
/** The same service, with less patience. */
let hasty: Face

type Face = { app: FastifyInstance; url: string; port: number }

/** A further HTTP face of the service, with limits of its own. */
async function face(own: Partial<Limits>, prepare = (_app: FastifyInstance) => {}): Promise<Face> {
  const app = await createApp(world.service, { setupKey: 'k', commandKey: 'c' }, false, { ...limits, ...own })
  prepare(app)
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  return { app, url, port: Number(new URL(url).port) }
}

beforeAll(async () => {
  world = await startFootfall({ env: { TRACKING_RATE_LIMIT: '0' } })
  hasty = await face({ headersTimeout: 300, requestTimeout: 600, checkEvery: 50 })
})
afterAll(async () => {
  await hasty.app.close()
  await world.close()
})

/** Sends text over a connection of its own; resolves with all that comes until the service closes it. */
async function raw(text: string, { port } = hasty): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  let received = ''
  socket.on('data', (chunk) => {
    received += chunk
  })
  socket.on('error', () => {})
  socket.write(text)
  await once(socket, 'close')
  return received
}

const read = (answer: string) => {
  const [head = '', body = ''] = answer.split('\r\n\r\n')
  return { status: status(head), code: (JSON.parse(body) as { error: { code: string } }).error.code }
}
const status = (answer: string) => answer.split('\r\n')[0]
const post = (body: RequestInit['body'], url = world.url) =>
  fetch(`${url}/matomo.php`, { method: 'POST', body, duplex: 'half' } as RequestInit)

test('Who never ends the headers is cut off', async () => {
  const answer = await raw('GET /f?idsite=1 HTTP/1.1\r\nHost: x\r\nX-Slow: ')
  expect(read(answer)).toEqual({ status: 'HTTP/1.1 408 Request Timeout', code: 'too_slow' })
})

test('Who connects and says nothing is cut off', async () => {
  expect(status(await raw(''))).toBe('HTTP/1.1 408 Request Timeout')
})

test('Who asks and never reads the answer is cut off', async () => {
  // More than the system takes over from the process.
  const long = Buffer.alloc(50_000_000)
  const deaf = await face({ silence: 300 }, (app) => app.get('/long', (_request, reply) => reply.send(long)))
  const socket = connect(deaf.port, '127.0.0.1').on('error', () => {})
  socket.write('GET /long HTTP/1.1\r\nHost: x\r\n\r\n')
  const open = () =>
    new Promise((resolve) => deaf.app.server.getConnections((_error, count) => resolve(count)))
  await expect.poll(open).toBe(1)
  await expect.poll(open).toBe(0)
  socket.destroy()
  await deaf.app.close()
})

test('Who never ends the body is cut off, and nothing of it is kept', async () => {
  const before = world.service.collector.kept
  const answer = await raw('POST /f HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nidsite=1&rec=1&url=x')
  expect(status(answer)).toBe('HTTP/1.1 408 Request Timeout')
  expect(world.service.collector.kept).toBe(before)
})

test('More than 16 kB of address and headers is refused', async () => {
  const answer = await raw(`GET /f?idsite=1&x=${'x'.repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`)
  expect(read(answer)).toEqual({
    status: 'HTTP/1.1 431 Request Header Fields Too Large',
    code: 'headers_too_large',
  })
})

test('What is no HTTP is told so, and cut off', async () => {
  expect(read(await raw('\x16\x03\x01 hello\r\n\r\n'))).toEqual({
    status: 'HTTP/1.1 400 Bad Request',
    code: 'not_http',
  })
})

test('Of the headers the first 100 are read', async () => {
  const { dropped } = world.service.collector
  const before = dropped.do_not_track
  const filling = (count: number) => Array.from({ length: count }, (_, n) => `X-${n}: x\r\n`).join('')
  const hit = 'GET /f?idsite=1&rec=1&url=https://example.org/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n'
  await raw(`${hit}${filling(97)}DNT: 1\r\n\r\n`)
  expect(dropped.do_not_track).toBe(before + 1)
  await raw(`${hit}${filling(98)}DNT: 1\r\n\r\n`)
  expect(dropped.do_not_track).toBe(before + 1)
})

test('Connections beyond the limit are closed, and taken again when there is room', async () => {
  const small = await face({ connections: 20 })
  const ask = () => raw('GET /api/health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', small)
  const open = Array.from({ length: 20 }, () => connect(small.port, '127.0.0.1'))
  await Promise.all(open.map((socket) => once(socket, 'connect')))
  await expect.poll(ask).toBe('')
  for (const socket of open) socket.destroy()
  await expect.poll(ask).toContain('HTTP/1.1 200 OK')
  await small.app.close()
})

test('A request of more than 100,000 characters that is no bulk request is 413', async () => {
  const answer = await post(`idsite=1&rec=1&url=${'x'.repeat(100_000)}`)
  expect(answer.status).toBe(413)
  expect(await answer.text()).toBe('The request is too long.\n')
})

test('A body of more than 10 MB is 413, whether it says so or not', async () => {
  const big = 'x'.repeat(10_000_001)
  expect((await post(big)).status).toBe(413)
  const answer = await raw(`POST /f HTTP/1.1\r\nHost: x\r\nContent-Length: 10000001\r\n\r\nidsite=1`)
  expect(status(answer)).toBe('HTTP/1.1 413 Payload Too Large')
  const chunked = (async function* () {
    for (let sent = 0; sent <= 10; sent++) yield Buffer.alloc(1_000_000, 'x')
  })()
  // The service answers before all is sent, and closes: the sender may see either.
  const outcome = await post(chunked as unknown as RequestInit['body']).then(
    ({ status }) => status,
    () => 'cut off',
  )
  expect([413, 'cut off']).toContain(outcome)
})

test('A bulk request of more than 10,000 entries is 400', async () => {
  const answer = await post(JSON.stringify({ requests: Array(10_001).fill('?idsite=1') }))
  expect(answer.status).toBe(400)
  expect(await answer.text()).toMatch(/it has more than 10000 entries/)
})

test('An entry of more than 100,000 characters is refused, and the others are kept', async () => {
  const hit = '?idsite=1&rec=1&url=https://example.org/'
  const answer = await post(JSON.stringify({ requests: [`${hit}&x=${'x'.repeat(100_000)}`, hit] }))
  expect(await answer.json()).toMatchObject({
    status: 'success',
    tracked: 1,
    invalid: 1,
    errors: [{ index: 0, message: 'requests: an entry has at most 100000 characters.' }],
  })
})

test('A process with too much to do refuses hits, and says so in health and metrics', async () => {
  const { collector } = world.service
  const full = await face({ heapShare: 0, lookEvery: 20 })
  const before = collector.unkept
  const hit = () =>
    fetch(`${full.url}/f?idsite=1&rec=1&url=https://example.org/`, {
      headers: { origin: 'https://example.org' },
    })
  await expect.poll(async () => (await hit()).status).toBe(503)
  const kept = collector.kept
  const answer = await hit()
  expect(answer.headers.get('retry-after')).toBe('5')
  expect(answer.headers.get('access-control-allow-origin')).toBe('https://example.org')
  expect([collector.kept, collector.unkept]).toEqual([kept, before + 2])
  const health = await fetch(`${full.url}/api/health`)
  expect(health.status).toBe(503)
  expect(await health.json()).toMatchObject({
    status: 'failing',
    overloaded: 'memory',
    journal: { writable: true },
  })
  expect(await (await fetch(`${full.url}/metrics`)).text()).toContain('\nfootfall_overloaded 1\n')
  await full.app.close()
  expect((await world.track({ url: 'https://example.org/' })).status).toBe(200)
})

test('80 MB of long bodies are taken in at once; the next is asked to come again, short ones go on', async () => {
  const piece = Buffer.alloc(9_900_000, 'x')
  const head = 'POST /f HTTP/1.1\r\nHost: x\r\nContent-Length: 10000000\r\n\r\n'
  const open = Array.from({ length: 8 }, () => {
    const socket = connect(Number(new URL(world.url).port), '127.0.0.1').on('error', () => {})
    socket.write(head)
    socket.write(piece)
    return socket
  })
  await expect.poll(bytesOfBodies).toBe(8 * piece.length)
  const hit = '?idsite=1&rec=1&url=https://example.org/'
  const long = JSON.stringify({ requests: [hit], padding: 'x'.repeat(1_000_000) })
  const answer = await post(long)
  expect(answer.status).toBe(503)
  expect(answer.headers.get('retry-after')).toBe('1')
  expect((await post(hit)).status).toBe(200)
  for (const socket of open) socket.destroy()
  await expect.poll(bytesOfBodies).toBe(0)
  expect((await post(long)).status).toBe(200)
})

test.each([
  ['/f', 'text/plain'],
  ['/api/session', 'application/json'],
  ['/opt-out', 'application/x-www-form-urlencoded'],
])('Bodies of many tiny pieces take little more than their bytes: %s', async (path, type) => {
  const senders = 10
  const before = getHeapStatistics().used_heap_size
  const open = Array.from({ length: senders }, () => {
    const socket = connect(Number(new URL(world.url).port), '127.0.0.1').on('error', () => {})
    socket.write(
      `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: ${type}\r\nTransfer-Encoding: chunked\r\n\r\n`,
    )
    socket.write('1\r\nx\r\n'.repeat(99_000))
    return socket
  })
  await expect.poll(bytesOfBodies).toBe(senders * 99_000)
  // Kept piece by piece they would be 200 MB.
  expect(getHeapStatistics().used_heap_size - before).toBeLessThan(100_000_000)
  for (const socket of open) socket.destroy()
  await expect.poll(bytesOfBodies).toBe(0)
})

test('What nobody asked for is not read', async () => {
  const head = 'POST /nothing HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nConnection: close\r\n'
  expect(read(await raw(`${head}Content-Length: 4\r\n\r\n{bad`)).code).toBe('not_found')
})

test('Of many who sign in at once some are asked to come again', async () => {
  const attempts = await Promise.all(
    Array.from({ length: 20 }, (_, n) =>
      fetch(`${world.url}/api/session`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-forwarded-for': `203.0.113.${n}` },
        body: JSON.stringify({ ...world.owner, password: 'a wrong password' }),
      }),
    ),
  )
  const statuses = attempts.map(({ status }) => status)
  expect(new Set(statuses)).toEqual(new Set([401, 429]))
  expect(statuses.filter((status) => status === 401).length).toBeGreaterThanOrEqual(4)
})

test('Attempts to sign in from one IPv6 network are counted together', async () => {
  const attempt = (n: number) =>
    fetch(`${world.url}/api/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-forwarded-for': `2001:db8:1:2::${n}` },
      body: JSON.stringify({ ...world.owner, password: 'a wrong password' }),
    })
  for (let n = 1; n <= 10; n++) expect((await attempt(n)).status).toBe(401)
  expect((await attempt(11)).status).toBe(429)
})

test('A body of the API of more than 100,000 bytes is 413', async () => {
  const answer = await fetch(`${world.url}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-forwarded-for': '203.0.113.200' },
    body: JSON.stringify({ email: 'x'.repeat(100_001), password: 'x' }),
  })
  expect(answer.status).toBe(413)
  expect(await answer.json()).toMatchObject({ error: { code: 'body_too_large' } })
})
