// Numbers and dates in the reader's language. Pure: the language comes in, no clock and no zone is asked.

import type { MetricFormat } from './catalogue.ts'
import type { Change } from './change.ts'
import { type Grain, type Period, utc } from './period.ts'

export type Format = ReturnType<typeof formatFor>

export function formatFor(locale: string) {
  const number = (options: Intl.NumberFormatOptions) => new Intl.NumberFormat(locale, options)
  const date = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(locale, { timeZone: 'UTC', ...options })

  const whole = number({ maximumFractionDigits: 0 })
  const compact = number({ notation: 'compact', maximumSignificantDigits: 4 })
  const short = number({ notation: 'compact', maximumFractionDigits: 1 })
  const fraction = number({ maximumFractionDigits: 2 })
  const finePercent = number({ style: 'percent', maximumFractionDigits: 1 })
  const coarsePercent = number({ style: 'percent', maximumFractionDigits: 0 })
  const signedPercent = number({ style: 'percent', maximumFractionDigits: 0, signDisplay: 'exceptZero' })
  const signedFinePercent = number({ style: 'percent', maximumFractionDigits: 1, signDisplay: 'exceptZero' })
  const signedPoints = number({ maximumFractionDigits: 1, signDisplay: 'exceptZero' })
  const day = date({ day: 'numeric', month: 'short' })
  const fullDay = date({ weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' })
  const dayOfYear = date({ day: 'numeric', month: 'short', year: 'numeric' })
  const month = date({ month: 'long', year: 'numeric' })
  const shortMonth = date({ month: 'short' })
  const year = date({ year: 'numeric' })
  const clock = date({ hour: 'numeric', minute: '2-digit' })
  const weekdayName = date({ weekday: 'short' })

  function percent(ratio: number): string {
    return (Math.abs(ratio) < 0.1 ? finePercent : coarsePercent).format(ratio)
  }

  /** In the symbols of the SI, which every language shares: `2 min 8 s`. */
  function duration(total: number): string {
    const seconds = Math.round(total)
    const minutes = Math.floor(seconds / 60)
    const of = (amount: number, unit: string) => `${whole.format(amount)}\u00a0${unit}`
    if (minutes === 0) return of(seconds, 's')
    if (minutes < 60) return `${of(minutes, 'min')} ${of(seconds % 60, 's')}`
    return `${of(Math.floor(minutes / 60), 'h')} ${of(minutes % 60, 'min')}`
  }

  function value(format: MetricFormat, amount: number): string {
    switch (format) {
      case 'count':
        return whole.format(amount)
      case 'percent':
        return percent(amount)
      case 'seconds':
        return duration(amount)
      case 'milliseconds':
        return amount < 1000 ? `${whole.format(amount)}\u00a0ms` : `${fraction.format(amount / 1000)}\u00a0s`
      case 'decimal':
        return fraction.format(amount)
    }
  }

  return {
    value,
    percent,
    duration,
    count: (amount: number) => whole.format(amount),

    /** For a large figure: millions are shortened. */
    figure: (format: MetricFormat, amount: number) =>
      format === 'count' && amount >= 1_000_000 ? compact.format(amount) : value(format, amount),

    /** For an axis, where room is short. */
    tick: (format: MetricFormat, amount: number) =>
      format === 'count' ? short.format(amount) : value(format, amount),

    /** `+25%`, or `+2.1` for points. */
    change(change: Change): string {
      if (change.unit === 'points') return signedPoints.format(change.amount * 100)
      return (Math.abs(change.amount) < 0.1 ? signedFinePercent : signedPercent).format(change.amount)
    },

    period(period: Period): string {
      const from = utc(period.from)
      switch (period.kind) {
        case 'month':
          return month.format(from)
        case 'year':
          return year.format(from)
        case 'day':
          return fullDay.format(from)
        default:
          return period.from === period.to
            ? dayOfYear.format(from)
            : dayOfYear.formatRange(from, utc(period.to))
      }
    },

    /** The year is said only where it is not that of `today`. */
    span(from: string, to: string, today: string): string {
      const thisYear = [from, to].every((date) => date.slice(0, 4) === today.slice(0, 4))
      const days = thisYear ? day : dayOfYear
      return from === to ? days.format(utc(from)) : days.formatRange(utc(from), utc(to))
    },

    month: (date: string) => month.format(utc(date)),
    shortMonth: (date: string) => shortMonth.format(utc(date)),
    fullDate: (date: string) => fullDay.format(utc(date)),

    /** Monday first; 2024 began with one. */
    weekdays: () => Array.from({ length: 7 }, (_, index) => weekdayName.format(Date.UTC(2024, 0, 1 + index))),

    /** A point of a chart in few letters: `14:00`, `22 Nov`, `Nov`. The clock is the site's own. */
    pointShort(label: string, grain: Grain): string {
      if (grain === 'hour') return clock.format(wallClock(label))
      return grain === 'month' ? shortMonth.format(wallClock(label)) : day.format(wallClock(label))
    },

    /** The same at length, for a tooltip. */
    pointLong(label: string, grain: Grain): string {
      const time = wallClock(label)
      switch (grain) {
        case 'hour':
          return `${fullDay.format(time)}, ${clock.format(time)}`
        case 'month':
          return month.format(time)
        case 'week':
          return dayOfYear.formatRange(time, time + 6 * 86_400_000)
        case 'day':
          return fullDay.format(time)
      }
    },

    /** An hour of the day, 0 to 23. */
    hour: (hour: number) => clock.format(Date.UTC(2024, 0, 1, hour)),
  }
}

/** What the clock on the site's wall says, as if it hung in UTC: no zone moves it. */
function wallClock(label: string): number {
  const full = label.length === 7 ? `${label}-01` : label
  return Date.parse(full.length === 10 ? `${full}T00:00:00Z` : `${full.slice(0, 16)}:00Z`)
}
