// Who came, from where and with what: visits divided by what they have in common.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ReportsWorld } from '../../world/reports.ts'
import { berlin, openStore, type StoreWorld, storeHits } from '../../world/store.ts'
import { event, page, visit } from '../../world/visits.ts'

let world: StoreWorld
let reports: ReportsWorld

beforeAll(async () => {
  world = await openStore()
  reports = new ReportsWorld(world.store, [berlin])
  await storeHits(world.store, [
    // Monday: 40 s and two pages, of a user who came by a campaign.
    ...visit({
      at: '2026-11-02T10:00:00+01:00',
      visitor: '11',
      user_id: 'ann',
      country: 'DE',
      region: 'BE',
      city: 'Berlin',
      language: 'de-at',
      device_brand: 'Apple',
      device_model: 'iPhone',
      device_type: 'smartphone',
      os_name: 'iOS',
      browser_name: 'Chrome Mobile iOS',
      referrer_type: 'campaign',
      referrer_name: 'autumn',
      referrer_keyword: 'boots',
      campaign: {
        source: 'news',
        medium: 'email',
        content: 'top',
        id: '7',
        group: 'fans',
        placement: 'head',
      },
      visit_dimensions: { 1: 'gold', 2: 'blue' },
      visit_variables: { Plan: 'free' },
      does: [page('example.org/', 'Home'), page('example.org/a', 'A', { after: 39 })],
    }),
    // Tuesday: the same user again after a day, by a search engine, with another device; 10 pages, 9 minutes.
    ...visit({
      at: '2026-11-03T10:00:00+01:00',
      visitor: '12',
      user_id: 'ann',
      visitNumber: 2,
      days_since_last: 1,
      country: 'DE',
      region: 'BE',
      city: 'Potsdam',
      language: 'de-de',
      device_brand: 'Samsung',
      device_model: 'Galaxy S24',
      device_type: 'smartphone',
      os_name: 'Android',
      browser_name: 'Chrome Mobile',
      referrer_type: 'search',
      referrer_name: 'Google',
      referrer_keyword: 'red boots',
      visit_dimensions: { 1: 'gold' },
      does: Array.from({ length: 10 }, (_, index) => page(`example.org/${index}`, 'Page')),
    }),
    // Sunday: an old visitor by a website after 20 days; a visit of an impression alone.
    ...visit({
      at: '2026-11-08T10:00:00+01:00',
      visitor: '13',
      visitNumber: 12,
      days_since_last: 20,
      country: 'US',
      referrer_type: 'website',
      referrer_name: 'blog.example',
      referrer_url: 'https://blog.example/post',
      visit_dimensions: { 1: 'red' },
      does: [{ kind: 'impression', content_name: 'Banner' }],
    }),
    ...visit({
      at: '2026-11-08T11:00:00+01:00',
      visitor: '14',
      country: '',
      language: '',
      os_name: '',
      browser_name: '',
      device_type: '',
      resolution: '',
      referrer_type: 'social',
      referrer_name: 'Mastodon',
      referrer_url: 'https://mastodon.example/@ann',
      does: [event('Video', 'play')],
    }),
    ...visit({
      at: '2026-11-08T12:00:00+01:00',
      visitor: '15',
      country: 'BR',
      browser_name: 'A browser of 2031',
      referrer_type: 'ai',
      referrer_name: 'ChatGPT',
      does: [page('example.org/', 'Home', { conversions: [{ goal: 1, revenue: 0 }] })],
    }),
    ...visit({ at: '2026-11-08T13:00:00+01:00', visitor: '16', does: [page('example.org/', 'Home')] }),
  ])
})
afterAll(() => world.close())

const of = (name: string, further = '') => `/${name}?site=1&period=week&date=2026-11-02${further}`
const rows = async (name: string, further = '') =>
  (await reports.table(of(name, further), 'visits')).slice(0, -1)

test('users and visits with a conversion are counted beside visits and visitors', async () => {
  expect(
    await reports.table(
      of('overview'),
      'visits',
      'visitors',
      'users',
      'bounces',
      'converted_visits',
      'conversion_rate',
    ),
  ).toEqual([
    ['All visits', 6, 6, 1, 4, 1, 0.1667],
    ['Total', 6, 6, 1, 4, 1, 0.1667],
  ])
})

describe('visits in ranges', () => {
  test('by duration, with ranges that nobody was in', async () => {
    expect(await reports.table(of('visit-durations'), 'visit_duration', 'visits')).toEqual([
      ['0-10 s', '00000', 4],
      ['11-30 s', '00011', 0],
      ['31-60 s', '00031', 1],
      ['1-2 min', '00061', 0],
      ['2-4 min', '00121', 0],
      ['4-7 min', '00241', 0],
      ['7-10 min', '00421', 1],
      ['10-15 min', '00601', 0],
      ['15-30 min', '00901', 0],
      ['30 min and more', '01801', 0],
      ['Total', undefined, 6],
    ])
  })

  test('by actions, of visits that had any', async () => {
    expect(await rows('visit-actions')).toEqual([
      ['1 action', 3],
      ['2 actions', 1],
      ['3 actions', 0],
      ['4 actions', 0],
      ['5 actions', 0],
      ['6-7 actions', 0],
      ['8-10 actions', 1],
      ['11-14 actions', 0],
      ['15-20 actions', 0],
      ['21 actions and more', 0],
    ])
  })

  test('by the number of the visit', async () => {
    const found = await rows('visit-numbers')
    expect(found).toHaveLength(14)
    expect(found.filter(([, visits]) => visits !== 0)).toEqual([
      ['1 visit', 4],
      ['2 visits', 1],
      ['9-14 visits', 1],
    ])
  })

  test('by the days since the last one, of new visitors apart', async () => {
    const found = await rows('days-since-last-visit')
    expect(found).toHaveLength(15)
    expect(found.filter(([, visits]) => visits !== 0)).toEqual([
      ['1 day', 1],
      ['15-30 days', 1],
      ['New visitors', 4],
    ])
  })

  test('by the day of the week', async () => {
    expect(await rows('weekdays')).toEqual([
      ['Monday', 1],
      ['Tuesday', 1],
      ['Wednesday', 0],
      ['Thursday', 0],
      ['Friday', 0],
      ['Saturday', 0],
      ['Sunday', 4],
    ])
  })
})

test('users are those whom the site told', async () => {
  expect(await reports.table(of('users'), 'user', 'visits', 'visitors')).toEqual([
    ['ann', 'ann', 2, 2],
    ['Total', undefined, 2, 2],
  ])
})

describe('places and languages', () => {
  test('continents, and the countries of one', async () => {
    expect(await reports.table(of('continents'), 'continent', 'visits')).toEqual([
      ['Europe', 'EU', 3],
      ['North America', 'NA', 1],
      ['South America', 'SA', 1],
      ['Unknown', '', 1],
      ['Total', undefined, 6],
    ])
    expect(await reports.table(of('continent-countries', '&under=SA'), 'country', 'visits')).toEqual([
      ['Brazil', 'BR', 1],
      ['Total', undefined, 1],
    ])
    expect((await rows('continent-countries'))[0]).toEqual(['Europe - Germany', 3])
  })

  test('regions and cities, of all countries and of one', async () => {
    expect(await rows('regions')).toEqual([
      ['BE, Germany', 2],
      ['Unknown region, Brazil', 1],
      ['Unknown region, Germany', 1],
      ['Unknown region, United States', 1],
      ['Unknown region, Unknown', 1],
    ])
    expect(await rows('regions', '&under=DE')).toEqual([
      ['BE', 2],
      ['Unknown region', 1],
    ])
    expect((await rows('cities')).slice(0, 2)).toEqual([
      ['Berlin, BE, Germany', 1],
      ['Potsdam, BE, Germany', 1],
    ])
    expect(await reports.table(of('cities', '&under=DE&under=BE'), 'visits')).toEqual([
      ['Berlin', 1],
      ['Potsdam', 1],
      ['Total', 2],
    ])
    expect(await rows('cities', '&under=DE')).toEqual([
      ['BE - Berlin', 1],
      ['BE - Potsdam', 1],
      ['Unknown region - Unknown city', 1],
    ])
  })

  test('languages without their region', async () => {
    expect(await reports.table(of('plain-languages'), 'plain_language', 'visits')).toEqual([
      ['German', 'de', 5],
      ['Unknown', '', 1],
      ['Total', undefined, 6],
    ])
  })
})

describe('devices', () => {
  test('brands, models, and the brands of a kind of device', async () => {
    expect(await rows('device-brands')).toEqual([
      ['Unknown', 4],
      ['Apple', 1],
      ['Samsung', 1],
    ])
    expect(await rows('device-models')).toEqual([
      ['Unknown', 4],
      ['Apple iPhone', 1],
      ['Samsung Galaxy S24', 1],
    ])
    expect(await rows('device-models', '&under=Samsung')).toEqual([['Galaxy S24', 1]])
    expect(await rows('device-type-brands', '&under=smartphone')).toEqual([
      ['Apple', 1],
      ['Samsung', 1],
    ])
  })

  test('engines of browsers: on iOS it is always the same, of an unknown browser it is unknown', async () => {
    expect(await rows('browser-engines')).toEqual([
      ['Gecko', 2],
      ['Unknown', 2],
      ['Blink', 1],
      ['WebKit', 1],
    ])
  })

  test('configurations are system, browser and screen together', async () => {
    expect((await rows('configurations')).slice(0, 3)).toEqual([
      ['Windows / Firefox / 1920x1080', 2],
      ['Android / Chrome Mobile / 1920x1080', 1],
      ['Unknown / Unknown / Unknown', 1],
    ])
    expect(await rows('configurations', '&under=iOS')).toEqual([['Chrome Mobile iOS - 1920x1080', 1]])
  })
})

describe('channels', () => {
  test('in figures, with how many different names brought visits', async () => {
    const { totals, rows } = await reports.json(of('referrer-figures'))
    expect(rows).toEqual([{ label: 'All visits', ...totals }])
    expect(totals).toEqual({
      visits: 6,
      direct_visits: 1,
      direct_share: 0.17,
      search_visits: 1,
      search_share: 0.17,
      website_visits: 1,
      website_share: 0.17,
      social_visits: 1,
      social_share: 0.17,
      campaign_visits: 1,
      campaign_share: 0.17,
      ai_visits: 1,
      ai_share: 0.17,
      search_engines: 1,
      referrer_keywords: 1,
      websites: 1,
      website_pages: 1,
      social_networks: 1,
      campaigns: 1,
      ai_assistants: 1,
    })
  })

  test('in one list', async () => {
    expect(await rows('referrers')).toEqual([
      ['AI assistants - ChatGPT', 1],
      ['Campaigns - autumn', 1],
      ['Direct entry', 1],
      ['Search engines - Google', 1],
      ['Social networks - Mastodon', 1],
      ['Websites - blog.example', 1],
    ])
    expect(await rows('referrers', '&under=ai')).toEqual([['ChatGPT', 1]])
  })

  test.each([
    ['website-pages', 'blog.example', 'https://blog.example/post', 'https://blog.example/post'],
    [
      'social-network-pages',
      'Mastodon',
      'Mastodon - https://mastodon.example/@ann',
      'https://mastodon.example/@ann',
    ],
    ['search-engine-keywords', 'Google', 'Google - red boots', 'red boots'],
    ['keyword-search-engines', 'red boots', 'red boots - Google', 'Google'],
    ['ai-assistant-entry-pages', 'ChatGPT', 'ChatGPT - example.org/', 'example.org/'],
    ['campaign-name-keywords', 'autumn', 'autumn - boots', 'boots'],
    ['campaign-name-contents', 'autumn', 'autumn - top', 'top'],
    ['campaign-source-mediums', 'news', 'news - email', 'email'],
  ])('%s go one step further than %s', async (name, under, whole, further) => {
    expect(await rows(name)).toEqual([[whole, 1]])
    expect(await reports.table(of(name, `&under=${under}`), 'visits')).toEqual([
      [further, 1],
      ['Total', 1],
    ])
    expect(await rows(name, '&under=nothing')).toEqual([])
  })

  test.each([
    ['keywords', 'red boots'],
    ['campaign-keywords', 'boots'],
    ['campaign-sources', 'news'],
    ['campaign-mediums', 'email'],
    ['campaign-contents', 'top'],
    ['campaign-ids', '7'],
    ['campaign-groups', 'fans'],
    ['campaign-placements', 'head'],
  ])('%s are told', async (name, label) => {
    expect(await rows(name)).toEqual([[label, 1]])
  })
})

describe('what a site tells of visits in words of its own', () => {
  test('dimensions, and the values of one', async () => {
    expect(await reports.table(of('visit-dimensions'), 'dimension', 'visits', 'visitors')).toEqual([
      ['Dimension 1', '1', 3, 3],
      ['Dimension 2', '2', 1, 1],
      ['Total', undefined, 3, 3],
    ])
    expect(await reports.table(of('visit-dimension-values', '&under=1'), 'value', 'visits', 'users')).toEqual(
      [
        ['gold', 'gold', 2, 1],
        ['red', 'red', 1, 0],
        ['Total', undefined, 3, 1],
      ],
    )
    expect(await rows('visit-dimension-values')).toEqual([
      ['Dimension 1 - gold', 2],
      ['Dimension 1 - red', 1],
      ['Dimension 2 - blue', 1],
    ])
  })

  test('variables, and the values of one', async () => {
    expect(await rows('visit-variables')).toEqual([['Plan', 1]])
    expect(await rows('visit-variable-values')).toEqual([['Plan - free', 1]])
    expect(await rows('visit-variable-values', '&under=Plan')).toEqual([['free', 1]])
  })
})
