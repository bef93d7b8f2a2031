// A hit on its way: Matomo's tracking protocol as a form in the body of a POST.
//
// By fetch with keepalive rather than sendBeacon: it outlives the page as well, but blockers do not refuse it
// as a "ping". A form with credentials needs no CORS pre-flight; the credentials carry the opt-out cookie of the
// collector's own host. Browsers whose fetch dies with the page get sendBeacon. A fetch that failed is not
// repeated: it may have arrived, and nobody is to be counted twice. But where the browser says that it is offline,
// hits wait until it is online again.

import { hints } from './browser.ts'
import { given } from './consent.ts'
import { credit } from './credit.ts'
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
    const [h, m, s] = Date().slice(16, 24).split(':')
    const url = (FULL && common.url) || location.href
    const hit: Facts = { h, m, s, res: `${screen.width}x${screen.height}`, ...common, url, ...facts }
    if (FULL) hold(hit)
    else post(targets[0][0], hit)
  }
}

function hold(hit: Facts): void {
  hit.url = String(hit.url).replace(/pk_vid=\w+&?/, '')
  hit.ca ||= hit.c_n && 1
  hit.cd = screen.colorDepth
  hit.cookie = Number(navigator.cookieEnabled)
  hit.pdf = Number(navigator.pdfViewerEnabled)
  const time = seconds()
  if (held.length < 100) {
    held.push(() => {
      // What waited tells for how many seconds.
      hit.cdo = seconds() - time || null
      for (const [address, site] of targets) post(address, hit, site)
    })
  }
  release()
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
  const _id = visitorId(site)
  const all: Facts = { ...hit, idsite: site, _id }
  if (FULL) Object.assign(all, { uadata: hints, consent: given.mtm_consent && 1 }, _id && credit(site))
  for (const name in all) {
    const value = all[name]
    if (value != null && value !== false) {
      body.set(name, FULL && typeof value === 'object' ? JSON.stringify(value) : String(value))
    }
  }
  if (FULL && !('keepalive' in Request.prototype)) navigator.sendBeacon(address, body)
  // Where it fails the browser says so itself, and the collector why.
  else fetch(address, { method: 'POST', body, keepalive: true, credentials: 'include' }).catch(() => {})
}
