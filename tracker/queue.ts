// The queue `_paq` that pages talk to, as with matomo.js: calls pushed before the tracker was there are made
// up for, those that configure it before all others. Methods that are not known here are ignored; what
// enableLinkTracking asks for is always on.

import { trackLink } from './link.ts'
import { countPageView, trackPageView, trackSiteSearch } from './navigation.ts'
import { page } from './page.ts'
import { send } from './send.ts'
import { disableCookies, visitorId } from './visitor.ts'
import { browserAsks, forgetUserOptOut, isUserOptedOut, optUserOut, setDoNotTrack } from './wish.ts'

type Method = (...values: unknown[]) => unknown
type Call = [method: string | Method, ...values: unknown[]]

declare global {
  interface Window {
    _paq?: Call[] & { footfall?: boolean }
  }
}

const configuration = /^(setTracker|setSite|setDoNot|disable|opt|forget)/
const pageReports = /^track(Page|Site)/

const set =
  (name: keyof typeof page, form: Method = String): Method =>
  (value) => {
    page[name] = String(form(value))
  }

const methods: Record<string, Method> = {
  setTrackerUrl: set('endpoint'),
  setSiteId: set('site'),
  setCustomUrl: set('url', (address) => new URL(String(address), location.href)),
  setDocumentTitle: set('title'),
  setReferrerUrl: set('referrer'),
  setDoNotTrack,
  disableCookies,
  optUserOut,
  forgetUserOptOut,
  isUserOptedOut,
  getVisitorId: () => (browserAsks() || isUserOptedOut() ? '' : visitorId()),
  trackPageView,
  trackSiteSearch,
  trackLink,
  trackEvent: (category, action, name, value) => {
    send({ e_c: category, e_a: action, e_n: name, e_v: value })
  },
}

/** Takes over what the page has queued and will push. False where another copy of this script has done so. */
export function serveQueue(): boolean {
  window._paq = window._paq || []
  const queue = window._paq
  if (queue.footfall) return false
  queue.footfall = true
  // Where matomo.js runs beside us it may have made something of its own of the queue: that stays its own.
  const calls = Array.isArray(queue) ? queue : []
  const early = calls.filter(([method]) => configuration.test(String(method)))
  const late = calls.filter((call) => !early.includes(call))
  early.forEach(answer)
  if (!late.some(([method]) => pageReports.test(String(method)))) countPageView()
  late.forEach(answer)
  calls.push = (...pushed) => {
    pushed.forEach(answer)
    return 0
  }
  return true
}

function answer([method, ...values]: Call): void {
  try {
    if (typeof method === 'function') method.apply(methods, values)
    else if (methods[method]) methods[method](...values)
  } catch (error) {
    // The page's own mistake goes to the page's own console; the rest of the queue goes on.
    setTimeout(() => {
      throw error
    })
  }
}
