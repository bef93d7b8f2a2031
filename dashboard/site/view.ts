// What the page of a site is about: the site, the period, which visits, and what time it is there.

import type { ReportQuestion, Site } from '../api.ts'
import { localTime, type Period, readPeriod, writePeriod } from '../period.ts'

export type View = {
  site: Site
  period: Period
  /** Which visits, as the API takes it; empty for all. */
  segment: string
  /** On the site's clock: `2026-11-22` and `2026-11-22T14:05`. */
  today: string
  now: string
}

export function viewOf(site: Site, query: URLSearchParams, time: number): View {
  const now = localTime(site.timezone, time)
  const today = now.slice(0, 10)
  return { site, period: readPeriod(query, today), segment: query.get('segment') ?? '', today, now }
}

/** The view as parameters of a report; another period than the view's where one is given. */
export function questionOf(view: View, period: Period = view.period): ReportQuestion {
  return { site: view.site.id, ...writePeriod(period), segment: view.segment }
}
