// What the server says of its reports, and in which cards the dashboard shows them. Panels come from the
// catalogue; the arrangement below only says which reports are near relatives. A report that it does not name
// gets a card of its own, unless it only divides the rows of another or has but one row.

export type MetricFormat = 'count' | 'percent' | 'seconds' | 'milliseconds' | 'decimal'
export type Metric = {
  name: string
  title: string
  definition: string
  format: MetricFormat
  lowerIsBetter: boolean
}
export type Report = {
  name: string
  title: string
  definition: string
  group: Group
  dimensions: { name: string; title: string }[]
  metrics: Metric[]
  draw: 'figures' | 'series' | 'bars' | 'hours'
  /** Names of reports that divide its rows further. */
  children: string[]
}
export type Group =
  | 'overview'
  | 'behaviour'
  | 'acquisition'
  | 'visitors'
  | 'technology'
  | 'goals'
  | 'shop'
  | 'performance'
  | 'realtime'

/** One line of an answer: a key for each dimension and metric. */
export type Row = {
  label: string
  link?: string
  code?: string
  [column: string]: string | number | null | undefined
}

export type ReportAnswer = {
  report: string
  from: string
  to: string
  rows: Row[]
  totals: Record<string, number>
  rowCount: number
  sort: string
  approximate: boolean
  /** By how much numbers of visitors typically are off, as a share; null where that is not known, or nothing. */
  error: number | null
  running: boolean
}

export const groups = [
  'behaviour',
  'acquisition',
  'goals',
  'shop',
  'visitors',
  'technology',
  'performance',
] as const

const arrangement: readonly (readonly string[])[] = [
  ['pages', 'titles', 'entry-pages', 'exit-pages'],
  ['entry-titles', 'exit-titles', 'pages-after-search', 'titles-after-search'],
  ['event-categories', 'event-actions', 'event-names', 'events'],
  ['searches', 'searches-without-results', 'search-categories'],
  ['downloads', 'outlinks'],
  ['content-names', 'content-pieces'],
  ['action-dimensions', 'action-dimension-values', 'action-variables', 'action-variable-values'],
  ['referrer-types', 'referrers'],
  ['websites', 'search-engines', 'social-networks', 'ai-assistants', 'keywords'],
  ['campaigns', 'campaign-keywords', 'campaign-sources', 'campaign-mediums', 'campaign-contents'],
  ['campaign-ids', 'campaign-groups', 'campaign-placements'],
  ['conversions', 'conversion-channels', 'conversion-entry-pages', 'conversion-pages'],
  ['pages-before-conversions', 'conversion-days', 'conversion-visits'],
  ['products', 'product-names', 'product-categories'],
  ['cart-products', 'cart-product-names', 'cart-product-categories'],
  ['countries', 'continents', 'regions', 'cities'],
  ['languages', 'plain-languages'],
  ['new-vs-returning', 'users'],
  ['server-hours', 'local-hours', 'weekdays'],
  ['visit-durations', 'visit-actions', 'visit-numbers', 'days-since-last-visit'],
  ['visit-dimensions', 'visit-dimension-values', 'visit-variables', 'visit-variable-values'],
  ['device-types', 'device-brands', 'device-models'],
  ['resolutions', 'configurations', 'techniques'],
  ['browsers', 'browser-versions', 'browser-engines', 'os', 'os-versions'],
  ['vitals-pages', 'vitals-device-types', 'vitals-countries', 'vitals-browsers'],
  ['loading-pages', 'loading-device-types', 'loading-countries', 'loading-browsers'],
  ['engagement-pages'],
  ['errors', 'pages-with-errors'],
]

/** The cards of a group, each a list of reports shown as tabs. */
export function cardsOf(reports: readonly Report[], group: Group): Report[][] {
  const members = reports.filter((report) => report.group === group)
  const arranged = arrangement
    .map((names) => names.flatMap((name) => members.find((report) => report.name === name) ?? []))
    .filter((card) => card.length > 0)
  const named = new Set(arranged.flat())
  const children = new Set(reports.flatMap((report) => report.children))
  const others = members.filter(
    (report) => !named.has(report) && !children.has(report.name) && report.draw !== 'figures',
  )
  return [...arranged, ...others.map((report) => [report])]
}

/** The metric that a table is led by: the one it is sorted by, else the report's first. */
export function leadingMetric(report: Report, sort: string | undefined): Metric | undefined {
  const name = sort?.replace(/^-/, '')
  return report.metrics.find((metric) => metric.name === name) ?? report.metrics[0]
}
