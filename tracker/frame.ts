// The opt-out frame of our host on this page: it asks whether visitors of this page are counted, and tells what
// the visitor chose, in the messages of Matomo's frame. The choice is kept here as a first-party cookie, which
// holds where the frame's own cookie is blocked.
//   {"maq_initial_value": false}  the frame's cookie says: opted out
//   {"maq_opted_in": true}        the visitor chose to be counted
//   both are answered with {"maq_opted_in": ..., "maq_dnt": ...}: how it stands now

import { page } from './page.ts'
import { browserAsks, forgetUserOptOut, isUserOptedOut, optUserOut } from './wish.ts'

export function answerFrames(): void {
  addEventListener('message', ({ data, origin, source }) => {
    const frame = source as Window | null
    if (origin !== page.origin || !frame || frame.parent !== window || !/^{"maq_/.test(data)) return
    const message: { maq_initial_value?: boolean; maq_opted_in?: boolean } = JSON.parse(data)
    if (message.maq_opted_in) forgetUserOptOut()
    else if (!message.maq_initial_value) optUserOut()
    frame.postMessage(JSON.stringify({ maq_opted_in: !isUserOptedOut(), maq_dnt: browserAsks() }), origin)
  })
}
