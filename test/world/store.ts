// A store of its own for a test file: in a temporary folder that is removed again, or in a database of its own on a
// server (see clickhouse-server.ts).

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defaultSettings, type Site } from '../../server/admin/site.ts'
import type { Hit } from '../../server/collect/hit.ts'
import { packageRoot } from '../../server/root.ts'
import { migrate } from '../../server/store/migrations.ts'
import { Store, type StoreOptions } from '../../server/store/store.ts'
import { databaseFor, dropDatabaseFor } from './clickhouse-server.ts'

export type StoreWorld = { store: Store; data: string; close(): Promise<void> }

/** On a folder of its own, or on one that a process has left. */
export async function openStore(
  folder?: string,
  options: Pick<StoreOptions, 'questionSeconds'> = {},
): Promise<StoreWorld> {
  const data = folder ?? mkdtempSync(join(tmpdir(), 'footfall-test-'))
  const store = await openStoreOf(data, undefined, options)
  await migrate(store, join(packageRoot, 'migrations'))
  return {
    store,
    data,
    close: async () => {
      await store.close()
      await dropDatabaseFor(data)
      rmSync(data, { recursive: true, force: true })
    },
  }
}

/** The store of a data folder as it is; `clickhouseUrl` where it is not the one of all worlds. */
export async function openStoreOf(
  data: string,
  clickhouseUrl?: string,
  options: Pick<StoreOptions, 'questionSeconds'> = {},
): Promise<Store> {
  return await Store.open({
    ...options,
    data,
    clickhouseUrl: clickhouseUrl ?? (await databaseFor(data)),
    clickhouseCluster: undefined,
    clickhouseMemory: 1_000_000_000,
  })
}

let shipped = 0

export async function storeHits(store: Store, hits: Hit[]): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'footfall-hits-'))
  const segment = join(folder, 'hits.jsonl')
  writeFileSync(segment, hits.map((hit) => `${JSON.stringify(hit)}\n`).join(''))
  try {
    await store.ship(segment, `test-${shipped++}`)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** What few hits and visits have, when they have not. */
export const rarely = {
  campaign: {},
  profilable: 0,
  user_id: '',
  visit_dimensions: {},
  visit_variables: {},
  region: '',
  city: '',
  latitude: null,
  longitude: null,
  days_since_first: 0,
  days_since_last: 0,
  days_since_order: -1,
  variables: {},
  dimensions: {},
  timings: {},
  content_name: '',
  content_piece: '',
  content_interaction: '',
  order_id: '',
  amounts: {},
  items: [],
  conversions: [],
  credited_type: '',
  credited_name: '',
  credited_keyword: '',
} satisfies Partial<Hit>

/** A page view of site 1 in Berlin, direct, desktop; overridden by what the test is about. */
export function hit(facts: Partial<Hit> & { time: number }): Hit {
  return {
    site_id: 1,
    day: new Date(facts.time * 1000).toLocaleDateString('sv-SE', { timeZone: 'Europe/Berlin' }),
    visit_id: '1',
    position: 1,
    visitor_id: '1',
    visit_time: facts.time,
    visit_number: 1,
    kind: 'pageview',
    method: 'GET',
    url: 'example.org/',
    url_prefix: 2,
    title: 'Home',
    page_view_id: '',
    target_url: '',
    search_keyword: '',
    search_category: '',
    search_count: -1,
    event_category: '',
    event_action: '',
    event_name: '',
    event_value: null,
    previous_url: '',
    previous_title: '',
    time_spent: 0,
    entry_url: 'example.org/',
    entry_title: 'Home',
    referrer_type: 'direct',
    referrer_name: '',
    referrer_keyword: '',
    referrer_url: '',
    ip: '203.0.0.0',
    country: 'DE',
    language: 'de-de',
    device_type: 'desktop',
    device_brand: '',
    device_model: '',
    os_name: 'Windows',
    os_version: '11',
    browser_name: 'Firefox',
    browser_version: '140',
    resolution: '1920x1080',
    color_depth: 24,
    techniques: ['cookies', 'pdf'],
    local_minute: 600,
    ...rarely,
    ...facts,
  }
}

export const berlin: Site = {
  id: 1,
  name: 'Example',
  urls: ['https://example.org'],
  timezone: 'Europe/Berlin',
  currency: 'EUR',
  settings: defaultSettings,
  goals: [],
  dimensions: [],
  funnels: [],
  createdAt: 0,
}
