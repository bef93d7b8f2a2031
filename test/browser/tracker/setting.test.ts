// What a site wants of the script, with the real service: the same snippet, told so when the script is served. How
// visitors are recognised, and whether the wishes of their browsers are heeded.

import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { buildTracker } from '../../../scripts/tracker.mjs'
import type { SiteSettings } from '../../../server/admin/site.ts'
import { launch, visitor } from '../../world/browser.ts'
import { startFootfall, type World } from '../../world/footfall.ts'
import { type Pages, servePages } from '../../world/pages.ts'

let world: World
let browser: Browser
let site: Pages
let context: BrowserContext | undefined

beforeAll(async () => {
  await buildTracker('dist/public')
  // Pages and service belong together, as stats.example.org and www.example.org do.
  world = await startFootfall({ siteUrl: 'http://www.shop.localhost' })
  const stats = world.url.replace('127.0.0.1', 'stats.shop.localhost')
  const page = (tag: string) => `<!doctype html><link rel="icon" href="data:,"><title>Shop</title>${tag}`
  const snippet = `<script async src="${stats}/f.js?site=1"></script>`
  site = await servePages({
    '/': page(snippet),
    '/core': page(snippet.replace('f.js', 'core.js')),
    '/asking': page(`<script>_paq = [['requireCookieConsent']]</script>${snippet}`),
    '/matomo':
      page(`<script>_paq = [['trackPageView'], ['setTrackerUrl', '${stats}/matomo.php'], ['setSiteId', 1]]</script>
      <script async src="${stats}/matomo.js"></script>`),
  })
  browser = await launch()
})
afterEach(() => context?.close())
afterAll(async () => {
  await browser.close()
  await site.close()
  await world.close()
})

async function set(settings: Partial<SiteSettings>): Promise<void> {
  const shop = world.service.sites.get(1)
  if (shop) await world.service.sites.change(shop, { settings })
}

/** Opens pages one after the other: which visitors they were counted as, and the browser's cookies in the end. */
async function visit(cookies: SiteSettings['cookies'], ...paths: string[]) {
  await set({ cookies })
  context = await visitor(browser)
  const page = await context.newPage()
  const mark = Math.random().toString(36).slice(2)
  for (const path of paths) {
    const before = await seen(mark)
    await page.goto(site.at('www.shop.localhost', `${path}?mark=${mark}`))
    await expect.poll(() => seen(mark)).not.toEqual(before)
  }
  const kept = await context.cookies()
  return {
    visitors: await seen(mark),
    cookies: kept.map(({ name, httpOnly }) => `${name}${httpOnly ? ' HttpOnly' : ''}`).sort(),
  }
}

async function seen(mark: string): Promise<string[]> {
  await world.service.journal.drain()
  const rows = await world.service.store.query<{ visitor: string }>(
    `SELECT leftPad(lower(hex(visitor_id)), 16, '0') AS visitor FROM hits
     WHERE kind = 'pageview' AND url LIKE {mark:String} ORDER BY position, time`,
    { mark: `%${mark}` },
  )
  return rows.map(({ visitor }) => visitor)
}

const script = ['_pk_id.1.f007']
const service = ['pk_id.1 HttpOnly', 'pk_sess.1 HttpOnly']

test('By default the script on the page keeps the visitor’s cookies', async () => {
  const { visitors, cookies } = await visit('page', '/', '/core', '/matomo')
  expect(cookies).toEqual(script)
  expect(new Set(visitors).size).toBe(1)
})

test.each(['/', '/core', '/matomo'])(
  'Where the service keeps them no script can read them, and the visitor is recognised all the same (%s)',
  async (path) => {
    const { visitors, cookies } = await visit('server', path, '/', path)
    expect(cookies).toEqual(service)
    expect(visitors).toHaveLength(3)
    expect(new Set(visitors).size).toBe(1)
  },
)

test.each(['/', '/core', '/matomo'])('Where there are none neither of them sets any (%s)', async (path) => {
  const { visitors, cookies } = await visit('none', path, path)
  expect(cookies).toEqual([])
  expect(visitors).toHaveLength(2)
})

test('Cookies of the service wait for consent as those of the script do', async () => {
  expect(await visit('server', '/asking')).toMatchObject({ cookies: [] })
  const [page] = context?.pages() ?? []
  const before = world.service.collector.kept
  await page?.evaluate(`_paq.push(['setCookieConsentGiven'], ['trackEvent', 'with', 'cookie'])`)
  await expect.poll(() => world.service.collector.kept).toBe(before + 1)
  await expect
    .poll(async () => (await context?.cookies())?.map(({ name }) => name).sort())
    .toEqual(['pk_id.1', 'pk_sess.1'])
})

test('A site that no longer wants the script to keep cookies gets those erased that it has set', async () => {
  await visit('page', '/')
  await set({ cookies: 'none' })
  const [page] = context?.pages() ?? []
  // Past what the browser has in its cache, as after an hour.
  await page?.goto(site.at('www.shop.localhost', '/core'))
  await expect.poll(() => context?.cookies()).toEqual([])
})

/** A page with a browser that asks not to be tracked: by both of its ways, to the page and to the service. */
async function openAsking(path: string): Promise<Page> {
  context = await visitor(browser, { extraHTTPHeaders: { dnt: '1', 'sec-gpc': '1' } })
  await context.addInitScript(`
    Object.defineProperty(navigator, 'doNotTrack', { value: '1' })
    Object.defineProperty(navigator, 'globalPrivacyControl', { value: true })`)
  const page = await context.newPage()
  await page.goto(site.at('www.shop.localhost', path))
  return page
}

test.each(['/', '/core', '/matomo'])(
  'A site that does not heed Do Not Track and Global Privacy Control counts such visitors (%s)',
  async (path) => {
    const mark = `asks${path.slice(1)}`
    await set({ cookies: 'page', honourDoNotTrack: false })
    await openAsking(`${path}?mark=${mark}`)
    await expect.poll(async () => (await seen(mark)).length).toBe(1)
    await set({ honourDoNotTrack: true })
  },
)

test.each(['/', '/core', '/matomo'])('Where a site heeds them nothing is sent (%s)', async (path) => {
  await set({ cookies: 'page' })
  const page = await openAsking(path)
  await page.waitForFunction('window._paq && _paq.footfall')
  const { collector } = world.service
  const before = collector.kept + collector.dropped.do_not_track
  await page.goto('about:blank')
  expect(await page.context().cookies()).toEqual([])
  await page.context().close()
  // What comes after it is the first that comes.
  await visit('page', path)
  expect(collector.kept + collector.dropped.do_not_track).toBe(before + 1)
})
