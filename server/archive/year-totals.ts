// The totals that remain of a year: every report for the year, its months, weeks and days, and the hours of its
// days. Made with the catalogue's own SQL, so that a final report says what it said before.

import type { Site } from '../admin/site.ts'
import { pieceParams } from '../reports/answer.ts'
import { catalogue, type Report } from '../reports/catalogue.ts'
import { addDays, daysAround, slots } from '../reports/period.ts'
import {
  columnsOf,
  countedSql,
  queryOptions,
  type SlotGrain,
  spreadsOf,
  totalsSql,
} from '../reports/query.ts'
import type { Params, Store } from '../store/store.ts'

export type YearOfSite = {
  store: Store
  site: Site
  year: number
  /** Whether the year before is final as well, and with it the week in which this year begins. */
  afterFinalYear: boolean
}

/** What is kept of a year; the last minutes of it are of no interest. */
export const keptReports: readonly Report[] = catalogue.filter(({ span }) => span === 'period')

/** A year would not end well: stored totals are not what the raw data says. */
export class CheckError extends Error {
  override name = 'CheckError'
}

/** The last day that the totals of a year are about: the Sunday of the last week that begins in it. */
export function lastDayOf(year: number): string {
  return daysAround('week', `${year}-12-31`).to
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

export async function storeTotals(of: YearOfSite, report: Report): Promise<void> {
  await of.store.command(
    `INSERT INTO rollups (site_id, final, report, version, period, start, labels, ${names(report)})
SELECT {site:UInt32}, {year:UInt16}, '${report.name}', 0, period, start, labels, ${names(report)}
FROM (
${rowsSql(report)}
)`,
    params(of, report),
    // The same rows may come again after they were cleared.
    { ...spilling, insert_deduplicate: 0, max_partitions_per_insert_block: '0' },
  )
}

/** How many rows would be stored. */
export async function countTotals(of: YearOfSite, report: Report): Promise<number> {
  const sql = `SELECT count() AS rows FROM (\n${rowsSql(report)}\n)`
  const [row] = await of.store.query<{ rows: number }>(sql, params(of, report), spilling)
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
  { store, site, year }: YearOfSite,
  report: Report,
  stored: boolean,
): Promise<Record<string, number>> {
  const { from, to } = daysAround('year', `${year}-01-01`)
  const [figures = {}] = await store.query<Record<string, number>>(
    totalsSql(report, { raw: !stored, stored }),
    {
      site: site.id,
      timezone: site.timezone,
      from,
      to,
      ...pieceParams(site, [{ period: 'year', start: from, version: 0 }]),
    },
    spilling,
  )
  return figures
}

/**
 * Compares what is stored with what the raw data says at this moment: in each period the number of rows and
 * the sum of every metric, of the rows and of the totals. @throws CheckError
 */
export async function checkTotals(of: YearOfSite, report: Report): Promise<void> {
  type Difference = { period: string; begin: string; name: string; stored: number; counted: number }
  const [first] = await of.store.query<Difference>(
    `SELECT period, begin, name, sum(m_stored) AS stored, sum(m_counted) AS counted
FROM (
${figuresSql(report, 'figure.2', '0')} rollups
WHERE site_id = {site:UInt32} AND final = {year:UInt16} AND report = '${report.name}')
UNION ALL
${figuresSql(report, '0', 'figure.2')} (
${rowsSql(report)}
)))
GROUP BY period, begin, name
HAVING abs(stored - counted) > 1e-9 * greatest(abs(stored), abs(counted))
ORDER BY period, begin, name
LIMIT 1`,
    params(of, report),
    spilling,
  )
  if (!first) return
  throw new CheckError(
    `The stored ${first.name} of "${report.name}" for the ${first.period} of ${first.begin} are ${first.stored}, ` +
      `but the hits say ${first.counted}. Nothing was dropped; run it again.`,
  )
}

/** What can be added up must be the same by days, by months and in the year. @throws CheckError */
export async function checkSums({ store, site, year }: YearOfSite, report: Report): Promise<void> {
  const names = columnsOf(report)
    .filter(({ aggregation }) => aggregation === 'sum')
    .map(({ name }) => name)
  const rows = await store.query<{ period: string; sums: number[] }>(
    `SELECT period, [${names.map((name) => `sum(${name})`).join(', ')}] AS sums
FROM rollups
WHERE site_id = {site:UInt32} AND final = {year:UInt16} AND report = '${report.name}'
  AND period IN ('day', 'month', 'year') AND empty(labels)
GROUP BY period`,
    { site: site.id, year },
  )
  const sumOf = (period: string, index: number) => rows.find((row) => row.period === period)?.sums[index] ?? 0
  for (const [index, name] of names.entries()) {
    for (const period of ['day', 'month']) {
      const [sum, whole] = [sumOf(period, index), sumOf('year', index)]
      if (Math.abs(sum - whole) <= 1e-9 * Math.max(Math.abs(sum), Math.abs(whole))) continue
      throw new CheckError(
        `The ${name} of "${report.name}" in ${year} are ${whole}, but by ${period} they add up to ${sum}. Nothing was dropped.`,
      )
    }
  }
}

/** Aggregations that do not fit into memory go on on disk; a year may take its time. */
const spilling = {
  ...queryOptions,
  max_bytes_before_external_group_by: '200000000',
  max_execution_time: 0,
}

function names(report: Report): string {
  return [...columnsOf(report), ...spreadsOf(report)].map(({ name }) => name).join(', ')
}

/** SELECT of period, start, labels and columns: a row for each label, and the totals in rows without labels. */
function rowsSql(report: Report): string {
  const select = (time: string, grain: SlotGrain, labels: string[], divided: boolean) => `SELECT ${time},
  CAST([${labels.join(', ')}], 'Array(String)') AS labels, ${names(report)}
FROM (
${countedSql(report, { raw: true, stored: false, grain, divided })}
)`
  const stored = 'slot.1 AS period, slot.2 AS start'
  const totals = select(stored, 'stored', [], false)
  const dimensions = report.dimensions.map(({ name }) => name)
  if (dimensions.length > 0) return `${select(stored, 'stored', dimensions, true)}\nUNION ALL\n${totals}`
  // The overview alone is asked for by the hour.
  const hour = `'hour' AS period, toDate(toDateTime(toUInt32(slot), {timezone:String})) AS start`
  return `${totals}\nUNION ALL\n${select(hour, 'hour', ['slot'], false)}\nWHERE toYear(start) = {year:UInt16}`
}

/** The number of rows and the metrics of what follows, one a line. */
function figuresSql(report: Report, stored: string, counted: string): string {
  const figures = [
    ...columnsOf(report).map(({ name }) => `('${name}', ${name})`),
    ...spreadsOf(report).map(({ name }) => `('${name}', toFloat64(arraySum(mapValues(${name}))))`),
  ]
  return `SELECT toString(period) AS period, toString(start) AS begin,
  concat(if(empty(labels), 'total ', ''), figure.1) AS name,
  toFloat64(${stored}) AS m_stored, toFloat64(${counted}) AS m_counted
FROM (SELECT period, start, labels, arrayJoin([${["('rows', toFloat64(1))", ...figures].join(', ')}]) AS figure FROM`
}

/**
 * Weeks belong to the year in which they begin; the first year that is final also has the one it begins in.
 */
function params({ site, year, afterFinalYear }: YearOfSite, report: Report): Params {
  const newYear = `${year}-01-01`
  const monday = daysAround('week', newYear).from
  const first = monday < newYear && afterFinalYear ? addDays(monday, 7) : monday
  const days = { from: first < newYear ? first : newYear, to: lastDayOf(year) }
  const hours =
    report.dimensions.length === 0
      ? slots({ ...days, kind: 'range', timezone: site.timezone, running: false }, 'hour')
      : []
  return {
    site: site.id,
    year,
    timezone: site.timezone,
    ...days,
    first,
    starts: hours.map(({ start }) => start),
    ...report.params,
  }
}
