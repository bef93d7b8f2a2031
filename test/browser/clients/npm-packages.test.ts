// Programs of others that embed Matomo in a page, as npm has them: with nothing but the address of this service, which
// serves them its own script as matomo.js.

import { build } from 'esbuild'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import type { LoggedVisit } from '../../../server/reports/visits-log.ts'
import { launch, visitor } from '../../world/browser.ts'
import { startFootfall, type World } from '../../world/footfall.ts'
import { type Pages, servePages } from '../../world/pages.ts'

let browser: Browser
let world: World
let shop: Pages | undefined
let visiting: BrowserContext | undefined
beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser.close())
beforeEach(async () => {
  world = await startFootfall({ siteUrl: 'http://shop.localhost' })
})
afterEach(async () => {
  await visiting?.close()
  await shop?.close()
  await world.close()
})

/** A page of the shop that runs a module; in it, HOST stands for the address of this service. */
async function openShop(module: string): Promise<{ page: Page; said: string[] }> {
  const bundle = await build({
    stdin: {
      contents: module.replaceAll('HOST', world.url.replace('127.0.0.1', 'stats.localhost')),
      resolveDir: import.meta.dirname,
    },
    bundle: true,
    write: false,
    format: 'iife',
  })
  const [file] = bundle.outputFiles
  shop = await servePages({
    '/': `<!doctype html><title>Shop</title><link rel="icon" href="data:,">
      <body><button data-matomo-event="click" data-matomo-category="Cart" data-matomo-action="open"
        data-matomo-name="Top" data-matomo-value="3">Cart</button><script src="/app.js"></script>`,
    '/app.js': (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/javascript' }).end(file?.text)
    },
  })
  visiting = await visitor(browser)
  const page = await visiting.newPage()
  const said: string[] = []
  page.on('console', (message) => said.push(message.text()))
  page.on('pageerror', (error) => said.push(String(error)))
  await page.goto(shop.at('shop.localhost'))
  return { page, said }
}

/** The one that there is, when it has so many actions; these by kind and address, for they come side by side. */
async function visitOf(many: number): Promise<LoggedVisit> {
  await expect.poll(async () => (await world.visits())[0]?.actions.length).toBe(many)
  const [visit, ...others] = await world.visits()
  if (!visit || others.length > 0) throw new Error('There is more than one visit.')
  const place = ({ kind, url }: LoggedVisit['actions'][number]) => `${kind} ${url}`
  return { ...visit, actions: visit.actions.toSorted((one, two) => (place(one) < place(two) ? -1 : 1)) }
}

const at = (path: string) => `http://shop.localhost:${shop?.port}${path}`

test.each(['@datapunt/matomo-tracker-js', '@jonkoops/matomo-tracker'])(
  '%s counts page views, events, searches, links and orders',
  async (name) => {
    await fetch(`${world.url}/api/sites/1/dimensions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${world.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'Plan', scope: 'visit' }),
    })
    const { page, said } = await openShop(`
      import MatomoTracker from '${name}'
      const tracker = window.tracker = new MatomoTracker({ urlBase: 'HOST', siteId: 1, userId: 'anna' })
      tracker.trackEvents()
      tracker.trackPageView({ documentTitle: 'Start', customDimensions: [{ id: 1, value: 'gold' }] })`)
    await page.waitForFunction('_paq.footfall')
    await page.evaluate(`
      tracker.trackSiteSearch({ keyword: 'hats', category: 'shop', count: 4 })
      tracker.trackLink({ href: 'https://other.example/', linkType: 'link' })
      tracker.addEcommerceItem({ sku: 'H1', productName: 'Hat', productCategory: 'Hats', productPrice: 12.5 })
      tracker.trackEcommerceOrder({ orderId: 'A1', orderRevenue: 12.5 })
      tracker.trackPageView({ href: '${at('/thanks')}', documentTitle: 'Thanks' })`)
    await page.getByText('Cart').click()
    const { actions, userId, dimensions } = await visitOf(6)
    expect([userId, dimensions]).toEqual(['anna', { 1: 'gold' }])
    expect(actions).toMatchObject([
      { kind: 'event', event: { category: 'Cart', action: 'open', name: 'Top', value: 3 } },
      {
        kind: 'order',
        orderId: 'A1',
        amounts: { revenue: 12.5 },
        items: [{ sku: 'H1', name: 'Hat', categories: ['Hats'], price: 12.5, quantity: 1 }],
      },
      { kind: 'outlink', target: 'https://other.example/' },
      { kind: 'pageview', url: at('/'), title: 'Start' },
      { kind: 'pageview', url: at('/thanks'), title: 'Thanks' },
      { kind: 'search', search: { keyword: 'hats', category: 'shop', count: 4 } },
    ])
    expect(said).toEqual([])
  },
)

test('vue-matomo counts the first page and each route, with its title, once', async () => {
  // Of Vue and its router as much as it asks for.
  const { page, said } = await openShop(`
    import install from 'vue-matomo'
    const route = (fullPath, title) => ({ fullPath, meta: { title } })
    let after
    const router = {
      currentRoute: { value: route('/', 'Start') },
      resolve: (path) => ({ href: path }),
      afterEach: (call) => { after = call },
    }
    window.go = (from, to, title) => {
      history.pushState({}, '', to)
      after(route(to, title), route(from, ''))
    }
    window.app = { version: '3.5.0', config: { globalProperties: {} }, provide() {} }
    install(app, { host: 'HOST', siteId: 1, router, userId: 'anna' })`)
  await page.waitForFunction('!!app.config.globalProperties.$matomo')
  await page.evaluate(`
    go('/', '/hats', 'Hats')
    app.config.globalProperties.$matomo.trackEvent('Cart', 'open')
    go('/hats', '/boots', 'Boots')`)
  const { actions, userId } = await visitOf(4)
  expect(userId).toBe('anna')
  expect(actions).toMatchObject([
    { kind: 'event', event: { category: 'Cart', action: 'open' } },
    { kind: 'pageview', url: at('/'), title: 'Start' },
    { kind: 'pageview', url: at('/boots'), title: 'Boots' },
    { kind: 'pageview', url: at('/hats'), title: 'Hats' },
  ])
  expect(said).toEqual([])
})
