import fc from 'fast-check'
import { expect, test } from 'vitest'
import { localDay, timezoneName } from '../../server/zone.ts'

const plain = (timezone: string, instant: number) =>
  new Intl.DateTimeFormat('en-CA', { timeZone: timezone, dateStyle: 'short' }).format(instant)

test('A day is the date on the wall where the site is at home', () => {
  const instant = Date.parse('2026-11-22T23:30:00Z')
  expect(localDay('Europe/Berlin', instant)).toBe('2026-11-23')
  expect(localDay('UTC', instant)).toBe('2026-11-22')
  expect(localDay('America/New_York', instant)).toBe('2026-11-22')
  expect(localDay('Pacific/Kiritimati', instant)).toBe('2026-11-23')
})

test('Days of 23 and of 25 hours begin and end at their own midnight', () => {
  const days = (from: string, hours: number) => {
    const start = Date.parse(from)
    return Array.from({ length: hours }, (_, hour) => localDay('Europe/Berlin', start + hour * 3_600_000))
  }
  expect(days('2026-03-28T23:00:00Z', 24)).toEqual([...Array(23).fill('2026-03-29'), '2026-03-30'])
  expect(days('2026-10-24T22:00:00Z', 26)).toEqual([...Array(25).fill('2026-10-25'), '2026-10-26'])
})

test('What is remembered of a day never gives another answer than the calendar', () => {
  const zones = [
    'Europe/Berlin',
    'Asia/Kathmandu',
    'Australia/Lord_Howe',
    'America/St_Johns',
    'Pacific/Apia',
    'UTC',
  ]
  const somewhere = fc.constantFrom(...zones)
  const sometime = fc.integer({ min: Date.parse('2009-01-01'), max: Date.parse('2031-01-01') })
  fc.assert(
    fc.property(
      somewhere,
      sometime,
      fc.integer({ min: -90_000_000, max: 90_000_000 }),
      (zone, instant, step) => {
        expect(localDay(zone, instant)).toBe(plain(zone, instant))
        expect(localDay(zone, instant + step)).toBe(plain(zone, instant + step))
      },
    ),
    { numRuns: 500 },
  )
})

test('A time zone is one that the calendar knows', () => {
  expect(timezoneName('Europe/Berlin')).toBe('Europe/Berlin')
  expect(timezoneName('europe/berlin')).toBe('Europe/Berlin')
  expect(timezoneName('Europe/Atlantis')).toBeUndefined()
  expect(timezoneName('')).toBeUndefined()
})
