// The npm package matomo-tracker, by which programs in Node report, as it is.

import { createRequire } from 'node:module'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { firefox, startFootfall, type World } from '../../world/footfall.ts'

type Tracker = {
  on(event: 'error', listener: (error: unknown) => void): void
  track(options: string | Record<string, unknown>): void
  trackBulk(events: Record<string, unknown>[], done: (answer: string) => void): void
}
const MatomoTracker = createRequire(import.meta.url)('matomo-tracker') as new (
  site: number,
  url: string,
) => Tracker

let world: World
let tracker: Tracker
const errors: unknown[] = []
beforeAll(async () => {
  world = await startFootfall({ timezone: 'UTC', clock: Date.parse('2026-11-20T10:00:00Z') })
  tracker = new MatomoTracker(1, `${world.url}/matomo.php`)
  tracker.on('error', (error) => errors.push(error))
})
afterAll(() => world.close())

test('matomo-tracker reports a page with its visitor, and lists', async () => {
  const visitor = { ua: firefox, lang: 'de', token_auth: world.token, cip: '91.12.34.56', uid: 'anna' }
  tracker.track({
    url: 'https://example.org/hats?a=1&b=ä',
    action_name: 'Hats & more',
    urlref: 'https://blog.example/',
    cvar: JSON.stringify({ 1: ['Kind', 'Page'] }),
    ...visitor,
  })
  await expect.poll(() => world.service.collector.kept).toBe(1)
  const answer = await new Promise<string>((resolve) => {
    tracker.trackBulk(
      [
        { url: 'https://example.org/boots', e_c: 'Cart', e_a: 'open', e_v: 2, ...visitor },
        { url: 'https://example.org/', link: 'https://other.example/', ...visitor },
      ],
      resolve,
    )
  })
  expect(JSON.parse(answer)).toEqual({ status: 'success', tracked: 2, invalid: 0 })
  expect(await world.visits()).toMatchObject([
    {
      userId: 'anna',
      ip: '91.12.0.0',
      location: { country: 'DE' },
      language: 'de',
      browser: { name: 'Firefox' },
      referrer: { type: 'website', name: 'blog.example' },
      actions: [
        {
          kind: 'pageview',
          url: 'https://example.org/hats?a=1&b=ä',
          title: 'Hats & more',
          variables: { Kind: 'Page' },
        },
        { kind: 'event', event: { category: 'Cart', action: 'open', value: 2 } },
        { kind: 'outlink', target: 'https://other.example/' },
      ],
    },
  ])
  expect(errors).toEqual([])
})

test('matomo-tracker is told when its requests cannot be used', async () => {
  tracker.track({ url: 'https://example.org/', cip: '8.8.8.8' })
  await expect.poll(() => errors).toEqual([400])
})
