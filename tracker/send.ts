// A hit on its way: Matomo's tracking protocol as a form in the body of a POST.
//
// By fetch with keepalive rather than sendBeacon: it outlives the page as well, but blockers do not refuse it
// as a "ping". A form with credentials needs no CORS pre-flight; the credentials carry the opt-out cookie of the
// collector's own host. A fetch that failed is not repeated: it may have arrived, and nobody is to be counted twice.
// But where the browser says that it is offline, hits wait until it is online again.

import { hints } from './browser.ts'
import { given } from './consent.ts'
import { common, type Facts, seconds, targets } from './page.ts'
import { forgetVisitor, visitorId } from './visitor.ts'
import { refuses } from './wish.ts'

/** Hits that wait for the client hints, for consent or for the network. */
const held: (() => void)[] = []
let hintsAreDue = true

export function send(facts: Facts): void {
  if (refuses()) forgetVisitor()
  else {
    // As in `Mon Nov 23 2026 03:23:31 GMT+0000`.
    const [h, m] = Date().slice(16).split(':')
    const hit: Facts = { h, m, ...common, ...facts }
    hit.url = new URL((hit.url as string) || '', location.href).href
    if (FULL) {
      const time = seconds()
      // What waited tells for how many seconds.
      const go = () => {
        hit.cdo = seconds() - time || null
        for (const [address, site] of targets) post(address, hit, site)
      }
      held.push(go)
      release()
    } else post(targets[0][0], hit)
  }
}

/** Lets go what need not wait any more; `hintsAreHere`: for the client hints from now on nothing waits. */
export function release(hintsAreHere?: unknown): void {
  if (hintsAreHere) hintsAreDue = false
  if (!hintsAreDue && navigator.onLine && given.mtm_consent !== false) {
    for (const go of held.splice(0)) refuses() || go()
  }
}

function post(address: string, hit: Facts, site = hit.idsite): void {
  const body = new URLSearchParams()
  const all: Facts = {
    ...hit,
    idsite: site,
    _id: visitorId(site),
    ...(FULL && { uadata: hints }),
  }
  for (const name in all) {
    const value = all[name]
    if ((value ?? false) !== false) {
      body.set(name, FULL && typeof value === 'object' ? JSON.stringify(value) : (value as string))
    }
  }
  // Where it fails the browser says so itself, and the collector why.
  fetch(address, { method: 'POST', body, keepalive: true, credentials: 'include' }).catch(() => {})
}
