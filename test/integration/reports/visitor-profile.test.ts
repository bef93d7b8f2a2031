// The profile of a visitor, and the switch that hides single visits.

import { createHash } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { addGoal } from '../../../server/admin/goal.ts'
import { startFootfall, type World } from '../../world/footfall.ts'
import { storeHits } from '../../world/store.ts'
import { download, event, outlink, page, search, visit } from '../../world/visits.ts'

const noon = Date.parse('2026-11-20T11:00:00Z')

let world: World

beforeAll(async () => {
  world = await startFootfall({ clock: noon })
  const site = world.service.sites.get(1)
  if (!site) throw new Error('no site')
  await world.service.sites.create({ name: 'Two', url: 'two.example', timezone: 'Europe/Berlin' })
  const goal = { name: 'Thanks', match: 'manual' as const }
  await world.service.sites.define(site, ({ goals }) => ({
    goals: addGoal(goals, goal, noon),
    dimensions: [
      {
        id: 1,
        name: 'Plan',
        scope: 'visit',
        active: true,
        extractions: [],
        caseSensitive: true,
        deleted: false,
      },
      {
        id: 2,
        name: 'Author',
        scope: 'action',
        active: true,
        extractions: [],
        caseSensitive: true,
        deleted: false,
      },
    ],
  }))
  await storeHits(
    world.service.store,
    [
      visit({ at: '2026-11-01T08:00:00+01:00', visitor: '7', does: [page('example.org/', 'Home')] }),
      visit({
        at: '2026-11-01T10:00:00+01:00',
        visitor: '255',
        profilable: 1,
        referrer_type: 'search',
        referrer_name: 'Google',
        referrer_keyword: 'hats',
        device_type: 'smartphone',
        device_brand: 'Fairphone',
        device_model: '5',
        os_name: 'Android',
        does: [
          page('example.org/', 'Home'),
          search('hats'),
          page('example.org/hats', 'Hats', { dimensions: { 2: 'Ann' } }),
        ],
      }),
      visit({
        at: '2026-11-10T10:00:00+01:00',
        visitor: '255',
        profilable: 1,
        user_id: 'anna',
        visit_dimensions: { 1: 'pro' },
        country: 'FR',
        city: 'Paris',
        does: [
          page('example.org/hats', 'All hats', { dimensions: { 2: 'Ann' } }),
          { kind: 'goal', conversions: [{ goal: 1, revenue: 2.5 }] },
          event('Video', 'play'),
          {
            kind: 'order',
            order_id: 'A1',
            amounts: { revenue: 20 },
            conversions: [{ goal: 0, revenue: 20 }],
          },
        ],
      }),
      visit({
        at: '2026-11-18T10:00:00+01:00',
        visitor: '255',
        profilable: 1,
        visit_dimensions: { 1: 'pro' },
        does: [
          page('example.org/hats', 'All hats'),
          download('https://example.org/list.pdf'),
          outlink('https://partner.example/'),
          search('hats'),
          search('caps'),
        ],
      }),
      visit({ at: '2026-11-18T12:00:00+01:00', visitor: '8', does: [page('example.org/', 'Home')] }),
      visit({ at: '2026-11-19T12:00:00+01:00', visitor: '9', does: [page('example.org/', 'Home')] }),
      visit({
        site: 2,
        at: '2026-11-18T11:00:00+01:00',
        visitor: '255',
        does: [page('two.example/', 'Two')],
      }),
    ].flat(),
  )
})
afterAll(() => world.close())

const ask = (path: string, init: RequestInit = {}) =>
  fetch(`${world.url}${path}`, {
    ...init,
    headers: { authorization: `Bearer ${world.token}`, 'content-type': 'application/json' },
  })

// biome-ignore lint/suspicious/noExplicitAny: compared with literals
async function profile(path: string): Promise<any> {
  const answer = await ask(path)
  expect(answer.status).toBe(200)
  return await answer.json()
}

test('A visitor is told with all visits of the site, and nothing of another one', async () => {
  const { visits, firstVisit, lastVisit, ...told } = await profile('/api/visitors/00000000000000ff?site=1')
  expect(told).toEqual({
    site: 1,
    visitorId: '00000000000000ff',
    userIds: ['anna'],
    totals: {
      visits: 3,
      duration: 121 + 181 + 241,
      actions: 3 + 2 + 5,
      pageViews: 4,
      pages: 2,
      revisitedPages: 1,
      searches: 3,
      events: 1,
      downloads: 1,
      outlinks: 1,
      conversions: 2,
      orders: 1,
      revenue: 22.5,
    },
    pages: [
      { url: 'https://example.org/hats', title: 'All hats', pageViews: 3, visits: 3 },
      { url: 'https://example.org/', title: 'Home', pageViews: 1, visits: 1 },
    ],
    searches: [
      { keyword: 'hats', searches: 2 },
      { keyword: 'caps', searches: 1 },
    ],
    goals: [
      { goal: 0, name: 'Orders', conversions: 1, revenue: 20 },
      { goal: 1, name: 'Thanks', conversions: 1, revenue: 2.5 },
    ],
    devices: [
      { type: 'desktop', brand: '', model: '', os: 'Windows', browser: 'Firefox', visits: 2 },
      { type: 'smartphone', brand: 'Fairphone', model: '5', os: 'Android', browser: 'Firefox', visits: 1 },
    ],
    places: [
      { country: 'DE', region: '', city: '', visits: 2 },
      { country: 'FR', region: '', city: 'Paris', visits: 1 },
    ],
    dimensions: [
      { dimension: 1, name: 'Plan', value: 'pro', scope: 'visit', times: 2 },
      { dimension: 2, name: 'Author', value: 'Ann', scope: 'action', times: 2 },
    ],
    before: null,
    cut: false,
    // In the log, the newest visit comes first.
    previousVisitor: '0000000000000008',
    nextVisitor: '0000000000000007',
    droppedUntil: null,
  })
  expect(firstVisit).toEqual({
    visitId: expect.stringMatching(/^\d+$/),
    day: '2026-11-01',
    time: '2026-11-01T09:00:00.000Z',
    daysAgo: 19,
    referrer: { type: 'search', name: 'Google', keyword: 'hats', url: '' },
  })
  expect(lastVisit).toMatchObject({ day: '2026-11-18', daysAgo: 2, referrer: { type: 'direct' } })
  expect(visits.map(({ day }: { day: string }) => day)).toEqual(['2026-11-18', '2026-11-10', '2026-11-01'])
  expect(visits[0].actions).toHaveLength(5)
})

test('The visits come in pages', async () => {
  const first = await profile('/api/visitors/00000000000000ff?site=1&limit=2')
  expect(first.visits.map(({ day }: { day: string }) => day)).toEqual(['2026-11-18', '2026-11-10'])
  const second = await profile(`/api/visitors/00000000000000ff?site=1&limit=2&before=${first.before}`)
  expect(second.visits.map(({ day }: { day: string }) => day)).toEqual(['2026-11-01'])
  expect([second.before, second.totals.visits]).toEqual([null, 3])
})

test('Who has an id for a day only has a profile of that day, and nobody beyond a month is a neighbour', async () => {
  const told = await profile('/api/visitors/0000000000000009?site=1')
  expect(told).toMatchObject({
    totals: { visits: 1 },
    previousVisitor: null,
    nextVisitor: '0000000000000008',
  })
  expect(await profile('/api/visitors/00000000000000ff?site=2')).toMatchObject({
    totals: { visits: 1 },
    previousVisitor: null,
    nextVisitor: null,
  })
})

test('A user is found by what the site calls them, and a visit in which they signed in is theirs alone', async () => {
  world.setClock(noon)
  const visitor = { _id: '00000000000000aa', pv_id: 'abcdef', url: 'https://example.org/' }
  await world.track(visitor)
  world.setClock(noon + 60_000)
  await world.track({ ...visitor, uid: 'bert@example.org', pv_id: 'abcdeg' })
  await world.service.settle()
  const told = await profile('/api/visitors?site=1&user=bert%40example.org')
  expect(told).toMatchObject({
    visitorId: createHash('sha1').update('bert@example.org').digest('hex').slice(0, 16),
    userIds: ['bert@example.org'],
    totals: { visits: 1, pageViews: 2 },
  })
  expect((await ask('/api/visitors/00000000000000aa?site=1')).status).toBe(404)
})

test('Of very many visits the newest thousand are counted, and it is said that there are more', async () => {
  const visits = Array.from({ length: 1001 }, (_, n) => {
    const at = new Date(Date.parse('2026-10-05T08:00:00Z') + (n - 1000) * 600_000).toISOString()
    return visit({ at, visitor: '77', does: [page(`example.org/${n % 150}`, 'Page')] })
  })
  await storeHits(world.service.store, visits.flat())
  const {
    totals,
    cut,
    pages,
    visits: newest,
  } = await profile('/api/visitors/000000000000004d?site=1&limit=1')
  expect([totals.visits, totals.pages, pages.length, cut]).toEqual([1000, 150, 100, true])
  expect(newest[0].firstTime).toBe('2026-10-05T08:00:00.000Z')
})

test.each([
  ['/api/visitors/00000000000000fe?site=1', 404, 'unknown_visitor'],
  ['/api/visitors/00000000000000ff?site=99', 404, 'unknown_site'],
  ['/api/visitors/ff?site=1', 400, 'invalid_parameter'],
  ['/api/visitors/00000000000000ff', 400, 'invalid_parameter'],
  ['/api/visitors?site=1', 400, 'invalid_parameter'],
])('%s is refused', async (path, status, code) => {
  const answer = await ask(path)
  expect([answer.status, await answer.json()]).toEqual([
    status,
    { error: { code, message: expect.stringMatching(/\.$/) } },
  ])
})

test('Nobody sees a visitor without signing in', async () => {
  expect((await fetch(`${world.url}/api/visitors/00000000000000ff?site=1`)).status).toBe(401)
})

test('Where the site switches it off, neither profiles nor the visits log are shown', async () => {
  const set = async (visitorProfiles: boolean) => {
    const body = JSON.stringify({ settings: { visitorProfiles } })
    expect((await ask('/api/sites/1', { method: 'PATCH', body })).status).toBe(200)
  }
  const statuses = async () => {
    const paths = [
      '/api/visitors/00000000000000ff?site=1',
      '/api/visitors?site=1&user=anna',
      '/api/sites/1/visits',
    ]
    const answers = await Promise.all(paths.map((path) => ask(path)))
    return answers.map(({ status }) => status)
  }
  await set(false)
  expect(await statuses()).toEqual([403, 403, 403])
  const refused = await ask('/api/sites/1/visits')
  expect(await refused.json()).toMatchObject({ error: { code: 'forbidden' } })
  await set(true)
  expect((await statuses())[2]).toBe(200)
})
