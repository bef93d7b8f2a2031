// Hits as they arrive, for those who wait for them: the setup page, and later the real-time view.

import type { Hit } from './hit.ts'

/** What is empty in the hit is left out. */
type Listener = (hit: Partial<Hit>) => void

export class LiveHits {
  readonly #listeners = new Map<number, Set<Listener>>()

  /** `line` as it is kept in the journal. */
  publish(siteId: number, line: string): void {
    const listeners = this.#listeners.get(siteId)
    if (!listeners) return
    const hit: Partial<Hit> = JSON.parse(line)
    for (const listener of listeners) listener(hit)
  }

  /** Returns how to stop listening. */
  listen(siteId: number, listener: Listener): () => void {
    const listeners = this.#listeners.get(siteId) ?? new Set()
    this.#listeners.set(siteId, listeners)
    listeners.add(listener)
    return () => {
      listeners.delete(listener)
      if (listeners.size === 0) this.#listeners.delete(siteId)
    }
  }
}
