// What is measured of pages: of each page view the last measurement counts, and percentiles are right within 1 %.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Hit } from '../../../server/collect/hit.ts'
import { ReportsWorld } from '../../world/reports.ts'
import { berlin, openStore, type StoreWorld, storeHits } from '../../world/store.ts'
import { type Doing, page, visit } from '../../world/visits.ts'

let world: StoreWorld
let reports: ReportsWorld

// Each group of tests has a site of its own.
const [measured, many] = [1, 2]

const home = 'example.org/'
const shop = 'example.org/shop'
const measurement = (page_view_id: string, url: string, timings: Hit['timings']): Doing => {
  return { kind: 'update', page_view_id, url, timings }
}

/** Values from 1 ms to 20 s, of which 2 in 100 are the same. */
const spread = Array.from({ length: 100 }, (_, index) => Math.round(1.1 ** (index - (index % 2))))

beforeAll(async () => {
  world = await openStore()
  reports = new ReportsWorld(world.store, [berlin, { ...berlin, id: many }])
  await storeHits(world.store, [
    // Two page views, the first told twice: its first loading stays, what is newer takes the place of what was told.
    ...visit({
      site: measured,
      at: '2026-11-02T10:00:00+01:00',
      visitor: '11',
      country: 'DE',
      does: [
        page(home, 'Home', { page_view_id: 'aaaaaa' }),
        measurement('aaaaaa', home, {
          network: 10,
          server: 200,
          transfer: 30,
          dom_processing: 100,
          dom_completion: 400,
          load: 5,
          lcp: 1000,
          fcp: 800,
          ttfb: 210,
          cls: 0.02,
          engaged: 4000,
          scroll: 20,
        }),
        page(shop, 'Shop', { page_view_id: 'bbbbbb' }),
        measurement('bbbbbb', shop, { inp: 90, cls: 0, engaged: 30_000, scroll: 100 }),
        measurement('aaaaaa', home, { lcp: 2000, inp: 50, cls: 0.5, engaged: 9000, scroll: 60 }),
      ],
    }),
    // A client that measures when it counts a page view, and one that measures nothing.
    ...visit({
      site: measured,
      at: '2026-11-03T10:00:00+01:00',
      visitor: '12',
      country: 'US',
      device_type: 'smartphone',
      browser_name: 'Safari',
      does: [
        page(home, 'Home', { timings: { network: 30, server: 400 } }),
        page(home, 'Home'),
        page(shop, 'Shop', { timings: { server: 100 } }),
      ],
    }),
    ...visit({
      site: many,
      at: '2026-11-02T10:00:00+01:00',
      does: spread.map((lcp) => page(home, 'Home', { after: 1, timings: { lcp, cls: lcp / 10_000 } })),
    }),
  ])
})
afterAll(() => world.close())

const of = (name: string, further = '') => `/${name}?site=${measured}&period=week&date=2026-11-02${further}`

/** The greatest difference of a percentile from what it should be, as a share. */
const off = (is: number, should: number) => Math.abs(is - should) / should

describe('page loading', () => {
  test('has the times of its steps and all of them together', async () => {
    const { totals } = await reports.json(of('loading'))
    expect(totals).toMatchObject({
      measured: 3,
      avg_network_time: 20,
      avg_server_time: 233,
      avg_transfer_time: 30,
      avg_dom_processing_time: 100,
      avg_dom_completion_time: 400,
      avg_on_load_time: 5,
      // 745, 430 and 100.
      avg_page_load_time: 425,
    })
    expect(off(totals.p50_server_time, 200)).toBeLessThan(0.011)
    expect(off(totals.p95_page_load_time, 745)).toBeLessThan(0.011)
    expect(totals.p50_network_time).toBe(10)
  })

  test.each([
    [
      'loading-pages',
      [
        [home, 2, 300],
        [shop, 1, 100],
        ['Total', 3, 233],
      ],
    ],
    [
      'loading-device-types',
      [
        ['Smartphone', 2, 250],
        ['Desktop', 1, 200],
        ['Total', 3, 233],
      ],
    ],
    [
      'loading-countries',
      [
        ['United States', 2, 250],
        ['Germany', 1, 200],
        ['Total', 3, 233],
      ],
    ],
    [
      'loading-browsers',
      [
        ['Safari', 2, 250],
        ['Firefox', 1, 200],
        ['Total', 3, 233],
      ],
    ],
  ])('%s', async (name, rows) => {
    expect(await reports.table(of(name), 'measured', 'avg_server_time')).toEqual(rows)
  })

  test('of some pages alone, where a filter says so', async () => {
    expect(await reports.table(of('loading-pages', '&filter=pageUrl=@/shop'), 'measured')).toEqual([
      [shop, 1],
      ['Total', 1],
    ])
    expect(await reports.table(of('loading-pages', '&filter=pageTitle!=Shop'), 'measured')).toEqual([
      [home, 2],
      ['Total', 2],
    ])
    const { status } = await reports.ask(of('loading-countries', '&filter=pageUrl=@/shop'))
    expect(status).toBe(400)
  })

  test('of a page says how to open it', async () => {
    const { rows } = await reports.json(of('loading-pages'))
    expect(rows[0].link).toBe('https://example.org/')
  })

  test('by the day and by the hour', async () => {
    const days = await reports.table(of('loading', '&by=day'), 'measured', 'avg_server_time')
    expect(days.slice(0, 3)).toEqual([
      ['2026-11-02', 1, 200],
      ['2026-11-03', 2, 250],
      ['2026-11-04', 0, 0],
    ])
    const hours = await reports.table(
      `/loading?site=${measured}&period=day&date=2026-11-03&by=hour`,
      'measured',
    )
    expect(hours.filter(([, count]) => count !== 0)).toEqual([
      ['2026-11-03T10:00:00+01:00', 2],
      ['Total', 2],
    ])
  })
})

describe('web vitals', () => {
  test('are those that were told last of a page view', async () => {
    const { totals } = await reports.json(of('vitals'))
    expect(totals).toMatchObject({
      measured: 2,
      avg_lcp: 2000,
      avg_fcp: 800,
      avg_ttfb: 210,
      avg_inp: 70,
      avg_cls: 0.25,
      p50_cls: 0,
    })
    expect(off(totals.p75_lcp, 2000)).toBeLessThan(0.011)
    expect(off(totals.p95_cls, 0.5)).toBeLessThan(0.011)
  })

  test.each([
    [
      'vitals-pages',
      [
        [home, 1, 50],
        [shop, 1, 90],
        ['Total', 2, 70],
      ],
    ],
    [
      'vitals-device-types',
      [
        ['Desktop', 2, 70],
        ['Total', 2, 70],
      ],
    ],
    [
      'vitals-countries',
      [
        ['Germany', 2, 70],
        ['Total', 2, 70],
      ],
    ],
    [
      'vitals-browsers',
      [
        ['Firefox', 2, 70],
        ['Total', 2, 70],
      ],
    ],
  ])('%s', async (name, rows) => {
    expect(await reports.table(of(name), 'measured', 'avg_inp')).toEqual(rows)
  })

  test('have percentiles that are right within 1 %, of milliseconds and of shifts', async () => {
    const { totals } = await reports.json(`/vitals?site=${many}&period=day&date=2026-11-02`)
    const sorted = spread.toSorted((one, other) => one - other)
    for (const [name, percentile] of [
      ['p50', 0.5],
      ['p75', 0.75],
      ['p95', 0.95],
    ] as const) {
      const exact = sorted[Math.ceil(percentile * sorted.length) - 1] ?? 0
      expect(exact).toBeGreaterThan(50)
      // Half a unit is lost where the last digit is rounded.
      expect(Math.abs(totals[`${name}_lcp`] - exact)).toBeLessThanOrEqual(exact * 0.01 + 0.5)
      expect(Math.abs(totals[`${name}_cls`] - exact / 10_000)).toBeLessThanOrEqual(
        (exact / 10_000) * 0.01 + 0.00005,
      )
    }
  })
})

test('engaged time and scroll depth are those of the last measurement of a page view', async () => {
  const columns = ['measured', 'avg_engaged_time', 'avg_scroll_depth', 'p95_scroll_depth']
  expect(await reports.table(of('engagement-pages'), ...columns)).toEqual([
    [home, 1, 9, 0.6, 0.6],
    [shop, 1, 30, 1, 1],
    ['Total', 2, 19.5, 0.8, 1],
  ])
  expect(await reports.table(of('engagement'), ...columns)).toEqual([
    ['All page views', 2, 19.5, 0.8, 1],
    ['Total', 2, 19.5, 0.8, 1],
  ])
})
