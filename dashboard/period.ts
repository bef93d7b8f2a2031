// The period that the dashboard shows: a span of whole days where the site is at home. Pure; dates are
// `YYYY-MM-DD` strings, which compare and sort as they are. The address bar holds it as `period` and `date`.

export type PeriodKind = 'day' | 'week' | 'month' | 'year' | 'range'
export type Grain = 'hour' | 'day' | 'week' | 'month'
export type Span = { from: string; to: string }
export type Period = Span & { kind: PeriodKind }

/** As in an address: `{ period: 'range', date: 'last28' }`. Relative words stay relative when shared. */
export type PeriodQuery = { period: PeriodKind; date: string }

export const periodKinds: readonly PeriodKind[] = ['day', 'week', 'month', 'year', 'range']

/** Four whole weeks, so that weekdays weigh the same here and in the period before. */
export const defaultQuery: PeriodQuery = { period: 'range', date: 'last28' }

export const shortcuts = [
  { name: 'today', period: 'day', date: 'today' },
  { name: 'yesterday', period: 'day', date: 'yesterday' },
  { name: 'last7', period: 'range', date: 'last7' },
  { name: 'last28', period: 'range', date: 'last28' },
  { name: 'last90', period: 'range', date: 'last90' },
  { name: 'thisMonth', period: 'month', date: 'today' },
  { name: 'thisYear', period: 'year', date: 'today' },
] as const satisfies readonly (PeriodQuery & { name: string })[]

/** Reads an address; what makes no sense there becomes the default period. */
export function readPeriod(query: URLSearchParams, today: string): Period {
  const kind = periodKinds.find((candidate) => candidate === query.get('period'))
  const date = query.get('date') ?? 'today'
  if (kind === undefined) return resolve(defaultQuery, today)
  const period = kind === 'range' ? readRange(date, today) : readSingle(kind, date, today)
  return period ?? resolve(defaultQuery, today)
}

export function writePeriod(period: Period): PeriodQuery {
  return {
    period: period.kind,
    date: period.kind === 'range' ? `${period.from},${period.to}` : period.from,
  }
}

export function resolve(query: PeriodQuery, today: string): Period {
  const search = new URLSearchParams(query)
  return query === defaultQuery
    ? { kind: 'range', from: addDays(today, -27), to: today }
    : readPeriod(search, today)
}

/** The period of that kind around a date; a range is the day alone. */
export function periodAround(kind: PeriodKind, date: string): Period {
  switch (kind) {
    case 'day':
    case 'range':
      return { kind, from: date, to: date }
    case 'week': {
      const monday = addDays(date, -weekday(date))
      return { kind, from: monday, to: addDays(monday, 6) }
    }
    case 'month': {
      const first = `${date.slice(0, 7)}-01`
      return { kind, from: first, to: addDays(addMonths(first, 1), -1) }
    }
    case 'year':
      return { kind, from: `${date.slice(0, 4)}-01-01`, to: `${date.slice(0, 4)}-12-31` }
  }
}

/** The same kind of period `steps` further (or back); a range moves by its own length. */
export function shift(period: Period, steps: number): Period {
  switch (period.kind) {
    case 'month':
      return periodAround('month', addMonths(period.from, steps))
    case 'year':
      return periodAround('year', addMonths(period.from, 12 * steps))
    default: {
      const length = countDays(period) * steps
      return { kind: period.kind, from: addDays(period.from, length), to: addDays(period.to, length) }
    }
  }
}

export function isRunning(period: Span, today: string): boolean {
  return period.from <= today && today <= period.to
}

/** What to divide a chart of the period by; the first is the natural choice. */
export function grains(period: Period): Grain[] {
  const days = countDays(period)
  if (days === 1) return ['hour']
  if (days <= 7) return ['day', 'hour']
  if (days <= 31) return ['day', 'week']
  if (days <= 92) return ['day', 'week', 'month']
  if (days <= 200) return ['week', 'day', 'month']
  return ['month', 'week', 'day']
}

/**
 * What to compare a period with. A finished one: with the one before. One that is running: its finished days
 * with as many days of the one before; where today is its first day, the finished hours of both days.
 */
export type Comparison = { by: 'days' | 'hours'; current: Period; previous: Period }

export function comparison(period: Period, today: string): Comparison {
  const previous = shift(period, -1)
  if (!isRunning(period, today)) return { by: 'days', current: period, previous }
  if (today === period.from) {
    return { by: 'hours', current: periodAround('day', today), previous: periodAround('day', previous.from) }
  }
  const yesterday = addDays(today, -1)
  const end =
    period.kind === 'year'
      ? addMonths(yesterday, -12)
      : addDays(previous.from, countDays({ from: period.from, to: yesterday }) - 1)
  return {
    by: 'days',
    current: { kind: 'range', from: period.from, to: yesterday },
    previous: { kind: 'range', from: previous.from, to: earlier(end, previous.to) },
  }
}

export function countDays(span: Span): number {
  return Math.round((utc(span.to) - utc(span.from)) / dayLength) + 1
}

export function earlier(one: string, other: string): string {
  if (one < other) return one
  return other
}

export function addDays(date: string, days: number): string {
  return iso(utc(date) + days * dayLength)
}

/** The same day of another month, or that month's last one. */
export function addMonths(date: string, months: number): string {
  const [year = 1970, month = 1, day = 1] = date.split('-').map(Number)
  const last = new Date(Date.UTC(year, month + months, 0)).getUTCDate()
  return iso(Date.UTC(year, month - 1 + months, Math.min(day, last)))
}

/** 0 is Monday. */
export function weekday(date: string): number {
  return (new Date(utc(date)).getUTCDay() + 6) % 7
}

export function isDate(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(utc(text)) && iso(utc(text)) === text
}

/** Midnight UTC of a date, for formatting it with `timeZone: 'UTC'`. */
export function utc(date: string): number {
  return Date.parse(`${date}T00:00:00Z`)
}

/** Date and time on a clock in that zone: `2026-11-22T14:05`. */
export function localTime(timezone: string, now: number): string {
  return new Date(now)
    .toLocaleString('sv-SE', { timeZone: timezone, dateStyle: 'short', timeStyle: 'short' })
    .replace(' ', 'T')
}

const dayLength = 86_400_000

function iso(time: number): string {
  return new Date(time).toISOString().slice(0, 10)
}

function readSingle(kind: PeriodKind, text: string, today: string): Period | undefined {
  const date = readDate(text, today)
  return date === undefined ? undefined : periodAround(kind, date)
}

function readRange(text: string, today: string): Period | undefined {
  const relative = /^(last|previous)(\d{1,4})$/.exec(text)
  if (relative) {
    const to = relative[1] === 'last' ? today : addDays(today, -1)
    const length = Number(relative[2])
    return length < 1 ? undefined : { kind: 'range', from: addDays(to, 1 - length), to }
  }
  const [first = '', second = first] = text.split(',')
  const from = readDate(first, today)
  const to = readDate(second, today)
  if (from === undefined || to === undefined || from > to) return undefined
  return { kind: 'range', from, to }
}

function readDate(text: string, today: string): string | undefined {
  if (text === 'today') return today
  if (text === 'yesterday') return addDays(today, -1)
  return isDate(text) ? text : undefined
}
