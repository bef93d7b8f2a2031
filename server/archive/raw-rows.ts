// The raw rows of a site's year in `hits` and `visits`: how many there are, and how they go for good.

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
  /** Rows of sites for which the year is not final. */
  othersRows: number
}

/** Years of all sites of which raw rows are left, oldest first. */
export async function rawYears(store: Store): Promise<{ siteId: number; year: number }[]> {
  return await store.query(
    `SELECT DISTINCT site_id AS siteId, toYear(day) AS year
     FROM (SELECT site_id, day FROM hits UNION ALL SELECT site_id, day FROM visits)
     ORDER BY year, siteId`,
  )
}

/** The partitions that hold rows of a site's year. `finalSites`: for which the year is final, the site included. */
export async function rawMonths(
  store: Store,
  siteId: number,
  year: number,
  finalSites: readonly number[],
): Promise<RawMonth[]> {
  const months = await Promise.all(
    rawTables.map((table) =>
      store.query<RawMonth>(
        `SELECT '${table}' AS table, toYYYYMM(day) AS month, countIf(site_id = {site:UInt32}) AS rows,
           countIf(site_id != {site:UInt32} AND NOT has({final:Array(UInt32)}, site_id)) AS othersRows
         FROM ${table}
         WHERE day BETWEEN {from:Date} AND {to:Date}
         GROUP BY month HAVING rows > 0 ORDER BY month`,
        { site: siteId, final: finalSites, from: `${year}-01-01`, to: `${year}-12-31` },
      ),
    ),
  )
  return months.flat()
}

/**
 * Drops the whole partition when nobody else needs it: its files are gone when this returns. Else deletes the
 * site's rows from it: they are gone, too, but the files that had them may lie there for some minutes, until
 * ClickHouse next looks for what is out of use.
 */
export async function dropMonth(
  store: Store,
  siteId: number,
  { table, month, othersRows }: RawMonth,
): Promise<void> {
  const what =
    othersRows === 0
      ? `DROP PARTITION ID '${month}'`
      : `DELETE IN PARTITION ID '${month}' WHERE site_id = {site:UInt32}`
  await store.command(`ALTER TABLE {{local ${table}}} {{on cluster}} ${what}`, { site: siteId })
}

export async function countRawRows(store: Store, siteId: number, year: number): Promise<RawRows[]> {
  return await Promise.all(
    rawTables.map(async (table) => {
      const [counted] = await store.query<{ rows: number; all: number }>(
        `SELECT countIf(site_id = {site:UInt32}) AS rows, count() AS all FROM ${table}
         WHERE day BETWEEN {from:Date} AND {to:Date}`,
        { site: siteId, from: `${year}-01-01`, to: `${year}-12-31` },
      )
      const local = fillPlaces(`{{local ${table}}}`, store.cluster)
      const [disk] = await store.query<{ bytes: number }>(
        `SELECT sum(bytes_on_disk) AS bytes FROM system.parts
         WHERE active AND database = currentDatabase() AND table = {table:String}
           AND startsWith(partition, {year:String})`,
        { table: local, year: String(year) },
      )
      const { rows = 0, all = 0 } = counted ?? {}
      return { table, rows, bytes: all === 0 ? 0 : Math.round(((disk?.bytes ?? 0) * rows) / all) }
    }),
  )
}
