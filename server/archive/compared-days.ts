// What is rolled up of days is compared with their hits before these go.

import type { Site } from '../admin/site.ts'
import { keptReports, type Report } from '../reports/catalogue.ts'
import { goneOf } from '../reports/final-years.ts'
import { addDays, type Days } from '../reports/period.ts'
import { canBeFolded, columnsOf, countedSql, countedVersions, spreadsOf, totalsOf } from '../reports/query.ts'
import { readRolled } from '../reports/rolled.ts'
import { type Piece, pieceParams } from '../reports/source.ts'
import { markChanged } from '../store/changed-days.ts'
import type { Store } from '../store/store.ts'
import { CheckError, firstDifference } from './comparing.ts'
import { spansWithHits } from './rolling.ts'
import { foldParams, inGroups, type Span } from './rollup.ts'

/**
 * Compares what is rolled up of some days with what the hits say at this moment: the number of rows and the sum of every
 * metric, of the rows and of the totals. A day that differs is made anew later. `last`: whether these days were rolled up a
 * last time: each report has totals of its own, and labels that few visitors had are one, where the site wants that.
 * `pieces`: the days as they were read before; else as they are now. @throws CheckError
 */
export async function compareDays(
  store: Store,
  site: Site,
  days: Days,
  { last, pieces, progress = () => {} }: ComparedDays,
): Promise<void> {
  const all = pieces ?? (await piecesNow(store, site, days))
  const spans = await spansWithHits(store, site, days)
  let from = days.from
  for (const [index, span] of spans.entries()) {
    // Days without hits as well: some may have come just now.
    const to = index === spans.length - 1 ? days.to : span.to
    progress(from)
    await compareSpan(store, site, {
      span: { ...span, from, to },
      pieces: all.filter(({ period, start }) => period === 'day' && start >= from && start <= to),
      lastOf: last ? days : undefined,
    })
    from = addDays(to, 1)
  }
}

export type ComparedDays = {
  last: boolean
  pieces?: readonly Piece[]
  /** Told before each of the spans that are compared at once. */
  progress?: (from: string) => void
}

async function piecesNow(store: Store, site: Site, days: Days): Promise<Piece[]> {
  const rolled = await readRolled(store, site, days, await goneOf(store, site.id))
  const pieces: Piece[] = []
  for (let start = days.from; start <= days.to; start = addDays(start, 1)) {
    const version = rolled.version('day', start)
    if (version !== undefined) pieces.push({ period: 'day', start, version })
  }
  return pieces
}

async function compareSpan(
  store: Store,
  site: Site,
  { span, pieces, lastOf }: { span: Span; pieces: readonly Piece[]; lastOf: Days | undefined },
): Promise<void> {
  for (const reports of inGroups(keptReports, span.hits)) {
    const first = await firstDifference(store, {
      reports,
      stored: `site_id = {site:UInt32} AND ${countedVersions}`,
      counted: reports.map((report) => daysSql(site, report, lastOf !== undefined)).join('\nUNION ALL\n'),
      params: {
        site: site.id,
        timezone: site.timezone,
        from: span.from,
        to: span.to,
        ...(lastOf && foldParams(site, lastOf)),
        ...pieceParams(site, pieces),
        ...Object.assign({}, ...reports.map(({ params }) => params ?? {})),
      },
    })
    if (!first) continue
    await markChanged(store, site.id, [first.start])
    throw new CheckError(
      `The stored ${first.name} of "${first.report}" for ${first.start} are ${first.stored}, but the hits say ` +
        `${first.counted}. Nothing was dropped; run it again.`,
    )
  }
}

/** What is kept of each day: the rows of a report, and its totals, unless another report has them. */
function daysSql({ settings }: Site, report: Report, last: boolean): string {
  const names = [...columnsOf(report), ...spreadsOf(report)].map(({ name }) => name)
  const fold = last && settings.rareBelow > 1 && canBeFolded(report)
  const select = (
    labels: string[],
    divided: boolean,
  ) => `SELECT '${report.name}' AS report, 'day' AS period, toDate(slot) AS start,
  CAST([${labels.join(', ')}], 'Array(String)') AS labels, ${names.join(', ')}
FROM (
${countedSql(report, { raw: true, stored: false, grain: 'day', divided, fold: divided && fold })}
)`
  const dimensions = report.dimensions.map(({ name }) => name)
  return [
    ...(dimensions.length > 0 ? [select(dimensions, true)] : []),
    ...(last || totalsOf(report) === report ? [select([], false)] : []),
  ].join('\nUNION ALL\n')
}
