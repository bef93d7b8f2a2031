// Content: parts of a page, such as banners and teasers, of which it counts how often they are shown and clicked.
// They are marked as for matomo.js:
//   data-track-content (or class matomoTrackContent) on the part; on it or in it data-content-name,
//   data-content-piece, data-content-target (or classes matomoContentPiece, matomoContentTarget)

import { common, type Facts } from './page.ts'
import { send } from './send.ts'

const parts = '[data-track-content],[class*=TrackContent]'

/** What was told already: a part counts once in a page view. Undefined where impressions are not counted. */
let told: string[] | undefined

/** Of all parts now, or (`visible`) of each when it comes into view. */
export function trackImpressions(visible: boolean): void {
  told ||= []
  const observer = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) if (isIntersecting) trackContent(target)
  })
  for (const part of document.querySelectorAll(parts)) visible ? observer.observe(part) : trackContent(part)
}

/** An interaction with the part that a node is in. */
export function trackContentInteractionNode(node: Element, interaction = 'Unknown'): void {
  const part = node.closest(parts)
  if (part) trackContent(part, interaction)
}

/** A click into a part: where impressions are counted, too. */
export function contentClicked(node: Element): void {
  if (told && node.matches(parts)) trackContent(node, 'click')
}

function trackContent(part: Element, c_i?: string): void {
  const find = (selector: string): Element | null =>
    part.matches(selector) ? part : part.querySelector(selector)
  const said = (mark: string, selector: string, property: string): unknown =>
    find(`[data-content-${mark}]`)?.getAttribute(`data-content-${mark}`) ||
    (find(selector) as Facts | null)?.[property]
  const c_p = said('piece', '[class*=ContentPiece],img,video,audio', 'src') || 'Unknown'
  const c_n = said('name', parts, 'title') || c_p
  const content = { c_n, c_p, c_t: said('target', '[class*=ContentTarget],a', 'href'), c_i }
  const key = common.pv_id + JSON.stringify(content)
  if (c_i || !told?.includes(key)) send(content)
  told?.push(key)
}
