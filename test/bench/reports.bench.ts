// How long a dashboard waits for its answers on a large site: ten questions over periods of each kind, from rollups and, as
// if there were none, from the hits themselves; and with a segment. Then what a hit takes on disk, before and after its
// year is made final, and how long a day of 872,000 visits takes to be rolled up.
//
// The site is made here, a year of it, the same every time.
//
// npm run bench -- reports [--hits 5000000] [--keep folder | --from folder] [--rounds 5] [--memory 1000] [--final]
// [--day]
//
// `--memory` is what ClickHouse may use, in megabytes: to count the visitors of a year from 100 million hits takes 4000.
// `--from` takes a folder that `--keep` has left, also one of an earlier version: what has changed since is made anew.

import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Site } from '../../server/admin/site.ts'
import { finaliseYear } from '../../server/archive/final-year.ts'
import { rollUp } from '../../server/archive/rolling.ts'
import { answer } from '../../server/reports/answer.ts'
import { findReport } from '../../server/reports/catalogue.ts'
import { type Grain, type PeriodKind, parsePeriod } from '../../server/reports/period.ts'
import { readSegment } from '../../server/reports/segment/read-segment.ts'
import type { CompiledSegment } from '../../server/reports/segment/segment-sql.ts'
import { packageRoot } from '../../server/root.ts'
import { migrate } from '../../server/store/migrations.ts'
import { Store } from '../../server/store/store.ts'
import { berlin } from '../world/store.ts'
import { median } from './load.ts'
import { makeSite } from './made-site.ts'

const { values: options } = parseArgs({
  options: {
    hits: { type: 'string', default: '5000000' },
    keep: { type: 'string' },
    from: { type: 'string' },
    rounds: { type: 'string', default: '5' },
    final: { type: 'boolean', default: false },
    day: { type: 'boolean', default: false },
    memory: { type: 'string', default: '1000' },
  },
})
const hits = Number(options.hits)
const rounds = Number(options.rounds)
const folder = options.from ?? options.keep ?? mkdtempSync(join(tmpdir(), 'footfall-bench-'))
if (options.keep && existsSync(options.keep)) throw new Error(`${options.keep} is there already; use --from.`)

const year = 2025
const now = Date.parse('2026-01-20T12:00:00Z')
const site: Site = { ...berlin, timezone: 'UTC' }
/** The same clock by another name: nothing is stored of it, so that it is answered from the hits. */
const unrolled: Site = { ...site, timezone: 'Etc/UTC' }

const store = await Store.open({
  data: folder,
  clickhouseUrl: undefined,
  clickhouseCluster: undefined,
  // Megabytes; by default for what a small server would have.
  clickhouseMemory: Number(options.memory) * 1_000_000,
  questionSeconds: 600,
})
const summary: Record<string, unknown> = { bench: 'reports' }

async function make(): Promise<void> {
  const made = await timed(async () => {
    await makeSite(store, { siteId: site.id, from: `${year}-01-01`, days: 365, hits }, (day) => {
      if (day.endsWith('-01')) console.log(`made up to ${day}`)
    })
    await settle()
  })
  console.log(`made ${hits} hits in ${made.toFixed(0)} s`)
  Object.assign(summary, { madeIn: Math.round(made) })
}

async function rollUpAll(): Promise<void> {
  const rolled = await timed(async () => {
    await rollUp({
      store,
      sites: [site],
      now,
      settleFor: 0,
      progress: (_, what) => {
        if (/-01\b/.test(what)) console.log(`rolling up ${what}`)
      },
    })
  })
  await settle()
  console.log(`rolled up in ${rolled.toFixed(0)} s`)
  Object.assign(summary, { rolledUpIn: Math.round(rolled) })
}

/** As it would be after a year: parts are merged. */
async function settle(): Promise<void> {
  for (const table of ['hits', 'visits', 'visitors', 'days', 'rollups', 'rolled']) {
    await store.command(
      `OPTIMIZE TABLE ${table} FINAL`,
      {},
      { max_execution_time: 0, optimize_skip_merged_partitions: 1 },
    )
  }
}

type Question = { title: string; report: string; by?: Partial<Record<PeriodKind, Grain>> }

const days: Question['by'] = { day: 'hour', week: 'day', month: 'day', year: 'month', range: 'day' }
const questions: Question[] = [
  { title: 'overview, over time', report: 'overview', by: days },
  { title: 'pages', report: 'pages' },
  { title: 'entry pages', report: 'entry-pages' },
  { title: 'channels', report: 'referrer-types' },
  { title: 'websites', report: 'websites' },
  { title: 'campaigns', report: 'campaigns' },
  { title: 'countries', report: 'countries' },
  { title: 'browsers', report: 'browsers' },
  { title: 'events', report: 'event-categories' },
  { title: 'hours', report: 'server-hours' },
]

const periods: [PeriodKind, string][] = [
  ['day', `${year}-11-12`],
  ['week', `${year}-11-10`],
  ['month', `${year}-11-01`],
  ['year', `${year}-01-01`],
  ['range', `${year}-07-15,${year}-10-22`],
]

async function ask(
  { report: name, by }: Question,
  [kind, date]: [PeriodKind, string],
  of: Site,
  segment?: CompiledSegment,
): Promise<number> {
  const report = findReport(name)
  if (!report) throw new Error(`There is no report ${name}.`)
  const question = { report, site: of, by: by?.[kind], limit: 10, offset: 0, segment }
  const seconds = await timed(async () => {
    await answer(store, { ...question, period: parsePeriod(kind, date, of.timezone, now) }, now)
  })
  return seconds * 1000
}

async function measure(): Promise<void> {
  const rows: Record<string, string | number>[] = []
  const all: number[] = []
  const ratios: number[] = []
  for (const period of periods) {
    for (const question of questions) {
      await ask(question, period, site)
      const rolled: number[] = []
      const raw: number[] = []
      for (let round = 0; round < rounds; round++) rolled.push(await ask(question, period, site))
      // A whole year is read once.
      const times = period[0] === 'year' ? 1 : Math.min(rounds, 2)
      for (let round = 0; round < times; round++) raw.push(await ask(question, period, unrolled))
      const ratio = median(raw) / median(rolled)
      if (period[0] === 'year') ratios.push(ratio)
      all.push(...rolled)
      const row = {
        period: period[0],
        question: question.title,
        p50: Math.round(median(rolled)),
        p95: Math.round(quantile(rolled, 0.95)),
        raw: Math.round(median(raw)),
        ratio: Number(ratio.toFixed(1)),
      }
      rows.push(row)
      console.log(Object.values(row).join('\t'))
    }
  }
  const segment = readSegment('deviceType==smartphone;pageUrl=@/blog/', site, () => {
    throw new Error('None is saved.')
  })
  const month: [PeriodKind, string] = ['range', `${year}-10-01,${year}-10-30`]
  const segmented: number[] = []
  for (const question of questions) {
    await ask(question, month, site, segment)
    const times = [await ask(question, month, site, segment), await ask(question, month, site, segment)]
    segmented.push(...times)
    console.log(`segment, 30 days\t${question.title}\t${Math.round(median(times))}`)
  }
  Object.assign(summary, {
    p50: Math.round(median(all)),
    p95: Math.round(quantile(all, 0.95)),
    yearRatio: Math.round(Math.min(...ratios)),
    segmentP50: Math.round(median(segmented)),
    segmentP95: Math.round(quantile(segmented, 0.95)),
    ...(await sizes()),
  })
  if (options.day) await measureDay()
  if (options.final) await measureFinal()
}

/** Bytes a hit, of each table; the columns that take most are printed. */
async function sizes(): Promise<Record<string, number>> {
  const [counted] = await store.query<{ hits: number }>(
    'SELECT sum(hits) AS hits FROM visit WHERE site_id = 1',
  )
  const all = counted?.hits ?? 0
  const found = await store.query<{ table: string; bytes: number }>(
    `SELECT table, sum(bytes_on_disk) AS bytes FROM system.parts
     WHERE active AND database = currentDatabase() AND table IN ('hits', 'visits', 'visitors', 'rollups') GROUP BY table ORDER BY table`,
  )
  const columns = await store.query<{ name: string; bytes: number }>(
    `SELECT concat(table, '.', column) AS name, sum(column_data_compressed_bytes) AS bytes FROM system.parts_columns
     WHERE active AND database = currentDatabase() AND table IN ('hits', 'visits', 'rollups') GROUP BY name ORDER BY bytes DESC LIMIT 12`,
  )
  for (const { name, bytes } of columns) console.log(`${name}\t${(bytes / all).toFixed(2)} bytes a hit`)
  return {
    hits: all,
    ...Object.fromEntries(
      found.map(({ table, bytes }) => [`${table}Bytes`, Number((bytes / all).toFixed(2))]),
    ),
  }
}

/** A day of another site, as large as the one that took Matomo 1,082 seconds. */
async function measureDay(): Promise<void> {
  const large = { ...site, id: 2 }
  const visits = 872_000
  await makeSite(
    store,
    { siteId: large.id, from: '2026-01-14', days: 1, hits: (visits * 4) / 1.056 },
    () => {},
  )
  const [counted] = await store.query<{ visits: number; hits: number }>(
    'SELECT count() AS visits, sum(hits) AS hits FROM visit WHERE site_id = 2',
  )
  const dayAfter = Date.parse('2026-01-15T12:00:00Z')
  const seconds = await timed(async () => {
    await rollUp({ store, sites: [large], now: dayAfter, settleFor: 0, thorough: false })
  })
  console.log(
    `a day of ${counted?.visits} visits and ${counted?.hits} hits is rolled up in ${seconds.toFixed(1)} s`,
  )
  Object.assign(summary, { dayVisits: counted?.visits, dayRolledUpIn: Number(seconds.toFixed(1)) })
}

async function measureFinal(): Promise<void> {
  const [before] = await store.query<{ hits: number }>(
    'SELECT sum(hits) AS hits FROM visit WHERE site_id = 1',
  )
  const seconds = await timed(async () => {
    await finaliseYear({ store, site, year, now })
  })
  await settle()
  const [after] = await store.query<{ bytes: number }>(
    `SELECT sum(bytes_on_disk) AS bytes FROM system.parts WHERE active AND database = currentDatabase() AND table = 'rollups'`,
  )
  const bytes = Number(((after?.bytes ?? 0) / (before?.hits ?? 1)).toFixed(2))
  console.log(`the year is final after ${seconds.toFixed(0)} s: ${bytes} bytes a hit`)
  Object.assign(summary, { finalIn: Math.round(seconds), finalBytes: bytes })
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}

async function timed(work: () => Promise<void>): Promise<number> {
  const start = performance.now()
  await work()
  return (performance.now() - start) / 1000
}

try {
  await migrate(store, join(packageRoot, 'migrations'))
  if (!options.from) await make()
  await rollUpAll()
  await measure()
} finally {
  await store.close()
  if (!options.from && !options.keep) rmSync(folder, { recursive: true, force: true })
}
console.log(
  JSON.stringify({ ...summary, node: process.version, cpu: `${cpus().length} x ${cpus()[0]?.model.trim()}` }),
)
