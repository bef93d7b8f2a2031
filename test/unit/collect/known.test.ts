import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Known, KnownVisitors } from '../../../server/collect/known.ts'

const day = 86_400
const monday = Date.parse('2026-11-16T08:00:00Z') / 1000
const id = (number: number) => number.toString(16).padStart(16, '0')

test('A first visit is number 1, and the next one tells what came before it', () => {
  const known = new KnownVisitors()
  expect(known.visited(1, id(7), monday)).toEqual({
    number: 1,
    days_since_first: 0,
    days_since_last: 0,
    days_since_order: -1,
  })
  known.ordered(1, id(7), monday + 600)
  expect(known.visited(1, id(7), monday + 3 * day)).toEqual({
    number: 2,
    days_since_first: 3,
    days_since_last: 3,
    days_since_order: 2,
  })
  expect(known.visited(1, id(7), monday + 10 * day + 601)).toEqual({
    number: 3,
    days_since_first: 10,
    days_since_last: 7,
    days_since_order: 10,
  })
})

test('The same id on another site is another visitor', () => {
  const known = new KnownVisitors()
  known.visited(1, id(7), monday)
  expect(known.visited(2, id(7), monday + day).number).toBe(1)
  expect(known.size).toBe(2)
})

test('A visit of the past does not make the visitor younger, nor the last visit older', () => {
  const known = new KnownVisitors()
  known.visited(1, id(7), monday)
  expect(known.visited(1, id(7), monday - 5 * day)).toMatchObject({ number: 2, days_since_last: 0 })
  expect(known.get(1, id(7))).toMatchObject({ visits: 2, first: monday - 5 * day, last: monday })
})

test('Visitors of a site whose last visit is too long ago can be forgotten', () => {
  const known = new KnownVisitors()
  known.visited(1, id(1), monday)
  known.visited(1, id(2), monday)
  known.visited(1, id(2), monday + day)
  known.visited(2, id(1), monday)
  known.forget(1, monday + 1)
  expect([known.has(1, id(1)), known.has(1, id(2)), known.has(2, id(1)), known.size]).toEqual([
    false,
    true,
    true,
    2,
  ])
})

const anyId = fc
  .bigInt({ min: 0n, max: (1n << 64n) - 1n })
  .map((number) => number.toString(16).padStart(16, '0'))
const anyKnown: fc.Arbitrary<Known> = fc.record({
  visits: fc.integer({ min: 1, max: 65_535 }),
  first: fc.nat(4_294_967_295),
  last: fc.nat(4_294_967_295),
  ordered: fc.nat(4_294_967_295),
})

test('While there is room the table is a map, whatever its size', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: 1, max: 4_294_967_295 }), anyId, anyKnown), { maxLength: 400 }),
      (entries) => {
        const known = new KnownVisitors()
        const model = new Map<string, Known>()
        for (const [site, visitor, value] of entries) {
          known.set(site, visitor, value)
          model.set(`${site} ${visitor}`, value)
        }
        expect(known.size).toBe(model.size)
        for (const [site, visitor] of entries)
          expect(known.get(site, visitor)).toEqual(model.get(`${site} ${visitor}`))
      },
    ),
    { numRuns: 50 },
  )
})

test('A full table forgets those who were here longest ago, and gives no wrong answer', () => {
  const known = new KnownVisitors(2048)
  const visitor = (number: number) => id(Number((BigInt(number) * 0x9e3779b97f4a7c15n) & 0xfffffffffffffn))
  for (let number = 1; number <= 20_000; number++) known.visited(1, visitor(number), monday + number)
  expect(known.size).toBeLessThanOrEqual(2048)
  let newest = 0
  for (let number = 1; number <= 20_000; number++) {
    const found = known.get(1, visitor(number))
    if (found) expect(found).toEqual({ visits: 1, first: monday + number, last: monday + number, ordered: 0 })
    if (found && number > 19_000) newest++
  }
  expect(newest).toBeGreaterThan(950)
  expect(known.has(1, visitor(1))).toBe(false)
})
