// Clicks: on links that lead to other hosts, on files, and on what carries an event in an attribute. Seen at the
// window before the page's own handlers, so that none can hide them.

import { contentClicked } from './content.ts'
import { decorate } from './domain.ts'
import { trackMarked } from './event.ts'
import { isOwn, origin } from './page.ts'
import { send } from './send.ts'
import { downloadEndings } from './served.ts'
import { refuses } from './wish.ts'

let endings = downloadEndings

export function clicked(event: MouseEvent): void {
  // The path rather than the target: it also leads into the shadow trees of web components.
  if (event.button < 2) for (const node of event.composedPath()) follow(node as HTMLAnchorElement)
}

export function trackLink(address: unknown, kind: unknown): void {
  send({ [kind === 'download' ? kind : 'link']: address })
}

/** As matomo.js takes them: a list, or a text with `|` between. */
export function setDownloadExtensions(names: string | string[]): void {
  endings = ([] as string[]).concat(names).join('|')
}

export function addDownloadExtensions(names: string | string[]): void {
  setDownloadExtensions([endings].concat(names))
}

/** A link, or whatever else is on the way to it: that has no protocol. */
function follow(link: HTMLAnchorElement): void {
  if (/^(http|ftp)/.test(link.protocol)) {
    const file = RegExp(`\\.(${endings})([?&]|$)`, 'i').test(link.pathname + link.search)
    // Our own host is no other website: there the opt-out page is.
    const away = !isOwn(link.hostname) && link.origin !== origin
    const mark = FULL && /(matomo|piwik)_(ignore|link|download)/.exec(link.className)
    const kind = mark ? mark[2] : file || link.hasAttribute('download') ? 'download' : away && 'link'
    if (kind && kind !== 'ignore') trackLink(link.href, kind)
    if (FULL && !refuses()) decorate(link)
  }
  if (FULL && link.dataset) {
    if (link.tagName !== 'FORM') trackMarked(link)
    contentClicked(link)
  }
}
