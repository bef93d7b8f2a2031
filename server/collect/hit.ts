// A hit: one accepted request, as it lies in the journal and in the table `hits`; the two are the same.
// `hitColumns` is the one place that says what each column is for and on what ground it is kept; the privacy
// statement and the audit read it, and a test holds it against the schema.

import type { ReferrerType } from '../enrich/referrer.ts'

/**
 * What a hit reports. The first five are actions: they count as something the visitor did. `impression` and
 * `interaction` are of contents; `goal`, `order` and `cart` record nothing else; `ping` says that the visitor is still
 * there, `update` what was measured of a page since it was viewed, `recognised` that a visitor turned out to be an old one.
 */
export type HitKind =
  | 'pageview'
  | 'event'
  | 'download'
  | 'outlink'
  | 'search'
  | 'impression'
  | 'interaction'
  | 'goal'
  | 'order'
  | 'cart'
  | 'ping'
  | 'update'
  | 'recognised'

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
  /** What a campaign says of itself beside its name and keyword: source, medium, content, id, group, placement. */
  campaign: Record<string, string>
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
  /** 1 when the visitor has an id that is good for more than this day. */
  profilable: 0 | 1
  /** Given by the site, at most 200 characters; empty when there is none. */
  user_id: string
  /** Custom dimensions of the visit by their number, and custom variables by their name. */
  visit_dimensions: Record<string, string>
  visit_variables: Record<string, string>
  /** Only where a trusted client tells them. */
  region: string
  city: string
  latitude: number | null
  longitude: number | null
  /** Whole days between this visit's start and that of the visitor's first, of the last before it; 0 for a first visit. */
  days_since_first: number
  days_since_last: number
  /** Whole days since the visitor's last order; -1 when there was none. */
  days_since_order: number
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

export type Item = { sku: string; name: string; categories: string[]; price: number; quantity: number }

/** `revenue` in the site's currency. Goal 0 is an order. */
export type Conversion = { goal: number; revenue: number }

/** What was measured of a page, and in which unit. */
export const timings = {
  network: 'ms',
  server: 'ms',
  transfer: 'ms',
  dom_processing: 'ms',
  dom_completion: 'ms',
  load: 'ms',
  /** Web vitals: largest and first contentful paint, interaction to next paint, time to first byte, layout shift. */
  lcp: 'ms',
  fcp: 'ms',
  inp: 'ms',
  ttfb: 'ms',
  cls: 'score',
  /** How long the page was in front and looked at; how far down it was seen. */
  engaged: 'ms',
  scroll: 'percent',
} as const
export type Timing = keyof typeof timings

/** What only few hits have; each may be missing. */
export type Extras = {
  /** Custom variables of the page or event, by name; custom dimensions of the action, by number. */
  variables: Record<string, string>
  dimensions: Record<string, string>
  timings: { [name in Timing]?: number }
  content_name: string
  content_piece: string
  content_interaction: string
  order_id: string
  /** Of an order or cart, in the site's currency; of another hit the revenue that the page says it is worth. */
  amounts: { [name in 'revenue' | 'subtotal' | 'tax' | 'shipping' | 'discount']?: number }
  /** Of an order or cart; of a page view the one product that it shows, or without a sku a category of products. */
  items: Item[]
  conversions: Conversion[]
  /** What the conversions are credited to: how the visitor came, now or before. */
  credited_type: ReferrerType | ''
  credited_name: string
  credited_keyword: string
}

export const extraColumns = [
  'variables',
  'dimensions',
  'timings',
  'content_name',
  'content_piece',
  'content_interaction',
  'order_id',
  'amounts',
  'items',
  'conversions',
  'credited_type',
  'credited_name',
  'credited_keyword',
] as const satisfies (keyof Extras)[]

export type Hit = VisitFacts &
  Extras & {
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
    /** Address of a download or outlink, whole; where a content leads. */
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
    campaign: unlessEmpty(facts.campaign),
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
    profilable: facts.profilable || undefined,
    user_id: facts.user_id || undefined,
    visit_dimensions: unlessEmpty(facts.visit_dimensions),
    visit_variables: unlessEmpty(facts.visit_variables),
    region: facts.region || undefined,
    city: facts.city || undefined,
    latitude: facts.latitude ?? undefined,
    longitude: facts.longitude ?? undefined,
    days_since_first: facts.days_since_first || undefined,
    days_since_last: facts.days_since_last || undefined,
    days_since_order: facts.days_since_order >= 0 ? facts.days_since_order : undefined,
  }
  return JSON.stringify(sparse).slice(1, -1)
}

function unlessEmpty(map: Record<string, string>): Record<string, string> | undefined {
  for (const _ in map) return map
  return undefined
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
  campaign: {},
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
}

/** Their names. */
export const visitFacts = Object.keys(noFacts) as (keyof VisitFacts)[]

/**
 * A hit as the journal keeps it: a row of the table in JSON, on one line. All columns by name, because this is done
 * for every hit.
 */
export function lineOf(hit: CommonHit, facts: string, extras?: Partial<Extras>): string {
  const line: Sparse<CommonHit> = {
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
  const further = extras === undefined ? '' : JSON.stringify(extras).slice(1, -1)
  return `${JSON.stringify(line).slice(0, -1)},${facts}${further && `,${further}`}}\n`
}

/** What every hit has and is not about its visit. */
export type CommonHit = Omit<Hit, keyof VisitFacts | keyof Extras>

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
    purpose:
      'Kind of request: page view, event, download, outlink, search, content, goal, order, cart, measurement or ping',
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
  campaign: { purpose: 'Source, medium and content of the campaign', ground: 'statistics' },
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
  variables: { purpose: 'Custom variables that the site reports for a page or event', ground: 'statistics' },
  dimensions: { purpose: 'Custom dimensions that the site reports for an action', ground: 'statistics' },
  timings: { purpose: 'How fast a page was, how long and how far down it was read', ground: 'statistics' },
  content_name: { purpose: 'Name of a content that was shown or used', ground: 'statistics' },
  content_piece: { purpose: 'Which piece of the content it was', ground: 'statistics' },
  content_interaction: { purpose: 'What was done with the content', ground: 'statistics' },
  order_id: { purpose: 'Number of an order, so that it is counted once', ground: 'operation' },
  amounts: { purpose: 'Sums of an order or cart, worth of an action', ground: 'statistics' },
  items: { purpose: 'Products of an order, cart or product page', ground: 'statistics' },
  conversions: { purpose: 'Goals of the site that the hit reached, and their revenue', ground: 'statistics' },
  credited_type: { purpose: 'How the visitor came to whom a goal is credited', ground: 'statistics' },
  credited_name: { purpose: 'Which campaign, website or engine a goal is credited to', ground: 'statistics' },
  credited_keyword: { purpose: 'Keyword of the campaign that a goal is credited to', ground: 'statistics' },
  profilable: { purpose: 'Whether the visitor can be told from others on another day', ground: 'operation' },
  user_id: {
    purpose: 'Who the visitor is by an id that the site gives, where it does',
    ground: 'recognition',
  },
  visit_variables: { purpose: 'Custom variables that the site reports for a visit', ground: 'statistics' },
  visit_dimensions: { purpose: 'Custom dimensions that the site reports for a visit', ground: 'statistics' },
  region: { purpose: 'Region, where the site tells it', ground: 'statistics' },
  city: { purpose: 'City, where the site tells it', ground: 'statistics' },
  latitude: { purpose: 'Latitude, where the site tells it', ground: 'statistics' },
  longitude: { purpose: 'Longitude, where the site tells it', ground: 'statistics' },
  days_since_first: { purpose: "Days since the visitor's first visit", ground: 'statistics' },
  days_since_last: { purpose: "Days since the visitor's visit before", ground: 'statistics' },
  days_since_order: { purpose: "Days since the visitor's last order", ground: 'statistics' },
}
