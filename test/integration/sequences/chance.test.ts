// Random visits, counted by ClickHouse and once more by hand.

import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Funnel } from '../../../server/admin/funnel.ts'
import type { Hit } from '../../../server/collect/hit.ts'
import { attribution } from '../../../server/reports/attribution.ts'
import { answerFunnel } from '../../../server/reports/funnel.ts'
import { journeys } from '../../../server/reports/journey.ts'
import { parsePeriod } from '../../../server/reports/period.ts'
import { transitions } from '../../../server/reports/transitions.ts'
import { berlin, openStore, type StoreWorld, storeHits } from '../../world/store.ts'
import { type Doing, download, event, page, search, visit } from '../../world/visits.ts'

let world: StoreWorld
beforeAll(async () => {
  world = await openStore()
})
afterAll(() => world.close())

const october = parsePeriod(
  'range',
  '2026-10-01,2026-10-12',
  'Europe/Berlin',
  Date.parse('2026-11-20T12:00:00Z'),
)

const order: fc.Arbitrary<Doing> = fc.integer({ min: 1, max: 5 }).map((revenue) => ({
  kind: 'order' as const,
  order_id: `${orders++}`,
  amounts: { revenue },
  conversions: [{ goal: 0, revenue }],
}))
let orders = 0

const pageNamed = (name: string) => page(name, `Title ${name}`)
const doing: fc.Arbitrary<Doing> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('A', 'B', 'C', 'D').map(pageNamed) },
  fc.constantFrom(search('hats'), download('https://example.org/x.pdf'), event('Video', 'play')),
  order,
)

/** Anything; or a way through the whole funnel, with something in between now and then. */
const between = fc.array(doing, { maxLength: 1 })
const does = fc.oneof(
  { weight: 4, arbitrary: fc.array(doing, { minLength: 1, maxLength: 4 }) },
  { weight: 1, arbitrary: fc.array(doing, { minLength: 5, maxLength: 9 }) },
  fc
    .tuple(between, between, between, between, order)
    .map(([first, second, third, fourth, last]) => [
      ...[...first, pageNamed('A'), ...second, pageNamed('B')],
      ...[...third, pageNamed('C'), ...fourth, last],
    ]),
)
const pauses = fc.array(fc.constantFrom(1, 30, 600), { minLength: 9, maxLength: 9 })

/** So many that some need several visits for what others do in one. */
const visitors = ['1', '2', '3', '4', '5', '6', '7', '8']

const described = fc.record({
  visitor: fc.constantFrom(...visitors),
  /** From the first of October on; within a day, two visits never begin in the same second. */
  day: fc.integer({ min: 1, max: 20 }),
  referrer_type: fc.constantFrom(
    'direct' as const,
    'direct' as const,
    'search' as const,
    'campaign' as const,
  ),
  does: fc
    .tuple(does, pauses)
    .map(([does, pauses]) => does.map((what, index) => ({ ...what, after: pauses[index] ?? 60 }))),
})
const some = fc.array(described, { minLength: 5, maxLength: 25 })
type Described = typeof described extends fc.Arbitrary<infer T> ? T : never

let sites = 100

/** A site with these visits, each as its hits; in the order of their beginnings. */
async function stored(visits: Described[]): Promise<{ site: typeof berlin; visits: Hit[][] }> {
  const site = { ...berlin, id: ++sites }
  const hits = visits.map(({ day, ...facts }, number) => {
    const minute = String(number).padStart(2, '0')
    return visit({
      site: site.id,
      at: `2026-10-${String(day).padStart(2, '0')}T10:${minute}:00+02:00`,
      profilable: 1,
      ...facts,
    })
  })
  await storeHits(world.store, hits.flat())
  const started = (visit: Hit[]) => visit[0]?.visit_time ?? 0
  return { site, visits: hits.sort((a, b) => started(a) - started(b)) }
}

const inPeriod = (visit: Hit[]) => (visit[0]?.day ?? '') <= october.to

const steps: Funnel['steps'] = [
  ...['A', 'B', 'C'].map((name) => ({
    name,
    conditions: [
      {
        match: 'title' as const,
        pattern: { how: 'exact' as const, text: `Title ${name}`, caseSensitive: true },
      },
    ],
  })),
  { name: 'Order', goal: 0 },
]

const takes = (step: number, hit: Hit) =>
  step === 3 ? hit.kind === 'order' : hit.kind === 'pageview' && hit.title === `Title ${'ABC'[step]}`

const isMark = (hit: Hit) => [0, 1, 2, 3].some((step) => takes(step, hit))
const leads = (hit: Hit) => ['pageview', 'search', 'download', 'outlink'].includes(hit.kind)

/** The most steps that can be taken, by trying all ways. */
function farthest(hits: Hit[], { order, days }: Pick<Funnel, 'order' | 'days'>): number {
  if (order === 'any') {
    const missing = [0, 1, 2, 3].findIndex((step) => !hits.some((hit) => takes(step, hit)))
    return missing < 0 ? 4 : missing
  }
  const seen = hits.filter((hit) => leads(hit) || isMark(hit))
  const from = (step: number, index: number, begun: number): number => {
    if (step === 4) return 4
    const last = order === 'strict' && step > 0 ? index : seen.length - 1
    let best = step
    for (let next = index; next <= last; next++) {
      const hit = seen[next]
      if (!hit || !takes(step, hit)) continue
      if (step === 0 && hit.day > october.to) continue
      if (step > 0 && days > 0 && hit.time - begun > days * 86_400) continue
      best = Math.max(best, from(step + 1, next + 1, step === 0 ? hit.time : begun))
    }
    return best
  }
  return from(0, 0, 0)
}

test('Funnels count the visits and visitors that took each step', async () => {
  const reached = [0, 0, 0, 0]
  const kinds: Pick<Funnel, 'order' | 'days'>[] = [
    { order: 'loose', days: 0 },
    { order: 'strict', days: 0 },
    { order: 'any', days: 0 },
    { order: 'loose', days: 2 },
    { order: 'strict', days: 5 },
  ]
  await fc.assert(
    fc.asyncProperty(some, async (described) => {
      const { site, visits } = await stored(described)
      for (const kind of kinds) {
        const funnel = { id: 1, name: 'Funnel', steps, deleted: false, ...kind }
        const answer = await answerFunnel(world.store, { site, period: october, funnel, limit: 100 })
        const until = Date.parse(`${october.to}T23:59:59+02:00`) / 1000 + kind.days * 86_400
        const read = visits.filter((visit) => (visit[0]?.visit_time ?? 0) <= until)
        const sequences =
          kind.days === 0
            ? visits.filter(inPeriod)
            : visitors.map((id) => read.filter((visit) => visit[0]?.visitor_id === id).flat())
        const levels = sequences.map((sequence) => farthest(sequence, kind))
        const counts = [1, 2, 3, 4].map((step) => levels.filter((level) => level >= step).length)
        expect(
          answer.steps.map(({ visits, visitors }) => visits ?? visitors),
          JSON.stringify(kind),
        ).toEqual(counts)
        for (const [index, step] of answer.steps.entries()) {
          expect(step.dropped).toBe(index === 3 ? 0 : (counts[index] ?? 0) - (counts[index + 1] ?? 0))
          expect(step.instead.rows.reduce((sum, { count }) => sum + count, 0)).toBe(step.dropped)
          reached[index] = (reached[index] ?? 0) + (counts[index] ?? 0)
        }
      }
    }),
    { numRuns: 10, endOnFailure: true },
  )
  // Of visits that never come far, a test would say nothing.
  expect(Math.min(...reached)).toBeGreaterThan(10)
})

test('Transitions add up to the views on both sides, for every page', async () => {
  await fc.assert(
    fc.asyncProperty(some, async (described) => {
      const { site, visits } = await stored(described)
      for (const title of ['Title A', 'Title D']) {
        const question = { site, period: october, by: 'title' as const, page: title, limit: 100 }
        const { before, after, referrers, ...answer } = await transitions(world.store, question)
        const expected = { before: new Map<string, number>(), after: new Map<string, number>() }
        const add = (side: 'before' | 'after', thing: string) =>
          expected[side].set(thing, (expected[side].get(thing) ?? 0) + 1)
        const nameOf = (hit: Hit | undefined, none: string) => {
          if (!hit) return none
          if (hit.kind !== 'pageview') return `${hit.kind} ${hit.search_keyword}${hit.target_url}`
          return hit.title === title ? 'reload' : `pageview ${hit.title}`
        }
        for (const visit of visits.filter(inPeriod)) {
          const things = visit.filter(leads)
          for (const [index, hit] of things.entries()) {
            if (hit.kind !== 'pageview' || hit.title !== title) continue
            const earlier = things
              .slice(0, index)
              .filter(({ kind }) => kind === 'pageview' || kind === 'search')
            add('before', nameOf(earlier.at(-1), 'entry'))
            add('after', nameOf(things[index + 1], 'exit'))
          }
        }
        const listed = (kind: string, { rows }: { rows: { label: string; views: number }[] }) =>
          rows.map(({ label, views }) => [`${kind} ${label}`, views] as const)
        const told = (one: readonly (readonly [string, number])[]) =>
          Object.fromEntries(one.filter(([, views]) => views > 0))
        expect(
          told([
            ['entry', before.entries],
            ['reload', before.reloads],
            ...listed('pageview', before.pages),
            ...listed('search', before.searches),
          ]),
        ).toEqual(Object.fromEntries(expected.before))
        expect(
          told([
            ['exit', after.exits],
            ['reload', after.reloads],
            ...listed('pageview', after.pages),
            ...listed('search', after.searches),
            ...listed('download', after.downloads),
            ...listed('outlink', after.outlinks),
          ]),
        ).toEqual(Object.fromEntries(expected.after))
        expect([...expected.after.values()].reduce((sum, views) => sum + views, 0)).toBe(answer.views)
        expect(referrers.reduce((sum, { views }) => sum + views, 0)).toBe(before.entries)
      }
    }),
    { numRuns: 10, endOnFailure: true },
  )
})

test('Each visit has one path, and is once in each level of the flow that it reaches', async () => {
  await fc.assert(
    fc.asyncProperty(
      some,
      fc.integer({ min: 2, max: 6 }),
      fc.integer({ min: 1, max: 4 }),
      async (described, steps, nodes) => {
        const { site, visits } = await stored(described)
        const question = { site, period: october, by: 'title' as const, steps, nodes, limit: 1000 }
        const answer = await journeys(world.store, { ...question, end: { kind: 'entry' } })
        const expected = new Map<string, number>()
        for (const visit of visits.filter(inPeriod)) {
          const names = visit
            .filter(({ kind }) => kind === 'pageview' || kind === 'search')
            .map(({ kind, title, search_keyword }) => (kind === 'search' ? search_keyword : title))
          const path = names.filter((name, index) => name !== names[index - 1]).slice(0, steps)
          if (path.length > 0) expected.set(path.join(' > '), (expected.get(path.join(' > ')) ?? 0) + 1)
        }
        const all = [...expected.values()].reduce((sum, visits) => sum + visits, 0)
        const told = answer.paths.rows.map(({ steps, visits }) => [
          steps.map(({ label }) => label).join(' > '),
          visits,
        ])
        expect(Object.fromEntries(told)).toEqual(Object.fromEntries(expected))
        expect(answer).toMatchObject({ visits: all, paths: { rest: 0, rowCount: expected.size } })
        let gone = 0
        for (let level = 1; level <= steps; level++) {
          const here = answer.flow.nodes.filter((node) => node.level === level)
          expect(here.reduce((sum, { visits }) => sum + visits, 0) + gone).toBe(all)
          expect(
            here.filter(({ kind }) => kind === 'pageview' || kind === 'search').length,
          ).toBeLessThanOrEqual(nodes)
          gone += here.find(({ kind }) => kind === 'exit')?.visits ?? 0
        }
      },
    ),
    { numRuns: 10, endOnFailure: true },
  )
})

test('Every model of attribution gives away each order once, to visits that were there', async () => {
  let counted = 0
  await fc.assert(
    fc.asyncProperty(some, fc.integer({ min: 1, max: 12 }), async (described, days) => {
      const { site, visits } = await stored(described)
      const credit: Record<string, Record<string, number>> = { first: {}, last: {}, last_non_direct: {} }
      const give = (model: string, visit: Hit[] | undefined, amount: number) => {
        const type = visit?.[0]?.referrer_type ?? ''
        const ofModel = credit[model] ?? {}
        ofModel[type] = (ofModel[type] ?? 0) + amount
      }
      const linear: Record<string, number> = {}
      let total = 0
      for (const visit of visits.filter(inPeriod)) {
        const [own] = visit
        if (!own) continue
        const touches = visits.filter(([other]) => {
          if (!other || other.visitor_id !== own.visitor_id || other.visit_time > own.visit_time) return false
          return own.visit_time - other.visit_time <= days * 86_400
        })
        for (const { amounts } of visit.filter(({ kind }) => kind === 'order')) {
          const revenue = amounts.revenue ?? 0
          total += revenue
          give('first', touches[0], revenue)
          give('last', visit, revenue)
          const brought = touches.filter(([other]) => other?.referrer_type !== 'direct').at(-1)
          give('last_non_direct', brought ?? visit, revenue)
          for (const [touch] of touches) {
            const type = touch?.referrer_type ?? ''
            linear[type] = (linear[type] ?? 0) + revenue / touches.length
          }
        }
      }
      const answer = await attribution(world.store, {
        site,
        period: october,
        goal: 'orders',
        by: 'channel',
        days,
        sort: 'last',
        limit: 10,
        offset: 0,
      })
      expect(answer.totals.revenue).toBe(total)
      for (const model of ['first', 'last', 'last_non_direct'] as const) {
        const rows = answer.rows
          .filter((row) => row[model].revenue > 0)
          .map((row) => [row.type, row[model].revenue])
        expect(Object.fromEntries(rows), model).toEqual(credit[model])
      }
      for (const { type, linear: told } of answer.rows) expect(told.revenue).toBeCloseTo(linear[type] ?? 0, 4)
      const millionths = answer.rows.reduce((sum, { linear }) => sum + Math.round(linear.revenue * 1e6), 0)
      expect(millionths).toBe(total * 1e6)
      counted += total
    }),
    { numRuns: 10, endOnFailure: true },
  )
  expect(counted).toBeGreaterThan(20)
})
