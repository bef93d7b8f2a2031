// Which visit a hit belongs to, and what the visit remembers. A bounded table of recent visitors in memory,
// loaded again after a restart, so that a running visit goes on. The rules are Matomo's:
//
// - a visit goes on while its last action is less than 30 minutes ago (exactly 30 minutes is a new visit);
// - it ends at midnight in the site's time zone, with `new_visit=1`, after 10,000 actions, and when a campaign
//   brings the visitor again (type, name or keyword differ, ignoring case; not while the visit is a direct one);
// - a hit that arrives out of order joins a visit that began up to 30 minutes after it;
// - a direct visit is upgraded in place by the first later hit that brings a referrer of any other type;
// - a ping moves the visit's end but does not keep the 30 minutes open, and starts no visit.

import { randomInt } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { Site } from '../admin/site.ts'
import type { Referrer } from '../enrich/referrer.ts'
import type { Store } from '../store/store.ts'
import { localDay } from '../zone.ts'
import type { HitKind, VisitFacts } from './hit.ts'

/** Milliseconds without an action after which a visit is over. */
export const visitGap = 30 * 60 * 1000
const mostActions = 10_000

/** Visitors that are remembered, the least recently seen go first. About 1 kB each with a visit, 0.2 kB without. */
export const rememberedVisitors = 200_000
const rememberedDays = 31

export type Visit = {
  id: string
  day: string
  number: number
  visitorId: string
  /** Unix milliseconds. */
  start: number
  lastAction: number
  /** Position of the newest hit, from 1. */
  position: number
  actions: number
  /** The page or search the visitor is on. */
  url: string
  title: string
  facts: VisitFacts
}

/** What a visit is asked about: one hit that has been recognised. */
export type Arrival = {
  site: Site
  visitorId: string
  /** An id under which the same browser may be known from hits without a cookie; undefined: do not ask. */
  alias: string | undefined
  time: number
  kind: HitKind
  newVisit: boolean
  referrer: Referrer
}

/** `past`: the visit that an import of older hits is in the middle of. */
type Visitor = { visits: number; visit: Visit | undefined; past?: Visit }

export class Visits {
  readonly #visitors = new LRUCache<string, Visitor>({ max: rememberedVisitors })

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
    if (visitor?.visit && goesOn(visitor.visit, arrival)) return visitor.visit
    return visitor?.past && goesOn(visitor.past, arrival) ? visitor.past : undefined
  }

  begin(arrival: Arrival, facts: VisitFacts): Visit {
    const visitor = this.#visitor(arrival)
    const visit: Visit = {
      id: visitId(arrival.time),
      day: localDay(arrival.site.timezone, arrival.time),
      number: Math.min((visitor?.visits ?? 0) + 1, 65535),
      visitorId: arrival.visitorId,
      start: arrival.time,
      lastAction: arrival.time,
      position: 0,
      actions: 0,
      url: '',
      title: '',
      facts,
    }
    // A visit of the past (an import) does not take the place of one that came after it.
    const newest = visitor?.visit
    const next: Visitor =
      newest && newest.start > arrival.time
        ? { visits: visit.number, visit: newest, past: visit }
        : { visits: visit.number, visit }
    this.#visitors.set(key(arrival.site.id, arrival.visitorId), next)
    return visit
  }

  knows(siteId: number, visitorId: string): boolean {
    return this.#visitors.has(key(siteId, visitorId))
  }

  get size(): number {
    return this.#visitors.size
  }

  /**
   * By the visitor's id; where that is unknown, by the alias: the browser's first hit came without a cookie, and
   * the visit that it began goes on under the id that it has now.
   */
  #visitor(arrival: Arrival): Visitor | undefined {
    const name = key(arrival.site.id, arrival.visitorId)
    const known = this.#visitors.get(name)
    if (known || arrival.alias === undefined || arrival.alias === arrival.visitorId) return known
    const aliasName = key(arrival.site.id, arrival.alias)
    const other = this.#visitors.get(aliasName)
    if (!other?.visit || !goesOn(other.visit, arrival)) return undefined
    other.visit.visitorId = arrival.visitorId
    this.#visitors.delete(aliasName)
    this.#visitors.set(name, other)
    return other
  }

  async #loadVisitors(store: Store, now: number): Promise<void> {
    type Row = { site_id: number; id: string; visits: number }
    const rows = await store.query<Row>(
      `SELECT site_id, leftPad(lower(hex(visitor_id)), 16, '0') AS id, max(visit_number) AS visits
       FROM visit WHERE day >= toDate({now:UInt32}) - {days:UInt32}
       GROUP BY site_id, visitor_id ORDER BY max(last_time) DESC LIMIT {most:UInt32}`,
      { now: Math.floor(now / 1000), days: rememberedDays, most: rememberedVisitors },
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
    }
    const facts: (keyof VisitFacts)[] = [
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
    ]
    const rows = await store.query<Row>(
      `SELECT site_id, toString(visit_id) AS id, day, visit_number AS number,
              leftPad(lower(hex(visitor_id)), 16, '0') AS visitor, toUnixTimestamp(first_time) AS start,
              toUnixTimestamp(last_action_time) AS last, last_position AS position, actions, exit_url, exit_title,
              ${facts.join(', ')}
       FROM visit WHERE day >= toDate({now:UInt32}) - 1 AND last_action_time > {since:UInt32}
       ORDER BY last_action_time LIMIT {most:UInt32}`,
      { now: Math.floor(now / 1000), since: Math.floor((now - visitGap) / 1000), most: rememberedVisitors },
    )
    for (const row of rows) {
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
        ...rest
      } = row
      this.#visitors.set(key(site_id, visitor), {
        visits: number,
        visit: {
          id,
          day,
          number,
          visitorId: visitor,
          start: start * 1000,
          lastAction: last * 1000,
          position,
          actions,
          url: exit_url,
          title: exit_title,
          facts: rest,
        },
      })
    }
  }
}

function goesOn(visit: Visit, arrival: Arrival): boolean {
  if (arrival.newVisit) return false
  if (arrival.time - visit.lastAction >= visitGap) return false
  if (visit.start - arrival.time > visitGap) return false
  if (visit.actions >= mostActions) return false
  if (localDay(arrival.site.timezone, arrival.time) !== visit.day) return false
  return !campaignChanged(visit.facts, arrival.referrer)
}

function campaignChanged(facts: VisitFacts, referrer: Referrer): boolean {
  if (referrer.type !== 'campaign' || facts.referrer_type === 'direct') return false
  return (
    facts.referrer_type !== 'campaign' ||
    facts.referrer_name.toLowerCase() !== referrer.name.toLowerCase() ||
    // An inner page that still carries the campaign has no keyword of its own: the visit's is kept.
    (referrer.keyword !== '' && facts.referrer_keyword.toLowerCase() !== referrer.keyword.toLowerCase())
  )
}

function key(siteId: number, visitorId: string): string {
  return `${siteId} ${visitorId}`
}

/** Unsigned 64 bits, decimal: the start's milliseconds before random bits, so that visits sort by time. */
function visitId(start: number): string {
  return ((BigInt(Math.max(0, start)) << 22n) | BigInt(randomInt(1 << 22))).toString()
}
