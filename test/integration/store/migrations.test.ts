import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { hitColumns } from '../../../server/collect/hit.ts'
import { packageRoot } from '../../../server/root.ts'
import { migrate, readMigrations, statements } from '../../../server/store/migrations.ts'
import { hit, openStore, type StoreWorld, storeHits } from '../../world/store.ts'

let world: StoreWorld
let folder: string

beforeEach(async () => {
  world = await openStore()
  folder = mkdtempSync(join(tmpdir(), 'footfall-migrations-'))
  cpSync(join(packageRoot, 'migrations'), folder, { recursive: true })
})

afterEach(async () => {
  await world.close()
  rmSync(folder, { recursive: true, force: true })
})

const last = () => readMigrations(folder).at(-1)?.number ?? 0
const file = (number: number, name: string) => join(folder, `${String(number).padStart(3, '0')}_${name}.sql`)

test('Migrations are applied once, in order, and recorded', async () => {
  expect(await migrate(world.store, folder)).toEqual([])
  writeFileSync(
    file(last() + 1, 'shoes'),
    'CREATE TABLE shoes (size UInt8) ENGINE = {{engine MergeTree()}} ORDER BY size;',
  )
  const number = last()
  expect(await migrate(world.store, folder)).toEqual([`${String(number).padStart(3, '0')}_shoes`])
  expect(await migrate(world.store, folder)).toEqual([])
  const rows = await world.store.query<{ number: number }>('SELECT number FROM migrations ORDER BY number')
  expect(rows.map((row) => row.number)).toEqual(Array.from({ length: number }, (_, index) => index + 1))
})

test('A migration that was edited after it had been applied stops the start', async () => {
  const path = join(folder, '001_hits.sql')
  writeFileSync(path, `${readFileSync(path, 'utf8')}\n-- an afterthought\n`)
  await expect(migrate(world.store, folder)).rejects.toThrow(
    'Migration 001_hits was changed after it had been applied',
  )
})

test('A migration that is missing in the program stops the start', async () => {
  rmSync(join(folder, '002_visits.sql'))
  await expect(migrate(world.store, folder)).rejects.toThrow('Migration 002 is missing')
})

test('Data of a newer Footfall stops the start', async () => {
  writeFileSync(file(last() + 1, 'newer'), 'SELECT 1;')
  await migrate(world.store, folder)
  const name = `${String(last()).padStart(3, '0')}_newer`
  rmSync(join(folder, `${name}.sql`))
  await expect(migrate(world.store, folder)).rejects.toThrow(
    `The data was written by a newer Footfall (it has migration ${name}). Start that version or a later one.`,
  )
})

test('Totals are all there however far the migration of their table came before it was killed', async () => {
  const steps = statements(readFileSync(join(folder, '017_marks.sql'), 'utf8'))
  const apply = async (some: string[]) => {
    for (const step of some) await world.store.command(step)
  }
  const rows = ['2025-12-31', '2026-01-01'].map((start) => {
    return { site_id: 1, report: 'pages', period: 'day', start, final: 2025, labels: ['/'], visits: 3 }
  })
  await world.store.insert('rollups', rows)
  for (const done of steps.keys()) {
    await apply(steps.slice(0, done))
    await apply(steps)
    expect(
      await world.store.query('SELECT toString(start) AS start, visits FROM rollups ORDER BY start'),
    ).toEqual(rows.map(({ start, visits }) => ({ start, visits })))
    const tables = await world.store.query<{ name: string; marks: number }>(
      `SELECT name, position(create_table_query, 'index_granularity = 1024') > 0 AS marks FROM system.tables
       WHERE database = currentDatabase() AND startsWith(name, 'rollups')`,
    )
    expect(tables).toEqual([{ name: 'rollups', marks: 1 }])
  }
})

test('Each column of hits is declared with its purpose, and none that does not exist', async () => {
  const rows = await world.store.query<{ name: string }>(
    "SELECT name FROM system.columns WHERE database = currentDatabase() AND table = 'hits'",
  )
  expect(rows.map((row) => row.name).sort()).toEqual(Object.keys(hitColumns).sort())
})

test('A row that was shipped is read back as it was', async () => {
  const row = hit({
    time: 1_790_000_000,
    visit_id: '18446744073709551615',
    visitor_id: '9223372036854775809',
    title: 'Grüße, "quoted" \\ and a\ttab',
    event_value: 1.5,
    search_count: -1,
  })
  await storeHits(world.store, [row])
  const [read] = await world.store.query(
    `SELECT * REPLACE (toString(visit_id) AS visit_id, toString(visitor_id) AS visitor_id,
                       toUnixTimestamp(time) AS time, toUnixTimestamp(visit_time) AS visit_time) FROM hits`,
  )
  expect(read).toEqual(row)
})
