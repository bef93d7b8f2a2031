// From the snippet on a page of another origin to the number on the dashboard, in a real Chromium.

import type { Browser, BrowserContext, FrameLocator, Page } from 'playwright-core'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { launch, visitor, visitorWithProfile } from '../world/browser.ts'
import { startFootfall, type World } from '../world/footfall.ts'
import { type Pages, servePages } from '../world/pages.ts'
import { figure, signIn, sit } from './dashboard/owner.ts'

let world: World
let browser: Browser
let shop: Pages
/** How the snippet reaches the service: another site than the shop's. */
let stats: string
let visiting: BrowserContext | undefined

beforeEach(async () => {
  world = await startFootfall({ siteUrl: 'http://shop.localhost' })
  stats = world.url.replace('127.0.0.1', 'stats.localhost')
  const snippet = `<script async src="${stats}/f.js?site=1"></script>`
  const page = (title: string, body: string) =>
    `<!doctype html><html lang="en"><title>${title}</title>${snippet}<body>${body}`
  shop = await servePages({
    '/': page('Home', '<a href="/shoes">Shoes</a>'),
    '/shoes': page('Shoes', '<a href="http://partner.localhost:1/away">Partner</a>'),
    '/boots': page('Boots', ''),
    '/privacy': page(
      'Privacy',
      `<iframe src="${stats}/opt-out?site=1&language=en" title="Opt out"></iframe>`,
    ),
    '/blog': '<!doctype html><title>Blog</title><a href="" id="to">A nice shop</a>',
  })
  browser = await launch()
})

afterEach(async () => {
  await visiting?.close()
  await browser.close()
  await shop.close()
  await world.close()
})

/** What was measured of a page comes when it is left: that is not waited for. */
const kept = async () => {
  const { journal, store } = world.service
  await journal.drain()
  const [row] = await store.query<{ n: number }>("SELECT count() AS n FROM hits WHERE kind != 'update'")
  return row?.n
}

/** All hosts that pages of a context asked for anything. */
function hosts(context: BrowserContext): Set<string> {
  const seen = new Set<string>()
  context.on('request', (request) => seen.add(new URL(request.url()).hostname))
  return seen
}

async function counted(hits: number): Promise<void> {
  await expect.poll(kept).toBe(hits)
}

test('A visit with two page views by a link, one by pushState and an outlink shows on the dashboard; S11: no other host is asked', async () => {
  const context = await visitor(browser, { locale: 'de-AT', viewport: { width: 1280, height: 720 } })
  visiting = context
  const asked = hosts(context)
  const page = await context.newPage()
  await page.goto(shop.at('blog.localhost', '/blog'))
  await page.evaluate(`document.querySelector('a').href = '${shop.at('shop.localhost')}'`)
  await page.getByText('A nice shop').click()
  await counted(1)
  await page.getByText('Shoes').click()
  await counted(2)
  await page.evaluate(`history.pushState({}, '', '/boots?size=42'); document.title = 'Boots, size 42'`)
  await counted(3)
  await page.getByText('Partner').click({ noWaitAfter: true })
  await counted(4)
  await context.close()
  asked.delete('partner.localhost')
  expect([...asked].sort()).toEqual(['blog.localhost', 'shop.localhost', 'stats.localhost'])
  await world.service.journal.drain()

  const seat = await sit(browser, world.url)
  await signIn(seat.page, world.owner)
  expect(await figure(seat.page, 'Visits')).toBe('1')
  expect(await figure(seat.page, 'Page views')).toBe('3')
  const shows = (text: string | RegExp) =>
    seat.page
      .getByRole('cell', { name: text })
      .or(seat.page.getByRole('rowheader', { name: text }))
      .first()
      .waitFor()
  const tab = (name: string) => seat.page.getByRole('tab', { name, exact: true }).click()
  await shows('/boots?size=42')
  await tab('Outlinks')
  await shows(/partner\.localhost/)
  await tab('Websites')
  await shows('blog.localhost')
  await tab('Browsers')
  await shows('Chromium')
  await tab('Systems')
  await shows('Linux')
  await tab('Languages')
  await shows(/German/)
  await tab('Screens')
  await shows(/1280.720/)
  expect(seat.faults).toEqual([])
  await seat.close()
})

test('A visitor opts out in the frame, on a browser that blocks third-party cookies: the next page sends nothing, and the frame says so after a reload', async () => {
  const context = await visitorWithProfile({ thirdPartyCookies: false })
  visiting = context
  const page = await context.newPage()
  await page.goto(shop.at('shop.localhost', '/privacy'))
  await counted(1)
  const frame = page.frameLocator('iframe')
  await says(frame, 'Your visits are counted.')
  await frame.getByRole('button').click()
  await says(frame, 'Your visits are not counted.')

  await page.goto(shop.at('shop.localhost', '/shoes'))
  await loaded(page)
  await page.goto(shop.at('shop.localhost', '/privacy'))
  await says(frame, 'Your visits are not counted.')
  await page.reload()
  await says(frame, 'Your visits are not counted.')
  const cookies = await context.cookies(shop.at('shop.localhost'))
  expect(cookies.map(({ name }) => name)).toEqual(['pk_ignore'])

  // A hit of somebody else that comes after it is counted: theirs would have been there before.
  await context.close()
  await world.track({ url: 'http://shop.localhost/', _id: 'f'.repeat(16) })
  await counted(2)
  const { rows } = await world.report('overview')
  expect(rows).toMatchObject([{ visits: 2, page_views: 2 }])
})

async function says(frame: FrameLocator, sentence: string): Promise<void> {
  await frame.getByText(sentence).filter({ visible: true }).waitFor()
}

/** The tracker has run. */
async function loaded(page: Page): Promise<void> {
  await page.waitForFunction('window._paq && _paq.footfall')
}
