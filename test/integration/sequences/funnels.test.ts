// How far visitors come, by funnels that are saved and by those that are tried out.

import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ComparedFunnel, FunnelAnswer } from '../../../server/reports/funnel.ts'
import { startFootfall, type World } from '../../world/footfall.ts'
import { storeHits } from '../../world/store.ts'
import { download, event, outlink, page, ping, search, visit } from '../../world/visits.ts'

let world: World

const home = page('example.org/', 'Home')
const shop = page('example.org/shop', 'Shop')
const cart = page('example.org/cart', 'Cart')
const pay = page('example.org/pay?step=1', 'Pay')
const help = page('example.org/help', 'Help')
const order = (order_id: string) => ({
  kind: 'order' as const,
  after: 5,
  order_id,
  amounts: { revenue: 10 },
  conversions: [{ goal: 0, revenue: 10 }],
})
const lasting = { profilable: 1 as const }

beforeAll(async () => {
  world = await startFootfall({ clock: Date.parse('2026-11-20T11:00:00Z') })
  const at = '2026-11-10T10:00:00+01:00'
  const late = '2026-11-10T23:50:00+01:00'
  await storeHits(world.service.store, [
    // All the way, with a detour; the cart is seen 120 s after the shop was seen last.
    ...visit({
      at,
      visitor: '1',
      does: [
        home,
        shop,
        help,
        { ...shop, after: 30 },
        help,
        { ...cart, after: 60 },
        { ...pay, after: 10 },
        order('A1'),
      ],
    }),
    // Once more the same visitor: the cart after 20 s, then a file, and gone.
    ...visit({
      at: late,
      visitor: '1',
      does: [shop, { ...cart, after: 20 }, download('https://example.org/x.pdf'), ping(9)],
    }),
    // Shop, then help; an event in between is no place.
    ...visit({ at, visitor: '2', does: [shop, event('Video', 'play'), help, home] }),
    // Shop and gone.
    ...visit({ at, visitor: '3', does: [home, shop] }),
    // The wrong way round: the cart before the shop; then somewhere else.
    ...visit({ at, visitor: '4', does: [cart, shop, search('hats'), outlink('https://partner.example/')] }),
    // Never at the shop.
    ...visit({ at, visitor: '5', does: [home, cart, pay, order('A2')] }),
    // Another site.
    ...visit({ site: 2, at, visitor: '1', does: [shop, cart] }),
  ])
})
afterAll(() => world.close())

const day = { period: 'day', date: '2026-11-10' }
const url = (text: string, how = 'contains') => ({ match: 'url', pattern: { how, text } })
const at = (name: string, ...conditions: object[]) => ({ name, conditions })
const steps = [
  at('Shop', url('/shop')),
  at('Cart', url('https://example.org/CART', 'exact')),
  at('Pay', url('/pay\\?step=\\d$', 'regex')),
  { name: 'Order', goal: 0 },
]

async function send(method: string, path: string, body?: object) {
  const answer = await fetch(`${world.url}/api/sites/${path}`, {
    method,
    headers: { authorization: `Bearer ${world.token}`, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  })
  return { status: answer.status, json: answer.status === 204 ? undefined : await answer.json() }
}

async function attempt(funnel: object, query: object = {}, site = 1): Promise<FunnelAnswer> {
  const { status, json } = await send('POST', `${site}/funnels/preview`, {
    funnel: { name: 'Attempt', ...funnel },
    ...day,
    ...query,
  })
  expect({ status, json }).toMatchObject({ status: 200 })
  return json as FunnelAnswer
}

/** Of each step: visits (or visitors), how many dropped, after which time it was taken, where they went instead. */
function short({ steps }: FunnelAnswer): string[] {
  return steps.map(({ visits, visitors, dropped, medianSeconds, instead }) => {
    const places = instead.rows.map(({ kind, label, count }) => `${count} ${kind} ${label}`.trim()).join(', ')
    return `${visits ?? `${visitors} visitors`} -${dropped} ${medianSeconds}s ${places}`.trim()
  })
}

test('A funnel tells how many visits took each step, how long it took them, and where the others went', async () => {
  expect(await attempt({ steps })).toEqual({
    site: 1,
    ...day,
    from: '2026-11-10',
    to: '2026-11-10',
    timezone: 'Europe/Berlin',
    running: false,
    funnel: 'Attempt',
    order: 'loose',
    days: 0,
    completed: 0.2,
    steps: [
      {
        name: 'Shop',
        visits: 5,
        visitors: 4,
        share: 1,
        shareOfPrevious: 1,
        medianSeconds: null,
        dropped: 3,
        instead: {
          rows: [
            { kind: 'exit', label: '', count: 1 },
            { kind: 'pageview', label: 'example.org/help', count: 1 },
            { kind: 'search', label: 'hats', count: 1 },
          ],
          rest: 0,
          rowCount: 3,
        },
      },
      {
        name: 'Cart',
        visits: 2,
        visitors: 1,
        share: 0.4,
        shareOfPrevious: 0.4,
        medianSeconds: 70,
        dropped: 1,
        instead: {
          rows: [{ kind: 'download', label: 'https://example.org/x.pdf', count: 1 }],
          rest: 0,
          rowCount: 1,
        },
      },
      {
        name: 'Pay',
        visits: 1,
        visitors: 1,
        share: 0.2,
        shareOfPrevious: 0.5,
        medianSeconds: 10,
        dropped: 0,
        instead: { rows: [], rest: 0, rowCount: 0 },
      },
      {
        name: 'Order',
        visits: 1,
        visitors: 1,
        share: 0.2,
        shareOfPrevious: 1,
        medianSeconds: 5,
        dropped: 0,
        instead: { rows: [], rest: 0, rowCount: 0 },
      },
    ],
  })
})

test('In strict order nothing may come in between but events', async () => {
  const answer = await attempt({ order: 'strict', steps: steps.slice(0, 2) })
  expect(short(answer)).toEqual(['5 -4 nulls 2 pageview example.org/help, 1 exit, 1 search hats', '1 -0 20s'])
  const played = at('Play', { match: 'event_action', pattern: { how: 'exact', text: 'play' } })
  expect(short(await attempt({ order: 'strict', steps: [steps[0], at('Help', url('/help'))] }))[1]).toBe(
    '2 -0 90s',
  )
  expect(
    short(await attempt({ order: 'strict', steps: [steps[0], played, at('Help', url('/help'))] })),
  ).toEqual([
    '5 -4 nulls 1 exit, 1 pageview example.org/cart, 1 pageview example.org/help, 1 search hats',
    '1 -0 60s',
    '1 -0 60s',
  ])
})

test('In any order a step counts where those before it were taken as well', async () => {
  expect(short(await attempt({ order: 'any', steps: steps.slice(0, 3) }))).toEqual([
    '5 -2 nulls 1 exit, 1 pageview example.org/help',
    '3 -2 nulls 1 download https://example.org/x.pdf, 1 search hats',
    '1 -0 nulls',
  ])
})

test('All conditions of a step must be met by one hit', async () => {
  const video = { match: 'event_category', pattern: { how: 'exact', text: 'video' } }
  const action = (text: string) => ({ match: 'event_action', pattern: { how: 'exact', text } })
  const answer = await attempt({ steps: [at('Shop', url('/shop')), at('Play', video, action('play'))] })
  expect(answer.steps[1]?.visits).toBe(1)
  const other = await attempt({ steps: [at('Shop', url('/shop')), at('Stop', video, action('stop'))] })
  expect(other.steps[1]?.visits).toBe(0)
})

test('One hit is one step', async () => {
  const twice = await attempt({ steps: [at('Shop', url('/shop')), at('Shop again', url('/shop'))] })
  expect(short(twice)).toEqual([
    '5 -4 nulls 1 exit, 1 pageview example.org/cart, 1 pageview example.org/help, 1 search hats',
    '1 -0 90s',
  ])
})

test('A goal is a step, in hits from before it was defined as well', async () => {
  const { json } = await send('POST', '1/goals', {
    name: 'Help',
    match: 'title',
    pattern: { how: 'exact', text: 'Help' },
  })
  const { id } = json as { id: number }
  const answer = await attempt({ steps: [steps[0], { name: 'Helped', goal: id }] })
  expect(answer.steps.map(({ visits }) => visits)).toEqual([5, 2])
  const begun = await attempt({ steps: [{ name: 'Helped', goal: id }, steps[0]] })
  expect(begun.steps.map(({ visits }) => visits)).toEqual([2, 1])
})

test('Within days a funnel goes on in later visits of the visitor', async () => {
  const first = '2026-11-02T10:00:00+01:00'
  await storeHits(world.service.store, [
    // Shop on Monday, cart on Wednesday after 2 days, order on Thursday.
    ...visit({ at: first, visitor: '21', ...lasting, does: [shop] }),
    ...visit({ at: '2026-11-04T10:00:00+01:00', visitor: '21', ...lasting, does: [cart, help] }),
    ...visit({
      at: '2026-11-05T10:00:00+01:00',
      visitor: '21',
      ...lasting,
      does: [home, { ...order('B1'), after: 60 }],
    }),
    // The cart a second too late for 2 days; seen from the second time at the shop it is soon enough.
    ...visit({ at: first, visitor: '22', ...lasting, does: [shop, home] }),
    ...visit({ at: '2026-11-04T10:00:01+01:00', visitor: '22', ...lasting, does: [cart] }),
    ...visit({ at: first, visitor: '23', ...lasting, does: [shop] }),
    ...visit({ at: '2026-11-03T10:00:01+01:00', visitor: '23', ...lasting, does: [shop] }),
    ...visit({ at: '2026-11-04T10:00:01+01:00', visitor: '23', ...lasting, does: [cart] }),
    // Begins after the period.
    ...visit({ at: '2026-11-03T10:00:00+01:00', visitor: '24', ...lasting, does: [shop, cart] }),
  ])
  const monday = { date: '2026-11-02' }
  const three = [at('Shop', url('/shop')), at('Cart', url('/cart')), { name: 'Order', goal: 0 }]
  expect(short(await attempt({ steps: three, days: 4 }, monday))).toEqual([
    '3 visitors -0 nulls',
    '3 visitors -2 172801s 2 exit',
    '1 visitors -0 86460s',
  ])
  expect(short(await attempt({ steps: three, days: 2 }, monday))).toEqual([
    '3 visitors -2 nulls 1 exit, 1 pageview example.org/',
    '1 visitors -1 172800s 1 pageview example.org/help',
    '0 visitors -0 nulls',
  ])
  const week = { period: 'range', date: '2026-11-02,2026-11-03' }
  expect((await attempt({ steps: three, days: 1 }, week)).steps.map(({ visitors }) => visitors)).toEqual([
    4, 2, 0,
  ])
})

test('Where they went instead is cut at the limit, with the rest', async () => {
  const [first] = (await attempt({ steps }, { limit: 1 })).steps
  expect(first?.instead).toEqual({ rows: [{ kind: 'exit', label: '', count: 1 }], rest: 2, rowCount: 3 })
})

test('Where nobody took the first step there is nothing', async () => {
  const answer = await attempt({ steps }, { date: '2026-10-01' })
  expect(short(answer)).toEqual(['0 -0 nulls', '0 -0 nulls', '0 -0 nulls', '0 -0 nulls'])
  expect(answer.completed).toBe(0)
})

test('Funnels of a site are saved, changed, asked and removed, and are there after a restart', async () => {
  const saved = await send('POST', '1/funnels', { name: 'Buying', steps })
  const pattern = { how: 'contains', text: '/shop', caseSensitive: false }
  expect(saved).toMatchObject({
    status: 201,
    json: {
      id: 1,
      name: 'Buying',
      order: 'loose',
      days: 0,
      steps: [{ name: 'Shop', conditions: [{ match: 'url', pattern }] }, {}, {}, { name: 'Order', goal: 0 }],
    },
  })
  expect((await send('POST', '1/funnels', { name: 'Other', steps, days: 7 })).json).toMatchObject({
    id: 2,
    days: 7,
  })
  expect(await send('PATCH', '1/funnels/1', { order: 'strict' })).toMatchObject({
    status: 200,
    json: { name: 'Buying', order: 'strict' },
  })
  expect(await world.report('funnel', { funnel: 1, ...day })).toMatchObject({
    funnel: 'Buying',
    order: 'strict',
  })
  expect((await send('DELETE', '1/funnels/2')).status).toBe(204)
  await world.restart()
  const { json } = await send('GET', '1/funnels')
  expect(json).toMatchObject({ funnels: [{ id: 1, order: 'strict' }] })
  expect((json as { funnels: object[] }).funnels).toHaveLength(1)
  expect((await send('POST', '1/funnels', { name: 'Third', steps })).json).toMatchObject({ id: 3 })
  expect(await send('PATCH', '1/funnels/2', { name: 'x' })).toMatchObject({
    status: 404,
    json: { error: { code: 'unknown_funnel' } },
  })
})

test('A funnel whose goal was removed says so', async () => {
  const goal = await send('POST', '1/goals', { name: 'Gone', match: 'manual' })
  const { id } = goal.json as { id: number }
  const funnel = await send('POST', '1/funnels', {
    name: 'Gone',
    steps: [steps[0], { name: 'Gone', goal: id }],
  })
  await send('DELETE', `1/goals/${id}`)
  const query = `site=1&funnel=${(funnel.json as { id: number }).id}`
  const answer = await fetch(`${world.url}/api/reports/funnel?${query}`, {
    headers: { authorization: `Bearer ${world.token}` },
  })
  expect(answer.status).toBe(404)
  expect(await answer.json()).toMatchObject({ error: { code: 'unknown_goal' } })
})

test.each([
  [{ steps: steps.slice(0, 1) }, 400, 'steps'],
  [{ steps: Array(11).fill(steps[0]) }, 400, 'steps'],
  [{ steps: [steps[0], { name: 'Nothing' }] }, 400, 'Step 2 needs'],
  [{ steps: [steps[0], { ...steps[0], goal: 0 }] }, 400, 'Step 2 needs'],
  [{ steps: [steps[0], at('', url('/x'))] }, 400, 'The name of step 2'],
  [{ steps: [steps[0], { name: 'Goal', goal: 99 }] }, 404, 'There is no goal 99'],
  [{ steps: [steps[0], at('Bad', url('(', 'regex'))] }, 400, 'The regular expression of step 2'],
  [
    { steps: [steps[0], at('Both', url('/x'), { match: 'file', pattern: { how: 'exact', text: 'x' } })] },
    400,
    'must all be about a page view',
  ],
  [{ steps, order: 'any', days: 2 }, 400, 'within a visit only'],
  [{ steps, days: 91 }, 400, 'days'],
  [{ steps, name: ' ' }, 400, 'The name of a funnel'],
])('A funnel that makes no sense is refused with the reason: %#', async (funnel, status, word) => {
  for (const path of ['1/funnels', '1/funnels/preview']) {
    const body = { name: 'Funnel', ...funnel }
    const answer = await send('POST', path, path.endsWith('preview') ? { funnel: body } : body)
    expect(answer.status).toBe(status)
    expect(JSON.stringify(answer.json)).toContain(word)
  }
})

test('Nobody sees or changes funnels without signing in', async () => {
  for (const [method, path] of [
    ['GET', 'sites/1/funnels'],
    ['POST', 'sites/1/funnels'],
    ['DELETE', 'sites/1/funnels/1'],
    ['GET', 'reports/funnel?site=1&funnel=1'],
  ] as const) {
    const body = method === 'POST' ? JSON.stringify({ name: 'F', steps }) : undefined
    const headers: Record<string, string> = body ? { 'content-type': 'application/json' } : {}
    const answer = await fetch(`${world.url}/api/${path}`, { method, headers, ...(body && { body }) })
    expect(answer.status, path).toBe(401)
  }
})

test('A funnel stands beside other visits and other periods, step by step', async () => {
  const saved = await send('POST', '1/funnels', { name: 'Compared', steps })
  const asked = new URLSearchParams({ site: '1', funnel: String((saved.json as { id: number }).id), ...day })
  for (const word of ['segment:pageUrl=@/help', 'previous']) asked.append('compare', word)
  const answer = await fetch(`${world.url}/api/reports/funnel?${asked}`, {
    headers: { authorization: `Bearer ${world.token}` },
  })
  const { steps: told, compared, completed } = (await answer.json()) as ComparedFunnel
  expect(told.map(({ name, visits, compared }) => [name, visits, compared[0]?.figures.visits])).toEqual([
    ['Shop', 5, 2],
    ['Cart', 2, 1],
    ['Pay', 1, 1],
    ['Order', 1, 1],
  ])
  expect(told[1]?.compared).toEqual([
    {
      figures: { visits: 1, visitors: 1, share: 0.5, shareOfPrevious: 0.5, medianSeconds: 120, dropped: 0 },
      change: {
        visits: { absolute: 1, relative: 1 },
        visitors: { absolute: 0, relative: 0 },
        share: { absolute: -0.1, relative: -0.2 },
        shareOfPrevious: { absolute: -0.1, relative: -0.2 },
        medianSeconds: { absolute: -50, relative: -0.4167 },
        dropped: { absolute: 1, relative: null },
      },
    },
    // Where nobody took a step there is no time in which it was taken.
    expect.objectContaining({
      figures: { visits: 0, visitors: 0, share: 0, shareOfPrevious: 0, dropped: 0 },
    }),
  ])
  expect(completed).toBe(0.2)
  expect(compared).toMatchObject([
    {
      with: 'segment:pageUrl=@/help',
      from: '2026-11-10',
      figures: { completed: 0.5 },
      change: { completed: { absolute: -0.3, relative: -0.6 } },
    },
    { with: 'previous', date: '2026-11-09', from: '2026-11-09', to: '2026-11-09', figures: { completed: 0 } },
  ])
})
