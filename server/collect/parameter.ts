// The parameters of the tracking protocol, each declared once: how its text becomes a value, how long it may
// be, what happens to a bad value, and whether it needs a token. A new parameter is one entry.

import ipaddr from 'ipaddr.js'
import { campaignParameters } from '../enrich/url.ts'
import { readLoading } from './loading.ts'
import { Refusal } from './refusal.ts'

type Declaration<T> = {
  /** The value, or undefined when the text is none. */
  parse: (text: string) => T | undefined
  /** Characters that are looked at; the rest of a text is cut off, and a longer number is none. */
  limit: number
  /** A bad value is answered 400 instead of being taken as absent. Only where guessing would do harm. */
  refuse?: string
  /** Of bad values only these. */
  refuseWhen?: (text: string) => boolean
  /** Needs `token_auth` of a user of this service. */
  needsToken?: boolean
}

/** Milliseconds: 4.6 hours. */
const longestTime = 16_777_215

export const parameters = {
  idsite: { parse: whole(1, 4294967295), limit: 20, refuse: 'it must be the number of a site' },
  rec: { parse: flag, limit: 1 },
  token_auth: { parse: text, limit: 200 },
  send_image: { parse: text, limit: 2 },
  bots: { parse: flag, limit: 1 },
  new_visit: { parse: flag, limit: 1 },
  ping: { parse: flag, limit: 1 },
  ca: { parse: flag, limit: 1 },
  /** Our own script's: a hit that comes again has the mark that it had before (repeat.ts). */
  ff_id: { parse: mark, limit: 16 },
  /** The number of a check whether a page carries the script: answered, never counted. */
  tracker_install_check: { parse: text, limit: 100 },

  url: { parse: text, limit: 8000 },
  urlref: { parse: text, limit: 8000 },
  /** In which the page's address is written, where that is not UTF-8. */
  cs: { parse: charset, limit: 40 },
  action_name: { parse: text, limit: 4000 },
  pv_id: { parse: mark, limit: 6 },
  link: { parse: text, limit: 8000 },
  download: { parse: text, limit: 8000 },
  search: { parse: text, limit: 1000 },
  search_cat: { parse: text, limit: 200 },
  search_count: { parse: whole(0, 2147483647), limit: 20 },
  e_c: { parse: text, limit: 500 },
  e_a: { parse: text, limit: 500 },
  e_n: { parse: text, limit: 500 },
  e_v: { parse: decimal, limit: 40 },
  c_n: { parse: filled, limit: 1024, refuse: 'it must not be blank' },
  c_p: { parse: text, limit: 1024 },
  c_t: { parse: text, limit: 1024 },
  c_i: { parse: filled, limit: 200 },

  idgoal: {
    parse: whole(0, 4294967295),
    limit: 20,
    refuse: 'it must be the number of a goal, or 0 for an order or cart',
  },
  revenue: { parse: decimal, limit: 40 },
  ec_id: { parse: text, limit: 100 },
  ec_st: { parse: decimal, limit: 40 },
  ec_tx: { parse: decimal, limit: 40 },
  ec_sh: { parse: decimal, limit: 40 },
  ec_dt: { parse: decimal, limit: 40 },
  /** JSON (order.ts), as are categories of a product and custom variables (custom.ts). */
  ec_items: { parse: text, limit: 200_000 },
  _pks: { parse: text, limit: 200 },
  _pkn: { parse: text, limit: 200 },
  _pkc: { parse: text, limit: 1200 },
  _pkp: { parse: decimal, limit: 40 },
  cvar: { parse: text, limit: 10_000 },
  _cvar: { parse: text, limit: 10_000 },
  e_cvar: { parse: text, limit: 10_000 },

  /** Milliseconds; what browsers cannot tell is -1, which is nothing. */
  pf_net: milliseconds(whole(0, longestTime)),
  pf_srv: milliseconds(whole(0, longestTime)),
  pf_tfr: milliseconds(whole(0, longestTime)),
  pf_dm1: milliseconds(whole(0, longestTime)),
  pf_dm2: milliseconds(whole(0, longestTime)),
  pf_onl: milliseconds(whole(0, longestTime)),
  /** Our own script's: what was measured of the page until it was left. */
  ff_lcp: milliseconds(),
  ff_fcp: milliseconds(),
  /** 0 where nobody used the page. */
  ff_inp: milliseconds((text) => wholeMilliseconds(text) || undefined),
  ff_ttfb: milliseconds(),
  ff_cls: { parse: shift, limit: 40 },
  ff_engaged: milliseconds(),
  ff_scroll: { parse: percent, limit: 40 },
  /** How the document was loaded: the browser's PerformanceNavigationTiming as JSON. */
  ff_nav: { parse: readLoading, limit: 20_000 },
  /** An address that looks like that of a file: a download if the site's list says so (file-link.ts). */
  ff_file: { parse: text, limit: 8000 },

  /** An empty `_id` is a value: the page has switched cookies off. */
  _id: { parse: visitorId, limit: 16 },
  cid: { parse: exactVisitorId, limit: 17, refuse: 'it must be 16 hexadecimal characters' },
  cip: { parse: address, limit: 60, refuse: 'it must be an IP address', needsToken: true },
  uid: { parse: text, limit: 200 },
  country: { parse: countryCode, limit: 3, needsToken: true },
  region: { parse: text, limit: 100, needsToken: true },
  city: { parse: text, limit: 200, needsToken: true },
  lat: { parse: degrees(90), limit: 40, needsToken: true },
  long: { parse: degrees(180), limit: 40, needsToken: true },
  /** Unix milliseconds. Needs a token when it is older than a day (request.ts). */
  cdt: { parse: instant, limit: 40, refuse: 'it must be a Unix time or a date with time' },
  /** Seconds before `cdt`, or before now: sent by clients that were offline. */
  cdo: { parse: offset, limit: 20 },

  /** What conversions are credited to, from the cookie that the page's script keeps. */
  _rcn: { parse: text, limit: 255 },
  _rck: { parse: text, limit: 255 },
  _ref: { parse: text, limit: 1024 },
  /** Campaigns of pixels, which have no address of their own. */
  ...campaigns(),

  lang: { parse: text, limit: 200 },
  ua: { parse: text, limit: 2000 },
  uadata: { parse: text, limit: 4000 },
  res: { parse: resolution, limit: 9 },
  cd: { parse: whole(1, 255), limit: 20 },
  h: { parse: clock(23), limit: 20 },
  m: { parse: clock(59), limit: 20 },
  s: { parse: clock(59), limit: 20 },
  cookie: { parse: flag, limit: 1 },
  java: { parse: flag, limit: 1 },
  fla: { parse: flag, limit: 1 },
  pdf: { parse: flag, limit: 1 },
  wma: { parse: flag, limit: 1 },
  qt: { parse: flag, limit: 1 },
  realp: { parse: flag, limit: 1 },
  dir: { parse: flag, limit: 1 },
  ag: { parse: flag, limit: 1 },
  gears: { parse: flag, limit: 1 },
} as const satisfies Record<string, Declaration<unknown>>

/** `dimension1`, `dimension2` and so on: custom dimensions by their number; an empty text takes a value away. */
const dimensionName = /^dimension([1-9]\d{0,4})$/
const longestDimension = 250

type Table = typeof parameters
export type ParameterName = keyof Table
export type Parameters = { [Name in ParameterName]?: NonNullable<ReturnType<Table[Name]['parse']>> } & {
  /** By number; an empty text takes a value away. */
  dimensions?: Record<string, string>
}

/** What a client sent under a name; an array where it sent the name more than once. */
export type Sent = Record<string, unknown>

const declarations = new Map<string, Declaration<unknown>>(Object.entries(parameters))

/** Parses what was sent by the table. @throws Refusal that names the first parameter that cannot be used. */
export function readParameters(sent: Sent): Parameters {
  const values: Record<string, unknown> = {}
  let dimensions: Record<string, string> | undefined
  // By what was sent, which is much less than what might be.
  for (const name in sent) {
    const declaration = declarations.get(name)
    if (!declaration) {
      const number = name.startsWith('dimension') ? dimensionName.exec(name)?.[1] : undefined
      const value = number === undefined ? undefined : last(sent[name])
      if (number === undefined || value === undefined) continue
      dimensions ??= {}
      dimensions[number] = value.trim().slice(0, longestDimension).toWellFormed()
      continue
    }
    const text = last(sent[name])
    if (text === undefined || (text === '' && name !== '_id')) continue
    const value = declaration.parse(text.length > declaration.limit ? text.slice(0, declaration.limit) : text)
    if (value !== undefined) values[name] = value
    else if (declaration.refuse && (declaration.refuseWhen?.(text) ?? true))
      throw new Refusal(name, declaration.refuse)
  }
  if (dimensions) values.dimensions = dimensions
  return values as Parameters
}

const guarded = [...declarations].flatMap(([name, { needsToken }]) =>
  needsToken ? [name as ParameterName] : [],
)

/** The first name in use that needs a token. */
export function needToken(values: Parameters): ParameterName | undefined {
  return guarded.find((name) => values[name] !== undefined)
}

/** As PHP does, the last value of a repeated name counts; numbers come from bulk requests. */
function last(value: unknown): string | undefined {
  const one = Array.isArray(value) ? value.at(-1) : value
  if (typeof one === 'string') return one
  if (typeof one === 'number' || typeof one === 'boolean') return String(Number(one))
  return undefined
}

function text(value: string): string | undefined {
  return value === '' ? undefined : value.toWellFormed()
}

function filled(value: string): string | undefined {
  return value.trim() === '' ? undefined : text(value)
}

/** A random mark without a meaning: letters, digits and other visible ASCII. */
function mark(value: string): string | undefined {
  return /^[!-~]+$/.test(value) ? value : undefined
}

function flag(value: string): boolean | undefined {
  return value === '1' ? true : value === '0' ? false : undefined
}

function whole(least: number, most: number): (value: string) => number | undefined {
  return (value) => {
    if (!/^\d+$/.test(value)) return undefined
    const number = Number(value)
    return number >= least && number <= most ? number : undefined
  }
}

/** What no clock shows is 0, as in Matomo. */
function clock(most: number): (value: string) => number | undefined {
  const shown = whole(0, most)
  return (value) => (/^[+-]?\d+$/.test(value) ? (shown(value) ?? 0) : undefined)
}

/** Absent where it is unknown (-1) or longer than any page takes. */
function milliseconds(parse: (text: string) => number | undefined = wholeMilliseconds) {
  return {
    parse,
    limit: 40,
    refuse: 'it must not be negative',
    refuseWhen: (value: string) => /^-(?!1$)\d/.test(value),
  }
}

/** Browsers measure in fractions of a millisecond. */
function wholeMilliseconds(value: string): number | undefined {
  const number = decimal(value)
  return number !== undefined && number >= 0 && number <= longestTime ? Math.round(number) : undefined
}

/** Of a page that is shorter than the window more is seen than there is. */
function percent(value: string): number | undefined {
  const number = decimal(value)
  return number !== undefined && number >= 0 ? Math.min(100, Math.round(number)) : undefined
}

/** A layout shift, with four decimals. */
function shift(value: string): number | undefined {
  const number = decimal(value)
  return number !== undefined && number >= 0 && number <= 1000
    ? Math.round(number * 10_000) / 10_000
    : undefined
}

function degrees(most: number): (value: string) => number | undefined {
  return (value) => {
    const number = decimal(value)
    return number !== undefined && Math.abs(number) <= most ? number : undefined
  }
}

function countryCode(value: string): string | undefined {
  return /^[a-z]{2}$/i.test(value) ? value.toUpperCase() : undefined
}

/** Its sign means nothing. */
function offset(value: string): number | undefined {
  return whole(0, 4294967295)(value.replace(/^[+-]/, ''))
}

function campaigns() {
  const entry = { parse: text, limit: 255 }
  return Object.fromEntries(campaignParameters.map((name) => [name, entry])) as Record<
    (typeof campaignParameters)[number],
    typeof entry
  >
}

/** More, in whatever currency, would swallow the small amounts that it is added up with. */
export const mostAmount = 1e12

function decimal(value: string): number | undefined {
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(value) && Math.abs(Number(value)) <= mostAmount
    ? Number(value)
    : undefined
}

function visitorId(value: string): string | undefined {
  return value === '' ? '' : exactVisitorId(value)
}

function exactVisitorId(value: string): string | undefined {
  return /^[0-9a-f]{16}$/i.test(value) ? value.toLowerCase() : undefined
}

function address(value: string): string | undefined {
  return ipaddr.IPv4.isValidFourPartDecimal(value) || ipaddr.IPv6.isValid(value) ? value : undefined
}

/** As its decoder calls it; UTF-8 needs none. */
function charset(value: string): string | undefined {
  try {
    const { encoding } = new TextDecoder(value)
    return encoding === 'utf-8' ? undefined : encoding
  } catch {
    return undefined
  }
}

function resolution(value: string): string | undefined {
  return /^[1-9]\d{0,4}x[1-9]\d{0,4}$/.test(value) ? value : undefined
}

/** Unix seconds, or a date with time that is UTC unless it says otherwise; as Unix milliseconds. */
function instant(value: string): number | undefined {
  if (/^\d{1,10}$/.test(value)) return Number(value) * 1000
  const match =
    /^(\d{4}-\d{2}-\d{2})(?:[ T](\d{2}:\d{2}(?::\d{2})?(?:\.\d{1,3})?)(Z|[+-]\d{2}:?\d{2})?)?$/.exec(value)
  if (!match) return undefined
  const [, date, time = '00:00:00', zone = 'Z'] = match
  const parsed = Date.parse(`${date}T${time}${zone.replace(/^([+-]\d{2})(\d{2})$/, '$1:$2')}`)
  return Number.isNaN(parsed) ? undefined : parsed
}
