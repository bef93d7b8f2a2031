// What Footfall tells and asks a cluster. Distributed tables are real here; replicas are not (see test/world/cluster.ts).

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Goal } from '../../../server/admin/goal.ts'
import { Sites } from '../../../server/admin/site.ts'
import { Tokens } from '../../../server/admin/token.ts'
import { Users } from '../../../server/admin/user.ts'
import { ClosedDays } from '../../../server/archive/closed-days.ts'
import { dueYears, finaliseYear } from '../../../server/archive/final-year.ts'
import { countRawRows } from '../../../server/archive/raw-rows.ts'
import { rollUp } from '../../../server/archive/rolling.ts'
import { Salts } from '../../../server/collect/salt.ts'
import { Visits } from '../../../server/collect/visit.ts'
import { answerAllSites } from '../../../server/reports/all-sites.ts'
import { attribution } from '../../../server/reports/attribution.ts'
import { catalogue, keptReports } from '../../../server/reports/catalogue.ts'
import { answerFunnel } from '../../../server/reports/funnel.ts'
import { journeys } from '../../../server/reports/journey.ts'
import { daysAround, parsePeriod } from '../../../server/reports/period.ts'
import { retention } from '../../../server/reports/retention.ts'
import { transitions } from '../../../server/reports/transitions.ts'
import { visitorProfile } from '../../../server/reports/visitor-profile.ts'
import { packageRoot } from '../../../server/root.ts'
import { migrate } from '../../../server/store/migrations.ts'
import { shipSegment } from '../../../server/store/shipment.ts'
import { type ClusterWorld, openCluster } from '../../world/cluster.ts'
import { ReportsWorld } from '../../world/reports.ts'
import { berlin, storeHits } from '../../world/store.ts'
import { download, event, outlink, page, ping, search, visit } from '../../world/visits.ts'

let world: ClusterWorld
let reports: ReportsWorld
const february = Date.parse('2026-02-01T12:00:00Z')

beforeAll(async () => {
  world = await openCluster()
  reports = new ReportsWorld(world.store, [berlin])
  reports.now = february
})

afterAll(() => world.close())

const at = ['2025-03-30T01:30:00+01:00', '2025-06-11T12:00:00+02:00', '2025-06-11T18:00:00+02:00']
const visits = at.flatMap((time, n) =>
  visit({
    at: time,
    visitor: String(1 + (n % 2)),
    does: [
      page('example.org/', 'Home'),
      page('example.org/shoes', 'Shoes'),
      download('https://example.org/list.pdf'),
      outlink('https://partner.example/'),
      search('hats'),
      event('Video', 'play', 'Intro', 2),
      ping(20),
    ],
  }),
)

async function counted() {
  const [row] = await world.store.query<{ hits: number; counted: number; visits: number }>(
    `SELECT (SELECT count() FROM hits) AS hits, (SELECT sum(hits) FROM visit) AS counted,
            (SELECT count() FROM visit) AS visits`,
  )
  return row
}

const whole = { hits: 21, counted: 21, visits: 3 }

test('Tables with rows are replicated on every node, with distributed ones over them', async () => {
  const tables = [
    'days',
    'gone_days',
    'hits',
    'migrations',
    'rolled',
    'rollups',
    'salts',
    'segments',
    'settings',
    'sites',
    'tokens',
    'users',
    'visitors',
    'visits',
    'years',
  ]
  for (const table of tables) {
    const made = world.statements.filter((statement) =>
      statement.includes(`.${table}_local ON CLUSTER 'main'\n(`),
    )
    expect(made, table).toHaveLength(1)
    expect(made[0]).toMatch(
      /ENGINE = Replicated(|Replacing|Aggregating)MergeTree\('\/clickhouse\/tables\/\{shard\}\/\{database\}\/\{table\}', '\{replica\}'/,
    )
  }
  const engines = await world.store.query<{ engine: string; names: string[] }>(
    `SELECT engine, arraySort(groupArray(name)) AS names FROM system.tables
     WHERE database = currentDatabase() AND engine IN ('Distributed', 'View') GROUP BY engine ORDER BY engine`,
  )
  expect(engines).toEqual([
    { engine: 'Distributed', names: tables },
    { engine: 'View', names: ['visit'] },
  ])
})

test('A start on a cluster that has its tables changes nothing on it: nodes may be away', async () => {
  const before = world.statements.length
  expect(await migrate(world.store, join(packageRoot, 'migrations'))).toEqual([])
  expect(world.statements.slice(before)).toEqual([expect.stringMatching(/^SELECT .* FROM migrations/)])
})

test('A segment that is sent again through the distributed table is counted once', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'footfall-segment-'))
  const name = '000000000001-0123456789ab.jsonl'
  const path = join(folder, name)
  writeFileSync(path, visits.map((row) => `${JSON.stringify(row)}\n`).join(''))
  for (const repeated of [false, false]) await shipSegment(world.store, { path, name, repeated })
  await world.store.command('TRUNCATE TABLE {{local days}} {{on cluster}}')
  await shipSegment(world.store, { path, name, repeated: true })
  expect(await counted()).toEqual(whole)
  expect(await world.store.query('SELECT uniqExact(day) AS marked FROM days')).toEqual([{ marked: 2 }])
  rmSync(folder, { recursive: true })
})

test('What a replica that lags does not show is sent under no other token: it could come twice', async () => {
  const tokens: string[] = []
  const lagging = new Proxy(world.store, {
    get: (store, name) =>
      name === 'ship' ? async (_: string, token: string) => tokens.push(token) : Reflect.get(store, name),
  })
  const folder = mkdtempSync(join(tmpdir(), 'footfall-segment-'))
  const name = '000000000002-0123456789ab.jsonl'
  const path = join(folder, name)
  const half = visits.slice(0, 7)
  const unseen = half.map((row) => ({ ...row, visit_id: '78' }))
  for (const rows of [unseen, [...half, ...unseen]]) {
    writeFileSync(path, rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
    await shipSegment(lagging, { path, name, repeated: true })
  }
  expect(new Set(tokens)).toEqual(new Set([name]))
  rmSync(folder, { recursive: true })
})

test('The view makes visits of the hits of its own shard, where distributed inserts would put them', async () => {
  const [view] = await world.store.query<{ text: string }>(
    "SELECT create_table_query AS text FROM system.tables WHERE name = 'visits_from_hits_local'",
  )
  expect(view?.text).toContain('TO default.visits_local ')
  expect(view?.text).toContain('FROM default.hits_local AS h ')

  const keys = await world.store.query<{ name: string; key: string }>(
    `SELECT name, extract(engine_full, 'cityHash64.*\\\\)') AS key FROM system.tables
     WHERE database = currentDatabase() AND name IN ('hits', 'visits') ORDER BY name`,
  )
  expect(keys).toEqual([
    { name: 'hits', key: 'cityHash64(site_id, visitor_id))' },
    { name: 'visits', key: 'cityHash64(site_id, tupleElement(visitor, 2)))' },
  ])
  const apart = await world.store.query(
    `SELECT visit_id FROM (
       SELECT visit_id, cityHash64(site_id, visitor_id) AS key FROM hits
       UNION ALL SELECT visit_id, cityHash64(site_id, tupleElement(visitor, 2)) AS key FROM visits
     ) GROUP BY visit_id HAVING uniqExact(key) != 1`,
  )
  expect(apart).toEqual([])
})

test('A visit whose hits came to two shards is one visit to whoever reads it', async () => {
  // As the view of each shard would have made it of its share.
  const [first, second] = [visits.slice(0, 3), visits.slice(3, 7)]
  for (const [index, share] of [first, second].entries()) {
    const rows = share.map((row) => ({ ...row, visit_id: '77', visitor_id: String(500 + index) }))
    await storeHits(world.store, rows)
  }
  const found = await world.store.query(
    'SELECT hits, page_views, toString(visitor_id) AS visitor FROM visit WHERE visit_id = 77',
  )
  expect(found).toEqual([{ hits: 7, page_views: 2, visitor: '501' }])
  for (const table of ['hits', 'visits']) {
    await world.store.command(`ALTER TABLE {{local ${table}}} {{on cluster}} DELETE WHERE visit_id = 77`)
  }
})

test('Sites, users, tokens and salts are kept and read back', async () => {
  const now = () => february
  const [sites, users, tokens, salts] = await Promise.all([
    Sites.open(world.store, now),
    Users.open(world.store, now),
    Tokens.open(world.store, now),
    Salts.open(world.store, now),
  ])
  const site = await sites.create({ name: 'Shop', url: 'https://shop.example', timezone: 'Europe/Berlin' })
  await sites.change(site, { name: 'Shoe shop' })
  const user = await users.create('owner@example.org', 'correct horse battery')
  const secret = await tokens.issue(user.id, 'api', 'test')
  const salt = salts.of(site.id, '2026-02-01')
  await expect.poll(() => world.store.query('SELECT 1 FROM salts')).toHaveLength(1)

  expect((await Sites.open(world.store, now)).all()).toEqual([{ ...site, name: 'Shoe shop' }])
  expect((await Users.open(world.store, now)).find(undefined)).toEqual(user)
  expect((await Tokens.open(world.store, now)).userOf(secret, 'api')).toBe(user.id)
  expect((await Salts.open(world.store, now)).of(site.id, '2026-02-01')).toEqual(salt)
  // 26 hours later it is destroyed.
  const later = () => february + 26 * 3600 * 1000
  await Salts.open(world.store, later)
  expect(await world.store.query('SELECT 1 FROM salts')).toEqual([])
})

const questions = catalogue
  .filter(({ span }) => span === 'period')
  .map(({ name }) => `/${name}?site=1&period=year&date=2025-01-01`)
  .concat(
    '/overview?site=1&period=year&date=2025-01-01&by=month',
    '/overview?site=1&period=month&date=2025-06-01&by=day',
    '/overview?site=1&period=day&date=2025-06-11&by=hour',
    '/pages?site=1&period=month&date=2025-06-01&search=shoe',
  )

async function everyAnswer(): Promise<object[]> {
  const answers: object[] = []
  for (const question of questions) {
    const { source: _, ...answer } = await reports.json(question)
    answers.push(answer)
  }
  return answers
}

test('Questions about the order of hits are answered from distributed tables', async () => {
  const { store } = world
  const period = parsePeriod('year', '2025-01-01', 'Europe/Berlin', february)
  // In the conditions, too, tables are distributed ones.
  const segment = { visits: 'page_views > {least:UInt8}', hits: '', params: { least: 1 } }
  const goal = { match: 'title', pattern: { how: 'exact', text: 'Shoes', caseSensitive: true } } as const
  const counting = { multiple: true, revenue: 1, useEventValue: false, since: february / 1000 }
  const shoes: Goal = { id: 1, name: 'Shoes', deleted: false, ...goal, ...counting }
  const question = { site: { ...berlin, goals: [shoes] }, period, segment }
  const paths = { by: 'title', steps: 3, limit: 5, nodes: 5 } as const
  expect(await transitions(store, { ...question, by: 'title', page: 'Shoes', limit: 5 })).toMatchObject({
    views: 3,
    before: { pages: { views: 3 } },
    after: { downloads: { views: 3 } },
  })
  expect(await journeys(store, { ...question, ...paths, end: { kind: 'entry' } })).toMatchObject({
    visits: 3,
    paths: { rows: [{ visits: 3, steps: [{}, {}, { kind: 'search', label: 'hats' }] }] },
  })
  const toGoal = { kind: 'goal', goal: shoes } as const
  expect(await journeys(store, { ...question, ...paths, end: toGoal })).toMatchObject({ visits: 3 })
  const steps = [
    { name: 'Home', conditions: [{ ...goal, pattern: { ...goal.pattern, text: 'Home' } }] },
    { name: 'Shoes', goal: 1 },
  ]
  for (const days of [0, 1]) {
    const funnel = { id: 1, name: 'Funnel', steps, order: 'loose', days, deleted: false } as const
    const answer = await answerFunnel(store, { ...question, funnel: { ...funnel, steps }, limit: 5 })
    expect(answer.steps.map(({ visitors }) => visitors)).toEqual([2, 2])
  }
  expect(await retention(store, { ...question, by: 'month', periods: 3 }, february)).toMatchObject({
    leftOut: 3,
  })
  const about = { goal: shoes, by: 'channel', days: 90, sort: 'last', limit: 5, offset: 0 } as const
  expect(await attribution(store, { ...question, ...about })).toMatchObject({
    totals: { conversions: 3, revenue: 3 },
    rows: [{ label: 'Direct entry', linear: { conversions: 3, revenue: 3 } }],
  })
})

test('Segments are looked for on every shard', async () => {
  const is = (name: string, value: unknown, op = '==') => ({ name, op, value })
  const segment = {
    all: [
      is('pageTitle', 'Shoes'),
      { visitor: { sequence: [is('pageTitle', 'Home'), is('pageTitle', 'Shoes')], by: 'visitor' } },
    ],
  }
  const query = new URLSearchParams({
    site: '1',
    period: 'year',
    date: '2025-01-01',
    segment: JSON.stringify(segment),
  })
  const all = await reports.json('/pages?site=1&period=year&date=2025-01-01')
  const some = await reports.json(`/pages?${query}&filter=pageTitle==Shoes`)
  expect(some.totals.page_views).toBeGreaterThan(0)
  expect(some.totals.page_views).toBeLessThan(all.totals.page_views)
})

test('Comparisons, rows over time, visitors and all sites side by side are answered by every shard', async () => {
  const question = 'site=1&period=month&date=2025-06-01'
  for (const { name, dimensions } of keptReports) {
    const compared = await reports.json(`/${name}?${question}&compare=month:2025-03-01&gone=5`)
    expect(compared.compared).toHaveLength(1)
    if (dimensions.length > 0) await reports.json(`/${name}/evolution?${question}&by=day`)
  }
  const { rows } = await reports.json(`/pages?${question}&compare=month:2025-03-01`)
  expect(rows[0]).toMatchObject({ page_views: 2, compared: [{ figures: { page_views: 1 } }] })
  const visitor = { site: berlin, visitorId: '0000000000000001', limit: 20, before: undefined }
  expect(await visitorProfile(world.store, visitor, february)).toMatchObject({
    totals: { visits: 2, pageViews: 4 },
    previousVisitor: null,
    nextVisitor: '0000000000000002',
  })
  const sites = {
    sites: [berlin],
    kind: 'year',
    date: '2025-01-01',
    compare: 'previous',
    sort: '-visits',
    search: '',
  }
  expect(await answerAllSites(world.store, { ...sites, limit: 10, offset: 0 }, february)).toMatchObject({
    totals: { visits: 3, visitors: 2 },
  })
})

test('Every report is answered, and says the same after its year was made final and dropped', async () => {
  await Visits.open(world.store, Date.parse('2025-06-11T16:10:00Z'))
  for (const { name } of catalogue.filter(({ span }) => span === 'live')) {
    await reports.json(`/${name}?site=1&period=day&date=today`)
  }
  const before = await everyAnswer()
  expect(before[0]).toMatchObject({ totals: { visits: 3, visitors: 2 } })

  const rolled = await rollUp({ store: world.store, sites: [berlin], now: february, settleFor: 0 })
  expect(rolled.days).toBeGreaterThan(0)
  expect(await everyAnswer()).toEqual(before)

  const year = { store: world.store, site: berlin, year: 2025, now: february }
  expect(await dueYears({ store: world.store, sites: [berlin], now: february })).toEqual([
    { site: berlin, year: 2025 },
  ])
  const drops = await countRawRows(world.store, year.site.id, daysAround('year', '2025-01-01'))
  expect(drops).toEqual([
    { table: 'hits', rows: 21, bytes: expect.any(Number) },
    { table: 'visits', rows: 3, bytes: expect.any(Number) },
  ])
  expect(drops.every(({ bytes }) => bytes > 0)).toBe(true)
  await finaliseYear({ ...year, closedEverywhere: async () => true })
  expect(await counted()).toEqual({ hits: 0, counted: 0, visits: 0 })
  expect((await ClosedDays.open(world.store, february)).has(1, '2025-12-31')).toBe(true)
  expect(await everyAnswer()).toEqual(before)
}, 300_000)

test('Every statement for a cluster, as it is with its nodes and replicas, is one that ClickHouse can parse', async () => {
  const statements = [...new Set(world.statements)]
  const kinds = new Set(
    statements.map(
      (statement) => /^\W*(\w+( TABLE \S+ ON CLUSTER '\w+' \w+)?)/.exec(statement.replace(/\s+/g, ' '))?.[1],
    ),
  )
  expect([...kinds].filter((kind) => kind?.startsWith('ALTER')).sort()).toEqual([
    "ALTER TABLE `default`.hits_local ON CLUSTER 'main' ADD",
    "ALTER TABLE `default`.hits_local ON CLUSTER 'main' DELETE",
    "ALTER TABLE `default`.hits_local ON CLUSTER 'main' DROP",
    "ALTER TABLE `default`.hits_local ON CLUSTER 'main' MODIFY",
    "ALTER TABLE `default`.rollups_local ON CLUSTER 'main' DELETE",
    "ALTER TABLE `default`.rollups_local ON CLUSTER 'main' MODIFY",
    "ALTER TABLE `default`.salts_local ON CLUSTER 'main' DELETE",
    "ALTER TABLE `default`.sites_local ON CLUSTER 'main' ADD",
    "ALTER TABLE `default`.totals_local ON CLUSTER 'main' MODIFY",
    "ALTER TABLE `default`.visitors_local ON CLUSTER 'main' DELETE",
    "ALTER TABLE `default`.visits_from_hits_local ON CLUSTER 'main' MODIFY",
    "ALTER TABLE `default`.visits_local ON CLUSTER 'main' ADD",
    "ALTER TABLE `default`.visits_local ON CLUSTER 'main' DELETE",
    "ALTER TABLE `default`.visits_local ON CLUSTER 'main' DROP",
    "ALTER TABLE `default`.visits_local ON CLUSTER 'main' MODIFY",
  ])
  for (const statement of statements) {
    expect(statement).not.toMatch(/\{\{/)
    const parsed = world.store.query<{ text: string }>('SELECT formatQuery({statement:String}) AS text', {
      statement,
    })
    await expect(parsed, statement).resolves.toHaveLength(1)
  }
})
