// What the visitor wishes. Where the wish is not to be counted, nothing is sent, no cookie is set and ours are
// erased. `pk_ignore` is the opt-out on the page's own host; `mtm_consent_removed` is one that matomo.js kept.

import { eraseCookie, readCookie, writeCookie } from './cookie.ts'
import { forgetVisitor } from './visitor.ts'

declare global {
  interface Navigator {
    readonly globalPrivacyControl?: boolean
  }
}

const optOutLife = 34560000 // 400 days, the most that browsers allow

let heeded = true

/** Do Not Track and Global Privacy Control are heeded unless a page takes it on itself not to. */
export function setDoNotTrack(heed: unknown): void {
  heeded = heed !== false
}

export function browserAsks(): boolean {
  return heeded && (navigator.doNotTrack === '1' || navigator.globalPrivacyControl === true)
}

export function isUserOptedOut(): boolean {
  return readCookie('pk_ignore') === '1' || readCookie('mtm_consent_removed') !== ''
}

export function optUserOut(): void {
  writeCookie('pk_ignore', '1', optOutLife)
  forgetVisitor()
}

export function forgetUserOptOut(): void {
  eraseCookie('pk_ignore')
  eraseCookie('mtm_consent_removed')
}
