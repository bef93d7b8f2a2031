// What the setup page gives to copy, copied by its buttons and put into real pages: it counts.

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildTracker } from '../../../scripts/tracker.mjs'
import { packageRoot } from '../../../server/root.ts'
import { launch, visitor } from '../../world/browser.ts'
import { startFootfall, type World } from '../../world/footfall.ts'
import { type Pages, servePages } from '../../world/pages.ts'
import { expectAccessible, type Seat, sit } from './owner.ts'

let world: World
let browser: Browser
let seat: Seat
let site: Pages
/** Pages of the site by path; a test puts its own in. */
const pages: Parameters<typeof servePages>[0] = {}

beforeAll(async () => {
  await buildTracker('dist/public')
  world = await startFootfall({ siteUrl: 'http://shop.localhost' })
  site = await servePages(pages)
  browser = await launch()
  seat = await sit(browser, world.url, { permissions: ['clipboard-read', 'clipboard-write'] })
  const { page } = seat
  await page.goto('/sites/1?show=install')
  await page.getByLabel('E-mail').fill(world.owner.email)
  await page.getByLabel('Password', { exact: true }).fill(world.owner.password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('tab', { name: 'HTML' }).waitFor()
})
afterAll(async () => {
  await seat.close()
  await browser.close()
  await site.close()
  await world.close()
})

/** Chooses a tab and presses the button of one of its pieces of code; resolves with what was copied. */
async function copy(tab: string, title: string): Promise<string> {
  await seat.page.getByRole('tab', { name: tab, exact: true }).click()
  const snippet = seat.page.locator('.snippet').filter({ has: seat.page.getByLabel(title, { exact: true }) })
  await snippet.getByRole('button').click()
  await snippet.getByRole('button', { name: 'Copied' }).waitFor()
  return seat.page.evaluate('navigator.clipboard.readText()')
}

const html = (head: string, body = '') =>
  `<!doctype html><link rel="icon" href="data:,"><title>Shop</title>${head}${body}`

/** Page views so far, by path. */
async function counted(): Promise<Record<string, unknown>> {
  const { rows } = await world.report('pages')
  return Object.fromEntries(
    rows.map((row) => [String(row.label).replace(/^shop\.localhost:\d+/, ''), row.page_views]),
  )
}

async function open(path: string, further: Parameters<typeof visitor>[1] = {}): Promise<Page> {
  const context = await visitor(browser, further)
  const page = await context.newPage()
  await page.goto(site.at('shop.localhost', path))
  return page
}

test('each kind of site has a tab, reached by keys, with its code, and all are accessible', async () => {
  const { page, faults } = seat
  const tabs = await page.getByRole('tab').allTextContents()
  expect(tabs).toEqual([
    'HTML',
    'Matomo',
    'Single-page app',
    'WordPress',
    'Static site',
    'Pixel',
    'Server',
    'Logs',
  ])
  await page.getByRole('tab', { name: 'HTML' }).focus()
  for (const name of tabs) {
    const panel = page.getByRole('tabpanel', { name, exact: true })
    const codes = await Promise.all((await panel.locator('textarea').all()).map((area) => area.inputValue()))
    expect(codes.join('\n')).toContain(world.url)
    await expectAccessible(page)
    await page.keyboard.press('ArrowRight')
  }
  await page.getByRole('tabpanel', { name: 'HTML', exact: true }).waitFor()
  expect(faults).toEqual([])
})

test('the line for HTML counts a page view', async () => {
  pages['/html'] = html(await copy('HTML', 'Tracking code'))
  const page = await open('/html')
  await expect.poll(async () => (await counted())['/html']).toBe(1)
  await page.context().close()
})

test('Matomo’s snippet with the two lines exchanged counts a page view', async () => {
  const lines = await copy('Matomo', 'The two lines of Matomo’s snippet')
  pages['/matomo'] = html(`<script>
    var _paq = window._paq = window._paq || [];
    _paq.push(['trackPageView'], ['enableLinkTracking']);
    (function () {
      ${lines}
      _paq.push(['setTrackerUrl', u + 'matomo.php']);
      var script = document.createElement('script');
      script.async = true;
      script.src = u + 'matomo.js';
      document.head.append(script);
    })();
  </script>`)
  const page = await open('/matomo')
  await expect.poll(async () => (await counted())['/matomo']).toBe(1)
  await page.context().close()
})

test('an application with its paths behind # counts each of them once, whoever moves it', async () => {
  const above = await copy('Single-page app', 'Where paths stand behind #, above it')
  pages['/app'] = html(above + (await copy('Single-page app', 'Tracking code')))
  const page = await open('/app')
  await expect.poll(counted).toMatchObject({ '/': 1 })
  await page.evaluate('location.hash = "/by-link"')
  await expect.poll(counted).toMatchObject({ '/by-link': 1 })
  await page.evaluate('history.pushState(null, "", "#/by-router"); countPage()')
  await expect.poll(counted).toMatchObject({ '/by-router': 1 })
  await page.goBack()
  await expect.poll(counted).toMatchObject({ '/': 1, '/by-link': 2, '/by-router': 1 })
  expect((await counted())['/app']).toBeUndefined()
  await page.context().close()
})

test('the pixel counts the page of a browser without JavaScript, with its path', async () => {
  pages['/pixel'] = html('', await copy('Pixel', 'Pixel'))
  const page = await open('/pixel', { javaScriptEnabled: false })
  await expect.poll(async () => (await counted())['/pixel']).toBe(1)
  await page.context().close()
})

test('the Content Security Policy of docs/install.md lets script, pixel and opt-out frame work, and no inline script', async () => {
  const docs = await readFile(join(packageRoot, 'docs', 'install.md'), 'utf8')
  const policy = /^script-src .*$/m.exec(docs)?.[0].replaceAll('https://stats.example.org', world.url)
  const tag = await copy('HTML', 'Tracking code')
  const frame = `<iframe src="${world.url}/opt-out?site=1"></iframe>`
  const pixel = `<img src="${world.url}/f?idsite=1&amp;rec=1&amp;url=http%3A%2F%2Fshop.localhost%2Fmail" alt="">`
  pages['/policy'] = (_request, response) => {
    response.setHeader('content-security-policy', `default-src 'none'; ${policy}`)
    response.setHeader('content-type', 'text/html')
    response.end(html(tag, `${frame}${pixel}<script>window.inline = true</script>`))
  }
  const page = await open('/policy')
  await page.frameLocator('iframe').getByText('Your visits are counted.').waitFor()
  await expect.poll(counted).toMatchObject({ '/policy': 1, 'shop.localhost/mail': 1 })
  expect(await page.evaluate('"inline" in window')).toBe(false)
  await page.context().close()
})
