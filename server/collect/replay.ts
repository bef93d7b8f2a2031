// Gives hits of the past their visits: the collector's last step, with visits of its own, on hits in the order of
// their times. What comes out are rows, as if the hits had been sent when they happened. Visits that the store has
// near them are made anew from their hits; those that stay are told if they are a later one of their visitor now.

import type { Site } from '../admin/site.ts'
import type { Locations } from '../enrich/location.ts'
import type { Beacon, DropReason } from './beacon.ts'
import { advance, joinVisit, record } from './collector.ts'
import { convertAgain } from './conversion.ts'
import type { History, StoredHit, StoredVisit, VisitHistory } from './history.ts'
import { lineOf, readFacts, type VisitFacts } from './hit.ts'
import { KnownVisitors, type Numbered } from './known.ts'
import type { Orders } from './order.ts'
import { keyOf, lineBy, type Past, readPast } from './past-line.ts'
import { correctedFacts, recognisedLine } from './recognition.ts'
import { arrivalOf, beaconOfHit, factsOfHit, tellFacts } from './stored-hit.ts'
import { type Arrival, type Visit, type VisitSource, Visits } from './visit.ts'

export type ReplayParts = {
  site: (id: number) => Site | undefined
  /** Visits of the present: one that still runs takes late hits as they come. */
  present: VisitSource & Pick<Visits, 'newest' | 'known'>
  orders: Pick<Orders, 'remember'>
  country: Locations['country']
  dropped: (reason: DropReason) => void
}

type Correction = { visit: StoredVisit; facts: Numbered }

/** Visitors of a batch, and bytes of the visits that run at a time of it. */
const mostVisitors = 8_000_000
const visitBytes = 60_000_000

/** Lines of a history, to be sorted among those of the past. */
export function* historyLines({ hits, stays }: History): Generator<string> {
  for (const stored of hits) yield lineBy(stored.key, { stored })
  for (const visit of stays) yield lineBy(visit.key, { visit })
}

export class Replay implements VisitSource {
  readonly #parts: ReplayParts
  readonly #visits = new Visits(new KnownVisitors(mostVisitors), visitBytes)
  readonly #corrections: Correction[] = []

  constructor(parts: ReplayParts, { earlier }: Pick<History, 'earlier'> = { earlier: [] }) {
    this.#parts = parts
    for (const { siteId, visitorId, known } of earlier) this.#visits.known.set(siteId, visitorId, known)
  }

  /** The row of the next line; undefined when it makes none, or its site is gone meanwhile. */
  next(line: string): string | undefined {
    const { siteId } = keyOf(line)
    const site = this.#parts.site(siteId)
    if (!site) return undefined
    const { past, stored, visit } = JSON.parse(line) as {
      past?: Past
      stored?: StoredHit
      visit?: StoredVisit
    }
    if (visit) this.#pass(visit)
    if (stored) return this.#again(stored, site)
    return past && this.#first(readPast(past, site))
  }

  /** Rows that tell visits that stay their new number. To be asked for when all lines are through. */
  async *corrections(history: Pick<VisitHistory, 'facts'>): AsyncGenerator<string> {
    const siteIds = new Set(this.#corrections.map(({ visit }) => visit.key.siteId))
    for (const siteId of siteIds) {
      const corrections = this.#corrections.filter(({ visit }) => visit.key.siteId === siteId)
      const keys = corrections.map(({ visit }) => ({ site: siteId, day: visit.day, visit: visit.id }))
      const facts = await history.facts(siteId, keys)
      for (const { visit, facts: numbered } of corrections) {
        const known = facts.get(visit.id)
        if (known) yield this.#correct(visit, numbered, known)
      }
    }
  }

  /** Tells the present how often and since when its visitors were here. */
  finish(): void {
    const present = this.#parts.present.known
    for (const { siteId, visitorId, known } of this.#visits.known.entries()) {
      const there = present.get(siteId, visitorId)
      if (!there) continue
      present.set(siteId, visitorId, {
        visits: Math.max(there.visits, known.visits),
        first: Math.min(there.first, known.first),
        last: Math.max(there.last, known.last),
        ordered: Math.max(there.ordered, known.ordered),
      })
    }
  }

  running(arrival: Arrival): Visit | undefined {
    return this.#visits.running(arrival) ?? this.#parts.present.running(arrival)
  }

  begin(arrival: Arrival, facts: VisitFacts): Visit {
    return this.#visits.begin(arrival, facts)
  }

  ordered(visit: Visit, siteId: number, time: number): void {
    const { present } = this.#parts
    const isPresent = present.newest(siteId, visit.visitorId) === visit
    if (isPresent) present.ordered(visit, siteId, time)
    else this.#visits.ordered(visit, siteId, time)
  }

  #first(beacon: Beacon): string | undefined {
    const reason = joinVisit(beacon, { visits: this, orders: this.#parts.orders })
    if (reason) this.#parts.dropped(reason)
    return beacon.kept?.line
  }

  /** A stored hit, in the visit that it has now. */
  #again({ hit, before, forced, key }: StoredHit, site: Site): string {
    const beacon = beaconOfHit(hit, site, key.visitorId)
    const arrival = arrivalOf(beacon, hit, before, forced)
    const running = this.#visits.running(arrival)
    if (running) tellFacts(running, hit, before, this.#parts.country(hit.ip))
    const visit = running ?? this.begin(arrival, factsOfHit(hit))
    if (hit.kind === 'order') this.ordered(visit, site.id, beacon.time)
    const extras = { ...beacon.action.extras, ...convertAgain(beacon, hit, visit) }
    const line = lineOf(record(beacon, visit), visit.facts, extras)
    advance(visit, beacon)
    return line
  }

  #pass(visit: StoredVisit): void {
    const { siteId, visitorId, time } = visit.key
    const facts = this.#visits.known.visited(siteId, visitorId, Math.floor(time / 1000))
    if (visit.ordered !== undefined) this.#visits.known.ordered(siteId, visitorId, visit.ordered)
    const same =
      facts.number === visit.number &&
      facts.days_since_first === visit.daysSinceFirst &&
      facts.days_since_last === visit.daysSinceLast &&
      (facts.days_since_order === visit.daysSinceOrder || visit.ordered !== undefined)
    if (!same) this.#corrections.push({ visit, facts })
  }

  #correct(visit: StoredVisit, { number, ...days }: Numbered, known: VisitFacts): string {
    const { siteId, visitorId, time } = visit.key
    const newest = this.#parts.present.newest(siteId, visitorId)
    const facts = correctedFacts(known, days)
    let position = visit.position + 1
    if (newest?.id === visit.id) {
      position = ++newest.position
      newest.number = number
      newest.facts = correctedFacts(readFacts(newest.facts), days)
    }
    const visitorNumber = BigInt(`0x${visitorId}`).toString()
    return recognisedLine(
      { siteId, day: visit.day, visitId: visit.id, position },
      { visitorNumber, start: time, number, facts },
    )
  }
}
