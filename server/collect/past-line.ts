// A hit of the past as it waits for its visit: a recognised beacon on one line of JSON, without what only its
// request needed and without the client's address.

import type { Site } from '../admin/site.ts'
import { pageUrl } from './action.ts'
import type { Beacon } from './beacon.ts'

/** All of a beacon but what is of its request or of its site. */
type Past = Omit<Beacon, 'site' | 'headers' | 'cookies' | 'mayGetCookies' | 'address' | 'newCookies' | 'kept'>

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
  const past: Past = { ...rest, parameters: { ...parameters, url: pageUrl(beacon) } }
  return `{"time":${beacon.time},"site":${site.id},"visitor":"${beacon.visitorId}","past":${JSON.stringify(past)}}\n`
}

/** Of a line without its end: when, where and who. */
export type PastKey = { time: number; siteId: number; visitorId: string }

const start = /^\{"time":(-?\d+),"site":(\d+),"visitor":"([0-9a-f]{16})",/

export function keyOf(line: string): PastKey {
  const [, time, siteId, visitorId] = start.exec(line) ?? []
  if (visitorId === undefined) throw new Error('A line of a hit of the past cannot be read.')
  return { time: Number(time), siteId: Number(siteId), visitorId }
}

export function readPast(line: string, site: Site): Beacon {
  const { past } = JSON.parse(line) as { past: Past }
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
