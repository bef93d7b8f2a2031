// PHP's own HTTP client (tracker.php), over real HTTP. `npm test` installs PHP where it is missing and it may.

import { spawn, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startFootfall, type World } from '../../world/footfall.ts'

const isThere = spawnSync('php', ['-v']).status === 0
if (!isThere)
  console.log('Left out: the test of PHP clients, there is no PHP (Debian: apt-get install php-cli).')

let world: World
beforeAll(async () => {
  world = await startFootfall({
    siteUrl: 'https://shop.example',
    timezone: 'UTC',
    clock: Date.parse('2026-11-20T10:00:00Z'),
  })
})
afterAll(() => world.close())

test.skipIf(!isThere)('PHP reports pages, events, orders and lists; a token in the body counts', async () => {
  const script = join(import.meta.dirname, 'tracker.php')
  const { stdout, stderr } = spawn('php', [script, `${world.url}/matomo.php`, '1', world.token])
  const [said, errors] = await Promise.all([text(stdout), text(stderr)])
  expect(errors).toBe('')
  const answers = said.trim().split('\n')
  expect(answers.map((line) => JSON.parse(line))).toEqual([
    { status: 204, json: null },
    { status: 200, json: null },
    { status: 200, json: null },
    {
      status: 200,
      json: {
        status: 'success',
        tracked: 2,
        invalid: 1,
        invalid_indices: [2],
        errors: [{ index: 2, message: 'idsite: there is no site 99.' }],
      },
    },
    { status: 400, json: null },
  ])
  const url = 'https://shop.example/über?a[]=1&a[]=2'
  expect(await world.visits()).toMatchObject([
    {
      visitorId: '0123456789abcdef',
      ip: '91.12.0.0',
      location: { country: 'AT', city: 'Wien' },
      language: 'de-at',
      localTime: '11:05',
      resolution: '1920x1080',
      referrer: { type: 'website', name: 'blog.example' },
      actions: [
        { kind: 'pageview', url, title: 'Überblick', pageViewId: 'Aa1Bb2' },
        { kind: 'event', event: { category: 'Cart', action: 'open', value: 2.5 } },
        {
          kind: 'order',
          orderId: 'A-17',
          amounts: { revenue: 25, subtotal: 21, tax: 4, shipping: 0 },
          items: [{ sku: 'H1', name: 'Hat', categories: ['Hats', 'Red'], price: 12.5, quantity: 2 }],
        },
        { kind: 'pageview', title: 'One' },
        { kind: 'pageview', title: 'Two' },
      ],
    },
  ])
})
