import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { accuracy } from '../../../server/reports/accuracy.ts'
import { findReport } from '../../../server/reports/catalogue.ts'
import { addDays, type Days, daysAround } from '../../../server/reports/period.ts'
import { finalOnly, rolledOf } from '../../../server/reports/rolled.ts'
import { type Sources, sourcesOf, sourcesOfEach } from '../../../server/reports/source.ts'

const told = ({ pieces, raw, exact }: Sources) => [
  ...pieces.map(({ period, start }) => `${period} ${start}`),
  ...(raw ? [`raw ${raw.from} ${raw.to}`] : []),
  ...(exact ? [] : ['inexact']),
]
const sources = (from: string, to: string, finalUntil: string) =>
  told(sourcesOf({ from, to }, finalOnly(finalUntil)))

const lastDays = ['day 2025-12-29', 'day 2025-12-30', 'day 2025-12-31']

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

  test('the stored days of a week that ends in a year that is not final, and the raw others', () => {
    expect(sources('2025-12-29', '2026-01-04', '2025-12-31')).toEqual([
      ...lastDays,
      'raw 2026-01-01 2026-01-04',
      'inexact',
    ])
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
    expect(told(sourcesOfEach(weeks, finalOnly('2025-12-31')))).toEqual([
      'week 2025-12-22',
      ...lastDays,
      'raw 2026-01-01 2026-01-11',
      'inexact',
    ])
  })
})

const day = (start: string, version: number) => ({ what: 'day', begins: start, version })
const hits = (start: string) => ({ what: 'hits', begins: start, version: 0 })

describe('of what was rolled up', () => {
  const rolled = rolledOf(
    [
      ...[
        '2026-03-30',
        '2026-03-31',
        '2026-04-01',
        '2026-04-02',
        '2026-04-30',
        '2026-05-01',
        '2026-05-02',
      ].map(hits),
      ...['2026-03-30', '2026-03-31', '2026-04-01', '2026-04-02', '2026-04-30'].map((date) => day(date, 5)),
      day('2026-05-01', 5),
      { what: 'month', begins: '2026-04-01', version: 6 },
      { what: 'month', begins: '2026-03-01', version: 4 },
      { what: 'week', begins: '2026-03-30', version: 7 },
    ],
    '',
  )
  const of = (from: string, to: string) => told(sourcesOf({ from, to }, rolled))

  test('a whole period is one piece, where it was made after its days', () => {
    expect(of('2026-04-01', '2026-04-30')).toEqual(['month 2026-04-01'])
    expect(of('2026-03-30', '2026-04-05')).toEqual(['week 2026-03-30'])
    // Made before the newest of its days.
    expect(of('2026-03-01', '2026-03-31')).toEqual(['day 2026-03-30', 'day 2026-03-31', 'inexact'])
  })

  test('as few periods as there can be are put together, of which visitors can be joined, and days without hits are nothing', () => {
    expect(of('2026-03-15', '2026-05-01')).toEqual([
      'week 2026-03-30',
      'day 2026-04-30',
      'day 2026-05-01',
      'inexact',
    ])
    expect(of('2026-03-31', '2026-05-01')).toEqual([
      'day 2026-03-31',
      'month 2026-04-01',
      'day 2026-05-01',
      'inexact',
    ])
    expect(of('2026-02-01', '2026-02-28')).toEqual([])
  })

  test('a day that is not rolled up is raw', () => {
    expect(of('2026-04-30', '2026-05-02')).toEqual([
      'day 2026-04-30',
      'day 2026-05-01',
      'raw 2026-05-02 2026-05-02',
      'inexact',
    ])
    expect(of('2026-05-02', '2026-05-02')).toEqual(['raw 2026-05-02 2026-05-02'])
  })
})

test('Where rows have to be put together, a period will do of which visitors can be', () => {
  const rolled = rolledOf(
    [
      ...['2026-03-30', '2026-04-05'].map((date) => day(date, 5)),
      { what: 'week', begins: '2026-03-30', version: 7 },
      { what: 'year', begins: '2026-01-01', version: 7 },
      { what: 'month', begins: '2026-02-01', version: 6 },
    ],
    '',
  )
  const joined = (kind: 'week' | 'month' | 'year', date: string) => {
    return told(sourcesOf(daysAround(kind, date), rolled, false, true))
  }
  expect(joined('week', '2026-03-30')).toEqual(['week 2026-03-30', 'inexact'])
  expect(joined('month', '2026-02-01')).toEqual(['month 2026-02-01', 'inexact'])
  expect(joined('year', '2026-01-01')).toEqual(['month 2026-02-01', 'week 2026-03-30', 'inexact'])
})

describe('the week in which a final year ends', () => {
  const week = (...rows: Parameters<typeof rolledOf>[0]) =>
    told(sourcesOf({ from: '2025-12-29', to: '2026-01-04' }, rolledOf(rows, '2025-12-31')))
  const counted = { what: 'final', begins: '2025-12-29', version: 8 }

  test('is the stored one as long as no hit has come since', () => {
    expect(week(counted)).toEqual(['week 2025-12-29'])
    expect(week(counted, { ...hits('2026-01-02'), version: 8 })).toEqual(['week 2025-12-29'])
  })

  test('is put together from its days as soon as one has', () => {
    const changed = { ...hits('2026-01-02'), version: 9 }
    expect(week(counted, changed)).toEqual([...lastDays, 'raw 2026-01-02 2026-01-02', 'inexact'])
    expect(week(counted, changed, day('2026-01-02', 10))).toEqual([...lastDays, 'day 2026-01-02', 'inexact'])
    expect(week({ ...hits('2026-01-02'), version: 1 })).toContain('raw 2026-01-02 2026-01-02')
  })
})

test('of a final year whose hits went by months, visitors of more than a day were put together, and that is said', () => {
  const rolled = rolledOf([], '2025-12-31', { goneUntil: '2025-12-31', joinedYears: [2025] })
  const overview = findReport('overview')
  if (!overview) throw new Error('There is no overview.')
  const told = (from: string, to: string) => {
    const sources = sourcesOf({ from, to }, rolled)
    return accuracy(overview, [sources], [], { visitors: 3000 })
  }
  const exact = { approximate: false, error: null }
  expect(told('2025-01-01', '2025-12-31')).toEqual({ approximate: true, error: 0.004 })
  expect(told('2025-06-01', '2025-06-30')).toEqual({ approximate: true, error: 0.004 })
  expect(told('2025-06-09', '2025-06-09')).toEqual(exact)
  expect(told('2024-01-01', '2024-12-31')).toEqual(exact)
})

test('a day whose hits are gone is never raw, also if one came later', () => {
  const rolled = rolledOf([hits('2026-04-01'), hits('2026-04-02'), day('2026-04-02', 5)], '', {
    goneUntil: '2026-04-30',
    joinedYears: [],
  })
  expect(told(sourcesOf({ from: '2026-04-01', to: '2026-04-03' }, rolled))).toEqual(['day 2026-04-02'])
})

test('every day of a period is counted once', () => {
  const day = fc.integer({ min: 0, max: 1500 }).map((days) => addDays('2023-01-01', days))
  const finalUntil = fc.constantFrom('', '2023-12-31', '2024-12-31', '2025-12-31')
  fc.assert(
    fc.property(day, fc.integer({ min: 0, max: 900 }), finalUntil, (from, length, until) => {
      const to = addDays(from, length)
      const { pieces, raw } = sourcesOf({ from, to }, finalOnly(until))
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
