// What the visitor asked for: opted out, or a browser that says "do not track" or "do not sell or share".
// Such a request is answered as usual, nothing is stored and no cookie is set.

import { type Beacon, type DropReason, header } from './beacon.ts'

/** Set by the opt-out page on this service's own domain. */
export const optOutCookie = 'pk_ignore'

export function honourWishes(beacon: Beacon): DropReason | undefined {
  if (beacon.cookies[optOutCookie] !== undefined) return 'opted_out'
  if (!beacon.site.settings.honourDoNotTrack) return undefined
  const asked = header(beacon, 'dnt').startsWith('1') || header(beacon, 'x-do-not-track') === '1'
  return asked || header(beacon, 'sec-gpc') === '1' ? 'do_not_track' : undefined
}
