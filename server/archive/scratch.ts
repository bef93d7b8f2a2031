// What a hundred reports read of some days, put together once for all of them: in tables that live as long as the days are
// rolled up. Of few hits, too: what each report has to be told of such a table is less than of what it is made from. On a
// cluster there are none, and each report reads for itself.

import { randomUUID } from 'node:crypto'
import { isDeed, ofTheDays, type Source, sourceSql } from '../reports/catalogue/part-source.ts'
import { keptReports } from '../reports/catalogue.ts'
import { firstInTheDays } from '../reports/goal-hits.ts'
import { alone, queryOptions, type SourceTables } from '../reports/query.ts'
import type { Params, Store } from '../store/store.ts'

const prefix = 'scratch_'

export type ScratchOptions = {
  /** False: each report reads for itself, as on a cluster. */
  copy?: boolean | undefined
}

type Copy = {
  of: string
  where: string
  by: string
  further?: string
}

/** Visitors who came back on the same day: few. */
const cameBack = `(day, visitor_id) IN (
  SELECT day, visitor_id FROM visit WHERE ${ofTheDays} GROUP BY day, visitor_id HAVING count() > 1)`

/** What is copied of a source, and how it is sorted: deeds by what they are asked for. */
const copies: Record<Exclude<Source, 'hits'>, Copy> = {
  visit: {
    of: sourceSql.visit([ofTheDays]),
    where: ofTheDays,
    by: 'tuple()',
    further: `NOT ${cameBack} AS ${alone}`,
  },
  measured: { of: sourceSql.measured([ofTheDays]), where: ofTheDays, by: 'tuple()' },
  led: { of: sourceSql.led([ofTheDays]), where: ofTheDays, by: 'tuple()' },
  deeds: {
    of: 'hits',
    where: `${ofTheDays} AND ${isDeed} AND (kind != 'order' OR ${firstInTheDays})`,
    by: '(kind, notEmpty(conversions))',
  },
}

/** By these rows are found, and copies checked, whatever the reports are. */
const needed = ['site_id', 'day', 'visit_id', 'first_time', 'time', 'kind', 'conversions', 'hits']

/** All names in what reports ask of a source; names of other things among them do no harm. */
function namesIn(source: Source): Set<string> {
  const parts = keptReports.flatMap(({ parts }) => parts)
  const sql = parts
    .filter(({ from }) => from === source)
    .flatMap(({ where = '', dimensions, columns }) => [where, ...dimensions, ...Object.values(columns)])
  return new Set([...needed, ...sql.flatMap((text) => text.match(/\w+/g) ?? [])])
}

/** What reports ask for, of all that there is of each row. */
async function columnsOf(
  store: Store,
  source: Source,
  { of, further }: Copy,
  params: Params,
): Promise<string> {
  const asked = namesIn(source)
  const known = await store.query<{ name: string }>(`DESCRIBE (SELECT * FROM ${of})`, params)
  const names = known.map(({ name }) => name).filter((name) => asked.has(name))
  return [...names, ...(further ? [further] : [])].join(', ')
}

/** Little of it is in memory at once. */
const copying = {
  ...queryOptions,
  max_bytes_before_external_group_by: '200000000',
  use_index_for_in_with_subqueries: 0,
  max_execution_time: 0,
  max_block_size: '16384',
  min_insert_block_size_rows: '65536',
  min_insert_block_size_bytes: '33554432',
} as const

/** `params`: site, from and to. What `work` reads is gone after it. @throws StoreError and what `work` throws */
export async function withScratch(
  store: Store,
  { copy = true, ...params }: { site: number; from: string; to: string } & ScratchOptions,
  work: (tables: SourceTables) => Promise<void>,
): Promise<void> {
  if (!copy || store.cluster) return await work({})
  const run = randomUUID().slice(0, 8)
  const tables = Object.fromEntries(
    Object.keys(copies).map((source) => [source, `${prefix}${params.site}_${source}_${run}`]),
  )
  try {
    for (const [source, copy] of Object.entries(copies) as [Source, Copy][]) {
      const { of, where, by } = copy
      const select = `SELECT ${await columnsOf(store, source, copy, params)} FROM ${of} WHERE ${where}`
      // In one statement it would have another name until it is filled, and keep that after a kill.
      await store.command(
        `CREATE TABLE ${tables[source]} ENGINE = MergeTree ORDER BY ${by} SETTINGS max_compress_block_size = 131072
         EMPTY AS ${select}`,
        params,
        copying,
      )
      await store.command(`INSERT INTO ${tables[source]} ${select}`, params, copying)
    }
    await work(tables)
  } finally {
    for (const table of Object.values(tables)) await store.command(`DROP TABLE IF EXISTS ${table} SYNC`)
  }
}

/** Drops what a killed process has left; of others on the same server, too, whose work then begins again. @throws StoreError */
export async function dropScratch(store: Store): Promise<void> {
  if (store.cluster) return
  const left = await store.query<{ name: string }>(
    `SELECT name FROM system.tables WHERE database = currentDatabase() AND startsWith(name, '${prefix}')`,
  )
  for (const { name } of left) await store.command(`DROP TABLE IF EXISTS ${name} SYNC`)
}
