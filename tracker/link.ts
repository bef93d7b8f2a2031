// Clicks: on links that lead to other hosts, on files, and on what carries an event in an attribute. Seen at the
// window before the page's own handlers, so that none can hide them.

import { contentClicked } from './content.ts'
import { decorate } from './domain.ts'
import { trackMarked } from './event.ts'
import { path } from './navigation.ts'
import { isOwn, origin } from './page.ts'
import { send } from './send.ts'
import { refuses } from './wish.ts'

/** What addresses of files end with: whatever is no web page, and the collector knows which are files. */
let files = '(?!.?html?|php|.spx?)\\w{2,5}'
/** Those that the page says: at first none, since no address has a space in it. */
let downloads = ' '

export function clicked(event: MouseEvent): void {
  // The path rather than the target: it also leads into the shadow trees of web components.
  if (event.button < 2) for (const node of event.composedPath()) follow(node as HTMLAnchorElement)
}

export function trackLink(address: unknown, kind = 'link'): void {
  send({ [kind]: address })
}

/** As matomo.js takes them: a list, or a text with `|` between. Then only these are files. */
export function setDownloadExtensions(names: string | string[]): void {
  files = downloads = ([] as string[]).concat(names).join('|')
}

/** Beside what is a file anyway. */
export function addDownloadExtensions(names: string | string[]): void {
  downloads = [downloads].concat(names).join('|')
}

/** A link, or whatever else is on the way to it: that has no protocol. */
function follow(link: HTMLAnchorElement): void {
  if (/^(ht|f)tp/.test(link.protocol) && !/_ignore/.test(link.className)) {
    const ends = (endings: string) => RegExp(`\\.(${endings})([?&]|$)`, 'i').test(path(link.href))
    // Our own host is no other website: there the opt-out page is.
    const away = !isOwn(link.hostname) && link.origin !== origin
    const kind =
      link.hasAttribute('download') || ends(downloads) ? 'download' : ends(files) ? 'ff_file' : away && 'link'
    if (kind) send({ [kind]: link.href })
    if (FULL && !refuses()) decorate(link)
  }
  if (FULL && link.dataset) {
    trackMarked(link)
    contentClicked(link)
  }
}
