// A hit of the past as it waits for its visit: a recognised beacon on one line of JSON, without what only its
// request needed and without the client's address.

import type { Site } from '../admin/site.ts'
import { pageUrl } from './action.ts'
import type { Beacon } from './beacon.ts'

/** All of a beacon but what is of its request or of its site. */
export type Past = Omit<
  Beacon,
  'site' | 'headers' | 'cookies' | 'mayGetCookies' | 'address' | 'newCookies' | 'kept'
>

/** It begins with what is read of it before its turn comes. */
export function pastLine(beacon: Beacon): string {
  const {
    headers: _,
    cookies: __,
    mayGetCookies: ___,
    address: ____,
    newCookies,
    kept,
    site,
    ...rest
  } = beacon
  const { token_auth, cip, ua, uadata, ...parameters } = beacon.parameters
  const past: Past = { ...rest, userAgent: '', parameters: { ...parameters, url: pageUrl(beacon) } }
  const key = { time: beacon.time, siteId: site.id, visitorId: beacon.visitorId }
  return lineBy({ ...key, aliases: beacon.aliases.map(({ id }) => id) }, { past })
}

/** What a line is sorted and looked for by: when (Unix milliseconds), where, who, and who that may have been before. */
export type PastKey = { time: number; siteId: number; visitorId: string; aliases?: string[] }

export function lineBy({ time, siteId, visitorId, aliases = [] }: PastKey, rest: object): string {
  const also = aliases.length > 0 ? `"also":"${aliases.join()}",` : ''
  return `{"time":${time},"site":${siteId},"visitor":"${visitorId}",${also}${JSON.stringify(rest).slice(1)}\n`
}

const start = /^\{"time":(-?\d+),"site":(\d+),"visitor":"([0-9a-f]{16})",(?:"also":"([0-9a-f,]+)",)?/

export function keyOf(line: string): PastKey {
  const [, time, siteId, visitorId, also] = start.exec(line) ?? []
  if (visitorId === undefined) throw new Error('A line of a hit of the past cannot be read.')
  const key = { time: Number(time), siteId: Number(siteId), visitorId }
  return also === undefined ? key : { ...key, aliases: also.split(',') }
}

export function readPast(past: Past, site: Site): Beacon {
  return {
    ...past,
    site,
    headers: {},
    cookies: {},
    mayGetCookies: false,
    address: '',
    newCookies: [],
    kept: undefined,
  }
}
