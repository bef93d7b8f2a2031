// One tracking request on its way in. The steps of the collector read and fill it, in order; what a step leaves
// in it is all that the next ones know.

import type { Site } from '../admin/site.ts'
import type { Device } from '../enrich/device.ts'
import type { Referrer } from '../enrich/referrer.ts'
import type { Custom } from './custom.ts'
import type { Conversion, Extras, Hit, HitKind, Technique } from './hit.ts'
import type { Parameters } from './parameter.ts'
import type { Alias, Visit } from './visit.ts'

export type Beacon = {
  /** What came in. */
  readonly method: 'GET' | 'POST'
  readonly parameters: Parameters
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly cookies: Readonly<Record<string, string | undefined>>
  /** Whether the browser may be given cookies: not in a bulk request. */
  readonly mayGetCookies: boolean
  /** Whether it came with a token of a user of this service. */
  readonly trusted: boolean
  /** Unix milliseconds of the request. */
  readonly receivedAt: number
  /** The client's full address. Wiped by the enrich step; never kept, never logged. */
  address: string

  /** Unix milliseconds: when the hit happened. */
  time: number
  /** Whether it waits for the others of its time (past.ts) before it gets its visit. */
  past: boolean
  site: Site
  /** Cookies to be set with the answer. */
  newCookies: { name: string; value: string; maxAge: number }[]

  /** 16 hexadecimal characters. */
  visitorId: string
  /** Whether the id is good for more than this day. */
  profilable: boolean
  userId: string
  /** Under what else a visit of this visitor may be running. */
  aliases: readonly Alias[]
  /** The id that the answer gives to a browser that had none. */
  offered: string | undefined

  /** Shortened. */
  ip: string
  userAgent: string
  country: string
  language: string
  device: Device
  techniques: Technique[]
  referrer: Referrer
  action: Readonly<Action>
  /** What the site tells in words of its own, and of orders and products. */
  custom: Custom | undefined
  commerce: Partial<Extras> | undefined
  kept: KeptHit | undefined
}

/**
 * A hit as it is kept: `line` is its row in the journal; of the past one that has no visit yet, position 0. `order` is the
 * number of the order that it is, `reached` the visit that remembers the goals that it reached, `mark` its own (repeat.ts).
 */
export type KeptHit = {
  siteId: number
  day: string
  position: number
  line: string
  past: boolean
  order?: string | undefined
  reached?: { visit: Visit; goals: readonly Conversion[] } | undefined
  mark?: string | undefined
}

/** What the visitor did: the part of a hit that is not about the visit. */
export type Action = Pick<
  Hit,
  | 'url'
  | 'url_prefix'
  | 'title'
  | 'page_view_id'
  | 'target_url'
  | 'search_keyword'
  | 'search_category'
  | 'search_count'
  | 'event_category'
  | 'event_action'
  | 'event_name'
  | 'event_value'
> & {
  kind: HitKind
  /** What few hits have. */
  extras: Partial<Extras> | undefined
}

/** Why a request was answered as usual and nothing was kept. */
export const dropReasons = [
  'not_recorded',
  'opted_out',
  'do_not_track',
  'bot',
  'prefetch',
  'repeated',
  'excluded_address',
  'excluded_agent',
  'spam_referrer',
  'unknown_url',
  'unclaimed_action',
  'no_file',
  'late_ping',
] as const
export type DropReason = (typeof dropReasons)[number]

export function header(beacon: Beacon, name: string): string {
  const value = beacon.headers[name]
  return (Array.isArray(value) ? value[0] : value) ?? ''
}
