// What is stored of a site's finished periods (archive/rollup.ts makes it), and on which days it has hits. A day is
// answered from its rollup as soon as there is one, also while hits that came later wait to be in the next; what is
// greater only where it was made of the newest rollup of each of its days, so that no two reports contradict each other.

import { createHash } from 'node:crypto'
import type { Site } from '../admin/site.ts'
import type { Store } from '../store/store.ts'
import { sourceSql } from './catalogue/part-source.ts'
import { catalogue, type Report } from './catalogue.ts'
import { allThere, type Gone } from './final-years.ts'
import { addDays, type Days, daysAround, type PeriodKind } from './period.ts'
import { columnsOf, spreadsOf } from './query.ts'

export type Rolled = {
  /** Last final day, or empty: up to there all that is left is stored, as version 0. */
  finalUntil: string
  /** Final years that were put together from what was rolled up of their months, with sketches of visitors. */
  joinedYears: readonly number[]
  /** Undefined where nothing that counts is stored of the period that begins on a day. */
  version(period: Exclude<PeriodKind, 'range'>, start: string): number | undefined
  hasHits(day: string): boolean
}

/**
 * `what`: a kind of period; `hits` of a day, with the moment at which they last changed; or `final`, a week that a final
 * year has totals of, with the moment at which they were counted.
 */
type Row = { what: string; begins: string; version: number }

/** Around some days of a site, by periods and by days with hits. @throws StoreError */
export async function readRolled(store: Store, site: Site, days: Days, gone: Gone): Promise<Rolled> {
  const [rolled] = (await readAllRolled(store, [site], days, gone)).values()
  return rolled ?? finalOnly(gone.finalUntil)
}

/**
 * The same of several sites of which the same is gone, by their numbers. Days whose hits are gone cannot be made anew, so
 * they count whatever they were made by. @throws StoreError
 */
export async function readAllRolled(
  store: Store,
  sites: readonly Site[],
  days: Days,
  gone: Gone,
): Promise<Map<number, Rolled>> {
  // Greater periods that begin or end in the days may reach beyond them.
  const from = daysAround('week', daysAround('year', days.from).from).from
  const to = daysAround('week', daysAround('year', days.to).to).to
  const rows = await store.query<Row & { site: number }>(
    `SELECT site_id AS site, if(definition = '${finalWeek}', 'final', toString(period)) AS what, toString(start) AS begins,
  max(r.version) AS version
FROM rolled AS r
WHERE start BETWEEN {from:Date} AND {to:Date}
  AND ((site_id, definition) IN (SELECT arrayJoin(arrayConcat(
      arrayZip({sites:Array(UInt32)}, {definitions:Array(String)}), arrayMap(id -> (id, '${finalWeek}'), {sites:Array(UInt32)}))))
    OR (site_id IN {sites:Array(UInt32)} AND period = 'day' AND start <= {gone:Date}))
GROUP BY site_id, what, start
UNION ALL
SELECT site_id AS site, 'hits' AS what, toString(day) AS begins,
  toUInt64(toUnixTimestamp64Micro(toDateTime64(max(changed_at), 6))) AS version
FROM days
WHERE site_id IN {sites:Array(UInt32)} AND day BETWEEN {from:Date} AND {to:Date}
GROUP BY site_id, day`,
    {
      sites: sites.map(({ id }) => id),
      definitions: sites.map(definitionOf),
      from,
      to,
      gone: gone.goneUntil || '1970-01-01',
    },
  )
  const bySite = new Map<number, Row[]>(sites.map(({ id }) => [id, []]))
  for (const row of rows) bySite.get(row.site)?.push(row)
  return new Map([...bySite].map(([id, rows]) => [id, rolledOf(rows, gone.finalUntil, gone)]))
}

/** Where only what is final counts, and the hits of all other days. */
export function finalOnly(finalUntil: string): Rolled {
  return {
    finalUntil,
    joinedYears: [],
    version: (period, start) => (daysAround(period, start).to <= finalUntil ? 0 : undefined),
    hasHits: () => true,
  }
}

/** Where nothing counts of days whose hits are there. */
export function goneOnly(rolled: Rolled, { finalUntil, goneUntil }: Gone): Rolled {
  return {
    ...rolled,
    version: (period, start) =>
      start <= finalUntil || daysAround(period, start).to <= goneUntil
        ? rolled.version(period, start)
        : undefined,
  }
}

export function rolledOf(
  rows: readonly Row[],
  finalUntil: string,
  { goneUntil, joinedYears }: Pick<Gone, 'goneUntil' | 'joinedYears'> = allThere,
): Rolled {
  const versions = new Map(rows.map(({ what, begins, version }) => [`${what} ${begins}`, version]))
  // What came after the hits of a day had gone is of no day.
  const isKnown = (day: string) => day > goneUntil || versions.has(`day ${day}`)
  const hasHits = (day: string) => versions.has(`hits ${day}`) && isKnown(day)
  // Hits of the days after the final year may have come since it got its totals.
  const isFinal = (period: Exclude<PeriodKind, 'range'>, start: string) => {
    const counted = versions.get(`final ${start}`) ?? 0
    const { to } = daysAround(period, start)
    for (let day = addDays(finalUntil, 1); day <= to; day = addDays(day, 1)) {
      if ((versions.get(`hits ${day}`) ?? 0) > counted) return false
    }
    return true
  }
  return {
    finalUntil,
    joinedYears,
    hasHits,
    version(period, start) {
      if (start <= finalUntil) return isFinal(period, start) ? 0 : undefined
      const version = versions.get(`${period} ${start}`)
      if (version === undefined || period === 'day') return version
      const { from, to } = daysAround(period, start)
      for (let day = from; day <= to; day = addDays(day, 1)) {
        if (day <= finalUntil || !hasHits(day)) continue
        const ofDay = versions.get(`day ${day}`)
        if (ofDay === undefined || ofDay > version) return undefined
      }
      return version
    },
  }
}

/**
 * In place of a definition in `rolled`: the last week of a final year, and its version is when it was counted. Its days in
 * the next year may get hits after that.
 */
export const finalWeek = 'final'

/** Stands for what is counted in rollups and how: where that changes they are made anew. */
export function definitionOf({ timezone }: Site): string {
  return createHash('sha256').update(`${timezone} ${declared}`).digest('base64url').slice(0, 22)
}

/** What the totals of reports depend on, but for the clock of their site. */
export function declarationOf(reports: readonly Report[]): string {
  return JSON.stringify([
    Object.values(sourceSql).map((sql) => sql([])),
    reports
      .filter(({ span }) => span === 'period')
      .map((report) => [
        report.name,
        columnsOf(report),
        spreadsOf(report),
        report.parts,
        paramsOfParts(report),
      ]),
  ])
}

/** Those that are in the SQL of its parts; others are for how rows are read. */
function paramsOfParts({ params = {}, parts }: Report) {
  return Object.entries(params).filter(([name]) => JSON.stringify(parts).includes(`{${name}:`))
}

const declared = declarationOf(catalogue)
