// Where the figures of some days come from: stored totals of whole periods (rollups, or the final totals of a year), the
// raw hits and visits, or both.

import { addDays, type Days, daysAround, type PeriodKind } from './period.ts'
import type { Rolled } from './rolled.ts'

/** A stored period; `hour` is the hours of a day. Version 0 is final. */
export type Piece = { period: 'hour' | Exclude<PeriodKind, 'range'>; start: string; version: number }

export type Sources = {
  pieces: Piece[]
  raw: Days | undefined
  /** Whether distinct visitors are those of one piece (of a slot), or have to be put together. */
  exact: boolean
}

/** Kinds of which distinct visitors can be put together, and all, greatest first. */
const joinable = ['month', 'day'] as const
const all = ['year', 'month', 'week', 'day'] as const

/**
 * The days are put together from the greatest periods that are stored; what is not is raw, from the first day that is
 * not to the last. With `cut` that is the last day at least. `joined`: of what is stored several rows are put together,
 * so that no period will do of which visitors cannot be.
 */
export function sourcesOf(days: Days, rolled: Rolled, cut = false, joined = false): Sources {
  if (joined) return { ...sourcesOfParts(days, rolled, cut), exact: false }
  if (!cut) {
    for (const period of all) {
      const whole = daysAround(period, days.from)
      const version = whole.from === days.from && whole.to === days.to && rolled.version(period, days.from)
      if (typeof version === 'number') {
        return { pieces: [{ period, start: days.from, version }], raw: undefined, exact: true }
      }
    }
  }
  return sourcesOfParts(days, rolled, cut)
}

function sourcesOfParts(days: Days, rolled: Rolled, cut: boolean): Sources {
  const pieces: (Piece & Days)[] = []
  const raw: string[] = []
  const end = cut ? addDays(days.to, -1) : days.to
  for (let from = days.from; from <= end; ) {
    const piece = greatestPiece(from, end, rolled)
    if (piece) pieces.push(piece)
    else if (rolled.hasHits(from)) raw.push(from)
    from = addDays(piece?.to ?? from, 1)
  }
  if (cut) raw.push(days.to)
  const [first, last] = [raw[0], raw.at(-1)]
  if (!first || !last) return { pieces: pieces.map(named), raw: undefined, exact: pieces.length <= 1 }
  const stored = pieces.filter(({ from, to }) => to < first || from > last)
  return { pieces: stored.map(named), raw: { from: first, to: last }, exact: stored.length === 0 }
}

/** The same for consecutive spans, each of which is to be told apart. */
export function sourcesOfEach(spans: readonly Days[], rolled: Rolled, cut = false): Sources {
  const each = spans.map((span, index) => sourcesOf(span, rolled, cut && index === spans.length - 1))
  const raws = each.flatMap(({ raw }) => raw ?? [])
  const [first, last] = [raws[0], raws.at(-1)]
  if (!first || !last) {
    return {
      pieces: each.flatMap(({ pieces }) => pieces),
      raw: undefined,
      exact: each.every(({ exact }) => exact),
    }
  }
  // What lies between raw spans is raw as well: it is read in one go.
  const raw = { from: first.from, to: last.to }
  const outside = each.map(({ pieces }) =>
    pieces.filter(({ period, start }) => start > raw.to || daysOf(period, start).to < raw.from),
  )
  const exact = each.every(({ raw: own }, index) => {
    const span = spans[index]
    const counted =
      (outside[index]?.length ?? 0) + (own || (span && span.from <= raw.to && span.to >= raw.from) ? 1 : 0)
    return counted <= 1
  })
  return { pieces: outside.flat(), raw, exact }
}

/** The same for the hours of some days. */
export function sourcesOfHours(days: Days, rolled: Rolled, cut = false): Sources {
  const single: Days[] = []
  for (let from = days.from; from <= days.to; from = addDays(from, 1)) single.push({ from, to: from })
  const { pieces, raw } = sourcesOfEach(single, rolled, cut)
  return { pieces: pieces.map((piece) => ({ ...piece, period: 'hour' })), raw, exact: true }
}

function greatestPiece(from: string, end: string, rolled: Rolled): (Piece & Days) | undefined {
  // Of what is final distinct visitors can only be added up, whatever it is made of.
  const final = from <= rolled.finalUntil
  // A week that ends in the next year may have got hits since.
  const last = final && rolled.finalUntil < end ? rolled.finalUntil : end
  for (const period of final ? all : joinable) {
    const whole = daysAround(period, from)
    if (whole.from !== from || whole.to > last) continue
    const version = rolled.version(period, from)
    if (version !== undefined) return { period, start: from, version, ...whole }
  }
  return undefined
}

/** Whether nothing that is stored lies in these days. */
export function isOutside({ pieces }: Sources, days: Days): boolean {
  return pieces.every(({ period, start }) => start > days.to || daysOf(period, start).to < days.from)
}

function daysOf(period: Piece['period'], start: string): Days {
  return daysAround(period === 'hour' ? 'day' : period, start)
}

function named({ period, start, version }: Piece): Piece {
  return { period, start, version }
}
