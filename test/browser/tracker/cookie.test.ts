import type { Browser, Cookie } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launch } from '../../world/browser.ts'
import { leave, openShop, type Shop } from './shop.ts'

const months13 = 33_955_200

// New ones have these names.
const id = '_pk_id.1.f007'
// What matomo.js calls it here: by a hash of host and path.
const theirs = '_pk_id.1.fe15'

let browser: Browser
beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser.close())

async function cookie(shop: Shop, name: string): Promise<Cookie | undefined> {
  return (await shop.page.context().cookies()).find((candidate) => candidate.name === name)
}

test('the visitor cookie lives 13 months, and is the only one', async () => {
  const shop = await openShop(browser)
  await shop.page.goto(shop.url())
  const [hit] = await shop.collector.arrive(1)
  const now = Date.now() / 1000
  const visitor = await cookie(shop, id)
  expect(visitor).toMatchObject({ domain: 'shop.localhost', path: '/', sameSite: 'Lax', httpOnly: false })
  expect(visitor?.value).toMatch(new RegExp(`^${hit?._id}\\.\\d{10}\\.$`))
  expect(Math.abs(Number(visitor?.value.split('.')[1]) - now)).toBeLessThan(10)
  expect(Math.abs((visitor?.expires ?? 0) - now - months13)).toBeLessThan(10)
  expect(Object.keys(await shop.cookies())).toEqual([id])
  await shop.close()
})

test('a visitor whom matomo.js knew stays known, and the cookie still ends 13 months from its creation', async () => {
  const shop = await openShop(browser)
  const created = Math.floor(Date.now() / 1000) - 200 * 86400
  await shop.page.context().addCookies([
    { name: theirs, value: `0123456789abcdef.${created}.`, url: shop.url() },
    { name: '_pk_ref.1.fe15', value: '%5B%5D', url: shop.url() },
  ])
  await shop.page.goto(shop.url())
  const [hit] = await shop.collector.arrive(1)
  expect(hit?._id).toBe('0123456789abcdef')
  expect(await cookie(shop, id)).toBeUndefined()
  const kept = await cookie(shop, theirs)
  expect(kept?.value).toBe(`0123456789abcdef.${created}.`)
  expect(Math.abs((kept?.expires ?? 0) - created - months13)).toBeLessThan(10)
  await shop.close()
})

test.each([
  ['broken', 'what.is.this'],
  ['without a time', '0123456789abcdef'],
])('a cookie that is %s is replaced by that of a new visitor', async (_which, value) => {
  const shop = await openShop(browser)
  await shop.page.context().addCookies([{ name: id, value, url: shop.url() }])
  await shop.page.goto(shop.url())
  const [hit] = await shop.collector.arrive(1)
  expect(hit?._id).toMatch(/^[\da-f]{16}$/)
  expect(hit?._id).not.toBe('0123456789abcdef')
  expect((await cookie(shop, id))?.value).toMatch(new RegExp(`^${hit?._id}\\.`))
  await shop.close()
})

test('a cookie that is older than 13 months is erased, and the next page has that of a new visitor', async () => {
  const shop = await openShop(browser)
  const value = `0123456789abcdef.${Math.floor(Date.now() / 1000) - months13 - 5}.`
  await shop.page.context().addCookies([{ name: id, value, url: shop.url() }])
  await shop.page.goto(shop.url())
  expect((await shop.collector.arrive(1))[0]?._id).toBe('')
  expect(await shop.cookies()).toEqual({})
  await shop.page.goto(shop.url('/next'))
  expect((await shop.collector.arrive(2))[1]?._id).toMatch(/^(?!0123456789abcdef)[\da-f]{16}$/)
  await shop.close()
})

test('two sites on one host have cookies and ids of their own', async () => {
  const shop = await openShop(browser)
  await shop.page.goto(shop.url())
  const [hit] = await shop.collector.arrive(1)
  await shop.page.evaluate(
    `_paq.push(['setSiteId', 2]); _paq.push([function () { id = this.getVisitorId() }])`,
  )
  expect(await shop.page.evaluate('id')).toMatch(/^[\da-f]{16}$/)
  expect(await shop.page.evaluate('id')).not.toBe(hit?._id)
  expect(Object.keys(await shop.cookies())).toContain('_pk_id.2.f007')
  await shop.close()
})

test('disableCookies sends an empty id, sets no cookie and erases those of before', async () => {
  const shop = await openShop(browser, {
    pages: { '/next': `<script>_paq = [['trackPageView'], ['disableCookies']]</script>` },
  })
  await shop.page.goto(shop.url())
  await shop.collector.arrive(1)
  expect(Object.keys(await shop.cookies())).toHaveLength(1)
  await shop.page.goto(shop.url('/next'))
  const hits = await shop.collector.arrive(2)
  expect(hits[1]?._id).toBe('')
  expect(await shop.cookies()).toEqual({})
  await shop.close()
})

test('a page in a sandbox, where there are no cookies, is not counted', async () => {
  const shop = await openShop(browser, {
    pages: { '/': '<iframe sandbox="allow-scripts" src="/next"></iframe>' },
    head: '<script async src="HOST/f.js" data-site="1"></script>',
  })
  await shop.page.goto(shop.url())
  const [hit] = await shop.collector.arrive(1)
  expect(hit?.url).toBe(shop.url())
  await shop.page.frames()[1]?.waitForFunction(`performance.getEntriesByName(document.scripts[0].src).length`)
  await leave(shop)
  expect(shop.collector.hits.map(({ parameters }) => parameters.url)).toEqual([
    shop.url(),
    shop.url('/sentinel'),
  ])
  expect(shop.console).toEqual([])
  await shop.close()
})
