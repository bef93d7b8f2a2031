// Years of sites to which nothing can be added any more, because their totals are being computed or are final.
// In memory, because hits are asked against it; changed before the first total is computed.

import type { Store } from '../store/store.ts'

export class ClosedYears {
  readonly #years = new Set<string>()

  static async open(store: Store): Promise<ClosedYears> {
    const closed = new ClosedYears()
    const rows = await store.query<{ site_id: number; year: number }>(
      'SELECT DISTINCT site_id, year FROM years',
    )
    for (const row of rows) closed.close(row.site_id, row.year)
    return closed
  }

  has(siteId: number, year: number): boolean {
    return this.#years.size > 0 && this.#years.has(`${siteId} ${year}`)
  }

  close(siteId: number, year: number): void {
    this.#years.add(`${siteId} ${year}`)
  }
}
