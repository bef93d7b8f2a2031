// Saved segments over HTTP: named, shared, used in others; and what a segment can be made of.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startFootfall, type World } from '../../world/footfall.ts'

let world: World
let other: string
const clock = Date.parse('2026-11-20T12:00:00Z')

beforeAll(async () => {
  world = await startFootfall({ clock })
  const user = await world.service.users.create('other@example.org', 'correct horse battery')
  other = await world.service.tokens.issue(user.id, 'api', 'test')
  const page = (path: string, title: string, from: string) =>
    world.track({ url: `https://example.org${path}`, action_name: title, lang: from, _id: from.repeat(8) })
  await page('/', 'Home', 'de')
  await page('/shop', 'Shop', 'de')
  await page('/shop', 'Shop', 'fa')
})
afterAll(() => world.close())

async function send(method: string, path: string, body?: object, token = world.token) {
  const answer = await fetch(`${world.url}/api${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body && { 'content-type': 'application/json' }),
    },
    ...(body && { body: JSON.stringify(body) }),
  })
  const text = await answer.text()
  return { status: answer.status, body: text === '' ? undefined : JSON.parse(text) }
}

const save = async (body: object, token?: string): Promise<number> => {
  const { status, body: told } = await send('POST', '/segments', body, token)
  if (status !== 201) throw new Error(JSON.stringify(told))
  return told.id
}

const error = async (answer: ReturnType<typeof send>) => {
  const { status, body } = await answer
  return `${status} ${body.error.code} ${body.error.message}`
}

const visits = async (segment: string) => (await world.report('overview', { segment })).totals.visits

test('A saved segment stands in a question by its number, and keeps what it means over a restart', async () => {
  const answer = await send('POST', '/segments', { name: ' Shoppers ', segment: 'pageUrl=@/shop', site: 1 })
  expect(answer).toEqual({
    status: 201,
    body: {
      id: expect.any(Number),
      name: 'Shoppers',
      segment: { name: 'pageUrl', op: '=@', value: '/shop' },
      site: 1,
      shared: false,
      own: true,
      createdAt: '2026-11-20T12:00:00.000Z',
    },
  })
  const { id } = answer.body
  expect(await visits(`saved==${id}`)).toBe(2)
  const both = { all: [{ saved: id }, { name: 'pageTitle', value: 'Home' }] }
  expect(await visits(JSON.stringify(both))).toBe(1)
  const within = await save({ name: 'Both', segment: both, site: 1 })
  expect(await visits(`saved==${within}`)).toBe(1)
  const { body } = await send('PATCH', `/segments/${id}`, { segment: 'pageTitle==Home' })
  expect(body).toMatchObject({ id, name: 'Shoppers', segment: { name: 'pageTitle' } })
  await world.restart()
  expect(await visits(`saved==${id}`)).toBe(1)
  expect((await send('GET', `/segments/${id}`)).body.name).toBe('Shoppers')
  expect(await error(send('DELETE', `/segments/${id}`))).toBe(
    '409 segment_in_use The segment "Shoppers" is used by "Both"; change or remove it first.',
  )
  expect((await send('DELETE', `/segments/${within}`)).status).toBe(204)
  expect((await send('DELETE', `/segments/${id}`)).status).toBe(204)
  expect(await error(send('GET', `/segments/${id}`))).toBe(
    `404 unknown_segment There is no saved segment ${id}.`,
  )
  expect(await save({ name: 'Next', segment: 'events>0' })).toBeGreaterThan(within)
})

test('A segment uses no other that uses it', async () => {
  const first = await save({ name: 'First', segment: 'events>0', site: 1 })
  const second = await save({ name: 'Second', segment: `saved==${first}`, site: 1 })
  expect(await error(send('PATCH', `/segments/${first}`, { segment: `saved==${second}` }))).toMatch(
    /uses itself/,
  )
  expect(await error(send('PATCH', `/segments/${first}`, { segment: `saved==${first}` }))).toMatch(
    /uses itself/,
  )
  expect(await visits(`saved==${second}`)).toBe(0)
})

describe('Somebody else', () => {
  test('sees what is shared, and changes nothing', async () => {
    const own = await save({ name: 'Mine', segment: 'events>0' })
    const shared = await save({ name: 'Ours', segment: 'events>0', shared: true })
    const { body } = await send('GET', '/segments?site=1', undefined, other)
    expect(body.segments).toEqual([expect.objectContaining({ id: shared, own: false, site: null })])
    expect(await error(send('GET', `/segments/${own}`, undefined, other))).toMatch(/^404 unknown_segment/)
    expect(await error(send('PATCH', `/segments/${shared}`, { name: 'Theirs' }, other))).toMatch(
      /^403 forbidden The segment "Ours" can be changed by who made it alone/,
    )
    expect(await error(send('DELETE', `/segments/${shared}`, undefined, other))).toMatch(/^403 forbidden/)
  })

  test('could not ask a shared one that uses what is not shared', async () => {
    const own = await save({ name: 'Secret', segment: 'events>0' })
    const using = { name: 'Open', segment: `saved==${own}`, shared: true }
    expect(await error(send('POST', '/segments', using))).toMatch(/"Secret", which it uses, is not shared/)
    await send('PATCH', `/segments/${own}`, { shared: true })
    await save(using)
    expect(await error(send('PATCH', `/segments/${own}`, { shared: false }))).toMatch(
      /^409 segment_in_use "Secret" is used by "Open", which could not be asked any more/,
    )
  })
})

test('Saved segments of saved ones are answered up to the limits of one', async () => {
  const list = (from: number) => Array.from({ length: 100 }, (_, index) => `${from + index}`)
  const longest = {
    any: Array.from({ length: 10 }, (_, at) => ({ name: 'pageUrl', op: '=@', value: list(100 + at) })),
  }
  const inner = await save({
    name: 'Inner',
    segment: JSON.stringify({ any: [longest, { name: 'pageUrl', op: '=@', value: '/shop' }] }),
  })
  const nested = (id: number) => JSON.stringify({ all: Array.from({ length: 4 }, () => ({ saved: id })) })
  const outer = await save({ name: 'Outer', segment: nested(inner) })
  expect(await visits(`saved==${outer}`)).toBe(2)
  const all = { period: 'month', date: '2026-11-20', segment: `saved==${outer}` }
  expect((await world.report('pages', all)).totals.page_views).toBe(3)
  expect(await error(send('POST', '/segments', { name: 'More', segment: nested(outer) }))).toMatch(
    /^400 invalid_segment A segment has at most 100 conditions/,
  )
})

test('What cannot be asked is not saved', async () => {
  const refusal = (body: object) => error(send('POST', '/segments', body))
  expect(await refusal({ name: 'x', segment: 'colour==red' })).toMatch(
    /^400 invalid_segment "colour" is nothing/,
  )
  expect(await refusal({ name: ' ', segment: 'events>0' })).toMatch(
    /^400 invalid_segment The name of a segment/,
  )
  expect(await refusal({ name: 'x', segment: 'events>0', site: 99 })).toMatch(/^404 unknown_site/)
  expect(await refusal({ name: 'x', segment: 'dimension1==a' })).toMatch(
    /"dimension1" is no custom dimension/,
  )
  expect(await refusal({ name: 'x' })).toMatch(/^400 invalid_parameter The parameter "segment" is missing/)
  expect(await refusal({ name: 'x', segment: 'events>0', color: 1 })).toMatch(/^400 invalid_parameter/)
  const anonymous = await fetch(`${world.url}/api/segments`)
  expect(anonymous.status).toBe(401)
})

test('Names tell what can be compared, and values what was most frequent', async () => {
  const { body } = await send('GET', '/segments/names?site=1')
  const names = new Map(body.names.map((name: { name: string }) => [name.name, name]))
  expect(names.get('visitorType')).toEqual({
    name: 'visitorType',
    title: 'New or returning',
    group: 'Visit',
    scope: 'visit',
    number: false,
    operators: ['==', '!=', '=@', '!@', '=^', '=$'],
    values: ['new', 'returning', 'returningCustomer'],
  })
  expect(names.get('visitCount')).toMatchObject({
    number: true,
    operators: ['==', '!=', '>', '<', '>=', '<='],
  })
  await world.service.settle()
  const values = async (query: string) => (await send('GET', `/segments/values?site=1&${query}`)).body
  expect(await values('name=pageTitle')).toEqual({
    name: 'pageTitle',
    from: '2026-10-22',
    to: '2026-11-20',
    values: [
      { value: 'Shop', count: 2 },
      { value: 'Home', count: 1 },
    ],
  })
  expect((await values('name=pagetitle&search=HO&limit=1')).values).toEqual([{ value: 'Shop', count: 2 }])
  expect((await values('name=countryName')).values).toEqual([{ value: 'Germany', count: 2 }])
  expect((await values('name=visitIp')).values).toEqual([])
  expect((await values('name=nothing')).error.code).toBe('invalid_segment')
})
