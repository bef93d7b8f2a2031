import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launch } from '../../world/browser.ts'

import { openShop, type Shop } from './shop.ts'

let browser: Browser
beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser.close())

const push = (shop: Shop, calls: string) => shop.page.evaluate(`_paq.push(${calls})`)

test('orders, carts and products are told as by matomo.js', async () => {
  const shop = await openShop(browser, {
    head: `<script>_paq = [['setEcommerceView', 'B7', 'Boots', ['Shoes', 'Winter'], 79.5], ['trackPageView']]</script>
      <script async src="HOST/f.js?site=1"></script>`,
  })
  await shop.page.goto(shop.url())
  const [view] = await shop.collector.arrive(1)
  expect(view).toMatchObject({ _pks: 'B7', _pkn: 'Boots', _pkc: '["Shoes","Winter"]', _pkp: '79.5' })

  await push(
    shop,
    `['addEcommerceItem', 'B7', 'Boots', 'Shoes', 79.5, 2], ['addEcommerceItem', 'S1', 'Socks'],
    ['addEcommerceItem', 'X', 'Mistake'], ['removeEcommerceItem', 'X'], ['trackEcommerceCartUpdate', 164],
    [function () { items = this.getEcommerceItems() }]`,
  )
  const [, cart] = await shop.collector.arrive(2)
  expect(cart).toMatchObject({
    idgoal: '0',
    revenue: '164',
    ec_items: '[["B7","Boots","Shoes",79.5,2],["S1","Socks"]]',
  })
  expect(await shop.page.evaluate('items')).toEqual({
    B7: ['B7', 'Boots', 'Shoes', 79.5, 2],
    S1: ['S1', 'Socks'],
  })
  expect(cart).not.toHaveProperty('ec_id')
  expect(cart).not.toHaveProperty('_pks')

  await push(shop, `['trackEcommerceOrder', 'O-1', 170, 159, 11, 6, false]`)
  const [, , order] = await shop.collector.arrive(3)
  expect(order).toMatchObject({
    idgoal: '0',
    ec_id: 'O-1',
    revenue: '170',
    ec_st: '159',
    ec_tx: '11',
    ec_sh: '6',
    ec_items: cart?.ec_items,
  })
  expect(order).not.toHaveProperty('ec_dt')

  // The order has emptied the cart.
  await push(shop, `['addEcommerceItem', 'S1'], ['clearEcommerceCart'], ['trackEcommerceCartUpdate', 0]`)
  const [, , , empty] = await shop.collector.arrive(4)
  expect(empty).toMatchObject({ idgoal: '0', revenue: '0', ec_items: '[]' })

  await push(shop, `['setEcommerceView', false, false, 'Shoes'], ['trackPageView']`)
  const [, , , , category] = await shop.collector.arrive(5)
  expect(category).toMatchObject({ _pkc: 'Shoes' })
  expect(category).not.toHaveProperty('_pks')
  await shop.close()
})

test('goals, users, dimensions and variables are told as by matomo.js', async () => {
  const shop = await openShop(browser)
  await shop.page.goto(shop.url())
  await shop.collector.arrive(1)
  await push(
    shop,
    `['setUserId', 'anna'], ['setCustomDimension', 3, 'blue'], ['setCustomVariable', 1, 'plan', 'pro'],
    ['setCustomVariable', 2, 'type', 'news', 'page'], ['trackGoal', 4, 12.5]`,
  )
  const [, goal] = await shop.collector.arrive(2)
  expect(goal).toMatchObject({
    idgoal: '4',
    revenue: '12.5',
    uid: 'anna',
    dimension3: 'blue',
    _cvar: '{"1":["plan","pro"]}',
    cvar: '{"2":["type","news"]}',
  })
  await push(
    shop,
    `['setCustomDimension', 4, 'red'], ['setCustomVariable', 3, 'size', 'L', 'page'], ['resetUserId'],
    ['setCustomDimension', 3], ['deleteCustomDimension', 4], ['deleteCustomVariable', 1],
    ['deleteCustomVariable', 2, 'page'], ['trackEvent', 'a', 'b']`,
  )
  const [, , event] = await shop.collector.arrive(3)
  for (const gone of ['uid', 'dimension3', 'dimension4']) expect(event).not.toHaveProperty(gone)
  // As matomo.js does, and what is empty is no variable.
  expect(event).toMatchObject({ _cvar: '{"1":["",""]}', cvar: '{"2":["",""],"3":["size","L"]}' })
  await shop.close()
})
