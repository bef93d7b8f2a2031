// Page views: the one of the loaded document, those of a single-page application that moves through the browser's
// history, and that of a page that comes back from the browser's cache as it was left. A move counts when it leads
// to another path or query; a new fragment alone does not.

import { closeView, look, view } from './measure.ts'
import { common, type Facts, on, random } from './page.ts'
import { send } from './send.ts'

/** What a framework gets to set the new page's title. */
const titleTime = 250

/** Addresses of the page view counted last and of the one about to be counted. */
let counted = location.href
let pending = ''
let timer: number
let moved: boolean | undefined
let manual: boolean | undefined
/** Said by the page for the next page view: its title, or the product that it shows. */
let announced: Facts = {}
let repeat: () => void

export function watchNavigation(): void {
  common.urlref = document.referrer
  for (const method of ['pushState', 'replaceState'] as const) {
    const original = history[method]
    history[method] = (...state) => {
      if (FULL) look()
      original.apply(history, state)
      move(method === 'replaceState')
    }
  }
  on('popstate', move)
  on('pageshow', (event: PageTransitionEvent) => {
    if (event.persisted) repeat()
  })
}

/** The page view of the loaded document, where the page does not report it itself. */
export function countPageView(facts?: Facts, address: string = location.href): void {
  const url = (FULL && common.url) || address
  const hit: Facts = { ...(FULL && announced), ...facts, url }
  hit.action_name ||= (FULL && announced.action_name) || document.title
  counted = address
  if (FULL) announced = {}
  repeat = () => {
    if (FULL) closeView()
    common.pv_id = random()
    if (FULL) view.url = url
    send(hit)
  }
  repeat()
}

/** One that the page reports. A page that does so after it moved does so for each of its moves. */
export function reportPageView(facts?: Facts): void {
  manual = moved
  countPageView(facts)
  pending = ''
}

export function announce(facts: Facts): void {
  announced = { ...announced, ...facts }
}

/** Counts now what still waits for its title. */
export function settle(): void {
  clearTimeout(timer)
  if (pending) countPageView({}, pending)
  pending = ''
}

function move(replaced: unknown): void {
  // What was replaced at once, by a redirect, nobody has seen.
  if (replaced !== true) settle()
  if (manual || path(location.href) === path(counted)) pending = ''
  else {
    if (FULL) closeView()
    moved = true
    common.urlref = counted
    if (FULL) {
      common.url = ''
      announced = {}
    }
    if (!pending) timer = setTimeout(settle, titleTime)
    pending = location.href
  }
}

export function path(address: string): string {
  return address.split('#')[0] as string
}
