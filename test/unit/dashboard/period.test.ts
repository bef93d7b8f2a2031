import { describe, expect, it } from 'vitest'
import {
  addMonths,
  comparison,
  countDays,
  grains,
  localTime,
  periodAround,
  readPeriod,
  resolve,
  shift,
  shortcuts,
  writePeriod,
} from '../../../dashboard/period.ts'

const today = '2026-11-22'
const read = (query: string) => readPeriod(new URLSearchParams(query), today)

describe('the period in the address', () => {
  it('is the last four weeks where the address names none', () => {
    expect(read('')).toEqual({ kind: 'range', from: '2026-10-26', to: '2026-11-22' })
  })

  it.each([
    ['period=day&date=today', { kind: 'day', from: '2026-11-22', to: '2026-11-22' }],
    ['period=day&date=yesterday', { kind: 'day', from: '2026-11-21', to: '2026-11-21' }],
    ['period=week&date=2026-11-22', { kind: 'week', from: '2026-11-16', to: '2026-11-22' }],
    ['period=month&date=2024-02-15', { kind: 'month', from: '2024-02-01', to: '2024-02-29' }],
    ['period=year&date=2025-07-01', { kind: 'year', from: '2025-01-01', to: '2025-12-31' }],
    ['period=range&date=last7', { kind: 'range', from: '2026-11-16', to: '2026-11-22' }],
    ['period=range&date=previous7', { kind: 'range', from: '2026-11-15', to: '2026-11-21' }],
    ['period=range&date=2026-11-02,2026-11-05', { kind: 'range', from: '2026-11-02', to: '2026-11-05' }],
  ])('%s is understood', (query, period) => {
    expect(read(query)).toEqual(period)
  })

  it.each([
    'period=day&date=2026-02-30',
    'period=range&date=2026-11-05,2026-11-02',
    'period=range&date=last0',
    'period=fortnight&date=today',
    'period=day&date=nonsense',
  ])('%s makes no sense and becomes the default', (query) => {
    expect(read(query)).toEqual(read(''))
  })

  it('reads again what was written', () => {
    for (const shortcut of shortcuts) {
      const period = resolve(shortcut, today)
      expect(readPeriod(new URLSearchParams(writePeriod(period)), today)).toEqual(period)
    }
  })
})

describe('a step back', () => {
  it.each([
    ['day', '2026-03-01', '2026-02-28', '2026-02-28'],
    ['week', '2026-11-22', '2026-11-09', '2026-11-15'],
    ['month', '2026-03-31', '2026-02-01', '2026-02-28'],
    ['year', '2026-11-22', '2025-01-01', '2025-12-31'],
  ] as const)('from the %s of %s leads to %s', (kind, date, from, to) => {
    expect(shift(periodAround(kind, date), -1)).toEqual({ kind, from, to })
  })

  it('moves a range by its own length', () => {
    const range = { kind: 'range', from: '2026-11-02', to: '2026-11-05' } as const
    expect(shift(range, -1)).toEqual({ kind: 'range', from: '2026-10-29', to: '2026-11-01' })
  })
})

describe('the comparison', () => {
  it('of a finished month is with the month before', () => {
    expect(comparison(periodAround('month', '2026-10-10'), today)).toEqual({
      by: 'days',
      current: { kind: 'month', from: '2026-10-01', to: '2026-10-31' },
      previous: { kind: 'month', from: '2026-09-01', to: '2026-09-30' },
    })
  })

  it('of a running month leaves today out and takes as many days of the month before', () => {
    expect(comparison(periodAround('month', today), today)).toEqual({
      by: 'days',
      current: { kind: 'range', from: '2026-11-01', to: '2026-11-21' },
      previous: { kind: 'range', from: '2026-10-01', to: '2026-10-21' },
    })
  })

  it('of a running year goes to the same day of the year before, leap days or not', () => {
    expect(comparison(periodAround('year', '2024-03-02'), '2024-03-02').previous).toEqual({
      kind: 'range',
      from: '2023-01-01',
      to: '2023-03-01',
    })
  })

  it('never goes beyond the end of a shorter month before', () => {
    expect(comparison(periodAround('month', '2026-03-31'), '2026-03-31').previous).toEqual({
      kind: 'range',
      from: '2026-02-01',
      to: '2026-02-28',
    })
  })

  it('of today, or of a period that began today, is by hours with the first day of the one before', () => {
    expect(comparison(periodAround('day', today), today)).toEqual({
      by: 'hours',
      current: { kind: 'day', from: today, to: today },
      previous: { kind: 'day', from: '2026-11-21', to: '2026-11-21' },
    })
    expect(comparison(periodAround('week', '2026-11-23'), '2026-11-23').previous).toEqual({
      kind: 'day',
      from: '2026-11-16',
      to: '2026-11-16',
    })
  })
})

describe('dates', () => {
  it('a month later is never the month after that', () => {
    expect(addMonths('2026-01-31', 1)).toBe('2026-02-28')
    expect(addMonths('2024-02-29', 12)).toBe('2025-02-28')
    expect(addMonths('2026-01-15', -1)).toBe('2025-12-15')
  })

  it('days are counted by the calendar, whatever the clocks do', () => {
    expect(countDays({ from: '2026-03-28', to: '2026-03-30' })).toBe(3)
  })

  it("the site's clock decides which day it is", () => {
    const time = Date.parse('2026-11-22T23:30:00Z')
    expect(localTime('Europe/Berlin', time)).toBe('2026-11-23T00:30')
    expect(localTime('America/New_York', time)).toBe('2026-11-22T18:30')
  })

  it('a chart is divided by what can be told apart', () => {
    expect(grains(periodAround('day', today))).toEqual(['hour'])
    expect(grains(periodAround('week', today))[0]).toBe('day')
    expect(grains(periodAround('month', today))[0]).toBe('day')
    expect(grains(periodAround('year', today))[0]).toBe('month')
  })
})
