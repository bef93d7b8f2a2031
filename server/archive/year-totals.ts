// The totals that remain of a year: every report for the year, its months, weeks and days, and the hours of its days. They are
// put together from its days as these are rolled up, with the catalogue's own SQL, so that a final report says what it said
// before; who came on several days is looked for in the hits, where these are there (repeated.ts).

import type { Site } from '../admin/site.ts'
import { keptReports, type Report } from '../reports/catalogue.ts'
import { addDays, type Days, daysAround, slots } from '../reports/period.ts'
import {
  areTotals,
  canBeFolded,
  columnsOf,
  countedSql,
  countedVersions,
  nothing,
  type SourceTables,
  spreadsOf,
  totalsOf,
} from '../reports/query.ts'
import { finalWeek } from '../reports/rolled.ts'
import { type Piece, pieceParams } from '../reports/source.ts'
import type { Params, Store } from '../store/store.ts'
import { repeatedSql } from './repeated.ts'
import { foldParams, inserting, manyRows } from './rollup.ts'

export type YearOfSite = {
  store: Store
  site: Site
  year: number
  /** The days that totals are about, and their hours, as they are rolled up. */
  pieces: readonly Piece[]
  days: TotalsDays
  /** Whether hits of the year went by months: visitors are those of the union of sketches. */
  joined: boolean
  /** To be read in place of hits. */
  tables?: SourceTables
  /** A table of the visitors who came on several days. */
  returning?: string | undefined
}

/** `first`: of the first week. */
export type TotalsDays = Days & { first: string }

/** The last day that the totals of a year are about: the Sunday of the last week that begins in it. */
export function lastDayOf(year: number): string {
  return daysAround('week', `${year}-12-31`).to
}

/** Rows that are rolled up of its days. */
export async function countRolled({ store, site, pieces }: YearOfSite): Promise<number> {
  const [row] = await store.query<{ rows: number }>(
    `SELECT count() AS rows FROM rollups WHERE site_id = {site:UInt32} AND ${countedVersions}`,
    { site: site.id, ...pieceParams(site, pieces) },
  )
  return row?.rows ?? 0
}

/** Takes away what is there of a run that did not come to its end. */
export async function clearTotals({ store, site, year }: YearOfSite): Promise<void> {
  const left = await store.query(
    'SELECT 1 FROM rollups WHERE site_id = {site:UInt32} AND final = {year:UInt16} LIMIT 1',
    { site: site.id, year },
  )
  if (left.length === 0) return
  await store.command(
    'ALTER TABLE {{local rollups}} {{on cluster}} DELETE WHERE site_id = {site:UInt32} AND final = {year:UInt16}',
    { site: site.id, year },
  )
}

/** Rollups of what is final are of no use any more, and there are sketches of visitors in them. */
export async function dropRollups(store: Store, site: Site, year: number): Promise<void> {
  const days = { from: daysAround('week', `${year}-01-01`).from, to: `${year}-12-31` }
  await store.command(
    `ALTER TABLE {{local rollups}} {{on cluster}}
     DELETE WHERE site_id = {site:UInt32} AND version > 0 AND start BETWEEN {from:Date} AND {to:Date}`,
    { site: site.id, ...days },
  )
}

/**
 * Says when the week in which the year ends was counted: days of it are in the next year, and may get hits after that
 * (reports/rolled.ts).
 */
export async function dateLastWeek({ store, site, year }: YearOfSite, counted: number): Promise<void> {
  const start = daysAround('week', `${year}-12-31`).from
  const row = { site_id: site.id, period: 'week', start, version: counted, definition: finalWeek }
  await store.insert('rolled', [row])
}

/** What is put together at once: periods of some kinds, of some days. */
type Share = { kinds: readonly string[]; days: Days }

const allKinds = ['day', 'week', 'month', 'year']

/** Of reports that are worth one INSERT together; totals that several of them have in common only of the first. */
export async function storeTotals(of: YearOfSite, reports: readonly Report[]): Promise<void> {
  for (const share of sharesOf(of, reports)) await storeShare(of, reports, share)
}

/** A report of many rows is alone, and put together by and by: it needs the memory. */
function sharesOf({ site, days }: YearOfSite, [report, ...others]: readonly Report[]): Share[] {
  if (!report || others.length > 0) return [{ kinds: allKinds, days }]
  // To know which labels are rare takes a look at all hits of the year, each time.
  if (site.settings.rareBelow > 1 && canBeFolded(report)) {
    return [['day'], ['week'], ['month', 'year']].map((kinds) => ({ kinds, days }))
  }
  return [...smallShares(days)]
}

/** Each month with its days, four weeks at a time, and the year. */
function* smallShares(days: Days): Generator<Share> {
  for (let from = days.from; from <= days.to; from = addDays(daysAround('month', from).to, 1)) {
    yield { kinds: ['day', 'month'], days: within(days, { from, to: daysAround('month', from).to }) }
  }
  for (let from = daysAround('week', days.from).from; from <= days.to; from = addDays(from, 28)) {
    yield { kinds: ['week'], days: within(days, { from, to: addDays(from, 27) }) }
  }
  yield { kinds: ['year'], days }
}

function within(days: Days, { from, to }: Days): Days {
  return { from: from > days.from ? from : days.from, to: to < days.to ? to : days.to }
}

async function storeShare(of: YearOfSite, reports: readonly Report[], share: Share): Promise<void> {
  const all = [...new Set(reports.flatMap(names))]
  const selects = reports.flatMap((report) => {
    const own = new Set(names(report))
    const columns = all.map((name) => (own.has(name) ? name : `${absent(name)} AS ${name}`))
    return partsSql(of, report, share.kinds, totalsOf(report) === report).map(
      (
        sql,
      ) => `SELECT {site:UInt32}, {year:UInt16}, '${report.name}', 0, period, start, labels, ${columns.join(', ')}
FROM (
${sql}
)`,
    )
  })
  await of.store.command(
    `INSERT INTO rollups (site_id, final, report, version, period, start, labels, ${all.join(', ')})
${selects.join('\nUNION ALL\n')}`,
    params(of, reports, share),
    storing,
  )
}

/** Days, and who came again, are put together by one statement; to know these by the index would take half a gigabyte. */
const storing = {
  ...inserting,
  max_bytes_before_external_group_by: '100000000',
  use_index_for_in_with_subqueries: 0,
} as const

/** The reports whose totals are rolled up once, as those of this one. */
export function sharing(first: Report): Report[] {
  return keptReports.filter((report) => totalsOf(report) === first)
}

/** Gives each report the totals that are stored of the first that has the same. */
export async function shareTotals({ store, site, year }: YearOfSite): Promise<void> {
  const firsts = keptReports.filter((report) => sharing(report).length > 1)
  await store.command(
    `INSERT INTO rollups SELECT * REPLACE (arrayJoin({others:Array(Array(String))}[indexOf({firsts:Array(String)}, report)]) AS report)
     FROM (SELECT * FROM rollups
       WHERE site_id = {site:UInt32} AND final = {year:UInt16} AND report IN {firsts:Array(String)} AND ${areTotals})`,
    {
      site: site.id,
      year,
      firsts: firsts.map(({ name }) => name),
      others: firsts.map((first) =>
        sharing(first).flatMap(({ name }) => (name === first.name ? [] : [name])),
      ),
    },
    inserting,
  )
}

export type YearFigures = { rows: number; totals: Record<string, number> }

/**
 * How many rows are, or would be, stored of a report, and what it counts of the whole year. `rolledRows`: how many there are
 * of all reports.
 */
export async function yearFigures(
  of: YearOfSite,
  report: Report,
  { stored, rolledRows }: { stored: boolean; rolledRows: number },
): Promise<YearFigures> {
  const { store, site, year } = of
  const counted = columnsOf(report).filter(({ name, aggregation }) => {
    const shown = report.metrics.some((metric) => metric.name === name)
    return shown && (aggregation === 'sum' || aggregation === 'unique')
  })
  const sums = counted.map(({ name }) => `sumIf(${name}, period = 'year' AND empty(labels))`)
  const figures: YearFigures = { rows: 0, totals: Object.fromEntries(counted.map(({ name }) => [name, 0])) }
  const add = async (from: string, values: Params) => {
    const [row] = await store.query<{ rows: number; sums: number[] }>(
      `SELECT count() AS rows, CAST([${sums.join(', ')}], 'Array(Float64)') AS sums FROM ${from}`,
      values,
      storing,
    )
    figures.rows += row?.rows ?? 0
    for (const [at, { name }] of counted.entries()) {
      figures.totals[name] = (figures.totals[name] ?? 0) + (row?.sums[at] ?? 0)
    }
  }
  if (stored) {
    await add(
      'rollups WHERE site_id = {site:UInt32} AND final = {year:UInt16} AND report = {report:String}',
      { site: site.id, year, report: report.name },
    )
    return figures
  }
  for (const share of rolledRows > manyRows ? sharesOf(of, [report]) : [{ kinds: allKinds, days: of.days }]) {
    const parts = partsSql(of, report, share.kinds, true)
    await add(`(\n${parts.join('\nUNION ALL\n')}\n)`, params(of, [report], share))
  }
  return figures
}

/** The columns that are kept of a report. */
export function names(report: Report): string[] {
  return [...columnsOf(report), ...spreadsOf(report)].map(({ name }) => name)
}

const spreads = new Set(keptReports.flatMap((report) => spreadsOf(report).map(({ name }) => name)))

/** What a report has in the columns of others. */
function absent(name: string): string {
  return spreads.has(name) ? nothing.spread : '0.'
}

/** SELECTs of period, start, labels and columns: a row for each label, and the totals in rows without labels. */
function partsSql(of: YearOfSite, report: Report, kinds: readonly string[], totals: boolean): string[] {
  const isDivided = report.dimensions.length > 0
  return [
    ...(isDivided ? [selectSql(of, report, kinds, true)] : []),
    ...(totals ? [selectSql(of, report, kinds, false)] : []),
    // The overview alone is asked for by the hour.
    ...(!isDivided && kinds.includes('day')
      ? [`${selectSql(of, report, 'hour', false)}\nWHERE toYear(start) = {year:UInt16}`]
      : []),
  ]
}

function selectSql(
  { site, joined, tables = {}, returning }: YearOfSite,
  report: Report,
  of: readonly string[] | 'hour',
  divided: boolean,
): string {
  const grain = of === 'hour' ? 'hour' : 'stored'
  const fold = divided && site.settings.rareBelow > 1 && canBeFolded(report)
  const exact = grain === 'stored' && !joined
  const besides = exact ? repeatedSql(report, { tables, returning, fold, divided }) : []
  const counted = countedSql(report, { raw: false, stored: true, joined, grain, divided, fold, besides })
  const dimensions = divided ? report.dimensions.map(({ name }) => name) : []
  const [time, labels] =
    grain === 'stored'
      ? ['slot.1 AS period, slot.2 AS start', dimensions]
      : [`'hour' AS period, toDate(toDateTime(toUInt32(slot), {timezone:String})) AS start`, ['slot']]
  return `SELECT ${time},
  CAST([${labels.join(', ')}], 'Array(String)') AS labels, ${names(report).join(', ')}
FROM (
${counted}
)`
}

/**
 * The days that totals of a year are made of. Weeks belong to the year in which they begin; the first year that is final
 * also has the one it begins in: `afterFinalYear`, the year before is final as well.
 */
export function daysOf(year: number, afterFinalYear: boolean): TotalsDays {
  const newYear = `${year}-01-01`
  const monday = daysAround('week', newYear).from
  const first = monday < newYear && afterFinalYear ? addDays(monday, 7) : monday
  return { first, from: first < newYear ? first : newYear, to: lastDayOf(year) }
}

function params(of: YearOfSite, reports: readonly Report[], { kinds, days }: Share): Params {
  const { site, year } = of
  const hours = reports.some(({ dimensions }) => dimensions.length === 0)
    ? slots({ ...days, kind: 'range', timezone: site.timezone, running: false }, 'hour')
    : []
  return {
    site: site.id,
    year,
    kinds,
    timezone: site.timezone,
    first: of.days.first,
    from: days.from,
    to: days.to,
    ...foldParams(site, daysAround('year', `${year}-01-01`)),
    fold_starts: of.pieces.map(({ start }) => start),
    fold_versions: of.pieces.map(({ version }) => version),
    ...pieceParams(
      site,
      of.pieces.filter(({ start }) => start >= days.from && start <= days.to),
    ),
    starts: hours.map(({ start }) => start),
    ...Object.assign({}, ...reports.map(({ params }) => params ?? {})),
  }
}
