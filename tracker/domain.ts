// The visitor on several domains of a website, whose cookies know nothing of each other: a link from one to another
// carries the id for three minutes, with the width of the screen, so that a link that was passed on brings nobody else's.
//   pk_vid=<16 hex digits><unix seconds><width>

import { isOwn, seconds } from './page.ts'
import { visitorId } from './visitor.ts'

let linking: boolean | undefined
/** The id that a link has brought here. */
export let arrived: string | undefined

/** On this page, and on those whose links lead here. */
export function enableCrossDomainLinking(): void {
  linking = true
  const [, id, time, width] = /pk_vid=([\da-f]{16})(\d{10})(\d+)/.exec(location.href) || []
  if (+(width as string) === screen.width && seconds() - +(time as string) < 180) arrived = id
}

/** Puts the id on a link that leads to another domain of the website. */
export function decorate(link: HTMLAnchorElement): void {
  const id = linking && link.hostname !== location.hostname && isOwn(link.hostname) && visitorId()
  if (id) link.search = link.search.replace(/&pk_vid=.*|$/, `&pk_vid=${id}${seconds()}${screen.width}`)
}
