// The script of the opt-out frame. It joins what our own host knows (in the page: data-state) with what the
// tracker on the embedding page knows, and shows what is true of both; the visitor's choice goes to both.
// Our tracker's side of the talk is frame.ts; what matomo.js understands is said as well.

type State = 'counted' | 'ignored' | 'asks' | 'refused'
type Answer = { maq_opted_in?: boolean; maq_confirm_opted_in?: boolean; maq_dnt?: boolean }

const main = document.querySelector('main')
const form = document.querySelector('form')
const framed = parent !== window

if (main && form) {
  let host = stateIn(main)
  let page: { counted: boolean; asks: boolean } | undefined
  /** What the visitor chose here, for a tracker that loads later. */
  let chosen: boolean | undefined
  let native = false

  const show = (): void => {
    main.ariaBusy = 'false'
    const state = joined(host, page)
    const focused = document.activeElement instanceof HTMLButtonElement
    main.dataset.state = state
    for (const part of main.querySelectorAll<HTMLElement>('[data-in]')) {
      part.hidden = !part.dataset.in?.split(' ').includes(state)
    }
    // The button that was pressed may be gone: its place in the page is the other's now.
    if (focused) form.querySelector<HTMLButtonElement>('button:not([hidden])')?.focus()
  }

  addEventListener('message', ({ data, source }) => {
    if (!framed || source !== parent) return
    const [counted, asks] = Array.isArray(data) ? data : matomoAnswer(data)
    if (typeof counted !== 'boolean') return
    page = { counted, asks: asks === true }
    show()
  })

  /** One choice is sent after the other; what a later one has overtaken is neither sent nor shown any more. */
  let choices = 0
  let sending = Promise.resolve()

  form.addEventListener('submit', (event) => {
    const button = event.submitter
    if (native || !(button instanceof HTMLButtonElement)) return
    event.preventDefault()
    const choice = ++choices
    chosen = button.value === 'in'
    if (framed) say({ maq_opted_in: chosen })
    sending = sending.then(() => send(form, button, () => choice === choices))
  })

  const send = async (
    form: HTMLFormElement,
    button: HTMLButtonElement,
    newest: () => boolean,
  ): Promise<void> => {
    if (!newest()) return
    try {
      const body = new URLSearchParams()
      for (const [name, value] of new FormData(form, button)) body.set(name, String(value))
      const response = await fetch(form.action, { method: 'POST', body })
      const next = new DOMParser().parseFromString(await response.text(), 'text/html').querySelector('main')
      if (!next) throw new Error(`The choice was answered with ${response.status}.`)
      if (!newest()) return
      host = stateIn(next)
      show()
      // Where the page is on our own host, our cookie is one that its tracker saw, too.
      if (framed) say({ maq_initial_value: host !== 'ignored' })
    } catch {
      // Not by script, then: the browser sends the form and shows what comes of it.
      native = true
      button.click()
    }
  }

  // What only those without scripts are told.
  for (const part of document.querySelectorAll('[data-scriptless]')) part.remove()

  // The tracker loads when it likes: asked again until it answers, for a minute.
  if (framed) {
    main.ariaBusy = 'true'
    setTimeout(show, 400)
    let questions = 240
    const ask = (): void => {
      if (page || questions-- === 0) return
      say(chosen === undefined ? { maq_initial_value: host !== 'ignored' } : { maq_opted_in: chosen })
      setTimeout(ask, 250)
    }
    ask()
  }
}

function joined(host: State, page: { counted: boolean; asks: boolean } | undefined): State {
  if (host === 'asks' || page?.asks) return 'asks'
  if (page && !page.counted) return 'ignored'
  return host
}

function say(message: { maq_initial_value?: boolean; maq_opted_in?: boolean }): void {
  // To whatever page embeds us; there is nothing in it that is not for everyone.
  const tell = (text: unknown) => parent.postMessage(text, '*')
  tell(message.maq_opted_in ?? (message.maq_initial_value === false ? false : 'counted?'))
  tell(JSON.stringify(message))
}

function stateIn(element: HTMLElement): State {
  const state = element.dataset.state
  return state === 'ignored' || state === 'asks' || state === 'refused' ? state : 'counted'
}

/** Its word for whether the page counts the visitor, and for whether the browser asks not to. */
function matomoAnswer(data: unknown): unknown[] {
  try {
    const answer: Answer = JSON.parse(String(data)) || {}
    return [answer.maq_opted_in ?? answer.maq_confirm_opted_in, answer.maq_dnt]
  } catch {
    // somebody else's message
    return []
  }
}
