// Orders, carts and products over real HTTP: what is kept of them, and what comes twice.

import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { JournalError } from '../../../server/journal/journal.ts'
import { startFootfall, type World } from '../../world/footfall.ts'
import { storeHits } from '../../world/store.ts'
import { visit as visitOf } from '../../world/visits.ts'

const morning = Date.parse('2026-11-20T08:00:00Z')
const minute = 60_000

let world: World
let visitor = 0
let id = ''
beforeAll(async () => {
  world = await startFootfall({ clock: morning })
})
afterAll(() => world.close())
beforeEach(() => {
  id = (++visitor).toString(16).padStart(16, '0')
})

async function at(minutes: number, parameters: Record<string, string | number>): Promise<number> {
  world.setClock(morning + minutes * minute)
  return (await world.track({ _id: id, url: 'https://example.org/', ...parameters })).status
}

type Row = Record<string, unknown>

/** Of the hits of this test's visitor, in their order. */
async function kept(columns: string): Promise<Row[]> {
  await world.service.journal.drain()
  return await world.service.store.query<Row>(
    `SELECT ${columns} FROM hits WHERE visitor_id = {id:UInt64} ORDER BY visit_id, position`,
    { id: BigInt(`0x${id}`).toString() },
  )
}

async function visit(columns: string): Promise<Row | undefined> {
  await world.service.journal.drain()
  const [row] = await world.service.store.query<Row>(
    `SELECT ${columns} FROM visit WHERE visitor_id = {id:UInt64}`,
    { id: BigInt(`0x${id}`).toString() },
  )
  return row
}

const order = (ec_id: string, further: Record<string, string | number> = {}) => ({
  idgoal: 0,
  ec_id,
  ...further,
})
const items = (...list: unknown[]) => JSON.stringify(list)

describe('an order', () => {
  test('is kept with its number, its amounts to two digits and its revenue as a conversion', async () => {
    await at(0, order('A-1', { revenue: 100.005, ec_st: 90, ec_tx: 7.129, ec_sh: 5, ec_dt: 2 }))
    expect(await kept('kind, order_id, amounts, conversions')).toEqual([
      {
        kind: 'order',
        order_id: 'A-1',
        amounts: { revenue: 100.01, subtotal: 90, tax: 7.13, shipping: 5, discount: 2 },
        conversions: [{ goal: 0, revenue: 100.01 }],
      },
    ])
    expect(await visit('orders, revenue, conversions, goals, buyer, actions')).toEqual({
      orders: 1,
      revenue: 100.01,
      conversions: 1,
      goals: [0],
      buyer: 'ordered',
      actions: 0,
    })
  })

  test.each(['revenue', 'ec_st', 'ec_tx', 'ec_sh', 'ec_dt'])('passes a bad %s over', async (name) => {
    expect(await at(0, order(`bad-${name}`, { [name]: '1,5 EUR' }))).toBe(200)
    expect(await kept('amounts')).toEqual([{ amounts: { revenue: 0 } }])
  })

  test('whose number is blank is refused', async () => {
    expect(await at(0, order('\t'))).toBe(400)
  })

  test('is taken once, whoever sends its number again; another site has numbers of its own', async () => {
    expect(await at(0, order('A-2', { revenue: 10 }))).toBe(200)
    expect(await at(1, order(' A-2 ', { revenue: 10 }))).toBe(400)
    id = 'cccccccccccccccc'
    expect(await at(1, order('A-2', { revenue: 10 }))).toBe(400)
    const two = await world.service.sites.create({ name: 'Two', url: 'two.example', timezone: 'UTC' })
    expect(await at(1, order('A-2', { idsite: two.id }))).toBe(200)
  })

  test('is known after a restart', async () => {
    expect(await at(0, order('A-3'))).toBe(200)
    await world.restart()
    expect(await at(1, order('A-3'))).toBe(400)
    expect(await at(1, order('A-4'))).toBe(200)
  })

  test('that could not be kept may be sent again', async () => {
    const append = vi
      .spyOn(world.service.journal, 'append')
      .mockRejectedValue(new JournalError('The disk is full.'))
    expect(await at(0, order('A-5'))).toBe(503)
    append.mockRestore()
    expect(await at(0, order('A-5'))).toBe(200)
    expect(await at(1, order('A-5'))).toBe(400)
  })
})

describe('the items of an order', () => {
  test('have a number, a name, categories, a price and a quantity; what is missing has its default', async () => {
    const list = items(
      ['S1', 'Shoe', ['Shoes', 'Red', '3', '4', '5', '6'], 19.999, 2],
      ['S2'],
      [7, ['Hat', 'x'], 'Hats', '4.5', '3'],
      ['S3', '', '', 'cheap', null],
      ['', 'No number', 'x', 1, 1],
      'S4',
      { sku: 'S5' },
    )
    await at(0, order('B-1', { ec_items: list }))
    expect(await kept('items')).toEqual([
      {
        items: [
          { sku: 'S1', name: 'Shoe', categories: ['Shoes', 'Red', '3', '4', '5'], price: 20, quantity: 2 },
          { sku: 'S2', name: '', categories: [], price: 0, quantity: 1 },
          { sku: '7', name: 'Hat', categories: ['Hats'], price: 4.5, quantity: 3 },
          { sku: 'S3', name: '', categories: [], price: 0, quantity: 1 },
        ],
      },
    ])
  })

  test('are told apart by their numbers: the last of one counts', async () => {
    await at(0, order('B-2', { ec_items: items(['S', 'a', '', 1, 1], ['T'], ['S', 'b', '', 2, 2]) }))
    expect(await kept('items.sku AS skus, items.name AS names')).toEqual([
      { skus: ['S', 'T'], names: ['b', ''] },
    ])
  })

  test('are a hundred at most, the others are left out', async () => {
    await at(0, order('B-3', { ec_items: items(...Array.from({ length: 130 }, (_, n) => [`S${n}`])) }))
    expect(await kept('length(items) AS count, items[100].sku AS last')).toEqual([
      { count: 100, last: 'S99' },
    ])
  })

  test.each(['[["S1"', '{"S1":1}', '"S1"', 'null', 'S1'])(
    'refuse the order when they are %s',
    async (text) => {
      expect(await at(0, order('B-4', { ec_items: text }))).toBe(400)
      expect(await kept('kind')).toEqual([])
    },
  )
})

describe('a cart', () => {
  test('is replaced by the next one; an order completes it; a later one is open again', async () => {
    await at(0, { idgoal: 0, revenue: 10, ec_items: items(['S1']) })
    expect(await visit('buyer, orders, conversions, revenue')).toEqual({
      buyer: 'cart',
      orders: 0,
      conversions: 0,
      revenue: 0,
    })
    await at(1, { idgoal: 0, revenue: 20, ec_items: items(['S1'], ['S2']) })
    expect(await kept('kind, amounts, items.sku AS skus, conversions')).toEqual([
      { kind: 'cart', amounts: { revenue: 10 }, skus: ['S1'], conversions: [] },
      { kind: 'cart', amounts: { revenue: 20 }, skus: ['S1', 'S2'], conversions: [] },
    ])
    await at(2, order('C-1', { revenue: 20 }))
    expect(await visit('buyer, revenue')).toEqual({ buyer: 'ordered', revenue: 20 })
    await at(3, { idgoal: 0, revenue: 5 })
    expect(await visit('buyer')).toEqual({ buyer: 'ordered_then_cart' })
  })
})

describe('a product that a page shows', () => {
  const product = { _pks: 'S1', _pkn: 'Shoe', _pkp: 19.999 }
  test.each([
    ['Shoes', ['Shoes']],
    ['["Shoes","Red"]', ['Shoes', 'Red']],
    ['["Shoes"', ['["Shoes"']],
    ['["1","2","3","4","5","6"]', ['1', '2', '3', '4', '5']],
  ])('is an item of the page view, its category %s', async (_pkc, categories) => {
    await at(0, { ...product, _pkc })
    expect(await kept('kind, items')).toEqual([
      { kind: 'pageview', items: [{ sku: 'S1', name: 'Shoe', categories, price: 20, quantity: 1 }] },
    ])
  })

  test('may stand in custom variables of the page, as old clients have it', async () => {
    const cvar = { 1: ['Author', 'Ann'], 2: ['_pkp', 19.999], 3: ['_pks', 'S1'], 4: ['_pkn', 'Shoe'] }
    await at(0, { cvar: JSON.stringify({ ...cvar, 5: ['_pkc', '["Shoes","Red"]'] }) })
    await at(1, { cvar: '{"5":["_pkc","Shoes"]}' })
    expect(await kept('items, variables')).toEqual([
      {
        items: [{ sku: 'S1', name: 'Shoe', categories: ['Shoes', 'Red'], price: 20, quantity: 1 }],
        variables: { Author: 'Ann' },
      },
      {
        items: [{ sku: '', name: '', categories: ['Shoes'], price: 0, quantity: 1 }],
        variables: {},
      },
    ])
  })

  test('costs nothing when its price is no number', async () => {
    await at(0, { ...product, _pkp: '19,99' })
    expect(await kept('items.price AS prices')).toEqual([{ prices: [0] }])
  })

  test('is not there on a page of a category, which is kept', async () => {
    await at(0, { _pkc: 'Shoes' })
    await at(1, { _pkn: 'Name alone', _pkp: 5 })
    await at(2, { ...product, e_c: 'Video', e_a: 'play' })
    expect(await kept('items')).toEqual([
      { items: [{ sku: '', name: '', categories: ['Shoes'], price: 0, quantity: 1 }] },
      { items: [] },
      { items: [] },
    ])
  })
})

test('Reports count an order once that two collectors took', async () => {
  const ordered = (date: string, order_id: string, revenue: number) =>
    visitOf({
      at: `${date}T12:00:00+01:00`,
      does: [{ kind: 'order', order_id, amounts: { revenue }, conversions: [{ goal: 0, revenue }] }],
    })
  await storeHits(world.service.store, [
    ...ordered('2026-11-10', 'D-1', 10),
    ...ordered('2026-11-11', 'D-1', 10),
    ...ordered('2026-11-11', 'D-2', 5.5),
  ])
  const days = { period: 'range', date: '2026-11-10,2026-11-11' }
  expect((await world.report('orders', days)).totals).toMatchObject({
    orders: 2,
    revenue: 15.5,
    average_order: 7.75,
  })
  expect((await world.report('orders', { ...days, by: 'day' })).rows).toMatchObject([
    { orders: 1, revenue: 10 },
    { orders: 1, revenue: 5.5 },
  ])
  expect((await world.report('goal', { ...days, goal: 0 })).totals).toMatchObject({
    conversions: 2,
    revenue: 15.5,
  })
})
