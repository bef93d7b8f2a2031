// What is measured of a page view: for how long and how far the page was looked at, the web vitals by the definitions
// of Google's web-vitals, and the times of its loading. It is sent when the page is left or hidden, as an update of
// the page view; again, with the newer values, when the visitor came back to it in between.

import { type Facts, on } from './page.ts'
import { send } from './send.ts'

type Entry = PerformanceEntry & { value?: number; hadRecentInput?: boolean; interactionId?: number }

/** Milliseconds without any input after which a page in front is no longer looked at. */
const idle = 30_000

/** The page view and what was told of it; empty before it is counted. That of the loaded document is the first. */
export let view: Facts = {}
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
let height = 1
/** Layout shifts: the worst burst of them, and the one that is running. */
let worst = 0
let burst = 0
let burstStart = 0
let burstEnd = 0
/** Milliseconds of the longest interaction. */
let slowest = 0
let observer: PerformanceObserver

export function watchPage(): void {
  observer = new PerformanceObserver((list) => list.getEntries().forEach(take))
  paints = !document.hidden
  on('pointermove', attend)
  on('scroll pointerdown keydown focus blur visibilitychange', look)
  for (const type of PerformanceObserver.supportedEntryTypes) {
    if (/^event|paint|layout/.test(type)) {
      observer.observe({ type, buffered: true, durationThreshold: 16 } as PerformanceObserverInit)
    }
  }
}

/** Tells what was measured so far, where there is something new to tell. */
export function endView(): void {
  attend()
  if (!view.url || engaged === told) return
  observer.takeRecords().forEach(take)
  told = engaged
  send(
    Object.assign(view, {
      // Its times: which of them mean what the collector knows.
      ff_nav: view === first && performance.getEntriesByType('navigation')[0],
      ca: 1,
      ff_engaged: engaged,
      ff_scroll: (100 * seen) / height,
      ff_inp: slowest,
      ff_cls: 'LayoutShift' in self && worst,
    }),
  )
}

/** The same, and what comes next is of another page view. */
export function closeView(): void {
  endView()
  if (view.url) {
    view = {}
    slowest = engaged = told = seen = worst = burst = 0
  }
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

function take(entry: Entry): void {
  const startTime = entry.startTime
  const [, paint] = /(.)\w+-content/.exec(entry.name + entry.entryType) || []
  if (paint && paints) first[`ff_${paint}cp`] = startTime
  if (entry.interactionId) slowest = Math.max(slowest, entry.duration)
  if (entry.value && !entry.hadRecentInput) {
    if (startTime - burstEnd > 1000 || startTime - burstStart > 5000) {
      burst = 0
      burstStart = startTime
    }
    burstEnd = startTime
    burst += entry.value
    worst = Math.max(worst, burst)
  }
}
