import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addDays, type Days, daysAround } from '../../../server/reports/period.ts'
import { type Sources, sourcesOf, sourcesOfEach } from '../../../server/reports/source.ts'

const told = ({ pieces, raw, exact }: Sources) => [
  ...pieces.map(({ period, start }) => `${period} ${start}`),
  ...(raw ? [`raw ${raw.from} ${raw.to}`] : []),
  ...(exact ? [] : ['inexact']),
]
const sources = (from: string, to: string, finalUntil: string) => told(sourcesOf({ from, to }, finalUntil))

describe('the days of a report come from', () => {
  test('raw data where no year is final', () => {
    expect(sources('2025-01-01', '2025-12-31', '')).toEqual(['raw 2025-01-01 2025-12-31'])
  })

  test('one stored period where there is one', () => {
    expect(sources('2025-01-01', '2025-12-31', '2025-12-31')).toEqual(['year 2025-01-01'])
    expect(sources('2024-02-01', '2024-02-29', '2025-12-31')).toEqual(['month 2024-02-01'])
    expect(sources('2025-06-09', '2025-06-15', '2025-12-31')).toEqual(['week 2025-06-09'])
    expect(sources('2025-06-09', '2025-06-09', '2025-12-31')).toEqual(['day 2025-06-09'])
  })

  test('the stored week where it ends in a year that is not final', () => {
    expect(sources('2025-12-29', '2026-01-04', '2025-12-31')).toEqual(['week 2025-12-29'])
  })

  test('the greatest stored periods and the raw rest', () => {
    expect(sources('2023-12-31', '2026-01-10', '2025-12-31')).toEqual([
      'day 2023-12-31',
      'year 2024-01-01',
      'year 2025-01-01',
      'raw 2026-01-01 2026-01-10',
      'inexact',
    ])
    expect(sources('2025-06-07', '2025-06-16', '2025-12-31')).toEqual([
      'day 2025-06-07',
      'day 2025-06-08',
      'week 2025-06-09',
      'day 2025-06-16',
      'inexact',
    ])
  })

  test('one place for each of several spans', () => {
    const weeks = ['2025-12-22', '2025-12-29', '2026-01-05'].map((date) => daysAround('week', date))
    expect(told(sourcesOfEach(weeks, '2025-12-31'))).toEqual([
      'week 2025-12-22',
      'week 2025-12-29',
      'raw 2026-01-05 2026-01-11',
    ])
  })
})

test('every day of a period is counted once', () => {
  const day = fc.integer({ min: 0, max: 1500 }).map((days) => addDays('2023-01-01', days))
  const finalUntil = fc.constantFrom('', '2023-12-31', '2024-12-31', '2025-12-31')
  fc.assert(
    fc.property(day, fc.integer({ min: 0, max: 900 }), finalUntil, (from, length, until) => {
      const to = addDays(from, length)
      const { pieces, raw } = sourcesOf({ from, to }, until)
      const spans: Days[] = pieces.map(({ period, start }) => {
        return period === 'hour' ? { from: start, to: start } : daysAround(period, start)
      })
      if (raw) spans.push(raw)
      let next = from
      for (const span of spans) {
        expect(span.from).toBe(next)
        next = addDays(span.to, 1)
      }
      expect(next).toBe(addDays(to, 1))
    }),
  )
})
