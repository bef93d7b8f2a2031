// `footfall finalize`, and the schedule that does the same by itself: the yearly job for whichever sites and
// years are due.

import { parseArgs } from 'node:util'
import type { Site } from '../admin/site.ts'
import { type Command, type Output, UsageError } from '../command.ts'
import type { Footfall } from '../footfall.ts'
import { findReport } from '../reports/catalogue.ts'
import {
  defaultGraceDays,
  dueYears,
  FinalYearError,
  finaliseYear,
  type Progress,
  planYear,
  type YearPlan,
} from './final-year.ts'
import { dropOldTotals } from './old-totals.ts'

export const finalizeCommand: Command = {
  summary: 'Compute the final totals of a year and drop its raw data',
  usage: 'finalize --year Y [--site N] [--grace-days 7] [--dry-run]',
  run: finalize,
}

/**
 * Finalises what is due, oldest first. A year that fails, or into which an import still writes, keeps the later
 * years of its site waiting, but no other site.
 */
export async function finalizeDue(service: Footfall): Promise<void> {
  const { store, sites, closedYears, now, log } = service
  const waiting = new Set<number>()
  for (const { site, year } of await dueYears({ store, sites: sites.all(), now: now() })) {
    if (!closedYears.quiet(site.id, year, now())) waiting.add(site.id)
    if (waiting.has(site.id)) continue
    try {
      const dropped = await finaliseSite(service, site, year, defaultGraceDays)
      log.info({ site: site.id, year, dropped }, 'A year is final.')
    } catch (err) {
      waiting.add(site.id)
      log.error({ err, site: site.id, year }, 'A year could not be made final and will be tried again.')
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
      site: { type: 'string' },
      'grace-days': { type: 'string', default: String(defaultGraceDays) },
      'dry-run': { type: 'boolean', default: false },
    },
  })
  const year = whole(values.year, '--year', 1990, 9999)
  const graceDays = whole(values['grace-days'], '--grace-days', 0, 366)
  const chosen = sitesOf(service, values.site)
  if (chosen.length === 0) throw new UsageError('There is no site yet.')
  await service.settle()
  const refused: string[] = []
  for (const site of chosen) {
    try {
      if (values['dry-run']) {
        const plan = await planYear({ store: service.store, site, year, now: service.now(), graceDays })
        for (const line of planTable(site, plan)) output.line(line)
      } else {
        const progress = (step: Progress) => output.progress(`${site.name}, ${year}: ${told(step)}`)
        const dropped = await finaliseSite(service, site, year, graceDays, progress)
        const rows = dropped.map((table) => `${count(table.rows)} ${table.table}`).join(' and ')
        output.line(`${site.name}: ${year} is final.${rows && ` Dropped ${rows}.`}`)
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
): Promise<{ table: string; rows: number }[]> {
  const { store, journal, sites, visits, closedYears, settle, now } = service
  if ((await journal.rejectedSegments()).length > 0) {
    throw new FinalYearError(
      'refused_segments',
      'Segments of hits are set aside that ClickHouse refused, and some may be of that year: see `footfall journal`.',
    )
  }
  const { dropped } = await finaliseYear({
    store,
    site,
    year,
    now: now(),
    graceDays,
    progress,
    close: async () => {
      closedYears.close(site.id, year)
      await settle()
    },
    forget: (before) => visits.known.forget(site.id, before),
    closedEverywhere: async () => {
      if (!sites.all().every(({ id }) => closedYears.has(id, year))) return false
      await settle()
      return true
    },
  })
  return dropped
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

function told(progress: Progress): string {
  const percent = `${Math.round((100 * progress.done) / progress.steps)} %`
  switch (progress.step) {
    case 'compute':
    case 'add up':
    case 'check':
      return `${percent}, ${progress.step} ${progress.report}`
    case 'drop':
      return `${percent}, drop ${progress.table} of ${progress.month}`
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
  const dropped = plan.drops.map(({ table, rows, bytes }) => [
    `  ${table}`,
    count(rows),
    `about ${megabytes(bytes)}`,
  ])
  return [
    `${site.name} (site ${site.id}), ${plan.year}: ${plan.state}, ${due}`,
    ...aligned([['Keeps', 'rows', 'totals of the year'], ...kept]),
    ...aligned([['Drops', 'rows', 'on disk'], ...dropped]),
  ]
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
