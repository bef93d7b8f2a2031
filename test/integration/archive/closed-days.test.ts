// Which days take no more hits, and which an import may still write into.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ClosedDays } from '../../../server/archive/closed-days.ts'
import { openStore, type StoreWorld, storeHits } from '../../world/store.ts'
import { page, visit } from '../../world/visits.ts'

const hour = 3600 * 1000
const june = Date.parse('2026-06-10T12:00:00Z')

let world: StoreWorld
let closed: ClosedDays

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
  await world.store.insert('gone_days', [{ site_id: 5, state: 'closing', until: '2026-03-31' }])
  closed = await ClosedDays.open(world.store, june)
})
afterAll(() => world.close())

test('with a year all earlier ones of its site are closed, and no later one', () => {
  const years = [2023, 2024, 2025, 2026]
  expect(years.map((year) => closed.has(2, `${year}-12-31`))).toEqual([true, true, true, false])
  expect(years.map((year) => closed.has(1, `${year}-12-31`))).toEqual([false, false, false, false])
})

test('a month whose hits are about to go takes no more, nor does what is before it', () => {
  const days = ['2025-01-01', '2026-03-31', '2026-04-01']
  expect(days.map((day) => closed.has(5, day))).toEqual([true, true, false])
})

test('an earlier year that is closed later opens nothing again', () => {
  closed.close(2, '2024-12-31')
  expect(closed.has(2, '2025-12-31')).toBe(true)
})

test('a month is quiet while hits of later ones come', () => {
  closed.arrived(6, '2026-04-02', june)
  expect(['2026-03-31', '2026-04-30'].map((day) => closed.quiet(6, day, june))).toEqual([true, false])
})

describe('a year is quiet', () => {
  test('2 hours after the start, if it is over and has hits; at once, if nothing can come any more', () => {
    const quiet = (now: number) => [
      closed.quiet(1, '2024-12-31', now),
      closed.quiet(1, '2025-12-31', now),
      closed.quiet(2, '2025-12-31', now),
    ]
    expect(quiet(june)).toEqual([false, false, true])
    expect(quiet(june + 2 * hour - 1)).toEqual([false, false, true])
    expect(quiet(june + 2 * hour)).toEqual([true, true, true])
  })

  test('2 hours after the start also if it is running: months of it may go', async () => {
    const start = Date.parse('2025-12-15T22:00:00Z')
    const december = await ClosedDays.open(world.store, start)
    const quiet = [1, 2].map((hours) => december.quiet(3, '2025-05-31', start + hours * hour))
    expect(quiet).toEqual([false, true])
  })

  test('after thirty days in which hits of it came all the time', () => {
    const arrives = (from: number, to: number) => {
      for (let day = from; day <= to; day++) closed.arrived(7, '2025-05-01', june + day * 24 * hour - day)
    }
    const quiet = (day: number) => closed.quiet(7, '2025-12-31', june + day * 24 * hour)
    arrives(0, 29)
    expect([quiet(29), quiet(30)]).toEqual([false, true])
    // A pause of a day, and another import begins.
    arrives(32, 33)
    expect([quiet(33), quiet(35)]).toEqual([false, true])
  })

  test('24 hours after the last hit of it or of an earlier year', () => {
    closed.arrived(1, '2024-05-01', june + 30 * hour)
    closed.arrived(4, '2025-05-01', june)
    const quiet = (now: number) => [2023, 2024, 2025].map((year) => closed.quiet(1, `${year}-12-31`, now))
    expect(quiet(june + 53 * hour)).toEqual([true, false, false])
    expect(quiet(june + 54 * hour)).toEqual([true, true, true])
    expect(closed.quiet(4, '2024-12-31', june)).toBe(true)
    expect(closed.quiet(4, '2025-12-31', june + hour)).toBe(false)
  })
})
