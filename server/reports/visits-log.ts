// The visits log: single visits, newest first, with what each visitor did. Matomo calls it Live.getLastVisitsDetails.
// It reads raw rows only: of a final year there are none.

import type { Hit, HitKind, Item, Timing } from '../collect/hit.ts'
import { absoluteUrl } from '../enrich/url.ts'
import type { Store } from '../store/store.ts'
import { goneOf } from './final-years.ts'
import type { Days } from './period.ts'
import { read } from './question.ts'
import { wholeVisits } from './raw.ts'
import type { CompiledSegment } from './segment/segment-sql.ts'
import type { Told } from './told.ts'

export type VisitsQuestion = {
  siteId: number
  days: Days
  /** Visits of one page. */
  limit: number
  /** Visits that began before this one, by its id; undefined: the newest. */
  before: string | undefined
  segment?: CompiledSegment | undefined
}

/** Times are ISO 8601 in UTC; durations are seconds. What is not known is an empty text, or null. */
export type LoggedVisit = {
  visitId: string
  /** 16 hexadecimal characters. */
  visitorId: string
  userId: string
  day: string
  firstTime: string
  lastTime: string
  duration: number
  visitNumber: number
  daysSinceFirst: number
  daysSinceLast: number
  daysSinceOrder: number | null
  actionCount: number
  referrer: { type: string; name: string; keyword: string; url: string; campaign: Record<string, string> }
  ip: string
  location: {
    country: string
    region: string
    city: string
    latitude: number | null
    longitude: number | null
  }
  language: string
  device: { type: string; brand: string; model: string }
  os: { name: string; version: string }
  browser: { name: string; version: string; techniques: string[] }
  resolution: string
  colorDepth: number
  /** The visitor's own clock at the start, `14:05`. */
  localTime: string
  dimensions: Record<string, string>
  variables: Record<string, string>
  /** Numbers of the goals that were reached; 0 is an order. */
  goals: number[]
  conversions: number
  orders: number
  revenue: number
  buyer: string
  /** The first 500 hits of the visit; `actionsCut` where there are more. */
  actions: LoggedAction[]
  actionsCut: boolean
}

/** Hits of a visit that are told. */
const mostHits = 500

/** Only what the action has stands in it. */
export type LoggedAction = {
  kind: HitKind
  time: string
  /** Until the visitor's next action; of pages and searches. */
  timeSpent?: number
  url?: string
  title?: string
  pageViewId?: string
  target?: string
  search?: { keyword: string; category: string; count: number | null }
  event?: { category: string; action: string; name: string; value: number | null }
  content?: { name: string; piece: string; interaction: string }
  orderId?: string
  amounts?: Record<string, number>
  items?: Item[]
  conversions?: {
    goal: number
    revenue: number
    credited: { type: string; name: string; keyword: string }
  }[]
  dimensions?: Record<string, string>
  variables?: Record<string, string>
  /** As last told of the page view. */
  timings?: { [name in Timing]?: number }
}

export type VisitsLog = {
  visits: LoggedVisit[]
  /** For the next page; null on the last one. */
  before: string | null
  /** The last day of which no visits are kept any more; null where all are. */
  droppedUntil: string | null
}

export const visitsLogTold: Told = {
  request: 'GET /api/sites/<id>/visits',
  title: 'Visits log',
  definition:
    'Single visits, the newest first, with all that is known of each and what the visitor did, in order.',
  matomo: 'Live.getLastVisitsDetails',
  figures: {
    duration: 'Seconds from the first to the last hit.',
    visitNumber: 'Which visit of the visitor it is.',
    daysSinceFirst: "Days since the visitor's first visit.",
    daysSinceLast: 'Days since the visit before.',
    daysSinceOrder: 'Days since the last order; null where there was none.',
    actionCount: 'Page views, downloads, outlinks, searches and events.',
    conversions: 'How often goals were reached and orders made.',
    orders: 'How many of these were orders.',
    revenue: 'What all of them were worth.',
    timeSpent: "Seconds from a page or search to the visitor's next action.",
    timings: 'What was measured of a page view, as last told.',
  } satisfies { [name in keyof LoggedVisit | keyof LoggedAction]?: string },
}

export async function visitsLog(store: Store, question: VisitsQuestion): Promise<VisitsLog> {
  const { goneUntil: dropped } = await goneOf(store, question.siteId)
  const found = await findVisits(store, question)
  const page = found.slice(0, question.limit)
  return {
    visits: await tellVisits(store, question.siteId, page),
    before: found.length > page.length ? (page.at(-1)?.id ?? null) : null,
    droppedUntil: dropped === '' ? null : dropped,
  }
}

/** These visits with all that was done in them, the newest first. */
export async function tellVisits(
  store: Store,
  siteId: number,
  page: readonly { day: string; id: string }[],
): Promise<LoggedVisit[]> {
  const names = { site: siteId, days: daysOf(page), visits: page.map(({ id }) => BigInt(id)) }
  const [visits, hits] = page.length === 0 ? [[], []] : await readAll(store, names)
  const byVisit = new Map<string, HitRow[]>()
  for (const hit of hits) {
    const ofVisit = byVisit.get(hit.visit_id)
    if (ofVisit) ofVisit.push(hit)
    else byVisit.set(hit.visit_id, [hit])
  }
  return visits.map((visit) => loggedVisit(visit, byVisit.get(visit.id) ?? []))
}

/** One more than a page. Ids begin with the time, so their order is that of the visits. */
async function findVisits(
  store: Store,
  { siteId, days, limit, before, segment }: VisitsQuestion,
): Promise<{ day: string; id: string }[]> {
  return await read(
    store,
    { segment, filter: undefined },
    `SELECT day, toString(v.visit_id) AS id FROM visits AS v
     WHERE ${wholeVisits(segment)} AND v.visit_id < {before:UInt64}
     ORDER BY day DESC, v.visit_id DESC LIMIT 1 BY day, v.visit_id LIMIT {limit:UInt32}`,
    {
      ...segment?.params,
      site: siteId,
      ...days,
      before: before ?? '18446744073709551615',
      limit: limit + 1,
    },
  )
}

type Names = { site: number; days: string[]; visits: bigint[] }

async function readAll(store: Store, names: Names): Promise<[VisitRow[], HitRow[]]> {
  const which = 'site_id = {site:UInt32} AND day IN {days:Array(Date)} AND visit_id IN {visits:Array(UInt64)}'
  return await Promise.all([
    store.query<VisitRow>(
      `SELECT * EXCEPT (site_id, visit_id, visitor_id, first_time, last_time), toString(visit_id) AS id,
              leftPad(lower(hex(visitor_id)), 16, '0') AS visitor,
              toUnixTimestamp(first_time) AS first, toUnixTimestamp(last_time) AS last
       FROM visit WHERE ${which} ORDER BY day DESC, id DESC`,
      names,
    ),
    store.query<HitRow>(
      `SELECT toString(h.visit_id) AS visit_id, kind, toUnixTimestamp(h.time) AS at, time_spent, url, url_prefix, title,
              page_view_id, target_url, search_keyword, search_category, search_count, event_category, event_action,
              event_name, event_value, content_name, content_piece, content_interaction, order_id, amounts, items,
              conversions, credited_type, credited_name, credited_keyword, dimensions, variables, timings
       FROM hits AS h WHERE ${which.replace('visit_id IN', 'h.visit_id IN')}
       ORDER BY h.visit_id, position LIMIT {most:UInt32} BY h.visit_id`,
      { ...names, most: mostHits },
    ),
  ])
}

type VisitRow = Omit<Hit, 'techniques'> & {
  id: string
  visitor: string
  first: number
  last: number
  duration: number
  hits: number
  actions: number
  techniques: string[]
  dimensions: Record<string, string>
  variables: Record<string, string>
  goals: number[]
  conversions: number
  orders: number
  revenue: number
  buyer: string
}
type HitRow = Hit & { at: number }

function loggedVisit(row: VisitRow, hits: HitRow[]): LoggedVisit {
  return {
    visitId: row.id,
    visitorId: row.visitor,
    userId: row.user_id,
    day: row.day,
    firstTime: iso(row.first),
    lastTime: iso(row.last),
    duration: row.duration,
    visitNumber: row.visit_number,
    daysSinceFirst: row.days_since_first,
    daysSinceLast: row.days_since_last,
    daysSinceOrder: row.days_since_order < 0 ? null : row.days_since_order,
    actionCount: row.actions,
    referrer: {
      type: row.referrer_type,
      name: row.referrer_name,
      keyword: row.referrer_keyword,
      url: row.referrer_url,
      campaign: row.campaign,
    },
    ip: row.ip,
    location: {
      country: row.country,
      region: row.region,
      city: row.city,
      latitude: row.latitude,
      longitude: row.longitude,
    },
    language: row.language,
    device: { type: row.device_type, brand: row.device_brand, model: row.device_model },
    os: { name: row.os_name, version: row.os_version },
    browser: { name: row.browser_name, version: row.browser_version, techniques: row.techniques },
    resolution: row.resolution,
    colorDepth: row.color_depth,
    localTime: `${twoDigits(Math.floor(row.local_minute / 60))}:${twoDigits(row.local_minute % 60)}`,
    dimensions: row.dimensions,
    variables: row.variables,
    goals: [...row.goals].sort((a, b) => a - b),
    conversions: row.conversions,
    orders: row.orders,
    revenue: row.revenue,
    buyer: row.buyer,
    actions: loggedActions(hits),
    actionsCut: row.hits > mostHits,
  }
}

/** A ping, a measurement and late knowledge are no actions; what was measured stands with its page view. */
const silent: readonly HitKind[] = ['ping', 'update', 'recognised']

function loggedActions(hits: HitRow[]): LoggedAction[] {
  const actions: LoggedAction[] = []
  const views = new Map<string, LoggedAction>()
  let page: LoggedAction | undefined
  for (const hit of hits) {
    if (page && hit.time_spent > 0) page.timeSpent = (page.timeSpent ?? 0) + hit.time_spent
    const view = hit.kind === 'pageview' ? undefined : views.get(hit.page_view_id)
    if (view && !isEmpty(hit.timings)) view.timings = { ...view.timings, ...hit.timings }
    if (silent.includes(hit.kind)) continue
    const action = loggedAction(hit, view !== undefined)
    if (hit.kind === 'pageview' || hit.kind === 'search') page = action
    if (hit.kind === 'pageview' && hit.page_view_id !== '') views.set(hit.page_view_id, action)
    actions.push(action)
  }
  return actions
}

function loggedAction(hit: HitRow, measuredElsewhere: boolean): LoggedAction {
  const { kind } = hit
  const credited = { type: hit.credited_type, name: hit.credited_name, keyword: hit.credited_keyword }
  return {
    kind,
    time: iso(hit.at),
    ...(hit.url !== '' && { url: absoluteUrl(hit.url, hit.url_prefix) }),
    ...(hit.title !== '' && { title: hit.title }),
    ...(hit.page_view_id !== '' && { pageViewId: hit.page_view_id }),
    ...(hit.target_url !== '' && { target: hit.target_url }),
    ...(kind === 'search' && {
      search: {
        keyword: hit.search_keyword,
        category: hit.search_category,
        count: hit.search_count < 0 ? null : hit.search_count,
      },
    }),
    ...(kind === 'event' && {
      event: {
        category: hit.event_category,
        action: hit.event_action,
        name: hit.event_name,
        value: hit.event_value,
      },
    }),
    ...(hit.content_name !== '' && {
      content: { name: hit.content_name, piece: hit.content_piece, interaction: hit.content_interaction },
    }),
    ...(hit.order_id !== '' && { orderId: hit.order_id }),
    ...(!isEmpty(hit.amounts) && { amounts: hit.amounts }),
    ...(hit.items.length > 0 && { items: hit.items }),
    ...(hit.conversions.length > 0 && {
      conversions: hit.conversions.map((conversion) => ({ ...conversion, credited })),
    }),
    ...(!isEmpty(hit.dimensions) && { dimensions: hit.dimensions }),
    ...(!isEmpty(hit.variables) && { variables: hit.variables }),
    ...(!isEmpty(hit.timings) && !measuredElsewhere && { timings: hit.timings }),
  }
}

function daysOf(page: readonly { day: string }[]): string[] {
  return [...new Set(page.map(({ day }) => day))]
}

function isEmpty(map: object): boolean {
  return Object.keys(map).length === 0
}

function iso(seconds: number): string {
  return new Date(seconds * 1000).toISOString()
}

function twoDigits(number: number): string {
  return String(number).padStart(2, '0')
}
