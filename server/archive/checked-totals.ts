// The checks before a year is final: its totals are what is rolled up of its days, and add up. That this is what the hits say
// is seen in compared-days.ts.

import { ofTheDays } from '../reports/catalogue/part-source.ts'
import type { Report } from '../reports/catalogue.ts'
import {
  areTotals,
  type Column,
  canBeFolded,
  columnsOf,
  countedVersions,
  totalsOf,
} from '../reports/query.ts'
import { pieceParams } from '../reports/source.ts'
import { CheckError, firstDifference, fractionsDiffer, hasFractions } from './comparing.ts'
import { spilling } from './rollup.ts'
import { names, sharing, type YearOfSite } from './year-totals.ts'

/**
 * Compares what is stored of days and their hours with what is rolled up of them: the number of rows and the sum of every
 * metric, of the rows and of the totals. Of labels that became one only the totals can be compared. @throws CheckError
 */
export async function checkDays(of: YearOfSite, reports: readonly Report[]): Promise<void> {
  const { store, site, year, pieces } = of
  const firsts = [...new Set(reports.map(totalsOf))]
  const isFolded = (report: Report) => site.settings.rareBelow > 1 && canBeFolded(report)
  const first = await firstDifference(store, {
    reports,
    stored: `site_id = {site:UInt32} AND final = {year:UInt16} AND period IN ('day', 'hour')
  AND (${areTotals} OR report NOT IN {folded:Array(String)})`,
    counted: rolledSql(reports),
    params: {
      site: site.id,
      year,
      reports: reports.map(({ name }) => name),
      folded: reports.filter(isFolded).map(({ name }) => name),
      read: [...new Set([...reports, ...firsts].map(({ name }) => name))],
      kept_as: firsts.map(({ name }) => name),
      sharing: firsts.map((first) => sharing(first).map(({ name }) => name)),
      ...pieceParams(
        site,
        pieces.filter(({ start }) => start.startsWith(`${year}-`)),
      ),
    },
  })
  if (!first) return
  throw new CheckError(
    `The stored ${first.name} of "${first.report}" for the ${first.period} of ${first.start} are ${first.stored}, ` +
      `but ${first.counted} are rolled up. Nothing was dropped; run it again.`,
  )
}

/** SELECT of what is rolled up: report, period, start, labels and the columns of the reports. */
function rolledSql(reports: readonly Report[]): string {
  const columns = [...new Set(reports.flatMap(names))].join(', ')
  // Totals that several have in common are kept once.
  return `SELECT arrayJoin(if(empty(labels), {sharing:Array(Array(String))}[indexOf({kept_as:Array(String)}, kept)], [kept])) AS report,
  period, start, labels, ${columns}
FROM (
SELECT report AS kept, period, start, labels, ${columns} FROM rollups
WHERE site_id = {site:UInt32} AND report IN {read:Array(String)} AND ${countedVersions}
)
WHERE report IN {reports:Array(String)} AND (empty(labels) OR report NOT IN {folded:Array(String)})`
}

/**
 * What can be added up must be the same by days, by months and in the year, and distinct visitors no more by what is greater.
 * @throws CheckError
 */
export async function checkSums(
  { store, site, year, joined }: YearOfSite,
  reports: readonly Report[],
): Promise<void> {
  const columns = [
    ...new Set(
      reports
        .flatMap(columnsOf)
        .filter(isCounted)
        .map(({ name }) => name),
    ),
  ]
  const rows = await store.query<{ report: string; period: string; sums: number[]; sizes: number[] }>(
    `SELECT report, period, [${columns.map((name) => `sum(${name})`).join(', ')}] AS sums,
  [${columns.map((name) => `sum(abs(${name}))`).join(', ')}] AS sizes
FROM rollups
WHERE site_id = {site:UInt32} AND final = {year:UInt16} AND report IN {reports:Array(String)}
  AND period IN ('day', 'month', 'year') AND ${areTotals}
GROUP BY report, period`,
    { site: site.id, year, reports: reports.map(({ name }) => name) },
  )
  const found = new Map(rows.map((row) => [`${row.report} ${row.period}`, row]))
  for (const report of reports) {
    for (const column of columnsOf(report).filter(isCounted)) {
      const at = columns.indexOf(column.name)
      const sumBy = (period: string) => found.get(`${report.name} ${period}`)?.sums[at] ?? 0
      const size = found.get(`${report.name} day`)?.sizes[at] ?? 0
      const [whole, byMonth, byDay] = [sumBy('year'), sumBy('month'), sumBy('day')]
      for (const [period, sum] of [
        ['day', byDay],
        ['month', byMonth],
      ] as const) {
        const ok =
          column.aggregation === 'unique'
            ? joined || (whole <= byMonth && byMonth <= byDay)
            : Math.abs(sum - whole) <= mostOff(column, sum, whole, size)
        if (ok) continue
        throw new CheckError(
          `The ${column.name} of "${report.name}" in ${year} are ${whole}, but by ${period} they add up to ${sum}. Nothing was dropped.`,
        )
      }
    }
  }
}

/**
 * Compares the copy of visits, in which it was looked for who came again, with the hits as they are now. @throws CheckError
 */
export async function checkCopies({ store, site, days, tables: { visit } = {} }: YearOfSite): Promise<void> {
  if (!visit) return
  const { from, to } = days
  const [differing] = await store.query<{ name: string; copied: number; counted: number }>(
    `SELECT name, sum(of_copy) AS copied, sum(of_hits) AS counted
FROM (
SELECT 'visits' AS name, count() AS of_copy, 0 AS of_hits FROM ${visit}
UNION ALL SELECT 'hits', sum(hits), 0 FROM ${visit}
UNION ALL SELECT 'visits', 0, count() FROM (SELECT 1 FROM hits WHERE ${ofTheDays} GROUP BY site_id, day, visit_id)
UNION ALL SELECT 'hits', 0, count() FROM hits WHERE ${ofTheDays}
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

function isCounted({ aggregation }: Column): boolean {
  return aggregation === 'sum' || aggregation === 'unique'
}

function mostOff(column: Column, sum: number, whole: number, size: number): number {
  const { by, least } = fractionsDiffer
  return hasFractions(column) ? least + by * size : 1e-9 * Math.max(Math.abs(sum), Math.abs(whole))
}
