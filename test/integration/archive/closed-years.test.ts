// Which years take no more hits, and which an import may still write into.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ClosedYears } from '../../../server/archive/closed-years.ts'
import { openStore, type StoreWorld, storeHits } from '../../world/store.ts'
import { page, visit } from '../../world/visits.ts'

const hour = 3600 * 1000
const june = Date.parse('2026-06-10T12:00:00Z')

let world: StoreWorld
let closed: ClosedYears

beforeAll(async () => {
  world = await openStore()
  const years = [
    [1, '2024-05-01'],
    [1, '2025-05-01'],
    [1, '2026-05-01'],
    [2, '2025-05-01'],
    [3, '2025-05-01'],
  ] as const
  await storeHits(
    world.store,
    years.flatMap(([site, day]) =>
      visit({ site, at: `${day}T10:00:00+02:00`, does: [page('example.org/', 'Home')] }),
    ),
  )
  await world.store.insert('years', [{ site_id: 2, year: 2025, state: 'computing', version: 1 }])
  closed = await ClosedYears.open(world.store, june)
})
afterAll(() => world.close())

test('with a year all earlier ones of its site are closed, and no later one', () => {
  const years = [2023, 2024, 2025, 2026]
  expect(years.map((year) => closed.has(2, year))).toEqual([true, true, true, false])
  expect(years.map((year) => closed.has(1, year))).toEqual([false, false, false, false])
})

test('an earlier year that is closed later opens nothing again', () => {
  closed.close(2, 2024)
  expect(closed.has(2, 2025)).toBe(true)
})

describe('a year is quiet', () => {
  test('2 hours after the start, if it is over and has hits; at once, if nothing can come any more', () => {
    const quiet = (now: number) => [
      closed.quiet(1, 2024, now),
      closed.quiet(1, 2025, now),
      closed.quiet(2, 2025, now),
    ]
    expect(quiet(june)).toEqual([false, false, true])
    expect(quiet(june + 2 * hour - 1)).toEqual([false, false, true])
    expect(quiet(june + 2 * hour)).toEqual([true, true, true])
  })

  test('at once, if it was running at the start', async () => {
    const december = await ClosedYears.open(world.store, Date.parse('2025-12-31T22:00:00Z'))
    expect(december.quiet(3, 2025, Date.parse('2025-12-31T23:00:00Z'))).toBe(true)
  })

  test('24 hours after the last hit of it or of an earlier year', () => {
    closed.arrived(1, 2024, june + 30 * hour)
    closed.arrived(4, 2025, june)
    const quiet = (now: number) => [2023, 2024, 2025].map((year) => closed.quiet(1, year, now))
    expect(quiet(june + 53 * hour)).toEqual([true, false, false])
    expect(quiet(june + 54 * hour)).toEqual([true, true, true])
    expect(closed.quiet(4, 2024, june)).toBe(true)
    expect(closed.quiet(4, 2025, june + hour)).toBe(false)
  })
})
