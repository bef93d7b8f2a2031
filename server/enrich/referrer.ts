// How a visitor came: by a campaign, an AI assistant, a search engine, a social network, another website, or
// directly. The order of the questions is Matomo's, with the assistants before the engines and networks on
// whose hosts some of them live.

import { LRUCache } from 'lru-cache'
import { type Source, sourceAt, sourceNamed } from './referrer-source.ts'
import { longestKnown, ownText, remembered } from './remembered.ts'
import { cleanText } from './text.ts'
import {
  type CampaignParameters,
  campaignOf,
  cleanQuery,
  ignoresReferrer,
  joinUrl,
  namesCampaign,
  parametersOf,
  queryWith,
  splitUrl,
  type UrlParts,
} from './url.ts'

export type ReferrerType = 'direct' | 'search' | 'website' | 'social' | 'campaign' | 'ai'

export type Referrer = {
  readonly type: ReferrerType
  /** Campaign, engine, network, assistant, or host of the website; empty for direct. */
  readonly name: string
  /** What was searched for, or the campaign's keyword, lower case; empty when it is not told. */
  readonly keyword: string
  /** The page that linked here, without credentials, fragment and noise; empty for direct. */
  readonly url: string
}

export type ReferrerQuestion = {
  /** As the page sent it: its campaign parameters are still there. */
  pageUrl: string
  referrerUrl: string
  /** Absolute addresses that belong to the site. Taken apart once a list. */
  siteUrls: readonly string[]
  /** Of the tracking request, where they name a campaign. */
  parameters?: CampaignParameters
  /** As in `UrlSettings`. */
  excludedParameters?: readonly string[]
}

const maxUrlBytes = 1500
const maxKeywordBytes = 255
const none: readonly string[] = []

export function referrer(question: ReferrerQuestion): Referrer {
  const { referrerUrl, siteUrls, excludedParameters = none, parameters } = question
  const page = pageAt(question.pageUrl)
  if (page.ignoresReferrer) return direct
  const from = referrerUrl === '' ? undefined : placeAt(referrerUrl)
  const outside = from && !isOwn(from, page.host, siteUrls) ? from : undefined
  const origin = outside && originAt(referrerUrl, outside, excludedParameters)

  const campaign =
    parameters && namesCampaign(parameters) ? campaignOf(question.pageUrl, parameters) : page.campaign
  if (campaign) {
    // ChatGPT, Perplexity and others put `utm_source=chatgpt.com` and nothing else on the links in their answers.
    // No owner made that campaign: it says where the visitor was, often without any referrer beside it.
    const assistant = campaign.sourceOnly ? sourceNamed('ai', campaign.name) : undefined
    if (assistant) {
      return { type: 'ai', name: assistant.name, keyword: '', url: origin?.type === 'ai' ? origin.url : '' }
    }
    const advertised = outside && advertisedOn(outside)
    const keyword = campaign.keyword || origin?.keyword || advertised || outside?.host || ''
    return { type: 'campaign', name: campaign.name, keyword, url: origin?.url ?? '' }
  }
  const advertised = outside && advertisedOn(outside)
  if (advertised) return { type: 'campaign', name: 'adwords', keyword: advertised, url: origin?.url ?? '' }
  return origin ?? direct
}

/** Google's advertisements name the page on which they stood: `(adwords) blog.example`, as Matomo calls it. */
function advertisedOn(from: UrlParts): string | undefined {
  if (!/googleads|doubleclick/.test(from.host)) return undefined
  const page = parametersOf(from).find(([name]) => name === 'url')?.[1]
  const host = page === undefined ? undefined : splitUrl(page)?.host
  return host ? cleanText(`(adwords) ${host}`, maxKeywordBytes) : undefined
}

const direct: Referrer = { type: 'direct', name: '', keyword: '', url: '' }

/** What a page's own address says. */
const pageAt = remembered(5000, (url) => ({
  ignoresReferrer: ignoresReferrer(url),
  campaign: campaignOf(url),
  host: bareHost(splitUrl(url)?.host ?? ''),
}))

/** Where a referrer points to; nowhere when it has no host. */
const places = remembered(5000, (url) => {
  const parts = splitUrl(url, maxUrlBytes)
  return { parts: parts && parts.host !== '' ? parts : undefined }
})

function placeAt(referrerUrl: string): UrlParts | undefined {
  return places(referrerUrl).parts
}

/** Origins seen lately, with the settings by which they were read. */
const origins = new LRUCache<string, { excludedParameters: readonly string[]; origin: Referrer }>({
  max: 5000,
})

function originAt(referrerUrl: string, from: UrlParts, excludedParameters: readonly string[]): Referrer {
  const known = origins.get(referrerUrl)
  if (known?.excludedParameters === excludedParameters) return known.origin
  const origin = originOf(from, excludedParameters)
  if (referrerUrl.length <= longestKnown) origins.set(ownText(referrerUrl), { excludedParameters, origin })
  return origin
}

/** Who a page of somebody else belongs to, and its address without what is nobody's business. */
function originOf(from: UrlParts, excludedParameters: readonly string[]): Referrer {
  const found = sourceAt(from.host, from.path)
  if (found?.source.type === 'ai') {
    // Behind an assistant's path is somebody's conversation.
    return { type: 'ai', name: found.source.name, keyword: '', url: address(from, found.path, '') }
  }
  if (found?.source.type === 'search') {
    const result = searchOf(found.source, from)
    if (result) return { type: 'search', ...result }
  }
  if (found?.source.type === 'social') {
    // The rest of a network's query is tokens and click ids.
    const query = queryWith(from.query, (name) => name === 'v' || name === 'id' || name === 'story_fbid')
    return { type: 'social', name: found.source.name, keyword: '', url: address(from, from.path, query) }
  }
  return {
    type: 'website',
    name: from.host,
    keyword: '',
    url: address(from, from.path, cleanQuery(from.query, excludedParameters)),
  }
}

function address(from: UrlParts, path: string, query: string): string {
  return cleanText(joinUrl({ ...from, path, query, fragment: '' }), maxUrlBytes)
}

/** First parts of the paths where engines list results or forward to them. */
const resultPaths = new Set([
  '',
  'search',
  'url',
  'aclk',
  'ck',
  'clck',
  'imgres',
  'images',
  'videos',
  'web',
  'm',
  's',
])

const googleKinds = new Map<string, string>(
  Object.entries({
    isch: 'Google Images',
    vid: 'Google Video',
    shop: 'Google Shopping',
  }),
)

/**
 * Most engines hide what was searched for. Such a visit still came by search; but a page of a portal that is
 * no result page (maps, mail, help) is a website like any other.
 */
function searchOf(
  source: Source,
  from: UrlParts,
): { name: string; keyword: string; url: string } | undefined {
  const names = source.keywords ?? ['q']
  const parameters = parametersOf(from)
  let keyword = ''
  for (const wanted of names) {
    const value = parameters.find(([name, text]) => name === wanted && text.trim() !== '')
    keyword = value ? cleanText(value[1], maxKeywordBytes).toLowerCase() : ''
    if (keyword !== '') break
  }
  if (keyword === '' && source.portal && !resultPaths.has(from.path.split('/')[1] ?? '')) return undefined
  const query = queryWith(from.query, (name) => names.includes(name))
  return { name: searchName(source, from, parameters), keyword, url: address(from, from.path, query) }
}

function searchName(source: Source, from: UrlParts, parameters: [string, string][]): string {
  if (source.name !== 'Google') return source.name
  if (from.host.startsWith('images.') || from.path.startsWith('/imgres')) return 'Google Images'
  const kind = parameters.find(([name]) => name === 'tbm')?.[1] ?? ''
  return googleKinds.get(kind) ?? 'Google'
}

// -- The site itself ------------------------------------------------------------------------------------------

type Place = { host: string; path: string }

const ownPlaces = new WeakMap<readonly string[], Place[]>()

/** Whether a referrer is a page of this site: on the page's own host, or under one of the site's addresses. */
function isOwn(from: UrlParts, pageHost: string, siteUrls: readonly string[]): boolean {
  return bareHost(from.host) === pageHost || isUnder(from, siteUrls)
}

/** Whether an address is one of the site's, or below it; `www.`, protocol, port and case do not matter. */
export function isUnder(from: Pick<UrlParts, 'host' | 'path'>, siteUrls: readonly string[]): boolean {
  const host = bareHost(from.host)
  let own = ownPlaces.get(siteUrls)
  if (!own) {
    own = siteUrls.flatMap((url) => {
      const parts = splitUrl(url)
      return parts ? [{ host: bareHost(parts.host), path: parts.path.replace(/\/+$/, '').toLowerCase() }] : []
    })
    ownPlaces.set(siteUrls, own)
  }
  const path = `${from.path.toLowerCase()}/`
  return own.some((place) => place.host === host && path.startsWith(`${place.path}/`))
}

function bareHost(host: string): string {
  return host.startsWith('www.') ? host.slice(4) : host
}
