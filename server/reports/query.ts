// From a declared report to SQL that counts: the parts, each grouped by the report's dimensions, and their sum
// (`countedSql`), which is also what rollups and final totals are made of. What is read of it is made by table-sql.ts.
// Nothing that a caller sends becomes part of the text.
//
// Distinct visitors cannot be added up. Where they are counted in one place, that is their number; where several periods
// are put together, each brings a sketch of them as well, and the union of the sketches counts (`joined`).

import { hasHits, ofTheDays, type Source, sourceSql } from './catalogue/part-source.ts'
import { catalogue, type Part, type Report } from './catalogue.ts'
import { firstInTheDays } from './goal-hits.ts'
import {
  type Aggregation,
  isCounted,
  isPercentile,
  isRatio,
  type MetricFormat,
  quickSpreadSql,
} from './metric.ts'
import type { Grain } from './period.ts'
import { type CompiledFilter, type CompiledSegment, visitsOf } from './segment/segment-sql.ts'

/** `stored`: every day, week, month and year that totals are kept for, as a pair of name and first day, of the {kinds}. */
export type SlotGrain = Grain | 'stored'

/**
 * For every query made here: hits and visits are sorted by site, day and visit, so visits can be put together
 * while they are read. Three times as fast as by a hash table, and it needs little memory: as much as is said here for each
 * part of a table, which is a tenth of what is usual.
 */
export const queryOptions = {
  optimize_aggregation_in_order: 1,
  aggregation_in_order_max_block_bytes: '5000000',
  // A segment of many conditions stands in each part of a report.
  max_query_size: '5000000',
  max_ast_elements: '500000',
} as const

/** The same of a segment: to find many visits by the index takes longer than to look at all hits. */
export const segmentOptions = { ...queryOptions, use_index_for_in_with_subqueries: 0 } as const

export type CountedOptions = {
  /** Days {from} to {to} of hits and visits. */
  raw: boolean
  /** Stored totals of the periods {periods} that begin on {starts_on}, in {versions}. */
  stored: boolean
  /** Whether that is one period, in which each label has one row. */
  single?: boolean
  /** Whether distinct visitors are to be put together from several periods. */
  joined?: boolean
  /** Yield sketches beside the numbers, as rollups keep them. */
  sketched?: boolean
  /** Divide by the time, as column `slot`; hours need {starts}, weeks and months {first}, stored ones {year} too. */
  grain?: SlotGrain | undefined
  /** Divide by the report's dimensions; else there is one row (of a slot). */
  divided: boolean
  /** Only what has the values {under_1}, {under_2}, ... in so many of the first dimensions. */
  under?: number | undefined
  /** The report whose dimensions are those, if there is one: its rows are kept, and are the totals of what is under them. */
  ancestor?: Report | undefined
  /** Only the rows {rows}, each a list of the values of the dimensions; they are there, be it with zeros. */
  rows?: boolean
  /** Of raw data only what was before {cut}, in Unix seconds: hits of before, and visits that began before. */
  cut?: boolean
  /** Of the sites {sites} instead of {site}, told apart by the column `site`. */
  sites?: boolean
  /**
   * Labels that less than {fold} visitors had in the days {fold_from} to {fold_to} are one: by the hits, or where what is
   * stored is `joined`, because hits are gone, by what is.
   */
  fold?: boolean
  /** Further SELECTs of the slot, the dimensions as d1, d2, ... and the columns as m_<name>, to be added up with the others. */
  besides?: readonly string[]
  /** To be read in place of sources. */
  tables?: SourceTables
  /** Whether {from} is {to}: a day that is the same everywhere costs nothing to divide by. */
  oneDay?: boolean
  /** Whether there are so few hits that their measurements fit into memory: less than 16 million. */
  inMemory?: boolean
  /** Of raw data only visits that belong to it. */
  segment?: CompiledSegment | undefined
  /** Of raw data only hits that it lets through, and what else is known of what they show. */
  filter?: CompiledFilter | undefined
}

/**
 * Tables that have what reports ask of a source, for the days that are asked for, without orders that were there before.
 * Visits have the column `alone` as well: whether their visitor has no other one on that day.
 */
export type SourceTables = Partial<Record<Source, string>>
export const alone = 'alone'

export type Column = { name: string; aggregation: Aggregation; format?: MetricFormat }

/**
 * The numbers that are counted for a report and kept in totals: those it shows, those that its ratios are made of, and
 * its facts.
 */
export function columnsOf(report: Report): Column[] {
  const shown = report.metrics
    .filter(isCounted)
    .map(({ name, computed, format }): Column => ({ name, aggregation: computed, format }))
  const facts = (report.facts ?? []).map((name): Column => ({ name, aggregation: 'max' }))
  const known = new Set([...shown, ...facts].map(({ name }) => name))
  const parts = report.metrics.filter(isRatio).flatMap(({ computed }) => [computed.of, computed.per])
  const hidden = [...new Set(parts)]
    .filter((name) => !known.has(name))
    .map((name): Column => ({ name, aggregation: 'sum', format: 'decimal' }))
  return [...shown, ...hidden, ...facts]
}

/** The columns of a report that are spreads: what its percentiles are read from. */
export function spreadsOf(report: Report): Column[] {
  const names = new Set(report.metrics.filter(isPercentile).map(({ computed }) => computed.of))
  return [...names].map((name) => ({ name, aggregation: 'spread' }))
}

/** SELECT of `slot` (with a grain), the dimensions (if divided), each number as Float64 and each spread as a map. */
export function countedSql(report: Report, asked: CountedOptions): string {
  // Without dimensions the only row is the total.
  const options = { ...asked, divided: asked.divided && report.dimensions.length > 0 }
  const { raw, stored, single = false, grain, divided, rows, sites, besides = [] } = options
  const parts = raw ? report.parts.map((part) => partSql(report, part, options)) : []
  if (stored || parts.length === 0) parts.push(storedSql(report, options))
  if (divided && !grain && (rows || report.always)) parts.push(alwaysSql(report, options))
  parts.push(...besides)
  // What one part has counted, or one stored period, needs no adding up.
  const alone = parts.length === 1 && (raw || (single && divided && !grain))
  const keys = divided ? report.dimensions.map(({ name }, index) => `d${index + 1} AS ${name}`) : []
  const all = columnsOf(report)
  const columns = [...all, ...spreadsOf(report)].flatMap((column) => {
    if (alone) return aloneSql(column, options)
    return column.aggregation === 'unique' ? uniqueSql(column, options, all) : [addedUp(column, 'm_')]
  })
  const outer = [...(sites ? ['site'] : []), ...(grain ? ['slot'] : [])]
  const groups = [...outer, ...(divided ? report.dimensions.map(({ name }) => name) : [])]
  return `SELECT ${[...outer, ...keys, ...columns].join(', ')}
FROM (
${parts.join('\nUNION ALL\n')}
)${alone ? '' : groupBy(groups)}`
}

/** The sum of a column, under its name. */
export function addedUp(column: Column, prefix: string): string {
  const { name, aggregation } = column
  return `${settledSql(column, `${adders[aggregation]}(${prefix}${name})`)} AS ${name}`
}

/** The last digits of a sum of fractions depend on the order in which they were added. */
export function settledSql({ aggregation, format }: Column, sql: string): string {
  return format === 'decimal' && adders[aggregation] === 'sum' ? `round(${sql}, 6)` : sql
}

/** The typical relative error of a union of sketches is 1.04 / sqrt(2 ** precision). */
const precision = { rows: 12, totals: 16 } as const
export const sketchError = { rows: 0.016, totals: 0.004 } as const

/** Where the sketch of a column is kept in rollups: those of rows and of totals are of different precision. */
export function sketchOf(name: string, ofRows: boolean): { column: string; precision: number } {
  return ofRows
    ? { column: `${name}_sketch`, precision: precision.rows }
    : { column: `${name}_total`, precision: precision.totals }
}

function isOfRows({ divided, under = 0 }: CountedOptions): boolean {
  return divided || under > 0
}

function uniqueSql({ name }: Column, options: CountedOptions, columns: readonly Column[]): string[] {
  const { joined, sketched } = options
  const { column, precision } = sketchOf(name, isOfRows(options))
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

/** A column as one part has counted it. */
function aloneSql(column: Column, options: CountedOptions): string[] {
  const { name, aggregation } = column
  const number = `${settledSql(column, `m_${name}`)} AS ${name}`
  if (aggregation !== 'unique' || !options.sketched) return [number]
  return [number, `s_${name} AS ${sketchOf(name, isOfRows(options)).column}`]
}

/** How columns are added up. */
export const adders: Record<Aggregation, string> = {
  sum: 'sum',
  unique: 'sum',
  max: 'max',
  min: 'min',
  spread: 'sumMap',
}

/** What a part has that does not count a column. */
export const nothing: Record<Aggregation, string> = {
  sum: 'toFloat64(0)',
  unique: 'toFloat64(0)',
  max: '-inf',
  min: 'inf',
  spread: `CAST(map(), 'Map(UInt16, UInt64)')`,
}

// Inside a part no name may be one of the source's columns: ClickHouse would take it for the alias. So
// dimensions are d1, d2, ... and columns m_<name>.

function partSql(report: Report, part: Part, options: CountedOptions): string {
  const { grain, divided, under = 0, rows, cut, sites, segment, filter, fold, tables = {}, oneDay } = options
  const site = sites ? ['site_id AS site'] : []
  const time = oneDay && grain === 'day' ? 'toString({from:Date})' : grain && slotSql[grain](part)
  const slot = time ? [`${time} AS slot`] : []
  const byDay = grain === 'day' && !oneDay && (part.from === 'visit' || hasHits(part.from))
  const keys = divided
    ? part.dimensions.map((sql, index) => `${fold ? foldedSql(report, part, index) : sql} AS d${index + 1}`)
    : []
  const columns = columnsOf(report).flatMap((column) => {
    const { name, aggregation } = column
    const sql = part.columns[name]
    return [
      `${sql ? numberSql(quickly(sql, part, options), aggregation) : nothing[aggregation]} AS m_${name}`,
      ...partSketch(column, sql, options),
    ]
  })
  const spreads = spreadsOf(report).map(({ name }) => {
    const sql = part.columns[name] ?? nothing.spread
    return `${options.inMemory ? quickSpreadSql(sql) : sql} AS m_${name}`
  })
  const conditions = [
    ...part.dimensions.slice(0, under).map((sql, index) => `${sql} = {under_${index + 1}:String}`),
    ...(part.where ? [tables[part.from] ? part.where.replaceAll(firstInTheDays, '1') : part.where] : []),
    ...(cut ? [`toUnixTimestamp(${part.from === 'visit' ? 'first_time' : 'time'}) < {cut:UInt32}`] : []),
    ...(rows ? [oneOfRows(part.dimensions)] : []),
    ...(segment && hasHits(part.from) ? [segment.hits] : []),
    ...(segment && part.from === 'visit' ? [segment.visits] : []),
    ...(filter ? [filteredSql(report, part, filter)] : []),
  ]
  // Of hits that are put together to rows first, those of the visits.
  const read = [ofTheDays, ...(segment ? [ofVisits(segment)] : [])]
  const groups = [
    ...(sites ? ['site'] : []),
    ...(grain ? ['slot'] : []),
    ...(divided ? part.dimensions.map((_, i) => `d${i + 1}`) : []),
  ]
  const sql = `SELECT ${[...site, ...slot, ...keys, ...columns, ...spreads].join(', ')}
FROM ${tables[part.from] ?? sourceSql[part.from](read)}
WHERE ${[ofTheDays, ...conditions].join(' AND ')}${groupBy(groups)}${byDay ? hashed : ''}`
  return sites ? sql.replaceAll(whose(false), whose(true)) : sql
}

/** Days come in order, but to make use of that takes longer where there is nothing else to put together. */
const hashed = '\nSETTINGS optimize_aggregation_in_order = 0'

const distinctVisitors = 'uniqExact(visitor_id)'

/**
 * Most visitors of a day come once: these need not be told apart. Of visits that count several times in a row that would not
 * be true.
 */
function quickly(sql: string, { from, dimensions }: Part, { grain, tables = {} }: CountedOptions): string {
  const within = grain === 'day' || grain === 'hour'
  if (sql !== distinctVisitors || from !== 'visit' || !tables.visit || !within) return sql
  if (dimensions.some((dimension) => dimension.includes('arrayJoin'))) return sql
  return `countIf(${alone}) + uniqExactIf(visitor_id, NOT ${alone})`
}

/** What stands for labels that few visitors had (docs/privacy.md). */
export const rareLabel = '(rare)'

/** Whether a report has labels by which somebody could be told: not a fixed list. */
export function canBeFolded({ dimensions, always }: Report): boolean {
  return dimensions.length > 0 && !always
}

/** A value of a dimension of a part, unless few had it, below those before it. */
export function foldedSql(report: Report, part: Part, index: number): string {
  const values = part.dimensions.slice(0, index + 1).map((sql) => `toString(${sql})`)
  return unlessRare(report, values)
}

/** The last of the values of the first dimensions, unless few visitors had it below the others. */
function unlessRare(report: Report, values: readonly string[]): string {
  const parts = report.parts.map(({ from, where, dimensions }) => {
    const keys = values.map((_, at) => `toString(${dimensions[at]}) AS f${at + 1}`)
    return `SELECT ${keys.join(', ')}, visitor_id AS who FROM ${sourceSql[from]([ofTheDays])} WHERE ${[ofTheDays, ...(where ? [where] : [])].join(' AND ')}`
  })
  const told = parts.join(' UNION ALL ').replaceAll('{from:', '{fold_from:').replaceAll('{to:', '{fold_to:')
  const names = values.map((_, at) => `f${at + 1}`).join(', ')
  return `if((${values.join(', ')}) GLOBAL IN (
  SELECT ${names} FROM (${told}) GROUP BY ${names} HAVING uniqExact(who) >= {fold:UInt32}), ${values.at(-1)}, '${rareLabel}')`
}

/** A condition over whatever has a `visit_id`. */
export function ofVisits(segment: CompiledSegment): string {
  return `visit_id GLOBAL IN ${visitsOf(segment)}`
}

/** Whether a filter looks at these rows: at hits that tell of themselves. */
function isFiltered({ from, ofPrevious }: Part): boolean {
  return hasHits(from) && !ofPrevious
}

/** Pages are measured by several hits; which pages they are is told by page views. */
function measuresPages({ from, dimensions }: Part): boolean {
  return from === 'measured' && dimensions.join() === 'url'
}

/** Whether a filter has hits to look at that tell what the rows show. */
export function canBeFiltered({ parts }: Report): boolean {
  return parts.some((part) => isFiltered(part) || measuresPages(part))
}

/** What is known of visits, of the page before, or was measured, counts for what the filtered hits show. */
function filteredSql(report: Report, part: Part, { sql }: CompiledFilter): string {
  if (isFiltered(part)) return sql
  const telling = report.parts.flatMap((part) => {
    if (measuresPages(part)) return { where: `kind = 'pageview'`, dimensions: part.dimensions }
    return isFiltered(part) ? part : []
  })
  const shown = telling.map(({ where, dimensions }) => {
    const keys = dimensions.length > 0 ? `(${dimensions.join(', ')})` : 'visit_id'
    return `SELECT ${keys} FROM hits WHERE ${[ofTheDays, ...(where ? [where] : []), sql].join(' AND ')}`
  })
  const keys = part.dimensions.length > 0 ? `(${part.dimensions.join(', ')})` : 'visit_id'
  return `${keys} GLOBAL IN (${shown.join(' UNION ALL ')})`
}

/** Of no rows at all ClickHouse takes 0 for the greatest, which would count beside other parts. */
function numberSql(sql: string, aggregation: Aggregation): string {
  const number = `toFloat64(${sql})`
  return aggregation === 'max' || aggregation === 'min'
    ? `if(count() = 0, ${nothing[aggregation]}, ${number})`
    : number
}

/** The sketch of what a part counts, and what is final of it: nothing. */
function partSketch(
  { name, aggregation }: Column,
  sql: string | undefined,
  options: CountedOptions,
): string[] {
  if (aggregation !== 'unique' || !(options.joined || options.sketched)) return []
  const { precision } = sketchOf(name, isOfRows(options))
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
  stored: () => `arrayJoin(${keptSlots('day')})`,
}

/** The periods of a day that totals are kept for, of the {kinds}. */
export function keptSlots(day: string): string {
  return `arrayFilter(slot -> has({kinds:Array(String)}, slot.1), arrayConcat(
    if(toYear(${day}) = {year:UInt16}, [('day', ${day}), ('month', toStartOfMonth(${day})), ('year', toStartOfYear(${day}))], []),
    if(toMonday(${day}) >= {first:Date}, [('week', toMonday(${day}))], [])))`
}

/**
 * Reports that divide the same visits by something else have the same totals. In rollups they are kept once, as those of
 * the first; final ones are kept with each report, because those outlive the order of the catalogue.
 */
export function totalsOf(report: Report): Report {
  return firstOfTotals.get(report.name) ?? report
}

const firstOfTotals = new Map<string, Report>()
for (const report of catalogue) {
  const same = catalogue.find(
    (other) =>
      other.span === report.span &&
      undivided(other) === undivided(report) &&
      isDivided(other) === isDivided(report),
  )
  firstOfTotals.set(report.name, same ?? report)
}

function undivided(report: Report): string {
  return countedSql(report, { raw: true, stored: false, divided: false })
}

function isDivided({ dimensions }: Report): boolean {
  return dimensions.length > 0
}

function storedSql(report: Report, options: CountedOptions): string {
  const { grain, divided, under = 0, ancestor, rows, sites, joined, fold } = options
  const site = sites ? ['site_id AS site'] : []
  const slot = grain ? [`${storedSlotSql[grain]} AS slot`] : []
  const keys = divided
    ? report.dimensions.map(
        (_, at) => `${fold ? foldedLabel(report, at + 1, joined) : `labels[${at + 1}]`} AS d${at + 1}`,
      )
    : []
  const columns = [...columnsOf(report), ...spreadsOf(report)].flatMap(({ name, aggregation }) => {
    const number = `${name} AS m_${name}`
    if (aggregation !== 'unique' || !joined) return [number]
    const { column } = sketchOf(name, isOfRows(options))
    return [number, `${column} AS s_${name}`, `if(version = 0, ${name}, 0.) AS f_${name}`]
  })
  // What is under some values is in the row of a report that divides no further, or else in rows of this one.
  const ofRows = divided ? report : under > 0 ? (ancestor ?? report) : undefined
  // A stored total of a report without dimensions is its only row; an hour is told by its label.
  const labelled = report.dimensions.length > 0 && grain !== 'hour'
  const conditions = [
    `${whose(sites)} AND ${ofRows ? keptBy(ofRows, ofRows) : keptBy(report, totalsOf(report))} AND period IN {periods:Array(String)} AND start IN {starts_on:Array(Date)}`,
    countedVersions,
    ...(grain === 'stored' || grain === 'hour' ? [`period = '${grain === 'hour' ? 'hour' : 'day'}'`] : []),
    ...(labelled ? [isOfRows(options) ? 'notEmpty(labels)' : areTotals] : []),
    ...Array.from({ length: under }, (_, i) => `labels[${i + 1}] = {under_${i + 1}:String}`),
    ...(rows ? ['labels IN {rows:Array(Array(String))}'] : []),
  ]
  return `SELECT ${[...site, ...slot, ...keys, ...columns].join(', ')}
FROM rollups
WHERE ${conditions.join('\n  AND ')}`
}

function keptBy(final: Report, rolled: Report): string {
  if (final === rolled) return `report = '${final.name}'`
  return `report IN ('${final.name}', '${rolled.name}') AND report = if(version = 0, '${final.name}', '${rolled.name}')`
}

/** Over `rollups`: no row of labels. The index finds these; it would not by empty(). */
export const areTotals = `labels = CAST([], 'Array(String)')`

/** Over `rollups`: only the periods that are asked for, each in the version that counts. */
export const countedVersions = `(site_id, period, start, version) IN (
    SELECT arrayJoin(arrayZip({sites_of:Array(UInt32)}, {periods:Array(String)}, {starts_on:Array(Date)}, {versions:Array(UInt64)})))`

/**
 * Where hits are gone, what was rare then is `(rare)` already; what is not of {fold_from} to {fold_to} has labels of these,
 * which are those of the {fold_versions} that begin on {fold_starts}.
 */
function foldedLabel(report: Report, at: number, joined = false): string {
  if (!joined) {
    return unlessRare(
      report,
      Array.from({ length: at }, (_, index) => `labels[${index + 1}]`),
    )
  }
  return `if(arraySlice(labels, 1, ${at}) GLOBAL IN (
    SELECT arraySlice(labels, 1, ${at}) FROM rollups
    WHERE site_id = {site:UInt32} AND report = '${report.name}' AND period = 'day'
      AND (start, version) IN (SELECT arrayJoin(arrayZip({fold_starts:Array(Date)}, {fold_versions:Array(UInt64)})))
      AND start BETWEEN {fold_from:Date} AND {fold_to:Date}), labels[${at}], '${rareLabel}')`
}

const storedSlotSql: Record<SlotGrain, string> = {
  // Rows of days may be looked at before they are left out.
  hour: 'toString(roundDown(toUInt32OrZero(labels[1]), {starts:Array(UInt32)}))',
  day: 'toString(start)',
  week: 'toString(greatest(toMonday(start), {first:Date}))',
  month: 'toString(greatest(toStartOfMonth(start), {first:Date}))',
  stored: `arrayJoin(${keptSlots('start')})`,
}

function alwaysSql(report: Report, options: CountedOptions): string {
  const columns = [...columnsOf(report), ...spreadsOf(report)].flatMap((column) => [
    `${nothing[column.aggregation]} AS m_${column.name}`,
    ...partSketch(column, undefined, options),
  ])
  if (!options.rows) return `SELECT ${['arrayJoin({always:Array(String)}) AS d1', ...columns].join(', ')}`
  const keys = report.dimensions.map((_, index) => `row[${index + 1}] AS d${index + 1}`)
  return `SELECT ${[...keys, ...columns].join(', ')} FROM (SELECT arrayJoin({rows:Array(Array(String))}) AS row)`
}

function groupBy(groups: string[]): string {
  return groups.length > 0 ? `\nGROUP BY ${groups.join(', ')}` : ''
}
