// The queue `_paq` that pages talk to, as with matomo.js: calls pushed before the tracker was there are made
// up for, those that configure it before all others. Methods that are not known here are ignored.

import { addEcommerceItem, clearEcommerceCart, items, removeEcommerceItem, trackCart } from './commerce.ts'
import { consent } from './consent.ts'
import { parts, trackContent, trackImpressions } from './content.ts'
import { readCookie, setAttribute } from './cookie.ts'
import { enableCrossDomainLinking } from './domain.ts'
import { enableJSErrorTracking } from './event.ts'
import { addDownloadExtensions, setDownloadExtensions, trackLink } from './link.ts'
import { announce, countPageView, reportPageView } from './navigation.ts'
import { common, debug, type Facts, setDomains, targets } from './page.ts'
import { release, send } from './send.ts'
import { disableCookies, visitorId } from './visitor.ts'
import { forgetUserOptOut, isUserOptedOut, optUserOut, refuses, setDoNotTrack, stop } from './wish.ts'

type Method = (...values: never[]) => unknown
type Call = [method: string | Method, ...values: unknown[]]
/** `footfall`: is served. */
export type Queue = Call[] & { footfall?: boolean }

declare global {
  interface Window {
    _paq?: Queue
    Matomo?: object
    Piwik?: object
  }
}

function setCustomDimension(id: number, value: unknown): void {
  common[`dimension${id}`] = value
}

function setCustomVariable(index: number, name: unknown, value: unknown, scope: unknown): void {
  const variables = scope === 'page' ? 'cvar' : '_cvar'
  common[variables] = { ...(common[variables] as object), [index]: [name, value] }
}

const methods: Record<string, Method> = {
  disableCookies,
  optUserOut,
  forgetUserOptOut,
  ...(FULL
    ? {
        setTrackerUrl: (address: string) => {
          targets[0] = [address]
        },
        setDoNotTrack,
        isUserOptedOut,
        trackLink,
        setDomains,
        setDownloadExtensions,
        addDownloadExtensions,
        enableCrossDomainLinking,
        enableJSErrorTracking,
        addTracker: (address: string, site: unknown) => targets.push([address || targets[0][0], site]),
        getVisitorId: () => (!refuses() && visitorId()) || '',
        setCustomDimension,
        deleteCustomDimension: setCustomDimension,
        hasRememberedConsent: () => !!readCookie('mtm_consent'),
        setCustomVariable,
        deleteCustomVariable: (index: number, scope: unknown) => setCustomVariable(index, '', '', scope),
        addEcommerceItem,
        removeEcommerceItem,
        clearEcommerceCart,
        getEcommerceItems: () => items,
        trackAllContentImpressions: trackImpressions,
        trackVisibleContentImpressions: () => trackImpressions(document, true),
        trackContentInteractionNode: (node: Element, how = 'Unknown') =>
          trackContent(node.closest(parts) as Element, how),
        trackContentImpressionsWithinNode: trackImpressions,
      }
    : { requireConsent: stop, requireCookieConsent: disableCookies }),
}

/**
 * Methods that do no more than send their values under the names of parameters, with one hit or with each from now on:
 * each the method, and the parameters in the order of its values.
 */
function name(take: (facts: Facts) => void, lines: string): void {
  for (const line of lines.split('|')) {
    const [method, ...names] = line.split(' ') as [string, ...string[]]
    methods[method] = (...values: unknown[]) =>
      take(Object.fromEntries(names.map((name, at) => [name, values[at]])))
  }
}

const goalsAndContents = FULL
  ? '|trackGoal idgoal revenue|trackContentImpression c_n c_p c_t|trackContentInteraction c_i c_n c_p c_t'
  : ''
const searches = FULL ? '|trackSiteSearch search search_cat search_count' : ''
name(send, `trackEvent e_c e_a e_n e_v${goalsAndContents}`)
name(reportPageView, `trackPageView action_name${searches}`)
if (FULL) {
  name(
    (facts) => Object.assign(common, facts),
    'setSiteId idsite|setCustomUrl url|setReferrerUrl urlref|setUserId uid|resetUserId uid',
  )
  name(announce, 'setDocumentTitle action_name|setEcommerceView _pks _pkn _pkc _pkp')
  name(
    trackCart,
    'trackEcommerceOrder ec_id revenue ec_st ec_tx ec_sh ec_dt|trackEcommerceCartUpdate revenue',
  )
}

/** What programs and pushed functions call methods of by name; those of consent and cookies are known by a pattern. */
const tracker = FULL
  ? new Proxy(methods, {
      get: (all, method: string) =>
        all[method] ||
        // A program that awaits the tracker asks for `then`.
        (method !== 'then' &&
          ((value: never) => {
            const [, verb, cookie, what] =
              /^(require|set|remember|forget)(Cookie)?(Consent|Domain|Path|SameSite)/.exec(method) || []
            if (what === 'Consent') {
              consent(verb as string, cookie, value)
              release()
            } else if (what) setAttribute(what, value)
            // What enableLinkTracking, setLinkTrackingTimer, enableHeartBeatTimer and setSecureCookie ask for is always so.
            else if (!/LinkTracking|HeartBeat|Secure/.test(method)) debug?.log('Footfall ignores', method)
          })),
    })
  : methods

/** Methods that belong to what comes after them in the queue; all others come before. */
const later = FULL ? /track|Custom|Document|Referrer|Ecommerce|\W/ : /track/

/** Takes over what the page has queued and will push. */
export function serveQueue(queue: Queue): void {
  // What programs wait for that call methods by name.
  if (FULL) {
    window.Matomo = window.Piwik ||= {
      getAsyncTracker: () => tracker,
    }
  }
  // Where matomo.js runs beside us it may have made something of its own of the queue: that stays its own.
  const calls = Array.isArray(queue) ? queue : []
  const named = common.idsite
  const late = calls.filter((call) => later.test(call[0] as string) || void answer(call))
  // Where the page names the site, and not the tag, its snippet is Matomo's: what is counted there, the page says.
  if (named === common.idsite && !/track(Page|Site)/.test(late as never)) countPageView()
  late.forEach(answer)
  calls.push = (...pushed) => {
    pushed.forEach(answer)
    return 0
  }
}

/** Asynchronous, so that a page's own mistake goes to the page's own console, and the rest of the queue goes on. */
async function answer([method, ...values]: Call): Promise<void> {
  const known = (method as Method).apply ? (method as Method) : tracker[method as string]
  known?.apply(tracker, values as never[])
}
