// Custom dimensions and variables, campaigns and what conversions are credited to, over real HTTP.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startFootfall, type World } from '../../world/footfall.ts'

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
  const answer = await fetch(`${world.url}/api/sites/${site}${path && `/${path}`}`, {
    method,
    headers: {
      authorization: `Bearer ${world.token}`,
      ...(body && { 'content-type': 'application/json' }),
    },
    ...(body && { body: JSON.stringify(body) }),
  })
  return { status: answer.status, json: answer.status === 204 ? undefined : await answer.json() }
}

async function add(dimension: object): Promise<void> {
  const { status, json } = await ask('POST', 'dimensions', { name: 'Dimension', ...dimension })
  expect({ status, json }).toMatchObject({ status: 201 })
}

async function at(minutes: number, parameters: Record<string, string | number> = {}): Promise<void> {
  world.setClock(morning + minutes * minute)
  const answer = await world.track({ idsite: site, _id: id, url: 'https://shop.example/', ...parameters })
  expect(answer.status).toBe(200)
}

type Row = Record<string, unknown>

async function hits(columns: string): Promise<Row[]> {
  await world.service.journal.drain()
  return await world.service.store.query<Row>(
    `SELECT ${columns} FROM hits WHERE site_id = {site:UInt32} ORDER BY visit_id, position`,
    { site },
  )
}

async function visits(columns: string): Promise<Row[]> {
  await world.service.journal.drain()
  return await world.service.store.query<Row>(
    `SELECT ${columns} FROM visit WHERE site_id = {site:UInt32} ORDER BY visit_id`,
    { site },
  )
}

describe('the list of dimensions', () => {
  test('takes a dimension, changes it and loses it; its number is never given again', async () => {
    const extractions = [{ from: 'urlparam', pattern: 'plan' }]
    const dimension = { name: 'Plan', scope: 'visit', active: true, extractions, caseSensitive: true }
    expect(await ask('POST', 'dimensions', { name: 'Plan', scope: 'visit', extractions })).toEqual({
      status: 201,
      json: { id: 1, ...dimension },
    })
    expect((await ask('PATCH', 'dimensions/1', { active: false, name: 'Old' })).json).toEqual({
      id: 1,
      ...dimension,
      name: 'Old',
      active: false,
    })
    expect((await ask('DELETE', 'dimensions/1')).status).toBe(204)
    await add({ scope: 'action' })
    expect((await ask('GET', 'dimensions')).json).toMatchObject({ dimensions: [{ id: 2, scope: 'action' }] })
    expect((await ask('PATCH', 'dimensions/1', { name: 'Back' })).json).toMatchObject({
      error: { code: 'unknown_dimension' },
    })
  })

  test.each([
    [{ name: 'A' }, 'invalid_parameter'],
    [{ name: ' ', scope: 'visit' }, 'invalid_dimension'],
    [{ name: 'A', scope: 'hit' }, 'invalid_parameter'],
    [{ name: 'A', scope: 'visit', extractions: [{ from: 'url', pattern: 'no group' }] }, 'invalid_dimension'],
    [{ name: 'A', scope: 'visit', extractions: [{ from: 'url', pattern: '(' }] }, 'invalid_dimension'],
    [{ name: 'A', scope: 'visit', extractions: [{ from: 'urlparam', pattern: 'a b' }] }, 'invalid_dimension'],
    [{ name: 'A', scope: 'visit', extractions: [{ from: 'cookie', pattern: 'a' }] }, 'invalid_parameter'],
    [{ name: 'A', scope: 'visit', colour: 'red' }, 'invalid_parameter'],
  ])('does not take %j', async (dimension, code) => {
    expect(await ask('POST', 'dimensions', dimension)).toMatchObject({
      status: 400,
      json: { error: { code } },
    })
  })

  test('keeps the scope of a dimension', async () => {
    await add({ scope: 'visit' })
    expect(await ask('PATCH', 'dimensions/1', { scope: 'action' })).toMatchObject({ status: 400 })
  })

  test('has no limit of five', async () => {
    await Promise.all(Array.from({ length: 12 }, () => add({ scope: 'action' })))
    await at(0, { dimension12: 'twelve', dimension7: 'seven' })
    expect(await hits('dimensions')).toEqual([{ dimensions: { 7: 'seven', 12: 'twelve' } }])
  })
})

test('Expressions of dimensions, goals and exclusions have a bound in all; what is there already may stay', async () => {
  const steps = (count: number) => ({ extractions: [{ from: 'url', pattern: `(a{${count}})` }] })
  await add({ scope: 'visit', ...steps(950) })
  await add({ scope: 'action', ...steps(950) })
  const goal = (count: number) => ({
    name: 'Goal',
    match: 'url',
    pattern: { how: 'regex', text: `a{${count}}` },
  })
  expect(await ask('POST', 'goals', goal(600))).toEqual({
    status: 400,
    json: {
      error: {
        code: 'too_many_expressions',
        message:
          'Each hit is held against all regular expressions of goals, dimensions and exclusions. Together they may have 3000 steps and would have 3112: make them shorter or fewer, or look for plain texts.',
      },
    },
  })
  expect(await ask('POST', 'goals', goal(500))).toMatchObject({ status: 201 })
  expect(await ask('PATCH', '', { settings: { excludedAgents: ['/a{190}/'] } })).toMatchObject({
    status: 400,
  })
  expect(await ask('PATCH', '', { settings: { excludedAgents: ['plain'] } })).toMatchObject({ status: 200 })
  await add({ scope: 'visit', extractions: [{ from: 'urlparam', pattern: 'plan' }] })
  expect(await ask('PATCH', 'dimensions/1', { active: false })).toMatchObject({ status: 200 })
  expect(await ask('DELETE', 'dimensions/1')).toMatchObject({ status: 204 })
  expect(await ask('POST', 'goals', goal(400))).toMatchObject({ status: 201 })
})

describe('a custom dimension', () => {
  test('of the action stands in its hit; one that is unknown, switched off or of the visit does not', async () => {
    await add({ scope: 'action' })
    await add({ scope: 'action', active: false })
    await add({ scope: 'visit' })
    await at(0, {
      dimension1: ` ${'ä'.repeat(300)}`,
      dimension2: 'off',
      dimension3: 'visit',
      dimension9: 'none',
    })
    await at(1, { dimension1: '' })
    expect(await hits('dimensions')).toEqual([{ dimensions: { 1: 'ä'.repeat(250) } }, { dimensions: {} }])
  })

  test('of the visit counts with its newest value; an empty one takes it away, a ping may tell it', async () => {
    await add({ scope: 'visit' })
    await add({ scope: 'visit' })
    await at(0, { dimension1: 'free', dimension2: 'a' })
    await at(1)
    await at(2, { ping: 1, dimension1: 'paid' })
    await at(3, { dimension2: '' })
    expect(await hits('visit_dimensions AS stamp')).toEqual([
      { stamp: { 1: 'free', 2: 'a' } },
      { stamp: { 1: 'free', 2: 'a' } },
      { stamp: { 1: 'paid', 2: 'a' } },
      { stamp: { 1: 'paid' } },
    ])
    expect(await visits('dimensions')).toEqual([{ dimensions: { 1: 'paid' } }])
  })

  test('is taken from the address, its parameters or the title where it is not sent', async () => {
    await add({ scope: 'action', extractions: [{ from: 'url', pattern: '/blog/(\\w+)' }] })
    await add({
      scope: 'action',
      caseSensitive: false,
      extractions: [
        { from: 'urlparam', pattern: 'utm_source' },
        { from: 'action_name', pattern: 'BY (.+)$' },
      ],
    })
    await at(0, { url: 'https://shop.example/blog/news?utm_source=a%20b', action_name: 'News by Ann' })
    await at(1, { url: 'https://shop.example/blog/news', action_name: 'News by Ann', dimension1: 'sent' })
    await at(2, { url: 'https://shop.example/blog/news', dimension1: '' })
    await at(3, { url: 'https://shop.example/blog/news', idgoal: 0 })
    expect(await hits('dimensions')).toEqual([
      { dimensions: { 1: 'news', 2: 'a b' } },
      { dimensions: { 1: 'sent', 2: 'Ann' } },
      { dimensions: {} },
      { dimensions: {} },
    ])
  })
})

describe('custom variables', () => {
  const slots = (list: Record<string, unknown>) => JSON.stringify(list)

  test('of a page and an event stand in the hit, by name', async () => {
    await at(0, { cvar: slots({ 1: ['Author', 'Ann'], 20: ['Year', 2026] }) })
    await at(1, {
      e_c: 'a',
      e_a: 'b',
      cvar: slots({ 1: ['Author', 'Ann'] }),
      e_cvar: slots({ 2: ['Kind', 'x'] }),
    })
    expect(await hits('variables')).toEqual([
      { variables: { Author: 'Ann', Year: '2026' } },
      { variables: { Author: 'Ann', Kind: 'x' } },
    ])
  })

  test('of the visit count with their newest value', async () => {
    await at(0, { _cvar: slots({ 1: ['Plan', 'free'], 2: ['Team', 'red'] }) })
    await at(1, { _cvar: slots({ 1: ['Plan', 'paid'] }) })
    expect(await visits('variables')).toEqual([{ variables: { Plan: 'paid', Team: 'red' } }])
  })

  test('are cut at 200 characters, and are no more than 20 of a visit', async () => {
    await at(0, { _cvar: slots({ 1: ['n'.repeat(300), 'v'.repeat(300)] }) })
    for (const round of [1, 2]) {
      const many = Array.from({ length: 20 }, (_, n) => [String(n + 1), [`${round}-${n}`, 'x']])
      await at(round, { _cvar: slots(Object.fromEntries(many)) })
    }
    const [visit] = await visits("length(mapKeys(variables)) AS count, variables[repeat('n', 200)] AS value")
    expect(visit).toEqual({ count: 20, value: 'v'.repeat(200) })
  })

  test.each([
    '{"1":["a","b"]',
    '[]',
    'null',
    '7',
    '{"0":["a","b"],"21":["a","b"],"1":"a","2":[1],"3":["","b"]}',
  ])('are passed over when they are %s', async (text) => {
    await at(0, { cvar: text, _cvar: text, e_cvar: text })
    expect(await hits('variables, visit_variables')).toEqual([{ variables: {}, visit_variables: {} }])
  })
})

test('A visit that goes on after a restart keeps what it is told apart by, and its goals are reached once', async () => {
  await add({ scope: 'visit' })
  const pattern = { how: 'contains', text: 'thanks' }
  await ask('POST', 'goals', { name: 'Thanks', match: 'url', pattern })
  await ask('POST', 'goals', { name: 'More', match: 'url', pattern: { how: 'contains', text: 'more' } })
  const thanks = { url: 'https://shop.example/thanks' }
  await at(0, { ...thanks, dimension1: 'free', _cvar: '{"1":["Team","red"]}' })
  await world.restart()
  await at(1, thanks)
  await at(2, { url: 'https://shop.example/more' })
  expect(await hits('conversions')).toEqual([
    { conversions: [{ goal: 1, revenue: 0 }] },
    { conversions: [] },
    { conversions: [{ goal: 2, revenue: 0 }] },
  ])
  expect(await visits('hits, dimensions, variables')).toEqual([
    { hits: 3, dimensions: { 1: 'free' }, variables: { Team: 'red' } },
  ])
})

describe('a conversion is credited', () => {
  const credit = 'credited_type AS type, credited_name AS name, credited_keyword AS keyword'
  const order = (n: number) => ({ idgoal: 0, ec_id: `${site}-${n}` })
  const campaign = { url: 'https://shop.example/?utm_campaign=Summer&utm_term=Red' }

  test('to the campaign of the cookie before all else', async () => {
    await at(0, { ...campaign, ...order(1), _rcn: 'Mail', _rck: 'Spring', _ref: 'https://www.google.com/' })
    expect(await hits(credit)).toEqual([{ type: 'campaign', name: 'mail', keyword: 'spring' }])
  })

  test('to the campaign that brought the visit', async () => {
    await at(0, campaign)
    await at(1, { ...order(1), _ref: 'https://www.google.com/' })
    expect(await hits(credit)).toEqual([
      { type: '', name: '', keyword: '' },
      { type: 'campaign', name: 'summer', keyword: 'red' },
    ])
  })

  test.each([
    ['https://www.google.com/search?q=shoes', { type: 'search', name: 'Google', keyword: 'shoes' }],
    ['https://www.facebook.com/', { type: 'social', name: 'Facebook', keyword: '' }],
    ['https://blog.example/post', { type: 'website', name: 'blog.example', keyword: '' }],
    ['https://shop.example/own', { type: 'website', name: 'partner.example', keyword: '' }],
    ['no address', { type: 'website', name: 'partner.example', keyword: '' }],
  ])('to the referrer of the cookie, %s, else to that of the visit', async (_ref, credited) => {
    await at(0, { urlref: 'https://partner.example/', _ref, ...order(1) })
    expect(await hits(credit)).toEqual([credited])
  })

  test('to a name and a keyword of at most 255 characters', async () => {
    await at(0, { ...order(1), _rcn: 'N'.repeat(300), _rck: 'K'.repeat(300) })
    expect(await hits(credit)).toEqual([
      { type: 'campaign', name: 'n'.repeat(255), keyword: 'k'.repeat(255) },
    ])
  })

  test('to nobody where the visit is a direct one', async () => {
    await at(0, order(1))
    expect(await hits(credit)).toEqual([{ type: 'direct', name: '', keyword: '' }])
  })
})

describe('a campaign', () => {
  test('says more of itself than its name; all hits of the visit carry it, no address does', async () => {
    const levels =
      'mtm_source=News&utm_medium=E-Mail&mtm_content=Top%20Link&mtm_cid=42&mtm_group=A&matomo_placement=Head'
    await at(0, { url: `https://shop.example/a?mtm_campaign=Summer&${levels}` })
    await at(1)
    const campaign = {
      source: 'news',
      medium: 'e-mail',
      content: 'top link',
      id: '42',
      group: 'a',
      placement: 'head',
    }
    expect(await hits('url, campaign')).toEqual([
      { url: 'shop.example/a', campaign },
      { url: 'shop.example/', campaign },
    ])
    expect(await visits('referrer_name, campaign')).toEqual([{ referrer_name: 'summer', campaign }])
  })

  test('says nothing where it did not bring the visit', async () => {
    await at(0, { url: 'https://shop.example/?utm_content=x', urlref: 'https://blog.example/' })
    expect(await visits('referrer_type, campaign')).toEqual([{ referrer_type: 'website', campaign: {} }])
  })

  test('that comes later makes a direct visit its own', async () => {
    await at(0)
    await at(1, { url: 'https://shop.example/?utm_campaign=Late&utm_content=x' })
    expect(await visits('referrer_name, campaign')).toEqual([
      { referrer_name: 'late', campaign: { content: 'x' } },
    ])
  })

  test('is named by a pixel that has no address', async () => {
    await at(0, {
      url: 'https://shop.example/mail',
      utm_campaign: 'Mail',
      utm_term: 'Top',
      utm_source: 'List',
    })
    expect(await visits('referrer_type, referrer_name, referrer_keyword, campaign')).toEqual([
      {
        referrer_type: 'campaign',
        referrer_name: 'mail',
        referrer_keyword: 'top',
        campaign: { source: 'list' },
      },
    ])
  })
})
