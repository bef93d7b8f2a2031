// A hit: one accepted request, as it lies in the journal and in the table `hits`; the two are the same.
// `hitColumns` is the one place that says what each column is for and on what ground it is kept; the privacy
// statement and the audit read it, and a test holds it against the schema.

import type { ReferrerType } from '../enrich/referrer.ts'

export type HitKind = 'pageview' | 'event' | 'download' | 'outlink' | 'search' | 'ping'

/** What the first hit of a visit fixes; stamped on each of its hits, so that no report needs a join. */
export type VisitFacts = {
  /** Normalised as `url`; empty when the visit did not begin with a page view or a search. */
  entry_url: string
  entry_title: string
  referrer_type: ReferrerType
  /** Search engine, network, campaign or host; empty for direct. */
  referrer_name: string
  referrer_keyword: string
  referrer_url: string
  /** Shortened, never whole. */
  ip: string
  /** ISO 3166 two letters, upper case; empty when unknown. */
  country: string
  /** BCP 47, lower case, as `de-at`; empty when unknown. */
  language: string
  device_type: string
  device_brand: string
  device_model: string
  os_name: string
  os_version: string
  browser_name: string
  browser_version: string
  /** `1920x1080`; empty when unknown. */
  resolution: string
  /** Bits per pixel, 0 when unknown. */
  color_depth: number
  techniques: Technique[]
  /** The visitor's own clock at the visit's start, in minutes since midnight, 0 to 1439. */
  local_minute: number
}

/** What a browser says it can do (S10 of the privacy statement). */
export const techniques = [
  'cookies',
  'java',
  'flash',
  'pdf',
  'windows_media',
  'quicktime',
  'realplayer',
  'director',
  'silverlight',
  'gears',
] as const
export type Technique = (typeof techniques)[number]

export type Hit = VisitFacts & {
  site_id: number
  /** The site's local date of the visit, `2026-11-22`. */
  day: string
  /** Unsigned 64 bits, decimal. */
  visit_id: string
  /** Number of the hit within its visit, from 1. */
  position: number
  /** Unsigned 64 bits, decimal. */
  visitor_id: string
  /** Unix seconds. */
  time: number
  /** Unix seconds of the visit's first hit. */
  visit_time: number
  /** 1 for a visitor's first visit, 2 for the second, ... */
  visit_number: number
  kind: HitKind
  method: 'GET' | 'POST'
  /** Page address without protocol and `www.`, cleaned of excluded parameters and fragment. */
  url: string
  /** What was cut from `url`: 0 http://, 1 http://www., 2 https://, 3 https://www. */
  url_prefix: number
  title: string
  page_view_id: string
  /** Address of a download or outlink, whole. */
  target_url: string
  search_keyword: string
  search_category: string
  /** Number of results; -1 when unknown. */
  search_count: number
  event_category: string
  event_action: string
  event_name: string
  event_value: number | null
  /** The page (or search) that the visitor was on before this hit, to which `time_spent` is credited. */
  previous_url: string
  previous_title: string
  /** Seconds since the visit's previous action, 0 to 1800. */
  time_spent: number
}

/** Columns that stand in a line: what is empty is left out, it is the default of its column. */
type Sparse<Columns> = { [Column in keyof Columns]: Columns[Column] | undefined }

/** The facts of a visit as they stand in each of its lines, without braces. */
export function factsText(facts: VisitFacts): string {
  const sparse: Sparse<VisitFacts> = {
    entry_url: facts.entry_url || undefined,
    entry_title: facts.entry_title || undefined,
    referrer_type: facts.referrer_type || undefined,
    referrer_name: facts.referrer_name || undefined,
    referrer_keyword: facts.referrer_keyword || undefined,
    referrer_url: facts.referrer_url || undefined,
    ip: facts.ip || undefined,
    country: facts.country || undefined,
    language: facts.language || undefined,
    device_type: facts.device_type || undefined,
    device_brand: facts.device_brand || undefined,
    device_model: facts.device_model || undefined,
    os_name: facts.os_name || undefined,
    os_version: facts.os_version || undefined,
    browser_name: facts.browser_name || undefined,
    browser_version: facts.browser_version || undefined,
    resolution: facts.resolution || undefined,
    color_depth: facts.color_depth || undefined,
    techniques: facts.techniques.length > 0 ? facts.techniques : undefined,
    local_minute: facts.local_minute,
  }
  return JSON.stringify(sparse).slice(1, -1)
}

/** What stands in a text of `factsText`. */
export function readFacts(text: string): VisitFacts {
  return { ...noFacts, ...JSON.parse(`{${text}}`) }
}

const noFacts: VisitFacts = {
  entry_url: '',
  entry_title: '',
  referrer_type: 'direct',
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
  local_minute: 0,
}

/**
 * A hit as the journal keeps it: a row of the table in JSON, on one line. All columns by name, because this is done
 * for every hit.
 */
export function lineOf(hit: Omit<Hit, keyof VisitFacts>, facts: string): string {
  const line: Sparse<Omit<Hit, keyof VisitFacts>> = {
    site_id: hit.site_id,
    day: hit.day,
    visit_id: hit.visit_id,
    position: hit.position,
    visitor_id: hit.visitor_id,
    time: hit.time,
    visit_time: hit.visit_time,
    visit_number: hit.visit_number,
    kind: hit.kind,
    method: hit.method,
    url: hit.url || undefined,
    url_prefix: hit.url_prefix || undefined,
    title: hit.title || undefined,
    page_view_id: hit.page_view_id || undefined,
    target_url: hit.target_url || undefined,
    search_keyword: hit.search_keyword || undefined,
    search_category: hit.search_category || undefined,
    search_count: hit.search_count,
    event_category: hit.event_category || undefined,
    event_action: hit.event_action || undefined,
    event_name: hit.event_name || undefined,
    event_value: hit.event_value ?? undefined,
    previous_url: hit.previous_url || undefined,
    previous_title: hit.previous_title || undefined,
    time_spent: hit.time_spent || undefined,
  }
  return `${JSON.stringify(line).slice(0, -1)},${facts}}\n`
}

export type ColumnDeclaration = { purpose: string; ground: Ground }

/**
 * Why a column may be kept. `statistics`: needed to count, by the site's legitimate interest in aggregate
 * statistics; `recognition`: tells visits of one visitor of one site apart, as short-lived as its purpose
 * allows; `operation`: needed to store and to count exactly once.
 */
export type Ground = 'statistics' | 'recognition' | 'operation'

export const hitColumns: Record<keyof Hit, ColumnDeclaration> = {
  site_id: { purpose: 'Which site was visited', ground: 'operation' },
  day: { purpose: 'The date of the visit where the site is at home', ground: 'statistics' },
  visit_id: { purpose: 'Which hits belong to one visit', ground: 'recognition' },
  position: { purpose: 'The order of the hits of a visit', ground: 'operation' },
  visitor_id: { purpose: 'Which visits belong to one visitor of this site', ground: 'recognition' },
  time: { purpose: 'When the hit happened', ground: 'statistics' },
  visit_time: { purpose: 'When the visit began', ground: 'statistics' },
  visit_number: { purpose: 'Whether the visitor is new or returning', ground: 'statistics' },
  kind: {
    purpose: 'Kind of request: page view, event, download, outlink, search or ping',
    ground: 'statistics',
  },
  method: { purpose: 'HTTP method of the request', ground: 'statistics' },
  url: { purpose: 'Address of the page', ground: 'statistics' },
  url_prefix: {
    purpose: 'Protocol of the page address, so that it can be opened from a report',
    ground: 'operation',
  },
  title: { purpose: 'Title of the page', ground: 'statistics' },
  page_view_id: { purpose: 'Which later requests belong to one page view', ground: 'operation' },
  target_url: {
    purpose: 'Address of the file or of the other website that was opened',
    ground: 'statistics',
  },
  search_keyword: { purpose: 'What was searched for on the site', ground: 'statistics' },
  search_category: { purpose: 'Where on the site it was searched for', ground: 'statistics' },
  search_count: { purpose: 'How many results a search on the site had', ground: 'statistics' },
  event_category: { purpose: 'Category of an event that the site reports', ground: 'statistics' },
  event_action: { purpose: 'Action of an event that the site reports', ground: 'statistics' },
  event_name: { purpose: 'Name of an event that the site reports', ground: 'statistics' },
  event_value: { purpose: 'Value of an event that the site reports', ground: 'statistics' },
  previous_url: { purpose: 'The page before, to credit it with the time spent on it', ground: 'statistics' },
  previous_title: { purpose: 'Title of the page before', ground: 'statistics' },
  time_spent: { purpose: 'How long the page before was looked at', ground: 'statistics' },
  entry_url: { purpose: 'On which page the visit began', ground: 'statistics' },
  entry_title: { purpose: 'Title of the page on which the visit began', ground: 'statistics' },
  referrer_type: {
    purpose: 'How the visitor came: directly, by search, website, network, campaign, AI',
    ground: 'statistics',
  },
  referrer_name: {
    purpose: 'Which search engine, website, network, campaign or assistant it was',
    ground: 'statistics',
  },
  referrer_keyword: { purpose: 'Keyword of the search or campaign, where it is told', ground: 'statistics' },
  referrer_url: { purpose: 'Address of the page that linked to the site', ground: 'statistics' },
  ip: { purpose: 'Shortened network address, to estimate the country', ground: 'statistics' },
  country: { purpose: 'Country, estimated from the shortened address', ground: 'statistics' },
  language: { purpose: 'Language that the browser asks for', ground: 'statistics' },
  device_type: { purpose: 'Kind of device', ground: 'statistics' },
  device_brand: { purpose: 'Brand of the device', ground: 'statistics' },
  device_model: { purpose: 'Model of the device', ground: 'statistics' },
  os_name: { purpose: 'Operating system', ground: 'statistics' },
  os_version: { purpose: 'Version of the operating system', ground: 'statistics' },
  browser_name: { purpose: 'Browser', ground: 'statistics' },
  browser_version: { purpose: 'Version of the browser', ground: 'statistics' },
  resolution: { purpose: 'Size of the screen', ground: 'statistics' },
  color_depth: { purpose: 'Colour depth of the screen', ground: 'statistics' },
  techniques: { purpose: 'What the browser supports: cookies, PDF, Java and so on', ground: 'statistics' },
  local_minute: { purpose: "The visitor's own time of day at the start of the visit", ground: 'statistics' },
}
