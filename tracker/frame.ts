// The opt-out frame of our host on this page: it asks whether visitors of this page are counted, and tells what
// the visitor chose, in the messages of Matomo's frame. The choice is kept here as a first-party cookie, which
// holds where the frame's own cookie is blocked.
//   {"maq_initial_value":false}  the frame's cookie says: opted out
//   {"maq_opted_in":true}        the visitor chose to be counted
//   both are answered with {"maq_opted_in":...,"maq_dnt":...}: how it stands now

import { origin as host } from './page.ts'
import { browserAsks, forgetUserOptOut, isUserOptedOut, optUserOut } from './wish.ts'

export function answerFrame({ data, origin, source }: MessageEvent): void {
  const [, what, value] = /^{"maq_(in|op)\w+":(t|f)/.exec(data) || []
  if (origin !== host || !value) return
  if (value === 'f') optUserOut()
  else if (what === 'op') forgetUserOptOut()
  const answer = `{"maq_opted_in":${!isUserOptedOut()},"maq_dnt":${browserAsks()}}`
  ;(source as Window).postMessage(answer, origin)
}
