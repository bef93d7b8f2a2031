// What questions have in common that only single visits can answer, hit by hit: where visitors went next, whether they
// came back. They are about whole visits, take a bounded time, and are refused for days whose hits are gone. They
// depend on more than their own rows, so no totals of them are kept; they stand beside the catalogue.

import type { Site } from '../admin/site.ts'
import type { Params, Store } from '../store/store.ts'
import { unlessYearBecomesFinal } from './answer.ts'
import { addDays, type Period, periodDate } from './period.ts'
import { queryOptions } from './query.ts'
import { QuestionError } from './question-error.ts'

/** Which visits: `visits` is a condition over the view `visit`, `hits` over `hits`, both with typed parameters only. */
export type CompiledSegment = { visits: string; hits: string; params: Params }

export type RawQuestion = {
  site: Site
  period: Period
  segment?: CompiledSegment | undefined
}

/** Seconds that an answer may take; then it is refused, with the advice to ask for less. */
export const rawOptions = { ...queryOptions, max_execution_time: 30 } as const

/**
 * A condition over `hits` and over `visit`: the days {from} to {to} of {site}, and only visits of the segment. Always
 * whole visits: without some of its hits, what came after which would not be true.
 */
export function wholeVisits(segment: CompiledSegment | undefined): string {
  const days = 'site_id = {site:UInt32} AND day BETWEEN {from:Date} AND {to:Date}'
  if (!segment) return days
  return `${days} AND visit_id GLOBAL IN (SELECT visit_id FROM visit WHERE ${days} AND (${segment.visits}))`
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
  return await unlessYearBecomesFinal(store, site.id, async (goneUntil) => {
    if (period.from <= goneUntil) {
      const first = addDays(goneUntil, 1)
      throw new QuestionError(
        'raw_data_gone',
        `This can be told from single visits only, and those before ${first} are gone: their year is final. Choose a period from ${first} on.`,
      )
    }
    return await ask(goneUntil)
  })
}

/** What each answer says of its question. */
export function rawFrame({ site, period }: RawQuestion) {
  const { kind, from, to, timezone, running } = period
  return { site: site.id, period: kind, date: periodDate(period), from, to, timezone, running }
}
