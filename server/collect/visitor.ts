// Who sent a hit: the id that tells visitors of one site apart.
//
// 1. `uid`, a user who is signed in: a hash of it, as Matomo makes it, on whatever device.
// 2. `cid`, or `_id`, the first-party cookie that the page's own script keeps. Where the site leaves cookies to us
//    (`server`), our own goes first, and what a page's script still sends is taken over into it; where it wants
//    none, `_id` counts for nothing.
// 3. No `_id` at all (a pixel without JavaScript): our own cookie pk_id, where the site allows cookies.
// 4. Else a hash of the site, the shortened address, the agent and the language, under the salt of the day.
//
// A browser without pk_id gets one that says what it was counted as: the hash. Where that is in use already, by
// the same browser if it refuses cookies, or by another one that looks the same, it is offered an id of its own;
// should it come back with that, its running visit goes on. So does one whose visitor signs in, or lets the page keep
// a cookie while looking at it. Two sites never share an id: each has its own cookies and salts.

import { createHash, randomBytes } from 'node:crypto'
import { shortenAddress } from '../enrich/address.ts'
import { language } from '../enrich/language.ts'
import { cleanText } from '../enrich/text.ts'
import { localDay } from '../zone.ts'
import { type Beacon, header } from './beacon.ts'
import { hashedVisitorId, type Salts } from './salt.ts'
import type { Visits } from './visit.ts'

/** Seconds: 13 months from the day the cookie was made, however often the visitor returns. */
const visitorCookieLife = 33_955_200
/** Seconds, renewed by each hit. */
const sessionCookieLife = 1800
/** Bytes. */
const longestUserId = 800

export function recogniseVisitor(beacon: Beacon, salts: Salts, visits: Visits): undefined {
  beacon.ip = shortenAddress(beacon.address, beacon.site.settings.maskedBytes)
  beacon.language = language(beacon.parameters.lang ?? header(beacon, 'accept-language'))
  recogniseBrowser(beacon, salts, visits)
  const { uid } = beacon.parameters
  const userId = uid === undefined ? '' : cleanText(uid, longestUserId)
  if (uid === undefined || userId === '') return
  beacon.aliases = [{ id: beacon.visitorId, of: 'login' }]
  beacon.visitorId = visitorOfUser(uid)
  beacon.userId = userId
  beacon.profilable = true
}

/** Matomo: a user is the visitor whose id is the beginning of the name's hash, 16 hexadecimal characters. */
export function visitorOfUser(uid: string): string {
  return createHash('sha1').update(uid).digest('hex').slice(0, 16)
}

function recogniseBrowser(beacon: Beacon, salts: Salts, visits: Visits): void {
  const { cookies } = beacon.site.settings
  const { cid } = beacon.parameters
  const _id = cookies === 'none' ? undefined : beacon.parameters._id
  // Where we keep the cookie an id of the page's own is taken over, unless there is one of ours.
  const adopted = cookies === 'server' && !cid && _id ? _id : undefined
  const sent = cid ?? (adopted ? undefined : _id)
  if (sent) {
    beacon.visitorId = sent
    beacon.profilable = true
    const isMarked = !cid && beacon.parameters.pv_id !== undefined
    // Of the past it is not known yet who was here before.
    if (isMarked && (beacon.past || !visits.knows(beacon.site.id, sent)))
      beacon.aliases = [{ id: hashOf(beacon, salts), of: 'anonymous' }]
    return
  }
  const mayKeep = sent === undefined && cookies !== 'none'
  const own = mayKeep ? ownCookie(beacon) : undefined
  const known = own !== undefined && visits.knows(beacon.site.id, own) ? own : undefined
  beacon.profilable = own !== undefined || adopted !== undefined || (mayKeep && beacon.mayGetCookies)
  if (known || adopted) {
    beacon.visitorId = own ?? adopted ?? ''
    if (!own) beacon.offered = adopted
  } else {
    const hash = hashOf(beacon, salts)
    beacon.visitorId = own ?? hash
    if (own) beacon.aliases = [{ id: hash, of: 'offered' }]
    if (mayKeep && !own) {
      const inUse = visits.knows(beacon.site.id, hash)
      beacon.offered = inUse ? randomBytes(8).toString('hex') : hash
    }
  }
  if (mayKeep && beacon.mayGetCookies) setCookies(beacon, own ? undefined : beacon.offered)
}

/** The id of a pk_id that is still good. */
function ownCookie(beacon: Beacon): string | undefined {
  const [, id, created] =
    /^([0-9a-f]{16})\.(\d{1,10})$/.exec(beacon.cookies[`pk_id.${beacon.site.id}`] ?? '') ?? []
  const age = beacon.receivedAt / 1000 - Number(created)
  return id !== undefined && age > -60 && age < visitorCookieLife ? id : undefined
}

/** pk_id once, for its whole life; pk_sess with every hit. */
function setCookies(beacon: Beacon, offered: string | undefined): void {
  const { site } = beacon
  if (offered !== undefined) {
    const value = `${offered}.${Math.floor(beacon.receivedAt / 1000)}`
    beacon.newCookies.push({ name: `pk_id.${site.id}`, value, maxAge: visitorCookieLife })
  }
  beacon.newCookies.push({ name: `pk_sess.${site.id}`, value: '1', maxAge: sessionCookieLife })
}

function hashOf({ site, time, ip, userAgent, language }: Beacon, salts: Salts): string {
  const salt = salts.of(site.id, localDay(site.timezone, time))
  return hashedVisitorId(salt, site.id, { ip, userAgent, language })
}
