// The end of a year: what was shown before is shown after, and nothing raw is left. Three sites have the same
// visits in the same partitions: one goes undisturbed, one is killed at every kind of step, one stays.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Site } from '../../../server/admin/site.ts'
import {
  dueYears,
  type FinalYearOptions,
  finaliseYear,
  type Progress,
  planYear,
} from '../../../server/archive/final-year.ts'
import type { Hit } from '../../../server/collect/hit.ts'
import { catalogue, keptReports } from '../../../server/reports/catalogue.ts'
import { finalYears } from '../../../server/reports/final-years.ts'
import { ReportsWorld } from '../../world/reports.ts'
import { berlin, openStore, type StoreWorld, storeHits } from '../../world/store.ts'
import { download, event, outlink, page, ping, search, visit } from '../../world/visits.ts'

const [undisturbed, killed, staying] = [1, 2, 3]
const sites: Site[] = [undisturbed, killed, staying].map((id) => ({ ...berlin, id, name: `Site ${id}` }))
const february = Date.parse('2026-02-01T12:00:00Z')

let world: StoreWorld
let reports: ReportsWorld
/** Answers from the hits. */
let before: Record<string, object>
let beforeUnder: object[]

beforeAll(async () => {
  world = await openStore()
  reports = new ReportsWorld(world.store, sites)
  reports.now = february
  await storeHits(
    world.store,
    sites.flatMap(({ id }) => aYear(id)),
  )
  before = await everyAnswer(undisturbed)
  beforeUnder = await under()
}, 120_000)
afterAll(() => world.close())

/** Visits of few visitors in 2025 and the first days of 2026, the days when the clock changes among them. */
function aYear(site: number): Hit[] {
  const times = [
    '2025-01-01T00:10:00+01:00',
    '2025-01-03T09:00:00+01:00',
    '2025-03-30T01:30:00+01:00',
    '2025-03-30T03:30:00+02:00',
    '2025-06-09T12:00:00+02:00',
    '2025-06-11T12:00:00+02:00',
    '2025-06-11T18:00:00+02:00',
    '2025-06-30T23:50:00+02:00',
    '2025-10-26T02:30:00+02:00',
    '2025-10-26T02:30:00+01:00',
    '2025-12-01T08:00:00+01:00',
    '2025-12-31T23:00:00+01:00',
    '2026-01-01T10:00:00+01:00',
    '2026-01-04T10:00:00+01:00',
    '2026-01-20T10:00:00+01:00',
  ]
  const types = ['direct', 'search', 'website', 'social', 'campaign', 'ai'] as const
  return times.flatMap((at, n) => [
    ...visit({
      site,
      at,
      visitor: String(1 + (n % 4)),
      visitNumber: 1 + Math.floor(n / 4),
      referrer_type: types[n % types.length],
      referrer_name: n % types.length === 0 ? '' : `name ${n % 3}`,
      country: ['DE', 'US', ''][n % 3],
      language: ['de-de', 'en', ''][n % 3],
      os_version: String(10 + (n % 2)),
      techniques: n % 2 === 0 ? ['cookies', 'pdf'] : ['cookies'],
      does: [
        page('example.org/', 'Home'),
        page(`example.org/${n % 5}`, `Page ${n % 5}`, { after: 30, url_prefix: n % 4 }),
        download('https://example.org/list.pdf'),
        outlink('https://partner.example/'),
        search(['shoes', 'hats'][n % 2] ?? '', { after: 5 }),
        event('Video', 'play', 'Intro', n % 3 === 0 ? null : n / 10),
        ping(20),
      ],
    }),
    ...visit({ site, at, visitor: String(100 + n), does: [page('example.org/', 'Home')] }),
  ])
}

const options = (site: number, more: Partial<FinalYearOptions> = {}) => {
  const found = sites[site - 1]
  if (!found) throw new Error(`no site ${site}`)
  return { store: world.store, site: found, year: 2025, now: february, ...more }
}

const periods = [
  'period=day&date=2025-03-30',
  'period=week&date=2025-01-01',
  'period=week&date=2025-12-31',
  'period=month&date=2025-06-01',
  'period=year&date=2025-01-01',
]
const series = [
  'period=day&date=2025-03-30&by=hour',
  'period=day&date=2025-10-26&by=hour',
  'period=day&date=2025-12-31&by=hour',
  'period=month&date=2025-06-01&by=hour',
  'period=week&date=2025-12-31&by=day',
  'period=month&date=2025-06-01&by=day',
  'period=year&date=2025-01-01&by=day',
  'period=year&date=2025-01-01&by=month',
]
const further = [
  'event-category-actions?under=Video',
  'events?under=Video&under=play',
  'events?under=Video',
  'referrers?under=search',
  'browser-versions?under=Firefox',
  'pages?folder=',
  'pages?folder=example.org/',
  'downloads?folder=example.org/',
].map((question) => `${question}&period=year&date=2025-01-01`)
/** Totals that are rows: their visitors are added up, which is told. */
const underRows = [
  'resolutions?under=1920x1080',
  'configurations?under=Windows',
  'configurations?under=Windows&under=Firefox',
].map((question) => `${question}&period=year&date=2025-01-01`)
const under = () => Promise.all(underRows.map((one) => reports.json(`/${one}&site=${undisturbed}`)))
const shown = keptReports.map(({ name }) => name)

async function everyAnswer(site: number): Promise<Record<string, object>> {
  const questions = [
    ...shown.flatMap((name) => periods.map((period) => `/${name}?site=${site}&${period}`)),
    ...series.map((period) => `/overview?site=${site}&${period}`),
    ...further.map((question) => `/${question}&site=${site}`),
  ]
  const answers: [string, object][] = []
  const askOn = async () => {
    for (let question = questions.pop(); question; question = questions.pop()) {
      const { source, ...answer } = await reports.json(question)
      answers.push([question, answer])
    }
  }
  await Promise.all([askOn(), askOn()])
  return Object.fromEntries(answers)
}

const rawRows = async (site: number, year: number) => {
  const rows = await world.store.query<{ hits: number; visits: number }>(
    `SELECT (SELECT count() FROM hits WHERE site_id = {site:UInt32} AND toYear(day) = {year:UInt16}) AS hits,
            (SELECT count() FROM visits WHERE site_id = {site:UInt32} AND toYear(day) = {year:UInt16}) AS visits`,
    { site, year },
  )
  return rows[0]
}

async function everything(): Promise<Record<string, unknown[]>> {
  const tables = ['hits', 'visits', 'rollups', 'years'].map(async (table) => [
    table,
    await world.store.query(`SELECT count() AS rows, groupBitXor(cityHash64(*)) AS content FROM ${table}`),
  ])
  return Object.fromEntries(await Promise.all(tables))
}

describe('a year is refused', () => {
  test('while it is not over, or its grace time', async () => {
    const at = (time: string) => finaliseYear(options(undisturbed, { now: Date.parse(time) }))
    await expect(at('2025-12-31T22:00:00Z')).rejects.toThrow(
      'The year 2025 of site 1 may become final on 2026-01-08; there it is 2025-12-31.',
    )
    await expect(at('2026-01-07T22:59:59Z')).rejects.toMatchObject({ code: 'not_over' })
    await expect(finaliseYear(options(undisturbed, { year: 2026 }))).rejects.toMatchObject({
      code: 'not_over',
    })
  })

  test('when there is nothing of it', async () => {
    await expect(finaliseYear(options(undisturbed, { year: 2024 }))).rejects.toMatchObject({
      code: 'no_hits',
    })
  })

  test('while an earlier one is not final', async () => {
    const now = Date.parse('2027-02-01T12:00:00Z')
    await expect(finaliseYear(options(undisturbed, { year: 2026, now }))).rejects.toThrow(
      'Make the year 2025 of site 1 final first.',
    )
  })
})

test('the schedule knows what is due', async () => {
  const due = async (time: string) => {
    const years = await dueYears({ store: world.store, sites, now: Date.parse(time) })
    return years.map(({ site, year }) => [site.id, year])
  }
  expect(await due('2026-01-07T22:59:59Z')).toEqual([])
  const all = [undisturbed, killed, staying]
  expect(await due('2026-01-07T23:00:00Z')).toEqual(all.map((id) => [id, 2025]))
  expect(await due('2027-02-01T12:00:00Z')).toEqual(
    [2025, 2026].flatMap((year) => all.map((id) => [id, year])),
  )
})

test('a dry run says what is kept and what is dropped, and changes nothing', async () => {
  const before = await everything()
  const plan = await planYear(options(undisturbed))
  // Only that days are rolled up, if they are not yet.
  const rolled = { rows: expect.any(Number), content: expect.any(Number) }
  expect(await everything()).toEqual({ ...before, rollups: [rolled] })
  expect(plan).toMatchObject({ site: 1, year: 2025, state: 'raw', dueFrom: '2026-01-08', due: true })
  expect(plan.keeps).toHaveLength(shown.length)
  expect(plan.keeps.find(({ report }) => report === 'downloads')).toEqual({
    report: 'downloads',
    title: 'Downloads',
    // 9 days, 7 weeks, 5 months, the year: each the file and the total.
    rows: 2 * (9 + 7 + 5 + 1),
    totals: { hits: 12, visits: 12, visitors: 4 },
  })
  expect(plan.drops).toEqual([
    { table: 'hits', rows: 96, bytes: expect.any(Number) },
    { table: 'visits', rows: 24, bytes: expect.any(Number) },
  ])
  expect(plan.drops.every(({ bytes }) => bytes > 0)).toBe(true)
})

test('a final year is shown as it was before, and its raw rows are gone', async () => {
  const others = [await rawRows(killed, 2025), await rawRows(staying, 2025)]
  const steps: Progress[] = []
  const { dropped } = await finaliseYear({
    ...options(undisturbed),
    // From the hits themselves, as on a cluster; the others are made from copies.
    copy: false,
    progress: (step) => steps.push(step),
  })
  expect(dropped).toEqual([
    { table: 'hits', rows: 96 },
    { table: 'visits', rows: 24 },
  ])
  expect(steps.map(({ step }) => step)).toEqual(expect.arrayContaining(['clear', 'compute', 'check', 'drop']))
  expect(steps.at(-1)).toMatchObject({ step: 'finish' })

  expect(await everyAnswer(undisturbed)).toEqual(before)
  for (const [index, { source, approximate, ...answer }] of (await under()).entries()) {
    expect({ source, approximate }).toEqual({ source: 'final', approximate: true })
    expect({ ...answer, source: 'raw', approximate: false }).toEqual(beforeUnder[index])
    expect(answer.totals.visits).toBe(24)
  }
  expect(await finalYears(world.store, undisturbed)).toEqual([2025])
  expect(await rawRows(undisturbed, 2025)).toEqual({ hits: 0, visits: 0 })
  expect(await rawRows(undisturbed, 2026)).toEqual({ hits: 24, visits: 6 })
  expect([await rawRows(killed, 2025), await rawRows(staying, 2025)]).toEqual(others)
}, 300_000)

test('an answer says whether it comes from final totals', async () => {
  const source = async (query: string) => {
    const answer = await reports.json(`/pages?site=${undisturbed}&${query}`)
    return [answer.source, answer.approximate]
  }
  expect(await source('period=year&date=2025-01-01')).toEqual(['final', false])
  expect(await source('period=week&date=2025-12-31')).toEqual(['final', false])
  expect(await source('period=month&date=2026-01-01')).toEqual(['mixed', false])
  expect(await source('period=range&date=2025-06-01,2025-07-31')).toEqual(['final', true])
  expect(await source('period=range&date=2025-12-20,2026-01-10')).toEqual(['mixed', true])
  const conversions = await reports.json(
    `/conversions?site=${undisturbed}&period=range&date=2025-06-01,2026-01-10`,
  )
  expect([conversions.source, conversions.approximate]).toEqual(['mixed', false])
})

test('over the end of a final year everything but what is distinct adds up exactly', async () => {
  const question = (site: number, name: string) =>
    reports.json(`/${name}?site=${site}&period=range&date=2025-06-10,2026-01-03`)
  type Figures = Record<string, unknown>
  const distinct = new Set(
    catalogue
      .filter(({ span }) => span === 'period')
      .flatMap(({ metrics }) => metrics)
      .flatMap(({ name, computed }) => (computed === 'unique' ? [name] : [])),
  )
  const withoutDistinct = (figures: Figures) =>
    Object.fromEntries(Object.entries(figures).filter(([name]) => !distinct.has(name)))
  for (const name of shown) {
    const [mixed, raw] = [await question(undisturbed, name), await question(staying, name)]
    expect(mixed.rows.map(withoutDistinct)).toEqual(raw.rows.map(withoutDistinct))
    expect(withoutDistinct(mixed.totals)).toEqual(withoutDistinct(raw.totals))
  }
  const weeks = (site: number) =>
    reports.json(`/overview?site=${site}&period=range&date=2025-12-22,2026-01-11&by=week`)
  const [mixed, raw] = [await weeks(undisturbed), await weeks(staying)]
  expect(mixed.rows).toEqual(raw.rows)
})

test('a hit that comes too late is not counted, and goes with the next run', async () => {
  const year = `/overview?site=${undisturbed}&period=year&date=2025-01-01`
  const before = await reports.json(year)
  const late = visit({
    site: undisturbed,
    at: '2025-06-15T10:00:00+02:00',
    does: [page('example.org/', 'Home')],
  })
  await storeHits(world.store, late)
  expect(await reports.json(year)).toEqual(before)
  const due = await dueYears({ store: world.store, sites, now: february })
  expect(due.map(({ site }) => site.id)).toEqual([undisturbed, killed, staying])
  expect(await finaliseYear(options(undisturbed))).toEqual({
    dropped: [
      { table: 'hits', rows: 1 },
      { table: 'visits', rows: 1 },
    ],
  })
  expect(await reports.json(year)).toEqual(before)
})

test('a dry run on a final year says what is kept of it', async () => {
  const plan = await planYear(options(undisturbed))
  expect(plan.state).toBe('dropped')
  expect(plan.keeps.find(({ report }) => report === 'downloads')).toEqual({
    report: 'downloads',
    title: 'Downloads',
    rows: 2 * (9 + 7 + 5 + 1),
    totals: { hits: 12, visits: 12, visitors: 4 },
  })
  expect(plan.drops.map(({ rows }) => rows)).toEqual([0, 0])
})

test('done again, nothing changes', async () => {
  const before = await everything()
  expect(await finaliseYear(options(undisturbed))).toEqual({ dropped: [] })
  expect(await everything()).toEqual(before)
})

class Killed extends Error {}

/** Runs the job and kills it before the step that `isLast` tells. */
async function killBefore(isLast: (progress: Progress) => boolean): Promise<void> {
  const run = finaliseYear({
    ...options(killed),
    progress: (progress) => {
      if (isLast(progress)) throw new Killed()
    },
  })
  await expect(run).rejects.toThrow(Killed)
}

const totalsOf = (site: number) =>
  world.store.query(
    `SELECT * EXCEPT (site_id, version, visitors_sketch, visitors_total) FROM rollups WHERE site_id = {site:UInt32}
     ORDER BY report, period, start, labels`,
    { site },
  )

test('killed at any step and run again, it ends in the same state', async () => {
  const middle = (step: Progress['step'], report: string) => (progress: Progress) =>
    progress.step === step && 'report' in progress && progress.report === report
  await killBefore(({ step }) => step === 'mark')
  await killBefore(({ step }) => step === 'clear')
  await killBefore(middle('compute', 'countries'))
  await killBefore(middle('check', 'countries'))
  await killBefore((progress) => progress.step === 'mark' && progress.state === 'final')
  expect(await rawRows(killed, 2025)).toEqual({ hits: 96, visits: 24 })
  expect(await finalYears(world.store, killed)).toEqual([])

  const left: number[] = []
  for (let drops = 0; drops < 5; drops++) {
    let dropped = 0
    await killBefore(({ step }) => step === 'drop' && dropped++ > 0)
    left.push((await rawRows(killed, 2025))?.hits ?? 0)
    expect(await finalYears(world.store, killed)).toEqual([2025])
  }
  expect(left).toEqual([...left].sort((one, other) => other - one))
  const due = await dueYears({ store: world.store, sites, now: february })
  expect(due.map(({ site }) => site.id)).toEqual([killed, staying])
  await killBefore((progress) => progress.step === 'mark' && progress.state === 'dropped')
  await finaliseYear(options(killed))

  expect(await rawRows(killed, 2025)).toEqual({ hits: 0, visits: 0 })
  expect(await totalsOf(killed)).toEqual(await totalsOf(undisturbed))
}, 300_000)

test('totals that are not what the hits say are never made final', async () => {
  let spoiled: Promise<void> | undefined
  const run = finaliseYear({
    ...options(staying),
    progress: ({ step }) => {
      if (step === 'add up' && !spoiled) {
        const late = visit({
          site: staying,
          at: '2025-06-15T10:00:00+02:00',
          does: [page('example.org/', 'Home')],
        })
        spoiled = storeHits(world.store, late)
      }
    },
  })
  await expect(run).rejects.toMatchObject({ name: 'FinalYearError', code: 'check_failed' })
  expect(await finalYears(world.store, staying)).toEqual([])
  expect(await rawRows(staying, 2025)).toEqual({ hits: 97, visits: 25 })
}, 300_000)

test('when the last site of a year is final, its partitions are dropped', async () => {
  await finaliseYear({ ...options(staying), closedEverywhere: async () => true })
  const parts = await world.store.query<{ partition: string }>(
    `SELECT DISTINCT partition FROM system.parts
     WHERE active AND database = currentDatabase() AND table IN ('hits', 'visits')`,
  )
  expect(parts).toEqual([{ partition: '202601' }])
  expect(await dueYears({ store: world.store, sites, now: february })).toEqual([])
}, 300_000)

test('two runs at once are one too many', async () => {
  const now = Date.parse('2027-02-01T12:00:00Z')
  const run = () =>
    finaliseYear(options(undisturbed, { year: 2026, now, site: { ...berlin, id: undisturbed } }))
  const [first, second] = await Promise.allSettled([run(), run()])
  expect(first.status).toBe('fulfilled')
  expect(second).toMatchObject({ status: 'rejected', reason: { code: 'already_running' } })
  expect(await finalYears(world.store, undisturbed)).toEqual([2025, 2026])
}, 300_000)

test('what another process on the same server has made final meanwhile is not computed from what it left', async () => {
  const now = Date.parse('2027-02-01T12:00:00Z')
  const steps: Progress['step'][] = []
  await finaliseYear({
    ...options(killed, { year: 2026, now }),
    progress: ({ step }) => steps.push(step),
    close: () => world.store.insert('years', [{ site_id: killed, year: 2026, state: 'final', version: 90 }]),
  })
  expect(steps).not.toContain('clear')
  expect(steps).not.toContain('compute')
  expect(await rawRows(killed, 2026)).toEqual({ hits: 0, visits: 0 })
}, 300_000)
