// From a declared report to SQL. Three layers: the parts, each grouped by the report's dimensions; their sum
// (`countedSql`), which is also what rollups and final totals are made of; and the table that is read, with
// ratios, labels, search and order (`tableSql`). Nothing that a caller sends becomes part of the text.
//
// Distinct visitors cannot be added up. Where they are counted in one place, that is their number; where several periods
// are put together, each brings a sketch of them as well, and the union of the sketches counts (`joined`).

import type { Part, Report } from './catalogue.ts'
import { type Aggregation, isCounted, isRatio, type MetricFormat, ratioSql } from './metric.ts'
import type { Grain } from './period.ts'

/** `stored`: every day, week, month and year that totals are kept for, as a pair of name and first day. */
export type SlotGrain = Grain | 'stored'

/**
 * For every query made here: hits and visits are sorted by site, day and visit, so visits can be put together
 * while they are read. Three times as fast as by a hash table, and it needs little memory.
 */
export const queryOptions = { optimize_aggregation_in_order: 1 } as const

export type CountedOptions = {
  /** Days {from} to {to} of hits and visits. */
  raw: boolean
  /** Stored totals of the periods {periods} that begin on {starts_on}, in {versions}. */
  stored: boolean
  /** Whether distinct visitors are to be put together from several periods. */
  joined?: boolean
  /** Yield sketches beside the numbers, as rollups keep them. */
  sketched?: boolean
  /** Divide by the time, as column `slot`; hours need {starts}, weeks and months {first}, stored ones {year} too. */
  grain?: SlotGrain
  /** Divide by the report's dimensions; else there is one row (of a slot). */
  divided: boolean
  /** Only the rows {rows}, each a list of the values of the dimensions; they are there, be it with zeros. */
  rows?: boolean
  /** Of raw data only what was before {cut}, in Unix seconds: hits of before, and visits that began before. */
  cut?: boolean
  /** Of the sites {sites} instead of {site}, told apart by the column `site`. */
  sites?: boolean
}

export type Column = { name: string; aggregation: Aggregation; format?: MetricFormat }

/** What is counted for a report and kept in totals, ratios excluded. */
export function columnsOf(report: Report): Column[] {
  const counted = report.metrics
    .filter(isCounted)
    .map(({ name, computed, format }) => ({ name, aggregation: computed, format }))
  const facts = (report.facts ?? []).map((name) => ({ name, aggregation: 'max' as const }))
  return [...counted, ...facts]
}

/** SELECT of `slot` (with a grain), the dimensions (if divided) and each counted column as Float64. */
export function countedSql(report: Report, asked: CountedOptions): string {
  // Without dimensions the only row is the total.
  const options = { ...asked, divided: asked.divided && report.dimensions.length > 0 }
  const { raw, stored, grain, divided, rows, sites } = options
  const parts = raw ? report.parts.map((part) => partSql(report, part, options)) : []
  if (stored || parts.length === 0) parts.push(storedSql(report, options))
  if (divided && !grain && (rows || report.always)) parts.push(alwaysSql(report, options))
  const keys = divided ? report.dimensions.map(({ name }, index) => `d${index + 1} AS ${name}`) : []
  const columns = columnsOf(report).flatMap((column, _, all) => totalSql(column, options, all))
  const outer = [...(sites ? ['site'] : []), ...(grain ? ['slot'] : [])]
  const groups = [...outer, ...(divided ? report.dimensions.map(({ name }) => name) : [])]
  return `SELECT ${[...outer, ...keys, ...columns].join(', ')}
FROM (
${parts.join('\nUNION ALL\n')}
)${groupBy(groups)}`
}

/** The sketch of a union is right within 1.04 / sqrt(2 ** precision), typically. */
export const precision = { rows: 12, totals: 16 } as const
/** Typical relative errors. */
export const sketchError = { rows: 0.016, totals: 0.004 } as const

/** Where a column is kept in rollups: sketches of rows and of totals are of different precision. */
export function sketchOf(name: string, divided: boolean): { column: string; precision: number } {
  return divided
    ? { column: `${name}_sketch`, precision: precision.rows }
    : { column: `${name}_total`, precision: precision.totals }
}

function totalSql(
  { name, aggregation, format }: Column,
  options: CountedOptions,
  columns: readonly Column[],
): string[] {
  const { joined, sketched, divided } = options
  if (aggregation !== 'unique' || !(joined || sketched)) {
    const sum = `${aggregation === 'max' ? 'max' : 'sum'}(m_${name})`
    // The last digits of a sum of fractions depend on the order in which they were added.
    return [`${format === 'decimal' ? `round(${sum}, 6)` : sum} AS ${name}`]
  }
  const { column, precision } = sketchOf(name, divided)
  const union = `toFloat64(uniqCombinedMerge(${precision})(s_${name})) + sum(f_${name})`
  // A sketch may err, but there are never more visitors than visits.
  const visits = columns.some(({ name, aggregation }) => name === 'visits' && aggregation === 'sum')
  const bounded = visits ? `least(${union}, sum(m_visits))` : union
  return [
    joined
      ? `if(countIf(m_${name} > 0) <= 1, sum(m_${name}), ${bounded}) AS ${name}`
      : `sum(m_${name}) AS ${name}`,
    ...(sketched ? [`uniqCombinedMergeState(${precision})(s_${name}) AS ${column}`] : []),
  ]
}

/** One row a slot, or one row at all: counted metrics and ratios. */
export function totalsSql(report: Report, options: Omit<CountedOptions, 'divided'>): string {
  return figuresSql(report, { ...options, divided: false })
}

/** The figures of each row in each slot. */
export function rowSeriesSql(report: Report, options: Omit<CountedOptions, 'divided'>): string {
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
SELECT *${ratios(report)}
FROM (
${countedSql(report, options)}
))`
}

export type TableOptions = Omit<CountedOptions, 'grain' | 'divided' | 'sites'> & {
  sort: { column: string; descending: boolean }
  /** Only rows whose label contains {search}. */
  search: boolean
  /** Only rows that this SELECT of the dimensions does not have. */
  absentFrom?: string
}

/** The rows {limit} and {offset} ask for, with `row_count`, the number of all. */
export function tableSql(report: Report, { sort, search, absentFrom, ...options }: TableOptions): string {
  const dimensions = report.dimensions.map(({ name }) => name)
  const columns = [
    'label',
    ...dimensions,
    ...(report.link ? ['link'] : []),
    ...(report.code ? ['code'] : []),
    ...report.metrics.map(({ name }) => name),
  ]
  const conditions = [
    ...(report.shown && !options.rows ? [report.shown] : []),
    ...(absentFrom ? [`(${dimensions.join(', ')}) GLOBAL NOT IN (\n${absentFrom}\n)`] : []),
    ...(search ? ['positionCaseInsensitiveUTF8(label, {search:String}) > 0'] : []),
  ]
  const order = [`${sort.column}${sort.descending ? ' DESC' : ''}`, 'label', ...dimensions]
  return `SELECT ${columns.join(', ')}, count() OVER () AS row_count
FROM (
SELECT *${ratios(report)}, ${report.label} AS label${report.link ? `, ${report.link} AS link` : ''}${report.code ? `, ${report.code} AS code` : ''}
FROM (
${countedSql(report, { ...options, divided: true })}
))${conditions.length > 0 ? `\nWHERE ${conditions.join(' AND ')}` : ''}
ORDER BY ${order.join(', ')}
LIMIT {limit:UInt32} OFFSET {offset:UInt32}`
}

/** SELECT of the dimensions of all rows that a table shows. */
export function shownRowsSql(
  report: Report,
  options: Omit<CountedOptions, 'grain' | 'divided' | 'sites'>,
): string {
  return `SELECT ${report.dimensions.map(({ name }) => name).join(', ')}
FROM (
SELECT *${ratios(report)}
FROM (
${countedSql(report, { ...options, divided: true })}
))${report.shown ? `\nWHERE ${report.shown}` : ''}`
}

function ratios(report: Report): string {
  return report.metrics
    .filter(isRatio)
    .map(({ name, computed }) => `, ${ratioSql(computed)} AS ${name}`)
    .join('')
}

// Inside a part no name may be one of the source's columns: ClickHouse would take it for the alias. So
// dimensions are d1, d2, ... and columns m_<name>.

function partSql(report: Report, part: Part, options: CountedOptions): string {
  const { grain, divided, rows, cut, sites } = options
  const site = sites ? ['site_id AS site'] : []
  const slot = grain ? [`${slotSql[grain](part)} AS slot`] : []
  const keys = divided ? part.dimensions.map((sql, index) => `${sql} AS d${index + 1}`) : []
  const columns = columnsOf(report).flatMap((column) => {
    const sql = part.columns[column.name]
    return [`toFloat64(${sql ?? '0'}) AS m_${column.name}`, ...partSketch(column, sql, options)]
  })
  const groups = [
    ...(sites ? ['site'] : []),
    ...(grain ? ['slot'] : []),
    ...(divided ? part.dimensions.map((_, i) => `d${i + 1}`) : []),
  ]
  const conditions = [
    `${whose(sites)} AND day BETWEEN {from:Date} AND {to:Date}`,
    ...(cut ? [`toUnixTimestamp(${part.from === 'visit' ? 'first_time' : 'time'}) < {cut:UInt32}`] : []),
    ...(part.where ? [sites ? part.where.replaceAll(whose(false), whose(true)) : part.where] : []),
    ...(rows ? [oneOfRows(part.dimensions)] : []),
  ]
  return `SELECT ${[...site, ...slot, ...keys, ...columns].join(', ')}
FROM ${part.from}
WHERE ${conditions.join(' AND ')}${groupBy(groups)}`
}

/** The sketch of what a part counts, and what is final of it: nothing. */
function partSketch(
  { name, aggregation }: Column,
  sql: string | undefined,
  { joined, sketched, divided }: CountedOptions,
): string[] {
  if (aggregation !== 'unique' || !(joined || sketched)) return []
  const { precision } = sketchOf(name, divided)
  const state = sql?.replace(/^uniqExact(If)?\(/, `uniqCombinedState$1(${precision})(`)
  return [`${state ?? emptySketch(precision)} AS s_${name}`, `0. AS f_${name}`]
}

/** A sketch of nobody. */
export function emptySketch(precision: number): string {
  return `arrayReduce('uniqCombinedState(${precision})', emptyArrayUInt64())`
}

function whose(sites: boolean | undefined): string {
  return sites ? 'site_id IN {sites:Array(UInt32)}' : 'site_id = {site:UInt32}'
}

/** Said of the source itself, so that what belongs to no such row is not even counted. */
function oneOfRows(dimensions: readonly string[]): string {
  const values = dimensions.map((_, index) => `row[${index + 1}]`).join(', ')
  return `(${dimensions.join(', ')}) IN (SELECT ${values} FROM (SELECT arrayJoin({rows:Array(Array(String))}) AS row))`
}

const slotSql: Record<SlotGrain, (part: Part) => string> = {
  hour: (part) =>
    `toString(roundDown(toUnixTimestamp(${part.from === 'visit' ? 'first_time' : 'time'}), {starts:Array(UInt32)}))`,
  day: () => 'toString(day)',
  week: () => 'toString(greatest(toMonday(day), {first:Date}))',
  month: () => 'toString(greatest(toStartOfMonth(day), {first:Date}))',
  stored: () => `arrayJoin(arrayConcat(
    if(toYear(day) = {year:UInt16}, [('day', day), ('month', toStartOfMonth(day)), ('year', toStartOfYear(day))], []),
    if(toMonday(day) >= {first:Date}, [('week', toMonday(day))], [])))`,
}

function storedSql(report: Report, options: CountedOptions): string {
  const { grain, divided, rows: some, sites, joined } = options
  const site = sites ? ['site_id AS site'] : []
  const slot = grain && grain !== 'stored' ? [`${storedSlotSql[grain]} AS slot`] : []
  const keys = divided ? report.dimensions.map((_, index) => `labels[${index + 1}] AS d${index + 1}`) : []
  const columns = columnsOf(report).flatMap(({ name, aggregation }) => {
    const number = `${name} AS m_${name}`
    if (aggregation !== 'unique' || !joined) return [number]
    const { column } = sketchOf(name, divided)
    return [number, `${column} AS s_${name}`, `if(version = 0, ${name}, 0.) AS f_${name}`]
  })
  // A stored total of a report without dimensions is its only row; an hour is told by its label.
  const labelled = report.dimensions.length > 0 && grain !== 'hour'
  const conditions = [
    `${whose(sites)} AND report = '${report.name}' AND period IN {periods:Array(String)} AND start IN {starts_on:Array(Date)}`,
    `(site_id, period, start, version) IN (SELECT arrayJoin(arrayZip({sites_of:Array(UInt32)}, {periods:Array(String)}, {starts_on:Array(Date)}, {versions:Array(UInt64)})))`,
    ...(labelled ? [divided ? 'notEmpty(labels)' : 'empty(labels)'] : []),
    ...(some ? ['labels IN {rows:Array(Array(String))}'] : []),
  ]
  return `SELECT ${[...site, ...slot, ...keys, ...columns].join(', ')}
FROM rollups
WHERE ${conditions.join('\n  AND ')}`
}

const storedSlotSql: Record<Grain, string> = {
  hour: 'toString(roundDown(toUInt32(labels[1]), {starts:Array(UInt32)}))',
  day: 'toString(start)',
  week: 'toString(greatest(toMonday(start), {first:Date}))',
  month: 'toString(greatest(toStartOfMonth(start), {first:Date}))',
}

function alwaysSql(report: Report, options: CountedOptions): string {
  const { rows } = options
  const columns = columnsOf(report).flatMap((column) => [
    `toFloat64(0) AS m_${column.name}`,
    ...partSketch(column, undefined, options),
  ])
  if (!rows) return `SELECT ${['arrayJoin({always:Array(String)}) AS d1', ...columns].join(', ')}`
  const keys = report.dimensions.map((_, index) => `row[${index + 1}] AS d${index + 1}`)
  return `SELECT ${[...keys, ...columns].join(', ')} FROM (SELECT arrayJoin({rows:Array(Array(String))}) AS row)`
}

function groupBy(groups: string[]): string {
  return groups.length > 0 ? `\nGROUP BY ${groups.join(', ')}` : ''
}
