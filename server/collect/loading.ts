// How long a document took to load, from the browser's own record of it: an entry of the kind
// PerformanceNavigationTiming (https://www.w3.org/TR/navigation-timing-2/) as JSON.

import type { Timing } from './hit.ts'

export type Loading = Partial<Record<Timing, number>> & {
  /** Milliseconds after which a page that was loaded in advance was shown; paints are counted from there. */
  shown: number
}

/** Each the time between two moments of the entry, both milliseconds; undefined where there is no entry. */
export function readLoading(json: string): Loading | undefined {
  let entry: unknown
  try {
    entry = JSON.parse(json)
  } catch {
    return undefined
  }
  if (typeof entry !== 'object' || entry === null) return undefined
  const moments = entry as Record<string, unknown>
  const at = (name: string) => {
    const moment = moments[name]
    return typeof moment === 'number' && moment >= 0 && moment <= 16_777_215 ? moment : 0
  }
  const loading: Loading = { shown: at('activationStart') }
  for (const [timing, from, to] of spans) {
    // What has not come yet is 0.
    if (at(to) > 0) loading[timing] = Math.round(Math.max(at(to) - at(from), 0))
  }
  return loading
}

/** As matomo.js divides it; TTFB as web-vitals has it. */
const spans: [Timing, from: string, to: string][] = [
  ['ttfb', 'activationStart', 'responseStart'],
  ['network', 'fetchStart', 'connectEnd'],
  ['server', 'requestStart', 'responseStart'],
  ['transfer', 'responseStart', 'responseEnd'],
  ['dom_processing', 'responseEnd', 'domInteractive'],
  ['dom_completion', 'domInteractive', 'domComplete'],
  ['load', 'loadEventStart', 'loadEventEnd'],
]
