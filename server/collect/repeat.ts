// Hits that come again: our own script sends one once more whose request failed, though it may have arrived, and browsers
// repeat a request when a connection breaks. Each has a mark of its own (`ff_id`), by which the second one is known. Kept in
// memory only: what comes again after a restart, or when too many others have come since, counts twice.

import { LRUCache } from 'lru-cache'
import { ownText } from '../enrich/remembered.ts'
import type { Beacon, DropReason } from './beacon.ts'

/** Of all sites; the oldest go first. */
const rememberedMarks = 50_000

/** Marks of the hits that came last. */
export class Marks {
  readonly #known = new LRUCache<string, true>({ max: rememberedMarks })

  has(siteId: number, mark: string): boolean {
    return this.#known.has(key(siteId, mark))
  }

  remember(siteId: number, mark: string): void {
    this.#known.set(ownText(key(siteId, mark)), true)
  }

  /** Its hit could not be kept: it must be taken when it comes again. */
  forget(siteId: number, mark: string): void {
    this.#known.delete(key(siteId, mark))
  }
}

export function dropRepeat({ parameters, site }: Beacon, marks: Marks): DropReason | undefined {
  const { ff_id } = parameters
  if (ff_id === undefined) return undefined
  if (marks.has(site.id, ff_id)) return 'repeated'
  marks.remember(site.id, ff_id)
  return undefined
}

function key(siteId: number, mark: string): string {
  return `${siteId} ${mark}`
}
