// Clicks: on links that lead to other hosts, on files, and on what carries an event in an attribute. Seen at the
// window before the page's own handlers, so that none can hide them.

import { contentClicked } from './content.ts'
import { decorate } from './domain.ts'
import { trackMarked } from './event.ts'
import { isOwn, origin } from './page.ts'
import { send } from './send.ts'
import { refuses } from './wish.ts'

/** What addresses of files end with: by default whatever is no web page, and the collector knows which are files. */
let endings = '(?!.?html?|php|.spx?)\\w{2,5}'
let fileKind = 'ff_file'

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
  fileKind = 'download'
}

/** A link, or whatever else is on the way to it: that has no protocol. */
function follow(link: HTMLAnchorElement): void {
  if (/^(http|ftp)/.test(link.protocol) && !/_ignore/.test(link.className)) {
    const file = RegExp(`\\.(${endings})([?&]|$)`, 'i').test(link.pathname + link.search)
    // Our own host is no other website: there the opt-out page is.
    const away = !isOwn(link.hostname) && link.origin !== origin
    const kind = link.hasAttribute('download') ? 'download' : file ? fileKind : away && 'link'
    if (kind) send({ [kind]: link.href })
    if (FULL && !refuses()) decorate(link)
  }
  if (FULL && link.dataset) {
    trackMarked(link)
    contentClicked(link)
  }
}
