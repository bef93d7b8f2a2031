// The yearly job. When a year of a site is over and its grace time has passed, its totals are computed, checked
// against the hits and marked final; only then are the hits and visits of that year dropped.
//
//   (nothing) -> computing -> final -> dropped
//
// Until it is final nothing is lost and everything can be done again; from then on only dropping is left to do.
// So it may be killed at any step: run again, it ends in the same state. Years become final oldest first.

import type { Site } from '../admin/site.ts'
import { finalYears, forgetFinalYears } from '../reports/final-years.ts'
import { addDays, countDays } from '../reports/period.ts'
import type { Store } from '../store/store.ts'
import { localDay } from '../zone.ts'
import {
  countRawRows,
  dropMonthOf,
  dropVisitorsBefore,
  dropWholeMonth,
  isOnlyOf,
  type RawRows,
  type RawTable,
  rawMonths,
  rawTables,
  rawYears,
} from './raw-rows.ts'
import { inGroups, newVersion } from './rollup.ts'
import { type ScratchOptions, withScratch } from './scratch.ts'
import {
  CheckError,
  checkCopies,
  checkRollups,
  checkSums,
  checkTotals,
  clearTotals,
  countHits,
  countStored,
  countTotals,
  dateLastWeek,
  daysOf,
  dropRollups,
  keptReports,
  lastDayOf,
  storeTotals,
  type YearOfSite,
  yearFigures,
} from './year-totals.ts'

export const defaultGraceDays = 7

export type YearState = 'raw' | 'computing' | 'final' | 'dropped'

/** Told before each step is done; `done` of `steps` are behind it. */
export type Progress = { done: number; steps: number } & (
  | { step: 'clear' | 'finish' }
  | { step: 'mark'; state: Exclude<YearState, 'raw'> }
  | { step: 'compute' | 'add up' | 'check'; report: string }
  | { step: 'drop'; table: RawTable; month: number; rows: number }
)

export type FinalYearOptions = {
  store: Store
  site: Site
  year: number
  /** Unix milliseconds. */
  now: number
  graceDays?: number | undefined
  copyFrom?: ScratchOptions['copyFrom']
}

export type FinalYearErrorCode =
  | 'not_over'
  | 'earlier_year'
  | 'no_hits'
  | 'check_failed'
  | 'already_running'
  | 'refused_segments'

export class FinalYearError extends Error {
  readonly code: FinalYearErrorCode
  constructor(code: FinalYearErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'FinalYearError'
    this.code = code
  }
}

export type FinaliseOptions = FinalYearOptions & {
  progress?: ((progress: Progress) => void) | undefined
  /**
   * Called before the first total is computed: when it is done, no hit of the year may be taken in any more, and
   * all that were taken in before are in the store.
   */
  close?: (() => Promise<void>) | undefined
  /**
   * Asked before each drop: whether the year is closed for every site, and all that was taken in before is in the
   * store. Only then may a whole partition go; else a hit of another site could come in just then and go with it.
   */
  closedEverywhere?: (() => Promise<boolean>) | undefined
  /** Called when visitors whose last visit began before this time (Unix seconds) are gone from the store. */
  forget?: ((before: number) => void) | undefined
}

/**
 * Makes a site's year final and drops its raw rows; returns what was dropped now.
 * @throws FinalYearError, StoreError, and whatever `progress` throws
 */
export async function finaliseYear(
  options: FinaliseOptions,
): Promise<{ dropped: { table: RawTable; rows: number }[] }> {
  const { store } = options
  if (running.has(store)) {
    throw new FinalYearError(
      'already_running',
      'A year is being made final already; wait until that is done.',
    )
  }
  running.add(store)
  try {
    const before = await readState(store, options.site.id, options.year)
    if (before === 'raw' || before === 'computing') await computeYear(options)
    return { dropped: await dropYear(options) }
  } catch (error) {
    if (error instanceof CheckError) throw new FinalYearError('check_failed', error.message, { cause: error })
    throw error
  } finally {
    running.delete(store)
  }
}

const running = new WeakSet<Store>()

export type YearPlan = {
  site: number
  year: number
  state: YearState
  /** The site's first local date on which the year may become final. */
  dueFrom: string
  due: boolean
  /** Rows of totals in all periods, and the figures of the whole year. */
  keeps: { report: string; title: string; rows: number; totals: Record<string, number> }[]
  drops: RawRows[]
}

/** What `finaliseYear` would keep and drop; of a final year, what is kept. Changes nothing. */
export async function planYear(options: FinalYearOptions): Promise<YearPlan> {
  const { store, site, year, now, graceDays } = options
  const of = await yearOfSite(options)
  const dueFrom = dueDate(year, graceDays)
  const state = await readState(store, site.id, year)
  const isFinal = state === 'final' || state === 'dropped'
  const keeps: YearPlan['keeps'] = []
  for (const report of keptReports) {
    const rows = isFinal ? await countStored(of, report) : await countTotals(of, report)
    keeps.push({
      report: report.name,
      title: report.title,
      rows,
      totals: await yearFigures(of, report, isFinal),
    })
  }
  return {
    site: site.id,
    year,
    state,
    dueFrom,
    due: localDay(site.timezone, now) >= dueFrom,
    keeps,
    drops: await countRawRows(store, site.id, year),
  }
}

/** The sites and years that the schedule has to make final now, oldest first; half-done ones included. */
export async function dueYears(options: {
  store: Store
  sites: readonly Site[]
  now: number
  graceDays?: number | undefined
}): Promise<{ site: Site; year: number }[]> {
  const { store, sites, now, graceDays } = options
  const unfinished = await store.query<{ siteId: number; year: number }>(
    `SELECT site_id AS siteId, year FROM years GROUP BY site_id, year HAVING argMax(state, version) = 'final'`,
  )
  const known = new Map(sites.map((site) => [site.id, site]))
  const wanted = new Map(
    [...unfinished, ...(await rawYears(store))].map((entry) => [JSON.stringify(entry), entry]),
  )
  return [...wanted.values()]
    .flatMap(({ siteId, year }) => {
      const site = known.get(siteId)
      return site && localDay(site.timezone, now) >= dueDate(year, graceDays) ? [{ site, year }] : []
    })
    .sort((one, other) => one.year - other.year || one.site.id - other.site.id)
}

/** Days in which owners are told that a year is going to be final. */
const noticeDays = 14

/** The next year of a site that becomes final within two weeks, and from which of its dates on it may. @throws StoreError */
export async function comingFinalYear(
  store: Store,
  { id, timezone }: Site,
  now: number,
): Promise<{ year: number; from: string } | undefined> {
  const soon = addDays(localDay(timezone, now), noticeDays)
  const final = await finalYears(store, id)
  const known = await store.query<{ year: number }>(
    'SELECT DISTINCT toYear(day) AS year FROM days WHERE site_id = {site:UInt32} ORDER BY year',
    { site: id },
  )
  return known
    .filter(({ year }) => !final.includes(year))
    .map(({ year }) => ({ year, from: dueDate(year) }))
    .find(({ from }) => from <= soon)
}

async function computeYear(options: FinaliseOptions): Promise<void> {
  const { store, site, year, copyFrom, progress = () => {}, close } = options
  await refuseUnlessDue(options)
  const steps = 3 + 3 * keptReports.length
  let done = 0
  const next = () => ({ done: done++, steps })
  progress({ step: 'mark', state: 'computing', ...next() })
  await mark(store, site.id, year, 'computing')
  await close?.()
  // Another process on the same server may have been at it: what it has made final is not computed from what is left.
  if (await isFinal(options)) return
  // Until then a hit of an earlier year may have come in.
  await refuseUnlessDue(options)
  const of = await yearOfSite(options)
  progress({ step: 'clear', ...next() })
  await clearTotals(of)
  const began = await newVersion(store)
  const hits = await countHits(of)
  const groups = inGroups(keptReports, hits)
  await withScratch(store, { site: site.id, ...daysOf(of), hits, copyFrom }, async (tables) => {
    for (const [step, work] of [
      ['compute', storeTotals],
      ['add up', checkSums],
      ['check', checkTotals],
    ] as const) {
      for (const reports of groups) {
        for (const { name } of reports) progress({ step, report: name, ...next() })
        await work({ ...of, tables }, reports)
      }
    }
    await checkCopies({ ...of, tables })
  })
  await checkRollups(of)
  await dateLastWeek(of, began)
  progress({ step: 'mark', state: 'final', ...next() })
  await mark(store, site.id, year, 'final')
}

async function dropYear(options: FinaliseOptions): Promise<{ table: RawTable; rows: number }[]> {
  const { store, site, year, progress = () => {}, closedEverywhere = async () => false } = options
  const months = await rawMonths(store, site.id, year)
  const unneeding = await finalSites(store, year)
  const steps = months.length + 2
  for (const [done, month] of months.entries()) {
    progress({ step: 'drop', table: month.table, month: month.month, rows: month.rows, done, steps })
    const whole = (await closedEverywhere()) && (await isOnlyOf(store, unneeding, month))
    await (whole ? dropWholeMonth(store, month) : dropMonthOf(store, site.id, month))
  }
  await dropRollups(await yearOfSite(options))
  const until = await dropVisitorsBefore(store, site.id, `${year + 1}-01-01`, site.timezone)
  options.forget?.(until)
  progress({ step: 'mark', state: 'dropped', done: months.length, steps })
  if ((await readState(store, site.id, year)) !== 'dropped') await mark(store, site.id, year, 'dropped')
  progress({ step: 'finish', done: months.length + 1, steps })
  return rawTables.flatMap((table) => {
    const rows = months.reduce((sum, month) => sum + (month.table === table ? month.rows : 0), 0)
    return rows > 0 ? [{ table, rows }] : []
  })
}

async function refuseUnlessDue({ store, site, year, now, graceDays }: FinalYearOptions): Promise<void> {
  const dueFrom = dueDate(year, graceDays)
  const today = localDay(site.timezone, now)
  if (today < dueFrom) {
    throw new FinalYearError(
      'not_over',
      `The year ${year} of site ${site.id} may become final on ${dueFrom}; there it is ${today}.`,
    )
  }
  const years = (await rawYears(store)).filter(({ siteId }) => siteId === site.id).map(({ year }) => year)
  const final = await finalYears(store, site.id)
  const earlier = years.find((other) => other < year && !final.includes(other))
  if (earlier !== undefined) {
    throw new FinalYearError('earlier_year', `Make the year ${earlier} of site ${site.id} final first.`)
  }
  if (!years.includes(year)) {
    throw new FinalYearError('no_hits', `Site ${site.id} has no hits of the year ${year}.`)
  }
}

function dueDate(year: number, graceDays = defaultGraceDays): string {
  const daysToSunday = countDays({ from: `${year}-12-31`, to: lastDayOf(year) }) - 1
  return addDays(`${year + 1}-01-01`, Math.max(graceDays, daysToSunday))
}

async function yearOfSite({ store, site, year }: FinalYearOptions): Promise<YearOfSite> {
  const final = await finalYears(store, site.id)
  return { store, site, year, afterFinalYear: final.includes(year - 1) }
}

async function readState(store: Store, siteId: number, year: number): Promise<YearState> {
  const [row] = await store.query<{ newest: YearState }>(
    `SELECT argMax(state, version) AS newest FROM years
     WHERE site_id = {site:UInt32} AND year = {year:UInt16} GROUP BY site_id, year`,
    { site: siteId, year },
  )
  return row?.newest ?? 'raw'
}

async function isFinal({ store, site, year }: FinalYearOptions): Promise<boolean> {
  const state = await readState(store, site.id, year)
  return state === 'final' || state === 'dropped'
}

async function mark(
  store: Store,
  siteId: number,
  year: number,
  state: Exclude<YearState, 'raw'>,
): Promise<void> {
  const [row] = await store.query<{ newest: number }>(
    'SELECT max(version) AS newest FROM years WHERE site_id = {site:UInt32} AND year = {year:UInt16}',
    { site: siteId, year },
  )
  await store.insert('years', [{ site_id: siteId, year, state, version: (row?.newest ?? 0) + 1 }])
  forgetFinalYears(store)
}

/** Sites that need no raw row of that year any more. */
async function finalSites(store: Store, year: number): Promise<number[]> {
  const rows = await store.query<{ site_id: number }>(
    `SELECT site_id FROM (SELECT site_id, year, argMax(state, version) AS newest FROM years GROUP BY site_id, year)
     WHERE year >= {year:UInt16} AND newest IN ('final', 'dropped') GROUP BY site_id`,
    { year },
  )
  return rows.map(({ site_id }) => site_id)
}
