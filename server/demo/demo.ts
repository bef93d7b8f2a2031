// `footfall demo`: fills a site with the traffic of an imaginary shop, so that every report has something to
// show. Each request goes the way of a real one, through the collector and the journal.

import { setImmediate } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import type { Site } from '../admin/site.ts'
import type { Beacon } from '../collect/beacon.ts'
import { beaconOf, type Registry } from '../collect/request.ts'
import { type Command, type Output, UsageError } from '../command.ts'
import { openLocations } from '../enrich/location.ts'
import type { Footfall } from '../footfall.ts'
import { localDay } from '../zone.ts'
import { collectAddresses } from './place.ts'
import { type DemoRequest, Traffic } from './traffic.ts'

export const demoCommand: Command = {
  summary: 'Fill a site with made-up traffic',
  usage: 'demo [--days 400] [--visits-per-day 500] [--site N] [--seed S] [--until YYYY-MM-DD] [--force]',
  run: demo,
}

const defaultSeed = 'footfall'
const mostDays = 3000
const mostVisitsPerDay = 200_000
/** Hits that share a commit of the journal. */
const batchSize = 200
/** Segments of the journal that may wait for ClickHouse before more is made. */
const mostWaiting = 5
/** Milliseconds between two looks at the progress. */
const progressEvery = 200

async function demo(service: Footfall, args: string[], output: Output): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      days: { type: 'string', default: '400' },
      'visits-per-day': { type: 'string', default: '500' },
      site: { type: 'string' },
      seed: { type: 'string' },
      until: { type: 'string' },
      force: { type: 'boolean', default: false },
    },
  })
  const days = wholeNumber('days', values.days, mostDays)
  const visitsPerDay = wholeNumber('visits-per-day', values['visits-per-day'], mostVisitsPerDay)
  const wanted = values.site === undefined ? undefined : knownSite(service, values.site)
  const now = service.now()
  if (values.until !== undefined) checkDate(values.until)

  const site = wanted ?? service.sites.all()[0] ?? (await createSite(service, output))
  const today = localDay(site.timezone, now)
  const until = values.until ?? today
  if (until > today) throw new UsageError(`--until ${until} has not come yet; today is ${today}.`)

  const existing = await countHits(service, site)
  if (existing > 0 && !values.force) {
    throw new UsageError(
      `Site ${site.id} (${site.name}) has ${count(existing, 'hit')} already, and made-up ones would mix with them. ` +
        'Name another site with --site, or add to this one with --force.',
    )
  }
  // Visitors of an earlier demo would come a second time, in the middle of what they did then.
  const seed = values.seed ?? (existing > 0 ? `${defaultSeed} ${existing}` : defaultSeed)
  const addresses = collectAddresses(openLocations().country)
  const traffic = new Traffic({ site, days, visitsPerDay, until, now, seed, addresses })
  await fill(service, site, traffic, now, output)
  if (service.setup.needed) {
    output.line(
      'To see it, you need an account: start the service with `footfall serve` and open the address',
    )
    output.line('that it prints, or run `footfall setup`.')
  }
}

async function fill(
  service: Footfall,
  site: Site,
  traffic: Traffic,
  now: number,
  output: Output,
): Promise<void> {
  const registry = { site: (id: number) => (id === site.id ? site : undefined), knowsToken: isOwnToken }
  const started = performance.now()
  let shown = started
  let visits = 0
  let hits = 0
  const lost = new Map<string, number>()
  let batch: Beacon[] = []
  const collect = async () => {
    for (const outcome of await service.collector.collectAll(batch)) {
      if ('kept' in outcome) {
        hits++
        if (outcome.kept.position === 1) visits++
      } else {
        const reason = 'refused' in outcome ? outcome.refused.message : outcome.dropped
        lost.set(reason, (lost.get(reason) ?? 0) + 1)
      }
    }
    batch = []
    // Others have their turn, and what is made does not pile up on the disk.
    if (service.journal.backlog().segments > mostWaiting) await service.journal.drain()
    else await setImmediate()
    if (performance.now() - shown < progressEvery) return
    shown = performance.now()
    output.progress(progressBar(traffic.begun / traffic.visits, hits, (shown - started) / 1000))
  }
  for (const request of traffic.requests()) {
    batch.push(beaconFrom(request, registry, now))
    if (batch.length === batchSize) await collect()
  }
  await collect()
  await service.journal.drain()

  const seconds = (performance.now() - started) / 1000
  const days = count(traffic.days.length, 'day')
  const speed = `${seconds.toFixed(1)} s (${number(hits / seconds)} hits/s)`
  output.line(
    `Site ${site.id} (${site.name}): ${days}, ${count(visits, 'visit')}, ${count(hits, 'hit')} in ${speed}.`,
  )
  for (const [reason, times] of lost) output.line(`Not kept: ${count(times, 'hit')} (${reason})`)
}

/** Lets the beacon be of the past. Nobody else knows it: it is asked for here and nowhere else. */
const token = 'demo'

function isOwnToken(text: string): boolean {
  return text === token
}

function beaconFrom(request: DemoRequest, registry: Registry, now: number): Beacon {
  const { parameters, method, address, headers, time } = request
  parameters.cdt = String(time)
  parameters.token_auth = token
  const beacon = beaconOf(parameters, { method, address, headers, cookies: {}, now }, registry)
  // They come in order.
  beacon.past = false
  return beacon
}

async function createSite(service: Footfall, output: Output): Promise<Site> {
  const site = await service.sites.create({
    name: 'Demo shop',
    url: 'https://demo.example',
    timezone: 'Europe/Berlin',
  })
  output.line(`There was no site yet: site ${site.id} (${site.name}) has been created.`)
  return site
}

async function countHits(service: Footfall, site: Site): Promise<number> {
  const [row] = await service.store.query<{ hits: number }>(
    'SELECT count() AS hits FROM hits WHERE site_id = {site:UInt32}',
    { site: site.id },
  )
  return row?.hits ?? 0
}

function knownSite(service: Footfall, text: string): Site {
  const site = /^\d{1,10}$/.test(text) ? service.sites.get(Number(text)) : undefined
  if (site) return site
  const known = service.sites.all().map(({ id, name }) => `${id} (${name})`)
  throw new UsageError(
    `There is no site ${text}. ${known.length > 0 ? `Known: ${known.join(', ')}.` : ''}`.trim(),
  )
}

function wholeNumber(option: string, text: string, most: number): number {
  const value = Number(text)
  if (!/^\d+$/.test(text) || value < 1 || value > most) {
    throw new UsageError(`--${option} ${text} is not usable: it must be a whole number from 1 to ${most}.`)
  }
  return value
}

function checkDate(text: string): void {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN
  if (Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== text) {
    throw new UsageError(`--until ${text} is no date; write it as 2026-11-22.`)
  }
}

const barLength = 24

function progressBar(part: number, hits: number, seconds: number): string {
  // Chance decides how many visits there are in the end.
  const done = Math.min(1, part)
  const bar = '#'.repeat(Math.round(done * barLength)).padEnd(barLength, '.')
  const left = done > 0 ? duration((seconds * (1 - done)) / done) : '?'
  const percent = `${Math.floor(done * 100)} %`.padStart(5)
  return `[${bar}] ${percent}  ${count(hits, 'hit')}  ${number(hits / seconds)} hits/s  ${left} left`
}

function duration(seconds: number): string {
  const whole = Math.ceil(seconds)
  if (whole < 60) return `${whole} s`
  return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`
}

function count(value: number, noun: string): string {
  return `${number(value)} ${noun}${value === 1 ? '' : 's'}`
}

function number(value: number): string {
  return Math.round(value).toLocaleString('en-US')
}
