// Which years of a site are final: their hits are gone, their reports come from the stored totals. Read often
// and changed once a year, so remembered for a few seconds.

import type { Store } from '../store/store.ts'
import { addDays } from './period.ts'
import { QuestionError } from './question-error.ts'

type Remembered = { until: number; years: Promise<Map<number, number[]>> }

const remembered = new WeakMap<Store, Remembered>()
const rememberedFor = 10_000

/**
 * The final years of a site, ascending. Years become final oldest first, so that nothing older than the newest
 * of them is kept raw, and no hit of such a day may be taken in any more.
 */
export async function finalYears(store: Store, siteId: number): Promise<readonly number[]> {
  const now = Date.now()
  let known = remembered.get(store)
  if (!known || known.until < now) {
    known = { until: now + rememberedFor, years: read(store) }
    remembered.set(store, known)
    known.years.catch(() => remembered.delete(store))
  }
  return (await known.years).get(siteId) ?? []
}

/** The last day that is final for a site, or an empty string, which lies before every date. */
export async function finalUntil(store: Store, siteId: number): Promise<string> {
  const newest = (await finalYears(store, siteId)).at(-1)
  return newest === undefined ? '' : `${newest}-12-31`
}

/** Asks again where a year became final meanwhile: its raw rows may have gone while they were read. */
export async function unlessYearBecomesFinal<T>(
  store: Store,
  siteId: number,
  ask: (finalUntil: string) => Promise<T>,
): Promise<T> {
  const before = await finalUntil(store, siteId)
  const result = await ask(before)
  const after = await finalUntil(store, siteId)
  return after === before ? result : await ask(after)
}

/** @throws QuestionError raw_data_gone where single visits of these days are asked for that are gone */
export function refuseFinalDays(from: string, finalUntil: string): void {
  if (from > finalUntil) return
  const first = addDays(finalUntil, 1)
  throw new QuestionError(
    'raw_data_gone',
    `This can be told from single visits only, and those before ${first} are gone: their year is final. Choose a period from ${first} on.`,
  )
}

/** To be called after the state of a year has changed. */
export function forgetFinalYears(store: Store): void {
  remembered.delete(store)
}

async function read(store: Store): Promise<Map<number, number[]>> {
  const rows = await store.query<{ site_id: number; final: number[] }>(
    `SELECT site_id, arraySort(groupArray(year)) AS final
     FROM (SELECT site_id, year, argMax(state, version) AS newest FROM years GROUP BY site_id, year)
     WHERE newest IN ('final', 'dropped')
     GROUP BY site_id`,
  )
  return new Map(rows.map((row) => [row.site_id, row.final]))
}
