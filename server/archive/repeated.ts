// Distinct visitors cannot be added up, but those of a week, a month or a year are those of its days, less the ones that
// were counted on several of them. These are few next to all that came. So the visitors of a year are counted one by one
// within the memory that its days need.

import { ofTheDays, sourceSql } from '../reports/catalogue/part-source.ts'
import type { Part, Report } from '../reports/catalogue.ts'
import { firstInTheDays } from '../reports/goal-hits.ts'
import { columnsOf, foldedSql, keptSlots, nothing, type SourceTables, spreadsOf } from '../reports/query.ts'

export type RepeatedOptions = {
  /** To be read in place of sources. */
  tables: SourceTables
  /** Who came on several days: no other visitors are looked at. */
  returning?: string | undefined
  /** Labels that few visitors had are one: what is counted once of each of them then counts once of all. */
  fold: boolean
  divided: boolean
}

/** `uniqExact(what)` or `uniqExactIf(what, when)` */
type Distinct = { name: string; what: string; when: string | undefined }

/**
 * SELECTs that belong beside what is stored of days in `countedSql`, with the slots of `stored`: of what was counted several
 * times in a slot, by how much its sum is too great.
 */
export function repeatedSql(report: Report, options: RepeatedOptions): string[] {
  return report.parts.flatMap((part) => {
    const byWhat = new Map<string, Distinct[]>()
    for (const distinct of distinctOf(report, part, options.fold)) {
      byWhat.set(distinct.what, [...(byWhat.get(distinct.what) ?? []), distinct])
    }
    return [...byWhat].map(([what, columns]) => partSql(report, part, what, columns, options))
  })
}

function distinctOf(report: Report, part: Part, fold: boolean): Distinct[] {
  return columnsOf(report).flatMap(({ name, aggregation }): Distinct[] => {
    const found = /^uniqExact(If)?\((.*)\)$/.exec(part.columns[name] ?? '')
    // A visit is of one day: it counts several times only where labels become one.
    if (!found || (aggregation !== 'unique' && !fold)) return []
    const [, conditional, inside = ''] = found
    const given = argumentsOf(inside)
    const when = conditional ? given.pop() : undefined
    return [{ name, what: given.length === 1 ? `${given[0]}` : `(${given.join(', ')})`, when }]
  })
}

/** Divides at the commas that are in no brackets. */
function argumentsOf(sql: string): string[] {
  let depth = 0
  return [...sql].reduce(
    (found, letter) => {
      if ('(['.includes(letter)) depth++
      if (')]'.includes(letter)) depth--
      if (letter === ',' && depth === 0) found.push('')
      else found.push(`${found.pop()}${letter}`)
      return found
    },
    [''],
  )
}

// As in reports/query.ts no name may be one of the source's columns.

function partSql(
  report: Report,
  part: Part,
  what: string,
  distinct: readonly Distinct[],
  { tables, returning, fold, divided }: RepeatedOptions,
): string {
  const table = tables[part.from]
  const dimensions = divided ? part.dimensions : []
  const labels = dimensions.map((_, at) => `d${at + 1}`)
  const keys = dimensions.map((sql, at) => `${fold ? foldedSql(report, part, at) : sql} AS d${at + 1}`)
  // Where it was counted once: on a day, and under one of the labels that become one.
  const place = fold && divided ? `(day, sipHash64(${['1', ...dimensions].join(', ')}))` : 'tuple(day)'
  const places = distinct.map(
    ({ when }, at) => `groupUniqArray${when ? `If(${place}, ${when})` : `(${place})`} AS places_${at}`,
  )
  const slots = (at: number) => `arrayFlatten(arrayMap(place -> ${keptSlots('place.1')}, places_${at}))`
  const changes = distinct.flatMap((_, at) => [
    `arrayMap(slot -> (slot, ${at}, -1.), ${slots(at)})`,
    `arrayMap(slot -> (slot, ${at}, 1.), arrayDistinct(${slots(at)}))`,
  ])
  const columns = [...columnsOf(report), ...spreadsOf(report)].map(({ name, aggregation }) => {
    const at = distinct.findIndex((one) => one.name === name)
    return `${at < 0 ? nothing[aggregation] : `sumIf(change.3, change.2 = ${at})`} AS m_${name}`
  })
  const conditions = [
    ofTheDays,
    ...(part.where ? [table ? part.where.replaceAll(firstInTheDays, '1') : part.where] : []),
    ...(returning && what === 'visitor_id' && !fold ? [`visitor_id IN ${returning}`] : []),
  ]
  return `SELECT ${['change.1 AS slot', ...labels, ...columns].join(', ')}
FROM (
SELECT ${[...labels, `arrayJoin(arrayConcat(${changes.join(', ')})) AS change`].join(', ')}
FROM (
SELECT ${[`${what} AS who`, ...keys, ...places].join(', ')}
FROM ${table ?? sourceSql[part.from]([ofTheDays])}
WHERE ${conditions.join(' AND ')}
GROUP BY ${['who', ...labels].join(', ')}
HAVING ${distinct.map((_, at) => `length(places_${at}) > 1`).join(' OR ')}
)
)
GROUP BY ${['change.1', ...labels].join(', ')}`
}
