// Compares what is stored of reports with what is counted anew, before something goes that could not be counted again.

import type { Report } from '../reports/catalogue.ts'
import { type Column, columnsOf, spreadsOf } from '../reports/query.ts'
import type { Params, Store } from '../store/store.ts'
import { spilling } from './rollup.ts'

/** Something would not end well: stored totals are not what the raw data says. */
export class CheckError extends Error {
  override name = 'CheckError'
}

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
  reports: readonly Report[]
  /** What is stored: a condition over rollups. */
  stored: string
  /** What is counted: SELECT of report, period, start, labels and the columns of all the reports. */
  counted: string
  params: Params
}

/**
 * Sums of fractions depend on the order in which they are added: by a billionth of the greatest of them, which may cancel
 * out in the end, and what a few great amounts on one day swallow.
 */
export const fractionsDiffer = { by: 1e-9, least: 0.1 } as const

/** Whether a column is a sum of fractions. */
export function hasFractions({ aggregation, format }: Column): boolean {
  return aggregation === 'sum' && format === 'decimal'
}

/** The first difference in the number of rows or in the sum of a metric, of the rows or of the totals. @throws StoreError */
export async function firstDifference(
  store: Store,
  { reports, stored, counted, params }: Compared,
): Promise<Difference | undefined> {
  const figures = figuresOf(reports)
  const select = (side: 0 | 1, from: string) =>
    `SELECT report, toString(period) AS kind, toString(start) AS begin, empty(labels) AS total, ${side} AS side,
  [${figures.map(({ sql }) => sql).join(', ')}] AS figures
FROM ${from}`
  const names = reports.map(({ name }) => `'${name}'`)
  const sumOf = (side: 0 | 1) => `arrayResize(sumForEachIf(figures, side = ${side}), ${figures.length})`
  const { by, least } = fractionsDiffer
  const [first] = await store.query<{
    report: string
    kind: string
    begin: string
    total: number
    sums: [number, number][]
    at: number
  }>(
    `SELECT report, kind, begin, total, arrayZip(stored, counted) AS sums,
  arrayFirstIndex((one, other, largest, fractions) -> abs(one - other) > if(fractions = 1, ${least} + ${by} * largest,
    1e-9 * greatest(abs(one), abs(other))), stored, counted, most, [${figures.map(({ fractions }) => Number(fractions)).join(', ')}]) AS at
FROM (
SELECT report, kind, begin, total, ${sumOf(1)} AS stored, ${sumOf(0)} AS counted,
  maxForEach(arrayMap(sum -> abs(sum), stored)) OVER (PARTITION BY report, total) AS most
FROM (
${select(1, `rollups WHERE report IN (${names.join(', ')}) AND ${stored}`)}
UNION ALL
${select(0, `(\n${counted}\n)`)}
)
GROUP BY report, kind, begin, total
)
WHERE at > 0
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

type Figure = { name: string; sql: string; fractions: boolean }

function figuresOf(reports: readonly Report[]): Figure[] {
  const once = (columns: Column[]) => [...new Map(columns.map((column) => [column.name, column])).values()]
  const whole = (name: string, sql: string): Figure => ({ name, sql: `toFloat64(${sql})`, fractions: false })
  return [
    whole('rows', '1'),
    ...once(reports.flatMap(columnsOf)).flatMap((column): Figure[] => {
      const { name, aggregation } = column
      // The greatest and the smallest of nothing are infinite, and would hide all others.
      if (aggregation === 'max' || aggregation === 'min') {
        return [
          whole(name, `if(isFinite(${name}), ${name}, 0)`),
          whole(`rows with ${name}`, `isFinite(${name})`),
        ]
      }
      return [{ name, sql: `toFloat64(${name})`, fractions: hasFractions(column) }]
    }),
    ...once(reports.flatMap(spreadsOf)).map(({ name }) => whole(name, `arraySum(mapValues(${name}))`)),
  ]
}
