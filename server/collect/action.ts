// What the visitor did, told by the parameters. Where several kinds fit one request the last of this order
// wins, as in Matomo: page view, search, event, outlink, download.

import { normaliseTitle, normaliseUrl, type SiteSearch, siteSearchOf, targetUrl } from '../enrich/url.ts'
import type { Action, Beacon } from './beacon.ts'
import type { Technique } from './hit.ts'
import type { ParameterName } from './parameter.ts'

export function recogniseAction(beacon: Beacon): Action {
  const { parameters, site } = beacon
  const { keepFragment, excludedParameters } = site.settings
  const rawUrl = pageUrl(beacon)
  const search = siteSearch(beacon, rawUrl)
  const normalised = normaliseUrl(search?.url ?? rawUrl, { keepFragment, excludedParameters })
  const action: Action = {
    kind: 'pageview',
    url: normalised?.url ?? '',
    url_prefix: normalised?.prefix ?? 0,
    title: normaliseTitle(parameters.action_name ?? ''),
    page_view_id: parameters.pv_id ?? '',
    target_url: '',
    search_keyword: '',
    search_category: '',
    search_count: -1,
    event_category: '',
    event_action: '',
    event_name: '',
    event_value: null,
  }
  if (parameters.ping) {
    action.kind = 'ping'
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
  } else if (search) {
    action.kind = 'search'
    action.search_keyword = normaliseTitle(search.keyword)
    action.search_category = normaliseTitle(search.category)
    action.search_count = search.count
  }
  return action
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
  return flags.filter(([name]) => beacon.parameters[name] === true).map(([, technique]) => technique)
}

/** `url`; where neither `url` nor `urlref` was sent, the page that the request itself came from. */
export function pageUrl(beacon: Beacon): string {
  const { url, urlref } = beacon.parameters
  if (url !== undefined || urlref !== undefined) return url ?? ''
  const referer = beacon.headers.referer
  return typeof referer === 'string' ? referer : ''
}

/** A search that the client reports, else one that the page's address shows. */
function siteSearch(beacon: Beacon, rawUrl: string): SiteSearch | undefined {
  const { search, search_cat, search_count } = beacon.parameters
  if (search === undefined) return rawUrl === '' ? undefined : siteSearchOf(rawUrl, beacon.site.settings)
  return { keyword: search, category: search_cat ?? '', count: search_count ?? -1, url: rawUrl }
}
