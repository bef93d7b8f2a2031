import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launch } from '../../world/browser.ts'
import { leave, openShop, type Shop } from './shop.ts'

let browser: Browser
beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser.close())

/** Does on a page all that a counted visitor's browser would send something for. */
async function beActive({ page, url }: Shop): Promise<void> {
  await page.goto(url())
  await page.waitForFunction('window._paq && _paq.footfall')
  await page.evaluate(`
    _paq.push(['trackEvent', 'a', 'b'], ['trackPageView'], ['trackSiteSearch', 'c'])
    history.pushState({}, '', '/shoes')
    // A move that ends the wait for the title: the view is decided on now, not some time later.
    history.pushState({}, '', '/shoes#more')
  `)
  await page.click('a', { button: 'middle' })
}

const pages = { '/': '<a href="https://example.org/">There</a>' }
const own = { _pk_id: '_pk_id.1.f007' }

test.each([
  ['opted out', { cookie: 'pk_ignore' }],
  ['opted out in the days of matomo.js', { cookie: 'mtm_consent_removed' }],
  ['switched Do Not Track on', { before: `Object.defineProperty(navigator, 'doNotTrack', { value: '1' })` }],
  [
    'switched Global Privacy Control on',
    { before: `Object.defineProperty(navigator, 'globalPrivacyControl', { value: true })` },
  ],
])('of a visitor who has %s nothing is sent, and our cookies are erased', async (_which, wish) => {
  const before = 'before' in wish ? `if (location.pathname !== '/sentinel') ${wish.before}` : ''
  const shop = await openShop(browser, { pages, before })
  const cookies = [{ name: own._pk_id, value: '0123456789abcdef.1700000000.', url: shop.url() }]
  const kept = 'cookie' in wish ? [{ name: wish.cookie, value: '1', url: shop.url() }] : []
  await shop.page.context().addCookies([...cookies, ...kept])
  await beActive(shop)
  expect(Object.keys(await shop.cookies())).toEqual(kept.map(({ name }) => name))
  await leave(shop)
  expect(shop.collector.hits.map(({ parameters }) => parameters.url)).toEqual([shop.url('/sentinel')])
  expect(shop.collector.methods).toEqual(['POST'])
  expect(shop.collector.updates).toEqual([])
  expect(shop.console).toEqual([])
  await shop.close()
})

test('optUserOut in the page holds from that moment on, forgetUserOptOut ends it', async () => {
  const shop = await openShop(browser, { pages })
  await shop.page.goto(shop.url())
  await shop.collector.arrive(1)
  await shop.page.evaluate(`_paq.push(['optUserOut'], ['trackEvent', 'not', 'seen'])`)
  expect(await shop.cookies()).toEqual({ pk_ignore: '1' })
  const [kept] = await shop.page.context().cookies()
  expect(Math.abs((kept?.expires ?? 0) - Date.now() / 1000 - 393 * 86400)).toBeLessThan(10)
  await beActive(shop)
  expect(await shop.cookies()).toEqual({ pk_ignore: '1' })
  await shop.page.evaluate(`_paq.push(['forgetUserOptOut'], ['trackEvent', 'seen', 'again'])`)
  const hits = await shop.collector.arrive(2)
  expect(hits[1]).toMatchObject({ e_c: 'seen' })
  expect(Object.keys(await shop.cookies()).sort()).toEqual(Object.values(own))
  await shop.close()
})

test('an opt-out that stands in the queue behind the page view comes before it', async () => {
  const shop = await openShop(browser, {
    pages: { '/': `<script>_paq = [['trackPageView'], ['optUserOut']]</script>` },
  })
  await shop.page.goto(shop.url())
  await shop.page.waitForFunction('window._paq && _paq.footfall')
  expect(await shop.cookies()).toEqual({ pk_ignore: '1' })
  await leave(shop)
  expect(shop.collector.hits.map(({ parameters }) => parameters.url)).toEqual([shop.url('/sentinel')])
  await shop.close()
})

const asking = `Object.defineProperty(navigator, 'doNotTrack', { value: '1' })`

test('a page may leave it to the collector whether Do Not Track is heeded', async () => {
  const shop = await openShop(browser, {
    pages: { '/': `<script>_paq = [['setDoNotTrack', false]]</script>` },
    before: asking,
  })
  await shop.page.goto(shop.url())
  await shop.collector.arrive(1)
  await shop.close()
})

test('a page may heed Do Not Track though its site does not', async () => {
  const shop = await openShop(browser, {
    pages: { '/': `<script>_paq = [['setDoNotTrack', true]]</script>` },
    before: asking,
    told: 'page ',
  })
  await shop.page.goto(shop.url())
  await shop.page.waitForFunction('window._paq && _paq.footfall')
  await leave(shop)
  expect(shop.collector.hits.map(({ parameters }) => parameters.url)).toEqual([shop.url('/sentinel')])
  await shop.close()
})
