// The opt-out frame of our host on this page: it asks whether visitors of this page are counted, and tells what the
// visitor chose. The choice is kept here as a first-party cookie, which holds where the frame's own cookie is blocked.
//   true, false                the visitor chose to be counted, or not; any other message only asks
//   [counted, browser asks]    the answer to each: how it stands now

import { origin as host } from './page.ts'
import { browserAsks, forgetUserOptOut, isUserOptedOut, optUserOut } from './wish.ts'

export function answerFrame({ data, origin, source }: MessageEvent): void {
  if (origin !== host) return
  if (data === false) optUserOut()
  if (data === true) forgetUserOptOut()
  ;(source as Window).postMessage([!isUserOptedOut(), browserAsks()], origin)
}
