// The yearly job. When a year of a site is over and its grace time has passed, its totals are computed, checked
// against the hits and marked final; only then are the hits and visits of that year dropped.
//
//   (nothing) -> computing -> final -> dropped
//
// Until it is final nothing is lost and everything can be done again; from then on only dropping is left to do.
// So it may be killed at any step: run again, it ends in the same state. Years become final oldest first.

import type { Site } from '../admin/site.ts'
import { keptReports, type Report } from '../reports/catalogue.ts'
import { finalYears, forgetFinalYears, goneOf } from '../reports/final-years.ts'
import { addDays, countDays, daysAround } from '../reports/period.ts'
import { readRolled } from '../reports/rolled.ts'
import type { Piece } from '../reports/source.ts'
import type { Store } from '../store/store.ts'
import { localDay } from '../zone.ts'
import { checkCopies, checkDays, checkSums } from './checked-totals.ts'
import { compareDays } from './compared-days.ts'
import { alone, FinalYearError } from './finalisation.ts'
import { type DroppedRows, letGo } from './raw-month.ts'
import {
  countRawRows,
  dropMonth,
  dropVisitorsBefore,
  type RawRows,
  type RawTable,
  rawMonths,
  rawTables,
  rawYears,
} from './raw-rows.ts'
import { rollDueDays, spansWithHits } from './rolling.ts'
import { atOnce, inGroups, newVersion } from './rollup.ts'
import { type ScratchOptions, withReturning } from './scratch.ts'
import {
  clearTotals,
  countRolled,
  dateLastWeek,
  daysOf,
  dropRollups,
  lastDayOf,
  shareTotals,
  storeTotals,
  type TotalsDays,
  type YearOfSite,
  yearFigures,
} from './year-totals.ts'

export const defaultGraceDays = 7

export type YearState = 'raw' | 'computing' | 'final' | 'dropped'

/** Told before each step is done; `done` of `steps` are behind it. */
export type Progress = { done: number; steps: number } & (
  | { step: 'roll up' | 'clear' | 'finish' }
  | { step: 'compare'; from: string }
  | { step: 'let go'; month: number }
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
  copy?: ScratchOptions['copy']
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
  const { store, site, year } = options
  return await alone(store, async () => {
    const before = await readState(store, site.id, year)
    const gone = before === 'raw' || before === 'computing' ? await computeYear(options) : []
    const dropped = await dropYear(options)
    const rowsOf = (wanted: RawTable) => {
      return [...gone, ...dropped].reduce((sum, { table, rows }) => sum + (table === wanted ? rows : 0), 0)
    }
    return {
      dropped: rawTables.flatMap((table) => (rowsOf(table) > 0 ? [{ table, rows: rowsOf(table) }] : [])),
    }
  })
}

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

/**
 * What `finaliseYear` would keep and drop; of a final year, what is kept. Changes nothing but what is rolled up. What is kept
 * of a year that is not over is told up to the last day that is.
 */
export async function planYear(options: FinalYearOptions): Promise<YearPlan> {
  const { store, site, year, now, graceDays } = options
  const dueFrom = dueDate(year, graceDays)
  const state = await readState(store, site.id, year)
  const isFinal = state === 'final' || state === 'dropped'
  if (!isFinal) await rollDueDays({ store, site, now, days: await totalsDays(options), settleFor: 0 })
  const of = await yearOfSite(options, true)
  const read = { stored: isFinal, rolledRows: await countRolled(of) }
  const keeps: YearPlan['keeps'] = []
  for (const report of keptReports) {
    const { name, title } = report
    keeps.push({ report: name, title, ...(await yearFigures(of, report, read)) })
  }
  return {
    site: site.id,
    year,
    state,
    dueFrom,
    due: localDay(site.timezone, now) >= dueFrom,
    keeps,
    drops: await countRawRows(store, site.id, daysAround('year', `${year}-01-01`)),
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
    [...unfinished, ...(await yearsLeft(store))].map((entry) => [JSON.stringify(entry), entry]),
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

/** Returns what was dropped already. */
async function computeYear(options: FinaliseOptions): Promise<DroppedRows> {
  const { store, site, year, copy, progress = () => {}, close } = options
  await refuseUnlessDue(options)
  const months = await monthsToGo(options)
  const steps = 5 + months.length + 3 * keptReports.length
  let done = 0
  const next = () => ({ done: done++, steps })
  progress({ step: 'mark', state: 'computing', ...next() })
  await mark(store, site.id, year, 'computing')
  await close?.()
  // Another process on the same server may have been at it: what it has made final is not computed from what is left.
  if (await isFinal(options)) return []
  // Until then a hit of an earlier year may have come in.
  await refuseUnlessDue(options)
  const began = await newVersion(store)
  const dropped: DroppedRows = []
  for (const month of await monthsToGo(options)) {
    progress({ step: 'let go', month, ...next() })
    const { progress: _, ...others } = options
    const name = `${Math.floor(month / 100)}-${String(month % 100).padStart(2, '0')}`
    dropped.push(...(await letGo({ ...others, month: name })))
  }
  progress({ step: 'roll up', ...next() })
  await rollDueDays({ ...options, days: await totalsDays(options), settleFor: 0 })
  const of = await yearOfSite(options)
  progress({ step: 'clear', ...next() })
  await clearTotals(of)
  const rows = await countRolled(of)
  const each = async (
    step: 'compute' | 'add up' | 'check',
    groups: readonly Report[][],
    work: (reports: readonly Report[]) => Promise<void>,
  ) => {
    for (const reports of groups) {
      for (const { name } of reports) progress({ step, report: name, ...next() })
      await work(reports)
    }
  }
  const { from, to } = of.days
  const spans = await spansWithHits(store, site, of.days)
  const read = { site: site.id, from, to, spans, copy: of.joined ? false : copy }
  await withReturning(store, read, async (returning) => {
    const sources = { ...of, ...returning }
    await each('compute', inGroups(keptReports, rows), (reports) => storeTotals(sources, reports))
    await checkCopies(sources)
  })
  await shareTotals(of)
  const groups = atOnce(keptReports, rows)
  await each('add up', groups, (reports) => checkSums(of, reports))
  await each('check', groups, (reports) => checkDays(of, reports))
  const last = next()
  progress({ step: 'compare', from, ...last })
  // Last, and of the days that the totals were made of, so that whatever came or went meanwhile is found.
  if (!of.joined) {
    await compareDays(store, site, of.days, {
      last: false,
      pieces: of.pieces,
      progress: (from) => progress({ step: 'compare', from, ...last }),
    })
  }
  await dateLastWeek(of, began)
  progress({ step: 'mark', state: 'final', ...next() })
  await mark(store, site.id, year, 'final')
  return dropped
}

/** Whether raw data of the year has gone by months: the rest of it goes so, too, and the totals are put together from rollups. */
async function goesByMonths({
  store,
  site,
  year,
}: Pick<FinalYearOptions, 'store' | 'site' | 'year'>): Promise<boolean> {
  const { finalUntil, goneUntil } = await goneOf(store, site.id)
  return goneUntil >= `${year}-01-01` && finalUntil < `${year}-01-01`
}

async function monthsToGo(options: FinalYearOptions): Promise<number[]> {
  if (!(await goesByMonths(options))) return []
  const { store, site, year } = options
  const rows = await rawMonths(store, site.id, daysAround('year', `${year}-01-01`))
  return [...new Set(rows.map(({ month }) => month))].sort((one, other) => one - other)
}

async function dropYear(options: FinaliseOptions): Promise<DroppedRows> {
  const { store, site, year, progress = () => {}, closedEverywhere = async () => false } = options
  const months = await rawMonths(store, site.id, daysAround('year', `${year}-01-01`))
  const steps = months.length + 2
  for (const [done, month] of months.entries()) {
    progress({ step: 'drop', table: month.table, month: month.month, rows: month.rows, done, steps })
    await dropMonth(store, site.id, month, closedEverywhere)
  }
  await dropRollups(store, site, year)
  const until = await dropVisitorsBefore(store, site.id, `${year + 1}-01-01`, site.timezone)
  options.forget?.(until)
  progress({ step: 'mark', state: 'dropped', done: months.length, steps })
  if ((await readState(store, site.id, year)) !== 'dropped') await mark(store, site.id, year, 'dropped')
  progress({ step: 'finish', done: months.length + 1, steps })
  return months
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
  const years = (await yearsLeft(store)).filter(({ siteId }) => siteId === site.id).map(({ year }) => year)
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

async function totalsDays({ store, site, year }: FinalYearOptions): Promise<TotalsDays> {
  return daysOf(year, (await finalYears(store, site.id)).includes(year - 1))
}

/** `partly`: without the days that are not over yet. */
async function yearOfSite(options: FinalYearOptions, partly = false): Promise<YearOfSite> {
  const { store, site, year } = options
  const days = await totalsDays(options)
  const rolled = await readRolled(store, site, days, await goneOf(store, site.id))
  const pieces: Piece[] = []
  let { to } = days
  for (let start = days.from; start <= to; start = addDays(start, 1)) {
    const version = rolled.version('day', start)
    if (version !== undefined)
      pieces.push({ period: 'day', start, version }, { period: 'hour', start, version })
    else if (rolled.hasHits(start)) {
      if (!partly)
        throw new FinalYearError('check_failed', `The day ${start} is not rolled up yet; run it again.`)
      to = addDays(start, -1)
    }
  }
  return {
    store,
    site,
    year,
    pieces,
    days: { ...days, to },
    joined: await goesByMonths({ store, site, year }),
  }
}

/** Years of which there are raw rows, or were until their months went. */
async function yearsLeft(store: Store): Promise<{ siteId: number; year: number }[]> {
  const gone = await store.query<{ siteId: number; year: number }>(
    `SELECT DISTINCT site_id AS siteId, toYear(until) AS year FROM gone_days
     WHERE state = 'gone' AND (site_id, year) NOT IN (SELECT site_id, year FROM years WHERE state IN ('final', 'dropped'))`,
  )
  return [...(await rawYears(store)), ...gone]
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
