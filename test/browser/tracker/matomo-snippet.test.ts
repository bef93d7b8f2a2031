// A page that keeps Matomo's own snippet and changes nothing but the server's address.

import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launch, visitor } from '../../world/browser.ts'
import { startFootfall, type World } from '../../world/footfall.ts'
import { type Pages, servePages } from '../../world/pages.ts'

/** Browsers would ask for one and complain. */
const noIcon = '<link rel="icon" href="data:,">'

let world: World
let browser: Browser
let site: Pages

beforeAll(async () => {
  world = await startFootfall({ siteUrl: 'http://shop.localhost' })
  const snippet = (script: string) => `<script>
    var _paq = window._paq = window._paq || [];
    _paq.push(['trackPageView']);
    _paq.push(['enableLinkTracking']);
    _paq.push(['trackEvent', 'Video', 'Play']);
    (function () {
      var u = '${world.url.replace('127.0.0.1', 'stats.localhost')}/';
      _paq.push(['setTrackerUrl', u + 'matomo.php']);
      _paq.push(['setSiteId', '1']);
      var d = document, g = d.createElement('script'), s = d.getElementsByTagName('script')[0];
      g.async = true; g.src = u + '${script}'; s.parentNode.insertBefore(g, s);
    })();
  </script>`
  site = await servePages({
    '/matomo': `<!doctype html><title>Matomo</title>${noIcon}${snippet('matomo.js')}`,
    '/piwik': `<!doctype html><title>Piwik</title>${noIcon}${snippet('piwik.js')}`,
  })
  browser = await launch()
})
afterAll(async () => {
  await browser.close()
  await site.close()
  await world.close()
})

test.each(['matomo', 'piwik'])(
  'Its script %s.js is ours, and the page is counted with its event',
  async (name) => {
    const context = await visitor(browser)
    const page = await context.newPage()
    const said: string[] = []
    page.on('console', (message) => said.push(message.text()))
    const before = world.service.collector.kept
    await page.goto(site.at('shop.localhost', `/${name}`))
    await expect.poll(() => world.service.collector.kept).toBe(before + 2)
    // As a program does that waits for the tracker in an async function.
    expect(
      await page.evaluate(`(async () => typeof (await window.Matomo.getAsyncTracker()).trackEvent)()`),
    ).toBe('function')
    await world.service.journal.drain()
    const rows = await world.service.store.query(
      'SELECT kind, count() AS hits FROM hits WHERE url LIKE {page:String} GROUP BY kind ORDER BY kind',
      { page: `shop.localhost:${site.port}/${name}` },
    )
    expect(rows).toEqual([
      { kind: 'event', hits: 1 },
      { kind: 'pageview', hits: 1 },
    ])
    expect(said).toEqual([])
    await context.close()
  },
)
