// Waits for a site's first page view over server-sent events.

import { signal } from '@preact/signals'
import { useEffect, useMemo } from 'preact/hooks'
import { api, type FirstHit } from '../api.ts'

export type FirstVisit =
  | { state: 'asking' }
  | { state: 'waiting' }
  | { state: 'lost' }
  /** `live`: it came while we looked. */
  | { state: 'here'; hit: FirstHit; live: boolean }

const reconnectAfter = 5_000

/** @param wanted false: do not ask. */
export function useFirstVisit(siteId: number, wanted: boolean): FirstVisit {
  const state = useMemo(() => signal<FirstVisit>({ state: 'asking' }), [siteId])

  useEffect(() => {
    // Who saw it come need not ask again, and still knows that it came just now.
    if (!wanted || state.peek().state === 'here') return
    let events: EventSource
    let timer: ReturnType<typeof setTimeout> | undefined
    let waited = false

    function connect() {
      events = new EventSource(api.firstHitPath(siteId))
      events.addEventListener('waiting', () => {
        waited = true
        state.value = { state: 'waiting' }
      })
      events.addEventListener('hit', (event) => {
        state.value = { state: 'here', hit: JSON.parse(event.data) as FirstHit, live: waited }
        events.close()
      })
      events.onerror = () => {
        state.value = { state: 'lost' }
        // The browser tries again by itself unless the server refused.
        if (events.readyState === EventSource.CLOSED) timer = setTimeout(connect, reconnectAfter)
      }
    }

    connect()
    return () => {
      clearTimeout(timer)
      events.close()
    }
  }, [siteId, wanted, state])

  return state.value
}
