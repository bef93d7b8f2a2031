// Final totals that a site keeps for some years only. What is older goes; its days stay final, so nothing takes their place.

import type { Site } from '../admin/site.ts'
import { finalYears } from '../reports/final-years.ts'
import type { Store } from '../store/store.ts'
import { localDay } from '../zone.ts'

/** Drops what is due and returns it. `now` in Unix milliseconds. @throws StoreError */
export async function dropOldTotals(
  store: Store,
  sites: readonly Site[],
  now: number,
): Promise<{ site: Site; year: number; rows: number }[]> {
  const dropped: { site: Site; year: number; rows: number }[] = []
  for (const site of sites) {
    for (const year of await finalYears(store, site.id)) {
      if (!isOld(site, year, now)) continue
      const [found] = await store.query<{ rows: number }>(
        'SELECT count() AS rows FROM rollups WHERE site_id = {site:UInt32} AND final = {year:UInt16}',
        { site: site.id, year },
      )
      const rows = found?.rows ?? 0
      if (rows === 0) continue
      await store.command(
        'ALTER TABLE {{local rollups}} {{on cluster}} DELETE WHERE site_id = {site:UInt32} AND final = {year:UInt16}',
        { site: site.id, year },
      )
      dropped.push({ site, year, rows })
    }
  }
  return dropped
}

/** A year is kept until so many years after its end. */
function isOld({ timezone, settings }: Site, year: number, now: number): boolean {
  if (settings.finalYears === 0) return false
  return localDay(timezone, now) >= `${year + 1 + settings.finalYears}-01-01`
}
