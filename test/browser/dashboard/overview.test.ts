import { readFile } from 'node:fs/promises'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launch } from '../../world/browser.ts'
import { startFootfall, type World } from '../../world/footfall.ts'
import { expectAccessible, figure, type Seat, signIn, sit } from './owner.ts'

/** Midday in Berlin: no test sees a day end. */
const noon = Date.parse('2026-11-20T11:00:00Z')

let world: World
let browser: Browser

beforeAll(async () => {
  world = await startFootfall({ clock: noon })
  browser = await launch()
  const visitor = { _id: '0123456789abcdef', res: '1920x1080' }
  const page = (path: string, title: string) => ({
    ...visitor,
    url: `https://example.org${path}`,
    action_name: title,
  })
  await world.track({ ...page('/', 'Home'), urlref: 'https://news.example.net/story' })
  await world.track(page('/shoes', 'Shoes'))
  await world.track(page('/shoes/red', 'Red shoes'))
  await world.track({ ...page('/shoes/red', 'Red shoes'), link: 'https://other.example/' })
  await world.service.journal.drain()
})
afterAll(async () => {
  await browser.close()
  await world.close()
})

async function seated(doing: (seat: Seat) => Promise<void>, options = {}, to = '/'): Promise<void> {
  const seat = await sit(browser, world.url, options)
  try {
    await seat.page.clock.setFixedTime(noon)
    await signIn(seat.page, world.owner, to)
    await doing(seat)
    expect(seat.faults).toEqual([])
  } finally {
    await seat.close()
  }
}

describe('the overview of a site', () => {
  it('shows visits, page views, pages, referrer, browser and system, and asks no other host', async () => {
    await seated(async ({ page }) => {
      expect(await figure(page, 'Visits')).toBe('1')
      expect(await figure(page, 'Page views')).toBe('3')
      for (const [card, row] of [
        ['Pages', '/shoes/red'],
        ['Channels', 'Websites'],
        ['Websites', 'news.example.net'],
        ['Browsers', 'Firefox'],
        ['Countries', 'Germany'],
      ] as const) {
        const article = page.getByRole('article', { name: card, exact: true })
        await article.scrollIntoViewIfNeeded()
        await article.getByRole('rowheader', { name: row }).first().waitFor()
      }
      await page.getByRole('tab', { name: 'Systems' }).click()
      await page.getByRole('rowheader', { name: 'Linux' }).waitFor()
      await page.getByRole('tab', { name: 'Outlinks' }).click()
      await page.getByRole('rowheader', { name: 'other.example' }).waitFor()
    })
  })

  it('counts who is there now', async () => {
    await seated(async ({ page }) => {
      await page.getByText('1 visitor in the last 30 minutes').waitFor()
    })
  })

  it('keeps its period in the address, so that links, back and forward work', async () => {
    await seated(async ({ page }) => {
      await page.getByRole('button', { name: /^Period:/ }).click()
      await page.getByRole('button', { name: 'Today' }).click()
      await page.waitForURL('**/sites/1?period=day&date=today')
      await page.getByRole('button', { name: 'Previous day' }).click()
      await page.getByText('No visits in this period').waitFor()
      await page.goBack()
      await page.waitForURL('**/sites/1?period=day&date=today')
      await page.locator('.figure-value', { hasText: /^1$/ }).first().waitFor()
    })
  })

  it('lets the calendar be used by keyboard alone', async () => {
    await seated(
      async ({ page }) => {
        await page.getByRole('button', { name: /^Period:/ }).focus()
        await page.keyboard.press('Enter')
        await page.getByRole('button', { name: 'Tue, 12 Nov 2024', exact: true }).focus()
        await page.keyboard.press('ArrowLeft')
        await page.keyboard.press('ArrowUp')
        await page.keyboard.press('Enter')
        await page.waitForURL('**/sites/1?period=day&date=2024-11-04')
        await page.getByRole('heading', { name: /4 Nov 2024/ }).waitFor()
      },
      {},
      '/sites/1?period=day&date=2024-11-12',
    )
  })

  it('shows the chart as a table as well', async () => {
    await seated(
      async ({ page }) => {
        await page.getByRole('button', { name: 'Page views 3' }).click()
        await page.getByRole('button', { name: 'Show as table' }).click()
        const table = page.getByRole('region', { name: 'Page views over time' })
        const amounts = await table.locator('tbody td:nth-child(2)').allTextContents()
        expect(
          amounts.map((amount) => Number.parseInt(amount, 10) || 0).reduce((sum, amount) => sum + amount),
        ).toBe(3)
      },
      {},
      '/sites/1?period=day&date=today',
    )
  })

  it('opens a whole report to search and to sort, and hands it out as CSV', async () => {
    await seated(async ({ page }) => {
      const pages = page.getByRole('article', { name: 'Pages', exact: true })
      await pages.getByRole('link', { name: 'Show in full' }).click()
      const dialog = page.getByRole('dialog', { name: 'Pages' })
      await dialog.getByRole('button', { name: 'Entries' }).first().click()
      await dialog.locator('th[aria-sort=descending]', { hasText: 'Entries' }).waitFor()
      await dialog.getByRole('searchbox').fill('RED')
      await dialog.getByText('1 to 1 of 1').waitFor()
      expect(await dialog.getByRole('rowheader').first().textContent()).toBe('/shoes/red')
      const [file] = await Promise.all([
        page.waitForEvent('download'),
        dialog.getByRole('link', { name: 'Pages as a CSV file' }).click(),
      ])
      const lines = (await readFile(await file.path(), 'utf8')).trim().split('\n')
      expect(lines).toHaveLength(2)
      expect(lines[0]).toMatch(/^label,url,page_views/)
      await page.keyboard.press('Escape')
      await page.waitForURL((url) => !url.search.includes('report'))
    })
  })

  for (const colorScheme of ['light', 'dark'] as const) {
    for (const width of [1280, 360]) {
      it(`is accessible and fits into ${width} pixels, ${colorScheme}`, async () => {
        await seated(
          async ({ page }) => {
            await page.getByRole('article', { name: 'Browsers', exact: true }).scrollIntoViewIfNeeded()
            await page.getByRole('rowheader', { name: 'Firefox' }).waitFor()
            await expectAccessible(page)
            expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width)
            await page.getByRole('link', { name: 'Show in full' }).first().click()
            await page.getByRole('dialog').getByRole('rowheader').first().waitFor()
            await expectAccessible(page)
          },
          { colorScheme, viewport: { width, height: 800 } },
        )
      })
    }
  }
})
