// Visits and measurements of a large day as they are read by a hundred reports, put together once for all of them: in tables
// that live as long as the day is rolled up. On a cluster there are none, and each report reads for itself.

import { ofTheDays, sourceSql } from '../reports/catalogue/part-source.ts'
import type { SourceTables } from '../reports/query.ts'
import type { Store } from '../store/store.ts'

/** A copy pays from so many hits on. */
const leastHits = 100_000

const sources = ['visit', 'measured'] as const

const copying = { max_execution_time: 0, optimize_aggregation_in_order: 1 } as const

/** `params`: site, from and to. What `work` reads is gone after it. @throws StoreError and what `work` throws */
export async function withScratch(
  store: Store,
  { hits, ...params }: { site: number; from: string; to: string; hits: number },
  work: (tables: SourceTables) => Promise<void>,
): Promise<void> {
  if (hits < leastHits || store.cluster) return await work({})
  const name = (source: string) => `scratch_${params.site}_${source}`
  try {
    for (const source of sources) {
      // One that a killed process has left.
      await store.command(`DROP TABLE IF EXISTS ${name(source)} SYNC`)
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
