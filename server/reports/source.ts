// Where the figures of some days come from: stored totals of whole periods (rollups, or the final totals of a year), the
// raw hits and visits, or both.

import type { Site } from '../admin/site.ts'
import type { Params } from '../store/store.ts'
import { addDays, type Days, daysAround, type PeriodKind } from './period.ts'
import type { Rolled } from './rolled.ts'

/** A stored period; `hour` is the hours of a day. Version 0 is final. */
export type Piece = {
  period: 'hour' | Exclude<PeriodKind, 'range'>
  start: string
  version: number
  /** Whether its distinct visitors were put together from sketches before it became final. */
  joined?: boolean
}

export type Sources = {
  pieces: Piece[]
  raw: Days | undefined
  /** Whether distinct visitors are those of one piece (of a slot), or have to be put together. */
  exact: boolean
}

/** Kinds of which distinct visitors can be put together, and all, greatest first. */
const joinable = ['month', 'week', 'day'] as const
const all = ['year', 'month', 'week', 'day'] as const

/**
 * The days are put together from as few stored periods as there can be; what is not stored is raw, from the first day that
 * is not to the last. With `cut` that is the last day at least. `joined`: of what is stored several rows are put together,
 * so that no period will do of which visitors cannot be.
 */
export function sourcesOf(days: Days, rolled: Rolled, cut = false, joined = false): Sources {
  if (joined) return { ...sourcesOfParts(days, rolled, cut), exact: false }
  if (!cut) {
    for (const period of all) {
      const whole = daysAround(period, days.from)
      const version = whole.from === days.from && whole.to === days.to && rolled.version(period, days.from)
      if (typeof version === 'number') {
        return { pieces: [pieceOf(period, whole, version, rolled)], raw: undefined, exact: true }
      }
    }
  }
  return sourcesOfParts(days, rolled, cut)
}

function sourcesOfParts(days: Days, rolled: Rolled, cut: boolean): Sources {
  const { pieces, raw } = fewestParts({ from: days.from, to: cut ? addDays(days.to, -1) : days.to }, rolled)
  if (cut) raw.push(days.to)
  const [first, last] = [raw[0], raw.at(-1)]
  if (!first || !last) return { pieces: pieces.map(named), raw: undefined, exact: pieces.length <= 1 }
  const stored = pieces.filter(({ from, to }) => to < first || from > last)
  return { pieces: stored.map(named), raw: { from: first, to: last }, exact: stored.length === 0 }
}

/** What the days from one on are put together from, in the best way. */
type Way = { parts: number; piece: (Piece & Days) | undefined; raw: boolean }

/** As few stored periods as there can be, and the days with hits that none is stored of. */
function fewestParts({ from, to }: Days, rolled: Rolled): { pieces: (Piece & Days)[]; raw: string[] } {
  const ways = new Map<string, Way>()
  const partsAfter = (day: string) => ways.get(addDays(day, 1))?.parts ?? 0
  for (let day = to; day >= from; day = addDays(day, -1)) {
    const all = piecesFrom(day, to, rolled).map((piece): Way => {
      return { parts: 1 + partsAfter(piece.to), piece, raw: false }
    })
    const raw = rolled.hasHits(day)
    if (all.length === 0) all.push({ parts: (raw ? 1 : 0) + partsAfter(day), piece: undefined, raw })
    ways.set(
      day,
      all.reduce((best, way) => (way.parts < best.parts ? way : best)),
    )
  }
  const pieces: (Piece & Days)[] = []
  const raw: string[] = []
  for (let day = from; day <= to; ) {
    const way = ways.get(day)
    if (way?.piece) pieces.push(way.piece)
    if (way?.raw) raw.push(day)
    day = addDays(way?.piece?.to ?? day, 1)
  }
  return { pieces, raw }
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

/** What is stored from a day on and ends in time, greatest first. */
function piecesFrom(from: string, end: string, rolled: Rolled): (Piece & Days)[] {
  // Of what is final distinct visitors can only be added up, whatever it is made of.
  const final = from <= rolled.finalUntil
  // A week that ends in the next year may have got hits since.
  const last = final && rolled.finalUntil < end ? rolled.finalUntil : end
  return (final ? all : joinable).flatMap((period) => {
    const whole = daysAround(period, from)
    if (whole.from !== from || whole.to > last) return []
    const version = rolled.version(period, from)
    return version === undefined ? [] : [{ ...pieceOf(period, whole, version, rolled), ...whole }]
  })
}

/** Whether nothing that is stored lies in these days. */
export function isOutside({ pieces }: Sources, days: Days): boolean {
  return pieces.every(({ period, start }) => start > days.to || daysOf(period, start).to < days.from)
}

function daysOf(period: Piece['period'], start: string): Days {
  return daysAround(period === 'hour' ? 'day' : period, start)
}

function pieceOf(
  period: Exclude<PeriodKind, 'range'>,
  { from, to }: Days,
  version: number,
  { joinedYears }: Rolled,
): Piece {
  const joined =
    version === 0 &&
    period !== 'day' &&
    [from, to].some((day) => joinedYears.includes(Number(day.slice(0, 4))))
  return { period, start: from, version, ...(joined && { joined }) }
}

function named({ period, start, version, joined }: Piece): Piece {
  return { period, start, version, ...(joined && { joined }) }
}

/** Which stored periods are read. */
export function pieceParams(site: Site, pieces: readonly Piece[]): Params {
  return {
    sites_of: pieces.map(() => site.id),
    periods: pieces.map(({ period }) => period),
    starts_on: pieces.map(({ start }) => start),
    versions: pieces.map(({ version }) => version),
  }
}
