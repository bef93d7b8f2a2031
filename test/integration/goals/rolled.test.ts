// What goals counted is read from rollups where they say the same as the hits, and from the hits where they do not.

import { afterAll, beforeAll, expect, test } from 'vitest'
import { rollUp } from '../../../server/archive/rolling.ts'
import { type ReportAnswer, startFootfall, type World } from '../../world/footfall.ts'

let world: World
beforeAll(async () => {
  world = await startFootfall({ clock: Date.parse('2026-03-02T08:00:00Z') })
})
afterAll(() => world.close())

const thanks = { url: 'https://example.org/thanks' }
const home = { url: 'https://example.org/' }

async function at(time: string, ...hits: Record<string, string | number>[]): Promise<void> {
  world.setClock(Date.parse(time))
  for (const hit of hits) {
    const answer = await world.track({ _id: '0123456789abcdef', ...hit })
    expect(answer.status).toBe(200)
  }
}

async function ask(method: string, path: string, body?: object): Promise<number> {
  const { status } = await fetch(`${world.url}/api/sites/1/goals${path}`, {
    method,
    headers: {
      authorization: `Bearer ${world.token}`,
      ...(body && { 'content-type': 'application/json' }),
    },
    ...(body && { body: JSON.stringify(body) }),
  })
  return status
}

const figures = ({ rows, totals }: ReportAnswer) =>
  [...rows, { ...totals, label: 'Total' }].map((row) =>
    ['label', 'conversions', 'converted_visits', 'revenue'].map(
      (name) => (row as Record<string, unknown>)[name],
    ),
  )

const questions = {
  before: ['goals', { period: 'week', date: '2026-03-02' }],
  after: ['goals', { period: 'range', date: '2026-03-18,2026-03-29' }],
  across: ['goals', { period: 'range', date: '2026-03-02,2026-03-29' }],
  reported: ['goal', { period: 'range', date: '2026-03-02,2026-03-29', goal: 1, by: 'week' }],
  thanks: ['goal', { period: 'month', date: '2026-03-02', goal: 2, by: 'day' }],
  orders: ['goal', { period: 'month', date: '2026-03-02', goal: 0, by: 'month' }],
} as const
const told = async (name: keyof typeof questions) => {
  const [report, query] = questions[name]
  const answer = await world.report(report, query)
  return { source: answer.source, figures: figures(answer) }
}
const all = async () => {
  const names = Object.keys(questions) as (keyof typeof questions)[]
  const answers = await Promise.all(names.map(told))
  const each = (what: 'source' | 'figures') =>
    Object.fromEntries(answers.map((answer, index) => [names[index], answer[what]]))
  return { sources: each('source'), figures: each('figures') }
}

const roll = async () => {
  const { store, sites, now } = world.service
  await rollUp({ store, sites: sites.all(), now: now(), settleFor: 0 })
}

test('Goals count the same from rollups, before and after they were defined', async () => {
  expect(await ask('POST', '', { name: 'Reported', match: 'manual' })).toBe(201)
  // Reached twice a visit, when nobody had asked for it.
  await at('2026-03-03T08:00:00Z', home, thanks, thanks, { ...home, idgoal: 1 })
  await at('2026-03-10T08:00:00Z', thanks, { ...home, idgoal: 0, ec_id: 'A', revenue: 20 })
  const pattern = { how: 'contains', text: 'thanks' }
  world.setClock(Date.parse('2026-03-16T12:00:00Z'))
  expect(await ask('POST', '', { name: 'Thanks', match: 'url', pattern, multiple: true, revenue: 1.5 })).toBe(
    201,
  )
  await at('2026-03-17T08:00:00Z', thanks)
  await at('2026-03-20T08:00:00Z', thanks, home, thanks, { ...home, idgoal: 1 })
  await at('2026-03-24T08:00:00Z', thanks, { ...home, idgoal: 0, ec_id: 'B', revenue: 30 })
  await at('2026-03-26T08:00:00Z', home, { ...home, idgoal: 1 })
  world.setClock(Date.parse('2026-03-30T08:00:00Z'))

  const raw = await all()
  expect(raw.figures.after).toEqual([
    ['Reported', 2, 2, 0],
    ['Thanks', 3, 2, 4.5],
    ['Orders', 1, 1, 30],
    ['Total', 6, 3, 34.5],
  ])
  expect(raw.figures.across).toEqual([
    ['Reported', 3, 3, 0],
    ['Thanks', 7, 5, 10.5],
    ['Orders', 2, 2, 50],
    ['Total', 12, 6, 60.5],
  ])
  await roll()
  const rolled = await all()
  expect(rolled.figures).toEqual(raw.figures)
  expect(rolled.sources).toEqual({
    before: 'raw',
    after: 'rollup',
    across: 'mixed',
    reported: 'mixed',
    thanks: 'mixed',
    orders: 'rollup',
  })
})

test('A goal that was changed counts by what it is now, from the hits of before', async () => {
  world.setClock(Date.parse('2026-03-30T09:00:00Z'))
  expect(await ask('PATCH', '/2', { name: 'Thank you' })).toBe(200)
  expect((await told('after')).source).toBe('rollup')
  expect(await ask('PATCH', '/2', { multiple: false })).toBe(200)
  expect(await told('after')).toEqual({
    source: 'raw',
    figures: [
      ['Reported', 2, 2, 0],
      ['Thank you', 2, 2, 3],
      ['Orders', 1, 1, 30],
      ['Total', 5, 3, 33],
    ],
  })
})

test('What was reached of a goal that is gone is in no total', async () => {
  expect(await ask('DELETE', '/2')).toBe(204)
  expect(await told('after')).toEqual({
    source: 'mixed',
    figures: [
      ['Reported', 2, 2, 0],
      ['Orders', 1, 1, 30],
      ['Total', 3, 3, 30],
    ],
  })
})
