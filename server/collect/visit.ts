// Which visit a hit belongs to, and what the visit remembers. A bounded table of visits in memory, loaded again after a
// restart, so that a running visit goes on; who was here before is in known.ts. When a visit ends is told by Matomo's
// rules (`goesOn`); what its hits make of it is in collector.ts and facts.ts.

import { randomInt } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { Site } from '../admin/site.ts'
import type { Referrer } from '../enrich/referrer.ts'
import { ownText } from '../enrich/remembered.ts'
import type { Store } from '../store/store.ts'
import { localDay } from '../zone.ts'
import { factsText, type HitKind, readFacts, type VisitFacts } from './hit.ts'
import { KnownVisitors } from './known.ts'

/** Milliseconds without an action after which a visit is over. */
export const visitGap = 30 * 60 * 1000
const mostActions = 10_000
/** A hit is known by its visit and its position in it: so many positions there are. */
const mostHits = 65_535

/** Visits that are remembered, the least recently seen go first: so many, and in so many bytes (roughly). */
const rememberedVisits = 200_000
const rememberedBytes = 250_000_000
/** Visitors that are known after a start. Others are asked for when they come (recognition.ts). */
const knownAtStart = 200_000

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
  /** The page or search the visitor is on, and the mark of its view. */
  url: string
  title: string
  pageView: string
  /** What stands in each of its hits, as text (hit.ts). */
  facts: string
  /** How the visitor came, as it stands in the facts. */
  referrer: Pick<Referrer, 'type' | 'name' | 'keyword'>
  hasResolution: boolean
  /** Whether the visitor has an id that is good for more than this day. */
  profilable: boolean
  /** Given by the site; empty when there is none. */
  userId: string
  /** Goals that it has reached, and when (Unix milliseconds); for most visits there are none. */
  converted?: Map<number, number>
}

/** What a visit is asked about: one hit that has been recognised. */
export type Arrival = {
  site: Site
  visitorId: string
  /** Whether the id is good for more than this day. */
  profilable: boolean
  userId: string
  /** Under what else a visit of this visitor may be running; the first that is counts. */
  aliases: readonly Alias[]
  /** Mark of the page view that the hit belongs to. */
  pageView: string
  /** The id that this browser is given with the answer. */
  offered: string | undefined
  time: number
  kind: HitKind
  newVisit: boolean
  referrer: Referrer
}

/**
 * `offered`: a browser with an unknown cookie, if it was offered that id when it came under this one. `anonymous`: one
 * that may keep cookies now, if the hit is of the very page view with which the visit goes on without any. `login`: one
 * that a user signed in with, if the visit is nobody else's.
 */
export type Alias = { id: string; of: 'offered' | 'anonymous' | 'login' }

/** Whoever gives hits their visits. */
export type VisitSource = Pick<Visits, 'running' | 'begin' | 'ordered'>

/** `past`: the visit that a late hit has begun before the newest one. */
type Visitor = { visit: Visit | undefined; past?: Visit; offered?: string }

export class Visits {
  readonly #visitors: LRUCache<string, Visitor>
  readonly known: KnownVisitors
  /** Told of each visit of a visitor with a lasting id whom the table does not know. */
  onUnknown: ((siteId: number, visit: Visit) => void) | undefined

  /** @param bytes that the visits may take, roughly. */
  constructor(known = new KnownVisitors(), bytes = rememberedBytes) {
    this.known = known
    this.#visitors = new LRUCache({ max: rememberedVisits, maxSize: bytes, sizeCalculation: sizeOf })
  }

  /** Visitors who came last and visits that still run, as the store knows them. */
  static async open(store: Store, now: number, known?: KnownVisitors): Promise<Visits> {
    const visits = new Visits(known)
    await visits.#loadVisitors(store)
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
    const start = Math.floor(arrival.time / 1000)
    const isKnown = this.known.has(arrival.site.id, arrival.visitorId)
    const { number, ...days } = this.known.visited(arrival.site.id, arrival.visitorId, start)
    const visit: Visit = {
      id: visitId(arrival.time),
      day: localDay(arrival.site.timezone, arrival.time),
      number,
      visitorId: ownText(arrival.visitorId),
      visitorNumber: numberOf(arrival.visitorId),
      start: arrival.time,
      lastAction: arrival.time,
      position: 0,
      actions: 0,
      url: '',
      title: '',
      pageView: '',
      facts: ownText(factsText({ ...facts, ...days })),
      referrer: arrival.referrer,
      hasResolution: facts.resolution !== '',
      profilable: arrival.profilable,
      userId: ownText(arrival.userId),
    }
    // A visit of the past does not take the place of one that came after it.
    const newest = visitor?.visit
    const next: Visitor = newest && newest.start > arrival.time ? { visit: newest, past: visit } : { visit }
    if (arrival.offered !== undefined) next.offered = arrival.offered
    this.#visitors.set(key(arrival.site.id, arrival.visitorId), next)
    if (!isKnown && visit.profilable) this.onUnknown?.(arrival.site.id, visit)
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

  /** The visitor of a visit ordered at a time, Unix milliseconds: of its facts this changes, too. */
  ordered(visit: Visit, siteId: number, time: number): void {
    this.known.ordered(siteId, visit.visitorId, Math.floor(time / 1000))
    visit.facts = factsText({ ...readFacts(visit.facts), days_since_order: 0 })
  }

  /** Visits that are remembered. */
  get size(): number {
    return this.#visitors.size
  }

  knows(siteId: number, visitorId: string): boolean {
    return this.#visitors.has(key(siteId, visitorId)) || this.known.has(siteId, visitorId)
  }

  /** By the visitor's id; where no visit runs under it, by an alias. */
  #visitor(arrival: Arrival): Visitor | undefined {
    const { site, visitorId, aliases } = arrival
    const own = this.#visitors.get(key(site.id, visitorId))
    if (aliases.length === 0 || (own?.visit && goesOn(own.visit, arrival))) return own
    for (const alias of aliases) {
      const other = this.#visitors.get(key(site.id, alias.id))
      if (!other || !this.#mayTake(other, own, alias, arrival)) continue
      if (alias.of === 'offered') {
        const known = this.known.get(site.id, alias.id)
        if (known) this.known.set(site.id, visitorId, known)
      } else if (other.visit) this.#rename(other.visit, arrival)
      this.#visitors.set(key(site.id, visitorId), other)
      return other
    }
    return own
  }

  #mayTake(other: Visitor, own: Visitor | undefined, { of }: Alias, arrival: Arrival): boolean {
    const { visit } = other
    if (of === 'offered') return own === undefined && other.offered === arrival.visitorId
    if (!visit || !goesOn(visit, arrival)) return false
    if (of === 'login') return visit.userId === '' || visit.userId === arrival.userId
    if (own !== undefined || this.known.has(arrival.site.id, arrival.visitorId)) return false
    return !visit.profilable && visit.pageView !== '' && visit.pageView === arrival.pageView
  }

  /** A visit goes on under another id: that visitor has had it, too. */
  #rename(visit: Visit, { site, visitorId }: Arrival): void {
    const start = Math.floor(visit.start / 1000)
    const before = this.known.get(site.id, visitorId)
    this.known.set(site.id, visitorId, {
      visits: Math.max(before?.visits ?? 0, visit.number),
      first: Math.min(before?.first ?? start, start),
      last: Math.max(before?.last ?? start, start),
      ordered: before?.ordered ?? 0,
    })
    visit.visitorId = ownText(visitorId)
    visit.visitorNumber = numberOf(visitorId)
  }

  async #loadVisitors(store: Store): Promise<void> {
    type Row = { site_id: number; id: string; visits: number; first: number; last: number; ordered: number }
    const rows = await store.query<Row>(
      `SELECT site_id, leftPad(lower(hex(visitor_id)), 16, '0') AS id, max(visits) AS visits,
              toUnixTimestamp(min(first_time)) AS first, toUnixTimestamp(max(last_time)) AS last,
              toUnixTimestamp(max(ordered_at)) AS ordered
       FROM visitors GROUP BY site_id, visitor_id ORDER BY last DESC LIMIT {most:UInt32}`,
      { most: knownAtStart },
      { max_execution_time: 600 },
    )
    for (const { site_id, id, ...known } of rows) this.known.set(site_id, id, known)
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
      { now: Math.floor(now / 1000), since: Math.floor((now - visitGap) / 1000), most: rememberedVisits },
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
          pageView: '',
          facts: factsText(rest),
          referrer: { type: rest.referrer_type, name: rest.referrer_name, keyword: rest.referrer_keyword },
          hasResolution: rest.resolution !== '',
          profilable: rest.profilable === 1,
          userId: rest.user_id,
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
  'profilable',
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
  // Matomo: a client may ask for a new visit.
  if (arrival.newVisit) return false
  // Matomo: a visit is over when its last action is 30 minutes ago. Ours: what was measured of a page may come later.
  if (arrival.kind !== 'update' && arrival.time - visit.lastAction >= visitGap) return false
  // Matomo: a hit that arrives out of order joins a visit that is up to 30 minutes ahead of it.
  if (visit.start - arrival.time > visitGap) return false
  // Matomo: after 10,000 actions a new visit begins. Ours: there are no more positions than 65,535.
  if (visit.actions >= mostActions || visit.position >= mostHits) return false
  // Matomo: a visit is over at midnight in the site's time zone.
  if (localDay(arrival.site.timezone, arrival.time) !== visit.day) return false
  return !campaignChanged(visit.referrer, arrival.referrer)
}

/** Matomo: a campaign with another type, name or keyword, whatever the case, begins a visit, unless this is a direct one. */
function campaignChanged(known: Visit['referrer'], referrer: Referrer): boolean {
  if (referrer.type !== 'campaign' || known.type === 'direct') return false
  return (
    known.type !== 'campaign' ||
    known.name.toLowerCase() !== referrer.name.toLowerCase() ||
    // Matomo: an inner page that still carries the campaign has no keyword of its own, the visit's is kept.
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
