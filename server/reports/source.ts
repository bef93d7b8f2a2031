// Where the figures of some days come from: the raw hits and visits, the stored totals of final years, or both.

import { addDays, type Days, daysAround } from './period.ts'

/** A stored period by the name and first day under which its totals are kept; `hour` is the hours of a day. */
export type Piece = { period: 'hour' | 'day' | 'week' | 'month' | 'year'; start: string }

export type Sources = {
  pieces: Piece[]
  raw: Days | undefined
  /** Whether distinct visitors come out right: they do where there is only one piece. */
  exact: boolean
}

/**
 * What is up to `finalUntil` (a date, or empty) is put together from the greatest stored periods, the rest is
 * raw. A whole week that begins in a final year is stored even where it ends in the next.
 */
export function sourcesOf(days: Days, finalUntil: string): Sources {
  if (days.from > finalUntil) return { pieces: [], raw: days, exact: true }
  if (isWhole('week', days)) {
    return { pieces: [{ period: 'week', start: days.from }], raw: undefined, exact: true }
  }
  const end = days.to < finalUntil ? days.to : finalUntil
  const pieces: Piece[] = []
  for (let from = days.from; from <= end; ) {
    const piece = greatestPiece(from, end)
    pieces.push({ period: piece.period, start: from })
    from = addDays(piece.to, 1)
  }
  const raw = days.to > end ? { from: addDays(end, 1), to: days.to } : undefined
  return { pieces, raw, exact: pieces.length + (raw ? 1 : 0) === 1 }
}

/** The same for consecutive spans, each of which is to be told apart. */
export function sourcesOfEach(spans: readonly Days[], finalUntil: string): Sources {
  const all = spans.map((span) => sourcesOf(span, finalUntil))
  const raws = all.flatMap(({ raw }) => raw ?? [])
  const [first, last] = [raws[0], raws.at(-1)]
  return {
    pieces: all.flatMap(({ pieces }) => pieces),
    raw: first && last && { from: first.from, to: last.to },
    exact: all.every(({ exact }) => exact),
  }
}

/** The same for the hours of some days. */
export function sourcesOfHours(days: Days, finalUntil: string): Sources {
  const pieces: Piece[] = []
  let from = days.from
  for (; from <= days.to && from <= finalUntil; from = addDays(from, 1)) {
    pieces.push({ period: 'hour', start: from })
  }
  return { pieces, raw: from <= days.to ? { from, to: days.to } : undefined, exact: true }
}

function greatestPiece(from: string, end: string): { period: Piece['period']; to: string } {
  for (const period of ['year', 'month', 'week'] as const) {
    const whole = daysAround(period, from)
    if (whole.from === from && whole.to <= end) return { period, to: whole.to }
  }
  return { period: 'day', to: from }
}

function isWhole(period: 'week', days: Days): boolean {
  const whole = daysAround(period, days.from)
  return whole.from === days.from && whole.to === days.to
}
