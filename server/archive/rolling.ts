// Which rollups are due, and making them: of each finished day whose hits have changed since, then of the weeks, months and
// years around it. Run every minute; what it finds half done after a kill is due again.

import type { Site } from '../admin/site.ts'
import { keptReports } from '../reports/catalogue.ts'
import { closedUntil, goneOf } from '../reports/final-years.ts'
import { addDays, countDays, type Days, daysAround } from '../reports/period.ts'
import { areTotals, totalsOf } from '../reports/query.ts'
import { definitionOf, type Rolled, readRolled } from '../reports/rolled.ts'
import { laterDaysOfOrders, markChanged } from '../store/changed-days.ts'
import type { Store } from '../store/store.ts'
import { localDay } from '../zone.ts'
import { inserting, partsOf, rollDays, rollWhole, type Span, type WholeKind } from './rollup.ts'
import type { ScratchOptions } from './scratch.ts'

export type RollingOptions = {
  store: Store
  sites: readonly Site[]
  /** Unix milliseconds. */
  now: number
  /**
   * Milliseconds after the last change of a day from which it may be rolled up: an insert that began before is over by
   * then. By default half a minute.
   */
  settleFor?: number | undefined
  /**
   * Whether to look at every site for weeks, months and years that have ended, and to clear up; else only at those with
   * days that are due.
   */
  thorough?: boolean | undefined
  copy?: ScratchOptions['copy']
  /** Told before each step. */
  progress?: ((site: Site, what: string) => void) | undefined
}

/** So many hits are rolled up at once, of so many days. */
const mostHits = 2_000_000
const mostDays = 400
const defaultSettling = 30_000

/** Sites that failed: what they leave behind must not become more every minute. */
const failed = new WeakMap<Store, Set<number>>()

/**
 * Makes all rollups that are due; returns how many days and greater periods were made. A site that fails keeps no other one
 * waiting, and is tried again only when all is done thoroughly, as every hour. @throws StoreError the first failure, when all else is done
 */
export async function rollUp(options: RollingOptions): Promise<{ days: number; wholes: number }> {
  const { store, sites, thorough = true } = options
  return await inTurn(store, async () => {
    const before = failed.get(store)
    const some = { ...options, sites: sites.filter(({ id }) => thorough || !before?.has(id)) }
    const made = { days: 0, wholes: 0 }
    const due = await dueDays(some)
    const failures = new Map<number, unknown>()
    for (const site of some.sites) {
      try {
        const { days, wholes } = await rollSite(some, site, due.get(site.id) ?? [])
        made.days += days
        made.wholes += wholes
      } catch (error) {
        failures.set(site.id, error)
      }
    }
    const tried = new Set(some.sites.map(({ id }) => id))
    const others = [...(before ?? [])].filter((id) => !tried.has(id))
    failed.set(store, new Set([...others, ...failures.keys()]))
    if (thorough) await dropSuperseded(store)
    for (const error of failures.values()) throw error
    return made
  })
}

async function rollSite(
  options: RollingOptions,
  site: Site,
  days: readonly DueDay[],
): Promise<{ days: number; wholes: number }> {
  const { store, thorough = true, progress = () => {} } = options
  await markLaterDays(store, site, days)
  if (thorough || days.length > 0) await adoptGoneDays(store, site)
  for (const span of await spansOf(store, site, days)) {
    progress(site, span.from === span.to ? span.from : `${span.from} to ${span.to}`)
    await rollDays(store, site, { ...span, copy: options.copy })
  }
  const wholes = thorough || days.length > 0 ? await rollWholes(options, site) : 0
  return { days: days.length, wholes }
}

const turns = new WeakMap<Store, Promise<unknown>>()

/**
 * One at a time: a month must not be made of days of which newer versions are just being made, as these are older than it
 * would be.
 */
async function inTurn<T>(store: Store, work: () => Promise<T>): Promise<T> {
  const mine = (turns.get(store) ?? Promise.resolve()).then(work)
  turns.set(
    store,
    mine.catch(() => {}),
  )
  return await mine
}

/** An order that came late counts on its day, and no more on a later one that has it too: that is due as well. */
async function markLaterDays(store: Store, site: Site, due: readonly DueDay[]): Promise<void> {
  const days = due.map(({ day }) => day)
  const later = days.length > 0 ? await laterDaysOfOrders(store, site.id, days) : []
  const others = later.filter((day) => !days.includes(day))
  if (others.length > 0) await markChanged(store, site.id, others)
}

/**
 * Makes days anew from their hits, whether they are due or not: a last time, before the hits go. Labels that few visitors
 * had in these days are one, where the site wants that. @throws StoreError
 */
export async function rollLastTime(
  store: Store,
  site: Site,
  days: Days,
  copy?: ScratchOptions['copy'],
): Promise<void> {
  await inTurn(store, async () => {
    for (const span of await spansWithHits(store, site, days)) {
      await rollDays(store, site, { ...span, copy, lastOf: days })
    }
  })
}

/** Makes the rollups of days of a site that are due, but of no greater periods. @throws StoreError */
export async function rollDueDays(
  options: Pick<RollingOptions, 'store' | 'now' | 'settleFor' | 'copy'> & { site: Site; days: Days },
): Promise<void> {
  const { store, site, copy, days } = options
  await inTurn(store, async () => {
    const due = await dueDays({ ...options, sites: [site] })
    const some = (due.get(site.id) ?? []).filter(({ day }) => day >= days.from && day <= days.to)
    await markLaterDays(store, site, some)
    await adoptGoneDays(store, site)
    for (const span of await spansOf(store, site, some)) await rollDays(store, site, { ...span, copy })
  })
}

/** The days that have or had hits, as many together as may be read at once. @throws StoreError */
export async function spansWithHits(store: Store, site: Site, days: Days): Promise<Span[]> {
  const found = await store.query<{ date: string }>(
    `SELECT DISTINCT toString(day) AS date FROM days
     WHERE site_id = {site:UInt32} AND day BETWEEN {from:Date} AND {to:Date} ORDER BY date`,
    { site: site.id, ...days },
  )
  const dates = found.map(({ date }) => date)
  return await spansOf(store, site, await withHits(store, site, dates))
}

/**
 * Totals that several reports have in common are looked for at the first of them, which may be another one since days were
 * rolled up whose hits are gone: it gets the totals of one that was there.
 */
async function adoptGoneDays(store: Store, site: Site): Promise<void> {
  const { finalUntil, goneUntil } = await goneOf(store, site.id)
  if (goneUntil === finalUntil) return
  const definition = definitionOf(site)
  const days = await store.query<{ start: string; version: number }>(
    `SELECT toString(r.start) AS start, max(r.version) AS version FROM rolled AS r
     WHERE site_id = {site:UInt32} AND period = 'day' AND r.start BETWEEN {from:Date} AND {to:Date}
     GROUP BY r.start HAVING NOT has(groupArray(definition), {definition:String})`,
    {
      site: site.id,
      from: finalUntil === '' ? '1970-01-01' : addDays(finalUntil, 1),
      to: goneUntil,
      definition,
    },
  )
  if (days.length === 0) return
  for (const first of keptReports.filter((report) => totalsOf(report) === report)) {
    const others = keptReports.filter((report) => report !== first && totalsOf(report) === first)
    if (others.length === 0) continue
    const ofDays = `site_id = {site:UInt32} AND period = 'day' AND ${areTotals} AND (start, version) IN
       (SELECT arrayJoin(arrayZip({starts:Array(Date)}, {versions:Array(UInt64)})))`
    await store.command(
      `INSERT INTO rollups SELECT * REPLACE ('${first.name}' AS report) FROM (
       SELECT * FROM rollups
       WHERE ${ofDays} AND report IN {others:Array(String)}
         AND start GLOBAL NOT IN (SELECT start FROM rollups WHERE ${ofDays} AND report = '${first.name}')
       LIMIT 1 BY start)`,
      {
        site: site.id,
        starts: days.map(({ start }) => start),
        versions: days.map(({ version }) => version),
        others: others.map(({ name }) => name),
      },
      inserting,
    )
  }
  await store.insert(
    'rolled',
    days.map((day) => ({ site_id: site.id, period: 'day', ...day, definition })),
  )
}

type DueDay = { day: string; hits: number }

/** By site, ascending. */
async function dueDays(options: RollingOptions): Promise<Map<number, DueDay[]>> {
  const { store, sites, now, settleFor = defaultSettling } = options
  const definitions = sites.map(definitionOf)
  const found = await store.query<{ site: number; day: string }>(
    `SELECT site_id AS site, toString(changes.day) AS day
FROM (SELECT site_id, day, toUnixTimestamp64Micro(toDateTime64(max(changed_at), 6)) AS changed FROM days GROUP BY site_id, day) AS changes
LEFT JOIN (
  SELECT site_id, start AS day, max(version) AS made FROM rolled
  WHERE period = 'day' AND (site_id, definition) IN (SELECT arrayJoin(arrayZip({sites:Array(UInt32)}, {definitions:Array(String)})))
  GROUP BY site_id, start) AS rollups USING (site_id, day)
WHERE site_id IN {sites:Array(UInt32)} AND made <= changed + {settling:UInt64}
  AND toUnixTimestamp64Micro(now64(6)) >= changed + {settling:UInt64}
ORDER BY site_id, day`,
    { sites: sites.map(({ id }) => id), definitions, settling: settleFor * 1000 },
  )
  const due = new Map<number, DueDay[]>()
  for (const site of sites) {
    const [today, closed] = [localDay(site.timezone, now), await closedUntil(store, site.id)]
    const days = found.flatMap((row) => {
      return row.site === site.id && row.day < today && row.day > closed ? [row.day] : []
    })
    if (days.length > 0) due.set(site.id, await withHits(store, site, days))
  }
  return due
}

async function withHits(store: Store, site: Site, days: readonly string[]): Promise<DueDay[]> {
  const rows = await store.query<DueDay>(
    `SELECT toString(h.day) AS day, count() AS hits FROM hits AS h
     WHERE site_id = {site:UInt32} AND h.day IN {days:Array(Date)} GROUP BY h.day`,
    { site: site.id, days },
  )
  const hits = new Map(rows.map(({ day, hits }) => [day, hits]))
  return days.map((day) => ({ day, hits: hits.get(day) ?? 0 }))
}

/**
 * Days between which there is no other one with hits, as many as may be done at once: a statement costs more than a day of few
 * hits.
 */
async function spansOf(store: Store, site: Site, due: readonly DueDay[]): Promise<Span[]> {
  const [first, last] = [due[0], due.at(-1)]
  if (!first || !last) return []
  const known = await store.query<{ date: string }>(
    `SELECT DISTINCT toString(day) AS date FROM days
     WHERE site_id = {site:UInt32} AND day BETWEEN {from:Date} AND {to:Date}`,
    { site: site.id, from: first.day, to: last.day },
  )
  const wanted = new Set(due.map(({ day }) => day))
  const others = known.map(({ date }) => date).filter((day) => !wanted.has(day))
  const spans: (Span & { days: string[] })[] = []
  for (const { day, hits } of due) {
    const span = spans.at(-1)
    const joins =
      span &&
      span.hits + hits <= mostHits &&
      countDays({ from: span.from, to: day }) <= mostDays &&
      !others.some((other) => other > span.to && other < day)
    if (joins) {
      span.to = day
      span.days.push(day)
      span.hits += hits
    } else spans.push({ from: day, to: day, days: [day], hits })
  }
  return spans
}

/** Weeks and months first: a year is made of its months. */
async function rollWholes(options: RollingOptions, site: Site): Promise<number> {
  const { store, now, progress = () => {} } = options
  const [first] = await store.query<{ day: string; last: string }>(
    `SELECT toString(min(start)) AS day, toString(max(start)) AS last FROM rolled
     WHERE site_id = {site:UInt32} AND period = 'day' HAVING count() > 0`,
    { site: site.id },
  )
  if (!first) return 0
  const gone = await goneOf(store, site.id)
  const { finalUntil: final } = gone
  const today = localDay(site.timezone, now)
  const days = { from: first.day > final ? first.day : addDays(final, 1), to: first.last }
  let made = 0
  for (const kinds of [['week', 'month'], ['year']] as const) {
    const rolled = await readRolled(store, site, days, gone)
    for (const kind of kinds) {
      for (const start of starts(kind, days)) {
        if (!isDue(kind, start, today, rolled)) continue
        progress(site, `${kind} of ${start}`)
        await rollWhole(store, site, kind, start, rolled)
        made++
      }
    }
  }
  return made
}

/** Whether it is over, all of it is stored, and it is not put together from that yet. */
function isDue(kind: WholeKind, start: string, today: string, rolled: Rolled): boolean {
  const { to } = daysAround(kind, start)
  if (to >= today || start <= rolled.finalUntil || rolled.version(kind, start) !== undefined) return false
  return partsOf(kind, start).every(
    (part) => rolled.version(part.period, part.start) !== undefined || isEmpty(part, rolled),
  )
}

function isEmpty({ period, start }: { period: 'day' | 'month'; start: string }, rolled: Rolled): boolean {
  const { from, to } = daysAround(period, start)
  for (let day = from; day <= to; day = addDays(day, 1)) if (rolled.hasHits(day)) return false
  return true
}

function starts(kind: WholeKind, { from, to }: Days): string[] {
  const found: string[] = []
  for (let start = daysAround(kind, from).from; start <= to; start = addDays(daysAround(kind, start).to, 1)) {
    found.push(start)
  }
  return found
}

/**
 * Microseconds. A version is named after the moment at which its making began, which takes an hour at most; and what a
 * question has begun to read it reads for a minute.
 */
const grace = 6 * 3600 * 1_000_000

/**
 * Takes away rows of versions that do not count any more, where the one that counts is older than the grace: else a
 * question may still read them. Those that never came to count go by their own age: else they are still being made; and
 * so do those of a year that is final.
 */
export async function dropSuperseded(store: Store, keepFor = grace): Promise<void> {
  const versions = await store.query<{ site: number; begins: string; version: number }>(
    `SELECT DISTINCT site_id AS site, toString(start) AS begins, version
FROM (
  SELECT DISTINCT site_id, if(period = 'hour', 'day', toString(period)) AS whole, start, version
  FROM rollups WHERE version > 0
) AS made
LEFT JOIN (
  SELECT site_id, toString(period) AS whole, start, max(version) AS newest FROM rolled GROUP BY site_id, period, start
) AS counted USING (site_id, whole, start)
WHERE (version != newest AND greatest(version, newest) < toUnixTimestamp64Micro(now64(6)) - {grace:UInt64})
  OR ((site_id, toYear(start)) IN (SELECT site_id, year FROM years WHERE state IN ('final', 'dropped'))
    AND version < toUnixTimestamp64Micro(now64(6)) - {grace:UInt64})
LIMIT 10000`,
    { grace: keepFor },
    { max_execution_time: 0 },
  )
  if (versions.length === 0) return
  await store.command(
    `ALTER TABLE {{local rollups}} {{on cluster}} DELETE
     WHERE start IN {starts:Array(Date)} AND (site_id, start, version) IN
       (SELECT arrayJoin(arrayZip({sites:Array(UInt32)}, {starts:Array(Date)}, {versions:Array(UInt64)})))`,
    {
      sites: versions.map(({ site }) => site),
      starts: versions.map(({ begins }) => begins),
      versions: versions.map(({ version }) => version),
    },
    { allow_nondeterministic_mutations: 1 },
  )
}
