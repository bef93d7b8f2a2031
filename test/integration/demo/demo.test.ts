import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { UsageError } from '../../../server/command.ts'
import { readConfig } from '../../../server/config.ts'
import { demoCommand } from '../../../server/demo/demo.ts'
import { type Footfall, openFootfall } from '../../../server/footfall.ts'

let folder: string
let service: Footfall
let firstLines: string[]

const errors: string[] = []
const period = ['--days', '4', '--visits-per-day', '150', '--until', '2026-11-21']

async function demo(...args: string[]): Promise<string[]> {
  const lines: string[] = []
  await demoCommand.run(service, args, { line: (text) => lines.push(text), progress: () => {} })
  return lines
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'footfall-test-'))
  const log = { info: () => {}, error: (_facts: object, message: string) => errors.push(message) }
  const now = () => Date.parse('2026-11-22T12:00:00Z')
  service = await openFootfall(readConfig({ FOOTFALL_DATA: folder }), log, now)
  firstLines = await demo(...period)
})

afterAll(async () => {
  await service.close()
  rmSync(folder, { recursive: true, force: true })
})

/** What the summary says: days, visits and hits. */
function told(lines: string[]): { days: number; visits: number; hits: number } {
  const summary = lines.find((line) => line.includes('hits/s')) ?? ''
  const [, days, visits, hits] = /: ([\d,]+) days?, ([\d,]+) visits, ([\d,]+) hits in /.exec(summary) ?? []
  const number = (text = '') => Number(text.replaceAll(',', ''))
  return { days: number(days), visits: number(visits), hits: number(hits) }
}

async function kept(site: number): Promise<{ days: number; visits: number; hits: number } | undefined> {
  const [row] = await service.store.query<{ days: number; visits: number; hits: number }>(
    `SELECT uniqExact(day) AS days, count() AS visits, sum(hits) AS hits FROM visit WHERE site_id = {site:UInt32}`,
    { site },
  )
  return row
}

function counts(site: number, what: 'kind' | 'url' | 'search_keyword' | 'event_action') {
  return service.store.query(
    `SELECT ${what} AS label, count() AS hits FROM hits WHERE site_id = {site:UInt32} GROUP BY label ORDER BY label`,
    { site },
  )
}

function visitCounts(
  site: number,
  what: 'referrer_type' | 'country' | 'os_name' | 'language' | 'local_minute',
) {
  return service.store.query<{ label: string; visits: number }>(
    `SELECT ${what} AS label, count() AS visits, sum(actions) AS actions, sum(duration) AS duration
     FROM visit WHERE site_id = {site:UInt32} GROUP BY label ORDER BY label`,
    { site },
  )
}

test('Without any site the demo makes one, and says what is still to be done', () => {
  expect(service.sites.get(1)).toMatchObject({ name: 'Demo shop', urls: ['https://demo.example'] })
  expect(firstLines[0]).toContain('site 1 (Demo shop) has been created')
  expect(firstLines.at(-1)).toContain('footfall setup')
})

test('The store holds what the demo says it has made', async () => {
  const summary = told(firstLines)
  expect(summary.days).toBe(4)
  expect(summary.visits).toBeGreaterThan(500)
  expect(await kept(1)).toEqual(summary)
  const [row] = await service.store.query<{ hits: number }>('SELECT count() AS hits FROM hits')
  expect(row?.hits).toBe(summary.hits)
})

test('Nothing that the demo sends is taken for a bot, spam or an error', () => {
  expect(Object.values(service.collector.dropped).every((times) => times === 0)).toBe(true)
  expect(firstLines.filter((line) => line.startsWith('Not kept'))).toEqual([])
  expect(errors).toEqual([])
})

test('Visitors come in all ways, from many countries, all of them known', async () => {
  const types = (await visitCounts(1, 'referrer_type')).map(({ label }) => label)
  expect(types).toEqual(['ai', 'campaign', 'direct', 'search', 'social', 'website'])
  const countries = await visitCounts(1, 'country')
  expect(countries.length).toBeGreaterThan(20)
  expect(countries.map(({ label }) => label)).not.toContain('')
  const most = countries.reduce((best, country) => (country.visits > best.visits ? country : best))
  expect(most.label).toBe('DE')
})

test('All kinds of hits are there', async () => {
  const kinds = (await counts(1, 'kind')).map((row) => (row as { label: string }).label)
  expect(kinds).toEqual(['download', 'event', 'outlink', 'pageview', 'search'])
})

test('A site that has hits is left alone unless that is wanted', async () => {
  const { hits } = told(firstLines)
  await expect(demo(...period)).rejects.toThrow(
    new UsageError(
      `Site 1 (Demo shop) has ${hits.toLocaleString('en-US')} hits already, and made-up ones would mix with them. ` +
        'Name another site with --site, or add to this one with --force.',
    ),
  )
})

test('The same seed fills another site in the same way', async () => {
  const site = await service.sites.create({
    name: 'Demo shop',
    url: 'https://demo.example',
    timezone: 'Europe/Berlin',
  })
  const lines = await demo(...period, '--site', String(site.id))
  expect(told(lines)).toEqual(told(firstLines))
  for (const what of ['kind', 'url', 'search_keyword', 'event_action'] as const) {
    expect(await counts(site.id, what)).toEqual(await counts(1, what))
  }
  for (const what of ['referrer_type', 'country', 'os_name', 'language', 'local_minute'] as const) {
    expect(await visitCounts(site.id, what)).toEqual(await visitCounts(1, what))
  }
})

test('With --force more visits are added, as whole as the first ones', async () => {
  const before = await kept(1)
  const added = told(await demo(...period, '--force'))
  expect(await kept(1)).toEqual({
    days: 4,
    visits: (before?.visits ?? 0) + added.visits,
    hits: (before?.hits ?? 0) + added.hits,
  })
  expect(added.hits / added.visits).toBeGreaterThan(2.5)
})

test('What cannot be understood is said before anything happens', async () => {
  const wrong: [args: string[], message: string][] = [
    [['--days', '0'], '--days 0 is not usable: it must be a whole number from 1 to 3000.'],
    [['--days', '3001'], '--days 3001 is not usable'],
    [['--days', 'many'], '--days many is not usable'],
    [['--visits-per-day', '200001'], 'it must be a whole number from 1 to 200000.'],
    [['--site', '99'], 'There is no site 99. Known: 1 (Demo shop), 2 (Demo shop).'],
    [['--until', '2026-02-30'], '--until 2026-02-30 is no date'],
    [['--until', '2026-11-23'], '--until 2026-11-23 has not come yet; today is 2026-11-22.'],
  ]
  for (const [args, message] of wrong) {
    const attempt = demo(...args, '--force')
    await expect(attempt).rejects.toThrow(UsageError)
    await expect(attempt).rejects.toThrow(message)
  }
})
