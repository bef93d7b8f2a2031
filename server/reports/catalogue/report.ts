// What is declared of a report. The SQL, the API, the dashboard and the final totals of a year are derived from it.
//
// A report is put together from parts. Each part reads one source, groups it by the report's dimensions and
// yields some of the counted columns; rows with the same dimensions are then added up. So the page views of a
// page come from the hits, its entries from the visits that began there. All SQL here is fixed text over the
// columns of that source; values come in as parameters ({site}, {from}, {to}, {timezone} and a report's own).
//
// What is counted can be added up over days: every visit has one day, so distinct visits are a sum over days. Distinct
// visitors are not, and say so (`unique`). What can only be had from the hits of a whole period is no report here.

import type { Params } from '../../store/store.ts'
import type { Metric } from '../metric.ts'
import type { Source } from './part-source.ts'

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
export type Draw = 'figures' | 'series' | 'bars' | 'hours'

export type Part = {
  from: Source
  where?: string | undefined
  /** One expression for each dimension of the report. */
  dimensions: readonly string[]
  /**
   * Aggregates by the name of the column that they yield. What is `unique` is `uniqExact` or `uniqExactIf` of one
   * UInt64; of a `max` or `min` without values they yield -inf or inf. A fraction is rounded to six digits before it is
   * summed, as sums are: else those of days would not add up to that of the year.
   */
  columns: Readonly<Record<string, string>>
  /** These hits tell of the page before them and not of themselves: a filter does not look at them. */
  ofPrevious?: true
}

/** `label`: SQL over dimensions, how its value is read. */
export type Dimension = { name: string; title: string; label: string }

export type Report = {
  name: string
  title: string
  definition: string
  group: Group
  draw: Draw
  /** The method of Matomo's reporting API that answers the same question, where there is one. */
  matomo?: string
  dimensions: readonly Dimension[]
  metrics: readonly Metric[]
  parts: readonly Part[]
  /** Further columns of the parts that are no figures, of which the greatest value counts. */
  facts?: readonly string[]
  /**
   * Reports that divide a row of this one further: their dimensions begin with those of this one, and what they count
   * is the same.
   */
  children?: readonly string[]
  /**
   * SQL over dimensions and facts: what is read (by default the labels of all dimensions), what can be opened, a
   * country's code.
   */
  label?: string
  link?: string
  code?: string
  /** SQL over the only dimension: an address whose parts between slashes are folders. */
  path?: string
  /** SQL over the columns: which rows are shown. */
  shown?: string
  /** Values of the only dimension that are always there, be it with zeros. */
  always?: readonly string[]
  params?: Params
  /** Name of a column, with `-` in front for descending. */
  sort: string
  /** `live`: only the last minutes, from raw data; such a report has no final totals. */
  span: 'period' | 'live'
}

/** Dimensions by name: title, expression over the source, and how it is read if not as it is. */
export type By = Readonly<Record<string, readonly [title: string, sql: string, label?: string]>>

export type PlainReport = Omit<Report, 'dimensions' | 'parts' | 'draw' | 'span'> &
  Omit<Part, 'dimensions'> & { by: By; draw?: Draw }

/** A report of one part. */
export function plainReport({ from, where, by, columns, draw = 'bars', ...rest }: PlainReport): Report {
  return {
    ...rest,
    draw,
    span: 'period',
    dimensions: dimensionsOf(by),
    parts: [{ from, where, dimensions: Object.values(by).map(([, sql]) => sql), columns }],
  }
}

export function dimensionsOf(by: By): Dimension[] {
  return Object.entries(by).map(([name, [title, , label = orElse(name, 'Unknown')]]) => {
    return { name, title, label }
  })
}

export function orElse(dimension: string, name: string): string {
  return `if(${dimension} = '', '${name}', ${dimension})`
}

/** The given values by their names, all others as they are. */
export function named(dimension: string, names: Readonly<Record<string, string>>): string {
  const list = (values: string[]) => `[${values.map((value) => `'${value}'`).join(', ')}]`
  return `transform(${dimension}, ${list(Object.keys(names))}, ${list(Object.values(names))}, ${dimension})`
}
