import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { shipSegment } from '../../../server/store/shipment.ts'
import { hit, openStore, type StoreWorld } from '../../world/store.ts'

let world: StoreWorld
let folder: string
let shipments = 0

beforeAll(async () => {
  world = await openStore()
})

afterAll(() => world.close())

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'footfall-segment-'))
})

afterEach(async () => {
  rmSync(folder, { recursive: true })
  await world.store.command('TRUNCATE TABLE {{local hits}} {{on cluster}}')
  await world.store.command('TRUNCATE TABLE {{local visits}} {{on cluster}}')
})

const december = Date.UTC(2025, 11, 31, 12) / 1000
const january = Date.UTC(2026, 0, 1, 12) / 1000

/** Two visits of three hits each, one in December and one in January: they go to two partitions. */
function segment() {
  const name = `00000000000${++shipments}-0123456789ab.jsonl`
  const path = join(folder, name)
  const rows = [1, 2, 3].flatMap((position) => [
    hit({
      time: december + position,
      visit_id: '11',
      visitor_id: '7',
      position,
      url: `example.org/d${position}`,
    }),
    hit({
      time: january + position,
      visit_id: '12',
      visitor_id: '8',
      position,
      url: `example.org/j${position}`,
    }),
  ])
  writeFileSync(path, rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
  const ship = (repeated: boolean) => shipSegment(world.store, { path, name, repeated })
  return { path, name, ship }
}

async function counted() {
  const [row] = await world.store.query<{ hits: number; urls: number; counted: number; visits: number }>(
    `SELECT (SELECT count() FROM hits) AS hits, (SELECT uniqExact(url) FROM hits) AS urls,
            (SELECT sum(hits) FROM visit) AS counted, (SELECT count() FROM visit) AS visits`,
  )
  return row
}

const whole = { hits: 6, urls: 6, counted: 6, visits: 2 }

test('The same token sent three times is one insert, in all partitions, for hits and visits', async () => {
  const { ship } = segment()
  for (let time = 0; time < 3; time++) await ship(false)
  expect(await counted()).toEqual(whole)
})

test('Lines that are there without a record of their token are not inserted again', async () => {
  const { path, name, ship } = segment()
  await shipSegment(world.store, { path, name: `${name} by another name`, repeated: false })
  await ship(true)
  expect(await counted()).toEqual(whole)
})

test('A record of a token without its lines does not lose them', async () => {
  const { ship } = segment()
  await ship(false)
  for (const table of ['hits', 'visits'])
    await world.store.command(`ALTER TABLE {{local ${table}}} {{on cluster}} DELETE WHERE 1`)
  await ship(false)
  // So it is: the token is known and nothing comes.
  expect(await counted()).toMatchObject({ hits: 0 })
  await ship(true)
  expect(await counted()).toEqual(whole)
})

test('Of a segment that is there in part only the rest is inserted', async () => {
  const { ship } = segment()
  await ship(false)
  for (const table of ['hits', 'visits'])
    await world.store.command(`ALTER TABLE {{local ${table}}} {{on cluster}} DELETE WHERE visit_id = 12`)
  await ship(true)
  expect(await counted()).toEqual(whole)
})

test('Hits whose visits were never made get them, and no visit counts a hit twice', async () => {
  const { ship } = segment()
  await ship(false)
  await world.store.command('ALTER TABLE {{local visits}} {{on cluster}} DELETE WHERE visit_id = 11')
  await ship(true)
  expect(await counted()).toEqual(whole)
  // The other way round: the visit has a hit that is to come again.
  await world.store.command(
    'ALTER TABLE {{local hits}} {{on cluster}} DELETE WHERE visit_id = 12 AND position = 3',
  )
  await ship(true)
  expect(await counted()).toEqual(whole)
  const visits = await world.store.query(
    'SELECT toString(visit_id) AS id, hits, page_views, entry_url, exit_url FROM visit ORDER BY visit_id',
  )
  expect(visits).toEqual([
    { id: '11', hits: 3, page_views: 3, entry_url: 'example.org/', exit_url: 'example.org/d3' },
    { id: '12', hits: 3, page_views: 3, entry_url: 'example.org/', exit_url: 'example.org/j3' },
  ])
})

test('Days of hits that came without their mark are marked as changed', async () => {
  const { ship } = segment()
  await ship(false)
  await world.store.command('ALTER TABLE {{local days}} {{on cluster}} DELETE WHERE 1')
  await ship(true)
  expect(await world.store.query('SELECT DISTINCT site_id, day FROM days ORDER BY day')).toEqual([
    { site_id: 1, day: '2025-12-31' },
    { site_id: 1, day: '2026-01-01' },
  ])
})

test('A repeated segment that nobody can read is refused as it would have been at first', async () => {
  const { path, ship } = segment()
  writeFileSync(path, '{"site_id": "none"}\n')
  await expect(ship(true)).rejects.toThrow(/Cannot parse/)
  writeFileSync(path, 'no json\n')
  await expect(ship(true)).rejects.toThrow(/Cannot parse/)
})
