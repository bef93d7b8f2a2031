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
import { release, resend } from './send.ts'

function start(): void {
  window._paq ||= []
  const queue = window._paq
  // Begun already, or by another copy of this script.
  if (queue.footfall) return
  queue.footfall = true
  watchNavigation()
  if (FULL) watchPage()
  serveQueue(queue)
  on('click auxclick', clicked)
  on('message', answerFrame)
  if (FULL) {
    on('submit', formSent)
    on('online', resend)
    askForHints(release)
    setTimeout(release, 500, true)
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
      if (document.hidden) leave()
    })
  }
  if (document.readyState === 'loading') on('DOMContentLoaded', start)
  else start()
}

// In a sandboxed frame, whose origin is null, browsers throw at any touch of cookies: nothing is counted there.
if (origin !== 'null') {
  // What a browser loads before the visitor wants it is not there yet.
  if (document.prerendering) on('prerenderingchange', shown)
  else shown()
}
