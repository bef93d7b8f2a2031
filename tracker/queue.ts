// The queue `_paq` that pages talk to, as with matomo.js: calls pushed before the tracker was there are made
// up for, those that configure it before all others. Methods that are not known here are ignored; what
// enableLinkTracking asks for is always on.

import { addEcommerceItem, clearEcommerceCart, removeEcommerceItem, trackCart } from './commerce.ts'
import { consent } from './consent.ts'
import { trackContentInteractionNode, trackImpressions } from './content.ts'
import { setAttribute } from './cookie.ts'
import { enableCrossDomainLinking } from './domain.ts'
import { enableJSErrorTracking } from './event.ts'
import { addDownloadExtensions, setDownloadExtensions, trackLink } from './link.ts'
import { announce, countPageView, reportPageView } from './navigation.ts'
import { common, type Facts, calls as first, setDomains, targets } from './page.ts'
import { release, send } from './send.ts'
import { disableCookies, forgetVisitor, visitorId } from './visitor.ts'
import { forgetUserOptOut, isUserOptedOut, optUserOut, refuses, setDoNotTrack, stop } from './wish.ts'

type Method = (...values: never[]) => unknown
type Call = [method: string | Method, ...values: unknown[]]

declare global {
  interface Window {
    _paq?: Call[] & { footfall?: boolean }
    Matomo?: object
    Piwik?: object
  }
}

let debug = false

/** Takes values under these names of parameters. */
const named =
  (names: string, take: (facts: Facts) => void = send) =>
  (...values: unknown[]): void =>
    take(Object.fromEntries(names.split(' ').map((name, at) => [name, values[at]])))

/** Sends a value with every hit from now on. */
const always =
  (name: string) =>
  (value: unknown): void => {
    common[name] = value
  }

function getVisitorId(): string {
  return (!refuses() && visitorId()) || ''
}

function setCustomDimension(id: number, value: unknown): void {
  common[`dimension${id}`] = value
}

const methods: Record<string, Method> = {
  disableCookies,
  optUserOut,
  forgetUserOptOut,
  trackPageView: (title?: string) => reportPageView(title ? { action_name: title } : {}),
  trackEvent: (e_c: unknown, e_a: unknown, e_n: unknown, e_v: unknown) => send({ e_c, e_a, e_n, e_v }),
  ...(FULL
    ? {
        setTrackerUrl: (address: string) => {
          targets[0] = [address]
        },
        setSiteId: always('idsite'),
        setDoNotTrack,
        isUserOptedOut,
        trackLink,
        setCustomUrl: (address: string) => {
          common.url = new URL(address, location.href).href
        },
        setReferrerUrl: always('urlref'),
        setUserId: always('uid'),
        resetUserId: always('uid'),
        setDocumentTitle: (action_name: unknown) => announce({ action_name }),
        setDomains,
        setSecureCookie: (only: unknown) => only && setAttribute('secure', ''),
        setDownloadExtensions,
        addDownloadExtensions,
        enableCrossDomainLinking,
        enableJSErrorTracking,
        addTracker: (address: string, site: unknown) => targets.push([address || targets[0][0], site]),
        getVisitorId,
        getVisitorInfo: () => ['', getVisitorId()],
        setCustomDimension,
        deleteCustomDimension: setCustomDimension,
        setCustomVariable: (index: number, name: unknown, value: unknown, scope: unknown) => {
          const variables = scope === 'page' ? 'cvar' : '_cvar'
          common[variables] = { ...(common[variables] as object), [index]: [name, value] }
        },
        trackSiteSearch: named('search search_cat search_count', reportPageView),
        trackGoal: named('idgoal revenue'),
        addEcommerceItem,
        removeEcommerceItem,
        clearEcommerceCart,
        setEcommerceView: named('_pks _pkn _pkc _pkp', announce),
        trackEcommerceOrder: named('ec_id revenue ec_st ec_tx ec_sh ec_dt', trackCart),
        trackEcommerceCartUpdate: named('revenue', trackCart),
        trackContentImpression: named('c_n c_p c_t'),
        trackContentInteraction: named('c_i c_n c_p c_t'),
        trackAllContentImpressions: () => trackImpressions(false),
        trackVisibleContentImpressions: () => trackImpressions(true),
        trackContentInteractionNode,
        enableDebug: () => {
          debug = true
        },
      }
    : // It cannot ask for consent.
      { requireConsent: stop, requireCookieConsent: disableCookies }),
}

/** What pushed functions have for `this`: the methods by name, and those that are recognised by a pattern. */
const tracker = FULL
  ? new Proxy(methods, {
      get:
        (all, name: string) =>
        (...values: never[]) =>
          all[name] ? all[name](...values) : answer([name, ...values]),
    })
  : methods

/** Methods that belong to what comes after them in the queue; all others come before. */
const later = FULL ? /track|Custom|Document|Referrer|Ecommerce|\W/ : /track/

/**
 * Takes over what the page has queued and will push, and calls the methods that the tag names before. False where
 * another copy of this script has done so.
 */
export function serveQueue(): boolean {
  window._paq = window._paq || []
  const queue = window._paq
  if (queue.footfall) return false
  queue.footfall = true
  // What programs wait for that call methods by name.
  if (FULL) window.Matomo = window.Piwik ||= { getAsyncTracker: () => tracker }
  // Where matomo.js runs beside us it may have made something of its own of the queue: that stays its own.
  const calls = Array.isArray(queue) ? queue : []
  const named = FULL && common.idsite
  if (FULL) for (const method of first) answer([method])
  const late = calls.filter((call) => later.test(String(call[0])) || void answer(call))
  // Where the page names the site, and not the tag, its snippet is Matomo's: what is counted there, the page says.
  if ((!FULL || named || !common.idsite) && !/track(Page|Site)/.test(String(late))) countPageView()
  late.forEach(answer)
  calls.push = (...pushed) => {
    pushed.forEach(answer)
    return 0
  }
  return true
}

/** Asynchronous, so that a page's own mistake goes to the page's own console, and the rest of the queue goes on. */
async function answer([method, ...values]: Call): Promise<void> {
  const known = typeof method === 'string' ? methods[method] : method
  if (known) known.apply(tracker, values as never[])
  else if (FULL) {
    const [, verb, cookie, what] =
      /^([a-z]+)(Cookie)?(Consent|Domain|Path|SameSite)/.exec(String(method)) || []
    if (verb && what === 'Consent') {
      consent(verb, cookie, values[0])
      if (verb === 'forget') forgetVisitor()
      release()
    } else if (what) setAttribute(what, String(values[0]))
    else if (debug) console.log(`Footfall: ${method} is ignored`)
  }
}
