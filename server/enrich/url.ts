// Addresses of pages as reports group them: without protocol and `www.`, without credentials, session ids, click
// ids and campaign parameters. Also what else a page address tells: its campaign and a search on the site.
// Works on text, not on `new URL`, so that order and encoding of what stays are the owner's own; it never throws.

import { compilePattern, expressionError, expressionIn } from './pattern.ts'
import { cleanText, cutBytes } from './text.ts'

/** 0 http://, 1 http://www., 2 https://, 3 https://www.; other protocols stay in the address, with 0. */
export type UrlPrefix = 0 | 1 | 2 | 3

export type UrlSettings = {
  keepFragment: boolean
  /** Query parameters to remove besides the usual ones: names, with `*` for any text, or /expressions/. Compiled once a list. */
  excludedParameters: readonly string[]
}

export type PageUrl = { url: string; prefix: UrlPrefix }

const maxUrlBytes = 1024
const maxTitleBytes = 1024
const maxCampaignLength = 255

const prefixes = ['http://', 'http://www.', 'https://', 'https://www.'] as const

/**
 * The address as it is kept, or undefined when it is none: it has to begin with a protocol and `//` (or with `//`
 * alone, taken for https), and not to be a script or data. Cut at 1024 bytes before all else.
 */
export function normaliseUrl(raw: string, settings: UrlSettings): PageUrl | undefined {
  const parts = splitUrl(raw)
  if (!parts) return undefined
  const excluded = excludedBy(settings.excludedParameters)
  const matrix = fromMatrix(parts)
  const query = withoutParameters(matrix.query, excluded)
  const fragment = settings.keepFragment ? cleanFragment(parts.fragment.trim(), excluded).trim() : ''
  const tail = (matrix.path + (query && `?${query}`) + (fragment && `#${fragment}`)).trimEnd()
  if (parts.scheme !== 'http' && parts.scheme !== 'https') {
    return { url: `${parts.scheme}://${parts.host}${parts.port}${tail}`, prefix: 0 }
  }
  const secure = parts.scheme === 'https'
  // `www.` alone, or before nothing but a port, is a host and not a prefix of one.
  const www = parts.host.startsWith('www.') && parts.host.length > 4
  const host = www ? parts.host.slice(4) : parts.host
  return { url: host + parts.port + tail, prefix: secure ? (www ? 3 : 2) : www ? 1 : 0 }
}

/** The address as a browser can open it again. */
export function absoluteUrl(url: string, prefix: number): string {
  if (url === '' || /^[a-z][a-z0-9+.-]*:\/\//.test(url)) return url
  return (prefixes[prefix] ?? prefixes[2]) + url
}

/** The address of a download or of another website: whole, without credentials; '' when it is none. */
export function targetUrl(raw: string): string {
  const parts = splitUrl(raw)
  // Longer by `https:` than what was sent as `//`.
  return parts ? cutBytes(joinUrl(parts), maxUrlBytes) : ''
}

/** A title in one line, at most 1024 bytes. */
export function normaliseTitle(raw: string): string {
  return cleanText(raw, maxTitleBytes)
}

export type UrlParts = {
  /** Lower case, without `:`; https for an address that begins with `//`. */
  scheme: string
  /** Lower case, without credentials. */
  host: string
  /** With its colon; empty when there is none. */
  port: string
  /** Empty, or from its first slash on. */
  path: string
  /** Without `?`. */
  query: string
  /** Without `#`. */
  fragment: string
}

/** Takes an address apart; undefined when it does not look like one that a page can have. */
export function splitUrl(raw: string, maxBytes: number = maxUrlBytes): UrlParts | undefined {
  const whole = cleanText(raw, maxBytes * 4, '')
  let text = cutBytes(whole, maxBytes)
  // Half an escaped character at the end is what the cut left of it.
  if (text.length < whole.length) text = text.replace(/%[0-9a-f]?$/i, '').trimEnd()
  const start = /^(?:([a-z][a-z0-9+.-]*):)?\/\//i.exec(text)
  if (!start) return undefined
  const scheme = start[1]?.toLowerCase() ?? 'https'
  if (scheme === 'javascript' || scheme === 'vbscript' || scheme === 'data') return undefined

  const rest = text.slice(start[0].length)
  const end = rest.search(/[/?#\\]/)
  const authority = end < 0 ? rest : rest.slice(0, end)
  const location = end < 0 ? '' : rest.slice(end)
  const server = authority.slice(authority.lastIndexOf('@') + 1)
  const address = /^(\[[0-9a-f:.]+\]|[^\s<>"^`{|}%:[\]]*)(:\d{1,5}|:)?$/i.exec(server)
  if (!address) return undefined
  const host = (address[1] ?? '').replace(/[A-Z]+/g, (letters) => letters.toLowerCase())
  if (host === '' && (scheme === 'http' || scheme === 'https')) return undefined

  const hash = location.indexOf('#')
  const page = hash < 0 ? location : location.slice(0, hash)
  const mark = page.indexOf('?')
  return {
    scheme,
    host,
    port: address[2] === ':' ? '' : (address[2] ?? ''),
    path: mark < 0 ? page : page.slice(0, mark),
    query: mark < 0 ? '' : page.slice(mark + 1),
    fragment: hash < 0 ? '' : location.slice(hash + 1),
  }
}

/** The other way round. */
export function joinUrl({ scheme, host, port, path, query, fragment }: UrlParts): string {
  return `${scheme}://${host}${port}${path}${query && `?${query}`}${fragment && `#${fragment}`}`
}

/** `;a=b;c=d` at the end of a path (as in `;jsessionid=1`) are parameters by another spelling. */
function fromMatrix({ path, query }: UrlParts): { path: string; query: string } {
  const semicolon = path.indexOf(';', path.lastIndexOf('/') + 1)
  if (semicolon < 0 || !path.includes('=', semicolon)) return { path, query }
  const parameters = path.slice(semicolon + 1).replaceAll(';', '&')
  return { path: path.slice(0, semicolon), query: query ? `${parameters}&${query}` : parameters }
}

/** A fragment may hold parameters: alone (`#a=b`) or behind a path of its own (`#/page?a=b`). */
function cleanFragment(fragment: string, excluded: (name: string) => boolean): string {
  const mark = fragment.indexOf('?')
  if (mark >= 0) {
    const query = withoutParameters(fragment.slice(mark + 1), excluded)
    const path = fragment.slice(0, mark)
    // With its query gone, what is left may be parameters itself.
    return query === '' ? cleanFragment(path, excluded) : `${path}?${query}`
  }
  return fragment.includes('=') ? withoutParameters(fragment, excluded) : fragment
}

function withoutParameters(query: string, excluded: (name: string) => boolean): string {
  if (query === '') return ''
  const parameters = query.split('&')
  const kept = parameters.filter((parameter) => parameter.trim() !== '' && !excluded(nameOf(parameter)))
  return kept.length === parameters.length ? query : kept.join('&')
}

/** Lower case, decoded, `a` for `a[]` and `a[b]`. */
function nameOf(parameter: string): string {
  const equals = parameter.indexOf('=')
  const name = decode(equals < 0 ? parameter : parameter.slice(0, equals))
    .trim()
    .toLowerCase()
  const bracket = name.indexOf('[')
  return bracket > 0 ? name.slice(0, bracket) : name
}

function textOf(parameter: string, read: (text: string) => string): string {
  const equals = parameter.indexOf('=')
  return equals < 0 ? '' : read(parameter.slice(equals + 1))
}

function decode(text: string): string {
  if (!text.includes('%') && !text.includes('+')) return text
  const spaced = text.replaceAll('+', ' ')
  try {
    return decodeURIComponent(spaced)
  } catch {
    // Not UTF-8, or a lone %: what is readable is decoded, the rest stays as it came.
    return spaced.replace(/%([2-7][0-9a-f])/gi, (_, code: string) =>
      String.fromCharCode(Number.parseInt(code, 16)),
    )
  }
}

/** Bytes of another charset than UTF-8, those escaped that are no ASCII: the second byte of a character may be a letter. */
function decodeAs(charset: string, text: string): string {
  if (/[^ -~]/.test(text)) return decode(text)
  const bytes = text
    .replaceAll('+', ' ')
    .replace(/%([0-9a-f]{2})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
  return new TextDecoder(charset).decode(Buffer.from(bytes, 'latin1'))
}

// -- What is removed ------------------------------------------------------------------------------------------

/** In the order in which they are asked. */
const campaignNames = [
  'pk_cpn',
  'pk_campaign',
  'piwik_campaign',
  'mtm_campaign',
  'matomo_campaign',
  'utm_campaign',
  'utm_source',
  'utm_medium',
] as const
const campaignKeywords = [
  'pk_kwd',
  'pk_keyword',
  'piwik_kwd',
  'mtm_kwd',
  'mtm_keyword',
  'matomo_kwd',
  'utm_term',
] as const

/** All that a client may send for a campaign beside or instead of a page address. */
export const campaignParameters = [...campaignNames, ...campaignKeywords]
export type CampaignParameters = Readonly<{
  [name in (typeof campaignParameters)[number]]?: string | undefined
}>

/** What else a campaign says of itself, and the names that say it, in the order in which they are asked. */
export const campaignLevelNames = {
  source: ['mtm_source', 'matomo_source', 'piwik_source', 'pk_source', 'utm_source'],
  medium: ['mtm_medium', 'matomo_medium', 'piwik_medium', 'pk_medium', 'utm_medium'],
  content: ['mtm_content', 'matomo_content', 'piwik_content', 'pk_content', 'utm_content'],
  id: ['mtm_cid', 'matomo_cid', 'piwik_cid', 'pk_cid', 'utm_id'],
  group: ['mtm_group', 'matomo_group', 'piwik_group', 'pk_group'],
  placement: ['mtm_placement', 'matomo_placement', 'piwik_placement', 'pk_placement', 'utm_source_platform'],
} as const

/** What no page address keeps: ids of sessions, clicks and mail recipients, and how a campaign is labelled. */
const alwaysExcluded = new Set<string>([
  ...campaignParameters,
  ...Object.values(campaignLevelNames).flat(),
  ...['ignore_referrer', 'ignore_referer', 'pk_vid'],
  ...['gclid', 'gbraid', 'wbraid', 'dclid', 'gad_source', 'gad_campaignid', 'srsltid', 'fbclid', 'msclkid'],
  ...['twclid', 'ttclid', 'li_fat_id', 'igshid', 'yclid', 'fb_xd_fragment', 'fb_comment_id', 'mc_eid'],
  ...['phpsessid', 'jsessionid', 'sessionid', 'aspsessionid', 'sid', 'doing_wp_cron'],
])

/** What is wrong with an entry of `excludedParameters`, for its owner; undefined when nothing is. */
export function excludedParameterError(entry: string): string | undefined {
  if (expressionIn(entry) !== undefined) return expressionError(entry)
  if (/^[^\s&=#?/]{1,100}$/.test(entry)) return undefined
  return `"${entry}" is not the name of a parameter: write the name, with * for any text (as in "session*"), or an /expression/.`
}

const compiled = new WeakMap<readonly string[], (name: string) => boolean>()

/** Matomo: names are compared whatever their case, and may be expressions. Bad entries match nothing. */
function excludedBy(entries: readonly string[]): (name: string) => boolean {
  const known = compiled.get(entries)
  if (known) return known
  const usable = entries.filter((entry) => !excludedParameterError(entry))
  const words = usable
    .filter((entry) => expressionIn(entry) === undefined)
    .map((entry) => entry.toLowerCase())
  const names = new Set([...alwaysExcluded, ...words.filter((entry) => !entry.includes('*'))])
  const patterns = words.filter((entry) => entry.includes('*')).map((entry) => entry.split('*'))
  const expressions = usable.flatMap((entry) => {
    const text = expressionIn(entry)
    return text === undefined ? [] : compilePattern({ how: 'regex', text, caseSensitive: false })
  })
  const excluded = (name: string) =>
    names.has(name) ||
    patterns.some((pieces) => matchesPieces(name, pieces)) ||
    expressions.some((matches) => matches(name))
  compiled.set(entries, excluded)
  return excluded
}

/** Whether `text` is made of `pieces` in this order, with anything between two of them. */
function matchesPieces(text: string, pieces: string[]): boolean {
  const last = pieces.length - 1
  let from = 0
  for (const [position, piece] of pieces.entries()) {
    if (position === 0) {
      if (!text.startsWith(piece)) return false
      from = piece.length
    } else if (position === last) {
      return text.length - piece.length >= from && text.endsWith(piece)
    } else {
      const found = text.indexOf(piece, from)
      if (found < 0) return false
      from = found + piece.length
    }
  }
  return true
}

// -- What an address tells ------------------------------------------------------------------------------------

/** Whether the page asks for its referrer to be passed over (`ignore_referrer=1`). */
export function ignoresReferrer(pageUrl: string): boolean {
  if (!/[?&;#]ignore_refer/i.test(pageUrl)) return false
  const parts = splitUrl(pageUrl)
  return (
    parts !== undefined &&
    parametersOf(parts).some(([name, value]) => /^ignore_referr?er$/.test(name) && value === '1')
  )
}

export type Campaign = {
  /** Lower case, at most 255 characters, never empty. */
  name: string
  /** Likewise; empty when there is none. */
  keyword: string
  /** The name is a lone `utm_source`: no campaign name and no medium stand beside it. */
  sourceOnly: boolean
}

/**
 * The campaign that a page address names: in its query, for what is missing there in its fragment, then among the
 * parameters of the request (pixels have no address of their own). The first name with a value counts.
 */
export function campaignOf(pageUrl: string, parameters: CampaignParameters = {}): Campaign | undefined {
  const places: Map<string, string>[] = []
  if (/[?&;#](?:pk|piwik|mtm|matomo|utm)(?:_|%5f)/i.test(pageUrl)) {
    const parts = splitUrl(pageUrl)
    if (parts) {
      places.push(valuesOf(listParameters(fromMatrix(parts).query)))
      places.push(valuesOf(listParameters(fragmentQuery(parts.fragment))))
    }
  }
  const sent = campaignParametersOf(parameters)
  if (sent) places.push(sent)

  let name = ''
  let keyword = ''
  let sourceOnly = false
  for (const place of places) {
    if (name === '') {
      const parameter = campaignNames.find((candidate) => place.has(candidate))
      if (parameter) {
        name = place.get(parameter) ?? ''
        sourceOnly = parameter === 'utm_source' && !place.has('utm_medium')
      }
    }
    if (keyword === '') keyword = firstOf(place, campaignKeywords)
  }
  return name === '' ? undefined : { name, keyword, sourceOnly }
}

/** Whether the request itself names a campaign. */
export function namesCampaign(parameters: CampaignParameters): boolean {
  return campaignParameters.some((name) => parameters[name])
}

function campaignParametersOf(parameters: CampaignParameters): Map<string, string> | undefined {
  const found: [string, string][] = []
  for (const name of campaignParameters) {
    const value = parameters[name]
    if (value) found.push([name, value])
  }
  return found.length > 0 ? valuesOf(found) : undefined
}

/** The first value of each name that has one, as campaigns are compared. */
function valuesOf(parameters: [string, string][]): Map<string, string> {
  const values = new Map<string, string>()
  for (const [name, value] of parameters) {
    const text = cleanText(value, maxUrlBytes).toLowerCase()
    const short =
      text.length > maxCampaignLength ? cleanText(text.slice(0, maxCampaignLength), maxUrlBytes) : text
    if (short !== '' && !values.has(name)) values.set(name, short)
  }
  return values
}

function firstOf(values: Map<string, string>, names: readonly string[]): string {
  const name = names.find((candidate) => values.has(candidate))
  return name === undefined ? '' : (values.get(name) ?? '')
}

export type SiteSearchSettings = {
  /** Lower case, in the order in which they are asked. */
  searchParameters: readonly string[]
  searchCategoryParameters: readonly string[]
}

export type SiteSearch = {
  /** Never empty, at most 1024 bytes. */
  keyword: string
  /** At most 200 bytes; empty when there is none. */
  category: string
  /** Number of results; -1 when unknown. */
  count: number
  /** The page address without what was searched for. */
  url: string
}

/**
 * A search on the site that its address shows (`?q=shoes&search_count=3`), in the query or in the fragment. `charset`:
 * that of the page, as TextDecoder knows it; empty for UTF-8.
 */
export function siteSearchOf(
  pageUrl: string,
  settings: SiteSearchSettings,
  charset = '',
): SiteSearch | undefined {
  if (settings.searchParameters.length === 0 || !/[?#;]/.test(pageUrl)) return undefined
  const parts = splitUrl(pageUrl)
  if (!parts) return undefined
  const { path, query } = fromMatrix(parts)
  const read = charset === '' ? decode : (text: string) => decodeAs(charset, text)
  const parameters = [...listParameters(query, read), ...listParameters(fragmentQuery(parts.fragment), read)]
  const first = (names: readonly string[], bytes: number) => {
    for (const wanted of names) {
      for (const [name, value] of parameters) {
        const text = name === wanted ? cleanText(value, bytes) : ''
        if (text !== '') return text
      }
    }
    return ''
  }
  const keyword = first(settings.searchParameters, maxUrlBytes)
  if (keyword === '') return undefined
  const count = first(['search_count'], 20)
  const names = new Set([...settings.searchParameters, ...settings.searchCategoryParameters, 'search_count'])
  const isSearch = (name: string) => names.has(name)
  const rest = {
    ...parts,
    path,
    query: withoutParameters(query, isSearch),
    fragment: cleanFragment(parts.fragment, isSearch),
  }
  return {
    keyword,
    category: first(settings.searchCategoryParameters, 200),
    count: /^\d{1,9}$/.test(count) ? Number(count) : -1,
    url: joinUrl(rest),
  }
}

/** Names (lower case) and values of an address, decoded: those of the query, then those of the fragment. */
export function parametersOf(parts: UrlParts): [string, string][] {
  return [...listParameters(fromMatrix(parts).query), ...listParameters(fragmentQuery(parts.fragment))]
}

/** The query without what `normaliseUrl` removes from it. */
export function cleanQuery(query: string, excludedParameters: readonly string[]): string {
  return withoutParameters(query, excludedBy(excludedParameters))
}

/** The query with nothing but the parameters that `keep` wants, as they were written. */
export function queryWith(query: string, keep: (name: string) => boolean): string {
  return withoutParameters(query, (name) => !keep(name))
}

function listParameters(query: string, read = decode): [string, string][] {
  if (query === '') return []
  return query.split('&').map((parameter) => [nameOf(parameter), textOf(parameter, read)])
}

function fragmentQuery(fragment: string): string {
  const mark = fragment.indexOf('?')
  return mark >= 0 ? fragment.slice(mark + 1) : fragment.includes('=') ? fragment : ''
}
