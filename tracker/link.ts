// Clicks on links that lead to other hosts, and on files. Seen at the window before the page's own handlers, so
// that none can hide them.

import { page } from './page.ts'
import { send } from './send.ts'

/** As matomo.js has them, so that reports stay comparable. */
const file = new RegExp(
  `\\.(${
    '7z|aac|apk|ar[cj]|as[cfx]|avi|azw3|bin|bz2?|csv|deb|dmg|docx?|epub|exe|flv|gif|gz|gzip|hqx|ibooks|jar|' +
    'jpe?g|js|md5|mobi|mov|movie|mp[234g]|mpeg|ms[ip]|od[bfgpst]|og[gv]|pdf|phps|png|pptx?|qtm?|ra[mr]?|' +
    'rpm|rtf|sea|sha(256|512)?|sig|sit|tar|tbz2?|tgz|torrent|txt|wav|wm[av]|wpd|xlsx?|xml|xz|z|zip'
  })([?&]|$)`,
  'i',
)

export function watchLinks(): void {
  addEventListener('click', clicked, true)
  addEventListener('auxclick', clicked, true)
}

export function trackLink(address: unknown, kind: unknown): void {
  send(kind === 'download' ? { download: address } : { link: address })
}

function clicked(event: MouseEvent): void {
  if (event.button > 1) return
  // The path rather than the target: it also leads into the shadow trees of web components.
  for (const node of event.composedPath()) {
    const link = node as HTMLAnchorElement | HTMLAreaElement
    const kind = kindOf(link)
    if (kind) trackLink(link.href, kind)
  }
}

/** Of nodes that are no links as well, which have no protocol: undefined. */
function kindOf(link: HTMLAnchorElement | HTMLAreaElement): string | undefined {
  if (!/^(http|ftp)/.test(link.protocol)) return
  const mark = /(matomo|piwik)_(ignore|link|download)\b/.exec(link.className)
  if (mark) return mark[2] === 'ignore' ? undefined : mark[2]
  if (link.hasAttribute('download') || file.test(link.pathname + link.search)) return 'download'
  // Our own host is no other website: there the opt-out page is.
  if (link.hostname !== location.hostname && link.origin !== page.origin) return 'link'
}
