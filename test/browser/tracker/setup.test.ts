import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launch } from '../../world/browser.ts'
import { openShop, type Shop } from './shop.ts'

let browser: Browser
beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser.close())

/** What we wrote; the browser's own line about a failed request is not ours. */
const ours = (shop: Shop): string[] => shop.console.filter((line) => line.startsWith('warning: '))

test('a snippet without a site says so in the console, once', async () => {
  const shop = await openShop(browser, { head: '<script async src="HOST/f.js"></script>' })
  await shop.page.goto(shop.url())
  await expect.poll(() => ours(shop).length).toBe(1)
  await shop.page.evaluate(`_paq.push(['trackEvent', 'a', 'b'])`)
  expect(shop.console).toEqual([
    'warning: Footfall: the address of the script names no site, as in f.js?site=1',
  ])
  expect(shop.collector.methods).toEqual([])
  await shop.close()
})

test('a site that the collector does not know is told in the console, once', async () => {
  const shop = await openShop(browser, { knownSite: '2' })
  await shop.page.goto(shop.url())
  await shop.page.waitForFunction('window._paq && _paq.footfall')
  await shop.page.evaluate(`_paq.push(['trackEvent', 'a', 'b'])`)
  await expect.poll(() => shop.console.filter((line) => line.includes('400 (Bad Request)')).length).toBe(2)
  await expect
    .poll(() => ours(shop))
    .toEqual([
      `warning: Footfall: ${shop.collector.at('stats.localhost', '/f')} answered 400, nothing is counted for site 1`,
    ])
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
