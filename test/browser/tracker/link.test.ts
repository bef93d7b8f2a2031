import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launch } from '../../world/browser.ts'
import { openShop, type Shop } from './shop.ts'

let browser: Browser
beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser.close())

/** Outlinks and downloads among the first so many hits, in the order of their addresses. */
async function links(shop: Shop, count: number): Promise<string[]> {
  const hits = await shop.collector.arrive(count)
  const kinds = ['link', 'download', 'ff_file']
  return hits.flatMap((hit) => kinds.flatMap((kind) => (hit[kind] ? [`${kind} ${hit[kind]}`] : []))).sort()
}

test('a click on a link to another host is an outlink, though the page is left by it', async () => {
  const shop = await openShop(browser, {
    pages: { '/': '<a href="OTHER/next?a=1#b"><b>There</b></a>' },
    head: '<script async src="HOST/f.js?site=1"></script><base target="_self">',
  })
  await shop.page.goto(shop.url())
  const [view] = await shop.collector.arrive(1)
  await shop.page.click('b')
  await shop.page.waitForURL('**/next?a=1#b')
  const hits = await shop.collector.arrive(3)
  const other = new URL(shop.page.url()).origin
  expect(hits.filter(({ link }) => link)).toEqual([
    expect.objectContaining({ link: `${other}/next?a=1#b`, url: shop.url(), pv_id: view?.pv_id }),
  ])
  expect(shop.console).toEqual([])
  await shop.close()
})

test('a click on a file is told, and as a download where the link says so', async () => {
  const shop = await openShop(browser, {
    pages: {
      '/': `<a id="a" href="/price-list.PDF?v=2">Prices</a> <a id="b" href="/get?file=7" download>Photo</a>
        <a id="c" href="OTHER/theirs.zip">Theirs</a>`,
      '/price-list.PDF': (_request, response) => {
        response.writeHead(200, { 'content-disposition': 'attachment' }).end('prices')
      },
      '/get': 'a photo',
    },
  })
  await shop.page.goto(shop.url())
  const other = await shop.page.getAttribute('#c', 'href')
  for (const link of ['#a', '#b', '#c']) await shop.page.click(link)
  expect(await links(shop, 4)).toEqual([
    `download ${shop.url('/get?file=7')}`,
    `ff_file ${other}`,
    `ff_file ${shop.url('/price-list.PDF?v=2')}`,
  ])
  await shop.close()
})

test('the middle button counts as the left one does, the right one does not', async () => {
  const shop = await openShop(browser, { pages: { '/': '<a href="OTHER/next">There</a>' } })
  await shop.page.goto(shop.url())
  await shop.collector.arrive(1)
  await shop.page.click('a', { button: 'right' })
  await shop.page.click('a', { button: 'middle' })
  const other = await shop.page.getAttribute('a', 'href')
  // The new tab is a page with the tracker, too.
  expect(await links(shop, 3)).toEqual([`link ${other}`])
  await shop.close()
})

test('links inside web components and image maps, and links that the page handles itself, are seen', async () => {
  const shop = await openShop(browser, {
    pages: {
      '/': `<div></div><a id="own" href="OTHER/own">Own</a>
        <map name="m"><area shape="rect" coords="0,0,99,99" href="OTHER/area"></map>
        <img alt="map" usemap="#m" width="99" height="99" src="data:image/gif;base64,R0lGODlhAQABAIAAAAAAAAAAACH5BAEAAAAALAAAAAABAAEAAAICRAEAOw==">
        <script>
          document.querySelector('div').attachShadow({ mode: 'open' }).innerHTML = '<a href="OTHER/shadow">In</a>'
          document.addEventListener('click', (event) => { event.preventDefault(); event.stopImmediatePropagation() }, true)
        </script>`,
    },
  })
  await shop.page.goto(shop.url())
  for (const link of ['div a', '#own', 'img']) await shop.page.click(link, { force: true })
  const hits = await links(shop, 4)
  expect(hits.map((hit) => hit.replace(/:\d+/, ''))).toEqual([
    'link http://other.localhost/area',
    'link http://other.localhost/own',
    'link http://other.localhost/shadow',
  ])
  await shop.close()
})

test('what matomo.js ignores, mail, the own host, its pages and the opt-out page are no outlinks', async () => {
  const shop = await openShop(browser, {
    pages: {
      '/': `<a href="/list.html">1</a> <a href="/list.php?a=1">2</a>
        <a href="OTHER/no" class="matomo_ignore">3</a> <a href="OTHER/no.zip" class="piwik_ignore">4</a>
        <a href="mailto:a@example.org">5</a> <a href="javascript:void 0">6</a> <a href="/next">7</a>
        <a href="#top">8</a> <a href="HOST/opt-out?site=1">9</a> <a href="OTHER/yes">10</a>
        <script>addEventListener('click', (event) => event.preventDefault())</script>`,
    },
  })
  await shop.page.goto(shop.url())
  for (const link of await shop.page.$$('a')) await link.click()
  const hits = await links(shop, 2)
  expect(hits.map((hit) => hit.replace(/:\d+/, ''))).toEqual(['link http://other.localhost/yes'])
  await shop.close()
})

test('where the script comes from the website’s own host, files there are told all the same', async () => {
  const shop = await openShop(browser, {
    head: `<script>_paq = [['setTrackerUrl', 'HOST/f']]</script><script async src="/f.js?site=1"></script>`,
    pages: {
      '/': '<a href="/prices.pdf">Prices</a><script>onclick = (event) => event.preventDefault()</script>',
      '/f.js': async (_request, response) => {
        const script = await fetch(shop.collector.at('127.0.0.1', '/f.js'))
        response.writeHead(200, { 'content-type': 'text/javascript' }).end(await script.text())
      },
    },
  })
  await shop.page.goto(shop.url())
  await shop.collector.arrive(1)
  await shop.page.click('a')
  expect(await links(shop, 2)).toEqual([`ff_file ${shop.url('/prices.pdf')}`])
  await shop.close()
})
