import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launch } from '../../world/browser.ts'
import { openShop } from './shop.ts'

let browser: Browser
beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser.close())

test('a page view tells title, address, referrer, screen, colours, techniques, time and browser', async () => {
  const shop = await openShop(browser, {
    pages: { '/': '<a href="/next?size=9&amp;colour=r%C3%B6tlich">Next</a>' },
    visitor: {
      viewport: { width: 1200, height: 700 },
      screen: { width: 1920, height: 1080 },
      timezoneId: 'Asia/Kolkata',
      locale: 'de-AT',
    },
  })
  const hour = () => String(new Date(Date.now() + 5.5 * 3600_000).getUTCHours()).padStart(2, '0')
  const hours = [hour()]
  await shop.page.goto(shop.url('/?utm_campaign=spring#part'))
  await shop.collector.arrive(1)
  hours.push(hour())
  await shop.page.click('a')
  const [first, second] = await shop.collector.arrive(2)
  const id = (await shop.cookies())['_pk_id.1.f007']?.slice(0, 16)

  expect(first).toMatchObject({
    idsite: '1',
    rec: '1',
    action_name: 'Shop',
    url: shop.url('/?utm_campaign=spring#part'),
    urlref: '',
    res: '1920x1080',
    cd: '24',
    cookie: '1',
    pdf: '1',
    _id: id,
  })
  expect(hours).toContain(first?.h)
  for (const mark of [id, first?.pv_id, first?.ff_id]) expect(mark).toMatch(/^\d{16}$/)
  expect(JSON.parse(first?.uadata ?? '')).toMatchObject({
    platform: 'Linux',
    mobile: false,
    brands: expect.arrayContaining([{ brand: 'Chromium', version: browser.version().split('.')[0] }]),
    platformVersion: expect.any(String),
  })
  expect(second).toMatchObject({
    action_name: 'Shop /next',
    url: shop.url('/next?size=9&colour=r%C3%B6tlich'),
    urlref: shop.url('/?utm_campaign=spring'),
    _id: id,
  })
  expect(second?.pv_id).not.toBe(first?.pv_id)
  expect(second?.ff_id).not.toBe(first?.ff_id)
  expect(shop.collector.hits[0]?.headers).toMatchObject({
    'content-type': 'application/x-www-form-urlencoded;charset=UTF-8',
    'accept-language': expect.stringMatching(/^de-AT/),
    'sec-fetch-mode': 'cors',
  })
  expect(shop.collector.methods, 'no CORS pre-flight').toEqual(['POST', 'POST'])
  expect(shop.collector.hits[0]?.path).toBe('/f')
  expect(shop.console).toEqual([])
  await shop.close()
})

test('a page by plain http is counted, too, though its browser tells no client hints there', async () => {
  const shop = await openShop(browser, { secure: false })
  await shop.page.goto(shop.url())
  const [hit] = await shop.collector.arrive(1)
  expect(hit).toMatchObject({ action_name: 'Shop', _id: expect.stringMatching(/^[\da-f]{16}$/) })
  expect(hit).not.toHaveProperty('uadata')
  expect(shop.console).toEqual([])
  await shop.close()
})

test('client hints that never come do not hold up the page view', async () => {
  const shop = await openShop(browser, {
    before: 'NavigatorUAData.prototype.getHighEntropyValues = () => new Promise(() => {})',
  })
  await shop.page.goto(shop.url())
  const [hit] = await shop.collector.arrive(1)
  expect(hit).toMatchObject({ action_name: 'Shop' })
  expect(hit).not.toHaveProperty('uadata')
  await shop.close()
})

test('a visitor who leaves before the page has loaded is counted', async () => {
  const shop = await openShop(browser, {
    pages: {
      '/slow': (_request, response) => {
        response.writeHead(200, { 'content-type': 'text/html' })
        const script = shop.collector.at('stats.localhost', '/f.js?site=1')
        response.write(`<title>Slow</title><script src="${script}"></script><script>ready = 1</script>`)
      },
    },
  })
  await shop.page.goto(shop.url('/slow'), { waitUntil: 'commit' })
  await shop.page.waitForFunction('window.ready')
  await shop.page.goto('about:blank')
  const [hit] = await shop.collector.arrive(1)
  expect(hit).toMatchObject({ url: shop.url('/slow'), action_name: 'Slow' })
  await shop.close()
})

test.each(['f.js', 'core.js'])(
  'browsers without keep-alive requests get beacons from %s, which outlive the page',
  async (script) => {
    const shop = await openShop(browser, {
      before: 'delete Request.prototype.keepalive',
      head: `<script async src="HOST/${script}?site=1"></script>`,
    })
    await shop.page.goto(shop.url())
    await shop.collector.arrive(1)
    await shop.page.evaluate(`onpagehide = () => { _paq.push(['trackEvent', 'while', 'leaving']) }`)
    await shop.page.goto('about:blank')
    const [view, event] = await shop.collector.arrive(2)
    expect(view).toMatchObject({ url: shop.url(), action_name: 'Shop' })
    expect(event).toMatchObject({ e_c: 'while', e_a: 'leaving' })
    // Those of fetch say cors.
    expect(shop.collector.hits.map(({ headers }) => headers['sec-fetch-mode'])).toEqual([
      'no-cors',
      'no-cors',
    ])
    expect(shop.collector.methods).toEqual(['POST', 'POST'])
    await expect.poll(() => shop.collector.updates.length).toBe(script === 'f.js' ? 1 : 0)
    expect(shop.console).toEqual([])
    await shop.close()
  },
)

test('a page with the snippet in it twice is counted once', async () => {
  const snippet = '<script async src="HOST/f.js?site=1"></script>'
  const shop = await openShop(browser, { head: snippet + snippet })
  await shop.page.goto(shop.url())
  await shop.collector.arrive(1)
  await shop.page.goto(shop.url('/next'))
  const hits = await shop.collector.arrive(2)
  expect(hits.map(({ url }) => url)).toEqual([shop.url(), shop.url('/next')])
  await shop.close()
})
