import { expect, test } from 'vitest'
import type { AddressBook } from '../../../server/demo/place.ts'
import { type DemoRequest, type Plan, Traffic } from '../../../server/demo/traffic.ts'
import { hintsFromUaData, parse } from '../../../server/enrich/device.ts'
import { referrer } from '../../../server/enrich/referrer.ts'

const addresses: AddressBook = new Map([
  ['DE', { ipv4: ['84.128', '91.0'], ipv6: ['2a02:810'] }],
  ['GB', { ipv4: ['86.128'], ipv6: [] }],
  ['US', { ipv4: ['73.0'], ipv6: ['2600:1700'] }],
  ['JP', { ipv4: ['126.0'], ipv6: [] }],
])

function plan(facts: Partial<Plan> = {}): Plan {
  return {
    site: { id: 7, name: 'Outside', urls: ['https://shop.example'], timezone: 'Europe/Berlin' },
    days: 28,
    visitsPerDay: 200,
    until: '2026-06-28',
    now: Date.parse('2026-11-22T12:00:00Z'),
    seed: 'test',
    addresses,
    ...facts,
  }
}

function requests(facts: Partial<Plan> = {}): DemoRequest[] {
  return [...new Traffic(plan(facts)).requests()]
}

/** The hits of each visit: of one visitor, with less than half an hour between two of them. */
function visitsOf(hits: DemoRequest[]): [DemoRequest, ...DemoRequest[]][] {
  const running = new Map<string, [DemoRequest, ...DemoRequest[]]>()
  const visits: [DemoRequest, ...DemoRequest[]][] = []
  for (const hit of hits) {
    const visit = running.get(hit.parameters.cid ?? '')
    if (visit && hit.time - (visit.at(-1)?.time ?? 0) < 1800) {
      visit.push(hit)
      continue
    }
    const begun: [DemoRequest] = [hit]
    visits.push(begun)
    running.set(hit.parameters.cid ?? '', begun)
  }
  return visits
}

const four = requests()
const visits = visitsOf(four)

test('The same seed makes the same requests, another seed other ones', () => {
  expect(requests()).toEqual(four)
  const other = requests({ seed: 'other' })
  expect(new Set(other.map(({ parameters }) => parameters.cid))).not.toContain(four[0]?.parameters.cid)
})

test('Requests come in the order of time and lie in the days that were asked for', () => {
  const times = four.map(({ time }) => time)
  expect(times).toEqual([...times].sort((a, b) => a - b))
  expect(times[0]).toBeGreaterThanOrEqual(Date.parse('2026-06-01T00:00:00+02:00') / 1000)
  expect(times.at(-1)).toBeLessThan(Date.parse('2026-06-29T00:00:00+02:00') / 1000)
})

test('What would come later today has not happened', () => {
  const now = Date.parse('2026-06-28T10:30:00+02:00')
  const hits = requests({ now, days: 1 })
  expect(hits.length).toBeGreaterThan(50)
  expect(hits.at(-1)?.time).toBeLessThan(now / 1000)
})

test('A visit ends with its day', () => {
  for (const visit of visits) {
    const days = visit.map(({ time }) => new Date((time + 7200) * 1000).toISOString().slice(0, 10))
    expect(new Set(days).size).toBe(1)
  }
})

test('Days of 23 and 25 hours have no hour too few or too many', () => {
  const hoursOf = (until: string) => {
    const hits = requests({ until, days: 1, visitsPerDay: 3000 })
    const midnight = Date.parse(`${until}T00:00:00Z`) / 1000
    return new Set(hits.map(({ time }) => Math.floor((time - midnight) / 3600))).size
  }
  expect(hoursOf('2026-03-29')).toBe(23)
  expect(hoursOf('2026-10-25')).toBe(25)
})

test('There are as many visits as were asked for', () => {
  const traffic = new Traffic(plan())
  expect(traffic.visits).toBeCloseTo(28 * 200, 5)
  expect(Math.abs(visits.length - 28 * 200)).toBeLessThan(150)
})

test('Fewer come at the weekend, and at night', () => {
  const share = (of: (date: Date) => boolean) =>
    visits.filter(([{ time }]) => of(new Date((time + 7200) * 1000))).length
  const saturdays = share((date) => date.getUTCDay() === 6)
  const tuesdays = share((date) => date.getUTCDay() === 2)
  expect(saturdays).toBeLessThan(tuesdays * 0.9)
  expect(share((date) => date.getUTCHours() === 3)).toBeLessThan(
    share((date) => date.getUTCHours() === 20) / 2,
  )
})

test('A site grows, and has days on which everybody comes', () => {
  const { days } = new Traffic(plan({ days: 800, until: '2026-11-22' }))
  const sum = (part: typeof days) => part.reduce((total, { visits }) => total + visits, 0)
  expect(sum(days.slice(-365))).toBeGreaterThan(sum(days.slice(0, 365)) * 1.15)
  const busiest = Math.max(...days.map(({ visits }) => visits))
  expect(busiest).toBeGreaterThan(400)
  expect(days.find(({ visits }) => visits === busiest)?.occasion).toBeDefined()
})

test('Not quite half of the visits see one page only', () => {
  const bounces = visits.filter(({ length }) => length === 1).length / visits.length
  expect(bounces).toBeGreaterThan(0.4)
  expect(bounces).toBeLessThan(0.5)
})

test('Visitors come in every way there is, with and without keywords', () => {
  const origins = visits.map(([{ parameters }]) =>
    referrer({
      pageUrl: parameters.url ?? '',
      referrerUrl: parameters.urlref ?? '',
      siteUrls: ['https://shop.example'],
    }),
  )
  for (const type of ['direct', 'search', 'website', 'social', 'campaign', 'ai'] as const) {
    expect(origins.filter((origin) => origin.type === type).length / origins.length).toBeGreaterThan(0.01)
  }
  const searches = origins.filter(({ type }) => type === 'search')
  expect(searches.filter(({ keyword }) => keyword !== '').length).toBeGreaterThan(50)
  expect(new Set(searches.map(({ name }) => name)).size).toBeGreaterThan(9)
  expect(origins.some(({ type, keyword }) => type === 'campaign' && keyword !== '')).toBe(true)
})

test('All kinds of requests occur, and searches that find nothing', () => {
  const has = (...names: string[]) =>
    four.some(({ parameters }) => names.every((name) => parameters[name] !== undefined))
  for (const names of [['download'], ['link'], ['search', 'search_cat'], ['e_c', 'e_a', 'e_n', 'e_v']]) {
    expect(has(...names)).toBe(true)
  }
  expect(four.some(({ parameters }) => parameters.search_count === '0')).toBe(true)
})

test('Some visitors come back weeks later', () => {
  const first = new Map<string, number>()
  let later = 0
  for (const [{ parameters, time }] of visits) {
    const known = first.get(parameters.cid ?? '')
    if (known === undefined) first.set(parameters.cid ?? '', time)
    else if (time - known > 14 * 86_400) later++
  }
  expect(later).toBeGreaterThan(50)
})

test('A visitor keeps country, language and device', () => {
  const known = new Map<string, string>()
  for (const { parameters, address, headers } of four) {
    const facts = `${address} ${headers['accept-language']} ${parameters.res}`
    expect(known.get(parameters.cid ?? '') ?? facts).toBe(facts)
    known.set(parameters.cid ?? '', facts)
  }
})

test('The visitors’ clocks are those of their countries', () => {
  const clock = (begins: string, hours: number) => {
    for (const { address, parameters, time } of four) {
      if (!address.startsWith(begins)) continue
      expect(Number(parameters.h)).toBe(new Date((time + hours * 3600) * 1000).getUTCHours())
    }
  }
  clock('84.128.', 2)
  clock('126.0.', 9)
})

test('Every agent is a known device, and none a program', () => {
  const agents = new Map(
    four.map(({ headers, parameters }) => [
      `${headers['user-agent']} ${parameters.uadata}`,
      { headers, parameters },
    ]),
  )
  const devices = [...agents.values()].map(({ headers, parameters }) =>
    parse(headers['user-agent'] ?? '', hintsFromUaData(parameters.uadata ?? '') ?? {}),
  )
  expect(devices.filter(({ bot }) => bot)).toEqual([])
  expect(devices.filter(({ os, device }) => os.name === '' || device.type === '')).toEqual([])
  expect(devices.some(({ os }) => os.name === 'Windows' && os.version === '11')).toBe(true)
  expect(devices.some(({ browser }) => browser.name === 'Brave')).toBe(true)
  expect(new Set(devices.map(({ device }) => device.type))).toEqual(
    new Set(['desktop', 'smartphone', 'phablet', 'tablet', 'tv', 'console']),
  )
})
