// Compares what is stored of reports with what is counted anew, before something goes that could not be counted again.

import type { Report } from '../reports/catalogue.ts'
import { columnsOf, spreadsOf } from '../reports/query.ts'
import type { Params, Store } from '../store/store.ts'
import { spilling } from './rollup.ts'

export type Difference = {
  report: string
  period: string
  /** First day. */
  start: string
  /** The number of rows or the sum of a metric, of the rows or of the totals. */
  name: string
  stored: number
  counted: number
}

export type Compared = {
  /** They have the same columns. */
  reports: readonly Report[]
  /** What is stored: a condition over rollups. */
  stored: string
  /** What is counted: SELECT of period, start, labels and the columns. */
  counted: (report: Report) => string
  params: Params
}

/** The first difference in the number of rows or in the sum of a metric, of the rows or of the totals. @throws StoreError */
export async function firstDifference(
  store: Store,
  { reports, stored, counted, params }: Compared,
): Promise<Difference | undefined> {
  const figures = figuresOf(reports)
  const select = (report: string, side: 0 | 1, from: string) =>
    `SELECT ${report} AS report, toString(period) AS kind, toString(start) AS begin, empty(labels) AS total, ${side} AS side,
  [${figures.map(({ sql }) => sql).join(', ')}] AS figures
FROM ${from}`
  const names = reports.map(({ name }) => `'${name}'`)
  const sumOf = (side: 0 | 1) => `arrayResize(sumForEachIf(figures, side = ${side}), ${figures.length})`
  const [first] = await store.query<{
    report: string
    kind: string
    begin: string
    total: number
    sums: [number, number][]
    at: number
  }>(
    `SELECT report, kind, begin, total, arrayZip(${sumOf(1)}, ${sumOf(0)}) AS sums,
  arrayFirstIndex(sum -> abs(sum.1 - sum.2) > 1e-9 * greatest(abs(sum.1), abs(sum.2)), sums) AS at
FROM (
${select('report', 1, `rollups WHERE report IN (${names.join(', ')}) AND ${stored}`)}
UNION ALL
${reports.map((report) => select(`'${report.name}'`, 0, `(\n${counted(report)}\n)`)).join('\nUNION ALL\n')}
)
GROUP BY report, kind, begin, total
HAVING at > 0
ORDER BY report, kind, begin, total
LIMIT 1`,
    params,
    spilling,
  )
  const [figure, sums] = first ? [figures[first.at - 1], first.sums[first.at - 1]] : []
  if (!first || !figure || !sums) return undefined
  return {
    report: first.report,
    period: first.kind,
    start: first.begin,
    name: `${first.total ? 'total ' : ''}${figure.name}`,
    stored: sums[0],
    counted: sums[1],
  }
}

function figuresOf([report]: readonly Report[]): { name: string; sql: string }[] {
  if (!report) return []
  return [
    { name: 'rows', sql: 'toFloat64(1)' },
    ...columnsOf(report).map(({ name }) => ({ name, sql: `toFloat64(${name})` })),
    ...spreadsOf(report).map(({ name }) => ({ name, sql: `toFloat64(arraySum(mapValues(${name})))` })),
  ]
}
