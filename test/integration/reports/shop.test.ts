// What visits led to: goals, orders, carts and products.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ReportsWorld } from '../../world/reports.ts'
import { berlin, openStore, type StoreWorld, storeHits } from '../../world/store.ts'
import { type Doing, page, visit } from '../../world/visits.ts'

let world: StoreWorld
let reports: ReportsWorld

const item = (sku: string, price: number, quantity: number) => {
  return { sku, name: `The ${sku}`, categories: [`${sku}s`], price, quantity }
}
const goal = { kind: 'goal' as const, conversions: [{ goal: 1, revenue: 2 }] }
const order = (order_id: string, revenue: number, items: Doing['items']): Doing => {
  return {
    kind: 'order',
    order_id,
    amounts: { revenue, subtotal: revenue - 5, shipping: 5 },
    items,
    conversions: [{ goal: 0, revenue }],
  }
}
const cart = (revenue: number, items: Doing['items']): Doing => ({
  kind: 'cart',
  amounts: { revenue },
  items,
})

beforeAll(async () => {
  world = await openStore()
  reports = new ReportsWorld(world.store, [berlin])
  await storeHits(world.store, [
    // Looks at a shoe twice, puts two and then one into the cart, and orders it.
    ...visit({
      at: '2026-11-02T12:57:00+01:00',
      visitor: '11',
      visitNumber: 2,
      campaign: { source: 'letter', medium: 'email' },
      days_since_first: 9,
      country: 'AT',
      device_type: 'tablet',
      browser_name: 'Safari',
      does: [
        page('example.org/', 'Home'),
        page('example.org/shoe', 'Shoe', { items: [item('Shoe', 20, 1)] }),
        page('example.org/shoe', 'Shoe', { items: [item('Shoe', 20, 1)] }),
        cart(40, [item('Shoe', 20, 2)]),
        cart(20, [item('Shoe', 20, 1)]),
        { ...order('A1', 25, [item('Shoe', 20, 1)]), credited_type: 'campaign', credited_name: 'autumn' },
        { ...goal, url: 'example.org/thanks', credited_type: 'campaign', credited_name: 'autumn' },
      ],
    }),
    // Looks at it as well, and leaves with a cart after an order of something else.
    ...visit({
      at: '2026-11-03T10:00:00+01:00',
      visitor: '12',
      does: [
        page('example.org/shoe', 'Shoe', { items: [item('Shoe', 20, 1)] }),
        { ...order('A2', 35, [item('Hat', 10, 3)]), credited_type: 'search', credited_name: 'Google' },
        cart(20, [item('Shoe', 20, 1)]),
        cart(75, [item('Shoe', 20, 3), item('Hat', 15, 1)]),
        {
          ...goal,
          url: 'example.org/shoe',
          credited_type: 'search',
          credited_name: 'Google',
          credited_keyword: 'boots',
        },
        {
          ...goal,
          url: 'example.org/shoe',
          credited_type: 'search',
          credited_name: 'Google',
          credited_keyword: 'boots',
        },
      ],
    }),
    // The second order's page of thanks once more, on another day.
    ...visit({
      at: '2026-11-04T10:00:00+01:00',
      visitor: '13',
      visitNumber: 120,
      does: [page('example.org/thanks', 'Thanks'), order('A2', 35, [item('Hat', 10, 3)])],
    }),
  ])
})
afterAll(() => world.close())

const of = (name: string, further = '') => `/${name}?site=1&period=week&date=2026-11-02${further}`

test('orders count once, and carts that were ordered are not abandoned', async () => {
  expect((await reports.json(of('orders'))).totals).toEqual({
    orders: 2,
    revenue: 60,
    average_order: 30,
    quantity: 4,
    subtotal: 50,
    tax: 0,
    shipping: 10,
    discount: 0,
    abandoned_carts: 1,
  })
  expect((await reports.json(of('carts'))).totals).toEqual({ abandoned_carts: 1, revenue: 75, quantity: 4 })
  const carts = await reports.table(of('carts', '&by=day'), 'abandoned_carts', 'revenue')
  expect(carts.slice(0, 3)).toEqual([
    ['2026-11-02', 0, 0],
    ['2026-11-03', 1, 75],
    ['2026-11-04', 0, 0],
  ])
})

test('orders and carts with a product are those that a filter lets through', async () => {
  const { totals } = await reports.json(of('orders', '&filter=productSku==Shoe'))
  expect(totals).toMatchObject({ orders: 1, revenue: 25, abandoned_carts: 1 })
})

test.each([
  ['products', 'Shoe', 'Hat'],
  ['product-names', 'The Shoe', 'The Hat'],
  ['product-categories', 'Shoes', 'Hats'],
])('%s are ordered by some of those who look at them', async (name, shoe, hat) => {
  const columns = ['revenue', 'quantity', 'orders', 'average_price', 'average_quantity']
  const views = ['product_views', 'product_visits', 'conversion_rate']
  expect(await reports.table(of(name), ...columns, ...views)).toEqual([
    [hat, 30, 3, 1, 10, 3, 0, 0, 0],
    [shoe, 20, 1, 1, 20, 1, 3, 2, 0.5],
    ['Total', 50, 4, 2, 12.5, 2, 3, 2, 1],
  ])
})

test.each([
  ['cart-products', 'Shoe', 'Hat'],
  ['cart-product-names', 'The Shoe', 'The Hat'],
  ['cart-product-categories', 'Shoes', 'Hats'],
])('%s are those of the last cart of a visit', async (name, shoe, hat) => {
  const columns = ['revenue', 'quantity', 'abandoned_carts', 'average_price', 'average_quantity']
  expect(await reports.table(of(name), ...columns)).toEqual([
    [shoe, 60, 3, 1, 20, 3],
    [hat, 15, 1, 1, 15, 1],
    ['Total', 75, 4, 1, 18.75, 4],
  ])
})

describe('conversions', () => {
  const table = (name: string, further = '') =>
    reports.table(of(name, further), 'conversions', 'visits', 'revenue')

  test('by goal', async () => {
    expect(await table('conversions')).toEqual([
      ['Goal 1', 3, 2, 6],
      ['Orders', 2, 2, 60],
      ['Total', 5, 2, 66],
    ])
  })

  test('are shared by the pages that were seen before them', async () => {
    const columns = ['credited_conversions', 'credited_revenue', 'later_conversions']
    // The home page and the shoe before the first order and goal, the shoe alone before the others.
    expect(await reports.table(of('pages-before-conversions'), ...columns)).toEqual([
      ['Goal 1 - example.org/shoe', 2.5, 5, 3],
      ['Orders - example.org/shoe', 1.5, 47.5, 2],
      ['Goal 1 - example.org/', 0.5, 1, 1],
      ['Orders - example.org/', 0.5, 12.5, 1],
      ['Total', 5, 66, 7],
    ])
    expect(await reports.table(of('pages-before-conversions', '&under=1'), ...columns)).toEqual([
      ['example.org/shoe', 2.5, 5, 3],
      ['example.org/', 0.5, 1, 1],
      ['Total', 3, 6, 4],
    ])
  })

  test('by what they are credited to', async () => {
    expect(await table('conversion-channels')).toEqual([
      ['Goal 1 - Search engines', 2, 1, 4],
      ['Goal 1 - Campaigns', 1, 1, 2],
      ['Orders - Campaigns', 1, 1, 25],
      ['Orders - Search engines', 1, 1, 35],
      ['Total', 5, 2, 66],
    ])
    expect(await table('conversion-channels', '&under=1')).toEqual([
      ['Search engines', 2, 1, 4],
      ['Campaigns', 1, 1, 2],
      ['Total', 3, 2, 6],
    ])
    expect(await table('conversion-referrers', '&under=0&under=campaign')).toEqual([
      ['autumn', 1, 1, 25],
      ['Total', 1, 1, 25],
    ])
  })

  test.each([
    [
      'conversion-pages',
      [
        ['example.org/shoe', 2, 1, 4],
        ['example.org/thanks', 1, 1, 2],
      ],
    ],
    [
      'conversion-entry-pages',
      [
        ['example.org/shoe', 2, 1, 4],
        ['example.org/', 1, 1, 2],
      ],
    ],
    [
      'conversion-days',
      [
        ['0 days', 2, 1, 4],
        ['8-14 days', 1, 1, 2],
      ],
    ],
    [
      'conversion-visits',
      [
        ['1 visit', 2, 1, 4],
        ['2 visits', 1, 1, 2],
      ],
    ],
    [
      'conversion-visitor-types',
      [
        ['New visitors', 2, 1, 4],
        ['Returning visitors', 1, 1, 2],
      ],
    ],
    [
      'conversion-countries',
      [
        ['Germany', 2, 1, 4],
        ['Austria', 1, 1, 2],
      ],
    ],
    [
      'conversion-device-types',
      [
        ['Desktop', 2, 1, 4],
        ['Tablet', 1, 1, 2],
      ],
    ],
    [
      'conversion-browsers',
      [
        ['Firefox', 2, 1, 4],
        ['Safari', 1, 1, 2],
      ],
    ],
    [
      'conversion-hours',
      [
        ['10:00', 2, 1, 4],
        ['13:00', 1, 1, 2],
      ],
    ],
    [
      'conversion-keywords',
      [
        ['boots', 2, 1, 4],
        ['Keyword not defined', 1, 1, 2],
      ],
    ],
    [
      'conversion-campaign-sources',
      [
        ['Source not defined', 2, 1, 4],
        ['letter', 1, 1, 2],
      ],
    ],
    [
      'conversion-campaign-mediums',
      [
        ['Medium not defined', 2, 1, 4],
        ['email', 1, 1, 2],
      ],
    ],
  ])('of one goal: %s', async (name, rows) => {
    expect(await table(name, '&under=1')).toEqual([...rows, ['Total', 3, 2, 6]])
  })
})
