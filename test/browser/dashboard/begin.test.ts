import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createApp } from '../../../server/app.ts'
import { readConfig } from '../../../server/config.ts'
import { openFootfall } from '../../../server/footfall.ts'
import { launch } from '../../world/browser.ts'
import { firefox } from '../../world/footfall.ts'
import { expectAccessible, figure, signIn, sit } from './owner.ts'

/** A service at its very first start. */
async function startBare(): Promise<{ url: string; close(): Promise<void> }> {
  const data = mkdtempSync(join(tmpdir(), 'footfall-test-'))
  const log = { info: () => {}, error: () => {} }
  const service = await openFootfall(readConfig({ FOOTFALL_DATA: data }), log)
  const app = await createApp(service, { setupKey: 'right-key', commandKey: 'command-key' })
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  return {
    url,
    close: async () => {
      await app.close()
      await service.close()
      rmSync(data, { recursive: true, force: true })
    },
  }
}

describe('the first start', () => {
  let world: Awaited<ReturnType<typeof startBare>>
  let browser: Browser
  beforeAll(async () => {
    world = await startBare()
    browser = await launch()
  })
  afterAll(async () => {
    await browser.close()
    await world.close()
  })

  it('goes from the setup link to the first visit, and after that signs in', async () => {
    const owner = { email: 'owner@example.org', password: 'seven quiet kettles' }
    const { page, faults, close } = await sit(browser, world.url)
    const create = page.getByRole('button', { name: 'Create account and site' })

    await page.goto('/')
    await page.getByRole('heading', { name: 'Footfall is not set up yet' }).waitFor()

    await page.goto('/setup?key=wrong-key')
    await create.click()
    await page.getByText('Choose a password of 12 characters or more.').waitFor()
    expect(await page.evaluate('document.activeElement.name')).toBe('email')
    await expectAccessible(page)

    await page.getByLabel('E-mail').fill(owner.email)
    await page.getByLabel('Password', { exact: true }).fill('short')
    await page.getByText('Choose a password of 12 characters or more.').waitFor()
    await page.getByLabel('Password', { exact: true }).fill(owner.password)
    await page.getByLabel('Name of the site').fill('My bakery')
    await page.getByLabel('Address').fill('bakery.example')
    expect(await page.getByLabel('Time zone').inputValue()).toBe('Europe/Berlin')
    await create.click()
    await page.getByText('This setup link is not valid.').waitFor()
    await page.getByLabel('Setup key').fill('right-key')
    await create.click()

    await page.getByText('No visit yet').waitFor()
    expect(await page.getByLabel('Tracking code').inputValue()).toBe(
      `<script async src="${world.url}/f.js?site=1"></script>`,
    )
    await expectAccessible(page)
    const hit = { idsite: '1', rec: '1', url: 'https://bakery.example/bread', action_name: 'Bread' }
    await fetch(`${world.url}/matomo.php?${new URLSearchParams(hit)}`, { headers: { 'user-agent': firefox } })
    await page.getByText('It works').waitFor()
    await page.getByText('First page view from Firefox on GNU/Linux').waitFor()
    await page.getByText('https://bakery.example/bread').waitFor()
    await expectAccessible(page)

    await page.getByRole('link', { name: 'Show the statistics' }).click()
    await page.locator('.figure-value', { hasText: /^1$/ }).first().waitFor()
    expect(await figure(page, 'Page views')).toBe('1')

    await page.getByRole('button', { name: 'Menu' }).click()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    await page.goBack()
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    await page.goto('/sites/1?period=day&date=today')
    await page.getByLabel('E-mail').fill(owner.email)
    await page.getByLabel('Password', { exact: true }).fill('something else')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByText('E-mail and password do not match').waitFor()
    await signIn(page, owner, page.url())
    expect(new URL(page.url()).search).toBe('?period=day&date=today')

    await page.getByRole('button', { name: 'Site: My bakery. Change site' }).click()
    await page.getByRole('button', { name: 'Add a site…' }).click()
    await page.getByLabel('Name of the site').fill('My café')
    await page.getByLabel('Address').fill('https://cafe.example')
    await page.getByRole('button', { name: 'Add site' }).click()
    await page.getByText('f.js?site=2').or(page.getByLabel('Tracking code')).waitFor()
    await page.getByText('No visit yet').waitFor()
    await page.goto('/sites/2')
    await page.waitForURL('**/sites/2?show=install')
    expect(faults).toEqual([])
    await close()
  }, 90_000)
})
