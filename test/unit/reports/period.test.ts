import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  addDays,
  countDays,
  dayStart,
  grains,
  parsePeriod,
  periodKinds,
  previousPeriod,
  slots,
} from '../../../server/reports/period.ts'

const noon = Date.parse('2026-11-22T12:00:00Z')
const days = (kind: string, date: string, timezone = 'Europe/Berlin', now = noon) => {
  const { from, to } = parsePeriod(kind, date, timezone, now)
  return `${from} ${to}`
}

describe('a period', () => {
  test.each([
    ['day', '2026-02-28', '2026-02-28 2026-02-28'],
    ['day', 'today', '2026-11-22 2026-11-22'],
    ['day', 'yesterday', '2026-11-21 2026-11-21'],
    ['day', 'lastWeek', '2026-11-15 2026-11-15'],
    ['day', 'last-month', '2026-10-22 2026-10-22'],
    ['day', 'last year', '2025-11-22 2025-11-22'],
    ['week', '2026-11-22', '2026-11-16 2026-11-22'],
    ['week', '2026-01-01', '2025-12-29 2026-01-04'],
    ['month', '2026-11-22', '2026-11-01 2026-11-30'],
    ['month', '2024-02-10', '2024-02-01 2024-02-29'],
    ['year', 'lastYear', '2025-01-01 2025-12-31'],
    ['range', '2026-11-01,2026-11-03', '2026-11-01 2026-11-03'],
    ['range', 'lastMonth,today', '2026-10-22 2026-11-22'],
    ['range', 'last7', '2026-11-16 2026-11-22'],
    ['range', 'previous7', '2026-11-15 2026-11-21'],
  ])('%s of %s is %s', (kind, date, expected) => {
    expect(days(kind, date)).toBe(expected)
  })

  test("begins and ends at the site's midnight", () => {
    const now = Date.parse('2026-11-22T23:30:00Z')
    expect(days('day', 'today', 'UTC', now)).toBe('2026-11-22 2026-11-22')
    expect(days('day', 'today', 'Europe/Berlin', now)).toBe('2026-11-23 2026-11-23')
    expect(days('day', 'today', 'America/New_York', now)).toBe('2026-11-22 2026-11-22')
  })

  test('runs while its last day is not over', () => {
    const running = (kind: string, date: string) => parsePeriod(kind, date, 'Europe/Berlin', noon).running
    expect(running('day', 'today')).toBe(true)
    expect(running('month', 'today')).toBe(true)
    expect(running('day', 'yesterday')).toBe(false)
    expect(running('range', 'previous30')).toBe(false)
  })

  test.each([
    ['fortnight', 'today', 'invalid_period'],
    ['day', '2026-02-30', 'invalid_date'],
    ['day', '22.11.2026', 'invalid_date'],
    ['day', '', 'invalid_date'],
    ['day', 'last7', 'invalid_date'],
    ['month', '2026-01-01,2026-02-01', 'invalid_date'],
    ['range', '2026-01-01', 'invalid_date'],
    ['range', '2026-02-01,2026-01-01', 'invalid_date'],
    ['range', 'last0', 'invalid_date'],
    ['range', 'last99999', 'invalid_date'],
    ['day', '1990-01-01', 'invalid_date'],
  ])('%s of "%s" is refused', (kind, date, code) => {
    expect(() => days(kind, date)).toThrow(expect.objectContaining({ code }))
  })

  test.each([
    ['day', '2026-03-01', '2026-02-28 2026-02-28'],
    ['week', '2026-01-01', '2025-12-22 2025-12-28'],
    ['month', '2026-03-31', '2026-02-01 2026-02-28'],
    ['year', '2024-06-01', '2023-01-01 2023-12-31'],
    ['range', '2026-11-11,2026-11-20', '2026-11-01 2026-11-10'],
  ])('the %s before %s is %s', (kind, date, expected) => {
    const { from, to } = previousPeriod(parsePeriod(kind, date, 'Europe/Berlin', noon))
    expect(`${from} ${to}`).toBe(expected)
  })
})

describe('the hours of a day', () => {
  const hours = (date: string, timezone: string) =>
    slots(parsePeriod('day', date, timezone, noon), 'hour').map(({ label }) => label.slice(11))

  test('are 23 when the clock is put forward', () => {
    const labels = hours('2026-03-29', 'Europe/Berlin')
    expect(labels).toHaveLength(23)
    expect(labels.slice(0, 4)).toEqual([
      '00:00:00+01:00',
      '01:00:00+01:00',
      '03:00:00+02:00',
      '04:00:00+02:00',
    ])
  })

  test('are 25 when it is put back, and the repeated one is there twice', () => {
    const labels = hours('2026-10-25', 'Europe/Berlin')
    expect(labels).toHaveLength(25)
    expect(labels.slice(1, 5)).toEqual([
      '01:00:00+02:00',
      '02:00:00+02:00',
      '02:00:00+01:00',
      '03:00:00+01:00',
    ])
  })

  test('begin late where midnight itself is left out', () => {
    expect(hours('2024-09-08', 'America/Santiago').slice(0, 2)).toEqual(['01:00:00-03:00', '02:00:00-03:00'])
  })

  test('are half an hour long where the clock moves by that', () => {
    expect(hours('2026-10-04', 'Australia/Lord_Howe').slice(1, 4)).toEqual([
      '01:00:00+10:30',
      '02:30:00+11:00',
      '03:00:00+11:00',
    ])
  })

  test('begin at the full local hour in a zone of half hours', () => {
    expect(slots(parsePeriod('day', '2026-11-22', 'Asia/Kolkata', noon), 'hour')[0]).toEqual({
      label: '2026-11-22T00:00:00+05:30',
      from: '2026-11-22',
      to: '2026-11-22',
      start: Date.parse('2026-11-21T18:30:00Z') / 1000,
      end: Date.parse('2026-11-21T19:30:00Z') / 1000,
    })
  })

  test('are none on a day that the zone left out', () => {
    expect(hours('2011-12-30', 'Pacific/Apia')).toEqual([])
  })
})

test('weeks and months of a period are cut at its ends', () => {
  const period = parsePeriod('range', '2026-10-30,2026-11-10', 'Europe/Berlin', noon)
  const spans = (grain: 'week' | 'month') => slots(period, grain).map(({ from, to }) => `${from} ${to}`)
  expect(spans('week')).toEqual(['2026-10-30 2026-11-01', '2026-11-02 2026-11-08', '2026-11-09 2026-11-10'])
  expect(spans('month')).toEqual(['2026-10-30 2026-10-31', '2026-11-01 2026-11-10'])
})

const zone = fc.constantFrom(...Intl.supportedValuesOf('timeZone'))
const date = fc.integer({ min: 0, max: 13_000 }).map((days) => addDays('2005-01-01', days))

test('in every zone, each day ends when the next begins and lasts 22 to 26 hours', () => {
  fc.assert(
    fc.property(zone, date, (timezone, day) => {
      const seconds = dayStart(addDays(day, 1), timezone) - dayStart(day, timezone)
      const leftOut = seconds === 0 || seconds === 48 * 3600
      expect(leftOut || (seconds >= 22 * 3600 && seconds <= 26 * 3600)).toBe(true)
    }),
    { numRuns: 300 },
  )
})

test('in every zone, the parts of a period follow each other without gap or overlap and fill it', () => {
  const kind = fc.constantFrom(...periodKinds.filter((kind) => kind !== 'range'))
  fc.assert(
    fc.property(zone, date, kind, fc.constantFrom(...grains), (timezone, day, periodKind, grain) => {
      fc.pre(!(grain === 'hour' && periodKind === 'year'))
      const period = parsePeriod(periodKind, day, timezone, noon)
      const parts = slots(period, grain)
      expect(parts[0]?.start).toBe(dayStart(period.from, timezone))
      expect(parts.at(-1)?.end).toBe(dayStart(addDays(period.to, 1), timezone))
      for (const [index, part] of parts.entries()) {
        const next = parts[index + 1]
        if (next) expect(next.start).toBe(part.end)
        if (next && grain !== 'hour') expect(next.from).toBe(addDays(part.to, 1))
      }
      expect(new Set(parts.map(({ label }) => label)).size).toBe(parts.length)
    }),
    { numRuns: 200 },
  )
})

test('the period before ends on the eve of the period', () => {
  fc.assert(
    fc.property(date, fc.constantFrom('day', 'week', 'month', 'year'), (day, kind) => {
      const period = parsePeriod(kind, day, 'UTC', noon)
      const before = previousPeriod(period)
      expect(addDays(before.to, 1)).toBe(period.from)
      expect(countDays(before)).toBeGreaterThan(0)
    }),
  )
})
