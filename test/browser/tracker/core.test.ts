// The core build: the same snippet with another name.

import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launch } from '../../world/browser.ts'
import { leave, openShop } from './shop.ts'

let browser: Browser
beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser.close())

const tag = '<script async src="HOST/core.js?site=1"></script>'

test('core.js counts page views, moves within an application, outlinks, downloads and events, and measures nothing', async () => {
  const shop = await openShop(browser, {
    head: `<script>_paq = [['trackEvent', 'Video', 'play', 'Trailer', 3]]</script>${tag}`,
    pages: {
      '/': `<a href="OTHER/away">Away</a><a href="/list.pdf">List</a>
        <script>addEventListener('click', (event) => event.preventDefault())</script>`,
    },
  })
  await shop.page.goto(shop.url())
  const [view, event] = await shop.collector.arrive(2)
  expect(view).toMatchObject({
    url: shop.url(),
    action_name: 'Shop',
    res: '1280x720',
    _id: expect.stringMatching(/^[\da-f]{16}$/),
    ff_id: expect.stringMatching(/^\d{16}$/),
  })
  expect(event).toMatchObject({ e_c: 'Video', e_a: 'play', e_n: 'Trailer', e_v: '3', pv_id: view?.pv_id })
  for (const link of await shop.page.$$('a')) await link.click()
  await shop.collector.arrive(4)
  await shop.page.evaluate(`history.pushState({}, '', '/shoes'); document.title = 'Shoes'`)
  const hits = await shop.collector.arrive(5)
  expect(hits[2]?.link).toMatch(/\/away$/)
  expect(hits[3]?.ff_file).toBe(shop.url('/list.pdf'))
  expect(hits[4]).toMatchObject({ url: shop.url('/shoes'), action_name: 'Shoes', urlref: shop.url() })
  expect(Object.keys(await shop.cookies())).toEqual(['_pk_id.1.f007'])
  await leave(shop)
  expect(shop.console).toEqual([])
  await shop.close()
})

test.each([
  ['has opted out', `document.cookie = 'pk_ignore=1'`],
  ['asks not to be tracked', `Object.defineProperty(navigator, 'globalPrivacyControl', { value: true })`],
  [
    'visits a page that requires consent, which core.js cannot ask for',
    `_paq = [['trackPageView'], ['requireConsent']]`,
  ],
])('core.js sends nothing of a visitor who %s', async (_who, before) => {
  const shop = await openShop(browser, {
    head: tag,
    before: `if (location.pathname !== '/sentinel') { ${before} }`,
  })
  await shop.page.goto(shop.url())
  await shop.page.waitForFunction('window._paq && _paq.footfall')
  await shop.page.evaluate(`_paq.push(['trackEvent', 'a', 'b'])`)
  await leave(shop)
  expect(shop.collector.hits.map(({ parameters }) => parameters.url)).toEqual([shop.url('/sentinel')])
  await shop.close()
})

test('core.js sets no cookie where a page requires consent to cookies', async () => {
  const shop = await openShop(browser, { head: `<script>_paq = [['requireCookieConsent']]</script>${tag}` })
  await shop.page.goto(shop.url())
  const [hit] = await shop.collector.arrive(1)
  expect(hit?._id).toBe('')
  expect(await shop.cookies()).toEqual({})
  await shop.close()
})
