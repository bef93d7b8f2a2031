// Questions over single visits, once the visits of a year are gone.

import { afterAll, beforeAll, expect, test } from 'vitest'
import { runIn } from '../../../server/commands.ts'
import { startFootfall, type World } from '../../world/footfall.ts'

let world: World
beforeAll(async () => {
  world = await startFootfall({ clock: Date.parse('2025-12-30T08:00:00Z') })
  const shop = { _id: '0123456789abcdef', url: 'https://example.org/shop' }
  await world.track(shop)
  world.setClock(Date.parse('2026-01-10T08:00:00Z'))
  await world.track({ ...shop, urlref: 'https://blog.example/' })
  await world.track({ ...shop, idgoal: 0, ec_id: 'A', revenue: 20 })
  const steps = [
    { name: 'Shop', conditions: [{ match: 'url', pattern: { how: 'contains', text: '/shop' } }] },
    { name: 'Order', goal: 0 },
  ]
  const answer = await fetch(`${world.url}/api/sites/1/funnels`, {
    method: 'POST',
    headers: { authorization: `Bearer ${world.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'Buying', steps }),
  })
  expect(answer.status).toBe(201)
  const output = { line: () => {}, progress: () => {} }
  expect(await runIn(world.service, 'finalize', ['--year', '2025'], output)).toBe(0)
})
afterAll(() => world.close())

test.each(['transitions?page=a', 'journeys?', 'retention?', 'attribution?', 'funnel?funnel=1'])(
  '%s says from when on visits are there, instead of an answer that lacks some',
  async (path) => {
    for (const period of ['period=year&date=2025-01-01', 'period=range&date=2025-12-31,2026-01-31']) {
      const answer = await fetch(`${world.url}/api/reports/${path}&site=1&${period}`, {
        headers: { authorization: `Bearer ${world.token}` },
      })
      expect(answer.status).toBe(410)
      expect(await answer.json()).toEqual({
        error: {
          code: 'raw_data_gone',
          message: expect.stringContaining('Choose a period from 2026-01-01 on'),
        },
      })
    }
  },
)

test('What came after is answered', async () => {
  const january = { period: 'month', date: '2026-01-01' }
  expect(await world.report('transitions', { ...january, page: 'example.org/shop' })).toMatchObject({
    views: 1,
  })
  expect(await world.report('journeys', january)).toMatchObject({ visits: 1 })
  expect(await world.report('funnel', { ...january, funnel: 1 })).toMatchObject({ completed: 1 })
  // Whose first visit is gone is in no cohort.
  expect(await world.report('retention', january)).toMatchObject({ visitors: 0 })
})

test('Attribution says where the days before a conversion reach into what is gone', async () => {
  const order = { first: { conversions: 1, revenue: 20 } }
  const january = { period: 'month', date: '2026-01-01' }
  expect(await world.report('attribution', january)).toMatchObject({
    rows: [{ label: 'Websites', ...order }],
    knownFrom: '2026-01-01',
  })
  const later = { period: 'range', date: '2026-01-09,2026-01-10', days: 7 }
  expect(await world.report('attribution', later)).toMatchObject({ rows: [order], knownFrom: null })
})
