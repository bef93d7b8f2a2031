// The visitor's id in a first-party cookie, under the name and in the form that matomo.js uses: a visitor whom a site
// knew before it moved here stays known. The hash in the name is matomo.js' own: a cookie with whatever hash is taken
// over, and a new one gets four digits of ours.
//   _pk_id.<site>.<hash> = <16 hex digits>.<created, unix seconds>.   13 months from its creation, not sliding

import { lacking, longest } from './consent.ts'
import { eraseCookies, findCookies, readCookie, writeCookie } from './cookie.ts'
import { arrived } from './domain.ts'
import { common, random, seconds } from './page.ts'
import { cookieMode } from './served.ts'

let disabled = cookieMode === 'none'

/** Holds whatever consent is given. */
export function disableCookies(): void {
  disabled = true
  forgetVisitor()
}

/** The id of the visitor on a site. Empty where there must be no cookies, undefined where the collector keeps them. */
export function visitorId(site: unknown = common.idsite): string | undefined {
  if (cookieMode !== 'page') forgetVisitor(site)
  if (disabled || (FULL && (lacking.mtm_consent || lacking.mtm_cookie_consent))) return ''
  if (cookieMode === 'server') return
  const [, name = `_pk_id.${site}.f007`, value] = findCookies(`_pk_id\\.${site}\\.[\\da-f]{4}`)[0] || []
  const now = seconds()
  const [, known, since = now] = /^([\da-f]{16})\.(\d+)/.exec(value as string) || []
  const id = (FULL && arrived) || known || random()
  // Written anew each time: some browsers keep what a script wrote for only seven days. One that is too old is gone then.
  writeCookie(name, `${id}.${since}.`, +since + longest - now)
  // An id that the browser does not keep would make each hit another visitor.
  return readCookie(name) ? id : ''
}

/** Erases the cookies of a site, or of all. */
export function forgetVisitor(site: unknown = '\\d+'): void {
  eraseCookies(`_pk_\\w+\\.${site}\\.[\\da-f]{4}`)
}
