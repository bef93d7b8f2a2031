// Years of sites to which nothing can be added any more, because their totals are being computed or are final;
// and years of the past into which an import still writes, so that the schedule waits for its end. In memory,
// because hits are asked against it; a year is closed before its first total is computed.

import type { Store } from '../store/store.ts'
import { rawYears } from './raw-rows.ts'

/** An import that has paused for so long, in milliseconds, is over. */
const quietFor = 24 * 3600 * 1000
/** So long an import has to go on after a restart: one a night must not put the job off for ever. */
const resumesWithin = 2 * 3600 * 1000

export class ClosedYears {
  /** By site. Reports take all up to a final year from its totals, so that what is older is closed with it. */
  readonly #newestClosed = new Map<number, number>()
  /** By site and year, Unix milliseconds. */
  readonly #lastArrivals = new Map<number, Map<number, number>>()

  /** `now` in Unix milliseconds. An import into any past year that is raw may have been cut short by the restart. */
  static async open(store: Store, now: number): Promise<ClosedYears> {
    const closed = new ClosedYears()
    const [rows, raw] = await Promise.all([
      store.query<{ site_id: number; year: number }>(
        'SELECT site_id, max(year) AS year FROM years GROUP BY site_id',
      ),
      rawYears(store),
    ])
    for (const row of rows) closed.close(row.site_id, row.year)
    const thisYear = new Date(now).getUTCFullYear()
    const lastArrival = now - quietFor + resumesWithin
    for (const { siteId, year } of raw) if (year < thisYear) closed.arrived(siteId, year, lastArrival)
    return closed
  }

  has(siteId: number, year: number): boolean {
    return year <= (this.#newestClosed.get(siteId) ?? 0)
  }

  /** Closes all earlier years of the site, too. */
  close(siteId: number, year: number): void {
    if (!this.has(siteId, year)) this.#newestClosed.set(siteId, year)
  }

  /** To be told of each hit of the past; `now`, in Unix milliseconds, is when it came. */
  arrived(siteId: number, year: number, now: number): void {
    const ofSite = this.#lastArrivals.get(siteId)
    if (ofSite) ofSite.set(year, now)
    else this.#lastArrivals.set(siteId, new Map([[year, now]]))
  }

  /** Whether closing the year cuts no import short: nothing came for 24 hours that would be refused then. */
  quiet(siteId: number, year: number, now: number): boolean {
    if (this.has(siteId, year)) return true
    const arrivals = [...(this.#lastArrivals.get(siteId) ?? [])]
    return arrivals.every(([arrivedYear, at]) => arrivedYear > year || now - at >= quietFor)
  }
}
