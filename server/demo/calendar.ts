// How many visits each day of the demo has: weekdays, seasons, slow growth, and now and then a few days on which
// everybody comes at once. And how many of a day's visits each hour has.

import { addDays, dayStart, localTime } from '../reports/period.ts'
import type { Occasion } from './origin.ts'
import { Random } from './random.ts'

export type Day = {
  /** The site's local date. */
  date: string
  /** From 0 on. */
  index: number
  /** Unix seconds, `to` excluded. */
  from: number
  to: number
  /** Expected number of a whole day's visits. */
  visits: number
  /** Why more come than usual, and their share of the visits. */
  occasion: Occasion | undefined
  occasionShare: number
}

export type CalendarPlan = {
  days: number
  visitsPerDay: number
  until: string
  timezone: string
  seed: string
}

/** The last day is `until`; over all days the average is `visitsPerDay`. */
export function calendar({ days, visitsPerDay, until, timezone, seed }: CalendarPlan): Day[] {
  const result: Day[] = []
  const random = new Random(seed, 'calendar')
  let from = dayStart(addDays(until, 1 - days), timezone)
  let occasion: Occasion | undefined
  let extra = 0
  for (let index = 0; index < days; index++) {
    const date = addDays(until, index + 1 - days)
    const to = dayStart(addDays(date, 1), timezone)
    if (random.chance(1 / daysBetweenOccasions)) {
      occasion = { kind: random.chance(0.5) ? 'press' : 'campaign', number: index }
      extra = 0.7 + random.next() * 1.6
    }
    const noise = 1 + 0.06 * Math.max(-2, Math.min(2, random.normal()))
    const usual = weekday(date) * season(date) * yearlyGrowth ** ((index - days / 2) / 365) * noise
    result.push({
      date,
      index,
      from,
      to,
      visits: usual * (1 + extra),
      occasion,
      occasionShare: extra / (1 + extra),
    })
    extra = extra < 0.1 ? 0 : extra * 0.45
    if (extra === 0) occasion = undefined
    from = to
  }
  const sum = result.reduce((total, { visits }) => total + visits, 0)
  const factor = sum === 0 ? 0 : (visitsPerDay * days) / sum
  for (const day of result) day.visits *= factor
  return result
}

const daysBetweenOccasions = 45
const yearlyGrowth = 1.35

/** Monday first. */
const weekdays = [1.09, 1.11, 1.07, 1.04, 0.95, 0.8, 0.94]

function weekday(date: string): number {
  return weekdays[(new Date(date).getUTCDay() + 6) % 7] ?? 1
}

/** By month: people buy tents in May, and presents in November and December. */
const months = [0.85, 0.86, 0.96, 1.04, 1.14, 1.1, 1.02, 0.96, 0.94, 0.92, 1.14, 1.12]

/** Half-way between two months it is half of each. */
function season(date: string): number {
  const [, month = 1, day = 1] = date.split('-').map(Number)
  const at = month - 1 + (day - 15) / 30.4
  const before = Math.floor(at)
  const share = at - before
  return (months[(before + 12) % 12] ?? 1) * (1 - share) + (months[(before + 13) % 12] ?? 1) * share
}

// -- Hours ----------------------------------------------------------------------------------------------------

/** How many people are about in each hour of their own day; the busiest is 1. */
const hours = [
  0.16, 0.09, 0.05, 0.04, 0.05, 0.1, 0.24, 0.42, 0.58, 0.7, 0.78, 0.8, 0.78, 0.72, 0.7, 0.72, 0.76, 0.8, 0.84,
  0.92, 1, 0.94, 0.66, 0.35,
]

export function activity(hour: number): number {
  return hours[hour] ?? 0
}

/** Seconds that the clocks of a zone are ahead of UTC at an instant in Unix seconds. */
export function clockAhead(timezone: string, time: number): number {
  return Date.parse(`${localTime(time, timezone).slice(0, 19)}Z`) / 1000 - time
}
