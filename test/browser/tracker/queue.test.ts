import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launch } from '../../world/browser.ts'
import { leave, openShop } from './shop.ts'

let browser: Browser
beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser.close())

test('what a page queued before the tracker loaded is sent, and its own page view is the only one', async () => {
  const shop = await openShop(browser, {
    head: `<script>
        var _paq = window._paq = window._paq || []
        _paq.push(['trackEvent', 'Basket', 'add', 'Boots', 79.5])
        _paq.push(['trackPageView'])
        _paq.push(['setNobodyKnows', 1])
      </script><script async src="HOST/f.js?site=1"></script>`,
  })
  await shop.page.goto(shop.url())
  const hits = await shop.collector.arrive(2)
  expect(hits.find(({ e_c }) => e_c)).toMatchObject({ e_c: 'Basket', e_a: 'add', e_n: 'Boots', e_v: '79.5' })
  expect(hits.find(({ e_c }) => !e_c)).toMatchObject({ url: shop.url(), action_name: 'Shop' })
  await leave(shop)
  expect(shop.console).toEqual([])
  await shop.close()
})

test('what a page pushes later is sent at once, as part of the page view', async () => {
  const shop = await openShop(browser)
  await shop.page.goto(shop.url())
  const [view] = await shop.collector.arrive(1)
  await shop.page.evaluate(`_paq.push(['trackEvent', 'Video', 'play'], ['enableLinkTracking'])`)
  await shop.collector.arrive(2)
  await shop.page.evaluate(`_paq.push(['trackLink', 'https://example.org/a.pdf', 'download'])`)
  await shop.collector.arrive(3)
  await shop.page.evaluate(`_paq.push(['trackLink', 'https://example.org/', 'link'])`)
  await shop.collector.arrive(4)
  await shop.page.evaluate(`_paq.push(['trackSiteSearch', 'red shoes', 'Shoes', 0])`)
  const [, event, download, outlink, search] = await shop.collector.arrive(5)
  expect(event).toMatchObject({ e_c: 'Video', e_a: 'play', pv_id: view?.pv_id, _id: view?._id })
  expect(event).not.toHaveProperty('e_n')
  expect(event).not.toHaveProperty('action_name')
  expect(download).toMatchObject({ download: 'https://example.org/a.pdf', pv_id: view?.pv_id })
  expect(outlink).toMatchObject({ link: 'https://example.org/', pv_id: view?.pv_id })
  expect(search).toMatchObject({ search: 'red shoes', search_cat: 'Shoes', search_count: '0' })
  expect(search?.pv_id).not.toBe(view?.pv_id)
  expect(shop.console).toEqual([])
  await shop.close()
})

test('a page with results of a search reports the search in place of a page view', async () => {
  const shop = await openShop(browser, {
    head: `<script>_paq = [['trackSiteSearch', 'boots', false, 12]]</script>
      <script async src="HOST/f.js?site=1"></script>`,
  })
  await shop.page.goto(shop.url())
  const [hit] = await shop.collector.arrive(1)
  expect(hit).toMatchObject({ search: 'boots', search_count: '12', url: shop.url() })
  expect(hit).not.toHaveProperty('search_cat')
  await leave(shop)
  await shop.close()
})

test('a page may name its address, title and referrer otherwise', async () => {
  const shop = await openShop(browser, {
    head: `<script>
        _paq = [['setCustomUrl', '/virtual?x=1'], ['setDocumentTitle', 'Virtual'],
          ['setReferrerUrl', 'https://example.org/from'], ['trackPageView'], ['trackPageView', 'Other']]
      </script><script async src="HOST/f.js?site=1"></script>`,
  })
  await shop.page.goto(shop.url())
  const hits = await shop.collector.arrive(2)
  const named = { url: shop.url('/virtual?x=1'), urlref: 'https://example.org/from' }
  expect(hits).toContainEqual(expect.objectContaining({ ...named, action_name: 'Virtual' }))
  expect(hits).toContainEqual(expect.objectContaining({ ...named, action_name: 'Other' }))
  await shop.close()
})

test('the snippet of matomo.js, which names collector and site after its page view, works as it is', async () => {
  const shop = await openShop(browser, {
    head: `<script>
        var _paq = window._paq = window._paq || []
        _paq.push(['trackPageView'])
        _paq.push(['enableLinkTracking'])
        ;(function () {
          var u = 'HOST/'
          _paq.push(['setTrackerUrl', u + 'matomo.php'])
          _paq.push(['setSiteId', '1'])
          var d = document, g = d.createElement('script'), s = d.getElementsByTagName('script')[0]
          g.async = true; g.src = u + 'f.js'; s.parentNode.insertBefore(g, s)
        })()
      </script>`,
  })
  await shop.page.goto(shop.url())
  await shop.collector.arrive(1)
  expect(shop.collector.hits[0]).toMatchObject({ path: '/matomo.php', parameters: { idsite: '1' } })
  expect(shop.console).toEqual([])
  await shop.close()
})

test('pushed functions speak with the tracker', async () => {
  const shop = await openShop(browser, {
    head: `<script>_paq = [[function () { id = this.getVisitorId() }]]</script>
      <script async src="HOST/f.js?site=1"></script>`,
  })
  await shop.page.goto(shop.url())
  const [hit] = await shop.collector.arrive(1)
  expect(await shop.page.evaluate('id')).toBe(hit?._id)
  const optedOut = `new Promise((answer) => _paq.push([function () { answer(this.isUserOptedOut()) }]))`
  expect(await shop.page.evaluate(optedOut)).toBe(false)
  await shop.page.evaluate(`_paq.push(['optUserOut'])`)
  expect(await shop.page.evaluate(optedOut)).toBe(true)
  // Methods that are recognised by a pattern, and those that are not known, are no mistake there either.
  await shop.page.evaluate(
    `_paq.push([function () { this.forgetUserOptOut(); this.rememberConsentGiven(); this.setNobodyKnows() }])`,
  )
  expect(Object.keys(await shop.cookies())).toContain('mtm_consent')
  expect(shop.console).toEqual([])
  await shop.close()
})

test('a mistake in a function that a page pushed is reported, and the rest of the queue goes on', async () => {
  const shop = await openShop(browser, {
    head: `<script>_paq = [[function () { throw new Error('of the page') }], ['trackEvent', 'a', 'b']]</script>
      <script async src="HOST/f.js?site=1"></script>`,
  })
  await shop.page.goto(shop.url())
  await shop.collector.arrive(2)
  await expect.poll(() => shop.console.join()).toContain('of the page')
  await shop.close()
})
