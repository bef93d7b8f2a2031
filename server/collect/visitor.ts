// Who sent a hit: the id that tells visitors of one site apart.
//
// 1. `cid` or `_id`, the first-party cookie that the page's own script keeps.
// 2. No `_id` at all (a pixel without JavaScript): our own cookie pk_id, where the site allows cookies.
// 3. Else a hash of the site, the shortened address, the agent and the language, under the salt of the day.
//
// A browser that gets pk_id with this answer has been counted under the hash: the hash is its alias, and the
// visit goes on under the cookie's id with the next hit. Two sites never share an id: each has its own cookies
// and salts.

import { randomBytes } from 'node:crypto'
import { shortenAddress } from '../enrich/address.ts'
import { language } from '../enrich/language.ts'
import { localDay } from '../zone.ts'
import { type Beacon, header } from './beacon.ts'
import { hashedVisitorId, type Salts } from './salt.ts'

/** Seconds: 13 months from the day the cookie was made, however often the visitor returns. */
export const visitorCookieLife = 33_955_200
/** Seconds, renewed by each hit. */
export const sessionCookieLife = 1800

export function recogniseVisitor(
  beacon: Beacon,
  salts: Salts,
  known: (siteId: number, visitorId: string) => boolean,
): undefined | Promise<undefined> {
  beacon.ip = shortenAddress(beacon.address, beacon.site.settings.maskedBytes)
  beacon.language = language(beacon.parameters.lang ?? header(beacon, 'accept-language'))
  const sent = beacon.parameters.cid ?? beacon.parameters._id
  if (sent) {
    beacon.visitorId = sent
    // Nobody who comes out of an import of the past is known by a hash of a day that is long over.
    if (beacon.parameters.cid || !beacon.live || known(beacon.site.id, sent)) return undefined
    return withHash(beacon, salts, (hash) => {
      beacon.alias = hash
    })
  }
  const own = sent === undefined && beacon.site.settings.cookies ? ownCookie(beacon) : undefined
  return withHash(beacon, salts, (hash) => {
    beacon.visitorId = own ?? hash
    beacon.alias = own && hash
  })
}

/** The id of pk_id. Where there is none yet, one is made for the next hit, and undefined is returned. */
function ownCookie(beacon: Beacon): string | undefined {
  const name = `pk_id.${beacon.site.id}`
  const [, id, created] = /^([0-9a-f]{16})\.(\d{1,10})$/.exec(beacon.cookies[name] ?? '') ?? []
  const now = Math.floor(beacon.time / 1000)
  const age = now - Number(created)
  const known = id !== undefined && age >= 0 && age < visitorCookieLife
  if (beacon.mayGetCookies) {
    if (!known) {
      const fresh = `${randomBytes(8).toString('hex')}.${now}`
      beacon.newCookies.push({ name, value: fresh, maxAge: visitorCookieLife })
    }
    beacon.newCookies.push({ name: `pk_sess.${beacon.site.id}`, value: '1', maxAge: sessionCookieLife })
  }
  return known ? id : undefined
}

function withHash(beacon: Beacon, salts: Salts, use: (hash: string) => void): undefined | Promise<undefined> {
  const { site } = beacon
  const salt = salts.of(site.id, localDay(site.timezone, beacon.time))
  const take = (key: Buffer): undefined => {
    const { ip, userAgent, language } = beacon
    use(hashedVisitorId(key, site.id, { ip, userAgent, language }))
  }
  return salt instanceof Promise ? salt.then(take) : take(salt)
}
