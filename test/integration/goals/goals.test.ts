// Goals over real HTTP: defined, reached, counted, and looked for in what came before.

import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { JournalError } from '../../../server/journal/journal.ts'
import { firefox, startFootfall, type World } from '../../world/footfall.ts'

// 09:00 in Berlin.
const morning = Date.parse('2026-11-20T08:00:00Z')
const minute = 60_000

let world: World
let visitor = 0
let id = ''
let site = 0
beforeAll(async () => {
  world = await startFootfall({ clock: morning })
})
afterAll(() => world.close())
beforeEach(async () => {
  id = (++visitor).toString(16).padStart(16, '0')
  world.setClock(morning)
  site = (
    await world.service.sites.create({ name: 'Shop', url: 'https://shop.example', timezone: 'Europe/Berlin' })
  ).id
})

async function ask(method: string, path: string, body?: object) {
  const answer = await fetch(`${world.url}/api/sites/${site}/goals${path}`, {
    method,
    headers: {
      authorization: `Bearer ${world.token}`,
      ...(body && { 'content-type': 'application/json' }),
    },
    ...(body && { body: JSON.stringify(body) }),
  })
  return { status: answer.status, json: answer.status === 204 ? undefined : await answer.json() }
}

async function add(goal: object): Promise<number> {
  const { status, json } = await ask('POST', '', { name: 'Goal', ...goal })
  expect({ status, json }).toMatchObject({ status: 201 })
  return (json as { id: number }).id
}

async function at(minutes: number, parameters: Record<string, string | number>): Promise<number> {
  world.setClock(morning + minutes * minute)
  const answer = await world.track({ idsite: site, _id: id, url: 'https://shop.example/', ...parameters })
  return answer.status
}

/** The conversions of all hits, in their order. */
async function recorded(): Promise<unknown[]> {
  await world.service.journal.drain()
  const rows = await world.service.store.query<{ conversions: unknown[] }>(
    'SELECT conversions FROM hits WHERE site_id = {site:UInt32} ORDER BY visit_id, position',
    { site },
  )
  return rows.map(({ conversions }) => conversions)
}

const page = (path: string, title = '') => ({ url: `https://shop.example/${path}`, action_name: title })
const contains = (text: string) => ({ how: 'contains', text })
const goals = (query = {}) => world.report('goals', { site, date: '2026-11-20', ...query })
const figures = (conversions: number, converted_visits: number, conversion_rate: number, revenue: number) => {
  return { conversions, converted_visits, conversion_rate, revenue }
}

describe('the list of goals', () => {
  test('takes a goal, changes it and loses it; its number is never given again', async () => {
    const goal = {
      name: 'Thanks',
      match: 'url',
      pattern: { how: 'exact', text: 'https://shop.example/thanks', caseSensitive: false },
      multiple: false,
      revenue: 5,
      useEventValue: false,
    }
    expect(await ask('POST', '', { ...goal, pattern: { how: 'exact', text: goal.pattern.text } })).toEqual({
      status: 201,
      json: { id: 1, ...goal, since: '2026-11-20T08:00:01.000Z' },
    })
    world.setClock(morning + minute)
    expect((await ask('PATCH', '/1', { name: 'Renamed' })).json).toEqual({
      id: 1,
      ...goal,
      name: 'Renamed',
      since: '2026-11-20T08:00:01.000Z',
    })
    expect((await ask('PATCH', '/1', { match: 'duration', minutes: 3 })).json).toEqual({
      id: 1,
      name: 'Renamed',
      match: 'duration',
      minutes: 3,
      multiple: false,
      revenue: 5,
      useEventValue: false,
      since: '2026-11-20T08:01:01.000Z',
    })
    expect((await ask('DELETE', '/1')).status).toBe(204)
    expect(await add({ match: 'manual' })).toBe(2)
    expect((await ask('GET', '')).json).toMatchObject({ goals: [{ id: 2 }] })
    expect((await ask('PATCH', '/1', { name: 'Back' })).json).toMatchObject({
      error: { code: 'unknown_goal' },
    })
  })

  test('gives each goal a number of its own, also when the site is changed at the same time', async () => {
    const known = world.service.sites.get(site)
    if (!known) throw new Error('There is no site.')
    const [added] = await Promise.all([
      Promise.all(['a', 'b', 'c', 'd'].map((name) => add({ name, match: 'manual' }))),
      world.service.sites.change(known, { name: 'Renamed' }),
    ])
    expect(added.sort()).toEqual([1, 2, 3, 4])
    expect(world.service.sites.get(site)).toMatchObject({ name: 'Renamed', goals: [{}, {}, {}, {}] })
  })

  test.each([
    [{}, 'invalid_parameter'],
    [{ name: 'A', match: 'colour' }, 'invalid_parameter'],
    [{ name: ' ', match: 'manual' }, 'invalid_goal'],
    [{ name: 'A', match: 'url' }, 'invalid_goal'],
    [{ name: 'A', match: 'duration' }, 'invalid_goal'],
    [{ name: 'A', match: 'duration', minutes: -1 }, 'invalid_parameter'],
    [{ name: 'A', match: 'url', pattern: { how: 'regex', text: 'a(?=b)' } }, 'invalid_goal'],
    [
      { name: 'A', match: 'url', pattern: { how: 'regex', text: '((((x{9}){9}){9}y){1,9})' } },
      'invalid_goal',
    ],
    [{ name: 'A', match: 'url', pattern: { how: 'like', text: 'a' } }, 'invalid_parameter'],
    [{ name: 'A', match: 'url', pattern: { how: 'exact', text: '' } }, 'invalid_parameter'],
    [{ name: 'A', match: 'url', pattern: { how: 'exact', text: 'x'.repeat(501) } }, 'invalid_parameter'],
    [{ name: 'A', match: 'manual', revenue: -1 }, 'invalid_parameter'],
    [{ name: 'A', match: 'manual', colour: 'red' }, 'invalid_parameter'],
  ])('does not take %j', async (goal, code) => {
    expect(await ask('POST', '', goal)).toMatchObject({ status: 400, json: { error: { code } } })
  })

  test("says in the engine's words what is wrong with an expression", async () => {
    const goal = { name: 'A', match: 'title', pattern: { how: 'regex', text: 'a(b' } }
    expect((await ask('POST', '', goal)).json).toEqual({
      error: {
        code: 'invalid_goal',
        message:
          'The regular expression of the goal cannot be used: error parsing regexp: missing closing ): `a(b`.',
      },
    })
  })

  test('belongs to whoever may ask', async () => {
    const answer = await fetch(`${world.url}/api/sites/${site}/goals`)
    expect(answer.status).toBe(401)
    site = 4_000_000
    expect((await ask('GET', '')).json).toMatchObject({ error: { code: 'unknown_site' } })
  })
})

describe('a goal is reached', () => {
  test('by the address as the page sent it, with what is removed from it later', async () => {
    await add({ match: 'url', pattern: contains('utm_source=mail') })
    await at(0, { url: 'https://shop.example/a?utm_source=mail' })
    await at(1, page('b'))
    expect(await recorded()).toEqual([[{ goal: 1, revenue: 0 }], []])
  })

  test('by an address in other writing: encoded, decoded', async () => {
    await add({ match: 'url', pattern: contains('/größe'), multiple: true })
    await at(0, { url: 'https://shop.example/gr%C3%B6%C3%9Fe' })
    await at(1, { url: 'https://shop.example/GRÖSSE' })
    await at(2, { url: 'https://shop.example/GRÖßE' })
    expect(await recorded()).toEqual([[{ goal: 1, revenue: 0 }], [], [{ goal: 1, revenue: 0 }]])
  })

  test('by the title of a page view, not of a search or event', async () => {
    await add({
      match: 'title',
      pattern: { how: 'regex', text: '^thanks?\\b', caseSensitive: false },
      multiple: true,
    })
    await at(0, page('a', 'Thank you'))
    await at(1, { ...page('b', 'Thanks'), search: 'shoes' })
    await at(2, { ...page('c', 'Thanks'), e_c: 'a', e_a: 'b' })
    expect(await recorded()).toEqual([[{ goal: 1, revenue: 0 }], [], []])
  })

  test('by a file that is downloaded and by another website, each by nothing else', async () => {
    await add({ match: 'file', pattern: contains('.PDF') })
    await add({ match: 'outlink', pattern: { how: 'contains', text: 'Partner', caseSensitive: true } })
    await at(0, { download: 'https://shop.example/list.pdf' })
    await at(1, { link: 'https://example.net/Partner' })
    await at(2, { link: 'https://partner.example/list.pdf' })
    expect(await recorded()).toEqual([[{ goal: 1, revenue: 0 }], [{ goal: 2, revenue: 0 }], []])
  })

  test.each([
    ['event_category', 'Video'],
    ['event_action', 'play'],
    ['event_name', 'Intro'],
  ])('by %s', async (match, text) => {
    await add({ match, pattern: { how: 'exact', text } })
    await at(0, { e_c: 'x', e_a: 'x', e_n: 'x' })
    await at(1, { e_c: 'Video', e_a: 'play', e_n: 'Intro' })
    expect(await recorded()).toEqual([[], [{ goal: 1, revenue: 0 }]])
  })

  test('by an action more than so many minutes after the visit began, whatever action', async () => {
    await add({ match: 'duration', minutes: 10 })
    await at(0, page('a'))
    await at(10, page('b'))
    await at(10.1, { ping: 1 })
    await at(10.2, { e_c: 'Video', e_a: 'play' })
    expect(await recorded()).toEqual([[], [], [], [{ goal: 1, revenue: 0 }]])
  })

  test('once a visit, and again in the next', async () => {
    await add({ match: 'url', pattern: contains('thanks') })
    await at(0, page('thanks'))
    await at(1, page('thanks'))
    await at(40, page('thanks'))
    expect(await recorded()).toEqual([[{ goal: 1, revenue: 0 }], [], [{ goal: 1, revenue: 0 }]])
  })

  test('by a page that says so, which reaches no other', async () => {
    await add({ match: 'manual', revenue: 3 })
    await add({ match: 'url', pattern: contains('/') })
    await add({ match: 'manual', revenue: 4, multiple: true })
    await at(0, { idgoal: 1 })
    await at(1, { idgoal: 1, revenue: 9 })
    await at(2, { idgoal: 3 })
    await at(3, { idgoal: 3, revenue: '9,5' })
    await at(4, page('a'))
    expect(await recorded()).toEqual([
      [{ goal: 1, revenue: 3 }],
      [],
      [{ goal: 3, revenue: 4 }],
      [{ goal: 3, revenue: 4 }],
      [{ goal: 2, revenue: 0 }],
    ])
  })

  test('by the next hit where the one that reached it could not be kept, alone or in a list', async () => {
    await add({ match: 'url', pattern: contains('thanks') })
    await at(0, page('a'))
    const append = vi
      .spyOn(world.service.journal, 'append')
      .mockRejectedValue(new JournalError('The disk is full.'))
    expect(await at(1, page('thanks'))).toBe(503)
    const list = await fetch(`${world.url}/matomo.php`, {
      method: 'POST',
      headers: { 'user-agent': firefox },
      body: JSON.stringify({ requests: [{ idsite: site, rec: 1, _id: id, ...page('thanks') }] }),
    })
    expect(list.status).toBe(503)
    append.mockRestore()
    await at(2, page('thanks'))
    await at(3, page('thanks'))
    expect(await recorded()).toEqual([[], [{ goal: 1, revenue: 0 }], []])
  })

  test('not where there is none: unknown, removed, of another site', async () => {
    await add({ match: 'manual' })
    expect(await at(0, { idgoal: 2 })).toBe(400)
    await ask('DELETE', '/1')
    expect(await at(0, { idgoal: 1 })).toBe(400)
    expect(await at(0, { idgoal: 'x' })).toBe(400)
    expect(await recorded()).toEqual([])
    const answer = await world.track({ idsite: site, idgoal: 7 })
    expect(await answer.text()).toContain('idgoal: there is no goal 7.')
  })

  test('after it became another one in the middle of a visit', async () => {
    await add({ match: 'url', pattern: contains('one') })
    await at(0, page('one'))
    world.setClock(morning + minute)
    await ask('PATCH', '/1', { pattern: contains('two') })
    await at(2, page('two'))
    await at(3, page('two'))
    expect(await recorded()).toEqual([[{ goal: 1, revenue: 0 }], [{ goal: 1, revenue: 0 }], []])
  })

  test('with what it is worth: what is sent, else the value of the event, else its own', async () => {
    await add({
      match: 'event_category',
      pattern: contains('Sale'),
      revenue: 2,
      useEventValue: true,
      multiple: true,
    })
    await add({ match: 'event_category', pattern: contains('Sale'), revenue: 3, multiple: true })
    const sale = { e_c: 'Sale', e_a: 'x' }
    await at(0, { ...sale, e_v: 7.5, revenue: 19.999 })
    await at(1, { ...sale, e_v: 7.5 })
    await at(2, sale)
    expect(await recorded()).toEqual([
      [
        { goal: 1, revenue: 20 },
        { goal: 2, revenue: 20 },
      ],
      [
        { goal: 1, revenue: 7.5 },
        { goal: 2, revenue: 3 },
      ],
      [
        { goal: 1, revenue: 2 },
        { goal: 2, revenue: 3 },
      ],
    ])
  })
})

test('Time that ends with a goal, an order, a cart or an event is credited to no page', async () => {
  await add({ match: 'manual' })
  await at(0, page('a'))
  await at(1, { ...page('a'), e_c: 'Video', e_a: 'play' })
  await at(3, { ...page('a'), idgoal: 1 })
  await at(6, { ...page('a'), idgoal: 0, revenue: 5 })
  await at(10, { ...page('a'), idgoal: 0, ec_id: 'A1', revenue: 5 })
  await at(15, { ...page('a'), c_n: 'Banner', c_i: 'click' })
  await at(21, { ...page('a'), link: 'https://other.example/' })
  await at(25, { ...page('a'), ping: 1 })
  await at(28, page('b'))
  const { rows } = await world.report('pages', { site, sort: 'label' })
  expect(rows).toMatchObject([
    { label: 'shop.example/a', time_spent_sum: (5 + 6 + 7) * 60 },
    { label: 'shop.example/b', time_spent_sum: 0 },
  ])
})

describe('a report of goals', () => {
  test('counts conversions, visits, their share and revenue; orders stand beside', async () => {
    await add({ name: 'Thanks', match: 'url', pattern: contains('thanks'), multiple: true, revenue: 1.5 })
    await add({ name: 'Never', match: 'manual' })
    await at(1, page('thanks'))
    await at(2, page('thanks'))
    await at(3, { idgoal: 0, ec_id: 'A1', revenue: 30 })
    id = 'aaaaaaaaaaaaaaaa'
    await at(4, page('other'))
    expect(await goals()).toMatchObject({
      report: 'goals',
      site,
      title: 'Goals',
      dimensions: ['goal'],
      metrics: ['conversions', 'converted_visits', 'conversion_rate', 'revenue'],
      rows: [
        { label: 'Thanks', goal: 1, ...figures(2, 1, 0.5, 3) },
        { label: 'Never', goal: 2, ...figures(0, 0, 0, 0) },
        { label: 'Orders', goal: 0, ...figures(1, 1, 0.5, 30) },
      ],
      totals: figures(3, 1, 0.5, 33),
      rowCount: 3,
      source: 'raw',
      running: true,
    })
    expect(await goals({ date: '2026-11-19' })).toMatchObject({ totals: figures(0, 0, 0, 0) })
  })

  test('shows one of them over time, and the orders', async () => {
    await add({ name: 'Thanks', match: 'url', pattern: contains('thanks') })
    await at(1, page('thanks'))
    await at(24 * 60, page('thanks'))
    await at(24 * 60 + 1, { idgoal: 0, ec_id: 'A2', revenue: 30 })
    const days = { site, period: 'range', date: '2026-11-19,2026-11-21' }
    expect(await world.report('goal', { ...days, goal: 1 })).toMatchObject({
      report: 'goal',
      title: 'Thanks',
      dimensions: ['day'],
      rows: [
        { label: '2026-11-19', day: '2026-11-19', ...figures(0, 0, 0, 0) },
        { label: '2026-11-20', day: '2026-11-20', ...figures(1, 1, 1, 0) },
        { label: '2026-11-21', day: '2026-11-21', ...figures(1, 1, 1, 0) },
      ],
      totals: figures(2, 2, 1, 0),
    })
    expect(await world.report('goal', { ...days, goal: 0, by: 'week' })).toMatchObject({
      title: 'Orders',
      rows: [{ week: '2026-11-19', ...figures(1, 1, 0.5, 30) }],
    })
    await expect(world.report('goal', { ...days, goal: 9 })).rejects.toThrow('unknown_goal')
    await expect(world.report('goal', { ...days, goal: 1, by: 'hour' })).rejects.toThrow('invalid_parameter')
    await expect(world.report('goal', { ...days, goal: 1, date: 'never' })).rejects.toThrow('invalid_date')
    await expect(world.report('goals', { site, colour: 'red' })).rejects.toThrow('invalid_parameter')
  })

  test('finds a goal in what came before it was defined, once a visit across that moment', async () => {
    await at(0, page('thanks', 'Thanks'))
    await at(1, page('gr%C3%B6%C3%9Fe'))
    await at(2, { download: 'https://shop.example/a.zip' })
    await at(3, { e_c: 'Sale', e_a: 'x', e_v: 4.25 })
    await at(4, { e_c: 'Sale', e_a: 'x', revenue: 8 })
    await at(5, { link: 'https://partner.example/' })
    await add({ name: 'Once', match: 'url', pattern: contains('/THANKS'), revenue: 2 })
    await add({ name: 'Often', match: 'title', pattern: { how: 'regex', text: '^th?anks$' }, multiple: true })
    await add({
      name: 'Decoded',
      match: 'url',
      pattern: { how: 'exact', text: 'https://shop.example/größe' },
    })
    await add({ name: 'File', match: 'file', pattern: contains('.zip') })
    await add({
      name: 'Sale',
      match: 'event_category',
      pattern: contains('sale'),
      useEventValue: true,
      multiple: true,
    })
    await add({ name: 'Link', match: 'outlink', pattern: contains('partner') })
    await add({ name: 'Long', match: 'duration', minutes: 3 })
    await add({ name: 'Reported', match: 'manual' })
    await at(6, page('thanks', 'Thanks'))
    await at(7, { idgoal: 8, revenue: 1 })
    expect((await goals()).rows).toEqual([
      { label: 'Once', goal: 1, ...figures(1, 1, 1, 2) },
      { label: 'Often', goal: 2, ...figures(2, 1, 1, 0) },
      { label: 'Decoded', goal: 3, ...figures(1, 1, 1, 0) },
      { label: 'File', goal: 4, ...figures(1, 1, 1, 0) },
      { label: 'Sale', goal: 5, ...figures(2, 1, 1, 12.25) },
      { label: 'Link', goal: 6, ...figures(1, 1, 1, 0) },
      { label: 'Long', goal: 7, ...figures(1, 1, 1, 8) },
      { label: 'Reported', goal: 8, ...figures(1, 1, 1, 1) },
    ])
  })

  test('counts a goal that was changed as it is now', async () => {
    await add({ name: 'Goal', match: 'url', pattern: contains('one'), revenue: 1 })
    await at(1, page('one'))
    await at(2, page('two'))
    await at(3, page('two'))
    await ask('PATCH', '/1', { pattern: contains('two'), revenue: 5 })
    expect((await goals()).rows).toEqual([{ label: 'Goal', goal: 1, ...figures(1, 1, 1, 5) }])
  })

  test('says of a goal that is not saved what it would have counted', async () => {
    await at(0, page('thanks'))
    await at(1, page('thanks'))
    await world.service.journal.drain()
    const goal = { name: 'Thanks', match: 'url', pattern: contains('thanks'), multiple: true, revenue: 2 }
    const when = { period: 'day', date: '2026-11-20' }
    expect((await ask('POST', '/preview', { goal, ...when })).json).toMatchObject({
      title: 'Thanks',
      rows: [{ day: '2026-11-20', ...figures(2, 1, 1, 4) }],
      totals: figures(2, 1, 1, 4),
    })
    const elsewhere = { goal, ...when, segment: 'countryCode==fr' }
    expect((await ask('POST', '/preview', elsewhere)).json).toMatchObject({ totals: figures(0, 0, 0, 0) })
    expect((await ask('GET', '')).json).toEqual({ goals: [] })
    expect((await ask('POST', '/preview', { goal: { ...goal, pattern: contains('') } })).status).toBe(400)
    expect((await ask('POST', '/preview', { goal, ...when, date: 'x' })).json).toMatchObject({
      error: { code: 'invalid_date' },
    })
  })
})
