// The parameters of the tracking protocol, each declared once: how its text becomes a value, how long it may
// be, what happens to a bad value, and whether it needs a token. A new parameter is one entry.

import ipaddr from 'ipaddr.js'
import { Refusal } from './refusal.ts'

type Declaration<T> = {
  /** The value, or undefined when the text is none. */
  parse: (text: string) => T | undefined
  /** Characters that are looked at; the rest of a text is cut off, and a longer number is none. */
  limit: number
  /** A bad value is answered 400 instead of being taken as absent. Only where guessing would do harm. */
  refuse?: string
  /** Needs `token_auth` of a user of this service. */
  needsToken?: boolean
}

export const parameters = {
  idsite: { parse: whole(1, 4294967295), limit: 20, refuse: 'it must be the number of a site' },
  rec: { parse: flag, limit: 1 },
  token_auth: { parse: text, limit: 200 },
  send_image: { parse: text, limit: 2 },
  bots: { parse: flag, limit: 1 },
  new_visit: { parse: flag, limit: 1 },
  ping: { parse: flag, limit: 1 },
  ca: { parse: flag, limit: 1 },

  url: { parse: text, limit: 8000 },
  urlref: { parse: text, limit: 8000 },
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

  /** An empty `_id` is a value: the page has switched cookies off. */
  _id: { parse: visitorId, limit: 16 },
  cid: { parse: exactVisitorId, limit: 17, refuse: 'it must be 16 hexadecimal characters' },
  cip: { parse: address, limit: 60, refuse: 'it must be an IP address', needsToken: true },
  /** Unix milliseconds. Needs a token when it is older than a day (request.ts). */
  cdt: { parse: instant, limit: 40, refuse: 'it must be a Unix time or a date with time' },

  lang: { parse: text, limit: 200 },
  ua: { parse: text, limit: 2000 },
  uadata: { parse: text, limit: 4000 },
  res: { parse: resolution, limit: 9 },
  cd: { parse: whole(1, 255), limit: 20 },
  h: { parse: whole(0, 23), limit: 20 },
  m: { parse: whole(0, 59), limit: 20 },
  s: { parse: whole(0, 59), limit: 20 },
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

type Table = typeof parameters
export type ParameterName = keyof Table
export type Parameters = { [Name in ParameterName]?: NonNullable<ReturnType<Table[Name]['parse']>> }

/** What a client sent under a name; an array where it sent the name more than once. */
export type Sent = Record<string, unknown>

const declarations: [string, Declaration<unknown>][] = Object.entries(parameters)

/** Parses what was sent by the table. @throws Refusal that names the first parameter that cannot be used. */
export function readParameters(sent: Sent): Parameters {
  const values: Record<string, unknown> = {}
  for (const [name, declaration] of declarations) {
    const text = last(sent[name])
    if (text === undefined || (text === '' && name !== '_id')) continue
    const value = declaration.parse(text.length > declaration.limit ? text.slice(0, declaration.limit) : text)
    if (value !== undefined) values[name] = value
    else if (declaration.refuse) throw new Refusal(name, declaration.refuse)
  }
  return values as Parameters
}

const guarded = declarations.flatMap(([name, { needsToken }]) => (needsToken ? [name as ParameterName] : []))

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

function decimal(value: string): number | undefined {
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(value) && Number.isFinite(Number(value))
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
  return ipaddr.isValid(value) ? value : undefined
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
