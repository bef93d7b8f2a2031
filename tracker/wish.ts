// What the visitor wishes. Where the wish is not to be counted, nothing is sent, no cookie is set and ours are
// erased. `pk_ignore` is the opt-out on the page's own host; `mtm_consent_removed` is one by matomo.js' name.

import { longest } from './consent.ts'
import { eraseCookies, readCookie, writeCookie } from './cookie.ts'
import { wishes } from './served.ts'
import { forgetVisitor } from './visitor.ts'

declare global {
  interface Navigator {
    readonly globalPrivacyControl?: boolean
  }
}

const optOuts = 'pk_ignore|mtm_consent_removed'

let heeded: unknown = wishes
let stopped = false

/** Do Not Track and Global Privacy Control are heeded as the site's settings say, unless the page says otherwise. */
export function setDoNotTrack(heed: unknown): void {
  heeded = heed
}

export function browserAsks(): boolean {
  return !!heeded && (navigator.doNotTrack === '1' || !!navigator.globalPrivacyControl)
}

export function isUserOptedOut(): boolean {
  return !!readCookie(optOuts)
}

export function optUserOut(): void {
  writeCookie('pk_ignore', 1, longest)
  forgetVisitor()
}

export function forgetUserOptOut(): void {
  eraseCookies(optOuts)
}

/** Whether the visitor must not be counted. */
export function refuses(): boolean {
  return (!FULL && stopped) || browserAsks() || isUserOptedOut()
}

/** From now on nothing is sent. */
export function stop(): void {
  stopped = true
}
