// The opt-out frame of our host on this page: it asks whether visitors of this page are counted, and tells what the
// visitor chose. The choice is kept here as a first-party cookie, which holds where the frame's own cookie is blocked.
//   true, false                the visitor chose to be counted, or not; any other message only asks
//   [counted, browser asks]    the answer to each: how it stands now

import { origin as host } from './page.ts'
import { browserAsks, forgetUserOptOut, isUserOptedOut, optUserOut } from './wish.ts'

export function answerFrame(event: MessageEvent): void {
  if (event.origin !== host) return
  if (event.data === false) optUserOut()
  if (event.data === true) forgetUserOptOut()
  ;(event.source as Window).postMessage([!isUserOptedOut(), browserAsks()], host)
}
