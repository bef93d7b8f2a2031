// The span of time a report is about: whole days where the site is at home, and what it divides into. Pure:
// the clock and the zone come in as arguments. Dates are `YYYY-MM-DD` strings, which compare as they are.

import { localDay } from '../zone.ts'
import { QuestionError } from './question-error.ts'

export const periodKinds = ['day', 'week', 'month', 'year', 'range'] as const
export type PeriodKind = (typeof periodKinds)[number]

export const grains = ['hour', 'day', 'week', 'month'] as const
export type Grain = (typeof grains)[number]

export type Days = { from: string; to: string }

export type Period = Days & {
  kind: PeriodKind
  timezone: string
  /** Whether its last day is not over yet. */
  running: boolean
}

/** A part of a period: its first and last day, or for hours the instants in Unix seconds, `end` excluded. */
export type Slot = Days & { label: string; start: number; end: number }

/** No website is older; ClickHouse's Date ends in 2149. */
const firstDate = '1991-08-06'
const lastDate = '2148-12-31'
const mostDays = 3660
const mostSlots = 10_000

/**
 * Reads Matomo's words. `day`, `week`, `month` and `year` take one date: `2026-11-22`, `today`, `yesterday`,
 * `tomorrow`, `lastWeek`, `lastMonth` or `lastYear`. `range` takes `a,b`, `lastN` or `previousN` (days, with
 * and without today). `now` is in Unix milliseconds. @throws QuestionError
 */
export function parsePeriod(kind: string, date: string, timezone: string, now: number): Period {
  const known = periodKinds.find((candidate) => candidate === kind)
  if (!known) {
    throw new QuestionError(
      'invalid_period',
      `The period "${kind}" is unknown; it must be one of ${periodKinds.join(', ')}.`,
    )
  }
  const today = localDay(timezone, now)
  const days =
    known === 'range' ? parseRange(date, today) : daysAround(known, parseSingle(date, known, today))
  return { kind: known, ...days, timezone, running: days.to >= today }
}

/** How an address names the period: the first day, or both of a range. */
export function periodDate(period: Period): string {
  return period.kind === 'range' ? `${period.from},${period.to}` : period.from
}

/** The one before: of the same kind, or the equally long range that ends the day before. */
export function previousPeriod(period: Period): Period {
  const eve = addDays(period.from, -1)
  const days =
    period.kind === 'range'
      ? { from: addDays(period.from, -countDays(period)), to: eve }
      : daysAround(period.kind, eve)
  return { ...period, ...days, running: false }
}

/**
 * The same of the year before: with the same dates, or the month's last day where there was no 29 February. Of a week,
 * the one 52 weeks before: it has most of the same dates.
 */
export function yearBefore(period: Period): Period {
  const { kind, from, to } = period
  const days =
    kind === 'range'
      ? { from: addMonths(from, -12), to: addMonths(to, -12) }
      : daysAround(kind, kind === 'week' ? addDays(from, -364) : addMonths(from, -12))
  return { ...period, ...days, running: false }
}

/**
 * The hours, days, weeks or months of a period, in order, without gap or overlap. Weeks and months that reach
 * beyond the period are cut at its ends. Hours are labelled with their offset, so that the repeated hour of an
 * autumn night is there twice. @throws QuestionError when there are too many.
 */
export function slots(period: Period, grain: Grain): Slot[] {
  const days = countDays(period)
  if ((grain === 'hour' ? days * 24 : days) > mostSlots) {
    throw new QuestionError('invalid_by', `This period has too many ${grain}s; choose a shorter one.`)
  }
  const result: Slot[] = []
  for (let from = period.from; from <= period.to; ) {
    let to = grain === 'hour' ? from : daysAround(grain, from).to
    if (to > period.to) to = period.to
    if (grain === 'hour') result.push(...hours(from, period.timezone))
    else result.push({ label: from, from, to, ...instants(from, to, period.timezone) })
    from = addDays(to, 1)
  }
  return result
}

/** Unix seconds of the first instant of a date in a zone; where the zone left the date out, of the next one. */
export function dayStart(date: string, timezone: string): number {
  const midnight = Date.parse(`${date}T00:00:00Z`) / 1000
  const guess = midnight - offset(midnight, timezone)
  for (const candidate of [guess, midnight - offset(guess, timezone)]) {
    if (isStart(candidate, date, timezone)) return candidate
  }
  // A change of the clock near midnight: search for the first instant that the calendar puts on the date.
  let before = midnight - 16 * 3600
  let after = midnight + 40 * 3600
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2)
    if (localDate(middle, timezone) >= date) after = middle
    else before = middle
  }
  return after
}

/** Unix seconds at which the clocks show on a date what they show at `time`; where they leave it out, about then. */
export function sameClock(time: number, date: string, timezone: string): number {
  const clock = (((time + offset(time, timezone)) % 86_400) + 86_400) % 86_400
  const wall = Date.parse(`${date}T00:00:00Z`) / 1000 + clock
  return wall - offset(wall - offset(wall, timezone), timezone)
}

export function addDays(date: string, days: number): string {
  return iso(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000)
}

/** The same day of another month, or that month's last one. */
export function addMonths(date: string, months: number): string {
  const [year = 1970, month = 1, day = 1] = date.split('-').map(Number)
  const last = new Date(Date.UTC(year, month + months, 0)).getUTCDate()
  return iso(Date.UTC(year, month - 1 + months, Math.min(day, last)))
}

export function countDays(days: Days): number {
  return Math.round((Date.parse(days.to) - Date.parse(days.from)) / 86_400_000) + 1
}

/** The day, week (Monday to Sunday), month or year that a date lies in. */
export function daysAround(kind: Exclude<PeriodKind, 'range'>, date: string): Days {
  switch (kind) {
    case 'day':
      return { from: date, to: date }
    case 'week': {
      const monday = addDays(date, -((new Date(date).getUTCDay() + 6) % 7))
      return { from: monday, to: addDays(monday, 6) }
    }
    case 'month': {
      const from = `${date.slice(0, 7)}-01`
      return { from, to: addDays(addMonths(from, 1), -1) }
    }
    case 'year':
      return { from: `${date.slice(0, 4)}-01-01`, to: `${date.slice(0, 4)}-12-31` }
  }
}

function parseSingle(text: string, kind: PeriodKind, today: string): string {
  if (/,|^(last|previous)\d/i.test(text)) {
    throw new QuestionError('invalid_date', `A ${kind} has one date; use period=range for "${text}".`)
  }
  return parseDate(text, today)
}

function parseRange(text: string, today: string): Days {
  const relative = /^(last|previous)(\d{1,6})$/i.exec(text)
  if (relative) {
    const count = Number(relative[2])
    if (count < 1 || count > mostDays) {
      throw new QuestionError('invalid_date', `"${text}" must name 1 to ${mostDays} days.`)
    }
    const to = relative[1]?.toLowerCase() === 'last' ? today : addDays(today, -1)
    return { from: addDays(to, 1 - count), to }
  }
  const [first, second, ...more] = text.split(',')
  if (first === undefined || second === undefined || more.length > 0) {
    throw new QuestionError(
      'invalid_date',
      `The range "${text}" cannot be read; write 2026-01-01,2026-01-31 or last30 or previous30.`,
    )
  }
  const [from, to] = [parseDate(first, today), parseDate(second, today)]
  if (from > to) throw new QuestionError('invalid_date', `The range "${text}" ends before it begins.`)
  return { from, to }
}

function parseDate(text: string, today: string): string {
  const word = relativeDate(
    text
      .trim()
      .toLowerCase()
      .replace(/[ -](?=[a-z])/g, ''),
    today,
  )
  const date = word ?? text.trim()
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date) || !isDate(date)) {
    throw new QuestionError(
      'invalid_date',
      `The date "${text}" cannot be read; write it as 2026-11-22, or today or yesterday.`,
    )
  }
  if (date < firstDate || date > lastDate) {
    throw new QuestionError(
      'invalid_date',
      `The date "${text}" must lie between ${firstDate} and ${lastDate}.`,
    )
  }
  return date
}

function relativeDate(word: string, today: string): string | undefined {
  switch (word) {
    case 'today':
    case 'now':
      return today
    case 'yesterday':
    case 'yesterdaysametime':
      return addDays(today, -1)
    case 'tomorrow':
      return addDays(today, 1)
    case 'lastweek':
      return addDays(today, -7)
    case 'lastmonth':
      return addMonths(today, -1)
    case 'lastyear':
      return addMonths(today, -12)
    default:
      return undefined
  }
}

/** Whether it is a day of the calendar, as 2026-11-22. */
export function isDate(text: string): boolean {
  const time = Date.parse(`${text}T00:00:00Z`)
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(time) && iso(time) === text
}

function iso(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 10)
}

function instants(from: string, to: string, timezone: string): { start: number; end: number } {
  return { start: dayStart(from, timezone), end: dayStart(addDays(to, 1), timezone) }
}

function hours(date: string, timezone: string): Slot[] {
  const { start, end } = instants(date, date, timezone)
  const result: Slot[] = []
  for (let at = start; at < end; ) {
    const shift = offset(at, timezone)
    const next = Math.min(end, at + 3600 - ((((at + shift) % 3600) + 3600) % 3600))
    result.push({ label: localTime(at, timezone), from: date, to: date, start: at, end: next })
    at = next
  }
  return result
}

/** A local date-time with its offset, `2026-10-25T02:00:00+01:00`, of Unix seconds. */
export function localTime(time: number, timezone: string): string {
  const shift = offset(time, timezone)
  const clock = new Date((time + shift) * 1000).toISOString().slice(0, 19)
  const minutes = Math.round(Math.abs(shift) / 60)
  const two = (value: number) => String(value).padStart(2, '0')
  return `${clock}${shift < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`
}

function isStart(time: number, date: string, timezone: string): boolean {
  return localDate(time, timezone) === date && localDate(time - 1, timezone) < date
}

function localDate(time: number, timezone: string): string {
  return iso((time + offset(time, timezone)) * 1000)
}

/** Seconds that the clocks of a zone are ahead of UTC at an instant in Unix seconds. */
function offset(time: number, timezone: string): number {
  const [month = 0, day = 0, year = 0, hour = 0, minute = 0, second = 0] = clock(timezone)
    .format(time * 1000)
    .split(/\D+/)
    .map(Number)
  return Date.UTC(year, month - 1, day, hour, minute, second) / 1000 - Math.floor(time)
}

const clocks = new Map<string, Intl.DateTimeFormat>()

function clock(timezone: string): Intl.DateTimeFormat {
  let known = clocks.get(timezone)
  if (!known) {
    known = new Intl.DateTimeFormat('en-US', {
      timeZone: timezone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    })
    clocks.set(timezone, known)
  }
  return known
}
