// From what is counted of a report (query.ts) to what is read: ratios and percentiles, labels and links, search, order and
// pages; figures by time; and folders.

import type { Report } from './catalogue.ts'
import { isPercentile, isRatio, type Metric, percentileSql, ratioSql } from './metric.ts'
import { addedUp, type CountedOptions, columnsOf, countedSql, rareLabel, spreadsOf } from './query.ts'

export type TotalsOptions = Omit<CountedOptions, 'divided'>

/** One row a slot, or one row at all: counted metrics, ratios and percentiles. */
export function totalsSql(report: Report, options: TotalsOptions): string {
  return figuresSql(report, { ...options, divided: false })
}

/** The figures of each row in each slot. */
export function rowSeriesSql(report: Report, options: TotalsOptions): string {
  return figuresSql(report, { ...options, divided: true })
}

function figuresSql(report: Report, options: CountedOptions): string {
  const { sites, grain, divided } = options
  const keys = [
    ...(sites ? ['site'] : []),
    ...(grain ? ['slot'] : []),
    ...(divided ? report.dimensions.map(({ name }) => name) : []),
  ]
  return `SELECT ${[...keys, ...report.metrics.map(({ name }) => name)].join(', ')}
FROM (
SELECT *${processed(report.metrics)}
FROM (
${finiteSql(report, countedSql(report, options))}
))`
}

export type TableOptions = Omit<CountedOptions, 'grain' | 'divided' | 'sites'> & {
  sort: { column: string; descending: boolean }
  /** Only rows whose label contains {search}. */
  search: boolean
  /** Only rows that this SELECT of the dimensions does not have. */
  absentFrom?: string
}

/** The rows {limit} and {offset} ask for. */
export function tableSql(report: Report, { sort, search, absentFrom, ...options }: TableOptions): string {
  const { link, code, shown, metrics } = report
  const dimensions = report.dimensions.map(({ name }) => name)
  const further = [
    `${labelSql(report, options.under)} AS label`,
    ...(link ? [`${ofKnown(report, link)} AS link`] : []),
    ...(code ? [`${ofKnown(report, code)} AS code`] : []),
  ]
  return pageSql({
    columns: ['label', ...dimensions, ...(link ? ['link'] : []), ...(code ? ['code'] : [])],
    metrics,
    from: `SELECT *${processed(metrics)}, ${further.join(', ')}
FROM (
${finiteSql(report, countedSql(report, { ...options, divided: true }))}
)`,
    conditions: [
      ...(shown && !options.rows ? [shown] : []),
      ...(absentFrom ? [`(${dimensions.join(', ')}) GLOBAL NOT IN (\n${absentFrom}\n)`] : []),
    ],
    sort,
    search,
    ties: dimensions,
  })
}

/** SELECT of the dimensions of all rows that a table shows. */
export function shownRowsSql(
  report: Report,
  options: Omit<CountedOptions, 'grain' | 'divided' | 'sites'>,
): string {
  return `SELECT ${report.dimensions.map(({ name }) => name).join(', ')}
FROM (
SELECT *${processed(report.metrics)}
FROM (
${finiteSql(report, countedSql(report, { ...options, divided: true }))}
))${report.shown ? `\nWHERE ${report.shown}` : ''}`
}

/** What folders are added up from: all but distinct visitors, who may have been in several of its pages. */
export function folderMetrics(report: Report): Metric[] {
  return report.metrics.filter(({ computed }) => computed !== 'unique')
}

/**
 * The rows right below the folder {folder} of a report with a path: pages that lie in it, and with `folder` 1 the
 * folders in it, with the sums of all rows below them.
 */
export function folderSql(report: Report, { sort, search, ...options }: TableOptions): string {
  const [dimension = { name: 'label' }] = report.dimensions
  const metrics = folderMetrics(report)
  const columns = columnsOf(report).filter(({ aggregation }) => aggregation !== 'unique')
  const added = [...columns, ...spreadsOf(report)].map((column) => addedUp(column, ''))
  // What follows the folder up to the next slash; a parameter may have slashes of its own.
  return pageSql({
    columns: ['label', dimension.name, 'folder', ...(report.link ? ['link'] : [])],
    metrics,
    from: `SELECT *${processed(metrics)}, if(beyond = '', '/', beyond) AS label${report.link ? `, if(folder = 1, '', ${ofKnown(report, report.link)}) AS link` : ''}
FROM (
SELECT ${[`place AS ${dimension.name}`, 'folder', 'beyond', ...added].join(', ')}
FROM (
SELECT *, ${report.path} AS path, substring(path, length({folder:String}) + 1) AS rest,
  extract(rest, '^[^/?#]*/') AS step, step != '' AS folder, if(folder = 1, step, rest) AS beyond,
  if(folder = 1, concat({folder:String}, step), ${dimension.name}) AS place
FROM (
${finiteSql(report, countedSql(report, { ...options, divided: true }))}
)${report.shown ? `\nWHERE ${report.shown}` : ''}
)
WHERE startsWith(path, {folder:String})
GROUP BY place, folder, beyond
)`,
    conditions: [],
    sort,
    search,
    ties: [dimension.name],
  })
}

type Page = {
  columns: string[]
  metrics: readonly Metric[]
  from: string
  conditions: string[]
  sort: TableOptions['sort']
  search: boolean
  ties: string[]
}

function pageSql({ columns, metrics, from, conditions, sort, search, ties }: Page): string {
  const all = [...columns, ...metrics.map(({ name }) => name)]
  const where = [
    ...conditions,
    ...(search ? ['positionCaseInsensitiveUTF8(label, {search:String}) > 0'] : []),
  ]
  const order = [`${sort.column}${sort.descending ? ' DESC' : ''}`, 'label', ...ties]
  return `SELECT ${all.join(', ')}
FROM (
${from}
)${where.length > 0 ? `\nWHERE ${where.join(' AND ')}` : ''}
ORDER BY ${order.join(', ')}
LIMIT {limit:UInt32} OFFSET {offset:UInt32}`
}

/** What stands for several labels leads to nothing. */
function ofKnown({ dimensions }: Report, sql: string): string {
  return `if(has([${dimensions.map(({ name }) => `toString(${name})`).join(', ')}], '${rareLabel}'), '', ${sql})`
}

/** Of a row under others what they do not say already. */
function labelSql({ label, dimensions }: Report, under = 0): string {
  if (label !== undefined && under === 0) return label
  const labels = dimensions.slice(under).map(({ label }) => `toString(${label})`)
  return labels.length === 1 ? `${labels[0]}` : `arrayStringConcat([${labels.join(', ')}], ' - ')`
}

/** The same rows; the greatest or smallest of nothing is 0. */
function finiteSql(report: Report, counted: string): string {
  const replaced = columnsOf(report)
    .filter(({ aggregation }) => aggregation === 'max' || aggregation === 'min')
    .map(({ name }) => `if(isInfinite(${name}), 0, ${name}) AS ${name}`)
  if (replaced.length === 0) return counted
  return `SELECT * REPLACE (${replaced.join(', ')})
FROM (
${counted}
)`
}

function processed(metrics: readonly Metric[]): string {
  return [
    ...metrics.filter(isRatio).map(({ name, computed }) => `, ${ratioSql(computed)} AS ${name}`),
    ...metrics.filter(isPercentile).map(({ name, computed }) => `, ${percentileSql(computed)} AS ${name}`),
  ].join('')
}
