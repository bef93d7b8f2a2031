// Whatever takes rows of hits away has to say of which days, so that their rollups are made again; what adds rows is marked
// by a materialized view (migrations/008_days.sql).

import type { Store } from './store.ts'

/** To be called when the rows are gone. @throws StoreError */
export async function markChanged(store: Store, siteId: number, days: Iterable<string>): Promise<void> {
  await store.command(
    `INSERT INTO days SELECT {site:UInt32}, arrayJoin({days:Array(Date)}), now64(3, 'UTC')`,
    { site: siteId, days: [...new Set(days)] },
    { insert_deduplicate: 0 },
  )
}
