// What is measured of a page view: for how long and how far the page was looked at, the web vitals by the definitions
// of Google's web-vitals, and the times of its loading. It is sent when the page is left or hidden, as an update of
// the page view; again, with the newer values, when the visitor came back to it in between.

import { common, type Facts, on } from './page.ts'
import { send } from './send.ts'

type Entry = PerformanceEntry & { value?: number; hadRecentInput?: boolean; interactionId?: number }
type Loading = PerformanceNavigationTiming & { activationStart?: number }

/** Milliseconds without any input after which a page in front is no longer looked at. */
const idle = 30_000

/** Which page view it is of, and what stays as it is told. That of the loaded document is the first. */
let view: Facts = {}
const first = view
/** What is painted after the page was hidden says nothing of the site. */
let paints: boolean
let engaged = 0
/** How much of it was told. */
let told = 0
/** When engagement was counted last; 0 while nobody looks. */
let since = 0
/** Pixels from the top of the page: what was seen, and all there are. */
let seen = 0
let height = 0
/** Layout shifts: the worst burst of them, and the one that is running. */
let worst = 0
let burst = 0
let burstStart = 0
let burstEnd = 0
/** The longest duration of each interaction, by its id. */
let interactions: Record<number, number> = {}
let observer: PerformanceObserver

export function watchPage(): void {
  observer = new PerformanceObserver((list) => list.getEntries().forEach(take))
  paints = !document.hidden
  on('pointermove', attend)
  on('scroll pointerdown keydown focus blur visibilitychange', look)
  for (const type of PerformanceObserver.supportedEntryTypes) {
    if (/^(event|paint|layout-|largest)/.test(type)) {
      observer.observe({ type, buffered: true, durationThreshold: 16 } as PerformanceObserverInit)
    }
  }
}

export function beginView(url: unknown): void {
  view.url = url
  view.pv_id = common.pv_id
  attend()
}

/** Tells what was measured so far, where there is something new to tell. */
export function endView(): void {
  attend()
  observer.takeRecords().forEach(take)
  if (!view.pv_id || engaged === told) return
  told = engaged
  const {
    activationStart,
    fetchStart,
    connectEnd,
    requestStart,
    responseStart,
    responseEnd,
    domInteractive,
    domComplete,
    loadEventStart,
    loadEventEnd,
  } = navigation()
  const durations = Object.values(interactions).sort((a, b) => b - a)
  send({
    ...view,
    ...(view === first && {
      ff_ttfb: span(activationStart, responseStart),
      pf_net: span(fetchStart, connectEnd),
      pf_srv: span(requestStart, responseStart),
      pf_tfr: span(responseStart, responseEnd),
      pf_dm1: span(responseEnd, domInteractive),
      pf_dm2: span(domInteractive, domComplete),
      pf_onl: span(loadEventStart, loadEventEnd),
    }),
    ca: 1,
    ff_engaged: span(0, engaged),
    ff_scroll: seen ? Math.min(Math.round((seen / height) * 100), 100) : null,
    // One of fifty interactions may be slower.
    ff_inp: durations[Math.floor(durations.length / 50)],
    ff_cls: worst.toFixed(4),
  })
}

/** The same, and what comes next is of another page view. */
export function closeView(): void {
  if (!view.pv_id) return
  endView()
  view = {}
  interactions = {}
  engaged = told = seen = worst = burst = 0
}

/** Tells it, and nobody looks at the page any more. */
export function leavePage(): void {
  look()
  endView()
  since = 0
  paints = false
}

/** How far down the page has been seen: asked while what was seen is still there. */
export function look(): void {
  attend()
  seen = Math.max(seen, scrollY + innerHeight)
  height = document.documentElement.scrollHeight
}

/** Counts the time since the last sign of attention. */
function attend(): void {
  const now = performance.now()
  if (since) engaged += Math.min(now - since, idle)
  since = document.hasFocus() && !document.hidden ? now : 0
}

function take({ entryType, name, startTime, duration, value, hadRecentInput, interactionId }: Entry): void {
  const [paint] = /(first|largest)-c/.exec(name + entryType) || []
  if (paint && paints) first[`ff_${paint[0]}cp`] = span(navigation().activationStart, startTime)
  if (interactionId) interactions[interactionId] = Math.max(interactions[interactionId] || 0, duration)
  if (value && !hadRecentInput) {
    if (startTime - burstEnd > 1000 || startTime - burstStart > 5000) {
      burst = 0
      burstStart = startTime
    }
    burstEnd = startTime
    burst += value
    worst = Math.max(worst, burst)
  }
}

/** Whole milliseconds; undefined while the end is not there yet. */
function span(from = 0, to = 0): number | undefined {
  return to ? Math.round(Math.max(to - from, 0)) : undefined
}

/** A page that was loaded in advance begins for the visitor when it is shown: at activationStart. */
function navigation(): Loading {
  return performance.getEntriesByType('navigation')[0] as Loading
}
