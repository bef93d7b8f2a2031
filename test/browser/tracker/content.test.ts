import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launch } from '../../world/browser.ts'

import { openShop, type Shop } from './shop.ts'

let browser: Browser
beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser.close())

/** Each content is a request of its own, and any may come first. */
const inAnyOrder = (rows: readonly unknown[]) => rows.map((row) => JSON.stringify(row)).sort()

const contents = async (shop: Shop, count: number) =>
  (await shop.collector.arrive(count)).slice(1).map(({ c_n, c_p, c_t, c_i, ca }) => [c_n, c_p, c_t, c_i, ca])

const marked = `
  <div data-track-content data-content-name="Banner" data-content-piece="Sale"><a href="/sale">Sale</a></div>
  <p data-track-content><img src="/a.png" alt=""><i data-content-target="/there">There</i></p>
  <div style="height:5000px"></div>
  <div data-track-content data-content-name="Below" id="below">Below</div>`

test('all contents of a page are counted, once in a page view, and clicks into them', async () => {
  const shop = await openShop(browser, {
    pages: { '/': `${marked}<script>addEventListener('click', (event) => event.preventDefault())</script>` },
  })
  await shop.page.goto(shop.url())
  await shop.collector.arrive(1)
  await shop.page.click('a')
  await shop.page.evaluate(`_paq.push(['trackAllContentImpressions'], ['trackAllContentImpressions'])`)
  await shop.collector.arrive(4)
  await shop.page.click('a')
  await shop.page.click('i')
  expect(inAnyOrder(await contents(shop, 6))).toEqual(
    inAnyOrder([
      ['Banner', 'Sale', shop.url('/sale'), undefined, '1'],
      [shop.url('/a.png'), shop.url('/a.png'), '/there', undefined, '1'],
      ['Below', undefined, undefined, undefined, '1'],
      ['Banner', 'Sale', shop.url('/sale'), 'click', '1'],
      [shop.url('/a.png'), shop.url('/a.png'), '/there', 'click', '1'],
    ]),
  )
  await shop.close()
})

test('contents that must be seen to count are counted when they come into view', async () => {
  const shop = await openShop(browser, { pages: { '/': marked } })
  await shop.page.goto(shop.url())
  await shop.collector.arrive(1)
  await shop.page.evaluate(`_paq.push(['trackVisibleContentImpressions'])`)
  expect(inAnyOrder((await contents(shop, 3)).map(([name]) => name))).toEqual(
    inAnyOrder(['Banner', shop.url('/a.png')]),
  )
  await shop.page.evaluate('below.scrollIntoView()')
  expect(inAnyOrder((await contents(shop, 4)).map(([name]) => name))).toEqual(
    inAnyOrder(['Banner', shop.url('/a.png'), 'Below']),
  )
  await shop.close()
})

test('contents of a part of the page are counted, that part included, and what is done with one', async () => {
  const shop = await openShop(browser, {
    pages: {
      '/': `<p data-track-content data-content-name="Outside">Outside</p>
        <div id="part" data-track-content data-content-name="Part"><i data-track-content data-content-name="Inside">Inside</i></div>`,
    },
  })
  await shop.page.goto(shop.url())
  await shop.collector.arrive(1)
  await shop.page.evaluate(`_paq.push(['trackContentImpressionsWithinNode', part])`)
  await shop.collector.arrive(3)
  await shop.page.evaluate(
    `_paq.push(['trackContentInteractionNode', part.firstChild.firstChild.parentNode, 'tap'], ['trackContentInteractionNode', part])`,
  )
  expect(inAnyOrder((await contents(shop, 5)).map(([name, , , interaction]) => [name, interaction]))).toEqual(
    inAnyOrder([
      ['Part', undefined],
      ['Inside', undefined],
      ['Inside', 'tap'],
      ['Part', 'Unknown'],
    ]),
  )
  await shop.close()
})

test('contents may be told by hand', async () => {
  const shop = await openShop(browser)
  await shop.page.goto(shop.url())
  await shop.collector.arrive(1)
  await shop.page.evaluate(
    `_paq.push(['trackContentImpression', 'Ad', 'Image', '/to'], ['trackContentInteraction', 'tap', 'Ad', 'Image', '/to'])`,
  )
  expect(inAnyOrder(await contents(shop, 3))).toEqual(
    inAnyOrder([
      ['Ad', 'Image', '/to', undefined, undefined],
      ['Ad', 'Image', '/to', 'tap', undefined],
    ]),
  )
  await shop.close()
})
