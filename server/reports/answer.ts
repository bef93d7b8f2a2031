// A question about a site and its answer: a table of one report over a period, from raw data, from the totals
// of final years, or from both.

import type { Site } from '../admin/site.ts'
import type { Params, Store } from '../store/store.ts'
import { ancestorOf, type Report } from './catalogue.ts'
import { finalUntil } from './final-years.ts'
import type { Metric } from './metric.ts'
import { addDays, type Days, type Grain, localTime, type Period, periodDate, slots } from './period.ts'
import { folderMetrics, folderSql, queryOptions, tableSql, totalsSql } from './query.ts'
import { QuestionError } from './question-error.ts'
import { type Sources, sourcesOf, sourcesOfEach, sourcesOfHours } from './source.ts'

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
}

/** Dimensions and metrics by name beside the label. */
export type Row = {
  label: string
  link?: string
  code?: string
  /** 1 for a folder, whose figures are the sums of all that lies in it. */
  folder?: number
  [column: string]: string | number | undefined
}

export type Answer = {
  report: string
  site: number
  period: string
  date: string
  from: string
  to: string
  timezone: string
  dimensions: string[]
  metrics: string[]
  rows: Row[]
  totals: Record<string, number>
  /** Number of all rows that match the search, those beyond the limit included. */
  rowCount: number
  limit: number
  offset: number
  sort: string
  under?: readonly string[]
  folder?: string
  source: 'raw' | 'final' | 'mixed'
  /** Whether distinct visitors are the sum of several final periods, hence too many. */
  approximate: boolean
  running: boolean
}

/** `now` in Unix milliseconds. @throws QuestionError, StoreError */
export async function answer(store: Store, question: Question, now: number): Promise<Answer> {
  const { report, by, site } = question
  if (by && report.dimensions.length > 0) {
    throw new QuestionError('invalid_by', `The report "${report.name}" cannot be divided by ${by}.`)
  }
  refuseDivision(question)
  if (report.span === 'live') return await answerLive(store, question, now)
  return await unlessYearBecomesFinal(store, site.id, (final) =>
    by ? answerSeries(store, question, by, final) : answerTable(store, question, final),
  )
}

/** Only the rows, for exports that go through all of them. @throws QuestionError, StoreError */
export async function answerRows(
  store: Store,
  question: Question,
): Promise<{ rows: Row[]; rowCount: number }> {
  refuseDivision(question)
  return await unlessYearBecomesFinal(store, question.site.id, (final) =>
    table(store, question, sourcesOf(question.period, final)),
  )
}

/** Asks again where a year became final meanwhile: its raw rows may have gone while they were read. */
export async function unlessYearBecomesFinal<T>(
  store: Store,
  siteId: number,
  ask: (finalUntil: string) => Promise<T>,
): Promise<T> {
  const before = await finalUntil(store, siteId)
  const result = await ask(before)
  const after = await finalUntil(store, siteId)
  return after === before ? result : await ask(after)
}

/** What cannot be drilled into. @throws QuestionError */
function refuseDivision({ report, under = [], folder }: Question): void {
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
  if (folder !== undefined && !report.path) {
    throw new QuestionError('invalid_folder', `The rows of "${report.name}" do not lie in folders.`)
  }
}

/** What a row of the answer has. */
export function metricsOf({ report, folder }: Pick<Question, 'report' | 'folder'>): readonly Metric[] {
  return folder === undefined ? report.metrics : folderMetrics(report)
}

async function answerTable(store: Store, question: Question, final: string): Promise<Answer> {
  const { report, limit, offset } = question
  const sources = sourcesOf(question.period, final)
  const [{ rows, rowCount }, totals] = await Promise.all([
    table(store, question, sources),
    total(store, question, sources),
  ])
  return {
    ...frame(question, sources),
    dimensions: report.dimensions.map(({ name }) => name),
    rows,
    totals,
    rowCount,
    limit,
    offset,
    sort: question.sort ?? report.sort,
    ...(question.under && question.under.length > 0 && { under: question.under }),
    ...(question.folder !== undefined && { folder: question.folder }),
  }
}

async function answerSeries(store: Store, question: Question, by: Grain, final: string): Promise<Answer> {
  const { report, period } = question
  const all = slots(period, by)
  const whole = sourcesOf(period, final)
  const sources = by === 'hour' ? sourcesOfHours(period, final) : sourcesOfEach(all, final)
  const keyOf = (slot: { from: string; start: number }) => (by === 'hour' ? String(slot.start) : slot.from)
  const [found, totals] = await Promise.all([
    series(store, question, by, sources, {
      first: period.from,
      starts: by === 'hour' ? all.map(({ start }) => start) : [],
    }),
    total(store, question, whole),
  ])
  const rows = all.map((slot) => ({ label: slot.label, [by]: slot.label, ...found(keyOf(slot)) }))
  return {
    ...frame(question, sources),
    approximate: isApproximate(report, sources) || isApproximate(report, whole),
    dimensions: [by],
    rows,
    totals,
    rowCount: rows.length,
    limit: rows.length,
    offset: 0,
    sort: by,
  }
}

const liveMinutes = 30

async function answerLive(store: Store, question: Question, now: number): Promise<Answer> {
  const { report, period, site } = question
  const minute = Math.floor(now / 60_000) * 60
  const starts = Array.from({ length: liveMinutes }, (_, index) => minute - (liveMinutes - 1 - index) * 60)
  const days = { from: addDays(period.to, -1), to: period.to }
  const sources: Sources = { pieces: [], raw: days, exact: true }
  const params = { starts, since: starts[0], until: minute + 59 }
  const name = report.dimensions[0]?.name ?? 'label'
  const everything = { ...question, limit: liveMinutes, offset: 0, sort: undefined, search: undefined }
  const [{ rows }, totals] = await Promise.all([
    table(store, everything, sources, params),
    total(store, question, sources, params),
  ])
  const found = new Map(rows.map((row) => [row[name], row]))
  const minutes = starts.map((start) => {
    const label = localTime(start, site.timezone)
    return { ...zeros(report), ...found.get(String(start)), label, [name]: label }
  })
  return {
    ...frame(question, sources),
    dimensions: [name],
    rows: minutes,
    totals,
    rowCount: minutes.length,
    limit: minutes.length,
    offset: 0,
    sort: name,
  }
}

function frame(question: Question, sources: Sources) {
  const { report, site, period } = question
  const { kind, from, to, timezone, running } = period
  const source = sources.pieces.length === 0 ? 'raw' : sources.raw ? 'mixed' : 'final'
  return {
    report: report.name,
    site: site.id,
    period: kind,
    date: periodDate(period),
    from,
    to,
    timezone,
    metrics: metricsOf(question).map(({ name }) => name),
    source,
    approximate: isApproximate(report, sources),
    running,
  } as const
}

function isApproximate(report: Report, sources: Sources): boolean {
  return !sources.exact && report.metrics.some(({ computed }) => computed === 'unique')
}

async function table(
  store: Store,
  question: Question,
  sources: Sources,
  further: Params = {},
): Promise<{ rows: Row[]; rowCount: number }> {
  const { report, limit, offset, search = '', under = [], folder } = question
  const sql = (folder === undefined ? tableSql : folderSql)(report, {
    raw: sources.raw !== undefined,
    stored: sources.pieces.length > 0,
    under: under.length,
    sort: readSort(report, question.sort ?? report.sort, metricsOf(question)),
    search: search !== '',
  })
  const ask = (limit: number, offset: number) =>
    store.query<Row & { row_count: number }>(
      sql,
      { ...params(question, sources), ...further, search, limit, offset },
      queryOptions,
    )
  const found = await ask(limit, offset)
  // Beyond the last row there is none that could say how many there are.
  const first = found[0] ?? (offset > 0 || limit === 0 ? (await ask(1, 0))[0] : undefined)
  return { rows: found.map(readRow), rowCount: first?.row_count ?? 0 }
}

async function total(
  store: Store,
  question: Question,
  sources: Sources,
  further: Params = {},
): Promise<Record<string, number>> {
  const { report, under = [] } = question
  const sql = totalsSql(report, {
    raw: sources.raw !== undefined,
    stored: sources.pieces.length > 0,
    under: under.length,
    ancestor: ancestorOf(report, under.length),
  })
  const values = { ...params(question, sources), ...further }
  const rows = await store.query<Record<string, number>>(sql, values, queryOptions)
  return rows[0] ?? zeros(report)
}

/** The figures of each slot; zeros where nothing was found. */
async function series(
  store: Store,
  question: Question,
  grain: Grain,
  sources: Sources,
  further: Params,
): Promise<(slot: string) => Record<string, number>> {
  const sql = totalsSql(question.report, {
    raw: sources.raw !== undefined,
    stored: sources.pieces.length > 0,
    grain,
  })
  const values = { ...params(question, sources), ...further }
  const rows = await store.query<{ slot: string } & Record<string, number>>(sql, values, queryOptions)
  const found = new Map(rows.map(({ slot, ...figures }) => [slot, figures as Record<string, number>]))
  return (slot) => found.get(slot) ?? zeros(question.report)
}

function params({ report, site, period, under = [], folder }: Question, { raw, pieces }: Sources): Params {
  const days: Days = raw ?? period
  return {
    site: site.id,
    timezone: site.timezone,
    from: days.from,
    to: days.to,
    periods: pieces.map(({ period }) => period),
    starts_on: pieces.map(({ start }) => start),
    always: report.always ?? [],
    ...Object.fromEntries(under.map((value, index) => [`under_${index + 1}`, value])),
    ...(folder !== undefined && { folder }),
    ...report.params,
  }
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

function readRow({ row_count, link, code, ...row }: Row & { row_count: number }): Row {
  return { ...row, ...(link ? { link } : {}), ...(code ? { code } : {}) }
}

function zeros(report: Report): Record<string, number> {
  return Object.fromEntries(report.metrics.map(({ name }) => [name, 0]))
}
