// Which visit a hit belongs to, and what the visit remembers. A bounded table of recent visitors in memory,
// loaded again after a restart, so that a running visit goes on. The rules are Matomo's:
//
// - a visit goes on while its last action is less than 30 minutes ago (exactly 30 minutes is a new visit);
// - it ends at midnight in the site's time zone, with `new_visit=1`, after 10,000 actions (ours: or 65,535 hits), and when a campaign
//   brings the visitor again (type, name or keyword differ, ignoring case; not while the visit is a direct one);
// - a hit that arrives out of order joins a visit that began up to 30 minutes after it;
// - a direct visit is upgraded in place by the first later hit that brings a referrer of any other type;
// - a ping moves the visit's end but does not keep the 30 minutes open, and starts no visit; what was measured of a
//   page neither, but it may come later than 30 minutes (ours).

import { randomInt } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { Site } from '../admin/site.ts'
import type { Referrer } from '../enrich/referrer.ts'
import { ownText } from '../enrich/remembered.ts'
import type { Store } from '../store/store.ts'
import { localDay } from '../zone.ts'
import { factsText, type HitKind, type VisitFacts } from './hit.ts'

/** Milliseconds without an action after which a visit is over. */
export const visitGap = 30 * 60 * 1000
const mostActions = 10_000
/** A hit is known by its visit and its position in it: so many positions there are. */
const mostHits = 65_535

/** Visitors that are remembered, the least recently seen go first: so many, and in so many bytes (roughly). */
const rememberedVisitors = 200_000
const rememberedBytes = 250_000_000
const rememberedDays = 31

export type Visit = {
  id: string
  day: string
  number: number
  visitorId: string
  /** The same as a decimal number. */
  visitorNumber: string
  /** Unix milliseconds. */
  start: number
  lastAction: number
  /** Position of the newest hit, from 1. */
  position: number
  actions: number
  /** The page or search the visitor is on. */
  url: string
  title: string
  /** What stands in each of its hits, as text (hit.ts). */
  facts: string
  /** How the visitor came, as it stands in the facts. */
  referrer: Pick<Referrer, 'type' | 'name' | 'keyword'>
  hasResolution: boolean
  /** Goals that it has reached, and when (Unix milliseconds); for most visits there are none. */
  converted?: Map<number, number>
}

/** What a visit is asked about: one hit that has been recognised. */
export type Arrival = {
  site: Site
  visitorId: string
  /** The id under which a browser with an unknown cookie would have been counted without it. */
  alias: string | undefined
  /** The id that this browser is given with the answer. */
  offered: string | undefined
  time: number
  kind: HitKind
  newVisit: boolean
  referrer: Referrer
}

/** Whoever gives hits their visits. */
export type VisitSource = Pick<Visits, 'running' | 'begin'>

/** `past`: the visit that an import of older hits is in the middle of. */
type Visitor = { visits: number; visit: Visit | undefined; past?: Visit; offered?: string }

export class Visits {
  readonly #visitors = new LRUCache<string, Visitor>({
    max: rememberedVisitors,
    maxSize: rememberedBytes,
    sizeCalculation: sizeOf,
  })

  /** Visitors of the last days and visits that still run, as the store knows them. */
  static async open(store: Store, now: number): Promise<Visits> {
    const visits = new Visits()
    await visits.#loadVisitors(store, now)
    await visits.#loadVisits(store, now)
    return visits
  }

  /**
   * The running visit of an arrival, if there is one. `undefined` means that a visit begins with it, if its kind
   * may begin one.
   */
  running(arrival: Arrival): Visit | undefined {
    const visitor = this.#visitor(arrival)
    if (!visitor) return undefined
    if (arrival.offered !== undefined) visitor.offered = arrival.offered
    if (visitor.visit && goesOn(visitor.visit, arrival)) return visitor.visit
    return visitor.past && goesOn(visitor.past, arrival) ? visitor.past : undefined
  }

  begin(arrival: Arrival, facts: VisitFacts): Visit {
    const visitor = this.#visitor(arrival)
    const visit: Visit = {
      id: visitId(arrival.time),
      day: localDay(arrival.site.timezone, arrival.time),
      number: Math.min((visitor?.visits ?? 0) + 1, 65535),
      visitorId: ownText(arrival.visitorId),
      visitorNumber: numberOf(arrival.visitorId),
      start: arrival.time,
      lastAction: arrival.time,
      position: 0,
      actions: 0,
      url: '',
      title: '',
      facts: ownText(factsText(facts)),
      referrer: arrival.referrer,
      hasResolution: facts.resolution !== '',
    }
    // A visit of the past (an import) does not take the place of one that came after it.
    const newest = visitor?.visit
    const next: Visitor =
      newest && newest.start > arrival.time
        ? { visits: visit.number, visit: newest, past: visit }
        : { visits: visit.number, visit }
    if (arrival.offered !== undefined) next.offered = arrival.offered
    this.#visitors.set(key(arrival.site.id, arrival.visitorId), next)
    return visit
  }

  /** The newest visit of a visitor, running or not. */
  newest(siteId: number, visitorId: string): Visit | undefined {
    return this.#visitors.peek(key(siteId, visitorId))?.visit
  }

  /** The visit takes no further hit. */
  end(siteId: number, visitorId: string): void {
    const visitor = this.#visitors.peek(key(siteId, visitorId))
    if (visitor) visitor.visit = undefined
  }

  /** The visitor turned out to have had so many visits. */
  recount(siteId: number, visitorId: string, visits: number): void {
    const visitor = this.#visitors.peek(key(siteId, visitorId))
    if (visitor) visitor.visits = visits
  }

  /** Visitors that are remembered. */
  get size(): number {
    return this.#visitors.size
  }

  knows(siteId: number, visitorId: string): boolean {
    return this.#visitors.has(key(siteId, visitorId))
  }

  /**
   * By the visitor's id; where that is unknown, by the alias, if the id was offered to whoever came under it. The
   * running visit keeps the id that it began with.
   */
  #visitor(arrival: Arrival): Visitor | undefined {
    const name = key(arrival.site.id, arrival.visitorId)
    const known = this.#visitors.get(name)
    if (known || arrival.alias === undefined) return known
    const other = this.#visitors.get(key(arrival.site.id, arrival.alias))
    if (other?.offered !== arrival.visitorId) return undefined
    this.#visitors.set(name, other)
    return other
  }

  async #loadVisitors(store: Store, now: number): Promise<void> {
    type Row = { site_id: number; id: string; visits: number }
    const rows = await store.query<Row>(
      // Straight from the parts: the greatest number of a visitor's visits is the same before they are merged.
      `SELECT site_id, leftPad(lower(hex(visitor.2)), 16, '0') AS id, max(visit_number) AS visits
       FROM visits WHERE day >= toDate({now:UInt32}) - {days:UInt32}
       GROUP BY site_id, visitor.2 ORDER BY max(last_time) DESC LIMIT {most:UInt32}`,
      { now: Math.floor(now / 1000), days: rememberedDays, most: rememberedVisitors },
      { max_execution_time: 600 },
    )
    for (const row of rows.reverse()) {
      this.#visitors.set(key(row.site_id, row.id), { visits: row.visits, visit: undefined })
    }
  }

  async #loadVisits(store: Store, now: number): Promise<void> {
    type Row = VisitFacts & {
      site_id: number
      id: string
      day: string
      number: number
      visitor: string
      start: number
      last: number
      position: number
      actions: number
      exit_url: string
      exit_title: string
      goals: number[]
    }
    const rows = await store.query<Row>(
      `SELECT site_id, toString(visit_id) AS id, day, visit_number AS number,
              leftPad(lower(hex(visitor_id)), 16, '0') AS visitor, toUnixTimestamp(first_time) AS start,
              toUnixTimestamp(last_action_time) AS last, last_position AS position, actions, exit_url, exit_title,
              goals,
              ${visitFactColumns.join(', ')}
       FROM visit WHERE day >= toDate({now:UInt32}) - 1 AND last_action_time > {since:UInt32}
       ORDER BY last_action_time DESC LIMIT {most:UInt32}`,
      { now: Math.floor(now / 1000), since: Math.floor((now - visitGap) / 1000), most: rememberedVisitors },
      { max_execution_time: 600 },
    )
    for (const row of rows.reverse()) {
      const {
        site_id,
        id,
        day,
        number,
        visitor,
        start,
        last,
        position,
        actions,
        exit_url,
        exit_title,
        goals,
        ...rest
      } = row
      this.#visitors.set(key(site_id, visitor), {
        visits: number,
        visit: {
          id,
          day,
          number,
          visitorId: visitor,
          visitorNumber: numberOf(visitor),
          start: start * 1000,
          lastAction: last * 1000,
          position,
          actions,
          url: exit_url,
          title: exit_title,
          facts: factsText(rest),
          referrer: { type: rest.referrer_type, name: rest.referrer_name, keyword: rest.referrer_keyword },
          hasResolution: rest.resolution !== '',
          ...(goals.length > 0 && { converted: new Map(goals.map((goal) => [goal, last * 1000])) }),
        },
      })
    }
  }
}

/** Bytes, roughly: two maps' entries, the objects, and the text that visitors bring. */
function sizeOf({ visit, past }: Visitor): number {
  return 300 + (visit ? visitSize(visit) : 0) + (past ? visitSize(past) : 0)
}

/** The facts of a visit by their names in hits, as the view `visit` has them. */
export const visitFactColumns = [
  'entry_url',
  'entry_title',
  'referrer_type',
  'referrer_name',
  'referrer_keyword',
  'referrer_url',
  'ip',
  'country',
  'language',
  'device_type',
  'device_brand',
  'device_model',
  'os_name',
  'os_version',
  'browser_name',
  'browser_version',
  'resolution',
  'color_depth',
  'techniques',
  'local_minute',
  'campaign',
  'user_id',
  'dimensions AS visit_dimensions',
  'variables AS visit_variables',
  'region',
  'city',
  'latitude',
  'longitude',
  'days_since_first',
  'days_since_last',
  'days_since_order',
]

function visitSize({ facts, referrer, url, title }: Visit): number {
  return 500 + facts.length + referrer.name.length + referrer.keyword.length + url.length + title.length
}

function goesOn(visit: Visit, arrival: Arrival): boolean {
  if (arrival.newVisit) return false
  if (arrival.kind !== 'update' && arrival.time - visit.lastAction >= visitGap) return false
  if (visit.start - arrival.time > visitGap) return false
  if (visit.actions >= mostActions || visit.position >= mostHits) return false
  if (localDay(arrival.site.timezone, arrival.time) !== visit.day) return false
  return !campaignChanged(visit.referrer, arrival.referrer)
}

function campaignChanged(known: Visit['referrer'], referrer: Referrer): boolean {
  if (referrer.type !== 'campaign' || known.type === 'direct') return false
  return (
    known.type !== 'campaign' ||
    known.name.toLowerCase() !== referrer.name.toLowerCase() ||
    // An inner page that still carries the campaign has no keyword of its own: the visit's is kept.
    (referrer.keyword !== '' && known.keyword.toLowerCase() !== referrer.keyword.toLowerCase())
  )
}

function numberOf(visitorId: string): string {
  return BigInt(`0x${visitorId}`).toString()
}

function key(siteId: number, visitorId: string): string {
  return `${siteId} ${visitorId}`
}

/** Unsigned 64 bits, decimal: the start's milliseconds before a running number, so that visits sort by time. */
function visitId(start: number): string {
  runningNumber = (runningNumber + 1) % numbers
  return ((BigInt(Math.max(0, start)) << 22n) | BigInt(runningNumber)).toString()
}

const numbers = 1 << 22
/** Begins anywhere: another process, or this one after a restart, must not give the same ids. */
let runningNumber = randomInt(numbers)
