// What conversions are owed to, by each model.

import { afterAll, beforeAll, expect, test } from 'vitest'
import type {
  Attribution,
  AttributionModel,
  ComparedAttribution,
} from '../../../server/reports/attribution.ts'
import { startFootfall, type World } from '../../world/footfall.ts'
import { storeHits } from '../../world/store.ts'
import { event, page, visit } from '../../world/visits.ts'

let world: World

const home = page('example.org/', 'Home')
const order = (order_id: string, revenue: number) => ({
  kind: 'order' as const,
  order_id,
  amounts: { revenue },
  conversions: [{ goal: 0, revenue }],
})
const google = { referrer_type: 'search', referrer_name: 'Google' } as const
const spring = { referrer_type: 'campaign', referrer_name: 'spring' } as const
const blog = { referrer_type: 'website', referrer_name: 'blog.example' } as const

beforeAll(async () => {
  world = await startFootfall({ clock: Date.parse('2026-11-20T11:00:00Z') })
  const answer = await fetch(`${world.url}/api/sites/1/goals`, {
    method: 'POST',
    headers: { authorization: `Bearer ${world.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      name: 'Play',
      match: 'event_action',
      pattern: { how: 'exact', text: 'play' },
      multiple: true,
      revenue: 0.5,
    }),
  })
  expect(answer.status).toBe(201)
  const visitor = (visitor: string, at: string, does: object[], referrer: object = {}) =>
    visit({ visitor, at, does: does.map((what) => ({ ...what })), ...referrer })
  await storeHits(world.service.store, [
    // Google, spring, directly: an order of 10, in thirds.
    ...visitor('1', '2026-10-20T10:00:00+02:00', [home], google),
    ...visitor('1', '2026-11-01T10:00:00+01:00', [home], spring),
    ...visitor('1', '2026-11-10T10:00:00+01:00', [home, order('A1', 10)]),
    // A visit after it, which plays twice.
    ...visitor('1', '2026-11-12T10:00:00+01:00', [event('Video', 'play'), event('Video', 'play')], blog),
    // Never brought by anything.
    ...visitor('2', '2026-11-09T10:00:00+01:00', [home]),
    ...visitor('2', '2026-11-10T11:00:00+01:00', [home, order('A2', 0.01)]),
    // Google is 30 days before to the second, spring a second more.
    ...visitor('3', '2026-10-11T09:59:59+02:00', [home], spring),
    ...visitor('3', '2026-10-11T10:00:00+02:00', [home], google),
    ...visitor('3', '2026-11-10T09:00:00+01:00', [home, order('A3', 5)]),
    // An order in October is none of November; the first of a number counts.
    ...visitor('4', '2026-10-31T10:00:00+01:00', [home, order('A4', 100)], spring),
    ...visitor('4', '2026-11-02T10:00:00+01:00', [home, order('A4', 100)], google),
    // Someone else of another site under the same number.
    ...visit({ site: 2, visitor: '1', at: '2026-11-10T10:00:00+01:00', does: [home, order('A1', 7)] }),
  ])
})
afterAll(() => world.close())

const november = { period: 'month', date: '2026-11-01' }

async function ask(query: Record<string, string | number>): Promise<Attribution> {
  return (await world.report('attribution', { ...november, ...query })) as unknown as Attribution
}

/** The credit of each row by one model, of those that have any. */
function credits({ rows }: Attribution, model: AttributionModel) {
  return Object.fromEntries(
    rows
      .filter((row) => row[model].conversions !== 0)
      .map((row) => [row.label, [row[model].conversions, row[model].revenue]]),
  )
}

/** What all rows have by each model, in millionths: as whole numbers they add up without rounding. */
function sums({ rows }: Attribution) {
  const models = ['first', 'last', 'last_non_direct', 'linear'] as const
  return models.map((model) => {
    const sum = (what: 'conversions' | 'revenue') =>
      rows.reduce((total, row) => total + Math.round(row[model][what] * 1e6), 0)
    return [sum('conversions'), sum('revenue')]
  })
}

test('Each model gives the orders to other channels', async () => {
  const answer = await ask({ goal: 0 })
  expect(answer.totals).toEqual({ conversions: 3, revenue: 15.01 })
  expect(credits(answer, 'first')).toEqual({ 'Search engines': [2, 15], 'Direct entry': [1, 0.01] })
  expect(credits(answer, 'last')).toEqual({ 'Direct entry': [3, 15.01] })
  expect(credits(answer, 'last_non_direct')).toEqual({
    Campaigns: [1, 10],
    'Search engines': [1, 5],
    'Direct entry': [1, 0.01],
  })
  expect(credits(answer, 'linear')).toEqual({
    'Search engines': [0.833333, 5.833333],
    Campaigns: [0.333333, 3.333333],
    'Direct entry': [1.833334, 5.843334],
  })
  expect(answer.rows.map(({ type }) => type)).toEqual(['campaign', 'search', 'direct'])
})

test('Every model adds up to the conversions and their revenue exactly', async () => {
  for (const goal of [0, 1, undefined]) {
    for (const by of ['channel', 'source', 'campaign']) {
      const answer = await ask({ by, ...(goal !== undefined && { goal }) })
      const { conversions, revenue } = answer.totals
      const all = [conversions * 1e6, Math.round(revenue * 1e6)]
      expect(sums(answer)).toEqual([all, all, all, all])
    }
  }
  expect((await ask({})).totals).toEqual({ conversions: 5, revenue: 16.01 })
})

test('A goal that counts each time is credited each time, by its own visit and those before', async () => {
  const answer = await ask({ goal: 1, by: 'source' })
  expect(answer).toMatchObject({
    by: 'source',
    days: 30,
    rowCount: 4,
    knownFrom: null,
    sort: 'last_non_direct',
  })
  expect(credits(answer, 'first')).toEqual({ Google: [2, 1] })
  expect(credits(answer, 'last')).toEqual({ 'blog.example': [2, 1] })
  expect(credits(answer, 'linear')).toEqual({
    Google: [0.5, 0.25],
    spring: [0.5, 0.25],
    'Direct entry': [0.5, 0.25],
    'blog.example': [0.5, 0.25],
  })
})

test('What no campaign brought has a row of its own among campaigns', async () => {
  const answer = await ask({ goal: 0, by: 'campaign' })
  expect(credits(answer, 'last_non_direct')).toEqual({ spring: [1, 10], 'No campaign': [2, 5.01] })
})

test('With fewer days, earlier visits are left out', async () => {
  expect(credits(await ask({ goal: 0, days: 29 }), 'first')).toEqual({
    'Search engines': [1, 10],
    'Direct entry': [2, 5.01],
  })
  expect(credits(await ask({ goal: 0, days: 1 }), 'first')).toEqual({ 'Direct entry': [3, 15.01] })
})

test('Rows are paged, totals are those of all rows', async () => {
  const first = await ask({ goal: 0, sort: 'linear', limit: 1 })
  const beyond = await ask({ goal: 0, sort: 'linear', limit: 1, offset: 9 })
  expect(first.rows.map(({ label }) => label)).toEqual(['Direct entry'])
  expect(beyond.rows).toEqual([])
  for (const answer of [first, beyond]) {
    expect(answer).toMatchObject({ rowCount: 3, totals: { conversions: 3, revenue: 15.01 } })
  }
})

test('Without conversions there is nothing to be credited', async () => {
  expect(await ask({ date: '2026-09-01' })).toMatchObject({
    rows: [],
    rowCount: 0,
    totals: { conversions: 0, revenue: 0 },
  })
})

test.each([
  ['days=0', 400, 'days'],
  ['days=366', 400, 'days'],
  ['by=country', 400, 'by'],
  ['sort=u_shaped', 400, 'sort'],
  ['goal=7', 404, 'There is no goal 7'],
])('%s is refused, and the error says why', async (query, status, word) => {
  const answer = await fetch(`${world.url}/api/reports/attribution?site=1&${query}`, {
    headers: { authorization: `Bearer ${world.token}` },
  })
  expect(answer.status).toBe(status)
  expect(JSON.stringify(await answer.json())).toContain(word)
})

test('Channels stand beside those of another period; of a running one as many days count', async () => {
  const beside = async (query: Record<string, string>) =>
    (await ask({ goal: 0, ...query })) as unknown as ComparedAttribution
  const whole = await beside({
    period: 'range',
    date: '2026-11-01,2026-11-15',
    compare: 'month:2026-10-01',
  })
  expect(
    whole.rows.map(({ label, last_non_direct, compared }) => [
      label,
      last_non_direct.conversions,
      compared[0]?.figures.last_non_direct_conversions,
      compared[0]?.change.last_non_direct_revenue?.absolute,
    ]),
  ).toEqual([
    ['Campaigns', 1, 1, -90],
    ['Search engines', 1, 0, 5],
    ['Direct entry', 1, 0, 0.01],
  ])
  expect(whole.compared).toEqual([
    {
      with: 'month:2026-10-01',
      period: 'month',
      date: '2026-10-01',
      from: '2026-10-01',
      to: '2026-10-31',
      running: false,
      knownFrom: null,
      figures: { conversions: 1, revenue: 100 },
      change: {
        conversions: { absolute: 2, relative: 2 },
        revenue: { absolute: -84.99, relative: -0.8499 },
      },
    },
  ])
  const running = await beside({ compare: 'previous' })
  expect(running.compared).toMatchObject([{ to: '2026-10-20', figures: { conversions: 0 } }])
})
