// Sites that keep raw data for some days only (`rawDays`): the yearly job's rule, for months. When the last day of a month
// is so old, its days are rolled up a last time and checked against the hits, the month is marked gone, and only then are
// its hits and visits dropped. What is rolled up counts on, with its sketches of visitors, until the year is final.
//
//   (nothing) -> closing -> gone
//
// Until it is gone nothing is lost and everything can be done again; from then on only dropping is left to do. So it may
// be killed at any step: run again, it ends in the same state. Months go oldest first.

import type { Site } from '../admin/site.ts'
import { closedUntil, forgetFinalYears, goneOf } from '../reports/final-years.ts'
import { addDays, type Days, daysAround } from '../reports/period.ts'
import type { Store } from '../store/store.ts'
import { localDay } from '../zone.ts'
import { compareDays } from './compared-days.ts'
import { alone, FinalYearError } from './finalisation.ts'
import {
  countRawRows,
  dropMonth,
  dropVisitorsBefore,
  type RawRows,
  type RawTable,
  rawMonths,
  rawTables,
} from './raw-rows.ts'
import { rollLastTime, rollUp } from './rolling.ts'
import type { ScratchOptions } from './scratch.ts'

/** Told before each step is done; `done` of `steps` are behind it. */
export type MonthProgress = { done: number; steps: number } & (
  | { step: 'mark'; state: 'closing' | 'gone' }
  | { step: 'roll up' | 'compare' | 'forget' | 'finish' }
  | { step: 'drop'; table: RawTable; month: number; rows: number }
)

export type RawMonthOptions = {
  store: Store
  site: Site
  /** `2026-06` */
  month: string
  /** Unix milliseconds. */
  now: number
}

export type DropRawOptions = RawMonthOptions & {
  copy?: ScratchOptions['copy']
  progress?: ((progress: MonthProgress) => void) | undefined
  /**
   * Called before the days are rolled up: when it is done, no hit of the month or of an earlier one may be taken in any
   * more, and all that were taken in before are in the store.
   */
  close?: (() => Promise<void>) | undefined
  /** As for a year: whether the month is closed for every site, and all that was taken in before is in the store. */
  closedEverywhere?: (() => Promise<boolean>) | undefined
  /** Called when visitors whose last visit began before this time (Unix seconds) are gone from the store. */
  forget?: ((before: number) => void) | undefined
}

export type DroppedRows = { table: RawTable; rows: number }[]

/**
 * Drops the hits and visits of a month and returns how many there were now.
 * @throws FinalYearError, StoreError, and whatever `progress` throws
 */
export async function dropRawMonth(options: DropRawOptions): Promise<DroppedRows> {
  const { store, site, month, now, progress = () => {}, close } = options
  return await alone(store, async () => {
    if (!(await isGone(options))) {
      await refuseUnlessDue(options)
      progress({ step: 'mark', state: 'closing', done: 0, steps: 7 })
      await mark(store, site.id, month, 'closing')
      await close?.()
      // Until then a hit of an earlier month may have come in.
      if (!(await isGone(options))) await refuseUnlessDue(options)
    }
    const dropped = await letGo(options)
    await rollUp({ store, sites: [site], now })
    progress({ step: 'finish', done: 7, steps: 7 })
    return dropped
  })
}

/** The same of a month that is closed, for a job that is alone already. @throws CheckError, StoreError */
export async function letGo(options: DropRawOptions): Promise<DroppedRows> {
  const { store, site, month, copy, progress = () => {}, closedEverywhere = async () => false } = options
  const days = daysOf(month)
  // Another process on the same server may have been at it: what it has let go is not rolled up from what is left.
  forgetFinalYears(store)
  if (!(await isGone(options))) {
    progress({ step: 'roll up', done: 1, steps: 7 })
    // What is rolled up of its days from now on by others does not count: no label of few visitors comes back by it.
    await mark(store, site.id, month, 'closing')
    await rollLastTime(store, site, days, copy)
    progress({ step: 'compare', done: 2, steps: 7 })
    await compareDays(store, site, days, { last: true })
    progress({ step: 'mark', state: 'gone', done: 3, steps: 7 })
    await mark(store, site.id, month, 'gone')
  }
  // Rows that are left say that this is to be done, so they go last.
  progress({ step: 'forget', done: 4, steps: 7 })
  const until = await dropVisitorsBefore(store, site.id, addDays(days.to, 1), site.timezone)
  options.forget?.(until)
  const parts = await rawMonths(store, site.id, days)
  for (const [index, part] of parts.entries()) {
    progress({ step: 'drop', ...part, done: 5 + index, steps: 7 })
    await dropMonth(store, site.id, part, closedEverywhere)
  }
  return rawTables.flatMap((table) => {
    const rows = parts.find((part) => part.table === table)?.rows ?? 0
    return rows > 0 ? [{ table, rows }] : []
  })
}

/** The months whose raw data has to go now, oldest first; half-done ones included. */
export async function dueMonths(
  store: Store,
  sites: readonly Site[],
  now: number,
): Promise<{ site: Site; month: string }[]> {
  const due: { site: Site; month: string }[] = []
  for (const site of sites) {
    const closed = await closedUntil(store, site.id)
    const { finalUntil } = await goneOf(store, site.id)
    // Where there is no such setting any more, what was begun is brought to its end.
    if (site.settings.rawDays === 0 && closed <= finalUntil) continue
    const today = localDay(site.timezone, now)
    for (const month of await monthsWithRows(store, site.id)) {
      const { to } = daysOf(month)
      if (to > finalUntil && (to <= closed || today >= (dueDate(site, month) ?? '9')))
        due.push({ site, month })
    }
  }
  return due.sort((one, other) => one.month.localeCompare(other.month) || one.site.id - other.site.id)
}

export type MonthPlan = {
  /** The site's first local date on which the raw data may go. */
  dueFrom: string
  due: boolean
  state: 'raw' | 'closing' | 'gone'
  drops: RawRows[]
}

/** What `dropRawMonth` would drop. Changes nothing. @throws FinalYearError no_raw_days, StoreError */
export async function planMonth(options: RawMonthOptions): Promise<MonthPlan> {
  const { store, site, month, now } = options
  const dueFrom = requiredDueDate(site, month)
  const { to } = daysOf(month)
  const closed = to <= (await closedUntil(store, site.id))
  return {
    dueFrom,
    due: localDay(site.timezone, now) >= dueFrom,
    state: (await isGone(options)) ? 'gone' : closed ? 'closing' : 'raw',
    drops: await countRawRows(store, site.id, daysOf(month)),
  }
}

/** Days in which owners are told that raw data is going to be dropped. */
const noticeDays = 14

/** The next month of a site whose raw data goes within two weeks, and from which of its dates on it may. @throws StoreError */
export async function comingMonth(
  store: Store,
  site: Site,
  now: number,
): Promise<{ month: string; from: string } | undefined> {
  if (site.settings.rawDays === 0) return undefined
  const soon = addDays(localDay(site.timezone, now), noticeDays)
  const { goneUntil } = await goneOf(store, site.id)
  const known = await store.query<{ month: string }>(
    `SELECT DISTINCT formatDateTime(day, '%Y-%m') AS month FROM days
     WHERE site_id = {site:UInt32} AND day > {gone:Date} ORDER BY month`,
    { site: site.id, gone: goneUntil || '1970-01-01' },
  )
  return known
    .map(({ month }) => ({ month, from: requiredDueDate(site, month) }))
    .find(({ from }) => from <= soon)
}

async function refuseUnlessDue({ store, site, month, now }: RawMonthOptions): Promise<void> {
  // What was begun is brought to its end, whatever the setting is by now.
  const closed = daysOf(month).to <= (await closedUntil(store, site.id))
  const dueFrom = closed ? '' : requiredDueDate(site, month)
  const today = localDay(site.timezone, now)
  if (today < dueFrom) {
    throw new FinalYearError(
      'not_over',
      `The raw data of ${month} of site ${site.id} may go on ${dueFrom}; there it is ${today}.`,
    )
  }
  const months = await monthsWithRows(store, site.id)
  const { goneUntil } = await goneOf(store, site.id)
  const earlier = months.find((other) => other < month && daysOf(other).to > goneUntil)
  if (earlier !== undefined) {
    throw new FinalYearError('earlier_month', `Let the raw data of ${earlier} of site ${site.id} go first.`)
  }
  if (!months.includes(month)) {
    throw new FinalYearError('no_hits', `Site ${site.id} has no hits of ${month}.`)
  }
}

/** Of sites that keep raw data until its year is final there is none. */
function dueDate({ settings: { rawDays } }: Site, month: string): string | undefined {
  return rawDays === 0 ? undefined : addDays(daysOf(month).to, rawDays + 1)
}

function requiredDueDate(site: Site, month: string): string {
  const date = dueDate(site, month)
  if (date !== undefined) return date
  throw new FinalYearError(
    'no_raw_days',
    `Site ${site.id} keeps raw data until its year is final; its setting rawDays says otherwise.`,
  )
}

function daysOf(month: string): Days {
  return daysAround('month', `${month}-01`)
}

async function isGone({ store, site, month }: RawMonthOptions): Promise<boolean> {
  return daysOf(month).to <= (await goneOf(store, site.id)).goneUntil
}

async function mark(store: Store, siteId: number, month: string, state: 'closing' | 'gone'): Promise<void> {
  await store.insert('gone_days', [{ site_id: siteId, state, until: daysOf(month).to }])
  forgetFinalYears(store)
}

async function monthsWithRows(store: Store, siteId: number): Promise<string[]> {
  const rows = await store.query<{ month: string }>(
    `SELECT DISTINCT formatDateTime(day, '%Y-%m') AS month
     FROM (SELECT site_id, day FROM hits UNION ALL SELECT site_id, day FROM visits)
     WHERE site_id = {site:UInt32} ORDER BY month`,
    { site: siteId },
  )
  return rows.map(({ month }) => month)
}
