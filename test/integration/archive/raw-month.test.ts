// Sites that keep raw data for some days only: what was shown before a month went is shown after, and nothing raw is left of
// it. Sites have the same visits in the same partitions: one goes undisturbed, one is killed at every step, one keeps all
// until the year is final, and one folds what few visitors had.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Site } from '../../../server/admin/site.ts'
import { dueYears, finaliseYear } from '../../../server/archive/final-year.ts'
import {
  comingMonth,
  type DropRawOptions,
  dropRawMonth,
  dueMonths,
  type MonthProgress,
  planMonth,
} from '../../../server/archive/raw-month.ts'
import { dropSuperseded, rollUp } from '../../../server/archive/rolling.ts'
import type { Hit } from '../../../server/collect/hit.ts'
import { findReport, keptReports } from '../../../server/reports/catalogue.ts'
import { forgetFinalYears, goneOf } from '../../../server/reports/final-years.ts'
import { answerGoals } from '../../../server/reports/goal.ts'
import { parsePeriod } from '../../../server/reports/period.ts'
import { totalsOf } from '../../../server/reports/query.ts'
import { askRaw } from '../../../server/reports/raw.ts'
import { ReportsWorld } from '../../world/reports.ts'
import { berlin, openStore, type StoreWorld, storeHits } from '../../world/store.ts'
import { download, event, page, ping, search, visit } from '../../world/visits.ts'

const october = Date.parse('2026-10-05T12:00:00Z')
const named = (id: number, settings: Partial<Site['settings']>): Site => ({
  ...berlin,
  id,
  name: `Site ${id}`,
  settings: { ...berlin.settings, ...settings },
  goals: [
    {
      id: 1,
      name: 'Thanks',
      match: 'manual',
      multiple: false,
      revenue: 0,
      useEventValue: false,
      since: 0,
      deleted: false,
    },
  ],
})
const going = named(1, { rawDays: 60 })
const killed = named(2, { rawDays: 60 })
const staying = named(3, {})
const folding = named(4, { rawDays: 60, rareBelow: 2 })
const sites = [going, killed, staying, folding]

let world: StoreWorld
let reports: ReportsWorld

beforeAll(async () => {
  world = await openStore()
  reports = new ReportsWorld(world.store, sites)
  reports.now = october
  await storeHits(world.store, sites.flatMap(aYear))
  await roll(going)
}, 600_000)
afterAll(() => world.close())

const roll = (...sites: Site[]) => rollUp({ store: world.store, sites, now: reports.now, settleFor: 0 })

/** Of visitors who come again in other months, and of some who come once. */
function aYear({ id: site }: Site): Hit[] {
  const times = [
    '2026-05-31T10:00:00+02:00',
    '2026-06-01T00:10:00+02:00',
    '2026-06-02T12:00:00+02:00',
    '2026-06-02T18:00:00+02:00',
    '2026-06-30T23:50:00+02:00',
    '2026-07-01T08:00:00+02:00',
    '2026-07-01T09:00:00+02:00',
  ]
  return times.flatMap((at, n) => [
    ...visit({
      site,
      at,
      visitor: String(1 + (n % 2)),
      profilable: 1,
      referrer_type: (['direct', 'search', 'campaign'] as const)[n % 3],
      referrer_name: n % 3 === 0 ? '' : `name ${n % 2}`,
      country: ['DE', 'US', ''][n % 3],
      does: [
        page('example.org/', 'Home'),
        page(`example.org/${n}`, `Page ${n}`, { after: 30 }),
        download('https://example.org/list.pdf'),
        search('shoes', { after: 5 }),
        event('Video', 'play', 'Intro', n / 10),
        ping(20),
      ],
    }),
    ...visit({
      site,
      at,
      visitor: String(100 + n),
      profilable: 1,
      does: [page('example.org/', 'Home', { conversions: [{ goal: 1, revenue: n }] })],
    }),
  ])
}

const drop = (site: Site, month: string, more: Partial<DropRawOptions> = {}) =>
  dropRawMonth({ store: world.store, site, month, now: october, ...more })

const shown = keptReports.map(({ name }) => name)
const some = ['overview', 'pages', 'referrers', 'events', 'users', 'conversions', 'loading']
const periods = ['period=range&date=2026-06-02,2026-07-31']
const further = ['period=day&date=2026-06-02', 'period=week&date=2026-07-01', 'period=month&date=2026-06-01']
const ofTheYear = 'period=year&date=2026-01-01'
const series = [
  'period=day&date=2026-06-02&by=hour',
  'period=week&date=2026-07-01&by=day',
  'period=year&date=2026-01-01&by=month',
  'period=range&date=2026-05-01,2026-07-31&by=week',
]

const goalPeriods = [
  ['month', '2026-06-01'],
  ['range', '2026-06-02,2026-07-31'],
] as const

/** Of every report in these periods, and of some in others. */
async function answers(site: Site, ...of: string[]): Promise<Record<string, object>> {
  const questions = [
    ...shown.flatMap((name) => of.map((period) => `/${name}?site=${site.id}&${period}`)),
    ...some.flatMap((name) => [...further, ofTheYear].map((period) => `/${name}?site=${site.id}&${period}`)),
    ...series.map((period) => `/overview?site=${site.id}&${period}`),
    `/pages/evolution?site=${site.id}&period=month&date=2026-06-01`,
    `/overview?site=${site.id}&period=month&date=2026-10-01&compare=month:2026-06-01`,
  ]
  const found: [string, object][] = []
  const askOn = async () => {
    for (let question = questions.pop(); question; question = questions.pop()) {
      const { source: _, compared: __, ...answer } = await reports.json(question)
      found.push([question, answer])
    }
  }
  await Promise.all([askOn(), askOn(), askOn()])
  for (const [kind, date] of goalPeriods) {
    const period = parsePeriod(kind, date, site.timezone, reports.now)
    const { rows, totals } = await answerGoals(world.store, { site, period }, reports.now)
    found.push([`goals ${date}`, { rows, totals }])
  }
  return Object.fromEntries(found)
}

const rawRows = async ({ id }: Site) => {
  const rows = await world.store.query<{ month: number; hits: number; visits: number }>(
    `SELECT toMonth(day) AS month, countIf(t = 'hits') AS hits, countIf(t = 'visits') AS visits
     FROM (SELECT 'hits' AS t, site_id, day FROM hits UNION ALL SELECT 'visits' AS t, site_id, day FROM visits)
     WHERE site_id = {site:UInt32} GROUP BY month ORDER BY month`,
    { site: id },
  )
  return rows.map(({ month, hits, visits }) => [month, hits, visits])
}
const all = [
  [5, 7, 2],
  [6, 28, 8],
  [7, 14, 4],
]

describe('the raw data of a month', () => {
  test('is refused to go before its last day is so old, or before that of an earlier one, or where the site keeps it', async () => {
    await expect(drop(going, '2026-09')).rejects.toThrow(
      'The raw data of 2026-09 of site 1 may go on 2026-11-30; there it is 2026-10-05.',
    )
    await expect(drop(going, '2026-06')).rejects.toThrow('Let the raw data of 2026-05 of site 1 go first.')
    await expect(drop(going, '2026-04')).rejects.toMatchObject({ code: 'no_hits' })
    await expect(drop(staying, '2026-05')).rejects.toMatchObject({ code: 'no_raw_days' })
    expect(await rawRows(going)).toEqual(all)
  })

  test('is due for the schedule, and owners are told two weeks before', async () => {
    const due = async (time: string) => {
      const months = await dueMonths(world.store, sites, Date.parse(time))
      return months.map(({ site, month }) => `${site.id} ${month}`)
    }
    expect(await due('2026-07-30T12:00:00Z')).toEqual([])
    expect(await due('2026-07-31T12:00:00Z')).toEqual(['1 2026-05', '2 2026-05', '4 2026-05'])
    expect(await due('2026-09-30T12:00:00Z')).toHaveLength(9)
    const coming = (time: string, site = going) => comingMonth(world.store, site, Date.parse(time))
    expect(await coming('2026-07-16T12:00:00Z')).toBe(undefined)
    expect(await coming('2026-07-17T12:00:00Z')).toEqual({ month: '2026-05', from: '2026-07-31' })
    expect(await coming('2026-07-17T12:00:00Z', staying)).toBe(undefined)
  })

  test('is counted by a dry run', async () => {
    const plan = await planMonth({ store: world.store, site: going, month: '2026-06', now: october })
    expect(plan).toEqual({
      state: 'raw',
      dueFrom: '2026-08-30',
      due: true,
      drops: [
        { table: 'hits', rows: 28, bytes: expect.any(Number) },
        { table: 'visits', rows: 8, bytes: expect.any(Number) },
      ],
    })
  })
})

test('What was shown before a month went is shown after, and its raw rows are gone', async () => {
  const before = await answers(going, ...periods)
  expect(before[`/overview?site=1&${ofTheYear}`]).toMatchObject({ totals: { visits: 14, visitors: 9 } })
  expect(before['goals 2026-06-01']).toMatchObject({ totals: { conversions: 4, revenue: 10 } })
  await drop(going, '2026-05')
  expect(await drop(going, '2026-06', { copy: false })).toEqual([
    { table: 'hits', rows: 28 },
    { table: 'visits', rows: 8 },
  ])
  expect(await rawRows(going)).toEqual(all.slice(2))
  expect(await rawRows(staying)).toEqual(all)
  const left = await world.store.query<{ id: string }>(
    'SELECT DISTINCT toString(visitor_id) AS id FROM visitors WHERE site_id = 1 ORDER BY id',
  )
  // Who came again in July, and who came then only.
  expect(left.map(({ id }) => id)).toEqual(['1', '105', '106', '2'])
  expect(await answers(going, ...periods)).toEqual(before)
}, 900_000)

test('Single visits of these days are refused, and told of later ones', async () => {
  const asked = [
    '/pages?period=month&date=2026-06-01&segment=countryCode==DE',
    '/pages?period=range&date=2026-06-30,2026-07-31&segment=countryCode==DE',
  ]
  for (const path of asked) {
    const { status, body } = await reports.ask(`${path}&site=1`)
    expect([status, JSON.parse(body).error], path).toEqual([
      410,
      {
        code: 'raw_data_gone',
        message:
          'This can be told from single visits only, and those before 2026-07-01 are gone. Choose a period from 2026-07-01 on.',
      },
    ])
  }
  // What all questions about the order of hits ask first.
  const period = parsePeriod('month', '2026-06-01', going.timezone, october)
  await expect(askRaw(world.store, { site: going, period }, async () => 'told')).rejects.toMatchObject({
    code: 'raw_data_gone',
  })
  const july = await reports.json(
    '/overview?site=1&period=month&date=2026-07-01&segment=referrerType==campaign',
  )
  expect(july.totals.visits).toBe(1)
})

test('Days whose hits are gone count on when the time zone, or a report, becomes another one', async () => {
  const tokyo = { ...going, timezone: 'Asia/Tokyo' }
  const moved = new ReportsWorld(world.store, [tokyo])
  moved.now = october
  const told = async () => {
    const june = await moved.json('/pages?site=1&period=month&date=2026-06-01&sort=-visits')
    const year = await moved.json(`/overview?site=1&${ofTheYear}`)
    return [june.totals.visits, june.rows[0].visitors, year.totals.visits, year.totals.visitors]
  }
  expect(await told()).toEqual([8, 6, 14, 9])
  await rollUp({ store: world.store, sites: [tokyo], now: october, settleFor: 0 })
  expect(await told()).toEqual([8, 6, 14, 9])
}, 300_000)

test('Their totals are found also where another report is the first that has them', async () => {
  const asked = '/countries?site=1&period=month&date=2026-06-01'
  const { totals } = await reports.json(asked)
  expect(totals.visits).toBe(8)
  const countries = findReport('countries')
  if (!countries) throw new Error('There is no report of countries.')
  const first = totalsOf(countries).name
  await world.store.command(
    `ALTER TABLE rollups DELETE WHERE site_id = 1 AND report = {first:String} AND empty(labels) AND start < '2026-07-01'`,
    { first },
  )
  await world.store.command("ALTER TABLE rolled UPDATE definition = 'older' WHERE site_id = 1")
  for (const again of [1, 2]) {
    await roll(going)
    expect((await reports.json(asked)).totals, `time ${again}`).toEqual(totals)
  }
}, 300_000)

test('A hit that comes too late is not counted, and goes with the next run', async () => {
  const june = '/overview?site=1&period=month&date=2026-06-01'
  const before = await reports.json(june)
  const does = [page('example.org/late', 'Late')]
  await storeHits(world.store, visit({ site: 1, at: '2026-06-15T10:00:00+02:00', does }))
  await roll(going)
  expect(await reports.json(june)).toEqual(before)
  const due = await dueMonths(world.store, [going], october)
  expect(due.map(({ month }) => month)).toEqual(['2026-06', '2026-07'])
  expect(await drop(going, '2026-06')).toEqual([
    { table: 'hits', rows: 1 },
    { table: 'visits', rows: 1 },
  ])
  expect(await reports.json(june)).toEqual(before)
})

test('Killed at any step and run again, it ends in the same state, also without the setting', async () => {
  class Killed extends Error {}
  const killBefore = async (site: Site, isLast: (progress: MonthProgress) => boolean) => {
    const run = drop(site, '2026-05', {
      progress: (progress) => {
        if (isLast(progress)) throw new Killed()
      },
    })
    await expect(run).rejects.toThrow(Killed)
  }
  const gone = async () => (await goneOf(world.store, killed.id)).goneUntil
  await killBefore(killed, ({ step }) => step === 'mark')
  for (const step of ['roll up', 'compare'] as const) await killBefore(killed, (at) => at.step === step)
  await killBefore(killed, (at) => at.step === 'mark' && at.state === 'gone')
  expect([await gone(), await rawRows(killed)]).toEqual(['', all])
  const unset = { ...killed, settings: { ...killed.settings, rawDays: 0 } }
  expect(await dueMonths(world.store, [unset], october)).toEqual([{ site: unset, month: '2026-05' }])
  await killBefore(unset, ({ step }) => step === 'forget')
  await killBefore(unset, ({ step }) => step === 'drop')
  await killBefore(unset, (at) => at.step === 'drop' && at.table === 'visits')
  expect(await gone()).toBe('2026-05-31')
  expect((await rawRows(killed))[0]).toEqual([5, 0, 2])
  await drop(unset, '2026-05')
  await drop(killed, '2026-06')
  expect(await rawRows(killed)).toEqual(all.slice(2))
  await dropSuperseded(world.store, 0)
  const rolledOf = (site: Site) =>
    world.store.query(
      `SELECT * EXCEPT (site_id, version, visitors_sketch, visitors_total, users_total, users_sketch), finalizeAggregation(visitors_total) AS visitors_joined
       FROM rollups WHERE site_id = {site:UInt32} AND start < '2026-07-01' ORDER BY report, period, start, labels`,
      { site: site.id },
    )
  expect(await rolledOf(killed)).toEqual(await rolledOf(going))
}, 900_000)

test('What is rolled up is never left to itself where the hits say something else', async () => {
  const late = visit({ site: 2, at: '2026-07-09T10:00:00+02:00', does: [page('example.org/', 'Home')] })
  let spoiled: Promise<void> | undefined
  const progress = ({ step }: MonthProgress) => {
    if (step === 'compare') spoiled = storeHits(world.store, late)
  }
  const run = drop(killed, '2026-07', { progress })
  await expect(run).rejects.toMatchObject({ code: 'check_failed' })
  await spoiled
  expect((await goneOf(world.store, killed.id)).goneUntil).toBe('2026-06-30')
  await drop(killed, '2026-07')
  const { totals } = await reports.json('/overview?site=2&period=month&date=2026-07-01')
  expect(totals.visits).toBe(5)
}, 300_000)

/** An order of a hat, and of whatever else. */
const orderOf = (at: string, visitor: string, ...further: string[]): Hit[] => {
  const items = ['hat', ...further].map((name) => ({
    sku: name,
    name,
    categories: [],
    price: 5,
    quantity: 1,
  }))
  return visit({
    site: folding.id,
    at,
    visitor,
    does: [{ kind: 'order', order_id: `order of ${visitor}`, amounts: { revenue: 10 }, items }],
  })
}

test('What few visitors had in a month is one label when its hits go', async () => {
  await storeHits(world.store, [
    ...orderOf('2026-06-02T10:00:00+02:00', '501', 'lamp'),
    ...orderOf('2026-06-30T10:00:00+02:00', '502'),
  ])
  for (const month of ['2026-05', '2026-06']) await drop(folding, month)
  await dropSuperseded(world.store, 0)
  const { rows, totals } = await reports.json('/pages?site=4&period=month&date=2026-06-01&sort=-page_views')
  expect(rows).toEqual([
    expect.objectContaining({ label: 'example.org/', page_views: 8, visitors: 6 }),
    expect.objectContaining({ label: '(rare)', page_views: 4, visitors: 2 }),
  ])
  expect(totals.page_views).toBe(12)
  // Two visitors of the month, on two days that are not rolled up together.
  const products = await reports.json('/products?site=4&period=month&date=2026-06-01&sort=-quantity')
  expect(products.rows.map(({ label, quantity }: Record<string, unknown>) => [label, quantity])).toEqual([
    ['hat', 2],
    ['(rare)', 1],
  ])
  const [left] = await world.store.query<{ rows: number }>(
    `SELECT count() AS rows FROM rollups WHERE site_id = 4 AND start < '2026-07-01'
     AND period IN ('day', 'month') AND arrayExists(label -> match(label, 'example.org/\\\\d'), labels)`,
  )
  expect(left?.rows).toBe(0)
}, 300_000)

describe('when the year is over', () => {
  const february = Date.parse('2027-02-01T12:00:00Z')
  beforeAll(async () => {
    reports.now = february
    await roll(going)
  }, 600_000)

  test('it is final as it was before, put together from its months', async () => {
    const before = await answers(going, ofTheYear)
    const due = await dueYears({ store: world.store, sites: [going], now: february })
    expect(due.map(({ year }) => year)).toEqual([2026])
    expect(await finaliseYear({ store: world.store, site: going, year: 2026, now: february })).toEqual({
      dropped: [
        { table: 'hits', rows: 14 },
        { table: 'visits', rows: 4 },
      ],
    })
    // Visitors of several periods of a final year can only be added up, and that is said.
    const range = `/overview?site=1&${series.at(-1)}`
    const { [range]: ofRange, ...after } = await answers(going, ofTheYear)
    const { [range]: _, ...rest } = before
    expect(after).toEqual(rest)
    expect(ofRange).toMatchObject({ approximate: true, error: null, totals: { visits: 14 } })
    expect(await rawRows(going)).toEqual([])
    expect(await reports.json(`/overview?site=1&${ofTheYear}`)).toMatchObject({ source: 'final' })
    const [left] = await world.store.query<{ rows: number; sketches: number }>(
      `SELECT count() AS rows, countIf(finalizeAggregation(visitors_total) > 0 OR finalizeAggregation(visitors_sketch) > 0) AS sketches
       FROM rollups WHERE site_id = 1`,
    )
    expect([(left?.rows ?? 0) > 0, left?.sketches]).toEqual([true, 0])
    expect(await dueYears({ store: world.store, sites: [going], now: february })).toEqual([])
    expect(await dueMonths(world.store, [going], february)).toEqual([])
  }, 900_000)

  test('a year that is killed on the way is final like every year', async () => {
    for (const step of ['let go', 'clear', 'compute', 'check', 'drop'] as const) {
      class Killed extends Error {}
      const run = finaliseYear({
        store: world.store,
        site: folding,
        year: 2026,
        now: february,
        progress: (progress) => {
          if (progress.step === step) throw new Killed()
        },
      })
      if (step !== 'drop') await expect(run).rejects.toThrow(Killed)
      else await run
    }
    forgetFinalYears(world.store)
    const { rows } = await reports.json(`/pages?site=4&${ofTheYear}&sort=-page_views`)
    expect(
      rows.map(({ label, page_views, visitors }: Record<string, unknown>) => [label, page_views, visitors]),
    ).toEqual([
      ['example.org/', 14, 9],
      ['(rare)', 7, 2],
    ])
    expect(await rawRows(folding)).toEqual([])
    expect(await rawRows(staying)).toEqual(all)
  }, 900_000)
})
