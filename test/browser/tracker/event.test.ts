import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launch } from '../../world/browser.ts'

import { leave, openShop } from './shop.ts'

let browser: Browser
beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser.close())

test('an attribute makes a click an event, also where the page handles the click itself', async () => {
  const shop = await openShop(browser, {
    pages: {
      '/': `<div data-ff-event="Card|open"><button data-ff-event="Video|play|Trailer|30.5"><b>Play</b></button></div>
        <p data-ff-event="no event">Text</p>
        <script>document.addEventListener('click', (event) => event.stopImmediatePropagation(), true)</script>`,
    },
  })
  await shop.page.goto(shop.url())
  const [view] = await shop.collector.arrive(1)
  await shop.page.click('b')
  const hits = await shop.collector.arrive(3)
  expect(hits[1]).toMatchObject({
    e_c: 'Video',
    e_a: 'play',
    e_n: 'Trailer',
    e_v: '30.5',
    pv_id: view?.pv_id,
  })
  expect(hits[2]).toMatchObject({ e_c: 'Card', e_a: 'open' })
  expect(hits[2]).not.toHaveProperty('e_n')
  await shop.page.click('p')
  await leave(shop)
  await shop.close()
})

test('a submitted form is an event by its name or its id, and nothing that was typed leaves the page', async () => {
  const fields = `<input name="name" value="typed-name"><input name="action" value="typed-action"><input type="hidden" name="id" value="typed-id">
    <textarea name="text">typed-text</textarea><input type="password" name="password" value="typed-password"><button data-send>Send</button>`
  const shop = await openShop(browser, {
    pages: {
      '/': `<form name="contact" id="f1" action="/to?typed-query">${fields}</form><form id="newsletter">${fields}</form>
        <form action="/search?typed-query">${fields}</form>
        <script>addEventListener('submit', (event) => event.preventDefault())</script>`,
    },
  })
  await shop.page.goto(shop.url())
  await shop.collector.arrive(1)
  for (const button of await shop.page.$$('button')) await button.click()
  await shop.collector.arrive(4)
  await shop.page.goto('about:blank')
  await expect.poll(() => shop.collector.updates.length).toBe(1)
  expect(shop.collector.hits.slice(1).map(({ parameters: { e_c, e_a, e_n } }) => [e_c, e_a, e_n])).toEqual([
    ['Forms', 'submit', 'contact'],
    ['Forms', 'submit', 'newsletter'],
    ['Forms', 'submit', undefined],
  ])
  expect(JSON.stringify([shop.collector.hits, shop.collector.updates])).not.toContain('typed')
  await shop.close()
})

test('errors of scripts are events where the page asks for it', async () => {
  const failing = `<script>setTimeout(() => { throw new Error('too bad') }, 0)</script><img src="/missing.png">`
  const shop = await openShop(browser, {
    head: `<script>_paq = [['enableJSErrorTracking']]</script><script async src="HOST/f.js?site=1"></script>`,
    pages: { '/': `<button onclick="null.x">Fail</button>` },
  })
  await shop.page.goto(shop.url())
  await shop.collector.arrive(1)
  await shop.page.evaluate(`document.body.insertAdjacentHTML('beforeend', '<img src="/missing.png">')`)
  await shop.page.click('button')
  const [, error] = await shop.collector.arrive(2)
  expect(error).toMatchObject({ e_c: 'JavaScript Errors', e_n: expect.stringContaining('TypeError') })
  expect(error?.e_a).toMatch(RegExp(`^${shop.url()}:\\d+:\\d+$`))
  await shop.close()

  const silent = await openShop(browser, { pages: { '/': failing } })
  await silent.page.goto(silent.url())
  await expect.poll(() => silent.console.join()).toContain('too bad')
  await leave(silent)
  expect(silent.collector.hits).toHaveLength(2)
  await silent.close()
})
