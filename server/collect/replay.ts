// Gives hits of the past their visits: the collector's last step, with visits of its own, on hits in the order of
// their times. What comes out are rows, as if the hits had been sent when they happened. Visits that the store has
// near them are made anew from their hits; those that stay are told if they are a later one of their visitor now.

import type { Site } from '../admin/site.ts'
import type { Beacon, DropReason } from './beacon.ts'
import { advance, joinVisit, record } from './collector.ts'
import { rememberConversion } from './conversion.ts'
import type { History, StoredHit, StoredVisit, VisitHistory } from './history.ts'
import { type CommonHit, factsText, lineOf, readFacts, type VisitFacts } from './hit.ts'
import type { Orders } from './order.ts'
import { keyOf, lineBy, type Past, readPast } from './past-line.ts'
import { arrivalOf, beaconOfHit, factsOfHit, tellFacts } from './stored-hit.ts'
import { type Arrival, type Visit, type VisitSource, Visits } from './visit.ts'

export type ReplayParts = {
  site: (id: number) => Site | undefined
  /** Visits of the present: one that still runs takes late hits as they come. */
  present: VisitSource & Pick<Visits, 'newest' | 'recount'>
  orders: Pick<Orders, 'remember'>
  dropped: (reason: DropReason) => void
}

/** What is known of a visitor so far. Times in Unix milliseconds. */
type Known = { visits: number; first: number; last: number; ordered: number | undefined }

type Correction = { visit: StoredVisit; facts: Numbered }
type Numbered = Pick<VisitFacts, 'days_since_first' | 'days_since_last' | 'days_since_order'> & {
  number: number
}

/** Lines of a history, to be sorted among those of the past. */
export function* historyLines({ hits, stays }: History): Generator<string> {
  for (const stored of hits) yield lineBy(stored.key, { stored })
  for (const visit of stays) yield lineBy(visit.key, { visit })
}

export class Replay implements VisitSource {
  readonly #parts: ReplayParts
  readonly #visits = new Visits()
  readonly #known = new Map<string, Known>()
  readonly #corrections: Correction[] = []

  constructor(parts: ReplayParts, { earlier }: Pick<History, 'earlier'> = { earlier: [] }) {
    this.#parts = parts
    for (const { siteId, visitorId, visits, first, last } of earlier)
      this.#known.set(nameOf(siteId, visitorId), { visits, first, last, ordered: undefined })
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

  /** Tells the visits of the present how many have come before them. */
  finish(): void {
    for (const [name, { visits }] of this.#known) {
      const [siteId, visitorId = ''] = name.split(' ')
      this.#parts.present.recount(Number(siteId), visitorId, visits)
    }
  }

  running(arrival: Arrival): Visit | undefined {
    return this.#visits.running(arrival) ?? this.#parts.present.running(arrival)
  }

  begin(arrival: Arrival, facts: VisitFacts): Visit {
    const { number, ...days } = this.#numbered(nameOf(arrival.site.id, arrival.visitorId), arrival.time)
    const visit = this.#visits.begin(arrival, { ...facts, ...days })
    visit.number = number
    return visit
  }

  #first(beacon: Beacon): string | undefined {
    const reason = joinVisit(beacon, { visits: this, orders: this.#parts.orders })
    if (reason) this.#parts.dropped(reason)
    else this.#remember(beacon)
    return beacon.kept?.line
  }

  /** A stored hit, in the visit that it has now. */
  #again({ hit, before, forced, key }: StoredHit, site: Site): string {
    const beacon = beaconOfHit(hit, site, key.visitorId)
    const arrival = arrivalOf(beacon, hit, before, forced)
    const running = this.#visits.running(arrival)
    if (running) tellFacts(running, hit, before)
    const visit = running ?? this.begin(arrival, factsOfHit(hit))
    for (const { goal } of hit.conversions) if (goal > 0) rememberConversion(visit, goal, beacon.time)
    const line = lineOf(record(beacon, visit), visit.facts, beacon.action.extras)
    advance(visit, beacon)
    this.#remember(beacon)
    return line
  }

  #remember({ site, visitorId, time, action }: Beacon): void {
    const known = this.#known.get(nameOf(site.id, visitorId))
    if (known && action.kind === 'order') known.ordered = time
  }

  #pass(visit: StoredVisit): void {
    const name = nameOf(visit.key.siteId, visit.key.visitorId)
    const facts = this.#numbered(name, visit.key.time)
    const known = this.#known.get(name)
    if (known && visit.ordered !== undefined) known.ordered = visit.ordered
    const same =
      facts.number === visit.number &&
      facts.days_since_first === visit.daysSinceFirst &&
      facts.days_since_last === visit.daysSinceLast &&
      (facts.days_since_order === visit.daysSinceOrder || visit.ordered !== undefined)
    if (!same) this.#corrections.push({ visit, facts })
  }

  /** Counts one more visit of a visitor. */
  #numbered(name: string, start: number): Numbered {
    const known = this.#known.get(name)
    const next: Known = {
      visits: (known?.visits ?? 0) + 1,
      first: known?.first ?? start,
      last: start,
      ordered: known?.ordered,
    }
    this.#known.set(name, next)
    return {
      number: Math.min(next.visits, 65535),
      days_since_first: days(start - next.first),
      days_since_last: known ? days(start - known.last) : 0,
      days_since_order: next.ordered === undefined ? -1 : days(start - next.ordered),
    }
  }

  #correct(visit: StoredVisit, { number, ...days }: Numbered, known: VisitFacts): string {
    const { siteId, visitorId, time } = visit.key
    const newest = this.#parts.present.newest(siteId, visitorId)
    const facts = factsText({ ...known, ...days })
    let position = visit.position + 1
    if (newest?.id === visit.id) {
      position = ++newest.position
      newest.number = number
      newest.facts = factsText({ ...readFacts(newest.facts), ...days })
    }
    const start = Math.floor(time / 1000)
    const hit = { ...nothing, site_id: siteId, day: visit.day, visit_id: visit.id, position }
    const visitor_id = BigInt(`0x${visitorId}`).toString()
    return lineOf({ ...hit, visitor_id, time: start, visit_time: start, visit_number: number }, facts)
  }
}

/** What a row has that says nothing but who and when. */
const nothing: Omit<
  CommonHit,
  'site_id' | 'day' | 'visit_id' | 'position' | 'visitor_id' | 'time' | 'visit_time' | 'visit_number'
> = {
  kind: 'recognised',
  method: 'POST',
  url: '',
  url_prefix: 0,
  title: '',
  page_view_id: '',
  target_url: '',
  search_keyword: '',
  search_category: '',
  search_count: -1,
  event_category: '',
  event_action: '',
  event_name: '',
  event_value: null,
  previous_url: '',
  previous_title: '',
  time_spent: 0,
}

function nameOf(siteId: number, visitorId: string): string {
  return `${siteId} ${visitorId}`
}

/** Whole days. */
function days(milliseconds: number): number {
  return Math.min(65535, Math.max(0, Math.floor(milliseconds / 86_400_000)))
}
