// What a conversion is credited to: the last campaign or other website at which a visit began, in the cookies of
// matomo.js.
//   _pk_ses.<site>.<hash> = 1                                                30 minutes from the last hit
//   _pk_ref.<site>.<hash> = ["campaign","keyword",unix seconds,"referrer"]   6 months

import { readCookie, writeCookie } from './cookie.ts'
import { common, type Facts, isOwn, seconds } from './page.ts'
import { nameOf } from './visitor.ts'

export function credit(site: unknown): Facts {
  const session = nameOf('ses', site)
  const name = nameOf('ref', site)
  let found: unknown[] = []
  try {
    found = [...JSON.parse(decodeURIComponent(`${readCookie(name)}`))]
  } catch {
    // none yet, or not of our making
  }
  if (!readCookie(session)) {
    const query = [...new URLSearchParams(location.search + location.hash.replace('#', '&'))]
    const first = (names: string): string =>
      query.find(([name, value]) => value && RegExp(`^(${names})$`).test(name))?.[1] || ''
    const campaign = first('(pk|piwik|mtm|matomo|utm)_campaign') || first('utm_source') || first('utm_medium')
    const referrer = String(common.urlref)
    const from = isOwn(referrer.split(/[/:?#]+/)[1] || location.hostname) ? '' : referrer.slice(0, 1024)
    if (campaign || from) {
      found = [campaign, first('(pk|piwik|mtm|matomo)_kwd|utm_term'), seconds(), from]
      writeCookie(name, encodeURIComponent(JSON.stringify(found)), 15768000)
    }
  }
  writeCookie(session, 1, 1800)
  const [_rcn, _rck, _refts, _ref] = found.map((part) => part || null)
  return { _rcn, _rck, _refts, _ref }
}
