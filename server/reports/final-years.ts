// Which years of a site are final, and up to which day its hits are gone: what is told of these days comes from what is
// stored of them. Read often and changed once a month, so remembered for a few seconds.

import type { Store } from '../store/store.ts'
import { addDays } from './period.ts'
import { QuestionError } from './question-error.ts'

/** What of a site is not there any more. An empty text lies before every date. */
export type Gone = {
  /** The last day of a final year: up to there all that is left is stored, as version 0. */
  finalUntil: string
  /** The last day whose hits and visits are gone: that day, or a later one of which the rollups are left. */
  goneUntil: string
  /** Years of which hits went by months, so that no total of a final one was counted from hits. */
  joinedYears: readonly number[]
}

type OfSite = Gone & {
  years: readonly number[]
  /** The last day to which no hit can be added: that of `goneUntil`, or of a month that is about to go. */
  closedUntil: string
}

export const allThere: OfSite = { finalUntil: '', goneUntil: '', joinedYears: [], years: [], closedUntil: '' }

type Remembered = { until: number; sites: Promise<Map<number, OfSite>> }

const remembered = new WeakMap<Store, Remembered>()
const rememberedFor = 10_000

/**
 * The final years of a site, ascending. Years become final oldest first, so that nothing older than the newest
 * of them is kept raw, and no hit of such a day may be taken in any more.
 */
export async function finalYears(store: Store, siteId: number): Promise<readonly number[]> {
  return (await ofSite(store, siteId)).years
}

export async function goneOf(store: Store, siteId: number): Promise<Gone> {
  return await ofSite(store, siteId)
}

/** The last day of a site that nothing is added to and nothing is rolled up of; empty where there is none. */
export async function closedUntil(store: Store, siteId: number): Promise<string> {
  return (await ofSite(store, siteId)).closedUntil
}

/** The same as it is in the store at this moment. */
export async function closedUntilNow(store: Store, siteId: number): Promise<string> {
  const known = (await read(store)).get(siteId)
  return known?.closedUntil ?? ''
}

/** Asks again where hits were going meanwhile: they may have gone while they were read. */
export async function unlessHitsGo<T>(
  store: Store,
  siteId: number,
  ask: (gone: Gone) => Promise<T>,
): Promise<T> {
  const before = await goneOf(store, siteId)
  const result = await ask(before)
  const after = await goneOf(store, siteId)
  return isSame(before, after) ? result : await ask(after)
}

export function isSame(one: Gone, other: Gone): boolean {
  return one.finalUntil === other.finalUntil && one.goneUntil === other.goneUntil
}

/** @throws QuestionError raw_data_gone where single visits of these days are asked for that are gone */
export function refuseGoneDays(from: string, { goneUntil }: Pick<Gone, 'goneUntil'>): void {
  if (from > goneUntil) return
  const first = addDays(goneUntil, 1)
  throw new QuestionError(
    'raw_data_gone',
    `This can be told from single visits only, and those before ${first} are gone. Choose a period from ${first} on.`,
  )
}

/** To be called after the state of a year or of a month has changed. */
export function forgetFinalYears(store: Store): void {
  remembered.delete(store)
}

async function ofSite(store: Store, siteId: number): Promise<OfSite> {
  const now = Date.now()
  let known = remembered.get(store)
  if (!known || known.until < now) {
    known = { until: now + rememberedFor, sites: read(store) }
    remembered.set(store, known)
    known.sites.catch(() => remembered.delete(store))
  }
  return (await known.sites).get(siteId) ?? allThere
}

async function read(store: Store): Promise<Map<number, OfSite>> {
  type Row = { site: number; state: 'closing' | 'gone' | 'final'; day: string }
  const rows = await store.query<Row>(
    `SELECT site_id AS site, 'final' AS state, toString(makeDate(year, 12, 31)) AS day
     FROM (SELECT site_id, year, argMax(state, version) AS newest FROM years GROUP BY site_id, year)
     WHERE newest IN ('final', 'dropped')
     UNION ALL
     SELECT site_id AS site, state, toString(until) AS day FROM gone_days`,
  )
  const bySite = new Map<number, Row[]>()
  for (const row of rows) bySite.set(row.site, [...(bySite.get(row.site) ?? []), row])
  return new Map([...bySite].map(([site, marks]) => [site, ofMarks(marks)]))
}

function ofMarks(marks: readonly { state: string; day: string }[]): OfSite {
  const days = (...states: string[]) =>
    marks.flatMap(({ state, day }) => (states.includes(state) ? [day] : [])).sort()
  const years = (days: readonly string[]) => [...new Set(days.map((day) => Number(day.slice(0, 4))))]
  return {
    finalUntil: days('final').at(-1) ?? '',
    goneUntil: days('final', 'gone').at(-1) ?? '',
    closedUntil: days('final', 'gone', 'closing').at(-1) ?? '',
    joinedYears: years(days('gone')),
    years: years(days('final')),
  }
}
