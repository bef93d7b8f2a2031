// Hits as they arrive, for those who wait for them: the setup page, and later the real-time view.

import type { Hit } from './hit.ts'

type Listener = (hit: Hit) => void

export class LiveHits {
  readonly #listeners = new Map<number, Set<Listener>>()

  publish(hit: Hit): void {
    const listeners = this.#listeners.get(hit.site_id)
    if (listeners) for (const listener of listeners) listener(hit)
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
