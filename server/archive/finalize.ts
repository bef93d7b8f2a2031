// `footfall finalize`, and the schedule that does the same by itself: the yearly job for whichever sites and
// years are due, and its rule for months of sites that keep raw data for some days only.

import { parseArgs } from 'node:util'
import type { Site } from '../admin/site.ts'
import { type Command, type Output, UsageError } from '../command.ts'
import type { Footfall } from '../footfall.ts'
import { findReport } from '../reports/catalogue.ts'
import { daysAround } from '../reports/period.ts'
import {
  defaultGraceDays,
  dueYears,
  type FinaliseOptions,
  finaliseYear,
  type Progress,
  planYear,
  type YearPlan,
} from './final-year.ts'
import { FinalYearError } from './finalisation.ts'
import { dropOldTotals } from './old-totals.ts'
import {
  type DroppedRows,
  dropRawMonth,
  dueMonths,
  type MonthPlan,
  type MonthProgress,
  planMonth,
} from './raw-month.ts'
import type { RawRows } from './raw-rows.ts'

export const finalizeCommand: Command = {
  summary: 'Compute the final totals of a year and drop its raw data, or that of a month',
  usage: 'finalize --year Y | --month Y-M [--site N] [--grace-days 7] [--dry-run]',
  run: finalize,
}

/**
 * Finalises what is due, oldest first. What fails, or into which an import still writes, keeps the later years and
 * months of its site waiting, but no other site.
 */
export async function finalizeDue(service: Footfall): Promise<void> {
  const { store, sites, closedDays, now, log } = service
  const waiting = new Set<number>()
  for (const { site, year } of await dueYears({ store, sites: sites.all(), now: now() })) {
    if (!closedDays.quiet(site.id, `${year}-12-31`, now())) waiting.add(site.id)
    if (waiting.has(site.id)) continue
    try {
      const dropped = await finaliseSite(service, site, year, defaultGraceDays)
      log.info({ site: site.id, year, dropped }, 'A year is final.')
    } catch (err) {
      waiting.add(site.id)
      log.error({ err, site: site.id, year }, 'A year could not be made final and will be tried again.')
    }
  }
  for (const { site, month } of await dueMonths(store, sites.all(), now())) {
    if (!closedDays.quiet(site.id, lastDayOf(month), now())) waiting.add(site.id)
    if (waiting.has(site.id)) continue
    try {
      const dropped = await dropMonthOfSite(service, site, month)
      log.info({ site: site.id, month, dropped }, 'The raw data of a month is gone.')
    } catch (err) {
      waiting.add(site.id)
      log.error(
        { err, site: site.id, month },
        'The raw data of a month could not go and will be tried again.',
      )
    }
  }
  for (const { site, year, rows } of await dropOldTotals(store, sites.all(), now())) {
    log.info({ site: site.id, year, rows }, 'Final totals were kept long enough and are gone.')
  }
}

async function finalize(service: Footfall, args: string[], output: Output): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      year: { type: 'string' },
      month: { type: 'string' },
      site: { type: 'string' },
      'grace-days': { type: 'string', default: String(defaultGraceDays) },
      'dry-run': { type: 'boolean', default: false },
    },
  })
  const month = values.month === undefined ? undefined : readMonth(values.month)
  if (month && values.year !== undefined) throw new UsageError('Give --year or --month, not both.')
  const year = month ? 0 : whole(values.year, '--year', 1990, 9999)
  const graceDays = whole(values['grace-days'], '--grace-days', 0, 366)
  const chosen = sitesOf(service, values.site)
  if (chosen.length === 0) throw new UsageError('There is no site yet.')
  await service.settle()
  const refused: string[] = []
  for (const site of chosen) {
    try {
      if (month && values['dry-run']) {
        const plan = await planMonth({ store: service.store, site, month, now: service.now() })
        for (const line of monthTable(site, month, plan)) output.line(line)
      } else if (month) {
        const progress = (step: MonthProgress) => output.progress(`${site.name}, ${month}: ${told(step)}`)
        const dropped = await dropMonthOfSite(service, site, month, progress)
        output.line(`${site.name}: the raw data of ${month} is gone. Dropped ${rowsOf(dropped)}.`)
      } else if (values['dry-run']) {
        const plan = await planYear({ store: service.store, site, year, now: service.now(), graceDays })
        for (const line of planTable(site, plan)) output.line(line)
      } else {
        const progress = (step: Progress) => output.progress(`${site.name}, ${year}: ${told(step)}`)
        const dropped = await finaliseSite(service, site, year, graceDays, progress)
        output.line(
          `${site.name}: ${year} is final.${dropped.length > 0 ? ` Dropped ${rowsOf(dropped)}.` : ''}`,
        )
      }
    } catch (error) {
      if (!(error instanceof FinalYearError)) throw error
      refused.push(error.message)
    }
  }
  if (refused.length === chosen.length) throw new UsageError(refused.join('\n'))
  for (const message of refused) output.line(message)
}

async function finaliseSite(
  service: Footfall,
  site: Site,
  year: number,
  graceDays: number,
  progress?: (progress: Progress) => void,
): Promise<DroppedRows> {
  const { store, now } = service
  const closing = await closingOf(service, site, `${year}-12-31`)
  const { dropped } = await finaliseYear({ store, site, year, now: now(), graceDays, progress, ...closing })
  return dropped
}

async function dropMonthOfSite(
  service: Footfall,
  site: Site,
  month: string,
  progress?: (progress: MonthProgress) => void,
): Promise<DroppedRows> {
  const { store, now } = service
  const closing = await closingOf(service, site, lastDayOf(month))
  return await dropRawMonth({ store, site, month, now: now(), progress, ...closing })
}

/** What the parts of the service have to do with the end of the days up to this one. @throws FinalYearError */
async function closingOf(
  { journal, sites, visits, closedDays, settle }: Footfall,
  site: Site,
  day: string,
): Promise<Pick<FinaliseOptions, 'close' | 'forget' | 'closedEverywhere'>> {
  if ((await journal.rejectedSegments()).length > 0) {
    throw new FinalYearError(
      'refused_segments',
      'Segments of hits are set aside that ClickHouse refused, and some may be of these days: see `footfall journal`.',
    )
  }
  return {
    close: async () => {
      closedDays.close(site.id, day)
      await settle()
    },
    forget: (before) => visits.known.forget(site.id, before),
    closedEverywhere: async () => {
      if (!sites.all().every(({ id }) => closedDays.has(id, day))) return false
      await settle()
      return true
    },
  }
}

function sitesOf(service: Footfall, id: string | undefined): Site[] {
  if (id === undefined) return service.sites.all()
  const site = service.sites.get(whole(id, '--site', 1, 4294967295))
  if (!site) throw new UsageError(`There is no site ${id}.`)
  return [site]
}

function whole(text: string | undefined, name: string, least: number, most: number): number {
  const number = Number(text)
  if (text === undefined || !/^\d+$/.test(text) || number < least || number > most) {
    throw new UsageError(`${name} must be a whole number from ${least} to ${most}.`)
  }
  return number
}

function readMonth(text: string): string {
  if (/^(19|20)\d\d-(0[1-9]|1[0-2])$/.test(text)) return text
  throw new UsageError('--month must be a month like 2026-06.')
}

function lastDayOf(month: string): string {
  return daysAround('month', `${month}-01`).to
}

function told(progress: Progress | MonthProgress): string {
  const percent = `${Math.round((100 * progress.done) / progress.steps)} %`
  switch (progress.step) {
    case 'compute':
    case 'add up':
    case 'check':
      return `${percent}, ${progress.step} ${progress.report}`
    case 'drop':
      return `${percent}, drop ${progress.table} of ${progress.month}`
    case 'compare':
      return 'from' in progress ? `${percent}, compare what came from ${progress.from} on` : percent
    default:
      return percent
  }
}

/** What a dry run prints. */
function planTable(site: Site, plan: YearPlan): string[] {
  const due = plan.due ? 'due now' : `due from ${plan.dueFrom}`
  const kept = plan.keeps.map(({ report, rows, totals }) => {
    const counts = new Set(
      findReport(report)
        ?.metrics.filter(({ format }) => format === 'count')
        .map(({ name }) => name),
    )
    const figures = Object.entries(totals)
      .filter(([name]) => counts.has(name))
      .slice(0, 3)
    return [`  ${report}`, count(rows), figures.map(([name, value]) => `${name} ${count(value)}`).join(', ')]
  })
  return [
    `${site.name} (site ${site.id}), ${plan.year}: ${plan.state}, ${due}`,
    ...aligned([['Keeps', 'rows', 'totals of the year'], ...kept]),
    ...dropsTable(plan.drops),
  ]
}

function monthTable(site: Site, month: string, plan: MonthPlan): string[] {
  const due = plan.due ? 'due now' : `due from ${plan.dueFrom}`
  return [
    `${site.name} (site ${site.id}), ${month}: ${plan.state}, ${due}`,
    'Keeps all that is rolled up of its days, weeks and of the month',
    ...dropsTable(plan.drops),
  ]
}

function dropsTable(drops: readonly RawRows[]): string[] {
  const rows = drops.map(({ table, rows, bytes }) => [`  ${table}`, count(rows), `about ${megabytes(bytes)}`])
  return aligned([['Drops', 'rows', 'on disk'], ...rows])
}

function rowsOf(dropped: DroppedRows): string {
  return dropped.map(({ table, rows }) => `${count(rows)} ${table}`).join(' and ') || 'nothing'
}

function aligned(rows: string[][]): string[] {
  const width = (column: number) => Math.max(...rows.map((row) => row[column]?.length ?? 0))
  return rows.map(([first = '', second = '', third = '']) =>
    `${first.padEnd(width(0))}  ${second.padStart(width(1))}  ${third}`.trimEnd(),
  )
}

function count(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 0 })
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`
}
