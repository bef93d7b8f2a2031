// Days of sites to which nothing can be added any more, because they are about to become final totals or their hits are
// gone; and months of the past into which an import still writes, so that the schedule waits for its end. In memory,
// because hits are asked against it; a day is closed before its totals are made.

import type { Store } from '../store/store.ts'
import { rawYears } from './raw-rows.ts'

/** An import that has paused for so long, in milliseconds, is over. */
const quietFor = 24 * 3600 * 1000
/** So long an import has to go on after a restart: one a night must not put the job off for ever. */
const resumesWithin = 2 * 3600 * 1000
/** Nor may single hits that come late day after day: what still arrives after this time is no import. */
const longestImport = 30 * 24 * 3600 * 1000

export class ClosedDays {
  /** By site. Reports take all up to a day that is gone from what is stored, so that what is older is closed with it. */
  readonly #newestClosed = new Map<number, string>()
  /** By site and month (`2025-06`): without a pause since, and at last; Unix milliseconds. */
  readonly #arrivals = new Map<number, Map<string, { since: number; last: number }>>()

  /** `now` in Unix milliseconds. An import into any year that is raw may have been cut short by the restart. */
  static async open(store: Store, now: number): Promise<ClosedDays> {
    const closed = new ClosedDays()
    const [rows, raw] = await Promise.all([
      store.query<{ site: number; day: string }>(
        `SELECT site_id AS site, toString(max(until)) AS day
         FROM (SELECT site_id, makeDate(year, 12, 31) AS until FROM years UNION ALL SELECT site_id, until FROM gone_days)
         GROUP BY site_id`,
      ),
      rawYears(store),
    ])
    for (const row of rows) closed.close(row.site, row.day)
    const thisYear = new Date(now).getUTCFullYear()
    const lastArrival = now - quietFor + resumesWithin
    for (const { siteId, year } of raw)
      if (year <= thisYear) closed.arrived(siteId, `${year}-01-01`, lastArrival)
    return closed
  }

  has(siteId: number, day: string): boolean {
    return day <= (this.#newestClosed.get(siteId) ?? '')
  }

  /** Closes all earlier days of the site, too. */
  close(siteId: number, day: string): void {
    if (!this.has(siteId, day)) this.#newestClosed.set(siteId, day)
  }

  /** To be told of each hit of the past; `now`, in Unix milliseconds, is when it came. */
  arrived(siteId: number, day: string, now: number): void {
    const month = day.slice(0, 7)
    const ofSite = this.#arrivals.get(siteId) ?? new Map<string, { since: number; last: number }>()
    const before = ofSite.get(month)
    const goesOn = before !== undefined && now - before.last < quietFor
    ofSite.set(month, { since: goesOn ? before.since : now, last: now })
    this.#arrivals.set(siteId, ofSite)
  }

  /**
   * Whether closing the day cuts no import short: nothing came for 24 hours that would be refused then, or something did for
   * thirty days.
   */
  quiet(siteId: number, day: string, now: number): boolean {
    if (this.has(siteId, day)) return true
    const arrivals = [...(this.#arrivals.get(siteId) ?? [])]
    return arrivals.every(
      ([month, { since, last }]) =>
        month > day.slice(0, 7) || now - last >= quietFor || now - since >= longestImport,
    )
  }
}
