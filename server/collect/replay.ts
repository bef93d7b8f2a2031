// Gives hits of the past their visits: the collector's last step, with visits of its own, on hits in the order of
// their times. What comes out are rows, as if the hits had been sent when they happened.

import type { Site } from '../admin/site.ts'
import type { DropReason } from './beacon.ts'
import { joinVisit } from './collector.ts'
import { keyOf, readPast } from './past-line.ts'
import { Visits } from './visit.ts'

export type ReplayParts = {
  site: (id: number) => Site | undefined
  dropped: (reason: DropReason) => void
}

export class Replay {
  readonly #parts: ReplayParts
  readonly #visits = new Visits()

  constructor(parts: ReplayParts) {
    this.#parts = parts
  }

  /** The row of the next hit; undefined when its site is gone meanwhile, or it makes none. */
  next(line: string): string | undefined {
    const site = this.#parts.site(keyOf(line).siteId)
    if (!site) return undefined
    const beacon = readPast(line, site)
    const reason = joinVisit(beacon, { visits: this.#visits })
    if (reason) this.#parts.dropped(reason)
    return beacon.kept?.line
  }
}
