// Consent, where a page asks for it: to be counted, for which hits wait, or to cookies only. It is remembered as by
// matomo.js, in `mtm_consent` and `mtm_cookie_consent`; `mtm_consent_removed` is an opt-out.

import { eraseCookies, readCookie, writeCookie } from './cookie.ts'
import { forgetVisitor } from './visitor.ts'

/** Whether consent that the page asks for is lacking, by the name of the cookie that remembers it. */
export const lacking: Record<string, boolean | undefined> = {}

/** `require`, `set` (for this page), `remember` (for some hours) or `forget` consent to be counted, or to cookies. */
export function consent(verb: string, cookie: unknown, hours: unknown): void {
  const name = cookie ? 'mtm_cookie_consent' : 'mtm_consent'
  const removed = 'mtm_consent_removed'
  if (verb === 'require') lacking[name] ??= !readCookie(name)
  else {
    // Who consents to be counted consents to cookies as well.
    const no = verb === 'forget'
    lacking[name] = lacking.mtm_cookie_consent = no
    if (no) {
      eraseCookies(`mtm_cookie_consent|${name}`)
      forgetVisitor()
    } else if (!cookie) eraseCookies(removed)
    if (verb === 'remember' || (no && !cookie))
      writeCookie(no ? removed : name, Date.now(), (hours as number) * 3600 || longest)
  }
}

/** Seconds: 13 months, for the visitor as well; browsers allow no more than 400 days. */
export const longest = 33955200
