// `footfall rollup` in a whole service with a set clock.

import { afterAll, beforeAll, expect, test } from 'vitest'
import { runIn } from '../../../server/commands.ts'
import { answer } from '../../../server/reports/answer.ts'
import { findReport } from '../../../server/reports/catalogue.ts'
import { parsePeriod } from '../../../server/reports/period.ts'
import { firefox, startFootfall, type World } from '../../world/footfall.ts'

let world: World
beforeAll(async () => {
  world = await startFootfall({ clock: Date.parse('2026-03-10T10:00:00Z') })
})
afterAll(() => world.close())

async function view(): Promise<void> {
  const query = new URLSearchParams({ idsite: '1', rec: '1', url: 'https://example.org/' })
  const { status } = await fetch(`${world.url}/matomo.php?${query}`, { headers: { 'user-agent': firefox } })
  expect(status).toBe(200)
}

async function command(): Promise<[code: number, lines: string[]]> {
  const lines: string[] = []
  const output = { line: (text: string) => lines.push(text), progress: () => {} }
  return [await runIn(world.service, 'rollup', [], output), lines]
}

async function march(): Promise<{ source: string; visits: number | undefined }> {
  const site = world.service.sites.get(1)
  const report = findReport('overview')
  if (!site || !report) throw new Error('There is no site, or no overview.')
  const now = world.service.now()
  const period = parsePeriod('range', '2026-03-01,2026-03-10', site.timezone, now)
  const { source, totals } = await answer(
    world.service.store,
    { report, site, period, limit: 1, offset: 0 },
    now,
  )
  return { source, visits: totals.visits }
}

test('What was taken in is in the rollups once its day is over, and says the same from there', async () => {
  await view()
  expect(await command()).toEqual([0, ['Everything that is over was rolled up already.']])
  expect(await march()).toEqual({ source: 'raw', visits: 1 })
  world.setClock(Date.parse('2026-03-16T10:00:00Z'))
  expect(await command()).toEqual([0, ['Rolled up 1 day and 1 longer period.']])
  expect(await march()).toEqual({ source: 'rollup', visits: 1 })
})

test('It takes no arguments', async () => {
  const lines: string[] = []
  const output = { line: (text: string) => lines.push(text), progress: () => {} }
  expect(await runIn(world.service, 'rollup', ['--all'], output)).toBe(2)
  expect(lines.join()).toContain('Usage: footfall rollup')
})
