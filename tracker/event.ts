// Events without code: what an attribute says, submitted forms, and errors of the page's scripts.
//   <button data-ff-event="Video|play|Trailer|30">    category, action, name and value; the last two may be missing

import { on } from './page.ts'
import { send } from './send.ts'

/** Reports the event that an element carries. */
export function trackMarked({ dataset }: HTMLElement): void {
  const [e_c, e_a, e_n, e_v] = dataset.ffEvent?.split('|') || []
  if (e_a) send({ e_c, e_a, e_n, e_v })
}

/** Which form was sent, never what is in it. */
export function formSent({ target }: Event): void {
  const form = target as HTMLFormElement
  // Not by its properties: those are hidden by fields of the same names.
  const said = (name: string): string | null => form.getAttribute(name)
  send({ e_c: 'Forms', e_a: 'submit', e_n: said('name') || said('id') })
}

/** As matomo.js reports them. */
export function enableJSErrorTracking(): void {
  on('error', ({ message, filename, lineno, colno }: ErrorEvent) => {
    // Without a message it is a picture or another file that did not load.
    if (message) send({ e_c: 'JavaScript Errors', e_a: `${filename}:${lineno}:${colno}`, e_n: message })
  })
}
