// Visits and measurements of a large day as they are read by a hundred reports, put together once for all of them: in tables
// that live as long as the day is rolled up. On a cluster there are none, and each report reads for itself.

import { randomUUID } from 'node:crypto'
import { ofTheDays, sourceSql } from '../reports/catalogue/part-source.ts'
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

const sources = ['visit', 'measured'] as const

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
  const name = (source: string) => `${prefix}${params.site}_${source}_${run}`
  try {
    for (const source of sources) {
      await store.command(
        `CREATE TABLE ${name(source)} ENGINE = MergeTree ORDER BY tuple() SETTINGS max_compress_block_size = 131072
         AS SELECT * FROM ${sourceSql[source]([ofTheDays])} WHERE ${ofTheDays}`,
        params,
        copying,
      )
    }
    await work(Object.fromEntries(sources.map((source) => [source, name(source)])))
  } finally {
    for (const source of sources) await store.command(`DROP TABLE IF EXISTS ${name(source)} SYNC`)
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
