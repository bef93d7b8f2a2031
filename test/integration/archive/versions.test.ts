// Which versions of rollups go, and which stay because somebody may still read them.

import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { dropSuperseded } from '../../../server/archive/rolling.ts'
import { openStore, type StoreWorld } from '../../world/store.ts'

const day = 24 * 3600 * 1_000_000
const now = Date.now() * 1000
const monthAgo = now - 30 * day
const yesterday = now - day

let world: StoreWorld
beforeAll(async () => {
  world = await openStore()
})
afterAll(() => world.close())
beforeEach(async () => {
  for (const table of ['rollups', 'rolled']) {
    await world.store.command(`TRUNCATE TABLE {{local ${table}}} {{on cluster}}`)
  }
})

const kept = { site_id: 1, report: 'overview', start: '2026-02-14', labels: [] }

/** Rows of these versions of a day are there, with its hours, and of its week; of these the store has been told that they count. */
async function made(versions: number[], counted: number[]): Promise<void> {
  const rows = versions.flatMap((version) => [
    { ...kept, period: 'day', version },
    { ...kept, period: 'hour', labels: ['1771023600'], version },
  ])
  await world.store.insert('rollups', [...rows, { ...kept, period: 'week', start: '2026-02-09', version: 1 }])
  for (const version of counted) {
    await world.store.insert('rolled', [
      { site_id: 1, period: 'day', start: kept.start, version, definition: 'as ever' },
    ])
  }
}

async function left(): Promise<number[]> {
  await dropSuperseded(world.store)
  const rows = await world.store.query<{ version: number }>(
    `SELECT DISTINCT version FROM rollups WHERE start = '2026-02-14' ORDER BY version`,
  )
  return rows.map(({ version }) => version)
}

test('An old version that was replaced just now stays for the questions that read it', async () => {
  await made([monthAgo, now], [monthAgo, now])
  expect(await left()).toEqual([monthAgo, now])
})

test('It goes when the one in its place is not new any more', async () => {
  await made([monthAgo, yesterday], [monthAgo, yesterday])
  expect(await left()).toEqual([yesterday])
})

test('One that never came to count goes when nobody can be making it any more', async () => {
  await made([monthAgo, yesterday, now], [monthAgo])
  expect(await left()).toEqual([monthAgo, now])
})

test('One that never came to count goes where no other does', async () => {
  await made([yesterday], [])
  expect(await left()).toEqual([])
  expect(await world.store.query('SELECT count() AS rows FROM rollups')).toEqual([{ rows: 0 }])
})
