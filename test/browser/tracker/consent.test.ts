import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launch } from '../../world/browser.ts'

import { leave, openShop, type Shop } from './shop.ts'

let browser: Browser
beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser.close())

const tag = '<script async src="HOST/f.js?site=1"></script>'
const asking = (...calls: string[]) =>
  `<script>_paq = [${calls.map((call) => `['${call}']`).join()}]</script>${tag}`
const push = (shop: Shop, ...calls: unknown[][]) =>
  shop.page.evaluate(`_paq.push(...${JSON.stringify(calls)})`)
const ready = (shop: Shop) => shop.page.waitForFunction('window._paq && _paq.footfall')

test('without the consent that a page requires nothing is sent and no cookie set; given, what waited is sent', async () => {
  const shop = await openShop(browser, { head: asking('trackPageView', 'requireConsent') })
  await shop.page.goto(shop.url())
  await ready(shop)
  await push(shop, ['trackEvent', 'waits', 'too'])
  await shop.page.goto(shop.url('/next'))
  await ready(shop)
  await push(shop, ['trackEvent', 'on the', 'second page'])
  expect(await shop.cookies()).toEqual({})
  expect(shop.collector.methods).toEqual([])
  expect(shop.collector.updates).toEqual([])
  await push(shop, ['setConsentGiven'])
  const hits = await shop.collector.arrive(2)
  expect(hits[0]).toMatchObject({ url: shop.url('/next'), action_name: 'Shop /next' })
  expect(hits[1]).toMatchObject({ e_c: 'on the', _id: expect.stringMatching(/^[\da-f]{16}$/) })
  expect(Object.keys(await shop.cookies()).sort()).toEqual(['_pk_id.1.f007'])
  // For this page only.
  await shop.page.goto(shop.url())
  await ready(shop)
  await push(shop, ['trackEvent', 'not', 'sent'])
  await shop.page.goto('about:blank')
  await expect.poll(() => shop.collector.updates.length).toBe(1)
  expect(shop.collector.hits).toHaveLength(2)
  await shop.close()
})

test('the order of setConsentGiven and requireConsent does not matter, and a known visitor stays known', async () => {
  const shop = await openShop(browser, { head: asking('setConsentGiven', 'trackPageView', 'requireConsent') })
  await shop.page
    .context()
    .addCookies([
      { name: '_pk_id.1.f007', value: `0123456789abcdef.${Math.floor(Date.now() / 1000)}.`, url: shop.url() },
    ])
  await shop.page.goto(shop.url())
  const [hit] = await shop.collector.arrive(1)
  expect(hit?._id).toBe('0123456789abcdef')
  await shop.close()
})

test('consent is remembered for the hours that the page says, and forgotten for good', async () => {
  const shop = await openShop(browser, { head: asking('requireConsent') })
  await shop.page.goto(shop.url())
  await ready(shop)
  await push(shop, ['rememberConsentGiven', 24])
  await shop.collector.arrive(1)
  const kept = (await shop.page.context().cookies()).find(({ name }) => name === 'mtm_consent')
  expect(Math.abs((kept?.expires ?? 0) - Date.now() / 1000 - 86400)).toBeLessThan(10)
  expect(Math.abs(Number(kept?.value) - Date.now())).toBeLessThan(60_000)
  await shop.page.goto(shop.url('/next'))
  await shop.collector.arrive(2)

  await push(shop, ['forgetConsentGiven'], ['trackEvent', 'not', 'sent'])
  expect(Object.keys(await shop.cookies())).toEqual(['mtm_consent_removed'])
  await shop.page.goto(shop.url())
  await ready(shop)
  expect(Object.keys(await shop.cookies())).toEqual(['mtm_consent_removed'])
  await push(shop, ['rememberConsentGiven'])
  const before = shop.collector.hits.length
  await push(shop, ['trackEvent', 'sent', 'again'])
  await expect.poll(() => shop.collector.hits.at(-1)?.parameters.e_c).toBe('sent')
  expect(shop.collector.hits.length).toBeGreaterThan(before)
  expect(shop.collector.hits.map(({ parameters }) => parameters.e_c)).not.toContain('not')
  expect(Object.keys(await shop.cookies())).toContain('mtm_consent')
  expect(Object.keys(await shop.cookies())).not.toContain('mtm_consent_removed')
  await shop.close()
})

test('programs may ask whether consent is remembered, and asking gives none', async () => {
  const shop = await openShop(browser, { head: asking('requireConsent') })
  await shop.page.goto(shop.url())
  await ready(shop)
  const asked = () =>
    shop.page.evaluate(`new Promise((answer) => _paq.push([function () {
      answer([this.isConsentRequired(), this.getRememberedConsent(), this.hasRememberedConsent()])
    }]))`)
  expect(await asked()).toEqual([undefined, undefined, false])
  await leave(shop)
  expect(shop.collector.hits).toHaveLength(1)
  await shop.page.goto(shop.url())
  await ready(shop)
  await push(shop, ['rememberConsentGiven'])
  await shop.collector.arrive(2)
  expect(await asked()).toEqual([undefined, undefined, true])
  await shop.close()
})

test('without consent to cookies the page is counted without any; given, remembered and forgotten as by matomo.js', async () => {
  const shop = await openShop(browser, { head: asking('requireCookieConsent') })
  await shop.page.goto(shop.url())
  const [first] = await shop.collector.arrive(1)
  expect(first?._id).toBe('')
  expect(await shop.cookies()).toEqual({})

  await push(shop, ['setCookieConsentGiven'], ['trackEvent', 'with', 'cookie'])
  const [, second] = await shop.collector.arrive(2)
  expect(second?._id).toMatch(/^[\da-f]{16}$/)

  await push(shop, ['rememberCookieConsentGiven', 2])
  await shop.page.goto(shop.url('/next'))
  const [, , third] = await shop.collector.arrive(3)
  expect(third?._id).toBe(second?._id)
  const kept = (await shop.page.context().cookies()).find(({ name }) => name === 'mtm_cookie_consent')
  expect(Math.abs((kept?.expires ?? 0) - Date.now() / 1000 - 7200)).toBeLessThan(10)

  await push(shop, ['forgetCookieConsentGiven'])
  expect(await shop.cookies()).toEqual({})
  await push(shop, ['trackEvent', 'without', 'cookie'])
  const hits = await shop.collector.arrive(4)
  expect(hits[3]?._id).toBe('')
  await shop.close()
})

test('consent to be counted is consent to cookies, but not against a page that has switched them off', async () => {
  const shop = await openShop(browser, {
    head: asking('requireConsent', 'requireCookieConsent'),
    pages: { '/next': `<script>_paq.push(['disableCookies'], ['setCookieConsentGiven'])</script>` },
  })
  await shop.page.goto(shop.url())
  await ready(shop)
  await push(shop, ['setConsentGiven'])
  const [hit] = await shop.collector.arrive(1)
  expect(hit?._id).toMatch(/^[\da-f]{16}$/)
  await shop.page.goto(shop.url('/next'))
  await ready(shop)
  await push(shop, ['setConsentGiven'])
  const [, next] = await shop.collector.arrive(2)
  expect(next?._id).toBe('')
  expect(await shop.cookies()).toEqual({})
  await shop.close()
})

test('a visitor who opted out is not counted by consent that the page gives for everybody', async () => {
  const shop = await openShop(browser, { head: asking('requireConsent', 'setConsentGiven') })
  await shop.page.context().addCookies([{ name: 'pk_ignore', value: '1', url: shop.url() }])
  await shop.page.goto(shop.url())
  await ready(shop)
  await leave(shop)
  expect(shop.collector.hits).toHaveLength(1)
  await shop.close()
})
