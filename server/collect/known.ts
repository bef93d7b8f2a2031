// Visitors that were here before: how often, since when, when last, and when they last ordered. A bounded table in
// typed arrays, 26 bytes a place, so that a million of them fit beside everything else. It grows with what it holds;
// when it is full, of sixteen visitors who share a row the one that was here longest ago goes. Whoever is not in it may
// still be known to the store (recognition.ts).

/** Unix seconds; `ordered`: of the last order, 0 when there was none. */
export type Known = { visits: number; first: number; last: number; ordered: number }

/** What is told of a visit that begins: whole days since earlier ones, -1 where there was no order. */
export type Numbered = {
  number: number
  days_since_first: number
  days_since_last: number
  days_since_order: number
}

/** Visitors of a row of the table. */
const ways = 16
const leastRows = 64
const mostVisits = 65_535

export class KnownVisitors {
  readonly #mostRows: number
  #rows = leastRows
  #size = 0
  #table = newTable(leastRows)

  /** @param capacity visitors, about: it is rounded up to a power of two. */
  constructor(capacity = 1_000_000) {
    this.#mostRows = leastRows
    while (this.#mostRows * ways < capacity) this.#mostRows *= 2
  }

  get size(): number {
    return this.#size
  }

  get(siteId: number, visitorId: string): Known | undefined {
    const at = this.#find(siteId, highOf(visitorId), lowOf(visitorId))
    return at === undefined ? undefined : this.#at(at)
  }

  has(siteId: number, visitorId: string): boolean {
    return this.#find(siteId, highOf(visitorId), lowOf(visitorId)) !== undefined
  }

  set(siteId: number, visitorId: string, known: Known): void {
    this.#put(siteId, highOf(visitorId), lowOf(visitorId), known)
    if (this.#size > this.#rows * ways * 0.7 && this.#rows < this.#mostRows) this.#grow()
  }

  /** Counts one more visit. `start` in Unix seconds. */
  visited(siteId: number, visitorId: string, start: number): Numbered {
    const before = this.get(siteId, visitorId)
    const number = Math.min((before?.visits ?? 0) + 1, mostVisits)
    const { first = start, last = start, ordered = 0 } = before ?? {}
    this.set(siteId, visitorId, {
      visits: number,
      first: Math.min(first, start),
      last: Math.max(last, start),
      ordered,
    })
    return numbered(start, { visits: number - 1, first, last, ordered })
  }

  /** The visitor ordered. `time` in Unix seconds. */
  ordered(siteId: number, visitorId: string, time: number): void {
    const known = this.get(siteId, visitorId)
    if (known && known.ordered < time) this.set(siteId, visitorId, { ...known, ordered: time })
  }

  /** Forgets visitors of a site whose last visit began before a time, Unix seconds. */
  forget(siteId: number, before: number): void {
    const { sites, lasts } = this.#table
    for (let at = 0; at < sites.length; at++) {
      if (sites[at] !== siteId || (lasts[at] ?? 0) >= before) continue
      sites[at] = 0
      this.#size--
    }
  }

  /** All of them, in no order. */
  *entries(): Generator<{ siteId: number; visitorId: string; known: Known }> {
    const { sites, highs, lows } = this.#table
    for (let at = 0; at < sites.length; at++) {
      const siteId = sites[at] ?? 0
      if (siteId !== 0) yield { siteId, visitorId: hex(highs[at]) + hex(lows[at]), known: this.#at(at) }
    }
  }

  #find(siteId: number, high: number, low: number): number | undefined {
    const { sites, highs, lows } = this.#table
    const from = this.#rowOf(siteId, high, low) * ways
    for (let at = from; at < from + ways; at++)
      if (lows[at] === low && highs[at] === high && sites[at] === siteId) return at
    return undefined
  }

  #rowOf(siteId: number, high: number, low: number): number {
    // Ids are random in all their bits; numbers of sites are small.
    return ((low ^ Math.imul(high, 0x9e3779b1) ^ Math.imul(siteId, 0x85ebca6b)) >>> 0) & (this.#rows - 1)
  }

  #at(at: number): Known {
    const { visits, firsts, lasts, ordereds } = this.#table
    return {
      visits: visits[at] ?? 0,
      first: firsts[at] ?? 0,
      last: lasts[at] ?? 0,
      ordered: ordereds[at] ?? 0,
    }
  }

  #put(siteId: number, high: number, low: number, known: Known): void {
    const { sites, highs, lows, visits, firsts, lasts, ordereds } = this.#table
    let place = this.#find(siteId, high, low)
    if (place === undefined) {
      const from = this.#rowOf(siteId, high, low) * ways
      place = from
      for (let at = from; at < from + ways; at++) {
        // No visitor of a site: a free place.
        if (sites[at] === 0) {
          place = at
          break
        }
        if ((lasts[at] ?? 0) < (lasts[place] ?? 0)) place = at
      }
      if (sites[place] === 0) this.#size++
    }
    sites[place] = siteId
    highs[place] = high
    lows[place] = low
    visits[place] = known.visits
    firsts[place] = known.first
    lasts[place] = known.last
    ordereds[place] = known.ordered
  }

  #grow(): void {
    const old = this.#table
    this.#rows *= 2
    this.#table = newTable(this.#rows)
    this.#size = 0
    for (let at = 0; at < old.sites.length; at++) {
      const siteId = old.sites[at] ?? 0
      if (siteId === 0) continue
      this.#put(siteId, old.highs[at] ?? 0, old.lows[at] ?? 0, {
        visits: old.visits[at] ?? 0,
        first: old.firsts[at] ?? 0,
        last: old.lasts[at] ?? 0,
        ordered: old.ordereds[at] ?? 0,
      })
    }
  }
}

/**
 * What a visit that begins at `start` is told of those before it; undefined: there were none. Matomo: whoever has an
 * earlier visit returns, however long ago that was.
 */
export function numbered(start: number, before: Known | undefined): Numbered {
  if (!before || before.visits === 0) {
    return { number: 1, days_since_first: 0, days_since_last: 0, days_since_order: -1 }
  }
  return {
    number: Math.min(before.visits + 1, mostVisits),
    days_since_first: days(start - before.first),
    days_since_last: days(start - before.last),
    days_since_order: before.ordered === 0 ? -1 : days(start - before.ordered),
  }
}

/** Matomo: a day is 86,400 seconds, and those that are not over do not count. */
function days(seconds: number): number {
  return Math.min(65_535, Math.max(0, Math.floor(seconds / 86_400)))
}

function newTable(rows: number) {
  const places = rows * ways
  return {
    sites: new Uint32Array(places),
    highs: new Uint32Array(places),
    lows: new Uint32Array(places),
    visits: new Uint16Array(places),
    firsts: new Uint32Array(places),
    lasts: new Uint32Array(places),
    ordereds: new Uint32Array(places),
  }
}

function hex(half = 0): string {
  return half.toString(16).padStart(8, '0')
}

function highOf(visitorId: string): number {
  return Number.parseInt(visitorId.slice(0, 8), 16)
}

function lowOf(visitorId: string): number {
  return Number.parseInt(visitorId.slice(8), 16)
}
