// What the parts of reports read, in SQL. Beside the two tables there are rows that are put together from hits first.

import { timings } from '../../collect/hit.ts'
import { firstInTheDays } from '../goal-hits.ts'

/**
 * `hits` has a row per request, `deeds` those that are more than a look at a page, `visit` one per visit
 * (migrations/001_hits.sql, 002_visits.sql), `measured` one per page view of which something was measured, with what was
 * told last of it and how long it took to load in all, `led` one for each conversion and each page that was seen in its
 * visit until then, with the page's share of it.
 */
export type Source = 'hits' | 'deeds' | 'visit' | 'measured' | 'led'

/** A condition over hits: few of them, which many reports ask for. */
export const isDeed = `(kind NOT IN ('pageview', 'ping', 'update', 'recognised') OR notEmpty(conversions) OR notEmpty(items) OR content_interaction != '')`

/** Whether its rows are hits, with all that a hit has. */
export function hasHits(source: Source): boolean {
  return source === 'hits' || source === 'deeds'
}

/** What loading a page takes one after the other. */
const steps = ['network', 'server', 'transfer', 'dom_processing', 'dom_completion', 'load']

export const ofTheDays = 'site_id = {site:UInt32} AND day BETWEEN {from:Date} AND {to:Date}'

/** What a part reads; of hits that are put together first, only those that meet the conditions. */
export const sourceSql: Record<Source, (conditions: readonly string[]) => string> = {
  hits: () => 'hits',
  // What a part wants of them it says itself.
  deeds: () => 'hits',
  visit: () => 'visit',
  // A later measurement takes the place of the one before it. A hit that names no page view is one of its own.
  measured: (conditions) => `(
SELECT site_id, day, visit_id, argMax(h.visitor_id, h.position) AS visitor_id, min(h.time) AS time, argMax(h.url, h.position) AS url, max(h.url_prefix) AS url_prefix,
  argMax(h.device_type, h.position) AS device_type, argMax(h.country, h.position) AS country,
  argMax(h.browser_name, h.position) AS browser_name,
  ${Object.keys(timings)
    .map(
      (name) =>
        // Twice as fast as to ask the map.
        `argMaxOrNullIf(h.timings.values[indexOf(h.timings.keys, '${name}')], h.position, has(h.timings.keys, '${name}')) AS ${name}`,
    )
    .join(',\n  ')},
  if(coalesce(${steps.join(', ')}) IS NULL, NULL, ${steps.map((step) => `ifNull(${step}, 0)`).join(' + ')}) AS loading
FROM hits AS h
WHERE ${conditions.join(' AND ')} AND notEmpty(timings)
GROUP BY site_id, day, visit_id, if(h.page_view_id = '', toString(h.position), h.page_view_id))`,
  led: (conditions) => `(
SELECT site_id, day, visit_id, visitor_id, reached.2 AS time, arrayJoin(reached.3) AS conversion, arrayJoin(pages) AS url, 1 / length(pages) AS share
FROM (
SELECT site_id, day, visit_id, argMax(h.visitor_id, h.position) AS visitor_id,
  groupArrayIf((h.position, h.url), kind = 'pageview' AND h.url != '') AS seen,
  arrayJoin(groupArrayIf((h.position, h.time, h.conversions), notEmpty(h.conversions) AND (kind != 'order' OR ${firstInTheDays}))) AS reached,
  arrayDistinct(arrayMap(page -> page.2, arrayFilter(page -> page.1 <= reached.1, seen))) AS pages
FROM hits AS h
WHERE ${conditions.join(' AND ')} AND (kind = 'pageview' OR notEmpty(h.conversions)) AND visit_id GLOBAL IN (
  SELECT visit_id FROM hits WHERE ${ofTheDays} AND notEmpty(conversions))
GROUP BY site_id, day, visit_id))`,
}
