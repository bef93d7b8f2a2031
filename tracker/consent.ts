// Consent, where a page asks for it: to be counted, for which hits wait, or to cookies only. It is remembered as by
// matomo.js, in `mtm_consent` and `mtm_cookie_consent`; `mtm_consent_removed` is an opt-out.

import { eraseCookies, readCookie, writeCookie } from './cookie.ts'

/** Whether consent that the page has asked for was given, by the name of the cookie that remembers it. */
export const given: Record<string, boolean | undefined> = {}

/** `require`, `set` (for this page), `remember` (for some hours) or `forget` consent to be counted, or to cookies. */
export function consent(verb: string, cookie: unknown, hours: unknown): void {
  const name = cookie ? 'mtm_cookie_consent' : 'mtm_consent'
  const note = (name: string): void => writeCookie(name, Date.now(), Number(hours) * 3600 || longest)
  if (verb === 'require') given[name] ||= !!readCookie(name)
  else {
    // Who consents to be counted consents to cookies as well.
    const yes = verb !== 'forget'
    given[name] = yes
    given.mtm_cookie_consent = yes
    eraseCookies(yes ? (cookie ? '-' : 'mtm_consent_removed') : `mtm_cookie_consent|${name}`)
    if (verb === 'remember') note(name)
    if (!yes && !cookie) note('mtm_consent_removed')
  }
}

/** Seconds: 400 days, the most that browsers allow. */
export const longest = 34560000
