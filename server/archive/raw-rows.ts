// The raw rows of a site's year in `hits` and `visits`, and its visitors: how many rows there are, and how they go for
// good.

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

/** The partitions that hold rows of a site's year. */
export async function rawMonths(store: Store, siteId: number, year: number): Promise<RawMonth[]> {
  const months = await Promise.all(
    rawTables.map((table) =>
      store.query<RawMonth>(
        `SELECT '${table}' AS table, toYYYYMM(day) AS month, count() AS rows
         FROM ${table}
         WHERE site_id = {site:UInt32} AND day BETWEEN {from:Date} AND {to:Date}
         GROUP BY month ORDER BY month`,
        { site: siteId, from: `${year}-01-01`, to: `${year}-12-31` },
      ),
    ),
  )
  return months.flat()
}

/** Whether a partition has no row of other sites than these. */
export async function isOnlyOf(
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
export async function dropWholeMonth(store: Store, { table, month }: RawMonth): Promise<void> {
  await store.command(`ALTER TABLE {{local ${table}}} {{on cluster}} DROP PARTITION ID '${month}'`)
}

/**
 * Deletes the site's rows from a partition. They are gone when this returns, but the files that had them may lie
 * there for some minutes, until ClickHouse next looks for what is out of use.
 */
export async function dropMonthOf(store: Store, siteId: number, { table, month }: RawMonth): Promise<void> {
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

export async function countRawRows(store: Store, siteId: number, year: number): Promise<RawRows[]> {
  return await Promise.all(
    rawTables.map(async (table) => {
      const [counted] = await store.query<{ rows: number; all: number }>(
        `SELECT countIf(site_id = {site:UInt32}) AS rows, count() AS all FROM ${table === 'visits' ? 'visit' : table}
         WHERE day BETWEEN {from:Date} AND {to:Date}`,
        { site: siteId, from: `${year}-01-01`, to: `${year}-12-31` },
      )
      const [disk] = await store.query<{ bytes: number }>(
        fillPlaces(
          `SELECT sum(bytes_on_disk) AS bytes FROM {{every node system.parts}}
           WHERE active AND database = {{our database}} AND table = {table:String}
             AND startsWith(partition, {year:String})`,
          store.cluster,
        ),
        { table: store.cluster ? `${table}_local` : table, year: String(year) },
      )
      const { rows = 0, all = 0 } = counted ?? {}
      return { table, rows, bytes: all === 0 ? 0 : Math.round(((disk?.bytes ?? 0) * rows) / all) }
    }),
  )
}
