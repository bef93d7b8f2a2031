// What becomes of hits while there is no network: where the browser knows it they wait, else their requests fail.

import { text } from 'node:stream/consumers'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launch, visitor } from '../../world/browser.ts'
import { startFootfall } from '../../world/footfall.ts'
import { servePages } from '../../world/pages.ts'
import { leave, openShop, type Shop } from './shop.ts'

let browser: Browser
beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser.close())

/** A browser that takes itself for connected, as in a train whose network leads nowhere. It counts what failed. */
const before = `
  Object.defineProperty(navigator, 'onLine', { value: true })
  window.failures = 0
  const request = fetch
  window.fetch = (...given) => {
    const answer = request(...given)
    answer.catch(() => setTimeout(() => failures++))
    return answer
  }`

const push = (shop: Shop, category: string) =>
  shop.page.evaluate(`_paq.push(['trackEvent', '${category}', 'happened'])`)
const failures = (shop: Shop, count: number) => expect.poll(() => shop.page.evaluate('failures')).toBe(count)
const events = ({ collector }: Shop) =>
  collector.hits.flatMap(({ parameters: { e_c } }) => (e_c === undefined ? [] : [e_c]))

test('what happens while the browser is offline is sent when it is back, with how long ago it was', async () => {
  const shop = await openShop(browser)
  await shop.page.goto(shop.url())
  const [view] = await shop.collector.arrive(1)
  await shop.page.context().setOffline(true)
  await shop.page.evaluate(`
    _paq.push(['trackEvent', 'while', 'offline'])
    Object.defineProperty(document, 'hidden', { value: true, configurable: true })
    document.dispatchEvent(new Event('visibilitychange'))
    const now = Date.now
    Date.now = () => now() + 90_000`)
  await shop.page.context().setOffline(false)
  const [, event] = await shop.collector.arrive(2)
  expect(event).toMatchObject({ e_c: 'while', pv_id: view?.pv_id })
  expect(Number(event?.cdo)).toBeGreaterThanOrEqual(90)
  expect(Number(view?.cdo ?? 0)).toBeLessThan(90)
  expect(shop.collector.methods).toEqual(['POST', 'POST'])
  // As is what was measured until the visitor turned away.
  await expect.poll(() => shop.collector.updates.length).toBe(1)
  await shop.close()
})

test('a hit whose request failed is sent once more when the browser is online again, with how long ago it was', async () => {
  const shop = await openShop(browser, { before })
  await shop.page.goto(shop.url())
  const [view] = await shop.collector.arrive(1)
  await shop.page.context().setOffline(true)
  await push(shop, 'away')
  await failures(shop, 1)
  await shop.page.evaluate('const now = Date.now; Date.now = () => now() + 90_000')
  await shop.page.context().setOffline(false)
  const [, event] = await shop.collector.arrive(2)
  expect(event).toMatchObject({ e_c: 'away', pv_id: view?.pv_id, _id: view?._id })
  expect(Number(event?.cdo)).toBeGreaterThanOrEqual(90)
  await leave(shop)
  expect(events(shop)).toEqual(['away'])
  await shop.close()
})

test('the next request that comes through brings along those that failed', async () => {
  const shop = await openShop(browser, { before })
  await shop.page.goto(shop.url())
  await shop.collector.arrive(1)
  await shop.page.route('**/f', (route) => route.abort())
  await push(shop, 'one')
  await push(shop, 'two')
  await failures(shop, 2)
  await shop.page.unroute('**/f')
  await push(shop, 'three')
  await shop.collector.arrive(4)
  expect(events(shop).toSorted()).toEqual(['one', 'three', 'two'])
  await push(shop, 'four')
  await shop.collector.arrive(5)
  await leave(shop)
  expect(events(shop).toSorted()).toEqual(['four', 'one', 'three', 'two'])
  await shop.close()
})

test('a hit that failed twice is not sent again', async () => {
  const shop = await openShop(browser, { before })
  await shop.page.goto(shop.url())
  await shop.collector.arrive(1)
  await shop.page.route('**/f', (route) => route.abort())
  await push(shop, 'lost')
  await failures(shop, 1)
  await shop.page.evaluate(`dispatchEvent(new Event('online'))`)
  await failures(shop, 2)
  await shop.page.unroute('**/f')
  await shop.page.evaluate(`dispatchEvent(new Event('online'))`)
  await push(shop, 'found')
  await shop.collector.arrive(2)
  await leave(shop)
  expect(events(shop)).toEqual(['found'])
  expect(await shop.page.evaluate('failures')).toBe(0)
  await shop.close()
})

test('a hit that failed is not sent again for a visitor who has opted out meanwhile', async () => {
  const shop = await openShop(browser, { before })
  await shop.page.goto(shop.url())
  await shop.collector.arrive(1)
  await shop.page.route('**/f', (route) => route.abort())
  await push(shop, 'withdrawn')
  await failures(shop, 1)
  await shop.page.unroute('**/f')
  await shop.page.evaluate(`_paq.push(['optUserOut']); dispatchEvent(new Event('online'))`)
  await leave(shop)
  expect(events(shop)).toEqual([])
  await shop.close()
})

test('of what was measured of a page, and could not be told at first, the newest is told', async () => {
  const shop = await openShop(browser, {
    before: `${before}; window.clock = 1; performance.now = () => clock`,
  })
  const turn = (hidden: boolean) =>
    shop.page.evaluate(`
      Object.defineProperty(document, 'hidden', { value: ${hidden}, configurable: true })
      document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))`)
  await shop.page.goto(shop.url())
  await shop.collector.arrive(1)
  await shop.page.route('**/f', (route) => route.abort())
  await shop.page.evaluate('clock = 5001')
  await turn(true)
  await failures(shop, 1)
  await shop.page.unroute('**/f')
  await turn(false)
  await shop.page.evaluate('clock = 8001')
  await turn(true)
  await expect
    .poll(() => shop.collector.updates.map(({ ff_engaged }) => ff_engaged))
    .toEqual(['8000', '8000'])
  await shop.close()
})

test('a hit that arrived though its request failed counts once', async () => {
  const world = await startFootfall({ siteUrl: 'http://shop.localhost' })
  const script = await (await fetch(`${world.url}/f.js?site=1`)).text()
  const marks: (string | null)[] = []
  let cut = true
  let through = 0
  const site = await servePages({
    '/': '<!doctype html><link rel="icon" href="data:,"><title>Shop</title><script async src="/f.js?site=1"></script>',
    '/f.js': (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/javascript' }).end(script)
    },
    // A line that breaks behind the request. Over one that was in use already the browser itself tries again.
    '/f': async (request, response) => {
      const body = await text(request)
      marks.push(new URLSearchParams(body).get('ff_id'))
      const { 'content-type': type, 'user-agent': agent } = request.headers
      const headers = { 'content-type': String(type), 'user-agent': String(agent) }
      const answer = await fetch(`${world.url}/f`, { method: 'POST', headers, body })
      await answer.arrayBuffer()
      if (cut) request.socket.destroy()
      else {
        response.writeHead(answer.status).end()
        through++
      }
    },
  })
  const context = await visitor(browser)
  await context.addInitScript(before)
  const page = await context.newPage()
  await page.goto(site.at('shop.localhost'))
  await expect.poll(() => page.evaluate('failures')).toBe(1)
  cut = false
  await page.evaluate(`dispatchEvent(new Event('online'))`)
  await expect.poll(() => through).toBe(1)
  expect(new Set(marks).size).toBe(1)
  const { collector, journal, store } = world.service
  expect(collector.dropped.repeated).toBe(marks.length - 1)
  await journal.drain()
  expect(await store.query('SELECT kind, count() AS hits FROM hits GROUP BY kind')).toEqual([
    { kind: 'pageview', hits: 1 },
  ])
  // The last that it sends, so that nothing is on its way when the service closes.
  await page.goto('about:blank')
  await expect.poll(() => through).toBe(2)
  await context.close()
  await site.close()
  await world.close()
})
