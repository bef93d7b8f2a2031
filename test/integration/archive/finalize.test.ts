// The hourly job, in a whole service with a set clock: what it makes final by itself, and what it waits for.

import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { finalizeDue } from '../../../server/archive/finalize.ts'
import { finalYears } from '../../../server/reports/final-years.ts'
import { firefox, startFootfall, type World } from '../../world/footfall.ts'

const hour = 3600 * 1000
const june = Date.parse('2026-06-10T12:00:00Z')

let world: World

beforeAll(async () => {
  world = await startFootfall({ clock: Date.parse('2025-12-31T10:00:00Z') })
  for (const name of ['Second', 'Third']) {
    await world.service.sites.create({ name, url: 'https://example.org', timezone: 'Europe/Berlin' })
  }
})
afterAll(() => world.close())

async function importHits(site: number, ...times: string[]): Promise<unknown> {
  const requests = times.map((cdt) => ({
    idsite: String(site),
    rec: '1',
    ua: firefox,
    cip: '91.12.34.56',
    url: 'https://example.org/',
    cdt,
  }))
  const answer = await fetch(`${world.url}/matomo.php`, {
    method: 'POST',
    body: JSON.stringify({ requests, token_auth: world.token }),
  })
  await world.service.settle()
  return await answer.json()
}

type Logged = { facts: object; message: string }

/** Runs the job at a time; returns the errors it logged. */
async function runAt(time: number): Promise<Logged[]> {
  world.setClock(time)
  const errors: Logged[] = []
  const error = (facts: object, message: string) => errors.push({ facts, message })
  await finalizeDue({ ...world.service, log: { info: () => {}, error } })
  return errors
}

const final = () => Promise.all([1, 2, 3].map((site) => finalYears(world.service.store, site)))

test('while a refused segment may hold hits of it, no year is made final', async () => {
  await world.track({ url: 'https://example.org/' })
  await world.service.settle()
  const aside = join(world.data, 'journal', 'rejected')
  mkdirSync(aside)
  writeFileSync(join(aside, '000000000900-0123456789ab.jsonl'), '{"hit":1}\n')
  expect(await runAt(Date.parse('2026-01-07T23:17:00Z'))).toMatchObject([
    { facts: { site: 1, year: 2025, err: { code: 'refused_segments' } } },
  ])
  expect(await final()).toEqual([[], [], []])
  rmSync(aside, { recursive: true })
  world.setClock(Date.parse('2025-12-31T10:00:00Z'))
})

test('a year that went on from live traffic is final as soon as its grace time is over', async () => {
  await world.track({ url: 'https://example.org/' })
  await world.service.settle()
  expect(await runAt(Date.parse('2026-01-07T22:17:00Z'))).toEqual([])
  expect(await final()).toEqual([[], [], []])
  expect(await runAt(Date.parse('2026-01-07T23:17:00Z'))).toEqual([])
  expect(await final()).toEqual([[2025], [], []])
}, 300_000)

test('with 2025 final, a hit of 2024 is refused', async () => {
  expect(await importHits(1, '2024-05-01 10:00:00')).toMatchObject({
    tracked: 0,
    invalid: 1,
    errors: [
      { index: 0, message: 'cdt: the day 2024-05-01 of this site is closed, nothing can be added to it.' },
    ],
  })
})

test('an import of past years is not cut short', async () => {
  world.setClock(june)
  for (const site of [2, 3]) {
    expect(await importHits(site, '2024-05-01 10:00:00', '2025-05-01 10:00:00')).toMatchObject({ tracked: 2 })
  }
  expect(await runAt(june + 23 * hour)).toEqual([])
  expect(await final()).toEqual([[2025], [], []])
  expect(await importHits(2, '2024-05-02 10:00:00')).toMatchObject({ tracked: 1 })
})

test('while one site is waited for, the years of another become final', async () => {
  expect(await runAt(june + 24 * hour)).toEqual([])
  expect(await final()).toEqual([[2025], [], [2024, 2025]])
  expect(await importHits(2, '2025-05-02 10:00:00')).toMatchObject({ tracked: 1 })
  const left = await world.service.store.query(
    'SELECT site_id, toYear(day) AS year, count() AS rows FROM hits GROUP BY ALL ORDER BY ALL',
  )
  expect(left).toEqual([
    { site_id: 2, year: 2024, rows: 2 },
    { site_id: 2, year: 2025, rows: 2 },
  ])
}, 300_000)

test('a site whose year fails keeps its later years for the next run, and holds up no other site', async () => {
  world.setClock(june + 25 * hour)
  const { id } = await world.service.sites.create({
    name: 'Fourth',
    url: 'https://example.org',
    timezone: 'Europe/Berlin',
  })
  await importHits(id, '2025-05-01 10:00:00')
  const full = new Error('The disk is full.')
  vi.spyOn(world.service.journal, 'drain').mockRejectedValueOnce(full)
  expect(await runAt(june + 49 * hour)).toEqual([
    {
      facts: { err: full, site: 2, year: 2024 },
      message: 'A year could not be made final and will be tried again.',
    },
  ])
  expect(await final()).toEqual([[2025], [], [2024, 2025]])
  expect(await finalYears(world.service.store, id)).toEqual([2025])

  expect(await runAt(june + 50 * hour)).toEqual([])
  expect(await final()).toEqual([[2025], [2024, 2025], [2024, 2025]])
  const parts = await world.service.store.query(
    `SELECT name FROM system.parts
     WHERE active AND database = currentDatabase() AND table IN ('hits', 'visits') AND rows > 0`,
  )
  expect(parts).toEqual([])
}, 300_000)
