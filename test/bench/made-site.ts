// A site as large as wanted, made inside ClickHouse: hits as the collector writes them, of visits with a realistic spread. The
// same for the same arguments. Days have some 5,000 pages with a long tail, of which a part is new every day.

import { addDays } from '../../server/reports/period.ts'
import type { Store } from '../../server/store/store.ts'

export type MadeSite = {
  siteId: number
  /** First day, and how many. */
  from: string
  days: number
  /** Of all days together, about. */
  hits: number
}

/** Hits of a visit on average, by the distribution below. */
const hitsOfVisit = 4
/** Visits that are made by one statement. */
const atOnce = 60_000

/** @param told after each day */
export async function makeSite(store: Store, site: MadeSite, told: (day: string) => void): Promise<void> {
  const visitsOfDay = site.hits / site.days / hitsOfVisit
  let first = 0
  for (let index = 0; index < site.days; index++) {
    const day = addDays(site.from, index)
    const weekday = new Date(day).getUTCDay()
    const visits = Math.round(visitsOfDay * (weekday === 0 || weekday === 6 ? 0.86 : 1.056))
    for (let done = 0; done < visits; done += atOnce) {
      await store.command(
        daySql,
        {
          site: site.siteId,
          day,
          number: index,
          first: first + done,
          visits: Math.min(atOnce, visits - done),
          done,
          of_day: visits,
          pool: Math.max(1, Math.round(visitsOfDay * 30)),
        },
        {
          max_execution_time: 0,
          // Little of it is in memory at once.
          max_block_size: '4096',
          min_insert_block_size_rows: '100000',
          min_insert_block_size_bytes: '50000000',
          insert_deduplicate: 0,
          deduplicate_blocks_in_dependent_materialized_views: 0,
        },
      )
    }
    first += visits
    told(day)
  }
}

/** A number from 0 to 1 that depends on the visit, or on whatever else is said, and on what it is for. */
const chance = (of: string, salt: number) => `(cityHash64(${of}, ${salt}) % 1000003 / 1000003)`
/** From 1 to `most`; the second half as often as the first, its half as often as that, and so on. */
const rank = (of: string, salt: number, most: number | string) =>
  `toUInt32(least(${most}, floor(exp(${chance(of, salt)} * log(${most} + 1)))))`
const list = (...values: string[]) => `[${values.map((value) => `'${value}'`).join(', ')}]`
/** A value of a list, the first ones most. */
const oneOf = (salt: number, ...values: string[]) => `${list(...values)}[${rank('v', salt, values.length)}]`

/** The page of rank `rank` on this day: a thousand stay, all others are different ones every day. */
const pageOf = (rank: string) =>
  `if(${rank} <= 1000, ${rank}, 1000 + (${rank} + {number:UInt32} * 547) % 199000)`
const urlOf = (page: string) =>
  `concat('example.org/', ${list('shop', 'blog', 'news', 'help', 'about', 'tours', 'gear', 'maps')}[${page} % 8 + 1], '/',
    ${list('boots', 'tents', 'winter', 'summer', 'routes', 'huts', 'food', 'people', 'weather', 'snow')}[intDiv(${page}, 8) % 10 + 1], '-', toString(${page}), '.html')`
const titleOf = (page: string) =>
  `concat(${list('All about', 'New:', 'How to choose', 'Ten', 'The best', 'Where to find')}[${page} % 6 + 1], ' ',
    ${list('boots', 'tents', 'winter', 'summer', 'routes', 'huts', 'food', 'people', 'weather', 'snow')}[intDiv(${page}, 8) % 10 + 1], ' ', toString(${page}), ' - Example')`

const countries = [
  'DE',
  'US',
  'AT',
  'CH',
  'FR',
  'GB',
  'NL',
  'IT',
  'ES',
  'PL',
  'SE',
  'BE',
  'DK',
  'CZ',
  'CA',
  'AU',
  'JP',
  'BR',
  'IN',
  'MX',
  'NO',
  'FI',
  'PT',
  'IE',
  'GR',
  'HU',
  'RO',
  'TR',
  'KR',
  'ZA',
]
const languages = [
  'de-de',
  'en-us',
  'de-at',
  'de-ch',
  'fr-fr',
  'en-gb',
  'nl',
  'it-it',
  'es-es',
  'pl',
  'sv',
  'fr-be',
  'da',
  'cs',
  'en-ca',
  'en-au',
  'ja',
  'pt-br',
  'en-in',
  'es-mx',
  'nb',
  'fi',
  'pt-pt',
  'en-ie',
  'el',
  'hu',
  'ro',
  'tr',
  'ko',
  'en-za',
]

/**
 * What a visit is. They come in the order of time, as hits do, those of an hour mixed. A visitor who comes back is one of the
 * last thirty days.
 */
const visitsSql = `SELECT
  {first:UInt64} + number AS v,
  toUnixTimestamp(toDateTime({day:Date}, 'UTC')) + 14400
    + toUInt32(64800 * sqrt(({done:UInt64} + number + 0.05 * {of_day:UInt64} * ${chance('v', 1)}) / (1.05 * {of_day:UInt64}))) AS begun,
  bitShiftLeft(toUInt64(begun) * 1000 + cityHash64(v) % 1000, 22) + v % 4194304 AS visit,
  ${chance('v', 2)} < 0.35 AND v > 1000 AS back,
  if(back, v - 1 - toUInt64(${chance('v', 3)} * least({pool:UInt64}, v - 1)), v) AS who,
  cityHash64(who, 'visitor') AS visitor,
  if(back, 1 + ${rank('v', 4, 40)}, 1) AS visit_number,
  if(back, toUInt16(30 * ${chance('v', 5)}), 0) AS since_last,
  least(100, if(${chance('v', 6)} < 0.45, 1, 2 + toUInt32(-log(${chance('v', 7)} + 0.000001) * 4.95))) AS length,
  arrayMap(k -> if(k = 1, 1, multiIf(${chance('v, k', 8)} < 0.66, 1, ${chance('v, k', 8)} < 0.80, 2, ${chance('v, k', 8)} < 0.88, 3,
    ${chance('v, k', 8)} < 0.92, 4, ${chance('v, k', 8)} < 0.95, 5, ${chance('v, k', 8)} < 0.98, 6, ${chance('v, k', 8)} < 0.99, 7, 8)), range(1, length + 1)) AS whats,
  arrayCumSum(arrayMap(what -> what = 1, whats)) AS pages,
  arrayMap(page -> ${pageOf(`toUInt32(least(5000, floor(exp(${chance('v, page', 9)} * log(5001)))))`)}, range(1, pages[-1] + 1)) AS seen,
  arrayMap(k -> toUInt16(if(k = 1, 0, 3 + floor(-log(${chance('v, k', 10)} + 0.000001) * 45))), range(1, length + 1)) AS spent,
  arrayCumSum(spent) AS after,
  ${chance('v', 11)} AS came,
  multiIf(came < 0.36, 'direct', came < 0.70, 'search', came < 0.82, 'website', came < 0.92, 'social', came < 0.99, 'campaign', 'ai') AS type,
  ${rank('v', 12, 3000)} AS host,
  concat('site', toString(host), '.', ${oneOf(13, 'com', 'org', 'de', 'net', 'at')}) AS website,
  multiIf(type = 'direct', '', type = 'search', ${oneOf(14, 'Google', 'Bing', 'DuckDuckGo', 'Ecosia', 'Yahoo!', 'Qwant', 'Startpage', 'Brave')},
    type = 'website', website,
    type = 'social', ${oneOf(15, 'Facebook', 'Instagram', 'Reddit', 'YouTube', 'Mastodon', 'LinkedIn', 'Pinterest', 'X')},
    type = 'campaign', concat('campaign-', toString(${rank('v', 17, 150)})),
    ${oneOf(16, 'ChatGPT', 'Perplexity', 'Gemini', 'Claude', 'Copilot')}) AS named,
  ${rank('v', 18, countries.length)} AS land,
  ${chance('v', 19)} AS device,
  multiIf(device < 0.47, 'smartphone', device < 0.94, 'desktop', device < 0.99, 'tablet', 'tv') AS kind_of_device,
  ${rank('v', 20, 40)} AS brand,
  multiIf(device < 0.47, ${oneOf(21, 'Android', 'iOS', 'HarmonyOS')}, device < 0.94, ${oneOf(22, 'Windows', 'Mac', 'GNU/Linux', 'Ubuntu', 'Chrome OS')}, ${oneOf(23, 'iPadOS', 'Android', 'Tizen')}) AS system,
  multiIf(device < 0.47, ${oneOf(24, 'Chrome Mobile', 'Mobile Safari', 'Samsung Browser', 'Firefox Mobile', 'Chrome Webview', 'Opera Mobile')}, ${oneOf(25, 'Chrome', 'Firefox', 'Safari', 'Microsoft Edge', 'Opera', 'Vivaldi', 'Brave')}) AS browser
FROM numbers_mt({visits:UInt64})`

const what = (...kinds: number[]) =>
  kinds.length === 1 ? `what = ${kinds[0]}` : `what IN (${kinds.join(', ')})`

/** 1 page view, 2 event, 3 update, 4 outlink, 5 download, 6 search, 7 goal, 8 order. */
const daySql = `INSERT INTO hits (site_id, day, visit_id, position, visitor_id, time, visit_time, visit_number, kind, method, url, url_prefix,
  title, page_view_id, target_url, search_keyword, search_category, search_count, event_category, event_action, event_name, event_value,
  previous_url, previous_title, time_spent, entry_url, entry_title, referrer_type, referrer_name, referrer_keyword, referrer_url, campaign,
  ip, country, language, device_type, device_brand, device_model, os_name, os_version, browser_name, browser_version, resolution,
  color_depth, techniques, local_minute, profilable, days_since_first, days_since_last, timings, order_id, amounts, items, conversions,
  credited_type, credited_name)
SELECT {site:UInt32}, {day:Date}, visit, k, visitor, begun + after[k], begun, visit_number,
  ${list('pageview', 'event', 'update', 'outlink', 'download', 'search', 'goal', 'order')}[what] AS kind, 'POST',
  ${urlOf('page')} AS url, 2, if(${what(1)}, ${titleOf('page')}, ''),
  if(${what(1, 3)}, lower(hex(toUInt32(cityHash64(v, pages[k]) % 16777216))), ''),
  multiIf(${what(4)}, concat('https://partner', toString(${rank('v, k', 30, 800)}), '.example/offer'), ${what(5)}, concat('https://example.org/files/list-', toString(${rank('v, k', 31, 300)}), '.pdf'), ''),
  if(${what(6)}, concat(${list('boots', 'tent', 'winter', 'map', 'hut', 'snow')}[${rank('v, k', 32, 6)}], ' ', toString(${rank('v, k', 33, 2000)})), ''),
  if(${what(6)}, ${list('', 'shop', 'blog')}[${rank('v, k', 34, 3)}], ''),
  if(${what(6)}, toInt32(${rank('v, k', 35, 60)}) - 1, -1),
  if(${what(2)}, ${list('Video', 'Form', 'Menu', 'Gallery')}[${rank('v, k', 36, 4)}], ''),
  if(${what(2)}, ${list('open', 'play', 'close', 'send', 'stop', 'next')}[${rank('v, k', 37, 6)}], ''),
  if(${what(2)}, concat('element ', toString(${rank('v, k', 38, 500)})), ''),
  if(${what(2)} AND ${chance('v, k', 39)} < 0.2, toFloat64(${rank('v, k', 40, 100)}), NULL),
  if(k = 1, '', ${urlOf('before')}), if(k = 1, '', ${titleOf('before')}), spent[k],
  ${urlOf('seen[1]')}, ${titleOf('seen[1]')}, type, named,
  if(type = 'campaign' AND came > 0.96, concat('word ', toString(${rank('v', 41, 300)})), ''),
  multiIf(type = 'website', concat('https://', website, '/page-', toString(${rank('v', 42, 20)})), type = 'search', 'https://www.google.com/', ''),
  if(type = 'campaign', map('source', ${oneOf(43, 'newsletter', 'partner', 'ads', 'print')}, 'medium', ${oneOf(44, 'email', 'banner', 'cpc')}, 'content', concat('link ', toString(${rank('v', 45, 40)}))), map()),
  concat(toString(cityHash64(who, 46) % 223 + 1), '.', toString(cityHash64(who, 47) % 256), '.0.0'),
  ${list(...countries)}[land], ${list(...languages)}[land], kind_of_device,
  if(kind_of_device = 'desktop' AND system != 'Mac', '', if(system IN ('iOS', 'iPadOS', 'Mac'), 'Apple', concat('Brand ', toString(brand)))),
  if(kind_of_device = 'desktop', '', concat('Model ', toString(brand * 10 + ${rank('v', 48, 10)}))),
  system, toString(${rank('v', 49, 20)}), browser, concat(toString(120 + ${rank('v', 50, 25)}), '.0'),
  concat(toString(320 + 40 * ${rank('v', 51, 60)}), 'x', toString(600 + 30 * ${rank('v', 52, 5)})),
  24, ['cookies', 'pdf'], toUInt16(intDiv(begun % 86400, 60)), ${chance('who', 53)} < 0.7, if(back, since_last + toUInt16(60 * ${chance('v', 54)}), 0), since_last,
  multiIf(${what(1)} AND ${chance('v, k', 55)} < 0.4, mapFromArrays(['network', 'server', 'transfer', 'dom_processing', 'dom_completion', 'load'],
      arrayMap(part -> toFloat32(${rank('v, k, part', 56, 900)}), range(6))),
    ${what(3)}, mapFromArrays(['engaged', 'scroll', 'lcp', 'cls'], [toFloat32(${rank('v, k', 57, 60000)}), toFloat32(${rank('v, k', 58, 100)}), toFloat32(${rank('v, k', 59, 6000)}), toFloat32(${rank('v, k', 60, 30)} / 100)]),
    map()),
  if(${what(8)}, concat('A', toString(visit % 1000000000), '-', toString(k)), ''),
  if(${what(8)}, map('revenue', toFloat64(10 + ${rank('v, k', 61, 300)}), 'tax', toFloat64(${rank('v, k', 62, 50)})), map()),
  if(${what(8)}, arrayMap(one -> (concat('S', toString(${rank('v, k, one', 63, 2000)})), concat('Thing ', toString(${rank('v, k, one', 63, 2000)})), [concat('Group ', toString(${rank('v, k, one', 63, 2000)} % 30))], toFloat64(${rank('v, k, one', 64, 150)}), 1.), range(1 + v % 3)), []),
  multiIf(${what(8)}, [(0, toFloat64(10 + ${rank('v, k', 61, 300)}))], ${what(7)}, [(1 + ${rank('v, k', 65, 4)}, 0.)], []),
  if(${what(7, 8)}, type, ''), if(${what(7, 8)}, named, '')
FROM (
SELECT *, whats[k] AS what, seen[pages[k]] AS page, seen[if(what = 1, greatest(1, pages[k] - 1), pages[k])] AS before
FROM (
SELECT *, arrayJoin(range(1, length + 1)) AS k
FROM (
${visitsSql}
)))`
