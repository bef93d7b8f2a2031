// What a hundred reports read of a large day, put together once for all of them: in tables that live as long as the day is
// rolled up. On a cluster there are none, and each report reads for itself.

import { randomUUID } from 'node:crypto'
import { isDeed, ofTheDays, sourceSql } from '../reports/catalogue/part-source.ts'
import { firstOfItsOrder } from '../reports/goal-hits.ts'
import { queryOptions, type SourceTables } from '../reports/query.ts'
import type { Store } from '../store/store.ts'

const prefix = 'scratch_'

/** A copy pays from so many hits on. */
const leastHits = 100_000

export type ScratchOptions = {
  hits: number
  /** Hits from which on there are copies; where not said, as many as it pays for. */
  copyFrom?: number | undefined
}

/** What is copied of a source, and how it is sorted: deeds by what they are asked for. */
const copies = {
  visit: { of: sourceSql.visit([ofTheDays]), where: ofTheDays, by: 'tuple()' },
  measured: { of: sourceSql.measured([ofTheDays]), where: ofTheDays, by: 'tuple()' },
  led: { of: sourceSql.led([ofTheDays]), where: ofTheDays, by: 'tuple()' },
  deeds: {
    of: 'hits',
    where: `${ofTheDays} AND ${isDeed} AND (kind != 'order' OR ${firstOfItsOrder})`,
    by: '(kind, notEmpty(conversions))',
  },
} as const

/** Little of it is in memory at once. */
const copying = {
  ...queryOptions,
  max_execution_time: 0,
  max_block_size: '16384',
  min_insert_block_size_rows: '65536',
  min_insert_block_size_bytes: '33554432',
} as const

/** `params`: site, from and to. What `work` reads is gone after it. @throws StoreError and what `work` throws */
export async function withScratch(
  store: Store,
  { hits, copyFrom = leastHits, ...params }: { site: number; from: string; to: string } & ScratchOptions,
  work: (tables: SourceTables) => Promise<void>,
): Promise<void> {
  if (hits < copyFrom || store.cluster) return await work({})
  const run = randomUUID().slice(0, 8)
  const tables = Object.fromEntries(
    Object.keys(copies).map((source) => [source, `${prefix}${params.site}_${source}_${run}`]),
  )
  try {
    for (const [source, { of, where, by }] of Object.entries(copies)) {
      await store.command(
        `CREATE TABLE ${tables[source]} ENGINE = MergeTree ORDER BY ${by} SETTINGS max_compress_block_size = 131072
         AS SELECT * FROM ${of} WHERE ${where}`,
        params,
        copying,
      )
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
