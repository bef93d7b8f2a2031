// What remains of goals and orders when a year is final: what was recorded.

import { afterAll, beforeAll, expect, test } from 'vitest'
import { runIn } from '../../../server/commands.ts'
import { startFootfall, type World } from '../../world/footfall.ts'

let world: World
beforeAll(async () => {
  world = await startFootfall({ clock: Date.parse('2025-03-03T08:00:00Z') })
})
afterAll(() => world.close())

async function at(time: string, parameters: Record<string, string | number>): Promise<void> {
  world.setClock(Date.parse(time))
  const answer = await world.track({ _id: '0123456789abcdef', url: 'https://example.org/', ...parameters })
  expect(answer.status).toBe(200)
}

async function add(goal: object): Promise<void> {
  const answer = await fetch(`${world.url}/api/sites/1/goals`, {
    method: 'POST',
    headers: { authorization: `Bearer ${world.token}`, 'content-type': 'application/json' },
    body: JSON.stringify(goal),
  })
  expect(answer.status).toBe(201)
}

const asked = [
  ['goals', { period: 'year', date: '2025-01-01' }],
  ['goals', { period: 'range', date: '2025-03-01,2026-01-20' }],
  ['goal', { period: 'year', date: '2025-01-01', goal: 1, by: 'month' }],
  ['goal', { period: 'range', date: '2025-03-01,2026-01-20', goal: 1, by: 'week' }],
  ['goal', { period: 'range', date: '2025-12-30,2026-01-20', goal: 0, by: 'day' }],
  ['orders', { period: 'range', date: '2025-12-30,2026-01-20', by: 'day' }],
  ['products', { period: 'year', date: '2025-01-01' }],
  ['product-categories', { period: 'year', date: '2025-01-01' }],
] as const

test('Goals and orders of a final year say what they said before', async () => {
  const pattern = { how: 'contains', text: 'thanks' }
  await add({ name: 'Thanks', match: 'url', pattern, multiple: true, revenue: 1.25 })
  await add({ name: 'Reported', match: 'manual' })
  const thanks = { url: 'https://example.org/thanks' }
  await at('2025-03-04T08:00:00Z', thanks)
  await at('2025-03-04T08:01:00Z', { ...thanks, idgoal: 2 })
  await at('2025-07-01T08:00:00Z', thanks)
  await at('2025-07-01T08:01:00Z', thanks)
  const items = JSON.stringify([
    ['S1', 'Shoe', ['Shoes', 'Red'], 10, 2],
    ['S2', 'Hat'],
  ])
  await at('2025-12-31T12:00:00Z', { idgoal: 0, ec_id: 'A', revenue: 20, ec_items: items })
  await at('2026-01-10T12:00:00Z', { idgoal: 0, ec_id: 'B', revenue: 30 })
  await at('2026-01-10T12:01:00Z', thanks)
  const before = await Promise.all(asked.map(([name, query]) => world.report(name, query)))
  expect(before[0]?.rows).toMatchObject([
    { goal: 1, conversions: 3, converted_visits: 2, revenue: 3.75 },
    { goal: 2, conversions: 1, converted_visits: 1 },
    { goal: 0, conversions: 1, revenue: 20 },
  ])
  expect(before[0]?.totals).toMatchObject({ conversions: 5, converted_visits: 3, revenue: 23.75 })

  const output = { line: () => {}, progress: () => {} }
  expect(await runIn(world.service, 'finalize', ['--year', '2025'], output)).toBe(0)
  expect(await world.service.store.query('SELECT count() AS hits FROM hits')).toEqual([{ hits: 2 }])
  for (const [index, [name, query]] of asked.entries()) {
    const { source, approximate, ...after } = await world.report(name, query)
    expect(after, `${name} ${JSON.stringify(query)}`).toEqual(
      expect.objectContaining({ rows: before[index]?.rows, totals: before[index]?.totals }),
    )
    expect(source).not.toBe('raw')
  }
})
