// Content: parts of a page, such as banners and teasers, of which it counts how often they are shown and clicked.
// They are marked as for matomo.js: data-track-content on the part; on it or in it data-content-name,
// data-content-piece, data-content-target.

import { common } from './page.ts'
import { send } from './send.ts'

export const parts = '[data-track-content]'

/** What was told already: a part counts once in a page view. Undefined where impressions are not counted. */
let told: string[] | undefined

/** Of all parts of the page or of an element now, or (`visible`) of each when it comes into view. */
export function trackImpressions(root: ParentNode = document, visible?: boolean): void {
  told ||= []
  const observer = new IntersectionObserver((entries) => {
    for (const entry of entries) if (entry.isIntersecting) trackContent(entry.target)
  })
  for (const part of document.querySelectorAll(parts))
    if (root.contains(part)) visible ? observer.observe(part) : trackContent(part)
}

/** A click into a part: where impressions are counted, too. */
export function contentClicked(node: Element): void {
  if (told && node.matches(parts)) trackContent(node, 'click')
}

export function trackContent(part: Element, c_i?: string): void {
  const said = (mark: string): string | null | undefined => {
    const name = `data-content-${mark}`
    return (part.matches(`[${name}]`) ? part : part.querySelector(`[${name}]`))?.getAttribute(name)
  }
  const c_p = said('piece') || part.querySelector('img')?.src
  const content = {
    ca: 1,
    c_n: said('name') || c_p || 'Unknown',
    c_p,
    c_t: said('target') || part.querySelector('a')?.href,
    c_i,
  }
  const key = common.pv_id + JSON.stringify(content)
  if (c_i || !told?.includes(key)) send(content)
  told?.push(key)
}
