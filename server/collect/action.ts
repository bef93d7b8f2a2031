// What the visitor did, told by the parameters. Where several kinds fit one request the last of this order
// wins, as in Matomo: page view, search, content, event, outlink, download. A goal, an order or a cart is no action.

import { LRUCache } from 'lru-cache'
import type { Site, SiteSettings } from '../admin/site.ts'
import { longestKnown, ownText, remembered } from '../enrich/remembered.ts'
import {
  normaliseTitle,
  normaliseUrl,
  type PageUrl,
  type SiteSearch,
  siteSearchOf,
  targetUrl,
} from '../enrich/url.ts'
import type { Action, Beacon } from './beacon.ts'
import type { Extras, HitKind, Technique, Timing } from './hit.ts'
import type { ParameterName, Parameters } from './parameter.ts'

/** Before it is known what was done. */
export const noAction = {
  kind: 'pageview',
  url: '',
  url_prefix: 0,
  title: '',
  page_view_id: '',
  target_url: '',
  search_keyword: '',
  search_category: '',
  search_count: -1,
  event_category: '',
  event_action: '',
  event_name: '',
  event_value: null,
  extras: undefined,
} as const

export function recogniseAction(beacon: Beacon): Action {
  const { parameters, site } = beacon
  const page = pageAt(pageUrl(beacon), site, parameters.search !== undefined, parameters.cs)
  const search = siteSearch(beacon) ?? page.search
  const action: Action = {
    kind: 'pageview',
    url: page.url,
    url_prefix: page.prefix,
    title: titleOf(parameters.action_name ?? ''),
    page_view_id: parameters.pv_id ?? '',
    target_url: '',
    search_keyword: '',
    search_category: '',
    search_count: -1,
    event_category: '',
    event_action: '',
    event_name: '',
    event_value: null,
    extras: extrasOf(beacon),
  }
  if (parameters.ping) {
    action.kind = 'ping'
  } else if (parameters.idgoal !== undefined) {
    // Matomo: goal 0 is an order where it has a number, else a cart.
    action.kind = parameters.idgoal > 0 ? 'goal' : parameters.ec_id === undefined ? 'cart' : 'order'
  } else if (parameters.download !== undefined) {
    action.kind = 'download'
    action.target_url = targetUrl(parameters.download)
  } else if (parameters.link !== undefined) {
    action.kind = 'outlink'
    action.target_url = targetUrl(parameters.link)
  } else if (parameters.e_c !== undefined && parameters.e_a !== undefined) {
    action.kind = 'event'
    action.event_category = normaliseTitle(parameters.e_c)
    action.event_action = normaliseTitle(parameters.e_a)
    action.event_name = normaliseTitle(parameters.e_n ?? '')
    action.event_value = parameters.e_v ?? null
  } else if (parameters.c_n !== undefined) {
    action.kind = parameters.c_i === undefined ? 'impression' : 'interaction'
    action.target_url = normaliseTitle(parameters.c_t ?? '')
  } else if (measured(parameters) && parameters.ca) {
    action.kind = 'update'
  } else if (search) {
    action.kind = 'search'
    action.search_keyword = normaliseTitle(search.keyword)
    action.search_category = normaliseTitle(search.category)
    action.search_count = search.count
  }
  return action
}

/** Matomo: what is shown or used of contents, goals, orders, carts and pings count as no action of a visit. */
export function isAction(kind: HitKind): boolean {
  return actions.has(kind)
}

const actions = new Set<HitKind>(['pageview', 'event', 'download', 'outlink', 'search'])

/** In the order of the docs: their names on the wire, and how the hit calls them. */
const measurements: [ParameterName, Timing][] = [
  ['pf_net', 'network'],
  ['pf_srv', 'server'],
  ['pf_tfr', 'transfer'],
  ['pf_dm1', 'dom_processing'],
  ['pf_dm2', 'dom_completion'],
  ['pf_onl', 'load'],
  ['ff_lcp', 'lcp'],
  ['ff_fcp', 'fcp'],
  ['ff_inp', 'inp'],
  ['ff_ttfb', 'ttfb'],
  ['ff_cls', 'cls'],
  ['ff_engaged', 'engaged'],
  ['ff_scroll', 'scroll'],
]

/** Whether the request tells how a page was doing. */
export function measured(parameters: Parameters): boolean {
  return parameters.ff_nav !== undefined || measurements.some(([name]) => parameters[name] !== undefined)
}

/** Undefined for the many hits that have nothing of it. */
function extrasOf({ parameters }: Beacon): Partial<Extras> | undefined {
  let extras: Partial<Extras> | undefined
  const { shown = 0, ...loading } = parameters.ff_nav ?? {}
  if (parameters.ff_nav) extras = { timings: loading }
  for (const [name, timing] of measurements) {
    const value = parameters[name]
    if (value === undefined) continue
    extras ??= {}
    extras.timings ??= {}
    const since = timing === 'lcp' || timing === 'fcp' ? shown : 0
    extras.timings[timing] = Math.max(0, Number(value) - since)
  }
  if (parameters.c_n !== undefined) {
    extras ??= {}
    extras.content_name = normaliseTitle(parameters.c_n)
    extras.content_piece = normaliseTitle(parameters.c_p ?? '')
    extras.content_interaction = normaliseTitle(parameters.c_i ?? '')
  }
  return extras
}

const flags: [ParameterName, Technique][] = [
  ['cookie', 'cookies'],
  ['java', 'java'],
  ['fla', 'flash'],
  ['pdf', 'pdf'],
  ['wma', 'windows_media'],
  ['qt', 'quicktime'],
  ['realp', 'realplayer'],
  ['dir', 'director'],
  ['ag', 'silverlight'],
  ['gears', 'gears'],
]

export function recogniseTechniques(beacon: Beacon): Technique[] {
  const found: Technique[] = []
  for (const [name, technique] of flags) if (beacon.parameters[name] === true) found.push(technique)
  return found
}

/** `url`; where neither `url` nor `urlref` was sent, the page that the request itself came from. */
export function pageUrl(beacon: Beacon): string {
  const { url, urlref } = beacon.parameters
  if (url !== undefined || urlref !== undefined) return url ?? ''
  const referer = beacon.headers.referer
  return typeof referer === 'string' ? referer : ''
}

/** A search that the client reports; else its address may show one. */
function siteSearch({ parameters, site }: Beacon): Omit<SiteSearch, 'url'> | undefined {
  const { search, search_cat, search_count } = parameters
  if (search === undefined || !site.settings.siteSearch) return undefined
  return { keyword: search, category: search_cat ?? '', count: search_count ?? -1 }
}

/** What an address says of the page, as it is kept. */
type Page = Readonly<PageUrl & { search: SiteSearch | undefined }>

/** Pages seen lately, with the settings by which they were read. */
const pages = new LRUCache<string, { settings: SiteSettings; page: Page }>({ max: 5000 })

/** `told`: the client reports a search itself, so that none is looked for. */
function pageAt(rawUrl: string, { id, settings }: Site, told: boolean, charset = ''): Page {
  const key = `${id} ${told} ${charset} ${rawUrl}`
  const known = pages.get(key)
  if (known?.settings === settings) return known.page
  const own = ownText(rawUrl)
  const page = readPage(own, settings, told, charset)
  if (own.length <= longestKnown) pages.set(ownText(key), { settings, page })
  return page
}

function readPage(rawUrl: string, settings: SiteSettings, told: boolean, charset: string): Page {
  const search = told || !settings.siteSearch ? undefined : siteSearchOf(rawUrl, settings, charset)
  const { url = '', prefix = 0 } = normaliseUrl(search?.url ?? rawUrl, settings) ?? {}
  return { url, prefix, search }
}

const titleOf = remembered(5000, normaliseTitle)
