// A beacon's way in, from recognised parameters to a line on disk. All that can happen to it is the list of
// steps below, in this order; each may drop it with a reason that is counted, or refuse it with a Refusal.

import { setImmediate } from 'node:timers/promises'
import type { Locations } from '../enrich/location.ts'
import { type Referrer, referrer } from '../enrich/referrer.ts'
import { ownText } from '../enrich/remembered.ts'
import type { Journal } from '../journal/journal.ts'
import { localDay } from '../zone.ts'
import { pageUrl, recogniseAction, recogniseTechniques } from './action.ts'
import { type Beacon, type DropReason, dropReasons, type KeptHit } from './beacon.ts'
import { excludeUnwanted } from './exclusion.ts'
import { factsText, type Hit, type HitKind, lineOf, readFacts, type VisitFacts } from './hit.ts'
import type { LiveHits } from './live.ts'
import { Refusal } from './refusal.ts'
import type { Salts } from './salt.ts'
import type { Arrival, Visit, Visits } from './visit.ts'
import { recogniseVisitor } from './visitor.ts'
import { honourWishes } from './wish.ts'

export type CollectorParts = {
  journal: Pick<Journal, 'append'>
  visits: Visits
  salts: Salts
  locations: Locations
  live: LiveHits
  /** Years whose raw data is gone: nothing can be added to them. */
  isClosed: (siteId: number, year: number) => boolean
  /** Told of each hit of the past, so that its year is not closed while an import goes on. */
  imported: (siteId: number, year: number) => void
}

/** Milliseconds. */
const longestTurn = 5

export type Outcome = { kept: KeptHit } | { dropped: DropReason }

const steps: { name: string; run: (beacon: Beacon, parts: CollectorParts) => DropReason | undefined }[] = [
  { name: 'wishes', run: honourWishes },
  { name: 'exclusions', run: excludeUnwanted },
  { name: 'visitor', run: (beacon, { salts, visits }) => recogniseVisitor(beacon, salts, visits) },
  { name: 'enrich', run: enrich },
  { name: 'year', run: refuseClosedYear },
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
      return this.#parts.journal.append(kept.line).then(() => {
        this.#wasKept(kept)
        return outcome
      })
    } catch (error) {
      return Promise.reject(error)
    }
  }

  /**
   * The same for many, in their order, with one commit for all. A bad one is told with the others' outcomes.
   * @throws JournalError when the hits cannot be kept; then none of them is.
   */
  async collectAll(beacons: Iterable<Beacon | Refusal>): Promise<(Outcome | { refused: Refusal })[]> {
    const outcomes: (Outcome | { refused: Refusal })[] = []
    let since = performance.now()
    for (const beacon of beacons) {
      if (beacon instanceof Refusal) outcomes.push({ refused: beacon })
      else outcomes.push(this.#admitOrRefuse(beacon))
      // A long list must not keep others waiting.
      if (performance.now() - since > longestTurn) {
        await setImmediate()
        since = performance.now()
      }
    }
    // A year may have been closed while the list was worked on.
    for (const [index, outcome] of outcomes.entries()) {
      if (!('kept' in outcome)) continue
      const year = Number(outcome.kept.day.slice(0, 4))
      if (this.#parts.isClosed(outcome.kept.siteId, year)) outcomes[index] = { refused: closed(year) }
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
    }
    if (!beacon.kept) throw new Error('A beacon passed all steps without becoming a hit.')
    return { kept: beacon.kept }
  }

  #admitOrRefuse(beacon: Beacon): Outcome | { refused: Refusal } {
    try {
      return this.#admit(beacon)
    } catch (error) {
      if (error instanceof Refusal) return { refused: error }
      throw error
    }
  }

  /** One JSON line a hit; a line of the journal is a row of the table. */
  async #keep(hits: KeptHit[]): Promise<void> {
    if (hits.length === 0) return
    await this.#parts.journal.append(hits.map(({ line }) => line).join(''), hits.length)
    for (const hit of hits) this.#wasKept(hit)
  }

  #wasKept({ siteId, line }: KeptHit): void {
    this.kept++
    this.#parts.live.publish(siteId, line)
  }
}

/** Facts about where the visitor is, came from and did; after it, the full address is gone. */
function enrich(beacon: Beacon, { locations }: CollectorParts): undefined {
  beacon.address = ''
  beacon.country = locations.country(beacon.ip)
  beacon.techniques = recogniseTechniques(beacon)
  beacon.action = recogniseAction(beacon)
  beacon.referrer = referrer({
    pageUrl: pageUrl(beacon),
    referrerUrl: beacon.parameters.urlref ?? '',
    siteUrls: beacon.site.urls,
    excludedParameters: beacon.site.settings.excludedParameters,
  })
}

function joinVisit(beacon: Beacon, { visits }: CollectorParts): DropReason | undefined {
  const { kind } = beacon.action
  const arrival: Arrival = {
    site: beacon.site,
    visitorId: beacon.visitorId,
    alias: beacon.alias,
    offered: beacon.offered,
    time: beacon.time,
    kind,
    newVisit: beacon.parameters.new_visit === true,
    referrer: beacon.referrer,
  }
  const running = visits.running(arrival)
  if (!running && kind === 'ping') return 'late_ping'
  if (running) update(running, beacon)
  const visit = running ?? visits.begin(arrival, firstTouch(beacon))
  beacon.kept = {
    siteId: beacon.site.id,
    day: visit.day,
    position: visit.position + 1,
    line: lineOf(record(beacon, visit), visit.facts),
  }
  advance(visit, beacon)
  return undefined
}

function refuseClosedYear(beacon: Beacon, { isClosed, imported }: CollectorParts): undefined {
  const { site } = beacon
  const year = Number(localDay(site.timezone, beacon.time).slice(0, 4))
  if (isClosed(site.id, year)) throw closed(year)
  if (beacon.receivedAt - beacon.time > day) imported(site.id, year)
}

const day = 24 * 3600 * 1000

function closed(year: number): Refusal {
  return new Refusal('cdt', `the year ${year} of this site is closed, nothing can be added to it`)
}

function firstTouch(beacon: Beacon): VisitFacts {
  const { action, device, referrer, parameters } = beacon
  return {
    entry_url: action.kind === 'pageview' ? action.url : '',
    entry_title: action.kind === 'pageview' ? action.title : action.search_keyword,
    ...referrerFacts(referrer),
    ip: beacon.ip,
    country: beacon.country,
    language: beacon.language,
    device_type: device.device.type,
    device_brand: device.device.brand,
    device_model: device.device.model,
    os_name: device.os.name,
    os_version: device.os.version,
    browser_name: device.browser.name,
    browser_version: device.browser.version,
    resolution: parameters.res ?? '',
    color_depth: parameters.cd ?? 0,
    techniques: beacon.techniques,
    local_minute: localMinute(beacon),
  }
}

/** What a later hit may still change of a visit's facts. */
function update(visit: Visit, beacon: Beacon): void {
  const upgraded = visit.referrer.type === 'direct' && beacon.referrer.type !== 'direct'
  const measured = !visit.hasResolution && beacon.parameters.res !== undefined
  if (!upgraded && !measured) return
  const facts = readFacts(visit.facts)
  const { referrer, parameters } = beacon
  if (upgraded) {
    visit.referrer = referrer
    Object.assign(facts, referrerFacts(referrer))
  }
  if (measured) {
    visit.hasResolution = true
    facts.resolution = parameters.res ?? ''
    facts.color_depth = parameters.cd ?? 0
  }
  visit.facts = factsText(facts)
}

function referrerFacts({ type, name, keyword, url }: Referrer) {
  return { referrer_type: type, referrer_name: name, referrer_keyword: keyword, referrer_url: url }
}

/** All columns by name, and not by spreading what has them: this is done for every hit. */
function record(beacon: Beacon, visit: Visit): Omit<Hit, keyof VisitFacts> {
  const { action } = beacon
  const later = visit.position > 0
  return {
    site_id: beacon.site.id,
    day: visit.day,
    visit_id: visit.id,
    position: visit.position + 1,
    visitor_id: visit.visitorNumber,
    time: Math.floor(beacon.time / 1000),
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
    time_spent: later && action.kind !== 'ping' ? seconds(beacon.time - visit.lastAction) : 0,
  }
}

function advance(visit: Visit, beacon: Beacon): void {
  const { kind } = beacon.action
  visit.position++
  if (kind === 'ping') return
  visit.actions++
  visit.lastAction = Math.max(visit.lastAction, beacon.time)
  if (isPage(kind)) {
    visit.url = kind === 'pageview' ? beacon.action.url : ''
    visit.title = kind === 'pageview' ? beacon.action.title : ownText(beacon.action.search_keyword)
  }
}

function isPage(kind: HitKind): boolean {
  return kind === 'pageview' || kind === 'search'
}

function seconds(milliseconds: number): number {
  return Math.min(1800, Math.max(0, Math.round(milliseconds / 1000)))
}

/** By the visitor's own clock; where it is not told, the hour in UTC, as Matomo does. */
function localMinute(beacon: Beacon): number {
  const { h, m } = beacon.parameters
  if (h !== undefined) return h * 60 + (m ?? 0)
  const time = new Date(beacon.time)
  return time.getUTCHours() * 60 + time.getUTCMinutes()
}
