// Every report, declared once: what it shows, what it is divided by, where its figures come from. A new report is one
// entry in the file of its theme and a test. What can be said of a report is in catalogue/report.ts.

import { actionReports } from './catalogue/actions.ts'
import { campaignReports } from './catalogue/campaigns.ts'
import { contentReports } from './catalogue/contents.ts'
import { customReports } from './catalogue/custom.ts'
import { deviceReports } from './catalogue/devices.ts'
import { eventReports } from './catalogue/events.ts'
import { goalReports } from './catalogue/goals.ts'
import { pageReports } from './catalogue/pages.ts'
import { performanceReports } from './catalogue/performance.ts'
import { placeReports } from './catalogue/places.ts'
import { realtimeReports } from './catalogue/realtime.ts'
import { referrerReports } from './catalogue/referrers.ts'
import type { Report } from './catalogue/report.ts'
import { searchReports } from './catalogue/searches.ts'
import { shopReports } from './catalogue/shop.ts'
import { visitReports } from './catalogue/visits.ts'

export type { Part, Report } from './catalogue/report.ts'

export const catalogue: readonly Report[] = [
  ...visitReports,
  ...actionReports,
  ...pageReports,
  ...searchReports,
  ...eventReports,
  ...contentReports,
  ...referrerReports,
  ...campaignReports,
  ...placeReports,
  ...deviceReports,
  ...customReports,
  ...goalReports,
  ...shopReports,
  ...performanceReports,
  ...realtimeReports,
]

/** Those that totals are kept of; the last minutes are of no interest later. */
export const keptReports: readonly Report[] = catalogue.filter(({ span }) => span === 'period')

const byName = new Map(catalogue.map((report) => [report.name, report]))

export function findReport(name: string): Report | undefined {
  return byName.get(name)
}

/** The report of which this one is a child, or a child's child, with so many dimensions: this one divides its rows. */
export function ancestorOf(report: Report, dimensions: number): Report | undefined {
  for (const parent of catalogue) {
    if (!parent.children?.includes(report.name)) continue
    const found = parent.dimensions.length === dimensions ? parent : ancestorOf(parent, dimensions)
    if (found) return found
  }
  return undefined
}
