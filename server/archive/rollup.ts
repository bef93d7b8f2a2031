// Finished days become rows of totals (rollups), from which weeks, months and years are put together. A period is made as
// a whole under a version of its own; it counts from the moment at which `rolled` names that version. Until then the one
// before counts, so there is never a gap; and whatever is killed on the way has done nothing.

import type { Site } from '../admin/site.ts'
import { keptReports, type Report } from '../reports/catalogue.ts'
import { closedUntilNow } from '../reports/final-years.ts'
import { type Days, daysAround, type PeriodKind, slots } from '../reports/period.ts'
import {
  adders,
  areTotals,
  type Column,
  canBeFolded,
  columnsOf,
  countedSql,
  countedVersions,
  queryOptions,
  type SourceTables,
  settledSql,
  sketchOf,
  spreadsOf,
  totalsOf,
} from '../reports/query.ts'
import { definitionOf, type Rolled } from '../reports/rolled.ts'
import { pieceParams } from '../reports/source.ts'
import type { Store } from '../store/store.ts'
import { type ScratchOptions, withScratch } from './scratch.ts'

export type WholeKind = 'week' | 'month' | 'year'

/** Aggregations that do not fit into memory go on on disk; long jobs may take their time. */
export const spilling = {
  ...queryOptions,
  max_bytes_before_external_group_by: '200000000',
  max_execution_time: 0,
} as const

/**
 * Reports with the same columns. A statement costs more than a report of a few hits; of many, each is worth one of its own,
 * and needs the memory.
 */
export function inGroups(reports: readonly Report[], hits: number): Report[][] {
  return alikeIn(reports).flatMap((alike) => chunked(alike, hits > manyRows ? 1 : 8))
}

/** Reports of which only what is stored is read: one by one, or of few rows all of them. */
export function atOnce(reports: readonly Report[], rows: number): Report[][] {
  return chunked(reports, rows > manyRows ? 1 : reports.length)
}

/** Of hits, or of what is rolled up. */
export const manyRows = 200_000
/** So many measurements, of a row be it, are sorted in memory. */
const mostInMemory = 10_000_000

function chunked<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, at) =>
    all.slice(at * size, (at + 1) * size),
  )
}

/**
 * As rollups come again under another version, they are never what was inserted before. A row in memory has all columns,
 * so few of them are put together before they are written.
 */
export const inserting = {
  ...spilling,
  insert_deduplicate: 0,
  max_partitions_per_insert_block: '0',
  min_insert_block_size_rows: '32768',
  min_insert_block_size_bytes: '33554432',
} as const

/** Sketches take the room of hundreds of numbers: of each part that is read few rows are in memory at once. */
const joining = { ...inserting, max_block_size: '1024', optimize_aggregation_in_order: 0 } as const

/** Some days, and from the first to the last of them; there are hits of no other one between them. */
export type Span = Days & { days: readonly string[]; hits: number }

/**
 * Makes the rollups of some days of a site, from hits and visits. `lastOf`: hits of these days are about to go, and what
 * this makes remains; nothing else may be made of them then. @throws StoreError
 */
export async function rollDays(
  store: Store,
  site: Site,
  { days: all, hits, copy, lastOf, ...days }: Span & ScratchOptions & { lastOf?: Days | undefined },
): Promise<void> {
  const version = await newVersion(store)
  const starts = slots({ ...days, kind: 'range', timezone: site.timezone, running: false }, 'hour')
  const params = {
    site: site.id,
    timezone: site.timezone,
    ...days,
    version,
    starts: starts.map(({ start }) => start),
    ...(lastOf && foldParams(site, lastOf)),
  }
  const fold = lastOf !== undefined && site.settings.rareBelow > 1
  const further = Object.assign({}, ...keptReports.map(({ params }) => params ?? {}))
  await withScratch(store, { site: site.id, ...days, copy }, async (tables) => {
    const reading = { tables, oneDay: days.from === days.to, inMemory: hits < mostInMemory }
    for (const sql of daySql({ ...reading, hits, last: lastOf !== undefined, fold }))
      await store.command(sql, { ...params, ...further }, inserting)
  })
  // What began before days were closed must not take the place of what is made of them a last time.
  const closed = lastOf ? '' : await closedUntilNow(store, site.id)
  const open = all.filter((day) => day > closed)
  await count(
    store,
    site,
    version,
    open.map((start) => ({ period: 'day', start })),
  )
}

/** What the SQL has to be told to fold labels that few visitors had in these days. */
export function foldParams({ settings }: Site, { from, to }: Days) {
  return { fold: settings.rareBelow, fold_from: from, fold_to: to }
}

/** Puts a week, month or year together from what is stored of it. @throws StoreError */
export async function rollWhole(
  store: Store,
  site: Site,
  period: WholeKind,
  start: string,
  rolled: Rolled,
): Promise<void> {
  const version = await newVersion(store)
  const pieces = partsOf(period, start).flatMap((part) => {
    const found = rolled.version(part.period, part.start)
    return found === undefined ? [] : [{ ...part, version: found }]
  })
  if (pieces.length > 0) {
    const params = { period, start, version, site: site.id, ...pieceParams(site, pieces) }
    const [found] = await store.query<{ rows: number }>(
      `SELECT count() AS rows FROM rollups
       WHERE site_id = {site:UInt32} AND start IN {starts_on:Array(Date)} AND ${countedVersions}`,
      params,
    )
    const few = (found?.rows ?? 0) < fewRows
    for (const sql of wholeSql(period, few)) await store.command(sql, params, joining)
  }
  await count(store, site, version, [{ period, start }])
}

/** A year of its months, all others of their days. */
export function partsOf(period: WholeKind, start: string): { period: 'day' | 'month'; start: string }[] {
  const days = [...eachDay(daysAround(period, start))]
  return period === 'year'
    ? days.filter((day) => day.endsWith('-01')).map((day) => ({ period: 'month', start: day }))
    : days.map((day) => ({ period: 'day', start: day }))
}

function* eachDay({ from, to }: Days): Generator<string> {
  for (let time = Date.parse(from); time <= Date.parse(to); time += 86_400_000) {
    yield new Date(time).toISOString().slice(0, 10)
  }
}

async function count(
  store: Store,
  site: Site,
  version: number,
  periods: readonly { period: Exclude<PeriodKind, 'range'>; start: string }[],
): Promise<void> {
  if (periods.length === 0) return
  const definition = definitionOf(site)
  await store.insert(
    'rolled',
    periods.map(({ period, start }) => ({ site_id: site.id, period, start, version, definition })),
  )
}

/** By the clock of the store, which also says when days change; no two at once are the same. */
export async function newVersion(store: Store): Promise<number> {
  const [row] = await store.query<{ now: number }>('SELECT toUnixTimestamp64Micro(now64(6)) AS now')
  if (!row) throw new Error('ClickHouse does not tell the time.')
  return row.now
}

const kept = 'site_id, report, period, start, version, labels'

/** INSERTs of the rows of the reports for each of the days, of their totals, and of the hours of the overview. */
function daySql({ hits, last, fold, ...reading }: DaysRead & { hits: number; last: boolean }): string[] {
  const rows = keptReports
    .filter(({ dimensions }) => dimensions.length > 0)
    .map((report): DayRows => dayRows(report, true, 'day', { ...reading, fold }))
  // A last time with each report: which one is the first may change.
  const totals = keptReports
    .filter((report) => last || totalsOf(report) === report)
    .map((report) => dayRows(report, false, 'day', reading))
  // The overview alone is asked for by the hour.
  const hours = keptReports
    .filter(({ dimensions }) => dimensions.length === 0)
    .map((report) => dayRows(report, false, 'hour', reading))
  return inStatements([...rows, ...totals, ...hours], hits).map(({ columns, some }) => {
    const selects = some.map((one) => dayRowsSql(one, columns))
    return `INSERT INTO rollups (${kept}, ${columns})\n${selects.join('\nUNION ALL\n')}`
  })
}

/**
 * Rows that have the same columns are inserted together: then less has to be merged. Of many hits only a few of them, and only
 * those of visits, which take little memory.
 */
function inStatements(all: readonly DayRows[], hits: number): { columns: string; some: DayRows[] }[] {
  const columnsOf = ({ columns }: DayRows) => columns.join(', ')
  return groupedBy(all, columnsOf).flatMap((alike) => {
    const columns = alike.map(columnsOf)[0] ?? ''
    const few = hits <= manyRows ? 12 : alike.every(({ ofVisits }) => ofVisits) ? 4 : 1
    return chunked(alike, few).map((some) => ({ columns, some }))
  })
}

type DayGrain = 'day' | 'hour'

type DaysRead = { tables: SourceTables; oneDay: boolean; inMemory: boolean; fold?: boolean }

type DayRows = {
  report: string
  labels: string[]
  grain: DayGrain
  columns: string[]
  counts: string
  /** Whether nothing else is counted. */
  ofVisits: boolean
}

function dayRows(
  report: Report,
  divided: boolean,
  grain: DayGrain,
  { fold = false, ...reading }: DaysRead,
): DayRows {
  return {
    report: report.name,
    labels: grain === 'hour' ? ['slot'] : divided ? report.dimensions.map(({ name }) => name) : [],
    grain,
    columns: storedColumns(report, divided)
      // Hours need no sketches: nobody puts them together.
      .filter(({ precision }) => grain === 'day' || precision === undefined)
      .map(({ column }) => column),
    ofVisits: report.parts.every(({ from }) => from === 'visit'),
    counts: countedSql(report, {
      raw: true,
      stored: false,
      sketched: grain === 'day',
      grain,
      divided,
      ...reading,
      fold: fold && canBeFolded(report),
    }),
  }
}

function dayRowsSql({ report, labels, grain, counts }: DayRows, columns: string): string {
  const start = grain === 'day' ? 'toDate(slot)' : 'toDate(toDateTime(toUInt32(slot), {timezone:String}))'
  return `SELECT {site:UInt32}, '${report}', '${grain}', ${start}, {version:UInt64}, CAST([${labels.join(', ')}], 'Array(String)'),
  ${columns}
FROM (
${counts}
)`
}

type Stored = { column: string; of: Column; precision?: number }

/** What is kept of a report: a column for each number and spread, and one for a sketch of what cannot be added up. */
export function storedColumns(report: Report, divided: boolean): Stored[] {
  return [...columnsOf(report), ...spreadsOf(report)].flatMap((of): Stored[] => {
    if (of.aggregation !== 'unique') return [{ column: of.name, of }]
    const sketch = sketchOf(of.name, divided && report.dimensions.length > 0)
    return [
      { column: of.name, of },
      { ...sketch, of },
    ]
  })
}

/** Those that keep the same columns. */
function alikeIn(reports: readonly Report[]): Report[][] {
  return groupedBy(reports, (report) =>
    storedColumns(report, true)
      .map(({ column }) => column)
      .join(),
  )
}

const families = alikeIn(keptReports.filter(({ dimensions }) => dimensions.length > 0))

function groupedBy<T>(all: readonly T[], keyOf: (one: T) => string): T[][] {
  const groups = new Map<string, T[]>()
  for (const one of all) {
    const key = keyOf(one)
    groups.set(key, [...(groups.get(key) ?? []), one])
  }
  return [...groups.values()]
}

/** So many rows are put together by one statement, which has all columns in memory. */
const fewRows = 50_000

/**
 * INSERTs that put a week, month or year together: rows, and totals. Of many rows those with the same columns by one
 * statement, which needs memory for no others. Sketches of years are never joined, so they are not kept.
 */
function wholeSql(period: WholeKind, few: boolean): string[] {
  const rows = few ? [families.flat()] : families
  return [...rows.map((some) => joinedSql(period, some, true)), joinedSql(period, keptReports, false)]
}

function joinedSql(period: WholeKind, reports: readonly Report[], divided: boolean): string {
  const all = new Map(
    reports.flatMap((report) => storedColumns(report, divided)).map((stored) => [stored.column, stored]),
  )
  const columns = [...all.values()].flatMap(({ column, of, precision }): [column: string, sql: string][] => {
    if (precision !== undefined) {
      return period === 'year' ? [] : [[column, `uniqCombinedMergeState(${precision})(${column})`]]
    }
    if (of.aggregation !== 'unique') return [[column, settledSql(of, `${adders[of.aggregation]}(${column})`)]]
    const sketch = [...all.values()].find(
      (stored) => stored.of.name === column && stored.precision !== undefined,
    )
    if (!sketch) throw new Error(`No sketch of ${column} is kept.`)
    const union = `toFloat64(uniqCombinedMerge(${sketch.precision})(${sketch.column})) + sumIf(${column}, version = 0)`
    // Reports without visits have none to be bounded by.
    const bounded = all.has('visits') ? `if(sum(visits) > 0, least(${union}, sum(visits)), ${union})` : union
    return [[column, `if(countIf(${column} > 0) <= 1, sum(${column}), ${bounded})`]]
  })
  const names = reports.map(({ name }) => `'${name}'`).join(', ')
  return `INSERT INTO rollups (${[kept, ...columns.map(([name]) => name)].join(', ')})
SELECT {site:UInt32}, report, {period:String}, {start:Date}, {version:UInt64}, labels,
  ${columns.map(([name, sql]) => `${sql} AS x_${name}`).join(',\n  ')}
FROM rollups
WHERE site_id = {site:UInt32} AND report IN (${names}) AND period IN {periods:Array(String)}
  AND start IN {starts_on:Array(Date)} AND ${countedVersions}
  AND ${divided ? 'notEmpty(labels)' : areTotals}
GROUP BY report, labels`
}
