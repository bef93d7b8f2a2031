import { describe, expect, test } from 'vitest'
import { changed, changeOf, comparedPeriod, samePart } from '../../../server/reports/comparison.ts'
import { localTime, parsePeriod, sameClock } from '../../../server/reports/period.ts'

describe('what changed', () => {
  test('is told as a difference and as a share of what was', () => {
    expect(changeOf(12, 8)).toEqual({ absolute: 4, relative: 0.5 })
    expect(changeOf(8, 12)).toEqual({ absolute: -4, relative: -0.3333 })
    expect(changeOf(0, 5)).toEqual({ absolute: -5, relative: -1 })
    // The sign says whether it went up or down, be it from below nothing.
    expect(changeOf(5, -10)).toEqual({ absolute: 15, relative: 1.5 })
  })

  test('is no share of nothing', () => {
    expect(changeOf(3, 0)).toEqual({ absolute: 3, relative: null })
    expect(changeOf(0, 0)).toEqual({ absolute: 0, relative: null })
  })

  test('has no digits that only adding up has brought', () => {
    expect(changeOf(0.43, 0.41)).toEqual({ absolute: 0.02, relative: 0.0488 })
    expect(Object.is(changeOf(1, 1.00000001).absolute, 0)).toBe(true)
  })

  test('is told of each figure that is compared', () => {
    expect(changed({ visits: 3 }, { visits: 2, orders: 1 })).toEqual({
      figures: { visits: 2, orders: 1 },
      change: { visits: { absolute: 1, relative: 0.5 }, orders: { absolute: -1, relative: -1 } },
    })
  })
})

describe('the same time of the day', () => {
  test.each([
    ['2026-11-22T13:00:00+01:00', '2026-10-22', 'Europe/Berlin', '2026-10-22T13:00:00+02:00'],
    ['2026-11-22T00:00:00+01:00', '2026-10-25', 'Europe/Berlin', '2026-10-25T00:00:00+02:00'],
    ['2026-11-22T23:59:59+01:00', '2026-10-25', 'Europe/Berlin', '2026-10-25T23:59:59+01:00'],
    ['2026-11-22T04:00:00+01:00', '2026-03-29', 'Europe/Berlin', '2026-03-29T04:00:00+02:00'],
    ['2026-11-22T13:20:00+10:30', '2026-06-01', 'Australia/Lord_Howe', '2026-06-01T13:50:00+10:30'],
    ['2026-11-22T10:00:00-05:00', '2026-07-04', 'America/New_York', '2026-07-04T10:00:00-04:00'],
  ])('as %s on %s in %s is %s', (now, date, timezone, expected) => {
    expect(localTime(sameClock(Date.parse(now) / 1000, date, timezone), timezone)).toBe(expected)
  })

  test('is near the hole, where the clock leaves it out, and one of both, where it comes twice', () => {
    const at = (now: string, date: string) => sameClock(Date.parse(now) / 1000, date, 'Europe/Berlin')
    const spring = at('2026-11-22T02:30:00+01:00', '2026-03-29')
    expect(Math.abs(spring - Date.parse('2026-03-29T03:00:00+02:00') / 1000)).toBeLessThanOrEqual(1800)
    const autumn = localTime(at('2026-11-22T02:30:00+01:00', '2026-10-25'), 'Europe/Berlin')
    expect(['2026-10-25T02:30:00+02:00', '2026-10-25T02:30:00+01:00']).toContain(autumn)
  })
})

describe('the part that a running period is compared with', () => {
  const part = (now: string, kind: string, date: string, word: string, final = '') => {
    const time = Date.parse(now)
    const main = parsePeriod(kind, date, 'Europe/Berlin', time)
    const { period, cut } = samePart(main, comparedPeriod(main, word, time), time, final)
    return [period.from, period.to, cut === undefined ? null : localTime(cut, 'Europe/Berlin').slice(0, 19)]
  }

  test.each([
    [
      '2026-11-22T13:00:00+01:00',
      'week',
      'today',
      'previous',
      '2026-11-09',
      '2026-11-15',
      '2026-11-15T13:00:00',
    ],
    ['2026-11-19T13:00:00+01:00', 'week', 'today', 'year', '2025-11-17', '2025-11-20', '2025-11-20T13:00:00'],
    [
      '2024-02-29T13:00:00+01:00',
      'month',
      'today',
      'year',
      '2023-02-01',
      '2023-02-28',
      '2023-02-28T13:00:00',
    ],
    [
      '2024-12-31T13:00:00+01:00',
      'year',
      'today',
      'previous',
      '2023-01-01',
      '2023-12-31',
      '2023-12-31T13:00:00',
    ],
    [
      '2024-03-01T13:00:00+01:00',
      'year',
      'today',
      'previous',
      '2023-01-01',
      '2023-03-01',
      '2023-03-01T13:00:00',
    ],
    [
      '2025-03-01T13:00:00+01:00',
      'year',
      'today',
      'previous',
      '2024-01-01',
      '2024-03-01',
      '2024-03-01T13:00:00',
    ],
    [
      '2026-11-22T13:00:00+01:00',
      'range',
      'last7',
      'previous',
      '2026-11-09',
      '2026-11-15',
      '2026-11-15T13:00:00',
    ],
    [
      '2026-11-22T13:00:00+01:00',
      'range',
      '2026-11-20,2026-11-30',
      'previous',
      '2026-11-09',
      '2026-11-11',
      '2026-11-11T13:00:00',
    ],
    ['2026-11-22T13:00:00+01:00', 'month', 'today', 'week:2026-11-02', '2026-11-02', '2026-11-08', null],
    ['2026-11-22T13:00:00+01:00', 'month', '2026-10-01', 'previous', '2026-09-01', '2026-09-30', null],
    ['2026-11-22T13:00:00+01:00', 'month', '2026-10-01', 'month:today', '2026-11-01', '2026-11-30', null],
    ['2026-11-22T13:00:00+01:00', 'month', 'today', 'month:today', '2026-11-01', '2026-11-30', null],
    [
      '2026-11-22T13:00:00+01:00',
      'month',
      '2026-12-01',
      'month:2026-10-01',
      '2026-10-01',
      '2026-10-31',
      null,
    ],
  ])('at %s of a %s of %s against %s is %s to %s, until %s', (now, kind, date, word, from, to, until) => {
    expect(part(now, kind, date, word)).toEqual([from, to, until])
  })

  test('has whole days, where it lies in a final year', () => {
    expect(part('2026-11-22T13:00:00+01:00', 'year', 'today', 'previous', '2025-12-31')).toEqual([
      '2025-01-01',
      '2025-11-22',
      null,
    ])
  })
})
