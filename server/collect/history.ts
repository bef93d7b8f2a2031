// What the store knows of visitors of whom hits of the past have come. Visits near those hits are made anew together
// with them, because a hit in their midst can change where a visit begins and ends; all others keep what they are, but
// may turn out to be a later one of their visitor.

import { markChanged } from '../store/changed-days.ts'
import type { Store } from '../store/store.ts'
import { type Hit, hitColumns, type VisitFacts } from './hit.ts'
import type { Known } from './known.ts'
import type { PastKey } from './past-line.ts'
import { visitFactColumns, visitGap } from './visit.ts'

/** When hits of a visitor of a site were, Unix milliseconds; by `<site> <visitor>`. */
export type Seen = Map<string, { from: number; to: number }>

/** A visit that stays. `ordered`: when its last order was, in Unix seconds. */
export type StoredVisit = {
  key: PastKey
  id: string
  day: string
  number: number
  position: number
  daysSinceFirst: number
  daysSinceLast: number
  daysSinceOrder: number
  ordered: number | undefined
}

/** Which visit rows belong to. */
export type VisitKey = { site: number; day: string; visit: string }

/**
 * A hit of a visit that is made anew. `before` is the one before it in that visit; `forced`: the visit began with it
 * although the visitor's last one still went on.
 */
export type StoredHit = { key: PastKey; hit: Hit; before: Hit | undefined; forced: boolean }

/** What came before a visitor's first visit that the store has. */
export type Earlier = { siteId: number; visitorId: string; known: Known }

export type History = { stays: StoredVisit[]; hits: StoredHit[]; anew: VisitKey[]; earlier: Earlier[] }

/** Whether a visit still runs: it takes late hits as they come, and is not made anew. Otherwise it must take no more. */
type Keep = (siteId: number, visitorId: string, visitId: string) => boolean

/** A hit that tells of a page may come hours after the visit's last action. */
const reach = 24 * 3600 * 1000

/** Visitors asked about at once. */
const chunk = 5000

/** Rows are removed from so many visits at once. */
const removedAtOnce = 10_000

export class VisitHistory {
  readonly #store: Store
  readonly #keep: Keep

  constructor(store: Store, keep: Keep) {
    this.#store = store
    this.#keep = keep
  }

  async read(seen: Seen): Promise<History> {
    const history: History = { stays: [], hits: [], anew: [], earlier: [] }
    for (const [siteId, visitors] of bySite(seen)) {
      for (let at = 0; at < visitors.length; at += chunk) {
        const some = visitors.slice(at, at + chunk)
        await addVisits(history, { store: this.#store, keep: this.#keep, seen, siteId, visitors: some })
      }
    }
    return history
  }

  /** Facts of visits of a site, by visit. */
  async facts(siteId: number, visits: VisitKey[]): Promise<Map<string, VisitFacts>> {
    const rows = await this.#store.query<VisitFacts & { id: string }>(
      `SELECT toString(visit_id) AS id, ${visitFactColumns.join(', ')} FROM visit
       WHERE site_id = {site:UInt32} AND day IN {days:Array(Date)} AND visit_id IN {visits:Array(UInt64)}`,
      { site: siteId, ...namesOf(visits.map(({ day, visit }) => ({ day, id: visit }))) },
      { max_execution_time: 600 },
    )
    return new Map(rows.map(({ id, ...facts }) => [id, facts]))
  }

  /** Removes visits with their hits. Those that are gone already stay gone. */
  async remove(visits: VisitKey[]): Promise<void> {
    for (const siteId of new Set(visits.map(({ site }) => site))) {
      const ofSite = visits.filter(({ site }) => site === siteId)
      for (let at = 0; at < ofSite.length; at += removedAtOnce) {
        const some = ofSite.slice(at, at + removedAtOnce).map(({ day, visit }) => ({ day, id: visit }))
        for (const table of rawTables) {
          await this.#store.command(
            `DELETE FROM {{local ${table}}} {{on cluster}}
             WHERE site_id = {site:UInt32} AND day IN {days:Array(Date)} AND visit_id IN {visits:Array(UInt64)}`,
            { site: siteId, ...namesOf(some) },
            { lightweight_deletes_sync: '2' },
          )
        }
        await markChanged(
          this.#store,
          siteId,
          some.map(({ day }) => day),
        )
      }
    }
  }
}

const rawTables = ['hits', 'visits'] as const

type Question = {
  store: Store
  seen: Seen
  keep: Keep
  siteId: number
  visitors: string[]
}

type VisitRow = {
  id: string
  visitor: string
  day: string
  number: number
  start: number
  last: number
  last_action: number
  position: number
  orders: number
  since_first: number
  since_last: number
  since_order: number
}

async function addVisits(history: History, question: Question): Promise<void> {
  const { store, seen, keep, siteId, visitors } = question
  const rows = await store.query<VisitRow>(
    `SELECT toString(visit_id) AS id, leftPad(lower(hex(visitor_id)), 16, '0') AS visitor, day, visit_number AS number,
            toUnixTimestamp(first_time) AS start, toUnixTimestamp(last_time) AS last,
            toUnixTimestamp(last_action_time) AS last_action, last_position AS position,
            orders, days_since_first AS since_first, days_since_last AS since_last, days_since_order AS since_order
     FROM visit
     WHERE site_id = {site:UInt32} AND (day, visit_id) IN
       (SELECT day, visit_id FROM visits WHERE site_id = {site:UInt32}
        AND visitor.2 IN {visitors:Array(UInt64)})
     ORDER BY start`,
    { site: siteId, visitors: visitors.map((id) => BigInt(`0x${id}`)) },
    { max_execution_time: 600 },
  )
  const anew: VisitRow[] = []
  const stays: VisitRow[] = []
  const forced = new Set<string>()
  const previous = new Map<string, VisitRow>()
  for (const row of rows) {
    const last = previous.get(row.visitor)
    previous.set(row.visitor, row)
    if (!last && row.number > 1) history.earlier.push(earlierThan(siteId, row))
    if (last?.day === row.day && (row.start - last.last_action) * 1000 < visitGap) forced.add(row.id)
    const range = seen.get(`${siteId} ${row.visitor}`)
    const near =
      range &&
      row.start * 1000 <= range.to + visitGap &&
      row.last * 1000 >= range.from - Math.max(visitGap, reach)
    if (near && !keep(siteId, row.visitor, row.id)) anew.push(row)
    else stays.push(row)
  }
  const orders = await lastOrders(store, siteId, stays)
  for (const row of stays) history.stays.push(storedVisit(siteId, row, orders.get(row.id)))
  await addHits(history, { store, siteId, rows: anew, forced })
}

function earlierThan(siteId: number, row: VisitRow): Earlier {
  const ago = (days: number) => row.start - days * 86_400
  const known: Known = {
    visits: row.number - 1,
    first: ago(row.since_first),
    last: ago(row.since_last),
    ordered: row.since_order > 0 ? ago(row.since_order) : 0,
  }
  return { siteId, visitorId: row.visitor, known }
}

function storedVisit(siteId: number, row: VisitRow, ordered: number | undefined): StoredVisit {
  return {
    key: { time: row.start * 1000, siteId, visitorId: row.visitor },
    id: row.id,
    day: row.day,
    number: row.number,
    position: row.position,
    daysSinceFirst: row.since_first,
    daysSinceLast: row.since_last,
    daysSinceOrder: row.since_order,
    ordered,
  }
}

/** Unix seconds by visit. */
async function lastOrders(store: Store, siteId: number, rows: VisitRow[]): Promise<Map<string, number>> {
  const ordered = rows.filter(({ orders }) => orders > 0)
  if (ordered.length === 0) return new Map()
  const found = await store.query<{ id: string; time: number }>(
    `SELECT toString(visit_id) AS id, toUnixTimestamp(max(time)) AS time FROM hits
     WHERE site_id = {site:UInt32} AND day IN {days:Array(Date)} AND visit_id IN {visits:Array(UInt64)} AND kind = 'order'
     GROUP BY visit_id`,
    { site: siteId, ...namesOf(ordered) },
    { max_execution_time: 600 },
  )
  return new Map(found.map(({ id, time }) => [id, time]))
}

type Anew = { store: Store; siteId: number; rows: VisitRow[]; forced: ReadonlySet<string> }

async function addHits(history: History, { store, siteId, rows, forced }: Anew): Promise<void> {
  if (rows.length === 0) return
  const found = await store.query<Hit & { visitor: string }>(
    `SELECT ${Object.keys(hitColumns).map(columnOf).join(', ')},
            leftPad(lower(hex(h.visitor_id)), 16, '0') AS visitor
     FROM hits AS h
     WHERE h.site_id = {site:UInt32} AND h.day IN {days:Array(Date)} AND h.visit_id IN {visits:Array(UInt64)}
     ORDER BY h.visit_id, h.position`,
    { site: siteId, ...namesOf(rows) },
    { max_execution_time: 600 },
  )
  let before: Hit | undefined
  for (const { visitor, ...hit } of found) {
    if (before?.visit_id !== hit.visit_id) before = undefined
    const key = { time: hit.time * 1000, siteId, visitorId: visitor }
    if (hit.kind !== 'recognised')
      history.hits.push({ key, hit, before, forced: !before && forced.has(hit.visit_id) })
    before = hit
  }
  for (const { id, day } of rows) history.anew.push({ site: siteId, day, visit: id })
}

/** As it stands in a line of the journal. */
function columnOf(name: string): string {
  if (name === 'time' || name === 'visit_time') return `toUnixTimestamp(h.${name}) AS ${name}`
  if (name === 'visit_id' || name === 'visitor_id') return `toString(h.${name}) AS ${name}`
  return `h.${name}`
}

function namesOf(rows: { day: string; id: string }[]): { days: string[]; visits: bigint[] } {
  return { days: [...new Set(rows.map(({ day }) => day))], visits: rows.map(({ id }) => BigInt(id)) }
}

function bySite(seen: Seen): Map<number, string[]> {
  const sites = new Map<number, string[]>()
  for (const name of seen.keys()) {
    const [site = '', visitor = ''] = name.split(' ')
    const visitors = sites.get(Number(site))
    if (visitors) visitors.push(visitor)
    else sites.set(Number(site), [visitor])
  }
  return sites
}
