// Page views: the one of the loaded document, those of a single-page application that moves through the browser's
// history, and that of a page that comes back from the browser's cache as it was left. A move counts when it leads
// to another path or query; a new fragment alone does not.

import { beginView, closeView, look } from './measure.ts'
import { common, type Facts, on, random } from './page.ts'
import { send } from './send.ts'

/** What a framework gets to set the new page's title. */
const titleTime = 250

/** Addresses of the page view counted last and of the one about to be counted. */
let counted = location.href
let pending = ''
let timer = 0
let moved = false
let automatic = true
/** Said by the page for the next page view: its title, or the product that it shows. */
let announced: Facts = {}
let repeat: () => void

export function watchNavigation(): void {
  common.urlref = document.referrer
  for (const method of ['pushState', 'replaceState'] as const) {
    const original = history[method]
    history[method] = function (...state) {
      if (FULL) look()
      original.apply(this, state)
      move(method === 'replaceState')
    }
  }
  on('popstate', () => move())
  on('pageshow', ({ persisted }: PageTransitionEvent) => {
    if (persisted) repeat()
  })
}

/** The page view of the loaded document, where the page does not report it itself. */
export function countPageView(facts?: Facts, address: string = location.href): void {
  const url = (FULL && common.url) || address
  const view: Facts = { ...(FULL && announced), ...facts, url }
  view.action_name ||= (FULL && announced.action_name) || document.title
  counted = address
  if (FULL) announced = {}
  repeat = () => {
    if (FULL) closeView()
    common.pv_id = random().slice(0, 6)
    if (FULL) beginView(url)
    send(view)
  }
  repeat()
}

/** One that the page reports. A page that does so after it moved does so for each of its moves. */
export function reportPageView(facts?: Facts): void {
  automatic = !moved
  pending = ''
  countPageView(facts)
}

export function announce(facts: Facts): void {
  Object.assign(announced, facts)
}

/** Counts now what still waits for its title. */
export function settle(): void {
  const address = pending
  clearTimeout(timer)
  pending = ''
  if (address) countPageView(undefined, address)
}

function move(replaced?: boolean): void {
  // What was replaced at once, by a redirect, nobody has seen.
  if (!replaced) settle()
  if (!automatic || path(location.href) === path(counted)) pending = ''
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

function path(address: string): string | undefined {
  return address.split('#')[0]
}
