// The totals that remain of a year: every report for the year, its months, weeks and days, and the hours of its
// days. Made with the catalogue's own SQL, so that a final report says what it said before.

import type { Site } from '../admin/site.ts'
import { ofTheDays, sourceSql } from '../reports/catalogue/part-source.ts'
import { keptReports, type Report } from '../reports/catalogue.ts'
import { addDays, type Days, daysAround, slots } from '../reports/period.ts'
import {
  areTotals,
  type Column,
  canBeFolded,
  columnsOf,
  countedSql,
  countedVersions,
  nothing,
  type SlotGrain,
  type SourceTables,
  spreadsOf,
  totalsOf,
} from '../reports/query.ts'
import { definitionOf, finalWeek } from '../reports/rolled.ts'
import { type Piece, pieceParams } from '../reports/source.ts'
import { totalsSql } from '../reports/table-sql.ts'
import { markChanged } from '../store/changed-days.ts'
import type { Params, Store } from '../store/store.ts'
import { firstDifference, fractionsDiffer, hasFractions } from './comparing.ts'
import { foldParams, inserting, spilling } from './rollup.ts'

export type YearOfSite = {
  store: Store
  site: Site
  year: number
  /** Whether the year before is final as well, and with it the week in which this year begins. */
  afterFinalYear: boolean
  /** To be read in place of sources. */
  tables?: SourceTables
  /** Days, and their hours, as they are rolled up: what is read where hits of the year went by months. */
  pieces?: readonly Piece[]
}

/** A year would not end well: stored totals are not what the raw data says. */
export class CheckError extends Error {
  override name = 'CheckError'
}

/** The last day that the totals of a year are about: the Sunday of the last week that begins in it. */
export function lastDayOf(year: number): string {
  return daysAround('week', `${year}-12-31`).to
}

export async function countHits({ store, site, year }: YearOfSite): Promise<number> {
  const [row] = await store.query<{ hits: number }>(
    'SELECT count() AS hits FROM hits WHERE site_id = {site:UInt32} AND day BETWEEN {from:Date} AND {to:Date}',
    { site: site.id, ...daysAround('year', `${year}-01-01`) },
  )
  return row?.hits ?? 0
}

/** Rows that are rolled up of its days. */
export async function countRolled({ store, site, pieces = [] }: YearOfSite): Promise<number> {
  const [row] = await store.query<{ rows: number }>(
    `SELECT count() AS rows FROM rollups WHERE site_id = {site:UInt32} AND ${countedVersions}`,
    { site: site.id, ...pieceParams(site, pieces) },
  )
  return row?.rows ?? 0
}

export async function clearTotals({ store, site, year }: YearOfSite): Promise<void> {
  await store.command(
    'ALTER TABLE {{local rollups}} {{on cluster}} DELETE WHERE site_id = {site:UInt32} AND final = {year:UInt16}',
    { site: site.id, year },
  )
}

/** Rollups of what is final are of no use any more, and there are sketches of visitors in them. */
export async function dropRollups({ store, site, year }: YearOfSite): Promise<void> {
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

/** Of reports that are worth one INSERT together. */
export async function storeTotals(of: YearOfSite, reports: readonly Report[]): Promise<void> {
  const all = [...new Set(reports.flatMap(names))]
  const selects = reports.map((report) => {
    const own = new Set(names(report))
    const columns = all.map((name) => (own.has(name) ? name : `${absent(name)} AS ${name}`))
    return `SELECT {site:UInt32}, {year:UInt16}, '${report.name}', 0, period, start, labels, ${columns.join(', ')}
FROM (
${rowsSql(of, report)}
)`
  })
  await of.store.command(
    `INSERT INTO rollups (site_id, final, report, version, period, start, labels, ${all.join(', ')})
${selects.join('\nUNION ALL\n')}`,
    params(of, reports),
    inserting,
  )
}

/** How many rows would be stored. */
export async function countTotals(of: YearOfSite, report: Report): Promise<number> {
  const sql = `SELECT count() AS rows FROM (\n${rowsSql(of, report)}\n)`
  const [row] = await of.store.query<{ rows: number }>(sql, params(of, [report]), spilling)
  return row?.rows ?? 0
}

export async function countStored({ store, site, year }: YearOfSite, report: Report): Promise<number> {
  const [row] = await store.query<{ rows: number }>(
    `SELECT count() AS rows FROM rollups
     WHERE site_id = {site:UInt32} AND final = {year:UInt16} AND report = {report:String}`,
    { site: site.id, year, report: report.name },
  )
  return row?.rows ?? 0
}

/** The figures of the whole year, from the stored totals or from the raw data. */
export async function yearFigures(
  { store, site, year, pieces }: YearOfSite,
  report: Report,
  stored: boolean,
): Promise<Record<string, number>> {
  const { from, to } = daysAround('year', `${year}-01-01`)
  const joined = pieces !== undefined && !stored
  const ofYear = (pieces ?? []).filter(
    ({ period, start }) => period === 'day' && start >= from && start <= to,
  )
  const [figures = {}] = await store.query<Record<string, number>>(
    totalsSql(report, { raw: !stored && !joined, stored: stored || joined, joined }),
    {
      site: site.id,
      timezone: site.timezone,
      from,
      to,
      ...pieceParams(site, joined ? ofYear : [{ period: 'year', start: from, version: 0 }]),
    },
    spilling,
  )
  return figures
}

/**
 * Compares what is stored with what the raw data says at this moment: in each period the number of rows and
 * the sum of every metric, of the rows and of the totals. @throws CheckError
 */
export async function checkTotals(of: YearOfSite, reports: readonly Report[]): Promise<void> {
  const first = await firstDifference(of.store, {
    reports,
    stored: 'site_id = {site:UInt32} AND final = {year:UInt16}',
    counted: (report) => rowsSql(of, report),
    params: params(of, reports),
  })
  if (!first) return
  throw new CheckError(
    `The stored ${first.name} of "${first.report}" for the ${first.period} of ${first.start} are ${first.stored}, ` +
      `but the hits say ${first.counted}. Nothing was dropped; run it again.`,
  )
}

/** What can be added up must be the same by days, by months and in the year. @throws CheckError */
export async function checkSums(
  { store, site, year }: YearOfSite,
  reports: readonly Report[],
): Promise<void> {
  const names = namesOfSums(reports)
  const rows = await store.query<{ report: string; period: string; sums: number[]; sizes: number[] }>(
    `SELECT report, period, [${names.map((name) => `sum(${name})`).join(', ')}] AS sums,
  [${names.map((name) => `sum(abs(${name}))`).join(', ')}] AS sizes
FROM rollups
WHERE site_id = {site:UInt32} AND final = {year:UInt16} AND report IN {reports:Array(String)}
  AND period IN ('day', 'month', 'year') AND ${areTotals}
GROUP BY report, period`,
    { site: site.id, year, reports: reports.map(({ name }) => name) },
  )
  const found = new Map(rows.map((row) => [`${row.report} ${row.period}`, row]))
  const { by, least } = fractionsDiffer
  for (const report of reports) {
    for (const column of sumsOf(report)) {
      const { name } = column
      const at = names.indexOf(name)
      const [year, days] = ['year', 'day'].map((period) => found.get(`${report.name} ${period}`))
      for (const period of ['day', 'month']) {
        const [sum, whole] = [found.get(`${report.name} ${period}`)?.sums[at] ?? 0, year?.sums[at] ?? 0]
        const most = hasFractions(column)
          ? least + by * (days?.sizes[at] ?? 0)
          : 1e-9 * Math.max(Math.abs(sum), Math.abs(whole))
        if (Math.abs(sum - whole) <= most) continue
        throw new CheckError(
          `The ${name} of "${report.name}" in ${year} are ${whole}, but by ${period} they add up to ${sum}. Nothing was dropped.`,
        )
      }
    }
  }
}

/**
 * Compares copies of what is put together from hits with the hits, once: what was counted from a copy was checked against
 * the same copy. @throws CheckError
 */
export async function checkCopies(of: YearOfSite): Promise<void> {
  const { store, site, tables: { visit, measured } = {} } = of
  if (!visit || !measured) return
  const { from, to } = daysOf(of)
  const [differing] = await store.query<{ name: string; copied: number; counted: number }>(
    `SELECT name, sum(of_copy) AS copied, sum(of_hits) AS counted
FROM (
SELECT 'visits' AS name, count() AS of_copy, 0 AS of_hits FROM ${visit}
UNION ALL SELECT 'hits', sum(hits), 0 FROM ${visit}
UNION ALL SELECT 'measurements', count(), 0 FROM ${measured}
UNION ALL SELECT 'visits', 0, count() FROM (SELECT 1 FROM hits WHERE ${ofTheDays} GROUP BY site_id, day, visit_id)
UNION ALL SELECT 'hits', 0, count() FROM hits WHERE ${ofTheDays}
UNION ALL SELECT 'measurements', 0, count() FROM ${sourceSql.measured([ofTheDays])}
)
GROUP BY name HAVING copied != counted ORDER BY name`,
    { site: site.id, from, to },
    spilling,
  )
  if (!differing) return
  throw new CheckError(
    `The totals were counted from ${differing.copied} ${differing.name}, but there are ${differing.counted}. Nothing was dropped; run it again.`,
  )
}

/**
 * Compares what can be added up of each day with its rollup, where that is as new as the hits. A day that differs is rolled
 * up anew. @throws CheckError
 */
export async function checkRollups({ store, site, year }: YearOfSite): Promise<void> {
  const reports = keptReports.filter((report) => totalsOf(report) === report)
  const names = namesOfSums(reports)
  const fractions = reports.flatMap(sumsOf).filter(hasFractions)
  const [first] = await store.query<{
    report: string
    day: string
    name: string
    stored: number
    rolled: number
  }>(
    `SELECT report, toString(start) AS day, figure.1 AS name,
  sumIf(figure.2, version = 0) AS stored, sumIf(figure.2, version > 0) AS rolled
FROM (
  SELECT report, start, version, arrayJoin([${names.map((name) => `('${name}', ${name})`).join(', ')}]) AS figure
  FROM rollups
  WHERE site_id = {site:UInt32} AND report IN {reports:Array(String)} AND period = 'day' AND ${areTotals}
    AND (start, version) GLOBAL IN (
      SELECT start, arrayJoin([newest, 0]) FROM (
        SELECT start, max(version) AS newest FROM rolled
        WHERE site_id = {site:UInt32} AND period = 'day' AND definition = {definition:String}
          AND start BETWEEN {from:Date} AND {to:Date}
        GROUP BY start) AS made
      INNER JOIN (
        SELECT day AS start, toUnixTimestamp64Micro(toDateTime64(max(changed_at), 6)) AS changed FROM days
        WHERE site_id = {site:UInt32} AND day BETWEEN {from:Date} AND {to:Date} GROUP BY day) AS changes USING (start)
      WHERE newest > changed)
)
GROUP BY report, start, name
HAVING abs(stored - rolled) > 1e-9 * greatest(abs(stored), abs(rolled))
  + if(has({fractions:Array(String)}, name), ${fractionsDiffer.least}, 0)
ORDER BY start, report, name
LIMIT 1`,
    {
      site: site.id,
      reports: reports.map(({ name }) => name),
      definition: definitionOf(site),
      fractions: [...new Set(fractions.map(({ name }) => name))],
      ...daysAround('year', `${year}-01-01`),
    },
    spilling,
  )
  if (!first) return
  await markChanged(store, site.id, [first.day])
  throw new CheckError(
    `The ${first.name} of "${first.report}" on ${first.day} are ${first.stored}, but ${first.rolled} in the rollup of that day. ` +
      'It is made anew; nothing was dropped. Run it again later.',
  )
}

function sumsOf(report: Report): Column[] {
  return columnsOf(report).filter(({ aggregation }) => aggregation === 'sum')
}

function namesOfSums(reports: readonly Report[]): string[] {
  return [...new Set(reports.flatMap(sumsOf).map(({ name }) => name))]
}

function names(report: Report): string[] {
  return [...columnsOf(report), ...spreadsOf(report)].map(({ name }) => name)
}

const spreads = new Set(keptReports.flatMap((report) => spreadsOf(report).map(({ name }) => name)))

/** What a report has in the columns of others. */
function absent(name: string): string {
  return spreads.has(name) ? nothing.spread : '0.'
}

/** SELECT of period, start, labels and columns: a row for each label, and the totals in rows without labels. */
function rowsSql({ site, tables = {}, pieces }: YearOfSite, report: Report): string {
  const folds = site.settings.rareBelow > 1
  const from = { raw: !pieces, stored: pieces !== undefined, joined: pieces !== undefined }
  const select = (time: string, grain: SlotGrain, labels: string[], divided: boolean) => `SELECT ${time},
  CAST([${labels.join(', ')}], 'Array(String)') AS labels, ${names(report).join(', ')}
FROM (
${countedSql(report, { ...from, tables, grain, divided, fold: folds && divided && canBeFolded(report) })}
)`
  const stored = 'slot.1 AS period, slot.2 AS start'
  const totals = select(stored, 'stored', [], false)
  const dimensions = report.dimensions.map(({ name }) => name)
  if (dimensions.length > 0) return `${select(stored, 'stored', dimensions, true)}\nUNION ALL\n${totals}`
  // The overview alone is asked for by the hour.
  const hour = `'hour' AS period, toDate(toDateTime(toUInt32(slot), {timezone:String})) AS start`
  return `${totals}\nUNION ALL\n${select(hour, 'hour', ['slot'], false)}\nWHERE toYear(start) = {year:UInt16}`
}

/**
 * The days that totals of a year are made of. Weeks belong to the year in which they begin; the first year that is final
 * also has the one it begins in.
 */
export function daysOf({ year, afterFinalYear }: YearOfSite): { first: string } & Days {
  const newYear = `${year}-01-01`
  const monday = daysAround('week', newYear).from
  const first = monday < newYear && afterFinalYear ? addDays(monday, 7) : monday
  return { first, from: first < newYear ? first : newYear, to: lastDayOf(year) }
}

function params(of: YearOfSite, reports: readonly Report[]): Params {
  const { site, year } = of
  const { first, ...days } = daysOf(of)
  const hours = reports.some(({ dimensions }) => dimensions.length === 0)
    ? slots({ ...days, kind: 'range', timezone: site.timezone, running: false }, 'hour')
    : []
  return {
    site: site.id,
    year,
    timezone: site.timezone,
    ...days,
    ...foldParams(site, daysAround('year', `${year}-01-01`)),
    ...(of.pieces && pieceParams(site, of.pieces)),
    first,
    starts: hours.map(({ start }) => start),
    ...Object.assign({}, ...reports.map(({ params }) => params ?? {})),
  }
}
