// The visitor on several domains of a website, whose cookies know nothing of each other: a link from one to another
// carries the id for three minutes, with a mark of the device, so that a link that was passed on brings nobody else's.
//   pk_vid=<16 hex digits><unix seconds><6 hex digits of the device>

import { isOwn, seconds } from './page.ts'
import { visitorId } from './visitor.ts'

let linking = false
/** The id that a link has brought here. */
export let arrived: string | undefined

/** On this page, and on those whose links lead here. */
export function enableCrossDomainLinking(): void {
  linking = true
  const [, id, time, mark] = /pk_vid=([\da-f]{16})(\d{10})(\w+)/.exec(location.href) || []
  if (mark === device() && seconds() - Number(time) < 180) arrived = id
}

/** Puts the id on a link that leads to another domain of the website. */
export function decorate(link: HTMLAnchorElement): void {
  const id = linking && link.hostname !== location.hostname && isOwn(link.hostname) && visitorId()
  if (id) {
    const mark = `pk_vid=${id}${seconds()}${device()}`
    link.search = link.search.replace(/.pk_vid=.*|$/, (_last, at) => (at ? '&' : '?') + mark)
  }
}

function device(): string {
  let sum = screen.width
  for (const letter of navigator.userAgent) sum = (sum * 31 + letter.charCodeAt(0)) & 0xffffff
  return sum.toString(16).padStart(6, '0')
}
