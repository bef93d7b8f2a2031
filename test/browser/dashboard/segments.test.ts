import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { launch } from '../../world/browser.ts'
import { startFootfall, type World } from '../../world/footfall.ts'
import { expectAccessible, figure, signIn, sit } from './owner.ts'

/** Midday in Berlin: no test sees a day end. */
const noon = Date.parse('2026-11-20T11:00:00Z')

let world: World
let browser: Browser

beforeAll(async () => {
  world = await startFootfall({ clock: noon })
  browser = await launch()
  const page = (visitor: string, path: string, title: string) =>
    world.track({ _id: visitor.repeat(16), url: `https://example.org${path}`, action_name: title })
  await page('a', '/', 'Home')
  await page('a', '/shoes', 'Shoes')
  await page('b', '/', 'Home')
  await world.service.journal.drain()
})
afterAll(async () => {
  await browser.close()
  await world.close()
})

it('puts a segment together, shows it, saves, changes and removes it', async () => {
  const { page, faults, close } = await sit(browser, world.url)
  try {
    await page.clock.setFixedTime(noon)
    await signIn(page, world.owner)
    const picker = page.getByRole('button', { name: /^Visits: / })
    expect(await figure(page, 'Visits')).toBe('2')

    await picker.click()
    await page.getByRole('button', { name: 'New segment…' }).click()
    await page.getByLabel('What is compared').selectOption({ label: 'Page title' })
    await page.getByLabel('Value').fill('Shoes')
    await expect.poll(() => page.locator('datalist option').count()).toBe(2)
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Show without saving' }).click()
    await expect.poll(() => figure(page, 'Visits')).toBe('1')
    expect(new URL(page.url()).searchParams.get('segment')).toBe(
      '{"name":"pageTitle","op":"==","value":"Shoes"}',
    )
    await page.getByRole('button', { name: 'Visits: Some visits. Change' }).waitFor()

    // What is shown can be saved, and is asked for a name.
    await picker.click()
    await page.getByRole('button', { name: 'Change or save what is shown…' }).click()
    await page.getByRole('button', { name: 'Save and show' }).click()
    await page.getByText('Give the segment a name, or show it without saving it.').waitFor()
    await page.getByLabel('Name').fill('Buyers of shoes')
    await page.getByRole('button', { name: 'Save and show' }).click()
    await page.getByRole('button', { name: 'Visits: Buyers of shoes. Change' }).waitFor()
    expect(await figure(page, 'Visits')).toBe('1')

    // A second group makes it narrower; an address of it opens the same.
    await picker.click()
    await page.getByRole('button', { name: 'Change “Buyers of shoes”' }).click()
    await page.getByRole('button', { name: 'And', exact: true }).click()
    await page.getByLabel('What is compared').nth(1).selectOption({ label: 'Actions' })
    await page.getByLabel('How it is compared').nth(1).selectOption({ label: 'more than' })
    await page.getByLabel('Value').nth(1).fill('two')
    await page.getByRole('button', { name: 'Save and show' }).click()
    await page.getByText('"actions" is a number; "two" is none.').waitFor()
    await page.getByLabel('Value').nth(1).fill('2')
    await page.getByRole('button', { name: 'Save and show' }).click()
    await page.getByText('None belongs to the segment.').waitFor()
    await page.reload()
    await page.getByText('None belongs to the segment.').waitFor()

    await picker.click()
    await page.getByRole('button', { name: 'All visits' }).click()
    await expect.poll(() => figure(page, 'Visits')).toBe('2')
    await picker.click()
    await page.getByRole('button', { name: 'Change “Buyers of shoes”' }).click()
    await page.getByRole('button', { name: 'Remove', exact: true }).click()
    await page.getByRole('button', { name: 'Remove “Buyers of shoes” for good' }).click()
    await picker.click()
    await expect.poll(() => page.getByText('Buyers of shoes').count()).toBe(0)
    expect(faults).toEqual([])
  } finally {
    await close()
  }
})

it('shows what groups cannot say as text, and fits on a phone', async () => {
  const { page, faults, close } = await sit(browser, world.url, {
    viewport: { width: 360, height: 800 },
    colorScheme: 'dark',
  })
  try {
    await page.clock.setFixedTime(noon)
    const steps = ['Home', 'Shoes'].map((value) => ({ name: 'pageTitle', value }))
    const segment = encodeURIComponent(JSON.stringify({ sequence: steps }))
    await signIn(page, world.owner, `/sites/1?period=range&date=2026-10-21,2026-11-20&segment=${segment}`)
    await expect.poll(() => figure(page, 'Visits')).toBe('1')
    await page.getByRole('button', { name: /^Visits: / }).click()
    await page.getByRole('button', { name: 'Change or save what is shown…' }).click()
    expect(await page.getByLabel('Segment', { exact: true }).inputValue()).toContain('"sequence"')
    await expectAccessible(page)
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360)
    expect(faults).toEqual([])
  } finally {
    await close()
  }
})
