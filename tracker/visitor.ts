// The visitor's id in a first-party cookie, under the names and in the form that matomo.js uses: a visitor whom
// a site knew before it moved here stays known.
//   _pk_id.<site>.<hash> = <16 hex digits>.<created, unix seconds>.   13 months from its creation, not sliding
//   _pk_ses.<site>.<hash> = 1                                         30 minutes from the last hit

import { eraseCookie, readCookie, writeCookie } from './cookie.ts'
import { page, random } from './page.ts'
import { sha1Start } from './sha1.ts'

const idLife = 33955200
const sessionLife = 1800

let cookieless = false

export function disableCookies(): void {
  cookieless = true
  forgetVisitor()
}

/** 16 hexadecimal digits, made and kept if need be; empty where there are no cookies. */
export function visitorId(): string {
  if (cookieless) return ''
  const now = Math.floor(Date.now() / 1000)
  let [id = '', created] = readCookie(name('id')).split('.')
  let left = Number(created) + idLife - now
  if (!/^[\da-f]{16}$/.test(id) || !(left > 0 && left <= idLife)) {
    id = random(8)
    created = String(now)
    left = idLife
  }
  // Written anew each time: some browsers keep what a script wrote for only seven days.
  writeCookie(name('id'), `${id}.${created}.`, left)
  writeCookie(name('ses'), '1', sessionLife)
  // An id that the browser does not keep would make each hit another visitor.
  return readCookie(name('id')) && id
}

export function forgetVisitor(): void {
  eraseCookie(name('id'))
  eraseCookie(name('ses'))
}

function name(kind: 'id' | 'ses'): string {
  return `_pk_${kind}.${page.site}.${sha1Start(`${location.hostname.replace(/\.$/, '')}/`)}`
}
