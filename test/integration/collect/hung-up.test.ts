import { once } from 'node:events'
import { connect } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bytesOfBodies } from '../../../server/collect/body.ts'
import { limits } from '../../../server/limits.ts'
import { startFootfall, type World } from '../../world/footfall.ts'

let world: World
beforeAll(async () => {
  world = await startFootfall({ env: { TRACKING_RATE_LIMIT: '0' } })
})
afterAll(() => world.close())

const longForm = 'a=b&'.repeat(limits.bodyBytes / 4 + 1)
const request = (body: string) =>
  `POST /f HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n${body}`

test('Long requests of clients that hang up before their answer leave their room to others', async () => {
  const port = Number(new URL(world.url).port)
  for (let times = 0; times < 24; times++) {
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => {})
    // The second waits for the answer to the first, and never comes to be answered itself.
    socket.write(request('idsite=1&rec=1&bots=1') + request(longForm) + request(longForm), () => {
      if (times % 2) socket.end()
      else setImmediate(() => socket.resetAndDestroy())
    })
    socket.resume()
    await once(socket, 'close')
  }
  await expect.poll(bytesOfBodies).toBe(0)
})
