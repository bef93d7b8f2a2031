// The owner at a browser: signed in, and watched for what no page of the dashboard may do.

import axe from 'axe-core'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { expect } from 'vitest'

export type Seat = {
  page: Page
  /** Errors of scripts and policies, and requests to other hosts. */
  faults: string[]
  close(): Promise<void>
}

/** An English browser in Berlin that looks at the service at this address. */
export async function sit(browser: Browser, url: string, further: BrowserContextOptions = {}): Promise<Seat> {
  const context = await browser.newContext({
    baseURL: url,
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
    reducedMotion: 'reduce',
    ...further,
  })
  const page = await context.newPage()
  const faults: string[] = []
  page.on('pageerror', (error) => faults.push(error.message))
  page.on('console', (message) => {
    // The browser itself reports answers that refuse what a test enters wrongly.
    if (message.type() === 'error' && !message.text().includes('status of 40')) faults.push(message.text())
  })
  context.on('request', (request) => {
    if (!request.url().startsWith(`${url}/`)) faults.push(`request to ${request.url()}`)
  })
  return { page, faults, close: () => context.close() }
}

export async function signIn(
  page: Page,
  owner: { email: string; password: string },
  to = '/',
): Promise<void> {
  await page.goto(to)
  await page.getByLabel('E-mail').fill(owner.email)
  await page.getByLabel('Password', { exact: true }).fill(owner.password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.locator('.figures').waitFor()
}

/** What a figure of the overview says, as `4,644`. */
export async function figure(page: Page, name: string): Promise<string> {
  const tile = page.locator('.figures[aria-busy=false] .figure').filter({ hasText: name })
  return (await tile.locator('.figure-value').textContent()) ?? ''
}

export async function expectAccessible(page: Page): Promise<void> {
  await page.evaluate(axe.source)
  const violations = await page.evaluate(async () => {
    const found = await (globalThis as unknown as { axe: typeof axe }).axe.run()
    return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
  })
  expect(violations).toEqual([])
}
