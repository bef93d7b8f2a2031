// Questions over single visits, about some of the visits: always about the whole of each.

import { afterAll, beforeAll, expect, test } from 'vitest'
import { attribution } from '../../../server/reports/attribution.ts'
import { answerFunnel } from '../../../server/reports/funnel.ts'
import { journeys } from '../../../server/reports/journey.ts'
import { parsePeriod } from '../../../server/reports/period.ts'
import { retention } from '../../../server/reports/retention.ts'
import { transitions } from '../../../server/reports/transitions.ts'
import { berlin, openStore, type StoreWorld, storeHits } from '../../world/store.ts'
import { page, visit } from '../../world/visits.ts'

let world: StoreWorld
const now = Date.parse('2026-11-20T12:00:00Z')
const home = page('example.org/', 'Home')
const shop = page('example.org/shop', 'Shop')
const order = { kind: 'order' as const, amounts: { revenue: 8 }, conversions: [{ goal: 0, revenue: 8 }] }

beforeAll(async () => {
  world = await openStore()
  const search = { referrer_type: 'search', referrer_name: 'Google' } as const
  await storeHits(world.store, [
    ...visit({ at: '2026-11-09T10:00:00+01:00', visitor: '1', ...search, profilable: 1, does: [home] }),
    // The country becomes known on the second hit: the visit is one of France, with its first page.
    ...visit({
      at: '2026-11-10T10:00:00+01:00',
      visitor: '1',
      visitNumber: 2,
      profilable: 1,
      does: [home, { ...shop, country: 'FR' }, { ...order, order_id: 'A1', country: 'FR' }],
    }),
    ...visit({ at: '2026-11-10T10:00:00+01:00', visitor: '2', country: 'FR', profilable: 1, does: [shop] }),
    ...visit({
      at: '2026-11-10T10:00:00+01:00',
      visitor: '3',
      does: [home, shop, { ...order, order_id: 'A2' }],
    }),
  ])
})
afterAll(() => world.close())

const question = {
  site: berlin,
  period: parsePeriod('week', '2026-11-09', 'Europe/Berlin', now),
  segment: {
    visits: 'country = {segment_1:String}',
    hits: 'country = {segment_1:String}',
    params: { segment_1: 'FR' },
  },
}

test('Transitions and journeys of the visits of a segment have all their hits', async () => {
  const about = { by: 'url' as const, page: 'example.org/shop', limit: 10 }
  expect(await transitions(world.store, { ...question, ...about })).toMatchObject({
    views: 2,
    before: { entries: 1, pages: { rows: [{ label: 'example.org/', views: 1 }] } },
  })
  const paths = { by: 'url' as const, steps: 2, limit: 10, nodes: 10 }
  expect(await journeys(world.store, { ...question, ...paths, end: { kind: 'entry' } })).toMatchObject({
    visits: 2,
    paths: { rows: [{ steps: [{ label: 'example.org/' }, { label: 'example.org/shop' }] }, { steps: [{}] }] },
  })
  const toOrders = { kind: 'goal', goal: 'orders' } as const
  expect(await journeys(world.store, { ...question, ...paths, end: toOrders })).toMatchObject({ visits: 1 })
})

test('A funnel has the visits of a segment', async () => {
  const pattern = { how: 'contains' as const, text: '/shop', caseSensitive: false }
  const steps = [
    { name: 'Shop', conditions: [{ match: 'url' as const, pattern }] },
    { name: 'Order', goal: 0 },
  ]
  for (const days of [0, 3]) {
    const funnel = { id: 1, name: 'Buying', steps, order: 'loose' as const, days, deleted: false }
    const answer = await answerFunnel(world.store, { ...question, funnel, limit: 5 })
    expect(answer.steps.map(({ visitors }) => visitors)).toEqual([2, 1])
  }
})

test('Retention has who came first in a visit of a segment', async () => {
  expect(await retention(world.store, { ...question, by: 'day', periods: 1 }, now)).toMatchObject({
    visitors: 1,
    leftOut: 0,
  })
})

test('Attribution has the conversions of a segment, credited to any visit of their visitors', async () => {
  const about = { goal: undefined, by: 'channel', days: 30, sort: 'first', limit: 10, offset: 0 } as const
  expect(await attribution(world.store, { ...question, ...about })).toMatchObject({
    totals: { conversions: 1, revenue: 8 },
    rows: [
      { label: 'Search engines', first: { conversions: 1, revenue: 8 } },
      { label: 'Direct entry', last: { conversions: 1, revenue: 8 } },
    ],
  })
})
