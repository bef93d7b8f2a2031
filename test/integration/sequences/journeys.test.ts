// The ways visitors take, as paths and as a flow.

import { afterAll, beforeAll, expect, test } from 'vitest'
import { startFootfall, type World } from '../../world/footfall.ts'
import { storeHits } from '../../world/store.ts'
import { download, event, page, search, visit } from '../../world/visits.ts'

let world: World

const home = page('example.org/', 'Home')
const shop = page('example.org/shop', 'Shop')
const hats = page('example.org/hats', 'Hats')
const cart = page('example.org/cart', 'Cart')
const thanks = page('example.org/thanks', 'Thanks')
const file = download('https://example.org/list.pdf')
const order = (order_id: string) => ({
  kind: 'order' as const,
  after: 0,
  order_id,
  amounts: { revenue: 10 },
  conversions: [{ goal: 0, revenue: 10 }],
})

beforeAll(async () => {
  world = await startFootfall({ clock: Date.parse('2026-11-20T11:00:00Z') })
  const at = '2026-11-10T10:00:00+01:00'
  await storeHits(world.service.store, [
    // Twice home, shop, hats: once with a reload and a file, which are no steps.
    ...visit({ at, does: [home, shop, hats] }),
    ...visit({ at, does: [home, shop, shop, file, event('Video', 'play'), hats, cart] }),
    ...visit({ at, does: [home, hats] }),
    ...visit({ at, does: [shop, cart, thanks, order('A1'), home] }),
    ...visit({ at, does: [search('hats'), hats, shop, cart, thanks, order('A2')] }),
    // The same order once more is none.
    ...visit({ at: '2026-11-10T12:00:00+01:00', does: [home, cart, order('A2')] }),
    ...visit({ at, does: [thanks] }),
    // No page, no path.
    ...visit({ at, does: [event('Video', 'play')] }),
    ...visit({ at: '2026-11-11T00:00:00+01:00', does: [home] }),
    ...visit({ site: 2, at, does: [home] }),
  ])
})
afterAll(() => world.close())

const day = { period: 'day', date: '2026-11-10' }

type Flow = {
  nodes: { id: string; level: number; kind: string; label: string; visits: number }[]
  links: { from: string; to: string; visits: number }[]
}
type Path = { steps: { kind: string; label: string }[]; visits: number }

async function ask(query: Record<string, string | number>) {
  const answer = await world.report('journeys', { ...day, ...query })
  const { rows, rest, rowCount } = answer.paths as { rows: Path[]; rest: number; rowCount: number }
  return {
    visits: answer.visits,
    paths: rows.map(({ steps, visits }) => `${visits}: ${steps.map(short).join(' > ')}`),
    rest,
    rowCount,
    flow: answer.flow as Flow,
  }
}

function short({ kind, label }: { kind: string; label: string }): string {
  return kind === 'pageview' ? label.replace('example.org', '') : `(${kind}${label && ` ${label}`})`
}

function told({ nodes, links }: Flow) {
  const names = new Map(nodes.map((node) => [node.id, `${node.level}${short(node)}`]))
  return {
    nodes: nodes.map((node) => `${names.get(node.id)} ${node.visits}`),
    links: links.map(({ from, to, visits }) => `${names.get(from)} > ${names.get(to)} ${visits}`),
  }
}

/** What leads into a node and out of it is what is in it. */
function expectSums({ nodes, links }: Flow, all: number) {
  const deepest = Math.max(...nodes.map(({ level }) => level))
  const least = Math.min(...nodes.map(({ level }) => level))
  const sum = (side: 'from' | 'to', id: string) =>
    links.filter((link) => link[side] === id).reduce((total, { visits }) => total + visits, 0)
  for (const { id, level, kind, visits } of nodes) {
    if (level > least && kind !== 'entry') expect(sum('to', id), id).toBe(visits)
    if (level < deepest && kind !== 'exit') expect(sum('from', id), id).toBe(visits)
  }
  const ends = nodes.filter(({ level, kind }) => level === deepest || kind === 'exit')
  expect(ends.reduce((total, { visits }) => total + visits, 0)).toBe(all)
}

test('The most common paths begin with the entry of a visit', async () => {
  const { flow, ...found } = await ask({ steps: 3 })
  expect(found).toEqual({
    visits: 7,
    paths: [
      '2: / > /shop > /hats',
      '1: / > /cart',
      '1: / > /hats',
      '1: /shop > /cart > /thanks',
      '1: /thanks',
      '1: (search hats) > /hats > /shop',
    ],
    rest: 0,
    rowCount: 6,
  })
  expect(told(flow)).toEqual({
    nodes: [
      '1/ 4',
      '1/shop 1',
      '1/thanks 1',
      '1(search hats) 1',
      '2/hats 2',
      '2/shop 2',
      '2/cart 2',
      '2(exit) 1',
      '3/hats 2',
      '3(exit) 2',
      '3/shop 1',
      '3/thanks 1',
    ].sort(byLevelAndVisits),
    links: [
      '1/ > 2/shop 2',
      '1/ > 2/cart 1',
      '1/ > 2/hats 1',
      '1/shop > 2/cart 1',
      '1/thanks > 2(exit) 1',
      '1(search hats) > 2/hats 1',
      '2/shop > 3/hats 2',
      '2/cart > 3(exit) 1',
      '2/cart > 3/thanks 1',
      '2/hats > 3(exit) 1',
      '2/hats > 3/shop 1',
    ],
  })
  expectSums(flow, 7)
})

test('Rare paths are in the rest, rare pages of a level in one node', async () => {
  const { flow, ...found } = await ask({ steps: 3, limit: 1, nodes: 1 })
  expect(found).toEqual({ visits: 7, paths: ['2: / > /shop > /hats'], rest: 5, rowCount: 6 })
  expect(told(flow).nodes).toEqual(
    ['1/ 4', '1(other) 3', '2(other) 4', '2/cart 2', '2(exit) 1', '3/hats 2', '3(exit) 2', '3(other) 2'].sort(
      byLevelAndVisits,
    ),
  )
  expectSums(flow, 7)
})

test('Paths from a page begin with its first view in a visit', async () => {
  const { flow, ...found } = await ask({ steps: 3, from: 'https://example.org/shop' })
  expect(found).toEqual({
    visits: 4,
    paths: ['2: /shop > /cart > /thanks', '1: /shop > /hats', '1: /shop > /hats > /cart'],
    rest: 0,
    rowCount: 3,
  })
  expectSums(flow, 4)
})

test('Paths to a page end with its first view in a visit', async () => {
  const { flow, ...found } = await ask({ steps: 3, to: 'example.org/cart' })
  expect(found).toEqual({
    visits: 4,
    paths: ['1: / > /cart', '1: /hats > /shop > /cart', '1: /shop > /cart', '1: /shop > /hats > /cart'],
    rest: 0,
    rowCount: 4,
  })
  expect(told(flow)).toEqual({
    nodes: ['1(entry) 2', '1/hats 1', '1/shop 1', '2/shop 2', '2/ 1', '2/hats 1', '3/cart 4'].sort(
      byLevelAndVisits,
    ),
    links: [
      '1(entry) > 2/ 1',
      '1(entry) > 2/shop 1',
      '1/hats > 2/shop 1',
      '1/shop > 2/hats 1',
      '2/shop > 3/cart 2',
      '2/ > 3/cart 1',
      '2/hats > 3/cart 1',
    ],
  })
  expectSums(flow, 4)
})

test('Paths to the orders end where a visit ordered, each order once', async () => {
  const { flow, ...found } = await ask({ steps: 3, goal: 0 })
  expect(found).toEqual({
    visits: 2,
    paths: ['2: /cart > /thanks > (goal Orders)'],
    rest: 0,
    rowCount: 1,
  })
  expectSums(flow, 2)
})

test('Paths to a goal end where it was reached for the first time, in hits from before it was defined as well', async () => {
  const answer = await fetch(`${world.url}/api/sites/1/goals`, {
    method: 'POST',
    headers: { authorization: `Bearer ${world.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'Cart', match: 'url', pattern: { how: 'contains', text: '/cart' } }),
  })
  expect(answer.status).toBe(201)
  const { flow, ...found } = await ask({ steps: 4, goal: 1 })
  expect(found).toEqual({
    visits: 4,
    paths: [
      '1: / > /cart > (goal Cart)',
      '1: /hats > /shop > /cart > (goal Cart)',
      '1: /shop > /cart > (goal Cart)',
      '1: /shop > /hats > /cart > (goal Cart)',
    ],
    rest: 0,
    rowCount: 4,
  })
  expectSums(flow, 4)
})

test('Steps may be told by title', async () => {
  const { paths } = await ask({ steps: 2, by: 'title', from: 'Thanks' })
  expect(paths).toEqual(['2: Thanks', '1: Thanks > Home'])
})

test('Pages may have very long addresses and any signs in them', async () => {
  const strange = `example.org/it's?q="\\'\t${'ä€ %'.repeat(120)}`
  const long = (name: number) => page(`${strange}${name}`, 'Long')
  const at = '2026-11-15T10:00:00+01:00'
  const visits = Array.from({ length: 50 }, (_, number) =>
    visit({ at, does: Array.from({ length: 10 }, (_, step) => long((number + step * 7) % 50)) }),
  )
  await storeHits(world.service.store, visits.flat())
  const { flow, visits: all } = await ask({ date: '2026-11-15', steps: 10, nodes: 50 })
  expect(all).toBe(50)
  expect(flow.nodes).toHaveLength(500)
  expect(flow.nodes.filter(({ kind }) => kind === 'other')).toEqual([])
  expectSums(flow, 50)
  const from = await ask({ date: '2026-11-15', steps: 2, from: `${strange}7`, limit: 2 })
  expect(from).toMatchObject({ visits: 10, rowCount: 2 })
})

test('Where nobody was there are no paths', async () => {
  expect(await ask({ from: 'example.org/nothing' })).toEqual({
    visits: 0,
    paths: [],
    rest: 0,
    rowCount: 0,
    flow: { nodes: [], links: [] },
  })
})

test.each([
  ['from=a&to=b', 400, 'Only one of'],
  ['steps=1', 400, 'steps'],
  ['steps=11', 400, 'steps'],
  ['nodes=51', 400, 'nodes'],
  ['goal=77', 404, 'There is no goal 77'],
  ['site=77', 404, 'There is no site 77'],
])('%s is refused, and the error says why', async (query, status, word) => {
  const site = query.startsWith('site') ? '' : 'site=1&'
  const answer = await fetch(`${world.url}/api/reports/journeys?${site}${query}`, {
    headers: { authorization: `Bearer ${world.token}` },
  })
  expect(answer.status).toBe(status)
  expect(JSON.stringify(await answer.json())).toContain(word)
})

/** As the nodes of a flow are sorted; of as many visits by their ids, which begin with the kind. */
function byLevelAndVisits(one: string, other: string): number {
  const read = (text: string) => {
    const [, level = '', name = '', visits = ''] = /^(\d)(.*) (\d+)$/.exec(text) ?? []
    const bracket = /^\((\w+) ?(.*)\)$/.exec(name)
    const id = bracket ? `${bracket[1]} ${bracket[2]}` : `pageview example.org${name}`
    return { level: Number(level), visits: Number(visits), id }
  }
  const [a, b] = [read(one), read(other)]
  return a.level - b.level || b.visits - a.visits || (a.id < b.id ? -1 : 1)
}
