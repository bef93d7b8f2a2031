import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launch } from '../../world/browser.ts'
import { openShop } from './shop.ts'

let browser: Browser
beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser.close())

// The browser has a line for each refused request, and the collector's answer says why: the script needs none.
test.each([
  ['a snippet without a site', { head: '<script async src="HOST/f.js"></script>' }],
  ['a site that the collector does not know', { knownSite: '2' }],
])('%s shows in the console, by the answer of the collector', async (_which, options) => {
  const shop = await openShop(browser, options)
  await shop.page.goto(shop.url())
  await expect
    .poll(() => shop.console)
    .toEqual(['error: Failed to load resource: the server responded with a status of 400 (Bad Request)'])
  expect(shop.collector.hits).toEqual([])
  await shop.close()
})

test('a collector that cannot be reached is no matter for the console of the page', async () => {
  const shop = await openShop(browser)
  await shop.page.route('**/f', (route) => route.abort())
  await shop.page.goto(shop.url())
  await expect.poll(() => shop.console.length).toBe(1)
  expect(shop.console).toEqual(['error: Failed to load resource: net::ERR_FAILED'])
  await shop.close()
})

test('of methods that it does not know the script tells where the tag asks for it, and not of those that it does not need', async () => {
  const shop = await openShop(browser, {
    head: '<script async src="HOST/f.js?site=1" data-debug="1"></script>',
  })
  await shop.page.goto(shop.url())
  await shop.collector.arrive(1)
  await shop.page.evaluate(`_paq.push(
    ['setLinkTrackingTimer', 500], ['enableLinkTracking', true], ['enableHeartBeatTimer', 15],
    ['setSecureCookie', true], ['setNobodyKnows', 1])`)
  await expect.poll(() => shop.console).toEqual(['log: Footfall ignores setNobodyKnows'])
  await shop.close()
})
