import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launch } from '../../world/browser.ts'

import { openShop, type Shop } from './shop.ts'

let browser: Browser
beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser.close())

const linking = `<script>_paq = [['trackPageView'], ['setDomains', ['*.shop.localhost', 'other.localhost']], ['enableCrossDomainLinking']]</script>
  <script async src="HOST/f.js?site=1"></script>`

/** The link to the other domain, as it is after a click that leads nowhere. */
async function clicked(shop: Shop): Promise<string> {
  await shop.page.goto(shop.url())
  await expect.poll(() => shop.collector.hits.length).toBeGreaterThan(0)
  await shop.page.evaluate(`addEventListener('click', (event) => event.preventDefault())`)
  await shop.page.click('a')
  return String(await shop.page.evaluate(`document.querySelector('a').href`))
}

const pages = { '/': '<a href="OTHER/next?a=1#part">There</a> <a href="https://elsewhere.example/">Else</a>' }

test('a visitor who follows a link to another domain of the website stays the same', async () => {
  const shop = await openShop(browser, { head: linking, pages })
  await shop.page.goto(shop.url())
  const [first] = await shop.collector.arrive(1)
  await shop.page.click('a')
  await shop.page.waitForURL(/pk_vid/)
  const [, second] = await shop.collector.arrive(2)
  const other = new URL(shop.page.url())
  expect(other.hash).toBe('#part')
  expect(other.searchParams.get('pk_vid')).toMatch(RegExp(`^${first?._id}\\d{10}\\d+$`))
  expect(second).toMatchObject({ _id: first?._id })
  expect(second?.url).toMatch(/\/next\?a=1&pk_vid=\w+#part$/)
  // It has the cookie of its own now, and the link was no outlink.
  await shop.page.goto(`${other.origin}/next`)
  const hits = await shop.collector.arrive(3)
  expect(hits.map(({ _id }) => _id)).toEqual(Array(3).fill(first?._id))
  expect(hits.filter(({ link }) => link)).toEqual([])
  await shop.close()
})

test('a link that was clicked twice carries the id once; links elsewhere carry none and are outlinks', async () => {
  const shop = await openShop(browser, { head: linking, pages })
  await clicked(shop)
  await shop.page.click('a')
  const address = String(await shop.page.evaluate(`document.querySelector('a').href`))
  expect(address.match(/pk_vid/g)).toHaveLength(1)
  await shop.page.click('text=Else')
  const hits = await shop.collector.arrive(2)
  expect(hits[1]).toMatchObject({ link: 'https://elsewhere.example/' })
  await shop.close()
})

test('an id on a link is not taken after three minutes, on another device, or where the page did not ask for it', async () => {
  const shop = await openShop(browser, { head: linking, pages: { ...pages, '/plain': '' } })
  const address = await clicked(shop)
  const [first] = await shop.collector.arrive(1)
  const [, id, time = '', device] = /pk_vid=(\w{16})(\d{10})(\d+)/.exec(address) ?? []
  expect(id).toBe(first?._id)
  await shop.page.context().clearCookies()
  const arrive = async (mark: string) => {
    const before = shop.collector.hits.length
    await shop.page.goto(address.replace(/pk_vid=\w+/, `pk_vid=${mark}`))
    return (await shop.collector.arrive(before + 1)).at(-1)?._id
  }
  expect(await arrive(`${id}${Number(time) - 200}${device}`)).not.toBe(id)
  expect(await arrive(`${id}${time}${Number(device) + 1}`)).not.toBe(id)
  expect(await arrive(`${id}${time}${device}`)).toBe(id)
  await shop.close()

  const plain = await openShop(browser)
  await plain.page.goto(plain.url(`/?pk_vid=${id}${time}${device}`))
  const [hit] = await plain.collector.arrive(1)
  expect(hit?._id).not.toBe(id)
  await plain.close()
})

test.each([
  ['has opted out', `document.cookie = 'pk_ignore=1'`],
  ['has not consented', `_paq = [['requireConsent']]`],
  ['has not consented to cookies', `_paq = [['requireCookieConsent']]`],
])('no link carries an id, and no cookie is set, for a visitor who %s', async (_who, before) => {
  const shop = await openShop(browser, {
    head: linking
      .replace('_paq = [', `${before}; _paq = (window._paq || []).concat([`)
      .replace(']]</script>', ']])</script>'),
    pages,
  })
  await shop.page.goto(shop.url())
  await shop.page.waitForFunction('window._paq && _paq.footfall')
  await shop.page.evaluate(`addEventListener('click', (event) => event.preventDefault())`)
  await shop.page.click('a')
  expect(await shop.page.evaluate(`document.querySelector('a').href`)).not.toContain('pk_vid')
  await shop.page.evaluate(`_paq.push([function () { id = this.getVisitorId() }])`)
  expect(await shop.page.evaluate('id')).toBe('')
  expect(Object.keys(await shop.cookies()).filter((name) => name !== 'pk_ignore')).toEqual([])
  await shop.close()
})

test('every hit goes to a second tracker as well, each site with an id of its own', async () => {
  const shop = await openShop(browser, {
    head: `<script>_paq = [['addTracker', 'HOST/second', 2], ['addTracker', false, 3]]</script><script async src="HOST/f.js?site=1"></script>`,
    knownSite: '1 2 3',
  })
  await shop.page.goto(shop.url())
  await shop.page.evaluate(`new Promise((done) => setTimeout(done, 0))`)
  await shop.collector.arrive(3)
  await shop.page.evaluate(`_paq.push(['trackEvent', 'a', 'b'])`)
  const hits = await shop.collector.arrive(6)
  const sent = shop.collector.hits.map(
    ({ path, parameters }) => `${path} ${parameters.idsite} ${parameters.e_c ?? ''}`,
  )
  expect(sent.sort()).toEqual(['/f 1 ', '/f 1 a', '/f 3 ', '/f 3 a', '/second 2 ', '/second 2 a'])
  expect(new Set(hits.map(({ _id }) => _id)).size).toBe(3)
  await shop.close()
})

test('cookies have the domain, path and attributes that the page says', async () => {
  const shop = await openShop(browser, {
    head: `<script>_paq = [['trackPageView'], ['setCookieDomain', '*.shop.localhost'], ['setCookiePath', '/men'], ['setCookieSameSite', 'Strict']]</script><script async src="HOST/f.js?site=1"></script>`,
    pages: { '/men/shoes': '' },
  })
  await shop.page.goto(shop.url('/men/shoes'))
  const [hit] = await shop.collector.arrive(1)
  const cookies = await shop.page.context().cookies()
  expect(
    cookies.map(({ name, domain, path, secure, sameSite }) => [name, domain, path, secure, sameSite]),
  ).toEqual([['_pk_id.1.f007', '.shop.localhost', '/men', true, 'Strict']])
  expect(cookies[0]?.value).toMatch(RegExp(`^${hit?._id}\\.`))
  await shop.close()
})

test('the page says which files are downloads', async () => {
  const shop = await openShop(browser, {
    pages: {
      '/': `<a href="/a.gpx">1</a><a href="/b.fit">2</a><a href="/c.pdf">3</a>
        <script>addEventListener('click', (event) => event.preventDefault())</script>`,
    },
  })
  await shop.page.goto(shop.url())
  await shop.collector.arrive(1)
  await shop.page.evaluate(`_paq.push(['setDownloadExtensions', 'gpx|fit'])`)
  for (const link of await shop.page.$$('a')) await link.click()
  const hits = await shop.collector.arrive(3)
  expect(hits.slice(1).map(({ download }) => download)).toEqual([shop.url('/a.gpx'), shop.url('/b.fit')])
  await shop.close()
})

test('the page adds to the files that are downloads', async () => {
  const shop = await openShop(browser, {
    head: `<script>_paq = [['trackPageView'], ['addDownloadExtensions', ['page', 'long-ending']]]</script><script async src="HOST/f.js?site=1"></script>`,
    pages: {
      '/': `<a href="/a.page">1</a><a href="/b.long-ending">2</a><a href="/c.pdf">3</a><a href="/d.html">4</a>
        <script>addEventListener('click', (event) => event.preventDefault())</script>`,
    },
  })
  await shop.page.goto(shop.url())
  await shop.collector.arrive(1)
  for (const link of await shop.page.$$('a')) await link.click()
  const hits = await shop.collector.arrive(4)
  expect(hits.slice(1).map(({ download, ff_file }) => [download, ff_file])).toEqual([
    [shop.url('/a.page'), undefined],
    [shop.url('/b.long-ending'), undefined],
    [undefined, shop.url('/c.pdf')],
  ])
  await shop.close()
})
