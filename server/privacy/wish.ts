// What a browser asks for: the one rule by which the collector leaves a visitor uncounted, and by which the
// opt-out frame tells whether it does.

/** Set by the opt-out frame on this service's own host, with the value 1. */
export const optOutCookie = 'pk_ignore'

/** An opt-out made under Matomo on the same host still counts. */
const formerCookies = ['matomo_ignore', 'piwik_ignore']

export const optOutCookies = [optOutCookie, ...formerCookies]

export type Wish = 'opted_out' | 'do_not_track'

type Headers = Readonly<Record<string, string | string[] | undefined>>
type Cookies = Readonly<Record<string, string | undefined>>

/** `honoursDoNotTrack`: whether the site takes Do Not Track and Global Privacy Control for a wish. */
export function wishOf(headers: Headers, cookies: Cookies, honoursDoNotTrack: boolean): Wish | undefined {
  if (optOutCookies.some((name) => cookies[name])) return 'opted_out'
  if (!honoursDoNotTrack) return undefined
  const asks = ['dnt', 'x-do-not-track', 'sec-gpc'].some((name) =>
    String(headers[name] ?? '').startsWith('1'),
  )
  return asks ? 'do_not_track' : undefined
}
