// Segments: every name with what it finds and what it does not, and what can be made of several.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Goal } from '../../../server/admin/goal.ts'
import type { Site } from '../../../server/admin/site.ts'
import { segmentNames } from '../../../server/reports/segment/segment-name.ts'
import { ReportsWorld } from '../../world/reports.ts'
import { berlin, openStore, type StoreWorld, storeHits } from '../../world/store.ts'
import { download, event, outlink, page, search, visit } from '../../world/visits.ts'

const dimension = { active: true, extractions: [], caseSensitive: false, deleted: false }
const goal: Omit<Goal, 'id' | 'name' | 'match'> = {
  pattern: { how: 'contains', text: '', caseSensitive: false },
  multiple: false,
  revenue: 0,
  useEventValue: false,
  since: 0,
  deleted: false,
} as never

const site: Site = {
  ...berlin,
  dimensions: [
    { ...dimension, id: 1, name: 'Plan', scope: 'visit' },
    { ...dimension, id: 2, name: 'Length', scope: 'action' },
  ],
  goals: [
    { ...goal, id: 1, name: 'Newsletter', match: 'manual' },
    {
      ...goal,
      id: 2,
      name: 'Thanked',
      match: 'url',
      pattern: { how: 'contains', text: '/thanks', caseSensitive: false },
      // Defined after everything that is in this world.
      since: 4_000_000_000,
    },
  ] as Goal[],
}

let world: StoreWorld
let reports: ReportsWorld

beforeAll(async () => {
  world = await openStore()
  reports = new ReportsWorld(world.store, [site])
  await storeHits(world.store, [
    // The first visit that is made up in a file has the number 1000.
    ...visit({
      at: '2026-11-02T10:05:00+01:00',
      visitor: '11',
      user_id: 'ann',
      ip: '91.12.0.0',
      country: 'DE',
      region: 'BE',
      city: 'Berlin',
      latitude: 52.52,
      longitude: 13.4,
      language: 'de-de',
      device_type: 'smartphone',
      device_brand: 'Apple',
      device_model: 'iPhone',
      os_name: 'iOS',
      os_version: '18.1',
      browser_name: 'Mobile Safari',
      browser_version: '18.1',
      resolution: '390x844',
      referrer_type: 'campaign',
      referrer_name: 'autumn',
      referrer_keyword: 'sale',
      campaign: {
        source: 'news',
        medium: 'email',
        content: 'top',
        id: '7',
        group: 'fans',
        placement: 'head',
      },
      visit_dimensions: { 1: 'gold' },
      visit_variables: { Colour: 'blue' },
      does: [
        page('example.org/', 'Home', { dimensions: { 2: 'short' } }),
        page('example.org/shop', 'Shop', { after: 20, variables: { Level: 'high' } }),
        event('Video', 'play', 'Intro', 5, { url: 'example.org/shop', after: 10 }),
        { kind: 'goal', after: 5, conversions: [{ goal: 1, revenue: 0 }] },
      ],
    }),
    ...visit({
      at: '2026-11-03T21:40:00+01:00',
      visitor: '12',
      visitNumber: 3,
      user_id: 'bob',
      ip: '203.0.0.0',
      country: 'FR',
      language: 'fr',
      days_since_first: 10,
      days_since_last: 4,
      referrer_type: 'search',
      referrer_name: 'Google',
      referrer_keyword: 'boots',
      referrer_url: 'https://www.google.com/search',
      profilable: 1,
      does: [
        page('example.org/shop', 'Shop'),
        search('shoes', { search_category: 'men', search_count: 4, after: 30 }),
        download('https://example.org/files/list.pdf', { after: 30 }),
        outlink('https://www.partner.org/deal', { after: 30 }),
        {
          kind: 'order',
          after: 30,
          order_id: 'A1',
          amounts: { revenue: 30 },
          items: [{ sku: 'S1', name: 'Boot', categories: ['Shoes', 'Winter'], price: 30, quantity: 1 }],
          conversions: [{ goal: 0, revenue: 30 }],
        },
      ],
    }),
    ...visit({
      at: '2026-11-04T08:15:00+01:00',
      visitor: '13',
      visitNumber: 5,
      user_id: 'cid',
      country: 'US',
      language: 'en-us',
      days_since_first: 100,
      days_since_last: 2,
      days_since_order: 2,
      profilable: 1,
      device_type: 'tv',
      os_name: 'Tizen',
      os_version: '7',
      browser_name: 'Samsung Browser',
      browser_version: '4.0',
      resolution: '3840x2160',
      referrer_type: 'website',
      referrer_name: 'partner.org',
      referrer_url: 'https://www.partner.org/list?x=1',
      does: [
        page('example.org/m%C3%BCtze', 'Hat', {
          items: [{ sku: 'V1', name: 'Hat', categories: ['Heads', 'Wool'], price: 12, quantity: 1 }],
        }),
        {
          kind: 'impression',
          content_name: 'Ad',
          content_piece: 'pic.png',
          target_url: 'https://partner.org/ad',
        },
        {
          kind: 'interaction',
          content_name: 'Ad',
          content_piece: 'pic.png',
          content_interaction: 'click',
          target_url: 'https://partner.org/ad',
        },
        page('example.org/thanks', 'Thank you', { after: 300 }),
        {
          kind: 'cart',
          amounts: { revenue: 12 },
          items: [{ sku: 'C1', name: 'Cap', categories: ['Cloth', 'Cotton'], price: 6, quantity: 2 }],
        },
      ],
    }),
    ...visit({
      at: '2026-11-05T23:30:10+01:00',
      visitor: '14',
      user_id: 'dan',
      country: '',
      language: '',
      does: [page('example.org/', 'Home')],
    }),
  ])
})
afterAll(() => world.close())

const all = ['ann', 'bob', 'cid', 'dan']

/** The users whose visits belong to a segment. */
async function found(segment: string | object): Promise<string[]> {
  const text = typeof segment === 'string' ? segment : JSON.stringify(segment)
  const query = new URLSearchParams({ site: '1', period: 'month', date: '2026-11-10', segment: text })
  const { rows } = await reports.json(`/users?${query}`)
  return rows.map(({ user }: { user: string }) => user).sort()
}

async function refused(segment: string | object): Promise<string> {
  const text = typeof segment === 'string' ? segment : JSON.stringify(segment)
  const query = new URLSearchParams({ site: '1', period: 'month', date: '2026-11-10', segment: text })
  const { status, body } = await reports.ask(`/users?${query}`)
  const { error } = JSON.parse(body)
  return `${status} ${error.code} ${error.message}`
}

/** Each with the first letters of the users whom it finds. */
const table: [segment: string, users: string][] = [
  ['visitorId==000000000000000b', 'a'],
  ['userId==BOB', 'b'],
  ['userId=@n', 'ad'],
  ['visitId==1000', 'a'],
  ['visitIp==91.12.0.0', 'a'],
  ['visitIp>91.12.0.0', 'bcd'],
  ['visitIp<=91.12.0.0', 'a'],
  ['visitorType==new', 'ad'],
  ['visitorType==returning', 'b'],
  ['visitorType!=returningCustomer', 'abd'],
  ['visitCount>=3', 'bc'],
  ['visitDuration>300', 'c'],
  ['visitDuration==0', 'd'],
  ['actions==3', 'a'],
  ['interactions==2', 'abc'],
  ['searches>0', 'b'],
  ['events==1', 'a'],
  ['visitConverted==1', 'abc'],
  ['visitConverted==0', 'd'],
  ['visitConverted!=1', 'd'],
  ['visitConvertedGoalId==2', 'c'],
  ['visitConvertedGoalId==0', 'b'],
  ['visitConvertedGoalId>=1', 'ac'],
  ['visitConvertedGoalName=@letter', 'a'],
  ['visitConvertedGoalName==', 'd'],
  ['visitEcommerceStatus==ordered', 'b'],
  ['visitEcommerceStatus==abandonedCart', 'c'],
  ['daysSinceFirstVisit>=10', 'bc'],
  ['secondsSinceFirstVisit>=8640000', 'c'],
  ['daysSinceLastVisit<4', 'c'],
  ['secondsSinceLastVisit==345600', 'b'],
  ['daysSinceLastVisit==', 'ad'],
  ['daysSinceLastEcommerceOrder==2', 'c'],
  ['secondsSinceLastEcommerceOrder>0', 'c'],
  ['profilable==1', 'bc'],
  ['visitLocalHour==21', 'b'],
  ['visitLocalMinute==30', 'd'],
  ['visitServerHour==23', 'd'],
  ['visitStartServerHour<9', 'c'],
  ['visitStartServerMinute==40', 'b'],
  ['visitEndServerSecond==10', 'd'],
  ['visitEndServerMinute==30', 'd'],
  ['visitEndServerDate==2026-11-03', 'b'],
  ['visitEndServerDate>=2026-11-04', 'cd'],
  ['visitEndServerDayOfWeek==1', 'a'],
  ['visitEndServerDayOfMonth>3', 'cd'],
  ['visitEndServerDayOfYear==306', 'a'],
  ['visitEndServerWeekOfYear==45', 'abcd'],
  ['visitEndServerMonth!=11', ''],
  ['visitEndServerQuarter==4', 'abcd'],
  ['visitEndServerYear==2025', ''],
  ['actionServerHour==21', 'b'],
  ['actionServerMinute==5', 'a'],
  ['countryCode==de', 'a'],
  ['countryCode!=de', 'bcd'],
  ['countryCode==', 'd'],
  ['countryCode!=', 'abc'],
  ['countryName=@land', ''],
  ['countryName=^United', 'c'],
  ['continentCode==eur', 'ab'],
  ['continentCode==na', 'c'],
  ['regionCode==be', 'a'],
  ['city=$lin', 'a'],
  ['latitude>50', 'a'],
  ['latitude==52.52', 'a'],
  ['longitude==', 'bcd'],
  ['languageCode=^de', 'a'],
  ['deviceType==smartphone,deviceType==tv', 'ac'],
  ['deviceBrand==apple', 'a'],
  ['deviceModel==iPhone', 'a'],
  ['operatingSystemCode==WIN', 'bd'],
  ['operatingSystemName!=Windows', 'ac'],
  ['operatingSystemVersion>=11', 'abd'],
  ['browserCode==FF', 'bd'],
  ['browserName=@safari', 'a'],
  ['browserVersion<100', 'ac'],
  ['browserEngine==Gecko', 'bd'],
  ['resolution==390x844', 'a'],
  ['referrerType==direct', 'd'],
  ['referrerType!=direct', 'abc'],
  ['referrerName==google', 'b'],
  ['referrerKeyword=@oo', 'b'],
  ['referrerUrl==https://partner.org/list?x=1', 'c'],
  ['referrerUrl=^google.com', 'b'],
  ['campaignName==autumn', 'a'],
  ['campaignKeyword==sale', 'a'],
  ['campaignSource==news', 'a'],
  ['campaignMedium!=email', 'bcd'],
  ['campaignContent==top', 'a'],
  ['campaignId==7', 'a'],
  ['campaignGroup==fans', 'a'],
  ['campaignPlacement==head', 'a'],
  ['pageUrl==https://www.example.org/shop', 'ab'],
  ['pageUrl==http://example.org', 'ad'],
  ['pageUrl!=example.org/', 'bc'],
  ['pageUrl=@/SHOP', 'ab'],
  ['pageUrl!@shop', 'cd'],
  ['pageUrl=$mütze', 'c'],
  ['pageUrl=$m%C3%BCtze', 'c'],
  ['pageTitle==home', 'ad'],
  ['entryPageUrl==example.org/', 'ad'],
  ['entryPageTitle==Shop', 'b'],
  ['exitPageUrl=$/thanks', 'c'],
  ['exitPageTitle=^Thank', 'c'],
  ['outlinkUrl=@partner.org', 'b'],
  ['downloadUrl==example.org/files/list.pdf', 'b'],
  ['actionUrl=@partner', 'b'],
  ['actionUrl=@/shop', 'ab'],
  ['actionType==sitesearches', 'b'],
  ['actionType==contents', 'c'],
  ['siteSearchKeyword==shoes', 'b'],
  ['siteSearchCategory==men', 'b'],
  ['siteSearchCount<10', 'b'],
  ['eventUrl=@shop', 'a'],
  ['eventCategory==video', 'a'],
  ['eventAction!=play', 'bcd'],
  ['eventName==Intro', 'a'],
  ['eventValue>4.5', 'a'],
  ['contentName==ad', 'c'],
  ['contentPiece=$png', 'c'],
  ['contentTarget==https://partner.org/ad', 'c'],
  ['contentInteraction==click', 'c'],
  ['orderId==A1', 'b'],
  ['revenueOrder>=30', 'b'],
  ['revenueAbandonedCart==12', 'c'],
  ['productSku==S1', 'b'],
  ['productName=@a', 'c'],
  ['productCategory==winter', 'b'],
  ['productCategory1==Cloth', 'c'],
  ['productCategory2==Cotton', 'c'],
  ['productCategory3!=', ''],
  ['productCategory4!=', ''],
  ['productCategory5!=', ''],
  ['productPrice<10', 'c'],
  ['productViewSku==V1', 'c'],
  ['productViewName==hat', 'c'],
  ['productViewCategory=@oo', 'c'],
  ['productViewCategory1==heads', 'c'],
  ['productViewCategory2==Wool', 'c'],
  ['productViewCategory3!=', ''],
  ['productViewCategory4!=', ''],
  ['productViewCategory5!=', ''],
  ['productViewPrice==12', 'c'],
  ['dimension1==gold', 'a'],
  ['dimension1==', 'bcd'],
  ['dimension2==short', 'a'],
  ['customVariableName1==colour', 'a'],
  ['customVariableValue1==blue', 'a'],
  ['customVariablePageName1==level', 'a'],
  ['customVariablePageValue2==high', 'a'],
]

test.each(table)('%s finds [%s]', async (segment, users) => {
  expect(await found(segment)).toEqual(all.filter((name) => users.includes(name.slice(0, 1))))
})

test('Every name is in the table above', () => {
  const named = new Set(table.map(([segment]) => segment.split(/[=!<>]/)[0]))
  expect(
    segmentNames(site)
      .map(({ name }) => name)
      .filter((name) => !named.has(name)),
  ).toEqual([])
})

const users = (letters: string) => all.filter((name) => letters.includes(name.slice(0, 1)))
const is = (name: string, value: unknown, op = '==') => ({ name, op, value })

describe('Several conditions', () => {
  test.each<[what: string, segment: string | object, letters: string]>([
    ['a semicolon is "and"', 'pageUrl=@shop;countryCode==de', 'a'],
    ['a comma is "or", and binds tighter', 'countryCode==de,countryCode==fr;visitCount>1', 'b'],
    ['two conditions may be met by two hits', 'pageTitle==Home;pageTitle==Shop', 'a'],
    ['a backslash makes a comma part of a value', 'pageTitle==Home\\,Shop,userId==dan', 'd'],
    ['what is encoded once more is read as well', encodeURIComponent('countryCode==de;events>0'), 'a'],
    ['signs of a value are part of it', 'referrerUrl=$?x=1', 'c'],
    [
      'one hit has to meet what is in "hit"',
      { hit: { all: [is('pageTitle', 'Shop'), is('pageUrl', 'example.org/')] } },
      '',
    ],
    ['and does where it can', { hit: { all: [is('pageTitle', 'Shop'), is('pageUrl', 'shop', '=@')] } }, 'ab'],
    [
      'in a hit, what excludes is about this hit',
      { hit: { all: [is('actionType', 'pageviews'), is('pageUrl', 'example.org/', '!=')] } },
      'abc',
    ],
    ['a list of values', is('userId', ['ANN', 'dan']), 'ad'],
    ['a list of parts of them', is('userId', ['NN', 'da'], '=@'), 'ad'],
    ['a list of beginnings', is('userId', ['AN', 'D'], '=^'), 'ad'],
    ['a list of ends', is('userId', ['ID', 'a.n', '(b'], '=$'), 'c'],
    ['a list of addresses', is('pageUrl', ['http://www.example.org', 'example.org/mütze']), 'acd'],
    ['none of a list of addresses', is('pageUrl', ['https://example.org/', 'x'], '!='), 'bc'],
    ['a list of addresses or none', is('referrerUrl', ['', 'https://partner.org/list?x=1']), 'acd'],
    ['a list of parts of addresses', is('pageUrl', ['//example.org/th', 'mütze'], '=@'), 'c'],
    ['a list of versions', is('operatingSystemVersion', ['18.1', '7']), 'ac'],
    ['none of a list', is('userId', ['ann', 'dan'], '!='), 'bc'],
    ['not', { not: is('countryCode', 'de') }, 'bcd'],
    ['brackets', { any: [{ all: [is('countryCode', 'de'), is('events', 1)] }, is('orderId', 'A1')] }, 'ab'],
    ['numbers and truths as values', { all: [is('visitCount', 3), is('visitConverted', true)] }, 'b'],
    ['nothing in common', { all: [is('countryCode', 'de'), is('countryCode', 'fr')] }, ''],
  ])('%s', async (_, segment, letters) => {
    expect(await found(segment)).toEqual(users(letters))
  })

  test('A sequence is met by hits that follow each other in a visit', async () => {
    const [home, shop] = [is('pageTitle', 'Home'), is('pageTitle', 'Shop')]
    expect(await found({ sequence: [home, shop] })).toEqual(['ann'])
    expect(await found({ sequence: [shop, home] })).toEqual([])
    expect(await found({ sequence: [shop, is('eventCategory', 'Video')] })).toEqual(['ann'])
    // One hit cannot take two steps.
    expect(await found({ sequence: [home, home] })).toEqual([])
    expect(await found({ not: { sequence: [home, shop] } })).toEqual(['bob', 'cid', 'dan'])
  })
})

test('A visitor is asked about by all visits of the period, and a sequence may go over several of them', async () => {
  const day = (date: string, ...does: Parameters<typeof visit>[0]['does']) =>
    visit({ site: 2, at: `${date}T10:00:00+01:00`, visitor: '21', user_id: date, does })
  const other = visit({
    site: 2,
    at: '2026-11-03T10:00:00+01:00',
    visitor: '22',
    user_id: 'other',
    does: [page('b', 'B'), page('a', 'A')],
  })
  await storeHits(world.store, [
    ...day('2026-11-02', page('a', 'A')),
    ...day('2026-11-04', page('b', 'B'), page('c', 'C')),
    ...other,
  ])
  const asker = new ReportsWorld(world.store, [{ ...site, id: 2 }])
  const found = async (segment: object) => {
    const query = new URLSearchParams({
      site: '2',
      period: 'month',
      date: '2026-11-10',
      segment: JSON.stringify(segment),
    })
    return (await asker.json(`/users?${query}`)).rows.map(({ user }: { user: string }) => user).sort()
  }
  expect(await found(is('pageTitle', 'C'))).toEqual(['2026-11-04'])
  expect(await found({ visitor: is('pageTitle', 'C') })).toEqual(['2026-11-02', '2026-11-04'])
  expect(await found({ all: [{ visitor: is('pageTitle', 'C') }, is('pageTitle', 'A')] })).toEqual([
    '2026-11-02',
  ])
  const steps = [is('pageTitle', 'A'), is('pageTitle', 'B')]
  expect(await found({ sequence: steps })).toEqual([])
  expect(await found({ sequence: steps, by: 'visitor' })).toEqual(['2026-11-02', '2026-11-04'])
})

describe('What cannot be asked is refused, with what is wrong', () => {
  const deep = (levels: number): object => (levels === 0 ? is('events', 1) : { not: deep(levels - 1) })
  test.each<[segment: string | object, answer: RegExp]>([
    ['countryCode', /^400 invalid_segment "countryCode" is no condition/],
    ['==de', /^400 invalid_segment "==de" is no condition/],
    ['countryCode==de;', /^400 invalid_segment "" is no condition/],
    ['colour==red', /^400 invalid_segment "colour" is nothing to segment by/],
    ['fingerprint==1', /no fingerprint of a browser is kept/],
    ['countryCode>de', /"countryCode" cannot be compared by >/],
    ['countryCode=@', /needs a value/],
    ['visitCount==two', /"visitCount" is a number; "two" is none/],
    ['visitCount>=1e999', /is none/],
    ['visitorType==old', /"visitorType" is one of new, returning, returningCustomer; "old" is none of them/],
    ['visitEndServerDate==today', /is a date as 2026-11-22/],
    ['visitEndServerDate>=2026-13-45', /is a date as 2026-11-22/],
    ['visitIp>=abc', /"visitIp" is an address; "abc" is none/],
    [is('visitCount', ['', '5']), /"visitCount" has no empty value among others/],
    ['visitConverted==yes', /"visitConverted" is 1 or 0/],
    [
      'pageUrl=^https://',
      /"pageUrl" is compared without its protocol and "www.", and "https:\/\/" has nothing/,
    ],
    ['pageUrl==https://', /name a host or a path/],
    ['referrerUrl!@http://www.', /name a host or a path/],
    [is('pageUrl', ['example.org', '//']), /name a host or a path/],
    ['dimension9==x', /"dimension9" is no custom dimension of the site/],
    ['saved==7', /^404 unknown_segment There is no saved segment 7/],
    ['saved=@7', /A saved segment is written as saved==3/],
    ['{"all"', /has to be JSON/],
    [{ all: [] }, /segment.all must be a list of at least one/],
    [{ all: [{ any: [5] }] }, /segment.all\[0\].any\[0\] must be an object/],
    [{ name: 'events', is: 1 }, /segment has the field "is"/],
    [{ name: 'events', value: null }, /segment.value must be a text/],
    [{ name: 'events', op: '~', value: 1 }, /segment.op must be one of/],
    [{ hit: is('countryCode', 'de') }, /"countryCode" is known of visits, not of single hits/],
    [{ sequence: [is('pageUrl', 'a')] }, /A sequence has 2 to 10 steps/],
    [{ sequence: [is('pageUrl', 'a'), is('pageUrl', 'b')], by: 'site' }, /segment.by must be/],
    [deep(10), /at most 10 levels/],
    [{ any: Array.from({ length: 101 }, () => is('events', 1)) }, /at most 100 conditions/],
    [is('userId', Array.from({ length: 101 }, String)), /at most 100 values/],
    [is('userId', 'x'.repeat(1001)), /at most 1000 characters/],
  ])('%j', async (segment, answer) => {
    expect(await refused(segment)).toMatch(answer)
  })

  test('The deepest and longest that may be are answered', async () => {
    expect(await found(deep(9))).toEqual(['bob', 'cid', 'dan'])
    expect(await found({ any: Array.from({ length: 100 }, (_, index) => is('visitCount', index)) })).toEqual(
      all,
    )
    expect(await found(is('userId', ['ann', ...Array.from({ length: 99 }, String)]))).toEqual(['ann'])
  })

  test('Long lists in several conditions are answered, in reports of several parts as well', async () => {
    const list = (own: string, op: string) => {
      return is('pageUrl', [own, ...Array.from({ length: 99 }, (_, index) => `${index}`)], op)
    }
    const own = ['example.org/shop', '/shop', 'example.org/s', '/shop']
    const ops = ['==', '=@', '=^', '=$']
    const segment = { all: Array.from({ length: 10 }, (_, at) => list(own[at % 4] ?? '', ops[at % 4] ?? '')) }
    expect(await found(segment)).toEqual(['ann', 'bob'])
    const asked = `site=1&period=month&date=2026-11-10&segment=${encodeURIComponent(JSON.stringify(segment))}`
    expect((await reports.json(`/pages?${asked}`)).totals.page_views).toBe(3)
  })
})

describe('A filter shows the hits alone that it lets through', () => {
  const asked = 'site=1&period=month&date=2026-11-10'
  const filtered = (name: string, filter: string, ...columns: string[]) =>
    reports.table(`/${name}?${asked}&filter=${encodeURIComponent(filter)}`, ...columns)

  test('Of pages: their own views, times, entries and exits', async () => {
    expect(
      await filtered('pages', 'pageUrl=@shop', 'page_views', 'time_spent_sum', 'entries', 'exits'),
    ).toEqual([
      ['example.org/shop', 2, 30, 1, 1],
      ['Total', 2, 30, 1, 1],
    ])
  })

  test('Of titles, downloads, outlinks and searches', async () => {
    expect(await filtered('titles', 'pageUrl=$shop', 'page_views')).toEqual([
      ['Shop', 2],
      ['Total', 2],
    ])
    for (const [report, none] of [
      ['downloads', 'downloadUrl=@other'],
      ['outlinks', 'outlinkUrl=@other'],
      ['searches', 'siteSearchKeyword==other'],
    ] as const) {
      expect(await filtered(report, none)).toEqual([['Total']])
    }
    expect(await filtered('downloads', 'downloadUrl=$list.pdf', 'hits')).toEqual([
      ['https://example.org/files/list.pdf', 1],
      ['Total', 1],
    ])
    expect(await filtered('outlinks', 'outlinkUrl=^partner.org', 'hits')).toEqual([
      ['https://www.partner.org/deal', 1],
      ['Total', 1],
    ])
    expect(await filtered('searches', 'siteSearchCategory==men', 'searches')).toEqual([
      ['shoes', 1],
      ['Total', 1],
    ])
  })

  test('Beside a segment of visits', async () => {
    expect(
      await reports.table(`/pages?${asked}&segment=countryCode==de&filter=pageTitle==Home`, 'page_views'),
    ).toEqual([
      ['example.org/', 1],
      ['Total', 1],
    ])
    const events = await filtered(
      'event-categories',
      '{"any":[{"name":"eventValue","op":">","value":9}]}',
      'events',
    )
    expect(events).toEqual([['Total', 0]])
  })

  test('Visits have no hits to filter, and a filter knows nothing of visits', async () => {
    const refusal = async (name: string, filter: string) => {
      const { status, body } = await reports.ask(`/${name}?${asked}&filter=${encodeURIComponent(filter)}`)
      return `${status} ${JSON.parse(body).error.message}`
    }
    expect(await refusal('countries', 'pageUrl=@shop')).toMatch(
      /^400 The report "countries" does not show single hits/,
    )
    expect(await refusal('pages', 'countryCode==de')).toMatch(/^400 "countryCode" is known of visits/)
    expect(await refusal('pages', 'saved==1')).toMatch(/^400 A filter is about single hits/)
  })
})

test('Segments stand beside a report', async () => {
  const beside = ['segment:', 'segment:countryCode==fr', 'previous'].map(
    (word) => `&compare=${encodeURIComponent(word)}`,
  )
  const { rows, compared, totals } = await reports.json(
    `/titles?site=1&period=month&date=2026-11-10&segment=countryCode==de${beside.join('')}`,
  )
  expect(totals.page_views).toBe(2)
  expect(
    compared.map(({ with: word, totals }: { with: string; totals: { page_views: number } }) => [
      word,
      totals.page_views,
    ]),
  ).toEqual([
    ['segment:', 6],
    ['segment:countryCode==fr', 1],
    ['previous', 0],
  ])
  type Row = { label: string; page_views: number; compared: { figures: { page_views: number } }[] }
  expect(
    (rows as Row[]).map(({ label, page_views, compared }) => [
      label,
      page_views,
      ...compared.map(({ figures }) => figures.page_views),
    ]),
  ).toEqual([
    ['Home', 1, 2, 0, 0],
    ['Shop', 1, 2, 1, 0],
  ])
})

test('Five of them are answered at once, a sixth is refused', async () => {
  const segments = ['de', 'fr', 'us', 'jp', ''].map((country) => `segment:countryCode==${country}`)
  const question = (some: string[]) =>
    `/overview?site=1&period=month&date=2026-11-10${some.map((one) => `&compare=${encodeURIComponent(one)}`).join('')}`
  const { compared } = await reports.json(question(segments))
  expect(compared.map(({ totals }: { totals: { visits: number } }) => totals.visits)).toEqual([1, 1, 1, 0, 1])
  const { status, body } = await reports.ask(question([...segments, 'segment:countryCode==at']))
  expect([status, JSON.parse(body).error.message]).toEqual([
    400,
    'The parameter "compare" must NOT have more than 5 items.',
  ])
})
