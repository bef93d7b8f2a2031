import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launch } from '../../world/browser.ts'
import { openShop, type Shop } from './shop.ts'

let browser: Browser
beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser.close())

/** Addresses, referrers and titles of the first so many page views, addresses without the host. */
async function views(shop: Shop, count: number): Promise<(string | undefined)[][]> {
  const hits = await shop.collector.arrive(count)
  return hits.map(({ url, urlref, action_name }) => [
    url?.replace(shop.url(''), ''),
    urlref?.replace(shop.url(''), ''),
    action_name,
  ])
}

test('pushState to another path is a page view, with the title that the new page gets a moment later', async () => {
  const shop = await openShop(browser)
  await shop.page.goto(shop.url())
  await shop.collector.arrive(1)
  await shop.page.evaluate(`
    history.pushState({}, '', '/shoes?page=2')
    setTimeout(() => { document.title = 'Shoes' }, 50)
  `)
  expect(await views(shop, 2)).toEqual([
    ['/', '', 'Shop'],
    ['/shoes?page=2', '/', 'Shoes'],
  ])
  expect(shop.collector.hits[1]?.parameters.pv_id).not.toBe(shop.collector.hits[0]?.parameters.pv_id)
  expect(shop.console).toEqual([])
  await shop.close()
})

test('replaceState with a new path is a page view; with a new state or fragment only it is none', async () => {
  const shop = await openShop(browser)
  await shop.page.goto(shop.url())
  await shop.collector.arrive(1)
  await shop.page.evaluate(`
    history.replaceState({ scrolled: 100 }, '')
    history.replaceState({}, '', '/#comments')
    history.pushState({}, '', '/#more')
    location.hash = 'most'
    history.replaceState({}, '', '/shirts')
  `)
  expect((await views(shop, 2)).map(([url]) => url)).toEqual(['/', '/shirts'])
  await shop.page.goto(shop.url('/next'))
  expect((await views(shop, 3)).map(([url]) => url)).toEqual(['/', '/shirts', '/next'])
  await shop.close()
})

test('back and forward within an application are page views', async () => {
  const shop = await openShop(browser)
  await shop.page.goto(shop.url())
  await shop.page.evaluate(`history.pushState({}, '', '/shoes')`)
  await shop.collector.arrive(2)
  await shop.page.goBack()
  await shop.collector.arrive(3)
  await shop.page.goForward()
  expect(await views(shop, 4)).toEqual([
    ['/', '', 'Shop'],
    ['/shoes', '/', 'Shop'],
    ['/', '/shoes', 'Shop'],
    ['/shoes', '/', 'Shop'],
  ])
  await shop.close()
})

test('of pages moved through quickly each is counted once, those of a redirect only where it ends', async () => {
  const shop = await openShop(browser)
  await shop.page.goto(shop.url())
  await shop.collector.arrive(1)
  await shop.page.evaluate(`
    history.pushState({}, '', '/shoes')
    history.pushState({}, '', '/shoes')
    history.pushState({}, '', '/account')
    history.replaceState({}, '', '/sign-in')
  `)
  const moved = await views(shop, 3)
  expect(moved.slice(1)).toEqual([
    ['/shoes', '/', 'Shop'],
    ['/sign-in', '/shoes', 'Shop'],
  ])
  await shop.close()
})

test('a page view that still waits for its title is sent when the visitor leaves', async () => {
  const shop = await openShop(browser)
  await shop.page.goto(shop.url())
  await shop.collector.arrive(1)
  await shop.page.evaluate(`history.pushState({}, '', '/shoes'); location.href = '/next'`)
  const hits = await views(shop, 3)
  expect(hits.map(([url]) => url).sort()).toEqual(['/', '/next', '/shoes'])
  await shop.close()
})

test('an application that reports its moves itself is not counted twice', async () => {
  const shop = await openShop(browser, {
    head: `<script>_paq = [['trackPageView']]</script><script async src="HOST/f.js?site=1"></script>`,
  })
  await shop.page.goto(shop.url())
  await shop.collector.arrive(1)
  await shop.page.evaluate(`
    history.pushState({}, '', '/shoes')
    _paq.push(['setReferrerUrl', location.origin + '/'], ['setCustomUrl', '/shoes/all'])
    _paq.push(['setDocumentTitle', 'All shoes'], ['trackPageView'])
  `)
  await shop.collector.arrive(2)
  await shop.page.evaluate(`history.pushState({}, '', '/shirts'); _paq.push(['setCustomUrl', location.href])`)
  // After the time in which a move of another application is counted.
  await shop.page.evaluate(`setTimeout(() => _paq.push(['trackPageView', 'Shirts']), 300)`)
  expect(await views(shop, 3)).toEqual([
    ['/', '', 'Shop'],
    ['/shoes/all', '/', 'All shoes'],
    ['/shirts', '/', 'Shirts'],
  ])
  await shop.close()
})
