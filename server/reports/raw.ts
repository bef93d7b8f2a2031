// What questions have in common that only single visits can answer, hit by hit: where visitors went next, whether they
// came back. They are about whole visits, take a bounded time, and are refused for days whose hits are gone. They
// depend on more than their own rows, so no totals of them are kept; they stand beside the catalogue.

import type { Site } from '../admin/site.ts'
import type { Params, Store } from '../store/store.ts'
import { ofTheDays } from './catalogue/part-source.ts'
import { refuseGoneDays, unlessHitsGo } from './final-years.ts'
import { type Period, periodDate } from './period.ts'
import { ofVisits, queryOptions } from './query.ts'
import type { CompiledSegment } from './segment/segment-sql.ts'

export type RawQuestion = {
  site: Site
  period: Period
  segment?: CompiledSegment | undefined
}

/** Reads single visits: in turn, and for a bounded time. @throws StoreError, NoTurn, NobodyAsks */
export async function queryVisits<Row>(store: Store, sql: string, params: Params): Promise<Row[]> {
  return await store.queryLong<Row>(sql, params, queryOptions)
}

/**
 * A condition over `hits` and over `visit`: the days {from} to {to} of {site}, and only visits of the segment. Always
 * whole visits: without some of its hits, what came after which would not be true.
 */
export function wholeVisits(segment: CompiledSegment | undefined): string {
  return segment ? `${ofTheDays} AND ${ofVisits(segment)}` : ofTheDays
}

/** For `wholeVisits`. */
export function rawParams({ site, period, segment }: RawQuestion): Params {
  return { ...segment?.params, site: site.id, from: period.from, to: period.to }
}

/**
 * `ask` is given the last day whose hits are gone, or an empty text, which lies before every date.
 * @throws QuestionError raw_data_gone
 */
export async function askRaw<T>(
  store: Store,
  { site, period }: RawQuestion,
  ask: (goneUntil: string) => Promise<T>,
): Promise<T> {
  return await unlessHitsGo(store, site.id, async (gone) => {
    refuseGoneDays(period.from, gone)
    return await ask(gone.goneUntil)
  })
}

/** What each answer says of its question. */
export function rawFrame({ site, period }: RawQuestion) {
  const { kind, from, to, timezone, running } = period
  return { site: site.id, period: kind, date: periodDate(period), from, to, timezone, running }
}
