// What the server says of its reports, and in which cards the dashboard shows them. Panels come from the
// catalogue; the arrangement below only says which reports are near relatives. A report that it does not name
// gets a card of its own.

export type MetricFormat = 'count' | 'percent' | 'seconds' | 'decimal'
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
}
export type Group = 'overview' | 'behaviour' | 'acquisition' | 'visitors' | 'technology' | 'realtime'

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
  running: boolean
}

export const groups = ['behaviour', 'acquisition', 'visitors', 'technology'] as const

const arrangement: readonly (readonly string[])[] = [
  ['pages', 'titles', 'entry-pages', 'exit-pages'],
  ['events', 'searches', 'downloads', 'outlinks'],
  ['products', 'product-names', 'product-categories'],
  ['referrer-types', 'campaigns'],
  ['websites', 'search-engines', 'social-networks', 'ai-assistants'],
  ['countries', 'languages', 'new-vs-returning'],
  ['server-hours', 'local-hours'],
  ['device-types', 'resolutions', 'techniques'],
  ['browsers', 'browser-versions', 'os', 'os-versions'],
]

/** The cards of a group, each a list of reports shown as tabs. */
export function cardsOf(reports: readonly Report[], group: Group): Report[][] {
  const members = reports.filter((report) => report.group === group)
  const arranged = arrangement
    .map((names) => names.flatMap((name) => members.find((report) => report.name === name) ?? []))
    .filter((card) => card.length > 0)
  const named = new Set(arranged.flat())
  return [...arranged, ...members.filter((report) => !named.has(report)).map((report) => [report])]
}

/** The metric that a table is led by: the one it is sorted by, else the report's first. */
export function leadingMetric(report: Report, sort: string | undefined): Metric | undefined {
  const name = sort?.replace(/^-/, '')
  return report.metrics.find((metric) => metric.name === name) ?? report.metrics[0]
}
