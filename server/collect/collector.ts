// A beacon's way in, from recognised parameters to a line on disk. All that can happen to it is the list of
// steps below, in this order; each may drop it with a reason that is counted, or refuse it with a Refusal.

import { isExcludedReferrer } from '../enrich/excluded-referrer.ts'
import type { Locations } from '../enrich/location.ts'
import { referrer } from '../enrich/referrer.ts'
import { ownText } from '../enrich/remembered.ts'
import type { Journal } from '../journal/journal.ts'
import { localDay } from '../zone.ts'
import { isAction, pageUrl, recogniseAction, recogniseTechniques } from './action.ts'
import { type Beacon, type DropReason, dropReasons, type KeptHit } from './beacon.ts'
import { convert, forgetConversions, refuseUnknownGoal } from './conversion.ts'
import { customOf } from './custom.ts'
import { excludeUnwanted } from './exclusion.ts'
import { firstTouch, laterTouch } from './facts.ts'
import { type CommonHit, type Extras, type HitKind, lineOf } from './hit.ts'
import type { LiveHits } from './live.ts'
import { commerceOf, type Orders } from './order.ts'
import { pastLine } from './past-line.ts'
import { Refusal } from './refusal.ts'
import { dropRepeat, type Marks } from './repeat.ts'
import type { Salts } from './salt.ts'
import { Turn } from './turn.ts'
import { type Arrival, type Visit, type VisitSource, type Visits, visitGap } from './visit.ts'
import { recogniseVisitor } from './visitor.ts'
import { honourWishes } from './wish.ts'

export type CollectorParts = {
  journal: Pick<Journal, 'append'>
  past: Pick<Journal, 'append'>
  visits: Visits
  salts: Salts
  locations: Locations
  live: LiveHits
  orders: Orders
  marks: Marks
  /** Days whose raw data is gone: nothing can be added to them. */
  isClosed: (siteId: number, day: string) => boolean
  /** Told of each hit of the past, so that its day is not closed while an import goes on. */
  imported: (siteId: number, day: string) => void
}

export type Outcome = { kept: KeptHit } | { dropped: DropReason }

const steps: { name: string; run: (beacon: Beacon, parts: CollectorParts) => DropReason | undefined }[] = [
  { name: 'wishes', run: honourWishes },
  { name: 'exclusions', run: excludeUnwanted },
  { name: 'repeat', run: (beacon, { marks }) => dropRepeat(beacon, marks) },
  { name: 'visitor', run: (beacon, { salts, visits }) => recogniseVisitor(beacon, salts, visits) },
  { name: 'enrich', run: enrich },
  { name: 'closed', run: refuseClosedDay },
  { name: 'goal', run: (beacon, { orders }) => refuseUnknownGoal(beacon, orders) },
  { name: 'past', run: setAside },
  { name: 'visit', run: joinVisit },
]

export class Collector {
  readonly #parts: CollectorParts
  /** How many requests were dropped since the start, by reason. */
  readonly dropped = Object.fromEntries(dropReasons.map((reason) => [reason, 0])) as Record<
    DropReason,
    number
  >
  kept = 0
  /** Requests that could not be used, and hits that could not be kept. */
  refused = 0
  unkept = 0

  constructor(parts: CollectorParts) {
    this.#parts = parts
  }

  /**
   * Resolves when the hit is on disk or was dropped.
   * @throws Refusal when the request cannot be used, JournalError when the hit cannot be kept.
   */
  collect(beacon: Beacon): Promise<Outcome> {
    try {
      const outcome = this.#admit(beacon)
      if ('dropped' in outcome) return Promise.resolve(outcome)
      const { kept } = outcome
      return this.#laneOf(kept)
        .append(kept.line)
        .then(
          () => {
            this.#wasKept(kept)
            return outcome
          },
          (error) => {
            this.#wasNotKept(kept)
            throw error
          },
        )
    } catch (error) {
      return Promise.reject(error)
    }
  }

  /**
   * The same for many, in their order, with one commit for all. A bad one is told with the others' outcomes.
   * @throws JournalError when the hits cannot be kept; then none of them is.
   */
  async collectAll(beacons: Iterable<Beacon | Refusal>): Promise<(Outcome | { refused: Refusal })[]> {
    const turn = new Turn()
    const list: (Beacon | Refusal)[] = []
    for (const beacon of beacons) {
      list.push(beacon)
      if (turn.isOver()) await turn.next()
    }
    // One commit for all: where one is of the past, all of them wait.
    const past = list.some((beacon) => 'past' in beacon && beacon.past)
    const outcomes: (Outcome | { refused: Refusal })[] = []
    for (const beacon of list) {
      if (beacon instanceof Refusal) outcomes.push({ refused: beacon })
      else {
        beacon.past = past
        outcomes.push(this.#admitOrRefuse(beacon))
      }
      if (turn.isOver()) await turn.next()
    }
    // A day may have been closed while the list was worked on.
    for (const [index, outcome] of outcomes.entries()) {
      if (!('kept' in outcome)) continue
      const { siteId, day } = outcome.kept
      if (!this.#parts.isClosed(siteId, day)) continue
      this.#wasNotKept(outcome.kept)
      outcomes[index] = { refused: closed(day) }
    }
    await this.#keep(outcomes.flatMap((outcome) => ('kept' in outcome ? [outcome.kept] : [])))
    return outcomes
  }

  /** No step waits for anything: what one hit of a visitor leaves is there for the next. */
  #admit(beacon: Beacon): Outcome {
    for (const step of steps) {
      const reason = step.run(beacon, this.#parts)
      if (reason) {
        this.dropped[reason]++
        return { dropped: reason }
      }
      if (beacon.kept) return { kept: beacon.kept }
    }
    throw new Error('A beacon passed all steps without becoming a hit.')
  }

  #admitOrRefuse(beacon: Beacon): Outcome | { refused: Refusal } {
    try {
      return this.#admit(beacon)
    } catch (error) {
      if (error instanceof Refusal) return { refused: error }
      throw error
    }
  }

  /** A hit of the past that was kept makes none after all, now that the others of its time are known. */
  drop(reason: DropReason): void {
    this.kept--
    this.dropped[reason]++
  }

  /** One JSON line a hit; a line of the journal is a row of the table. */
  async #keep(hits: KeptHit[]): Promise<void> {
    const [first] = hits
    if (!first) return
    try {
      await this.#laneOf(first).append(hits.map(({ line }) => line).join(''), hits.length)
    } catch (error) {
      for (const hit of hits) this.#wasNotKept(hit)
      throw error
    }
    for (const hit of hits) this.#wasKept(hit)
  }

  #laneOf({ past }: KeptHit): Pick<Journal, 'append'> {
    return past ? this.#parts.past : this.#parts.journal
  }

  #wasKept({ siteId, line, past }: KeptHit): void {
    this.kept++
    if (!past) this.#parts.live.publish(siteId, line)
  }

  /** A hit, an order or a goal that is sent again must be taken then. */
  #wasNotKept({ siteId, order, reached, mark }: KeptHit): void {
    if (order !== undefined) this.#parts.orders.forget(siteId, order)
    if (reached) forgetConversions(reached.visit, reached.goals)
    if (mark !== undefined) this.#parts.marks.forget(siteId, mark)
  }
}

/** Facts about where the visitor is, came from and did; after it, the full address is gone. */
function enrich(beacon: Beacon, { locations }: CollectorParts): undefined {
  beacon.address = ''
  beacon.country = beacon.parameters.country ?? locations.country(beacon.ip)
  beacon.techniques = recogniseTechniques(beacon)
  beacon.action = recogniseAction(beacon)
  beacon.custom = customOf(beacon)
  beacon.commerce = commerceOf(beacon)
  beacon.referrer = referrer({
    pageUrl: pageUrl(beacon),
    parameters: beacon.parameters,
    referrerUrl: referrerUrl(beacon),
    siteUrls: beacon.site.urls,
    excludedParameters: beacon.site.settings.excludedParameters,
  })
}

/** Matomo: one that the owner excludes is taken for none. */
function referrerUrl({ parameters, site }: Beacon): string {
  const { urlref = '' } = parameters
  return urlref !== '' && isExcludedReferrer(urlref, site.settings.excludedReferrers) ? '' : urlref
}

function setAside(beacon: Beacon, { orders }: CollectorParts): undefined {
  if (!beacon.past) return
  const { site, time } = beacon
  const day = localDay(site.timezone, time)
  const order = beacon.commerce?.order_id
  const mark = beacon.parameters.ff_id
  beacon.kept = { siteId: site.id, day, position: 0, line: pastLine(beacon), past: true, order, mark }
  if (order !== undefined) orders.remember(site.id, order)
}

/** Gives a beacon its visit, and keeps it as a hit of that. */
export function joinVisit(
  beacon: Beacon,
  { visits, orders }: { visits: VisitSource; orders: Pick<Orders, 'remember'> },
): DropReason | undefined {
  const { kind } = beacon.action
  const arrival: Arrival = {
    site: beacon.site,
    visitorId: beacon.visitorId,
    profilable: beacon.profilable,
    userId: beacon.userId,
    aliases: beacon.aliases,
    pageView: beacon.action.page_view_id,
    offered: beacon.offered,
    time: beacon.time,
    kind,
    newVisit: beacon.parameters.new_visit === true,
    referrer: beacon.referrer,
  }
  const running = visits.running(arrival)
  if (!running && joinsOnly(kind)) return 'late_ping'
  if (running) laterTouch(running, beacon)
  const visit = running ?? visits.begin(arrival, firstTouch(beacon))
  if (kind === 'order') visits.ordered(visit, beacon.site.id, beacon.time)
  const order = beacon.commerce?.order_id
  const converted = convert(beacon, visit)
  beacon.kept = {
    siteId: beacon.site.id,
    day: visit.day,
    position: visit.position + 1,
    line: lineOf(record(beacon, visit), visit.facts, extrasOf(beacon, converted)),
    past: false,
    order,
    reached: converted && { visit, goals: converted.conversions },
    mark: beacon.parameters.ff_id,
  }
  if (order !== undefined) orders.remember(beacon.site.id, order)
  advance(visit, beacon)
  return undefined
}

/** What few hits have, from wherever it comes. */
function extrasOf(
  { action, custom, commerce }: Beacon,
  conversion: Partial<Extras> | undefined,
): Partial<Extras> | undefined {
  if (!custom?.hit && !commerce && !conversion) return action.extras
  return { ...action.extras, ...custom?.hit, ...commerce, ...conversion }
}

function refuseClosedDay(beacon: Beacon, { isClosed, imported }: CollectorParts): undefined {
  const { site } = beacon
  const date = localDay(site.timezone, beacon.time)
  if (isClosed(site.id, date)) throw closed(date)
  if (beacon.receivedAt - beacon.time > day) imported(site.id, date)
}

const day = 24 * 3600 * 1000

function closed(date: string): Refusal {
  return new Refusal('cdt', `the day ${date} of this site is closed, nothing can be added to it`)
}

/** All columns by name, and not by spreading what has them: this is done for every hit. */
export function record(beacon: Beacon, visit: Visit): CommonHit {
  const { action } = beacon
  const later = visit.position > 0
  return {
    site_id: beacon.site.id,
    day: visit.day,
    visit_id: visit.id,
    position: visit.position + 1,
    visitor_id: visit.visitorNumber,
    time: Math.floor(timeOf(beacon, visit) / 1000),
    visit_time: Math.floor(visit.start / 1000),
    visit_number: visit.number,
    kind: action.kind,
    method: beacon.method,
    url: action.url,
    url_prefix: action.url_prefix,
    title: action.title,
    page_view_id: action.page_view_id,
    target_url: action.target_url,
    search_keyword: action.search_keyword,
    search_category: action.search_category,
    search_count: action.search_count,
    event_category: action.event_category,
    event_action: action.event_action,
    event_name: action.event_name,
    event_value: action.event_value,
    previous_url: later ? visit.url : '',
    previous_title: later ? visit.title : '',
    time_spent: later && !joinsOnly(action.kind) ? seconds(beacon.time - visit.lastAction) : 0,
  }
}

export function advance(visit: Visit, beacon: Beacon): void {
  const { kind } = beacon.action
  visit.position++
  if (joinsOnly(kind)) return
  if (isAction(kind)) visit.actions++
  // Matomo: a hit that arrives late does not move the last action back.
  visit.lastAction = Math.max(visit.lastAction, beacon.time)
  // Matomo: page views and searches alone move the exit; a search has its keyword as title and no address.
  if (isPage(kind)) {
    visit.url = kind === 'pageview' ? beacon.action.url : ''
    visit.pageView = beacon.action.page_view_id
    visit.title = kind === 'pageview' ? beacon.action.title : ownText(beacon.action.search_keyword)
  }
}

/** Matomo: a ping neither begins a visit nor keeps it open. Ours: nor does what was measured of a page. */
function joinsOnly(kind: HitKind): boolean {
  return kind === 'ping' || kind === 'update'
}

/** A page is measured until it is left, which may be hours after the visit: that does not make the visit longer. */
function timeOf({ action, time }: Beacon, visit: Visit): number {
  return action.kind === 'update' ? Math.min(time, visit.lastAction + visitGap) : time
}

function isPage(kind: HitKind): boolean {
  return kind === 'pageview' || kind === 'search'
}

/** Matomo: the time on a page is that until the next action, 0 to 1,800 seconds. */
function seconds(milliseconds: number): number {
  return Math.min(1800, Math.max(0, Math.round(milliseconds / 1000)))
}
