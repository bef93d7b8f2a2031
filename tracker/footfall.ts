// Footfall's tracker. MIT license.
// <script async src="https://your-host/f.js?site=1"></script> counts page views, moves within single-page
// applications, outlinks and downloads; `_paq` takes what a page wants to add.

import { askForHints } from './browser.ts'
import { answerFrames } from './frame.ts'
import { watchLinks } from './link.ts'
import { settle, watchNavigation } from './navigation.ts'
import { page } from './page.ts'
import { serveQueue } from './queue.ts'
import { release } from './send.ts'

const script = document.currentScript
if (script instanceof HTMLScriptElement && script.src) {
  const address = new URL(script.src)
  page.site = script.dataset.site || address.searchParams.get('site') || ''
  page.endpoint = new URL('f', address).href
  page.origin = address.origin
}

let started = false

function start(): void {
  if (started) return
  started = true
  watchNavigation()
  if (!serveQueue()) return
  askForHints(release)
  watchLinks()
  answerFrames()
}

addEventListener('pagehide', () => {
  start()
  settle()
  release()
})
// Not before the document has its title, and what the page queues has been queued.
if (document.readyState === 'loading') addEventListener('DOMContentLoaded', start)
else start()
