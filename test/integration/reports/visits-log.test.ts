import { afterAll, beforeAll, expect, test } from 'vitest'
import { startFootfall, type World } from '../../world/footfall.ts'
import { storeHits } from '../../world/store.ts'
import { event, outlink, page, ping, search, visit } from '../../world/visits.ts'

const noon = Date.parse('2026-11-20T11:00:00Z')

let world: World

beforeAll(async () => {
  world = await startFootfall({ clock: noon })
})
afterAll(() => world.close())

type Log = { visits: Record<string, unknown>[]; before: string | null; droppedUntil: string | null }

async function ask(query = '', token = world.token): Promise<Response> {
  return await fetch(`${world.url}/api/sites/1/visits?${query}`, {
    headers: { authorization: `Bearer ${token}` },
  })
}

async function log(query = ''): Promise<Log> {
  const answer = await ask(query)
  expect(answer.status).toBe(200)
  return (await answer.json()) as Log
}

test('A site without visits has an empty log', async () => {
  expect(await log()).toEqual({
    site: 1,
    from: '2026-11-20',
    to: '2026-11-20',
    visits: [],
    before: null,
    droppedUntil: null,
  })
})

test('A visit is told with all its facts and what was done in it, in order', async () => {
  await storeHits(
    world.service.store,
    visit({
      at: '2026-11-10T10:00:00+01:00',
      visitor: '255',
      visitNumber: 3,
      referrer_type: 'campaign',
      referrer_name: 'spring',
      referrer_keyword: 'hats',
      campaign: { source: 'letter' },
      user_id: 'anna',
      region: 'BE',
      city: 'Berlin',
      latitude: 52.5,
      longitude: 13.25,
      days_since_first: 40,
      days_since_last: 10,
      days_since_order: 12,
      visit_dimensions: { 2: 'member' },
      visit_variables: { plan: 'pro' },
      profilable: 1,
      does: [
        page('example.org/', 'Home', {
          page_view_id: 'view01',
          dimensions: { 1: 'A/B' },
          timings: { server: 80 },
        }),
        { kind: 'update', page_view_id: 'view01', timings: { engaged: 5000, scroll: 40 }, after: 5 },
        event('Video', 'play', 'Intro', 1.5, { after: 10, variables: { part: 'top' } }),
        { kind: 'update', page_view_id: 'view01', timings: { engaged: 9000, scroll: 90 }, after: 5 },
        search('hats', { search_category: 'shop', search_count: 4, after: 30 }),
        outlink('https://other.example/x', { after: 20 }),
        {
          kind: 'impression',
          content_name: 'Banner',
          content_piece: 'b.png',
          target_url: 'https://example.org/sale',
        },
        {
          kind: 'order',
          order_id: 'A7',
          amounts: { revenue: 12.5, tax: 2 },
          items: [{ sku: 'h1', name: 'Hat', categories: ['Hats'], price: 12.5, quantity: 1 }],
          conversions: [{ goal: 0, revenue: 12.5 }],
          credited_type: 'campaign',
          credited_name: 'spring',
          credited_keyword: 'hats',
        },
        ping(15),
      ],
    }),
  )
  const { visits } = await log('date=2026-11-10')
  expect(visits).toEqual([
    {
      visitId: expect.stringMatching(/^\d+$/),
      visitorId: '00000000000000ff',
      userId: 'anna',
      day: '2026-11-10',
      firstTime: '2026-11-10T09:00:00.000Z',
      lastTime: '2026-11-10T09:03:25.000Z',
      duration: 206,
      visitNumber: 3,
      daysSinceFirst: 40,
      daysSinceLast: 10,
      daysSinceOrder: 12,
      actionCount: 4,
      referrer: {
        type: 'campaign',
        name: 'spring',
        keyword: 'hats',
        url: '',
        campaign: { source: 'letter' },
      },
      ip: '203.0.0.0',
      location: { country: 'DE', region: 'BE', city: 'Berlin', latitude: 52.5, longitude: 13.25 },
      language: 'de-de',
      device: { type: 'desktop', brand: '', model: '' },
      os: { name: 'Windows', version: '11' },
      browser: { name: 'Firefox', version: '140', techniques: ['cookies', 'pdf'] },
      resolution: '1920x1080',
      colorDepth: 24,
      localTime: '10:00',
      dimensions: { 2: 'member' },
      variables: { plan: 'pro' },
      goals: [0],
      conversions: 1,
      orders: 1,
      revenue: 12.5,
      buyer: 'ordered',
      actionsCut: false,
      actions: [
        {
          kind: 'pageview',
          time: '2026-11-10T09:00:00.000Z',
          timeSpent: 50,
          url: 'https://example.org/',
          title: 'Home',
          pageViewId: 'view01',
          dimensions: { 1: 'A/B' },
          timings: { server: 80, engaged: 9000, scroll: 90 },
        },
        {
          kind: 'event',
          time: '2026-11-10T09:00:15.000Z',
          url: 'https://example.org/',
          title: 'Home',
          event: { category: 'Video', action: 'play', name: 'Intro', value: 1.5 },
          variables: { part: 'top' },
        },
        {
          kind: 'search',
          time: '2026-11-10T09:00:50.000Z',
          timeSpent: 155,
          url: 'https://example.org/',
          title: 'Home',
          search: { keyword: 'hats', category: 'shop', count: 4 },
        },
        {
          kind: 'outlink',
          time: '2026-11-10T09:01:10.000Z',
          url: 'https://example.org/',
          title: 'Home',
          target: 'https://other.example/x',
        },
        {
          kind: 'impression',
          time: '2026-11-10T09:02:10.000Z',
          url: 'https://example.org/',
          title: 'Home',
          target: 'https://example.org/sale',
          content: { name: 'Banner', piece: 'b.png', interaction: '' },
        },
        {
          kind: 'order',
          time: '2026-11-10T09:03:10.000Z',
          url: 'https://example.org/',
          title: 'Home',
          orderId: 'A7',
          amounts: { revenue: 12.5, tax: 2 },
          items: [{ sku: 'h1', name: 'Hat', categories: ['Hats'], price: 12.5, quantity: 1 }],
          conversions: [
            { goal: 0, revenue: 12.5, credited: { type: 'campaign', name: 'spring', keyword: 'hats' } },
          ],
        },
      ],
    },
  ])
})

test('Of a visit with very many hits the first 500 are told', async () => {
  const does = Array.from({ length: 510 }, () => page('example.org/', 'Home', { after: 1 }))
  await storeHits(world.service.store, visit({ at: '2026-11-09T10:00:00+01:00', visitor: '254', does }))
  const { visits } = await log('date=2026-11-09')
  expect(visits[0]).toMatchObject({ actionCount: 510, actionsCut: true })
  expect(visits[0]?.actions).toHaveLength(500)
})

test('Pages of the log show each visit once, the newest first, whatever comes meanwhile', async () => {
  for (let visitor = 1; visitor <= 5; visitor++) {
    world.setClock(noon + visitor * 1000)
    await world.track({ url: `https://example.org/${visitor}`, _id: `${visitor}`.padStart(16, 'd') })
  }
  await world.service.settle()
  const first = await log('limit=2')
  world.setClock(noon + 9000)
  await world.track({ url: 'https://example.org/9', _id: '9'.padStart(16, 'd') })
  await world.service.settle()
  const second = await log(`limit=2&before=${first.before}`)
  const third = await log(`limit=2&before=${second.before}`)
  const entries = [first, second, third].map(({ visits }) =>
    visits.map(({ actions }) => (actions as { url: string }[])[0]?.url.slice(-1)),
  )
  expect(entries).toEqual([['5', '4'], ['3', '2'], ['1']])
  expect(third.before).toBeNull()
})

test('Visits of a range of days are one list', async () => {
  const { visits } = await log('period=range&date=2026-11-01,2026-11-20&limit=100')
  expect(visits.map(({ day }) => day)).toEqual([...Array(6).fill('2026-11-20'), '2026-11-10', '2026-11-09'])
})

test.each([
  ['limit=101', 'limit'],
  ['limit=0', 'limit'],
  ['before=x', 'before'],
  ['date=tomorrowish', 'tomorrowish'],
  ['period=decade', 'period'],
  ['offset=3', 'offset'],
])('%s is refused, and the error says why', async (query, word) => {
  const answer = await ask(query)
  expect(answer.status).toBe(400)
  expect(JSON.stringify(await answer.json())).toContain(word)
})

test('Nobody reads it without signing in, and there is none of a site that does not exist', async () => {
  expect((await ask('', 'wrong')).status).toBe(401)
  const answer = await fetch(`${world.url}/api/sites/99/visits`, {
    headers: { authorization: `Bearer ${world.token}` },
  })
  expect(answer.status).toBe(404)
})
