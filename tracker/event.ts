// Events without code: what an attribute says, submitted forms, and errors of the page's scripts.
//   <button data-ff-event="Video|play|Trailer|30">    category, action, name and value; the last two may be missing

import { on } from './page.ts'
import { send } from './send.ts'

/** Reports the event that an element carries. */
export function trackMarked(element: HTMLElement): void {
  const [e_c, e_a, e_n, e_v] = element.dataset.ffEvent?.split('|') || []
  if (e_a) send({ e_c, e_a, e_n, e_v })
}

/** Which form was sent, never what is in it. */
export function formSent(event: { target: HTMLFormElement }): void {
  // Not by its properties: those are hidden by fields of the same names.
  send({
    e_c: 'Forms',
    e_a: 'submit',
    e_n: event.target.getAttribute('name') || event.target.getAttribute('id'),
  })
}

/** As matomo.js reports them. */
export function enableJSErrorTracking(): void {
  on('error', (error: ErrorEvent) => {
    // Without a message it is a picture or another file that did not load.
    if (error.message)
      send({
        e_c: 'JavaScript Errors',
        e_a: `${error.filename}:${error.lineno}:${error.colno}`,
        e_n: error.message,
      })
  })
}
