import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readLoading } from '../../../server/collect/loading.ts'
import { launch, launchWithPageCache, openAlone } from '../../world/browser.ts'
import { openShop, type Shop } from './shop.ts'

let browser: Browser
beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser.close())

const tall = '<main style="height:4000px">Tall</main>'
const updates = async ({ collector }: Shop, count: number) => {
  await expect.poll(() => collector.updates.length).toBe(count)
  return collector.updates
}
/** As when the visitor turns to another tab, or comes back from it. */
const turn = ({ page }: Shop, hidden: boolean) =>
  page.evaluate(`
    Object.defineProperty(document, 'hidden', { value: ${hidden}, configurable: true })
    document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))
  `)

test('when a page is left its page view is told how long and how far it was looked at, and its web vitals', async () => {
  const shop = await openShop(browser, {
    pages: {
      '/': `<h1>Shop</h1><button onclick="for (const end = performance.now() + 60; performance.now() < end;);">Slow</button>
        <p id="late"></p><p>Shifts</p>${tall}`,
    },
    visitor: { viewport: { width: 1000, height: 1000 } },
  })
  await shop.page.goto(shop.url())
  const [view] = await shop.collector.arrive(1)
  const shifted = `new Promise((seen) => new PerformanceObserver(seen).observe({ type: 'layout-shift', buffered: true }))`
  await shop.page.evaluate(`late.style.height = '200px'; ${shifted}`)
  const told = `new Promise((told) => new PerformanceObserver(told).observe({ type: 'event', durationThreshold: 40 }))`
  await Promise.all([shop.page.evaluate(told), shop.page.click('button')])
  await shop.page.mouse.wheel(0, 1200)
  await expect.poll(() => shop.page.evaluate('scrollY')).toBe(1200)
  const height = Number(await shop.page.evaluate('document.documentElement.scrollHeight'))
  await shop.page.goto('about:blank')
  const [update] = await updates(shop, 1)
  expect(update).toMatchObject({ ca: '1', idsite: '1', url: shop.url(), pv_id: view?.pv_id, _id: view?._id })
  expect(update).not.toHaveProperty('action_name')
  for (const name of ['ff_engaged', 'ff_fcp', 'ff_lcp', 'ff_inp'])
    expect(update?.[name], name).toMatch(/^\d+(\.\d+)?$/)
  const loading = readLoading(update?.ff_nav ?? '')
  const parts = ['ttfb', 'network', 'server', 'transfer', 'dom_processing', 'dom_completion', 'load']
  expect(Object.keys(loading ?? {})).toEqual(['shown', ...parts])
  expect(Number(update?.ff_scroll)).toBeCloseTo((2200 / height) * 100, 5)
  expect(Number(update?.ff_inp)).toBeGreaterThanOrEqual(56)
  expect(Number(update?.ff_cls)).toBeGreaterThan(0)
  expect(Number(update?.ff_lcp)).toBeGreaterThanOrEqual(Number(update?.ff_fcp))
  expect(shop.console).toEqual([])
  await shop.close()
})

test('a page that is hidden tells it, and tells more when the visitor came back and left again, but not the same twice', async () => {
  const shop = await openShop(browser, { pages: { '/': tall } })
  await shop.page.goto(shop.url())
  await shop.collector.arrive(1)
  await turn(shop, true)
  const [first] = await updates(shop, 1)
  await turn(shop, true)
  await turn(shop, false)
  await shop.page.mouse.move(50, 50)
  await shop.page.mouse.move(60, 60)
  await shop.page.goto('about:blank')
  const [, second] = await updates(shop, 2)
  expect(second?.pv_id).toBe(first?.pv_id)
  expect(Number(second?.ff_engaged)).toBeGreaterThan(Number(first?.ff_engaged))
  await shop.close()
})

test('time without the page in front, and after half a minute without any input, does not count', async () => {
  const shop = await openShop(browser, {
    pages: { '/': tall },
    // Its clock goes on when the test says so.
    before: 'window.clock = 1; performance.now = () => clock',
  })
  await shop.page.goto(shop.url())
  await shop.collector.arrive(1)
  // Ten minutes without a sign of the visitor, of which half a minute counts; then ten in another tab.
  await shop.page.evaluate('clock = 600_000')
  await turn(shop, true)
  await shop.page.evaluate('clock = 1_200_000')
  await turn(shop, false)
  // Five seconds that count.
  await shop.page.evaluate('clock = 1_205_000')
  await shop.page.goto('about:blank')
  const [, { ff_engaged } = {}] = await updates(shop, 2)
  expect(ff_engaged).toBe('35000')
  await shop.close()
})

test('a move within an application ends what is measured of the page before, and begins anew', async () => {
  const shop = await openShop(browser, { pages: { '/': tall } })
  await shop.page.goto(shop.url())
  await shop.collector.arrive(1)
  await shop.page.mouse.wheel(0, 9999)
  await expect.poll(() => shop.page.evaluate('scrollY')).toBeGreaterThan(3000)
  await shop.page.evaluate(`
    history.pushState({}, '', '/shoes')
    document.querySelector('main').style.height = '8000px'
    scrollTo(0, 0)`)
  const [first, second] = await shop.collector.arrive(2)
  await updates(shop, 1)
  await shop.page.goto('about:blank')
  const [one, two] = await updates(shop, 2)
  expect(one).toMatchObject({ url: shop.url(), pv_id: first?.pv_id })
  expect(Number(one?.ff_scroll)).toBeCloseTo(100, 5)
  expect(two).toMatchObject({ url: shop.url('/shoes'), pv_id: second?.pv_id })
  expect(Number(two?.ff_scroll)).toBeLessThan(20)
  // The loading was that of the first.
  expect(one).toHaveProperty('ff_nav')
  for (const name of ['ff_nav', 'ff_lcp', 'ff_fcp']) expect(two).not.toHaveProperty(name)
  await shop.close()
})

test('a page that comes back from the browser’s cache is a page view of its own', async () => {
  const caching = await launchWithPageCache()
  const shop = await openShop(caching, {
    pages: {
      '/': `<script>addEventListener('pageshow', ({ persisted }) => { window.restored = persisted })</script>`,
    },
  })
  await shop.page.goto(shop.url())
  await shop.collector.arrive(1)
  await shop.page.goto(shop.url('/next'))
  await shop.collector.arrive(2)
  await shop.page.evaluate('history.back()')
  const [first, , third] = await shop.collector.arrive(3)
  expect(await shop.page.evaluate('restored')).toBe(true)
  expect(third).toMatchObject({ url: shop.url(), action_name: 'Shop', _id: first?._id })
  expect(third?.pv_id).not.toBe(first?.pv_id)
  await shop.close()
  await caching.close()
})

test('a page that the browser renders in advance is counted when it is shown, and not before', async () => {
  const rules = JSON.stringify({ prerender: [{ urls: ['/next'], eagerness: 'immediate' }] })
  let rendered = false
  let go = false
  const shop = await openShop(browser, {
    pages: {
      '/': `<script type="speculationrules">${rules}</script><script>
        setInterval(async () => (await fetch('/go')).ok && (location.href = '/next'), 50)</script>`,
      '/go': (_request, response) => {
        response.writeHead(go ? 200 : 404).end()
      },
      '/next': `<script>addEventListener('load', () => document.prerendering && fetch('/rendered'))</script>`,
      '/rendered': (_request, response) => {
        rendered = true
        response.end()
      },
    },
  })
  const alone = openAlone(shop.url())
  await shop.collector.arrive(1)
  await expect.poll(() => rendered).toBe(true)
  // The script of that page has run, and whatever it had sent would have been on its way.
  expect(shop.collector.hits.map(({ parameters }) => parameters.url)).toEqual([shop.url()])
  go = true
  const hits = await shop.collector.arrive(2)
  expect(hits[1]).toMatchObject({ url: shop.url('/next'), action_name: 'Shop /next', urlref: shop.url() })
  await alone.close()
  await shop.close()
})
