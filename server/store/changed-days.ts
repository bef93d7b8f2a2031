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

/**
 * Later days on which an order of these days was kept once more: whether it counts there depends on them. Who takes
 * orders away has to ask before they are gone. @throws StoreError
 */
export async function laterDaysOfOrders(
  store: Store,
  siteId: number,
  days: readonly string[],
): Promise<string[]> {
  const rows = await store.query<{ later: string }>(
    `SELECT DISTINCT toString(day) AS later
     FROM (SELECT day, order_id FROM hits WHERE site_id = {site:UInt32} AND kind = 'order' AND day > {first:Date}) AS kept
     INNER JOIN (
       SELECT order_id, min(day) AS first FROM hits
       WHERE site_id = {site:UInt32} AND kind = 'order' AND day IN {days:Array(Date)} GROUP BY order_id) AS orders USING (order_id)
     WHERE day > first`,
    { site: siteId, days, first: [...days].sort()[0] ?? '1970-01-01' },
    { max_execution_time: 600 },
  )
  return rows.map(({ later }) => later)
}
