// Page views: the one of the loaded document, and those of a single-page application that moves through the
// browser's history. A move counts when it leads to another path or query; a new fragment alone does not.

import { type Facts, page, random } from './page.ts'
import { send } from './send.ts'

/** What a framework gets to set the new page's title. */
const titleTime = 250

/** Addresses of the page view counted last and of the one about to be counted. */
let counted = ''
let pending = ''
let timer = 0
let moves = 0
let automatic = true

export function watchNavigation(): void {
  page.referrer = document.referrer
  counted = location.href
  for (const method of ['pushState', 'replaceState'] as const) {
    const original = history[method]
    history[method] = function (...state) {
      original.apply(this, state)
      moved(method === 'replaceState')
    }
  }
  addEventListener('popstate', () => moved(false))
}

/** The page view of the loaded document, where the page does not report it itself. */
export function countPageView(): void {
  view(location.href)
}

export function trackPageView(title?: unknown): void {
  reported()
  view(location.href, { action_name: title || pageTitle() })
}

/** A page view that shows what a search on the site has found. */
export function trackSiteSearch(search: unknown, category: unknown, results: unknown): void {
  reported()
  view(location.href, { search, search_cat: category || undefined, search_count: results })
}

/** Counts now what still waits for its title. */
export function settle(): void {
  const address = pending
  cancel()
  if (address) view(address)
}

/** The page has reported a view. One that does so after it moved does so for each of its moves. */
function reported(): void {
  if (moves) automatic = false
  cancel()
}

function moved(replaced: boolean): void {
  // What was replaced at once, by a redirect, nobody has seen.
  if (!replaced) settle()
  if (!automatic || place(location.href) === place(counted)) cancel()
  else {
    moves++
    page.referrer = counted
    page.url = page.title = ''
    pending = location.href
    timer = timer || setTimeout(settle, titleTime)
  }
}

function cancel(): void {
  clearTimeout(timer)
  timer = 0
  pending = ''
}

function view(address: string, facts: Facts = { action_name: pageTitle() }): void {
  counted = address
  page.view = random(3)
  send({ url: page.url || address, ...facts })
}

function pageTitle(): string {
  return page.title || document.title
}

function place(address: string): string {
  return address.replace(/#.*/, '')
}
