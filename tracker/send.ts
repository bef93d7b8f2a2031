// A hit on its way: Matomo's tracking protocol as a form in the body of a POST.
//
// By fetch with keepalive rather than sendBeacon: it outlives the page as well, but blockers do not refuse it
// as a "ping", and its answer can be read, so that a wrong site id can be told to the owner. A form with
// credentials needs no CORS pre-flight; the credentials carry the opt-out cookie of the collector's own host.
// Browsers whose fetch dies with the page get sendBeacon, or at last an image. A fetch that failed is not
// repeated: it may have arrived, and nobody is to be counted twice.

import { clientHints, features } from './browser.ts'
import { type Facts, page, random } from './page.ts'
import { forgetVisitor, visitorId } from './visitor.ts'
import { browserAsks, isUserOptedOut } from './wish.ts'

/** Hits that wait for the client hints; undefined once nothing waits any more. */
let waiting: URLSearchParams[] | undefined = []
let warned = false

export function send(facts: Facts): void {
  if (!page.site || !page.endpoint) {
    warn('the address of the script names no site, as in f.js?site=1')
  } else if (browserAsks() || isUserOptedOut()) forgetVisitor()
  else {
    const form = new URLSearchParams()
    const all = {
      idsite: page.site,
      rec: 1,
      send_image: 0,
      r: random(3),
      _id: visitorId(),
      url: page.url || location.href,
      urlref: page.referrer,
      pv_id: page.view,
      ...features(),
      ...facts,
    }
    for (const [name, value] of Object.entries(all)) {
      if (value != null) form.set(name, String(value))
    }
    if (waiting) waiting.push(form)
    else transmit(form)
  }
}

/** Lets go what waits; nothing waits from now on. */
export function release(): void {
  const forms = waiting || []
  waiting = undefined
  forms.forEach(transmit)
}

function transmit(form: URLSearchParams): void {
  const hints = clientHints()
  if (hints) form.set('uadata', hints)
  if (window.Request && 'keepalive' in Request.prototype) {
    fetch(page.endpoint, { method: 'POST', body: form, keepalive: true, credentials: 'include' }).then(
      ({ ok, status }) => {
        if (!ok) warn(`${page.endpoint} answered ${status}, nothing is counted for site ${page.site}`)
      },
      () => {}, // offline or blocked: the browser says so itself
    )
  } else if (!navigator.sendBeacon(page.endpoint, form)) {
    new Image().src = `${page.endpoint}?${form}`
  }
}

/** One line for whoever set this up; more lines would say the same. */
function warn(sentence: string): void {
  if (!warned) console.warn(`Footfall: ${sentence}`)
  warned = true
}
