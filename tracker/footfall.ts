// Footfall's tracker. MIT license.
// <script async src="https://your-host/f.js?site=1"></script> counts page views, moves within single-page
// applications, outlinks and downloads; `_paq` takes what a page wants to add. The core build ends there; the full
// one measures pages, and knows events without code, forms, content and shops.

import { askForHints } from './browser.ts'
import { formSent } from './event.ts'
import { answerFrame } from './frame.ts'
import { clicked } from './link.ts'
import { leavePage, watchPage } from './measure.ts'
import { settle, watchNavigation } from './navigation.ts'
import { on } from './page.ts'
import { serveQueue } from './queue.ts'
import { release } from './send.ts'

let started = false

function start(): void {
  if (started) return
  started = true
  watchNavigation()
  if (FULL) watchPage()
  if (!serveQueue()) return
  on('click auxclick', clicked)
  on('message', answerFrame)
  if (FULL) {
    on('submit', formSent)
    on('online', () => release())
    askForHints(release)
  }
}

/** Whatever waits is sent now: there may be no later. */
function leave(): void {
  start()
  settle()
  if (FULL) {
    leavePage()
    release(true)
  }
}

/** Not before the document has its title, and what the page queues has been queued. */
function shown(): void {
  on('pagehide', leave)
  if (FULL) {
    on('visibilitychange', () => {
      if (started && document.hidden) leave()
    })
  }
  if (document.readyState === 'loading') on('DOMContentLoaded', start)
  else start()
}

// What a browser loads before the visitor wants it is not there yet.
if (document.prerendering) on('prerenderingchange', shown)
else shown()
