import { once } from 'node:events'
import { connect } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createApp } from '../../../server/app.ts'
import { limits } from '../../../server/limits.ts'
import { startFootfall, type World } from '../../world/footfall.ts'

let world: World
/** The same service, with less patience. */
let hasty: FastifyInstance
let port: number

beforeAll(async () => {
  world = await startFootfall({ env: { TRACKING_RATE_LIMIT: '0' } })
  hasty = await createApp(world.service, { setupKey: 'k', commandKey: 'c' }, false, {
    ...limits,
    headersTimeout: 300,
    requestTimeout: 600,
    checkEvery: 50,
    connections: 20,
  })
  port = Number(new URL(await hasty.listen({ host: '127.0.0.1', port: 0 })).port)
})
afterAll(async () => {
  await hasty.close()
  await world.close()
})

/** Sends text over a connection of its own; resolves with all that comes until the service closes it. */
async function raw(text: string): Promise<string> {
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

const status = (answer: string) => answer.split('\r\n')[0]
const post = (body: RequestInit['body'], url = world.url) =>
  fetch(`${url}/matomo.php`, { method: 'POST', body, duplex: 'half' } as RequestInit)

test('Who never ends the headers is cut off', async () => {
  expect(status(await raw('GET /f?idsite=1 HTTP/1.1\r\nHost: x\r\nX-Slow: '))).toBe(
    'HTTP/1.1 408 Request Timeout',
  )
})

test('Who never ends the body is cut off, and nothing of it is kept', async () => {
  const before = world.service.collector.kept
  const answer = await raw('POST /f HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nidsite=1&rec=1&url=x')
  expect(status(answer)).toBe('HTTP/1.1 408 Request Timeout')
  expect(world.service.collector.kept).toBe(before)
})

test('More than 16 kB of address and headers is refused', async () => {
  const answer = await raw(`GET /f?idsite=1&x=${'x'.repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`)
  expect(status(answer)).toBe('HTTP/1.1 431 Request Header Fields Too Large')
})

test('Connections beyond the limit are closed, and taken again when there is room', async () => {
  const open = Array.from({ length: 20 }, () => connect(port, '127.0.0.1'))
  await Promise.all(open.map((socket) => once(socket, 'connect')))
  await expect.poll(() => raw('GET /api/health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')).toBe('')
  for (const socket of open) socket.destroy()
  await expect
    .poll(() => raw('GET /api/health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'))
    .toContain('HTTP/1.1 200 OK')
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

test('Only eight long bodies are taken in at once; the next is asked to come again', async () => {
  const head = 'POST /f HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 200000\r\n\r\n'
  const open = Array.from({ length: 8 }, () => {
    const socket = connect(Number(new URL(world.url).port), '127.0.0.1')
    socket.on('error', () => {})
    socket.write(head + 'x'.repeat(150_000))
    return socket
  })
  const long = JSON.stringify({
    requests: [`?idsite=1&rec=1&url=https://example.org/&x=${'x'.repeat(120_000)}`],
  })
  await expect.poll(async () => (await post(long)).status).toBe(503)
  expect((await post(long)).headers.get('retry-after')).toBe('1')
  // Short ones go on.
  expect((await world.track({ url: 'https://example.org/' })).status).toBe(200)
  for (const socket of open) socket.destroy()
  await expect.poll(async () => (await post(long)).status).toBe(200)
})

test('A body of the API of more than 100,000 bytes is 413', async () => {
  const answer = await fetch(`${world.url}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: 'x'.repeat(100_001), password: 'x' }),
  })
  expect(answer.status).toBe(413)
  expect(await answer.json()).toMatchObject({ error: { code: 'body_too_large' } })
})
