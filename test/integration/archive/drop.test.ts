// What one site drops, another may be writing to: site 2 ships a hit while a year of site 1 is being dropped.

import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type FinaliseOptions, finaliseYear } from '../../../server/archive/final-year.ts'
import { berlin, openStore, type StoreWorld, storeHits } from '../../world/store.ts'
import { page, visit } from '../../world/visits.ts'

const now = Date.parse('2026-06-10T12:00:00Z')

let world: StoreWorld

beforeAll(async () => {
  world = await openStore()
  await storeHits(world.store, [...inJune(1, 2024), ...inJune(1, 2025)])
})
afterAll(() => world.close())

const inJune = (site: number, year: number) =>
  visit({ site, at: `${year}-06-10T12:00:00+02:00`, does: [page('example.org/', 'Home')] })

/** Makes a year of site 1 final. */
const finaliseFirst = (year: number, more: Partial<FinaliseOptions>) =>
  finaliseYear({ store: world.store, site: berlin, year, now, ...more })

async function sitesOf(year: number): Promise<{ hits: number[]; visits: number[] } | undefined> {
  const sites = (table: string) =>
    `(SELECT arraySort(groupUniqArray(site_id)) FROM ${table} WHERE toYear(day) = {year:UInt16})`
  const [row] = await world.store.query<{ hits: number[]; visits: number[] }>(
    `SELECT ${sites('hits')} AS hits, ${sites('visits')} AS visits`,
    { year },
  )
  return row
}

test('a hit that another site ships in the very moment of a drop stays', async () => {
  const { store } = world
  const command = store.command.bind(store)
  let shipped: Promise<void> | undefined
  const spy = vi.spyOn(store, 'command').mockImplementation(async (sql, ...values) => {
    if (sql.includes(' PARTITION ')) {
      shipped ??= storeHits(store, inJune(2, 2024))
      await shipped
    }
    await command(sql, ...values)
  })
  await finaliseFirst(2024, { closedEverywhere: async () => false })
  spy.mockRestore()
  expect(await sitesOf(2024)).toEqual({ hits: [2], visits: [2] })
}, 300_000)

test('so does the last one that came before that site was closed, too', async () => {
  let shipped: Promise<void> | undefined
  await finaliseFirst(2025, {
    progress: ({ step }) => {
      if (step === 'drop') shipped ??= storeHits(world.store, inJune(2, 2025))
    },
    closedEverywhere: async () => {
      await shipped
      return true
    },
  })
  expect(await sitesOf(2025)).toEqual({ hits: [2], visits: [2] })
}, 300_000)

test('an earlier year of which hits come while a year is being closed is made final first', async () => {
  const site = { ...berlin, id: 3 }
  await storeHits(world.store, inJune(3, 2025))
  const close = () => storeHits(world.store, inJune(3, 2024))
  const run = finaliseYear({ store: world.store, site, year: 2025, now, close })
  await expect(run).rejects.toThrow('Make the year 2024 of site 3 final first.')
}, 300_000)
