// The raw rows of a site in `hits` and `visits`, and its visitors: how many rows there are, and how they go for
// good.

import { type Days, daysAround } from '../reports/period.ts'
import { fillPlaces } from '../store/place.ts'
import type { Store } from '../store/store.ts'

export const rawTables = ['hits', 'visits'] as const
export type RawTable = (typeof rawTables)[number]

/** `bytes` on disk, a share of those of the partition where other sites have rows in it. */
export type RawRows = { table: RawTable; rows: number; bytes: number }

export type RawMonth = {
  table: RawTable
  /** As ClickHouse names the partition: 202611. */
  month: number
  rows: number
}

/** Years of all sites of which raw rows are left, oldest first. */
export async function rawYears(store: Store): Promise<{ siteId: number; year: number }[]> {
  return await store.query(
    `SELECT DISTINCT site_id AS siteId, toYear(day) AS year
     FROM (SELECT site_id, day FROM hits UNION ALL SELECT site_id, day FROM visits)
     ORDER BY year, siteId`,
  )
}

/** The partitions that hold rows of a site's days. */
export async function rawMonths(store: Store, siteId: number, days: Days): Promise<RawMonth[]> {
  const months = await Promise.all(
    rawTables.map((table) =>
      store.query<RawMonth>(
        `SELECT '${table}' AS table, toYYYYMM(day) AS month, count() AS rows
         FROM ${table}
         WHERE site_id = {site:UInt32} AND day BETWEEN {from:Date} AND {to:Date}
         GROUP BY month ORDER BY month`,
        { site: siteId, ...days },
      ),
    ),
  )
  return months.flat()
}

/**
 * Drops the rows of a site that needs them no more: with the whole partition, if no other does either.
 * `closedEverywhere`: whether nothing can come in just then, of whichever site.
 */
export async function dropMonth(
  store: Store,
  siteId: number,
  month: RawMonth,
  closedEverywhere: () => Promise<boolean>,
): Promise<void> {
  const whole = (await closedEverywhere()) && (await isOnlyOf(store, await sitesWithout(store, month), month))
  await (whole ? dropWholeMonth(store, month) : dropMonthOf(store, siteId, month))
}

/** Sites that need no raw row of a month any more. */
async function sitesWithout(store: Store, { month }: RawMonth): Promise<number[]> {
  const year = Math.floor(month / 100)
  const { to } = daysAround('month', `${year}-${String(month % 100).padStart(2, '0')}-01`)
  const rows = await store.query<{ site_id: number }>(
    `SELECT site_id FROM (SELECT site_id, year, argMax(state, version) AS newest FROM years GROUP BY site_id, year)
     WHERE year >= {year:UInt16} AND newest IN ('final', 'dropped')
     UNION DISTINCT
     SELECT site_id FROM gone_days WHERE state = 'gone' AND until >= {to:Date}`,
    { year, to },
  )
  return rows.map(({ site_id }) => site_id)
}

/** Whether a partition has no row of other sites than these. */
async function isOnlyOf(
  store: Store,
  siteIds: readonly number[],
  { table, month }: RawMonth,
): Promise<boolean> {
  const others = await store.query(
    `SELECT 1 FROM ${table}
     WHERE toYYYYMM(day) = {month:UInt32} AND NOT has({sites:Array(UInt32)}, site_id) LIMIT 1`,
    { month, sites: siteIds },
  )
  return others.length === 0
}

/** Drops a partition with the rows of all sites: its files are gone when this returns. */
async function dropWholeMonth(store: Store, { table, month }: RawMonth): Promise<void> {
  await store.command(`ALTER TABLE {{local ${table}}} {{on cluster}} DROP PARTITION ID '${month}'`)
}

/**
 * Deletes the site's rows from a partition. They are gone when this returns, but the files that had them may lie
 * there for some minutes, until ClickHouse next looks for what is out of use.
 */
async function dropMonthOf(store: Store, siteId: number, { table, month }: RawMonth): Promise<void> {
  await store.command(
    `ALTER TABLE {{local ${table}}} {{on cluster}} DELETE IN PARTITION ID '${month}' WHERE site_id = {site:UInt32}`,
    { site: siteId },
  )
}

/**
 * Forgets the visitors of a site whose last visit began before a day there. Whoever came again stays known, with the time
 * of the first visit. Returns the beginning of that day, Unix seconds.
 */
export async function dropVisitorsBefore(
  store: Store,
  siteId: number,
  day: string,
  zone: string,
): Promise<number> {
  const [row] = await store.query<{ time: number }>(
    'SELECT toUnixTimestamp(toDateTime({day:String}, {zone:String})) AS time',
    { day: `${day} 00:00:00`, zone },
  )
  if (!row) throw new Error(`There is no ${day} in ${zone}.`)
  await store.command(
    `ALTER TABLE {{local visitors}} {{on cluster}} DELETE WHERE site_id = {site:UInt32} AND visitor_id IN
       (SELECT visitor_id FROM {{local visitors}} WHERE site_id = {site:UInt32}
        GROUP BY visitor_id HAVING max(last_time) < {time:UInt32})`,
    { site: siteId, time: row.time },
    { allow_nondeterministic_mutations: 1 },
  )
  return row.time
}

/** Of a year or a month. */
export async function countRawRows(store: Store, siteId: number, days: Days): Promise<RawRows[]> {
  return await Promise.all(
    rawTables.map(async (table) => {
      const [counted] = await store.query<{ rows: number; all: number }>(
        `SELECT countIf(site_id = {site:UInt32}) AS rows, count() AS all FROM ${table === 'visits' ? 'visit' : table}
         WHERE day BETWEEN {from:Date} AND {to:Date}`,
        { site: siteId, ...days },
      )
      const [disk] = await store.query<{ bytes: number }>(
        fillPlaces(
          `SELECT sum(bytes_on_disk) AS bytes FROM {{every node system.parts}}
           WHERE active AND database = {{our database}} AND table = {table:String}
             AND partition BETWEEN {first:String} AND {last:String}`,
          store.cluster,
        ),
        {
          table: store.cluster ? `${table}_local` : table,
          first: partition(days.from),
          last: partition(days.to),
        },
      )
      const { rows = 0, all = 0 } = counted ?? {}
      return { table, rows, bytes: all === 0 ? 0 : Math.round(((disk?.bytes ?? 0) * rows) / all) }
    }),
  )
}

function partition(day: string): string {
  return day.slice(0, 7).replace('-', '')
}
