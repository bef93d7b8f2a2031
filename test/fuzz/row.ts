// What every row of the table `hits` must be, whatever a client sent: text that UTF-8 can carry, in one line and
// within its limit; numbers that their columns can hold; words from closed lists; days that belong to their times.

import { type Hit, hitColumns, techniques, timings } from '../../server/collect/hit.ts'
import { localDay } from '../../server/zone.ts'
import { rarely } from '../world/store.ts'

type Check = (value: unknown) => boolean

const checks: Record<keyof Hit, Check> = {
  site_id: whole(1, 4294967295),
  day: matches(/^\d{4}-\d\d-\d\d$/),
  visit_id: unsigned64,
  position: whole(1, 65535),
  visitor_id: unsigned64,
  time: whole(0, 4294967295),
  visit_time: whole(0, 4294967295),
  visit_number: whole(1, 65535),
  kind: oneOf(
    ...['pageview', 'event', 'download', 'outlink', 'search', 'impression', 'interaction', 'goal', 'order'],
    ...['cart', 'ping', 'update', 'recognised'],
  ),
  method: oneOf('GET', 'POST'),
  url: text(1024),
  url_prefix: whole(0, 3),
  title: text(1024),
  page_view_id: text(24),
  target_url: text(1024),
  search_keyword: text(1024),
  search_category: text(1024),
  search_count: whole(-1, 2147483647),
  event_category: text(1024),
  event_action: text(1024),
  event_name: text(1024),
  event_value: (value) => value === null || (typeof value === 'number' && Number.isFinite(value)),
  previous_url: text(1024),
  previous_title: text(1024),
  time_spent: whole(0, 1800),
  entry_url: text(1024),
  entry_title: text(1024),
  referrer_type: oneOf('direct', 'search', 'website', 'social', 'campaign', 'ai'),
  referrer_name: text(1500),
  referrer_keyword: text(1500),
  referrer_url: text(1500),
  ip: matches(/^[0-9a-f:.]{0,39}$/),
  country: matches(/^(?:[A-Z]{2})?$/),
  language: matches(/^(?:[a-z]{2,3}(?:-[a-z]{4})?(?:-(?:[a-z]{2}|\d{3}))?)?$/),
  device_type: oneOf(
    ...['desktop', 'smartphone', 'phablet', 'tablet', 'feature_phone', 'tv', 'console', 'wearable', 'car'],
    ...['smart_display', 'smart_speaker', 'portable_media_player', 'camera', 'peripheral', ''],
  ),
  device_brand: text(60),
  device_model: text(60),
  os_name: text(60),
  os_version: text(20),
  browser_name: text(60),
  browser_version: text(20),
  resolution: matches(/^(?:[1-9]\d{0,4}x[1-9]\d{0,4})?$/),
  color_depth: whole(0, 255),
  techniques: (value) =>
    Array.isArray(value) &&
    value.every((one) => techniques.includes(one)) &&
    new Set(value).size === value.length,
  local_minute: whole(0, 1439),
  variables: map(/^[^\p{Cc}]{1,200}$/u, text(800)),
  dimensions: map(/^[1-9]\d{0,4}$/, text(1000)),
  timings: map(new RegExp(`^(${Object.keys(timings).join('|')})$`), number),
  content_name: text(1024),
  content_piece: text(1024),
  content_interaction: text(800),
  order_id: text(400),
  amounts: map(/^(revenue|subtotal|tax|shipping|discount)$/, number),
  items: list(100, ({ sku, name, categories, price, quantity, ...rest }) =>
    [
      // A page of a category shows products without being one of them.
      text(800)(sku) &&
        (sku !== '' || (name === '' && price === 0 && Array.isArray(categories) && categories.length > 0)),
      text(800)(name),
      Array.isArray(categories) && categories.length <= 5 && categories.every(text(800)),
      number(price) && number(quantity),
      Object.keys(rest).length === 0,
    ].every(Boolean),
  ),
  conversions: list(
    100,
    ({ goal, revenue, ...rest }) =>
      whole(0, 4294967295)(goal) && number(revenue) && Object.keys(rest).length === 0,
  ),
  credited_type: oneOf('direct', 'search', 'website', 'social', 'campaign', 'ai', ''),
  credited_name: text(1500),
  credited_keyword: text(1500),
  campaign: map(/^(source|medium|content|id|group|placement)$/, text(1500)),
  profilable: whole(0, 1),
  user_id: text(800),
  visit_dimensions: map(/^[1-9]\d{0,4}$/, text(1000)),
  visit_variables: map(/^[^\p{Cc}]{1,200}$/u, text(800)),
  region: text(400),
  city: text(800),
  latitude: (value) => value === null || (number(value) && Math.abs(Number(value)) <= 90),
  longitude: (value) => value === null || (number(value) && Math.abs(Number(value)) <= 180),
  days_since_first: whole(0, 65535),
  days_since_last: whole(0, 65535),
  days_since_order: whole(-1, 65535),
}

/** What ClickHouse takes for a column that a line leaves out. */
const defaults: Partial<Hit> = {
  ...rarely,
  url: '',
  url_prefix: 0,
  title: '',
  page_view_id: '',
  target_url: '',
  search_keyword: '',
  search_category: '',
  event_category: '',
  event_action: '',
  event_name: '',
  event_value: null,
  previous_url: '',
  previous_title: '',
  time_spent: 0,
  entry_url: '',
  entry_title: '',
  referrer_name: '',
  referrer_keyword: '',
  referrer_url: '',
  ip: '',
  country: '',
  language: '',
  device_type: '',
  device_brand: '',
  device_model: '',
  os_name: '',
  os_version: '',
  browser_name: '',
  browser_version: '',
  resolution: '',
  color_depth: 0,
  techniques: [],
}

/** The row that a line of the journal becomes. */
export function rowOf(line: string): Hit {
  return { ...defaults, ...(JSON.parse(line) as Hit) }
}

/**
 * What is wrong with a row, a line each; empty when nothing is.
 * @param timezone of the site.
 * @param address the client's, whole: it must be nowhere in the row.
 */
export function faultsOf(row: Hit, timezone: string, address: string): string[] {
  const faults: string[] = []
  for (const name of Object.keys(hitColumns) as (keyof Hit)[]) {
    if (!checks[name](row[name])) faults.push(`${name} must not be ${JSON.stringify(row[name])}`)
  }
  for (const name of Object.keys(row)) if (!(name in hitColumns)) faults.push(`${name} is no column`)
  for (const name of ['time', 'visit_time'] as const) {
    const day = localDay(timezone, row[name] * 1000)
    if (day !== row.day) faults.push(`${name} ${row[name]} is on ${day}, not on ${row.day}`)
  }
  if (JSON.stringify(row).includes(address)) faults.push('the whole address is in the row')
  return faults
}

function whole(least: number, most: number): Check {
  return (value) => Number.isInteger(value) && Number(value) >= least && Number(value) <= most
}

function unsigned64(value: unknown): boolean {
  return typeof value === 'string' && /^(?:0|[1-9]\d{0,19})$/.test(value) && BigInt(value) < 1n << 64n
}

function text(bytes: number): Check {
  return (value) =>
    typeof value === 'string' &&
    value.isWellFormed() &&
    !/\p{Cc}/u.test(value) &&
    Buffer.byteLength(value) <= bytes
}

function matches(pattern: RegExp): Check {
  return (value) => typeof value === 'string' && pattern.test(value)
}

function oneOf(...words: string[]): Check {
  return (value) => typeof value === 'string' && words.includes(value)
}

function number(value: unknown): boolean {
  return typeof value === 'number' && Number.isFinite(value)
}

/** At most 100 entries. */
function map(key: RegExp, check: Check): Check {
  return (value) => {
    const entries = Object.entries(Object(value))
    return entries.length <= 100 && entries.every(([name, one]) => key.test(name) && check(one))
  }
}

function list(most: number, check: (entry: Record<string, unknown>) => boolean): Check {
  return (value) => Array.isArray(value) && value.length <= most && value.every(check)
}
