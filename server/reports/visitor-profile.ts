// One visitor: all that is known from the visits that are kept. Matomo calls it Live.getVisitorProfile. It reads raw rows
// only: of a final year there are none, and whoever has an id for a day only has one day.

import { liveGoals } from '../admin/goal.ts'
import type { Site } from '../admin/site.ts'
import { absoluteUrl } from '../enrich/url.ts'
import type { Params, Store } from '../store/store.ts'
import { localDay } from '../zone.ts'
import { goneOf } from './final-years.ts'
import { firstOfItsOrder, orderGoal } from './goal-hits.ts'
import { addDays, countDays, type Days } from './period.ts'
import type { Told } from './told.ts'
import { type LoggedVisit, tellVisits } from './visits-log.ts'

export type ProfileQuestion = {
  site: Site
  /** 16 hexadecimal characters. */
  visitorId: string
  /** Visits of one page of the log. */
  limit: number
  /** Visits that began before this one, by its id; undefined: the newest. */
  before: string | undefined
}

/** Lists are those of the most frequent first, 100 at most. */
export type VisitorProfile = {
  visitorId: string
  /** As the site called the visitor, the newest first. */
  userIds: string[]
  firstVisit: VisitInShort
  lastVisit: VisitInShort
  totals: {
    visits: number
    /** Seconds. */
    duration: number
    actions: number
    pageViews: number
    pages: number
    /** Pages that were opened more than once. */
    revisitedPages: number
    searches: number
    events: number
    downloads: number
    outlinks: number
    conversions: number
    orders: number
    /** Of goals and orders. */
    revenue: number
  }
  pages: { url: string; title: string; pageViews: number; visits: number }[]
  searches: { keyword: string; searches: number }[]
  /** As they were recorded; goal 0 is an order. */
  goals: { goal: number; name: string; conversions: number; revenue: number }[]
  devices: { type: string; brand: string; model: string; os: string; browser: string; visits: number }[]
  places: { country: string; region: string; city: string; visits: number }[]
  dimensions: { dimension: number; name: string; value: string; scope: 'visit' | 'action'; times: number }[]
  /** The newest first. */
  visits: LoggedVisit[]
  /** For the next page of visits; null on the last one. */
  before: string | null
  /** Whether there are older visits than those that were counted: the newest 1,000. */
  cut: boolean
  /** In the visits log, who is before and after this visitor's last visit; null where there is nobody for a month. */
  previousVisitor: string | null
  nextVisitor: string | null
  /** The last day of which no visits are kept any more; null where all are. */
  droppedUntil: string | null
}

export type VisitInShort = {
  visitId: string
  day: string
  time: string
  daysAgo: number
  referrer: { type: string; name: string; keyword: string; url: string }
}

/** Visits that are counted, and entries of a list. */
const mostVisits = 1000
const mostEntries = 100

export const profileTold: Told = {
  request: 'GET /api/visitors/<id>',
  title: 'Visitor profile',
  definition:
    'All that is known of one visitor from the visits that are kept: sums, pages, searches, goals, devices and places.',
  matomo: 'Live.getVisitorProfile',
  figures: {
    visits: 'Visits that were counted, the newest 1,000 at most.',
    duration: 'Seconds of all of them, each from its first to its last hit.',
    actions: 'Page views, downloads, outlinks, searches and events.',
    pageViews: 'How often pages were opened.',
    pages: 'Different pages that were opened.',
    revisitedPages: 'Pages that were opened more than once.',
    searches: "How often the site's own search was used.",
    events: 'How many events were reported.',
    downloads: 'How often files were downloaded.',
    outlinks: 'How often links to other websites were clicked.',
    conversions: 'How often goals were reached and orders made.',
    orders: 'How many of these were orders.',
    revenue: 'What all of them were worth.',
  } satisfies Record<keyof VisitorProfile['totals'], string>,
}

/** Undefined where no visit of the visitor is kept. `now` in Unix milliseconds. */
export async function visitorProfile(
  store: Store,
  { site, visitorId, limit, before }: ProfileQuestion,
  now: number,
): Promise<VisitorProfile | undefined> {
  const who = { site: site.id, visitor: BigInt(`0x${visitorId}`) }
  const { goneUntil: dropped } = await goneOf(store, site.id)
  const found = await findVisits(store, who, await daysOf(store, who, site.timezone))
  const ids = found.slice(0, mostVisits)
  const [newest] = ids
  if (!newest) return undefined
  const which: Params = {
    site: site.id,
    days: [...new Set(ids.map(({ day }) => day))],
    visits: ids.map(({ id }) => BigInt(id)),
    to: newest.day,
    most: mostEntries,
  }
  const page = ids.filter(({ id }) => before === undefined || BigInt(id) < BigInt(before))
  const [facts, pages, searches, goals, ofActions, visits, previousVisitor, nextVisitor] = await Promise.all([
    store.query<VisitFacts>(factsSql, which),
    store.query<PageRow>(pagesSql, which),
    store.query<{ keyword: string; searches: number }>(searchesSql, which),
    store.query<{ goal: number; conversions: number; revenue: number }>(goalsSql, which),
    store.query<{ dimension: number; value: string; times: number }>(actionDimensionsSql, which),
    tellVisits(store, site.id, page.slice(0, limit)),
    neighbour(store, who, newest, 'after'),
    neighbour(store, who, newest, 'before'),
  ])
  const sum = (name: Counted) => facts.reduce((all, visit) => all + visit[name], 0)
  const today = localDay(site.timezone, now)
  const [first, last] = [facts.at(-1), facts[0]]
  if (!first || !last) return undefined
  const nameOfGoal = new Map(liveGoals(site.goals).map(({ id, name }) => [id, name]))
  const nameOfDimension = new Map(site.dimensions.map(({ id, name }) => [id, name]))
  const ofVisits = grouped(
    facts.flatMap(({ dimensions }) => Object.entries(dimensions)),
    ([dimension, value]) => ({ dimension: Number(dimension), value }),
  ).map(({ visits: times, ...one }) => ({ ...one, times, scope: 'visit' as const }))
  return {
    visitorId,
    userIds: [...new Set(facts.flatMap(({ user_id }) => user_id || []))],
    firstVisit: inShort(first, today),
    lastVisit: inShort(last, today),
    totals: {
      visits: facts.length,
      duration: sum('duration'),
      actions: sum('actions'),
      pageViews: sum('page_views'),
      pages: pages[0]?.pages ?? 0,
      revisitedPages: pages[0]?.revisited ?? 0,
      searches: sum('searches'),
      events: sum('events'),
      downloads: sum('downloads'),
      outlinks: sum('outlinks'),
      conversions: goals.reduce((all, { conversions }) => all + conversions, 0),
      orders: goals.find(({ goal }) => goal === orderGoal)?.conversions ?? 0,
      revenue: Math.round(goals.reduce((all, { revenue }) => all + revenue, 0) * 1e6) / 1e6,
    },
    pages: pages.map(({ url, url_prefix, title, views, visits }) => {
      return { url: absoluteUrl(url, url_prefix), title, pageViews: views, visits }
    }),
    searches,
    goals: goals.map(({ goal, ...figures }) => {
      const name = goal === orderGoal ? 'Orders' : (nameOfGoal.get(goal) ?? '')
      return { goal, name, ...figures }
    }),
    devices: grouped(facts, (visit) => ({
      type: visit.device_type,
      brand: visit.device_brand,
      model: visit.device_model,
      os: visit.os_name,
      browser: visit.browser_name,
    })),
    places: grouped(facts, ({ country, region, city }) => ({ country, region, city })),
    dimensions: [...ofVisits, ...ofActions.map((one) => ({ ...one, scope: 'action' as const }))].map(
      (one) => ({
        name: nameOfDimension.get(one.dimension) ?? '',
        ...one,
      }),
    ),
    visits,
    before: page.length > limit ? (page[limit - 1]?.id ?? null) : null,
    cut: found.length > ids.length,
    previousVisitor,
    nextVisitor,
    droppedUntil: dropped === '' ? null : dropped,
  }
}

type Who = { site: number; visitor: bigint }
type VisitName = { day: string; id: string }

/** Where to look: who has a lasting id is in a table of their own. The day is that of the site's clock, then or now. */
async function daysOf(store: Store, who: Who, timezone: string): Promise<Days> {
  const [known] = await store.query<Days & { visits: number }>(
    `SELECT count() AS visits, toString(toDate(min(first_time), {timezone:String})) AS from,
            toString(toDate(max(last_time), {timezone:String})) AS to
     FROM visitors WHERE site_id = {site:UInt32} AND visitor_id = {visitor:UInt64}`,
    { ...who, timezone },
  )
  if (!known || known.visits === 0) return { from: '1970-01-01', to: '2148-12-31' }
  return { from: addDays(known.from, -1), to: addDays(known.to, 1) }
}

/** The newest first, one more than are counted. Who signs in during a visit becomes another visitor: the last one counts. */
async function findVisits(store: Store, who: Who, days: Days): Promise<VisitName[]> {
  return await store.query<VisitName>(
    `SELECT toString(day) AS day, toString(visit) AS id
     FROM (
       SELECT v.day AS day, v.visit_id AS visit FROM visits AS v
       WHERE site_id = {site:UInt32} AND v.day BETWEEN {from:Date} AND {to:Date}
         AND (v.day, v.visit_id) GLOBAL IN (
           SELECT day, visit_id FROM visits AS w
           WHERE site_id = {site:UInt32} AND w.day BETWEEN {from:Date} AND {to:Date} AND w.visitor.2 = {visitor:UInt64})
       GROUP BY v.day, v.visit_id
       HAVING max(v.visitor).2 = {visitor:UInt64}
     )
     ORDER BY visit DESC LIMIT {most:UInt32}`,
    { ...who, ...days, most: mostVisits + 1 },
  )
}

/** Somebody else whose visit is the last before, or the first after this one. Ids of visits begin with their time. */
async function neighbour(
  store: Store,
  who: Who,
  { day, id }: VisitName,
  where: 'before' | 'after',
): Promise<string | null> {
  const [sign, order, from, to] =
    where === 'before' ? ['<', 'DESC', addDays(day, -31), day] : ['>', 'ASC', day, addDays(day, 31)]
  const [found] = await store.query<{ visitor: string }>(
    `SELECT leftPad(lower(hex(v.visitor.2)), 16, '0') AS visitor FROM visits AS v
     WHERE site_id = {site:UInt32} AND v.day BETWEEN {from:Date} AND {to:Date}
       AND v.visit_id ${sign} {visit:UInt64} AND v.visitor.2 != {visitor:UInt64}
     ORDER BY v.day ${order}, v.visit_id ${order} LIMIT 1`,
    { ...who, from, to, visit: BigInt(id) },
  )
  return found?.visitor ?? null
}

type Counted = 'duration' | 'actions' | 'page_views' | 'searches' | 'events' | 'downloads' | 'outlinks'

type VisitFacts = Record<Counted, number> & {
  id: string
  day: string
  first: number
  user_id: string
  referrer_type: string
  referrer_name: string
  referrer_keyword: string
  referrer_url: string
  country: string
  region: string
  city: string
  device_type: string
  device_brand: string
  device_model: string
  os_name: string
  browser_name: string
  dimensions: Record<string, string>
}

type PageRow = {
  url: string
  url_prefix: number
  title: string
  views: number
  visits: number
  pages: number
  revisited: number
}

const these = 'site_id = {site:UInt32} AND day IN {days:Array(Date)} AND visit_id IN {visits:Array(UInt64)}'

const factsSql = `SELECT toString(visit_id) AS id, toString(day) AS day, toUnixTimestamp(first_time) AS first, duration, actions,
  page_views, searches, events, downloads, outlinks, user_id, referrer_type, referrer_name, referrer_keyword, referrer_url,
  country, region, city, device_type, device_brand, device_model, os_name, browser_name, dimensions
FROM visit WHERE ${these.replace('day IN', 'visit.day IN')} ORDER BY visit_id DESC`

const pagesSql = `SELECT url, max(h.url_prefix) AS url_prefix, argMax(h.title, (h.time, h.position)) AS title,
  count() AS views, uniqExact(visit_id) AS visits, count() OVER () AS pages, countIf(views > 1) OVER () AS revisited
FROM hits AS h WHERE ${these} AND kind = 'pageview'
GROUP BY url ORDER BY views DESC, url LIMIT {most:UInt32}`

const searchesSql = `SELECT search_keyword AS keyword, count() AS searches
FROM hits WHERE ${these} AND kind = 'search'
GROUP BY keyword ORDER BY searches DESC, keyword LIMIT {most:UInt32}`

const goalsSql = `SELECT reached.goal AS goal, count() AS conversions, round(sum(reached.revenue), 6) AS revenue
FROM hits AS h ARRAY JOIN h.conversions AS reached
WHERE ${these} AND (kind != 'order' OR ${firstOfItsOrder})
GROUP BY goal ORDER BY conversions DESC, goal`

const actionDimensionsSql = `SELECT named.1 AS dimension, named.2 AS value, count() AS times
FROM hits ARRAY JOIN CAST(dimensions, 'Array(Tuple(UInt16, String))') AS named
WHERE ${these} AND kind != 'recognised'
GROUP BY dimension, value ORDER BY times DESC, dimension, value LIMIT {most:UInt32}`

function inShort(visit: VisitFacts, today: string): VisitInShort {
  return {
    visitId: visit.id,
    day: visit.day,
    time: new Date(visit.first * 1000).toISOString(),
    daysAgo: countDays({ from: visit.day, to: today }) - 1,
    referrer: {
      type: visit.referrer_type,
      name: visit.referrer_name,
      keyword: visit.referrer_keyword,
      url: visit.referrer_url,
    },
  }
}

/** How many have the same in common, the most frequent first. */
function grouped<One, Common extends object>(
  all: readonly One[],
  common: (one: One) => Common,
): (Common & { visits: number })[] {
  const groups = new Map<string, Common & { visits: number }>()
  for (const one of all) {
    const facts = common(one)
    const key = JSON.stringify(facts)
    const group = groups.get(key) ?? { ...facts, visits: 0 }
    group.visits++
    groups.set(key, group)
  }
  return [...groups.values()].sort((a, b) => b.visits - a.visits).slice(0, mostEntries)
}
