// How often each numbered page is counted, by the API.

import { numberOf } from './ledger.ts'

export type PageCounts = {
  /** By number. */
  found: Uint8Array
  /** All page views of the period. */
  pageViews: number
  /** Where the report says it has them from: raw or final. */
  source: string
}

type Answer = {
  rows: { url: string; page_views: number }[]
  totals: { page_views: number }
  rowCount: number
  source: string
}

/** The most that the API gives. */
const rowsAtOnce = 10_000

export async function countPages(
  url: string,
  token: string,
  asked: { site: number; period: string; date: string },
  size: number,
): Promise<PageCounts> {
  const found = new Uint8Array(size)
  for (let offset = 0; ; offset += rowsAtOnce) {
    const query = new URLSearchParams({
      ...asked,
      site: String(asked.site),
      limit: String(rowsAtOnce),
      offset: String(offset),
    })
    const answer = await fetch(`${url}/api/reports/pages?${query}`, {
      headers: { authorization: `Bearer ${token}` },
    })
    if (!answer.ok) throw new Error(`The report was answered ${answer.status}: ${await answer.text()}`)
    const { rows, totals, rowCount, source } = (await answer.json()) as Answer
    for (const row of rows) found[numberOf(row.url)] = row.page_views
    if (offset + rows.length >= rowCount || rows.length === 0)
      return { found, pageViews: totals.page_views, source }
  }
}
