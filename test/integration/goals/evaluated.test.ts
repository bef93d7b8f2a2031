// A goal that is looked for in hits of the past counts what it would have counted had it been there.

import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Aim, type Counting, textMatches } from '../../../server/admin/goal.ts'
import type { GoalAnswer } from '../../../server/reports/goal.ts'
import { startFootfall, type World } from '../../world/footfall.ts'

const morning = Date.parse('2026-11-20T08:00:00Z')

let world: World
beforeAll(async () => {
  world = await startFootfall({ clock: morning, env: { TRACKING_RATE_LIMIT: '0' } })
})
afterAll(() => world.close())

const pieces = ['thanks', 'THANKS', 'ä', '%C3%A4', '%zz', '%E4', 'ß', 'ſ', '1', 'x+']
/** Of titles, paths and parts of events: few, so that patterns find some of them. */
const texts = [
  ...[
    'thanks.',
    'THANKS.',
    'thanks/1.',
    'ä.',
    'Ä.',
    '%C3%A4.',
    '%c3%84.',
    'a%2Fb.',
    '%zz.',
    '%E4.',
    'ß.',
    'SS.',
  ],
  ...['ſ.', 'K.', 'K.', 'x+?q=1.', 'İ.', '100%.'],
]
const text = fc.constantFrom(...texts)
const expression = fc.constantFrom(
  '^https://',
  'th.nks',
  '(?:x\\+|1)',
  '[ä-ö]',
  '\\bK',
  '.\\.$',
  's{2}|ß',
  '%C3%A4|y',
  '\\pL1',
)

const caseSensitive = fc.boolean()
const pattern = fc.oneof(
  fc.record({ how: fc.constant('contains' as const), text: fc.constantFrom(...pieces), caseSensitive }),
  fc.record({
    how: fc.constant('exact' as const),
    text: fc.oneof(
      text,
      text.map((path) => `https://shop.example/${path}`),
    ),
    caseSensitive,
  }),
  fc.record({ how: fc.constant('regex' as const), text: expression, caseSensitive }),
)
const aim: fc.Arbitrary<Exclude<Aim, { match: 'manual' }>> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      match: fc.oneof(
        { weight: 4, arbitrary: fc.constant('url' as const) },
        { weight: 3, arbitrary: fc.constantFrom(...textMatches) },
      ),
      pattern,
    }),
  },
  { weight: 1, arbitrary: fc.record({ match: fc.constant('duration' as const), minutes: fc.nat(20) }) },
)
const money = fc.integer({ min: 0, max: 100_000 }).map((number) => number / 1000)
const counting: fc.Arbitrary<Counting> = fc.record({
  multiple: fc.boolean(),
  revenue: money,
  useEventValue: fc.boolean(),
})
const goal = fc.tuple(aim, counting).map(([aim, counting]) => ({ name: 'Goal', ...aim, ...counting }))

const url = fc.tuple(fc.constantFrom('http://', 'https://', 'https://www.'), text).map(([start, path]) => {
  return { url: `${start}shop.example/${path}` }
})
const target = (name: string) => text.map((path) => ({ [name]: `https://partner.example/${path}` }))
const action = fc.oneof(
  { weight: 5, arbitrary: fc.tuple(url, text).map(([page, action_name]) => ({ ...page, action_name })) },
  target('download'),
  target('link'),
  fc.tuple(text, text, text, fc.option(money)).map(([e_c, e_a, e_n, e_v]) => {
    return { e_c, e_a, e_n, ...(e_v !== null && { e_v }) }
  }),
  fc.constantFrom<Record<string, number | string>>(
    { ping: 1 },
    { idgoal: 0 },
    { search: 'thanks', action_name: 'thanks.' },
  ),
)
const hits = fc.array(
  fc.record({
    visitor: fc.constantFrom('1111111111111111', '2222222222222222'),
    minutes: fc.nat(20),
    action,
    revenue: fc.option(money, { freq: 4 }),
  }),
  { minLength: 20, maxLength: 40 },
)

test('Whatever goals and hits there are', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(goal, { minLength: 4, maxLength: 8 }), hits, async (goals, hits) => {
      world.setClock(morning)
      const site = await world.service.sites.create({
        name: 'Shop',
        url: 'shop.example',
        timezone: 'Europe/Berlin',
      })
      for (const goal of goals) await ask(`/api/sites/${site.id}/goals`, goal)
      let time = morning / 1000 + 60
      const requests = hits.map(({ visitor, minutes, action, revenue }) => {
        time += minutes * 60
        const worth = revenue === null ? {} : { revenue }
        return {
          idsite: site.id,
          rec: 1,
          _id: visitor,
          cdt: time,
          url: 'https://shop.example/',
          ...action,
          ...worth,
        }
      })
      world.setClock(time * 1000)
      await ask('/matomo.php', { requests, token_auth: world.token })
      const day = { period: 'range', date: '2026-11-20,2026-11-21' }
      const recorded = await world.report('goals', { site: site.id, ...day })
      for (const [index, goal] of goals.entries()) {
        const evaluated = await ask<GoalAnswer>(`/api/sites/${site.id}/goals/preview`, { goal, ...day })
        expect(evaluated.totals, JSON.stringify(goal)).toEqual(figuresOf(recorded.rows[index]))
      }
      reached += Number(recorded.totals.conversions)
    }),
    { numRuns: 15, endOnFailure: true },
  )
  expect(reached).toBeGreaterThan(20)
})

/** Conversions of all runs: a test of goals that nobody reaches would say nothing. */
let reached = 0

function figuresOf({
  conversions,
  converted_visits,
  conversion_rate,
  revenue,
}: Record<string, unknown> = {}) {
  return { conversions, converted_visits, conversion_rate, revenue }
}

async function ask<T>(path: string, body: object): Promise<T> {
  const answer = await fetch(`${world.url}${path}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${world.token}`,
      'content-type': 'application/json',
      'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
    },
    body: JSON.stringify(body),
  })
  expect(answer.ok).toBe(true)
  return (await answer.json()) as T
}
