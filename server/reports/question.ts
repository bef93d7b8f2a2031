// A question about a report of a site, and what the store is asked and told for it.

import type { Site } from '../admin/site.ts'
import type { Page, Params, Store } from '../store/store.ts'
import type { Report } from './catalogue.ts'
import type { Metric } from './metric.ts'
import type { Days, Grain, Period } from './period.ts'
import { canBeFiltered, queryOptions, segmentOptions } from './query.ts'
import { QuestionError } from './question-error.ts'
import { type CompiledFilter, type CompiledSegment, visitsOf } from './segment/segment-sql.ts'
import { pieceParams, type Sources } from './source.ts'
import { folderMetrics } from './table-sql.ts'

export type Question = {
  report: Report
  site: Site
  period: Period
  /** Only for the overview: a row for each hour, day, week or month. */
  by?: Grain | undefined
  limit: number
  offset: number
  /** Name of a metric, a dimension or `label`, with `-` in front for descending; default: the report's own. */
  sort?: string | undefined
  /** Values of the report's first dimensions: only the rows below them, and their totals. */
  under?: readonly string[] | undefined
  /** Of a report with paths: only what lies right in this folder, `example.org/shop/`; empty for the hosts. */
  folder?: string | undefined
  /** Only rows whose label contains it, in whatever case. Totals stay those of all rows. */
  search?: string | undefined
  /** Only these rows, each by the values of its dimensions; they are there, be it with zeros. Totals stay those of all. */
  rows?: readonly (readonly string[])[] | undefined
  /** Unix seconds: of a period whose days are raw, only hits of before and visits that began before. */
  cut?: number | undefined
  /** Minutes of a live report, this one included; 30 if not said. */
  minutes?: number | undefined
  /** Only visits that belong to it: they are looked for, whatever is stored. */
  segment?: CompiledSegment | undefined
  /** Of a report of hits: only those that it lets through. */
  filter?: CompiledFilter | undefined
}

/** What cannot be drilled into. @throws QuestionError */
export function refuseDivision({ report, under = [], folder, filter }: Question): void {
  const most = Math.max(0, report.dimensions.length - 1)
  if (under.length > most) {
    throw new QuestionError(
      'invalid_under',
      most === 0
        ? `The rows of "${report.name}" are not below others; leave "under" out.`
        : `The report "${report.name}" can be asked for by up to ${most} values of "under": ${report.dimensions
            .slice(0, most)
            .map(({ name }) => name)
            .join(', ')}.`,
    )
  }
  if (filter && !canBeFiltered(report)) {
    throw new QuestionError(
      'invalid_filter',
      `The report "${report.name}" does not show single hits, so none can be filtered; use a segment.`,
    )
  }
  if (folder !== undefined && !report.path) {
    throw new QuestionError('invalid_folder', `The rows of "${report.name}" do not lie in folders.`)
  }
}

/** What a row of the answer has. */
export function metricsOf({ report, folder }: Pick<Question, 'report' | 'folder'>): readonly Metric[] {
  return folder === undefined ? report.metrics : folderMetrics(report)
}

/** @throws QuestionError */
export function readSort(
  report: Report,
  sort: string,
  metrics: readonly Metric[] = report.metrics,
): { column: string; descending: boolean } {
  const descending = sort.startsWith('-')
  const name = descending ? sort.slice(1) : sort
  const columns = ['label', ...report.dimensions.map(({ name }) => name), ...metrics.map(({ name }) => name)]
  const column = columns.find((candidate) => candidate === name)
  if (!column) {
    throw new QuestionError(
      'invalid_sort',
      `"${name}" is nothing to sort by; it must be one of ${columns.join(', ')}.`,
    )
  }
  return { column, descending }
}

/** Rows of what is asked: in turn, where it is about single visits. @throws StoreError, NoTurn, NobodyAsks */
export async function read<Found>(
  store: Store,
  { segment, filter }: Pick<Question, 'segment' | 'filter'>,
  sql: string,
  values: Params,
): Promise<Found[]> {
  if (segment || filter)
    return await store.queryLong<Found>(once(store, segment, sql), values, segmentOptions)
  return await store.query<Found>(sql, values, queryOptions)
}

/** The same of what has a limit, with the number of all rows; `long`: something else in it is about single visits. @throws StoreError, NoTurn, NobodyAsks */
export async function readPage<Found>(
  store: Store,
  { segment, filter, long = false }: Pick<Question, 'segment' | 'filter'> & { long?: boolean },
  sql: string,
  values: Params,
): Promise<Page<Found>> {
  if (segment || filter || long)
    return await store.queryLongPage<Found>(once(store, segment, sql), values, segmentOptions)
  return await store.queryPage<Found>(sql, values, queryOptions)
}

/** Which visits belong to a segment is asked by several parts of a report, and looked for once where that can be. */
function once(store: Store, segment: CompiledSegment | undefined, sql: string): string {
  if (!segment || !store.keepsParts) return sql
  const ids = visitsOf(segment)
  const kept = '(SELECT visit_id FROM of_segment)'
  const asked = sql.replaceAll(ids, kept)
  // What a look at the visit itself tells is told as quickly by that.
  const all = segment.visits.includes('SELECT')
    ? asked.replaceAll(segment.visits, `visit_id IN ${kept}`)
    : asked
  return all.split(kept).length > 2 ? `WITH of_segment AS MATERIALIZED ${ids}\n${all}` : sql
}

/** What the SQL of a question has to be told beside its report. */
export function sqlOptions({ cut, folder, segment, filter }: Question, { raw, pieces, exact }: Sources) {
  // Folders tell no distinct visitors.
  const joined = !exact && folder === undefined
  return {
    raw: raw !== undefined,
    stored: pieces.length > 0,
    // What is final may have a week in two parts: of the year that ended in it, and of the next.
    single: raw === undefined && pieces.length === 1 && pieces[0]?.version !== 0,
    joined,
    cut: cut !== undefined,
    segment,
    filter,
  }
}

export function params(
  { report, site, period, rows, cut, under = [], folder, segment, filter }: Question,
  { raw, pieces }: Sources,
): Params {
  const days: Days = raw ?? period
  return {
    ...segment?.params,
    ...filter?.params,
    site: site.id,
    timezone: site.timezone,
    from: days.from,
    to: days.to,
    ...pieceParams(site, pieces),
    always: report.always ?? [],
    ...(rows && { rows }),
    ...(cut !== undefined && { cut }),
    ...Object.fromEntries(under.map((value, index) => [`under_${index + 1}`, value])),
    ...(folder !== undefined && { folder }),
    ...report.params,
  }
}

export function zeros(report: Report): Record<string, number> {
  return Object.fromEntries(report.metrics.map(({ name }) => [name, 0]))
}
