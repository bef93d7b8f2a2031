// Goals beside those of another period.

import { afterAll, beforeAll, expect, test } from 'vitest'
import { addGoal } from '../../../server/admin/goal.ts'
import { startFootfall, type World } from '../../world/footfall.ts'
import { storeHits } from '../../world/store.ts'
import { page, visit } from '../../world/visits.ts'

const now = Date.parse('2026-11-22T12:00:00Z')

let world: World
beforeAll(async () => {
  world = await startFootfall({ clock: now })
  const { sites, store } = world.service
  const site = sites.get(1)
  if (!site) throw new Error('no site')
  const pattern = { how: 'contains' as const, text: 'thanks', caseSensitive: false }
  await sites.define(site, ({ goals }) => ({
    goals: addGoal(goals, { name: 'Thanks', match: 'url', pattern, revenue: 2 }, now),
  }))
  const thanks = (at: string) => visit({ at, does: [page('example.org/thanks', 'Thanks')] })
  const other = (at: string) => visit({ at, does: [page('example.org/', 'Home')] })
  await storeHits(
    store,
    [
      thanks('2026-11-22T09:00:00+01:00'),
      thanks('2026-11-22T10:00:00+01:00'),
      thanks('2026-11-21T09:00:00+01:00'),
      other('2026-11-21T12:00:00+01:00'),
      thanks('2026-11-21T13:00:00+01:00'),
      visit({
        at: '2026-11-21T11:00:00+01:00',
        does: [
          {
            kind: 'order',
            order_id: 'A',
            amounts: { revenue: 20 },
            conversions: [{ goal: 0, revenue: 20 }],
          },
        ],
      }),
    ].flat(),
  )
})
afterAll(() => world.close())

test('Each goal stands beside itself, until the same time of the day', async () => {
  const answer = await world.report('goals', { compare: 'previous' })
  expect(answer.rows).toEqual([
    {
      label: 'Thanks',
      goal: 1,
      conversions: 2,
      converted_visits: 2,
      conversion_rate: 1,
      revenue: 4,
      compared: [
        {
          figures: { conversions: 1, converted_visits: 1, conversion_rate: 0.3333, revenue: 2 },
          change: {
            conversions: { absolute: 1, relative: 1 },
            converted_visits: { absolute: 1, relative: 1 },
            conversion_rate: { absolute: 0.6667, relative: 2.0003 },
            revenue: { absolute: 2, relative: 1 },
          },
        },
      ],
    },
  ])
  expect(answer.compared).toMatchObject([
    {
      with: 'previous',
      from: '2026-11-21',
      until: '2026-11-21T13:00:00+01:00',
      totals: { conversions: 2, revenue: 22 },
    },
  ])
})

test('A goal that was reached in one of the periods only is compared with nothing', async () => {
  const { rows } = await world.report('goals', { compare: 'day:2026-11-21', date: '2026-11-20' })
  const before = await world.report('goals', { compare: 'day:2026-11-20', date: '2026-11-21' })
  type Row = { label: string; conversions: number; compared: { figures: { conversions: number } }[] }
  const told = (all: object[]) =>
    (all as Row[]).map(({ label, conversions, compared }) => [
      label,
      conversions,
      compared[0]?.figures.conversions,
    ])
  expect(told(rows)).toEqual([['Thanks', 0, 2]])
  expect(told(before.rows)).toEqual([
    ['Thanks', 2, 0],
    ['Orders', 1, 0],
  ])
})

test('A goal over time is compared day by day', async () => {
  const { rows } = await world.report('goal', {
    goal: 1,
    period: 'week',
    date: 'today',
    by: 'day',
    compare: 'week:2026-11-16',
  })
  type Row = { conversions: number; compared: { figures: { conversions: number } }[] }
  expect((rows as Row[]).map((row) => [row.conversions, row.compared[0]?.figures.conversions])).toEqual([
    [0, 0],
    [0, 0],
    [0, 0],
    [0, 0],
    [0, 0],
    [2, 2],
    [2, 2],
  ])
})
