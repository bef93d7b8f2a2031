// A question about a site and its answer: a table of one report over a period, from raw data, from the totals
// of final years, or from both.

import { LRUCache } from 'lru-cache'
import type { Params, Store } from '../store/store.ts'
import { type Accuracy, accuracy } from './accuracy.ts'
import { ancestorOf } from './catalogue.ts'
import { type Gone, refuseGoneDays, unlessHitsGo } from './final-years.ts'
import { isRatio } from './metric.ts'
import { addDays, type Grain, localTime, periodDate, slots } from './period.ts'
import {
  metricsOf,
  params,
  type Question,
  read,
  readPage,
  readSort,
  refuseDivision,
  sqlOptions,
  zeros,
} from './question.ts'
import { QuestionError } from './question-error.ts'
import { finalOnly, type Rolled, readRolled } from './rolled.ts'
import { type Sources, sourcesOf, sourcesOfEach, sourcesOfHours } from './source.ts'
import { folderSql, shownRowsSql, tableSql, totalsSql } from './table-sql.ts'

/** Dimensions and metrics by name beside the label. */
export type Row = {
  label: string
  link?: string
  code?: string
  /** 1 for a folder, whose figures are the sums of all that lies in it. */
  folder?: number
  [column: string]: string | number | undefined
}

export type Answer = Accuracy & {
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
  /** Hits and visits themselves, totals of finished periods, of final years, or several of these. */
  source: 'raw' | 'rollup' | 'final' | 'mixed'
  running: boolean
}

/** `now` in Unix milliseconds. @throws QuestionError, StoreError */
export async function answer(store: Store, question: Question, now: number): Promise<Answer> {
  const { report, by } = question
  if (by && report.dimensions.length > 0) {
    throw new QuestionError('invalid_by', `The report "${report.name}" cannot be divided by ${by}.`)
  }
  refuseDivision(question)
  if (report.span === 'live') return await answerLive(store, question, now)
  return await fromSources(store, question, (rolled) =>
    by ? answerSeries(store, question, by, rolled) : answerTable(store, question, rolled),
  )
}

/** Only the rows, for exports that go through all of them. @throws QuestionError, StoreError */
export async function answerRows(
  store: Store,
  question: Question,
): Promise<{ rows: Row[]; rowCount: number }> {
  refuseDivision(question)
  return await fromSources(store, question, (rolled) => table(store, question, sourcesFor(question, rolled)))
}

/** The rows that another question about the same report does not show. @throws QuestionError, StoreError */
export async function answerAbsent(
  store: Store,
  question: Question,
  other: Question,
): Promise<{ rows: Row[]; rowCount: number }> {
  return await unlessHitsGo(store, question.site.id, async (gone) => {
    const [own, others] = await Promise.all([rolledFor(store, question, gone), rolledFor(store, other, gone)])
    const sources = sourcesFor(other, others)
    const sql = shownRowsSql(other.report, sqlOptions(other, sources))
    const values = Object.entries(params(other, sources)).map(([name, value]) => [`other_${name}`, value])
    return table(store, question, sourcesFor(question, own), Object.fromEntries(values), {
      absentFrom: sql.replace(/\{(\w+):/g, '{other_$1:'),
      long: other.segment !== undefined || other.filter !== undefined,
    })
  })
}

/** With what is stored around the days of a question. */
async function fromSources<T>(
  store: Store,
  question: Question,
  ask: (rolled: Rolled) => Promise<T>,
): Promise<T> {
  const { site } = question
  return await unlessHitsGo(store, site.id, async (gone) => ask(await rolledFor(store, question, gone)))
}

/** What is stored and can be read; nothing where single visits are asked for. @throws QuestionError raw_data_gone */
export async function rolledFor(
  store: Store,
  { site, period, segment, filter }: Pick<Question, 'site' | 'period' | 'segment' | 'filter'>,
  gone: Gone,
): Promise<Rolled> {
  if (!segment && !filter) return await readRolled(store, site, period, gone)
  refuseGoneDays(period.from, gone)
  return finalOnly(gone.finalUntil)
}

function sourcesFor({ period, cut }: Question, rolled: Rolled): Sources {
  return sourcesOf(period, rolled, cut !== undefined)
}

/** What is under some values is several rows, where no report has it as one: their visitors have to be put together. */
function sourcesOfTotals({ report, period, cut, under = [] }: Question, sources: Sources, rolled: Rolled) {
  if (under.length === 0 || ancestorOf(report, under.length) || sources.pieces.length === 0) return sources
  return sourcesOf(period, rolled, cut !== undefined, true)
}

async function answerTable(store: Store, question: Question, rolled: Rolled): Promise<Answer> {
  const { report, limit, offset } = question
  const sources = sourcesFor(question, rolled)
  const ofTotals = sourcesOfTotals(question, sources, rolled)
  const [{ rows, rowCount }, totals] = await Promise.all([
    table(store, question, sources),
    total(store, question, ofTotals),
  ])
  return {
    ...frame(question, sources),
    // Totals that are rows, of this report or of another, are no more exact than these.
    ...accuracy(report, [sources, ofTotals], question.under?.length ? [...rows, totals] : rows, totals),
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

async function answerSeries(store: Store, question: Question, by: Grain, rolled: Rolled): Promise<Answer> {
  const { report, period, cut } = question
  const all = slots(period, by)
  const whole = sourcesFor(question, rolled)
  const sources =
    by === 'hour'
      ? sourcesOfHours(period, rolled, cut !== undefined)
      : sourcesOfEach(all, rolled, cut !== undefined)
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
    ...accuracy(report, [sources, whole], [], ...rows, totals),
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
/** Two days; as many as Matomo tells of. */
export const mostLiveMinutes = 2880

async function answerLive(store: Store, question: Question, now: number): Promise<Answer> {
  const { report, period, site, minutes: length = liveMinutes } = question
  const minute = Math.floor(now / 60_000) * 60
  const starts = Array.from({ length }, (_, index) => minute - (length - 1 - index) * 60)
  // A visit has the day on which it began, and time zones change by hours.
  const days = { from: addDays(period.to, -1 - Math.ceil(length / 1440)), to: period.to }
  const sources: Sources = { pieces: [], raw: days, exact: true }
  const params = { starts, since: starts[0], until: minute + 59 }
  const name = report.dimensions[0]?.name ?? 'label'
  const everything = { ...question, limit: length, offset: 0, sort: undefined, search: undefined }
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
    ...accuracy(report, [sources], minutes, totals),
    dimensions: [name],
    rows: minutes,
    totals,
    rowCount: minutes.length,
    limit: minutes.length,
    offset: 0,
    sort: name,
  }
}

export function frame(question: Question, sources: Sources) {
  const { report, site, period } = question
  const { kind, from, to, timezone, running } = period
  return {
    report: report.name,
    site: site.id,
    period: kind,
    date: periodDate(period),
    from,
    to,
    timezone,
    metrics: metricsOf(question).map(({ name }) => name),
    source: sourceName(sources),
    running,
  } as const
}

export function sourceName({ pieces, raw }: Sources): Answer['source'] {
  if (pieces.length === 0) return 'raw'
  const final = pieces.filter(({ version }) => version === 0).length
  if (raw || (final > 0 && final < pieces.length)) return 'mixed'
  return final > 0 ? 'final' : 'rollup'
}

async function table(
  store: Store,
  question: Question,
  sources: Sources,
  further: Params = {},
  { long = false, ...options }: { absentFrom?: string; long?: boolean } = {},
): Promise<{ rows: Row[]; rowCount: number }> {
  const { report, limit, offset, search = '', rows, under = [], folder } = question
  if (rows?.length === 0) return { rows: [], rowCount: 0 }
  const isShort = canBeShortened(question, sources) && !options.absentFrom && !hadFewRows(store, question)
  if (isShort) return await tableInTwoSteps(store, question, sources, further)
  const sql = (folder === undefined ? tableSql : folderSql)(report, {
    ...sqlOptions(question, sources),
    under: under.length,
    rows: rows !== undefined && report.dimensions.length > 0,
    sort: readSort(report, question.sort ?? report.sort, metricsOf(question)),
    search: search !== '',
    ...options,
  })
  const { rows: found, rowCount } = await readPage<Row>(store, { ...question, long }, sql, {
    ...params(question, sources),
    ...further,
    search,
    limit,
    offset,
  })
  if (asksForAll(question) && !options.absentFrom) rememberRows(store, question, rowCount)
  return { rows: found.map(readRow), rowCount }
}

/** How many rows each report of a site had when all of them were last asked for, over whatever days. */
const rowCounts = new WeakMap<Store, LRUCache<string, number>>()

function rememberRows(store: Store, { site, report }: Question, rowCount: number): void {
  const counts = rowCounts.get(store) ?? new LRUCache({ max: 10_000 })
  rowCounts.set(store, counts)
  counts.set(`${site.id} ${report.name}`, rowCount)
}

function asksForAll({ search = '', rows, under = [], folder, segment, filter }: Question): boolean {
  return search === '' && !rows && under.length === 0 && folder === undefined && !segment && !filter
}

/** Joining the sketches of so many rows takes less than asking twice. */
const fewSketches = 200

function hadFewRows(store: Store, { site, report }: Question): boolean {
  return (rowCounts.get(store)?.get(`${site.id} ${report.name}`) ?? Number.POSITIVE_INFINITY) <= fewSketches
}

/** Rows of which sketches are joined at once. */
const fewRows = 1000

/** Joining sketches costs most: it is done for the rows that are shown, where these can be told without. */
function canBeShortened(question: Question, { exact }: Sources): boolean {
  const { report, rows, limit, folder, sort = report.sort } = question
  if (folder !== undefined) return false
  const { column } = readSort(report, sort)
  const metric = report.metrics.find(({ name }) => name === column)
  const uniques = new Set(
    report.metrics.flatMap(({ name, computed }) => (computed === 'unique' ? [name] : [])),
  )
  const sortsByThem =
    metric !== undefined &&
    (isRatio(metric)
      ? uniques.has(metric.computed.of) || uniques.has(metric.computed.per)
      : uniques.has(metric.name))
  return (
    !exact && !rows && uniques.size > 0 && !sortsByThem && limit <= fewRows && report.dimensions.length > 0
  )
}

async function tableInTwoSteps(
  store: Store,
  question: Question,
  sources: Sources,
  further: Params,
): Promise<{ rows: Row[]; rowCount: number }> {
  const { report } = question
  const shown = await table(store, question, { ...sources, exact: true }, further)
  const keyOf = (row: Row) => report.dimensions.map(({ name }) => String(row[name]))
  const rows = shown.rows.map(keyOf)
  const { rows: whole } = await table(
    store,
    { ...question, rows, limit: rows.length, offset: 0 },
    sources,
    further,
  )
  const found = new Map(whole.map((row) => [JSON.stringify(keyOf(row)), row]))
  return { ...shown, rows: shown.rows.map((row) => found.get(JSON.stringify(keyOf(row))) ?? row) }
}

async function total(
  store: Store,
  question: Question,
  sources: Sources,
  further: Params = {},
): Promise<Record<string, number>> {
  const { report, under = [] } = question
  const sql = totalsSql(report, {
    // Those of the whole report, in whatever folder its rows are looked at.
    ...sqlOptions({ ...question, folder: undefined }, sources),
    under: under.length,
    ancestor: ancestorOf(report, under.length),
  })
  const values = { ...params(question, sources), ...further }
  const rows = await read<Record<string, number>>(store, question, sql, values)
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
  const sql = totalsSql(question.report, { ...sqlOptions(question, sources), grain })
  const values = { ...params(question, sources), ...further }
  const rows = await read<{ slot: string } & Record<string, number>>(store, question, sql, values)
  const found = new Map(rows.map(({ slot, ...figures }) => [slot, figures as Record<string, number>]))
  return (slot) => found.get(slot) ?? zeros(question.report)
}

function readRow({ link, code, ...row }: Row): Row {
  return { ...row, ...(link ? { link } : {}), ...(code ? { code } : {}) }
}
