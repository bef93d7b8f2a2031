// What a request counts as, and whether it counts, by its parameters, its headers and the settings of its site: what is
// compared are the rows that are kept.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { defaultSettings, type SiteSettings } from '../../../server/admin/site.ts'
import { type CollectorAlone, collectorAlone } from '../../fuzz/collector.ts'
import { berlin } from '../../world/store.ts'

const windows =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36'

let settings: SiteSettings = defaultSettings
let alone: CollectorAlone
let visitor = 0
beforeAll(async () => {
  alone = await collectorAlone(() => ({ ...berlin, goals: [], settings }))
})
afterAll(() => alone.app.close())
beforeEach(() => {
  settings = defaultSettings
  visitor++
})

type Parameters = Record<string, string | number>

/** The row that is kept of a request, as far as it is asked for; undefined where none is. */
async function kept(
  columns: string[],
  parameters: Parameters,
  headers: Record<string, string> = {},
): Promise<unknown[] | undefined> {
  alone.lines.length = 0
  const _id = visitor.toString(16).padStart(16, '0')
  const query = new URLSearchParams({ idsite: '1', rec: '1', _id, url: 'https://example.org/' })
  for (const [name, value] of Object.entries(parameters)) query.set(name, String(value))
  const answer = await alone.app.inject({
    url: `/matomo.php?${query}`,
    headers: { 'user-agent': windows, ...headers },
  })
  expect(answer.statusCode).toBe(200)
  const [line] = alone.lines
  const row = line === undefined ? undefined : JSON.parse(line)
  return row && columns.map((column) => row[column])
}

describe('client hints', () => {
  const eleven = { 'sec-ch-ua-platform': '"Windows"', 'sec-ch-ua-platform-version': '"15.0.0"' }
  const sent = (platformVersion: string) => JSON.stringify({ platform: 'Windows', platformVersion })
  test.each<[string, Parameters, Record<string, string>, string[]]>([
    ['of the headers tell more than the agent', {}, eleven, ['Windows', '11']],
    ['of the page go before those of the headers', { uadata: sent('10.0.0') }, eleven, ['Windows', '10']],
    ['of the headers are not those of another agent', { ua: windows }, eleven, ['Windows', '10']],
    [
      'of the page are, also beside another agent',
      { ua: windows, uadata: sent('15.0.0') },
      {},
      ['Windows', '11'],
    ],
  ])('%s', async (_what, parameters, headers, expected) => {
    expect(await kept(['os_name', 'os_version'], parameters, headers)).toEqual(expected)
  })
})

test.each([
  [{ 'x-moz': 'prefetch' }, false],
  [{ 'x-purpose': 'preview' }, false],
  [{ 'x-purpose': 'Instant' }, false],
  [{ 'x-purpose': 'other' }, true],
  // Matomo: a script that runs while a browser loads a page in advance waits until the page is shown.
  [{ purpose: 'prefetch' }, true],
  [{ 'sec-purpose': 'prefetch;prerender' }, true],
])('Of pages that browsers load in advance, %j is counted: %s', async (headers, counted) => {
  const before = alone.collector.dropped.prefetch
  expect(await kept(['kind'], {}, headers as Record<string, string>)).toEqual(
    counted ? ['pageview'] : undefined,
  )
  expect(alone.collector.dropped.prefetch).toBe(before + (counted ? 0 : 1))
})

test('A visit that invented itself is not counted: its referrer is on the list of spam', async () => {
  const before = alone.collector.dropped.spam_referrer
  expect(await kept(['kind'], { urlref: 'http://Semalt.com/crawler?u=https://example.org' })).toBeUndefined()
  expect(alone.collector.dropped.spam_referrer).toBe(before + 1)
  expect(await kept(['referrer_name'], { urlref: 'https://blog.example/' })).toEqual(['blog.example'])
})

const [page, search, content, event, link, download] = [
  { action_name: 'Hats' },
  { search: 'hats' },
  { c_n: 'Banner', c_i: 'click' },
  { e_c: 'Video', e_a: 'play' },
  { link: 'https://other.example/' },
  { download: 'https://example.org/list.pdf' },
]
test.each<[string, Parameters, string]>([
  ['page, search', { ...page, ...search }, 'search'],
  ['search, content', { ...search, ...content }, 'interaction'],
  ['content, event', { ...content, ...event }, 'event'],
  ['search, event', { ...search, ...event }, 'event'],
  ['event, outlink', { ...event, ...link }, 'outlink'],
  ['outlink, download', { ...link, ...download }, 'download'],
  ['download, cart', { ...download, idgoal: 0 }, 'cart'],
])('Of several things in one request the last counts: %s', async (_what, parameters, kind) => {
  expect(await kept(['kind'], parameters)).toEqual([kind])
})

describe('settings of the site', () => {
  test.each([
    ['https://example.org/a.cad', 'download'],
    ['https://other.example/a.CAD?b=1', 'download'],
    ['https://other.example/a.pdf', 'outlink'],
    ['https://example.org/a.pdf', undefined],
  ])('tell which files are downloads: %s', async (ff_file, kind) => {
    settings = { ...defaultSettings, downloadExtensions: ['cad'] }
    expect(await kept(['kind', 'target_url'], { ff_file })).toEqual(kind && [kind, ff_file])
  })

  test.each([
    [true, 'example.org/app#/hats'],
    [false, 'example.org/app'],
  ])('tell whether what is behind # is part of an address: %s', async (keepFragment, url) => {
    settings = { ...defaultSettings, keepFragment }
    expect(await kept(['url'], { url: 'https://example.org/app#/hats' })).toEqual([url])
  })

  test.each([
    ['find=Red+hats&in=Shop&page=2', ['search', 'example.org/?page=2', 'Red hats', 'Shop']],
    ['FIND=hats', ['search', 'example.org/', 'hats', undefined]],
    ['q=hats&in=Shop', ['pageview', 'example.org/?q=hats&in=Shop', undefined, undefined]],
  ])('tell what is a search: %s', async (query, expected) => {
    settings = { ...defaultSettings, searchParameters: ['find'], searchCategoryParameters: ['in'] }
    const url = `https://example.org/?${query}`
    expect(await kept(['kind', 'url', 'search_keyword', 'search_category'], { url })).toEqual(expected)
  })
})
