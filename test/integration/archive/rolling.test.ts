// Who keeps whom waiting while finished days are rolled up.

import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type RollingOptions, rollUp } from '../../../server/archive/rolling.ts'
import { berlin, openStore, type StoreWorld, storeHits } from '../../world/store.ts'
import { page, visit } from '../../world/visits.ts'

const now = Date.parse('2026-03-10T12:00:00Z')
const sites = [1, 2].map((id) => ({ ...berlin, id }))

let world: StoreWorld
beforeAll(async () => {
  world = await openStore()
  await storeHits(
    world.store,
    sites.flatMap(({ id }) => seen(id)),
  )
})
afterAll(() => world.close())

const seen = (site: number) =>
  visit({ site, at: '2026-03-05T12:00:00+01:00', does: [page('example.org/', 'Home')] })

const roll = (more: Partial<RollingOptions> = {}) =>
  rollUp({ store: world.store, sites, now, settleFor: 0, ...more })

test('A site that fails keeps no other one waiting, and is tried again thoroughly', async () => {
  const command = world.store.command.bind(world.store)
  let tries = 0
  const spoiled = vi.spyOn(world.store, 'command').mockImplementation(async (sql, params, ...further) => {
    const fails = sql.startsWith('INSERT INTO rollups') && params?.site === 1
    if (fails) tries++
    if (fails) throw new Error('too little memory')
    await command(sql, params, ...further)
  })
  const progress = vi.fn()
  await expect(roll({ progress })).rejects.toThrow('too little memory')
  expect(progress.mock.calls.map(([site, what]) => [site.id, what])).toEqual([
    [1, '2026-03-05'],
    [2, '2026-03-05'],
    [2, 'week of 2026-03-02'],
  ])
  expect(await roll({ thorough: false })).toEqual({ days: 0, wholes: 0 })
  expect(tries).toBe(1)
  spoiled.mockRestore()
  expect(await roll()).toEqual({ days: 1, wholes: 1 })
})

test('Two at once are done one after the other: the second has nothing left to do', async () => {
  await storeHits(world.store, seen(1))
  expect(await Promise.all([roll(), roll()])).toEqual([
    { days: 1, wholes: 1 },
    { days: 0, wholes: 0 },
  ])
})
