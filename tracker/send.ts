// A hit on its way: Matomo's tracking protocol as a form in the body of a POST.
//
// By fetch with keepalive rather than sendBeacon: it outlives the page as well, but blockers do not refuse it
// as a "ping". A form with credentials needs no CORS pre-flight; the credentials carry the opt-out cookie of the
// collector's own host. While the browser says that it is offline hits wait. One whose request failed is sent once more,
// when the browser is online again or another request has come through. It may have arrived all the same, and browsers
// repeat requests themselves: so each has a mark, `ff_id`, by which the collector knows it again.

import { hints } from './browser.ts'
import { lacking } from './consent.ts'
import { common, type Facts, random, seconds, targets } from './page.ts'
import { forgetVisitor, visitorId } from './visitor.ts'
import { refuses } from './wish.ts'

/** Hits that wait for the client hints, for consent or for the network, and those whose request has failed. */
const held: (() => void)[] = []
const failed: (() => void)[] = []
let hintsAreHere: unknown

/** The facts are read when it goes: what was measured of a page may have grown by then. */
export function send(facts: Facts): void {
  if (refuses()) {
    forgetVisitor()
    return
  }
  // As in `Mon Nov 23 2026 03:23:31 GMT+0000`.
  const [h, m] = Date().slice(16).split(':')
  const known: Facts = { h, m, ff_id: random(), ...common }
  const url = new URL((facts.url || (FULL && common.url) || '') as string, location.href).href
  const time = seconds()
  for (const [address, site = common.idsite] of targets) {
    let tries = 0
    const go = () => {
      const body = new URLSearchParams()
      const all: Facts = {
        ...known,
        ...facts,
        url,
        idsite: site,
        _id: visitorId(site),
        // What waited tells for how many seconds.
        ...(FULL && { uadata: hints, cdo: seconds() - time || null }),
      }
      for (const [name, value] of Object.entries(all)) {
        if ((value ?? false) !== false) {
          body.set(name, FULL && typeof value === 'object' ? JSON.stringify(value) : (value as string))
        }
      }
      // Firefox before 133: there only a beacon outlives the page.
      if (!('keepalive' in Request.prototype)) navigator.sendBeacon(address, body)
      else {
        // Where it fails the browser says so itself, and the collector why.
        const sent = fetch(address, { method: 'POST', body, keepalive: true, credentials: 'include' })
        if (FULL) sent.then(resend, () => tries++ || failed.push(go))
        else sent.catch(() => {})
      }
    }
    if (FULL) held.push(go)
    else go()
  }
  if (FULL) release()
}

/** Lets go what need not wait any more; `now`: from now on nothing waits for the client hints. */
export function release(now?: unknown): void {
  hintsAreHere ||= now
  if (hintsAreHere && navigator.onLine && !lacking.mtm_consent) {
    for (const go of held.splice(0)) refuses() || go()
  }
}

/** Sends once more what has failed. */
export function resend(): void {
  held.push(...failed.splice(0))
  release()
}
