// A website with the snippet on its pages, on another host than its collector, and a visitor with a browser.

import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { visitor } from '../../world/browser.ts'
import { type Handler, servePages } from '../../world/pages.ts'
import { type Collector, type CollectorOptions, startCollector } from './collector.ts'

export type Shop = {
  collector: Collector
  page: Page
  /** All that the pages wrote into the console, and errors that no one caught. */
  console: string[]
  url(path?: string): string
  cookies(): Promise<Record<string, string>>
  close(): Promise<void>
}

export type ShopOptions = CollectorOptions & {
  /** Body by path; in it, HOST stands for the host of the collector, OTHER for one of another website. */
  pages?: Record<string, string | Handler>
  /** In place of the snippet, but for /sentinel. */
  head?: string
  /** Runs in each page before anything else. */
  before?: string
  secure?: boolean
  visitor?: BrowserContextOptions
}

export async function openShop(browser: Browser, options: ShopOptions = {}): Promise<Shop> {
  const domain = options.secure === false ? 'test' : 'localhost'
  const collector = await startCollector(options)
  const replace = (html: string): string =>
    html
      .replaceAll('HOST', collector.at(`stats.${domain}`, ''))
      .replaceAll('OTHER', `http://other.${domain}:${site.port}`)
  const snippet = '<script async src="HOST/f.js?site=1"></script>'
  const pages: Record<string, Handler> = {}
  for (const [path, body] of Object.entries({ '/': '', '/next': '', '/sentinel': '', ...options.pages })) {
    pages[path] =
      typeof body === 'function'
        ? body
        : (_request, response) => {
            const head = path === '/sentinel' ? snippet : (options.head ?? snippet)
            const title = path === '/' ? 'Shop' : `Shop ${path}`
            response
              .writeHead(200, { 'content-type': 'text/html' })
              .end(
                replace(
                  `<!doctype html><html lang="en"><link rel="icon" href="data:,">${head}<title>${title}</title>${body}`,
                ),
              )
          }
  }
  const site = await servePages(pages)
  const context = await visitor(browser, options.visitor)
  if (options.before) await context.addInitScript(options.before)
  const page = await context.newPage()
  const lines: string[] = []
  context.on('console', (message) => lines.push(`${message.type()}: ${message.text()}`))
  context.on('weberror', (error) => lines.push(String(error.error())))
  return {
    collector,
    page,
    console: lines,
    url: (path = '/') => site.at(`shop.${domain}`, path),
    cookies: async () => {
      const cookies = await context.cookies(site.at(`shop.${domain}`))
      return Object.fromEntries(cookies.map(({ name, value }) => [name, value]))
    },
    close: async () => {
      await context.close()
      await site.close()
      await collector.close()
    },
  }
}

/** Leaves the page, so that whatever it still held back is sent; then a page that is counted says that it was. */
export async function leave({ page, url, collector }: Shop): Promise<void> {
  await page.goto('about:blank')
  const before = collector.hits.length
  await page.context().clearCookies()
  await page.goto(url('/sentinel'))
  await collector.arrive(before + 1)
}
