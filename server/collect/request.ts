// The first step of a beacon's way in: what HTTP brought becomes beacons. Parameters come in the query, in a
// form, or as a bulk request (JSON with a list of queries or objects); query and form are merged, the query wins.

import { parse } from 'fast-querystring'
import type { Site } from '../admin/site.ts'
import { limits } from '../limits.ts'
import { noAction } from './action.ts'
import type { Beacon } from './beacon.ts'
import { needToken, type Parameters, readParameters, type Sent } from './parameter.ts'
import { Refusal } from './refusal.ts'

/** What all beacons of one HTTP request share. */
export type Request = {
  method: 'GET' | 'POST'
  address: string
  headers: Beacon['headers']
  cookies: Beacon['cookies']
  /** Unix milliseconds. */
  now: number
}

export type Registry = {
  site: (id: number) => Site | undefined
  /** Whether a token belongs to a user of this service. */
  knowsToken: (token: string) => boolean
}

/** `entries`: queries, objects of parameters, or what is neither. */
export type Bulk = { entries: unknown[]; token: string | undefined; sendImage: boolean }

/** Entries of one bulk request. */
const mostEntries = 10_000

const noDevice = {
  os: { name: '', version: '', family: '' },
  browser: { name: '', version: '' },
  device: { type: '', brand: '', model: '' },
  bot: false,
} as const
const noAliases = [] as const
const noReferrer = { type: 'direct', name: '', keyword: '', url: '' } as const

/** @throws Refusal when it names no site of ours, or a parameter is bad or needs a token. */
export function beaconOf(sent: Sent, request: Request, registry: Registry, bulk?: Bulk): Beacon {
  const parameters = readParameters(sent)
  const site = parameters.idsite === undefined ? undefined : registry.site(parameters.idsite)
  if (parameters.idsite === undefined) throw new Refusal('idsite', 'it is missing')
  if (!site) throw new Refusal('idsite', `there is no site ${parameters.idsite}`)
  const token = bulk?.token ?? parameters.token_auth ?? bearer(request.headers.authorization)
  const trusted = token !== undefined && registry.knowsToken(token)
  const guarded = needToken(parameters)
  if (guarded && !trusted) throw new Refusal(guarded, 'it needs a valid token_auth')
  const time = timeOf(parameters, request.now, trusted)
  // All fields by name: an object that is spread into another costs more than all the rest here.
  return {
    method: request.method,
    parameters,
    headers: request.headers,
    cookies: request.cookies,
    mayGetCookies: bulk === undefined,
    trusted,
    receivedAt: request.now,
    address: parameters.cip ?? request.address,
    time,
    past: trusted && request.now - time > presentFor,
    site,
    newCookies: [],
    visitorId: '',
    profilable: false,
    userId: '',
    aliases: noAliases,
    offered: undefined,
    ip: '',
    userAgent: '',
    country: '',
    language: '',
    device: noDevice,
    techniques: [],
    referrer: noReferrer,
    action: noAction,
    custom: undefined,
    commerce: undefined,
    kept: undefined,
  }
}

/** Query and form as one; where both have a name the query counts. */
export function sentBy(query: Sent, body: string): Sent {
  if (body === '') return query
  const sent: Sent = parse(body.startsWith('?') ? body.slice(1) : body)
  for (const name in query) sent[name] = query[name]
  return sent
}

/** A body that is a bulk request, whatever its content type says. @throws Refusal when it is none after all. */
export function bulkOf(body: string): Bulk | undefined {
  if (!body.includes('requests') || !/.["']requests["']/s.test(body)) return undefined
  let json: unknown
  try {
    json = JSON.parse(body.replace(/[\r\n]+/g, ''))
  } catch {
    throw new Refusal('requests', 'the body is no valid JSON')
  }
  const { requests, token_auth, send_image } = json as Record<string, unknown>
  if (!Array.isArray(requests)) throw new Refusal('requests', 'it must be a list')
  if (requests.length > mostEntries) throw new Refusal('requests', `it has more than ${mostEntries} entries`)
  return {
    entries: requests,
    token: typeof token_auth === 'string' && token_auth !== '' ? token_auth : undefined,
    sendImage: send_image !== 0 && send_image !== '0',
  }
}

/** Each entry as a beacon or with the reason why it is none; made as it is asked for, since there may be many. */
export function* beaconsOf(bulk: Bulk, request: Request, registry: Registry): Generator<Beacon | Refusal> {
  for (const entry of bulk.entries) yield beaconOrRefusal(entry, request, registry, bulk)
}

function beaconOrRefusal(entry: unknown, request: Request, registry: Registry, bulk: Bulk): Beacon | Refusal {
  try {
    return beaconOf(entryOf(entry), request, registry, bulk)
  } catch (error) {
    if (error instanceof Refusal) return error
    throw error
  }
}

function entryOf(entry: unknown): Sent {
  if (typeof entry === 'string') {
    if (entry.length > limits.entryLength) {
      throw new Refusal('requests', `an entry has at most ${limits.entryLength} characters`)
    }
    return parse(entry.slice(entry.indexOf('?') + 1))
  }
  return typeof entry === 'object' && entry !== null ? (entry as Sent) : {}
}

const day = 24 * 3600 * 1000
/** Milliseconds for which a hit that a trusted client sends late is one of the present. */
const presentFor = 60_000

/**
 * Matomo: when the hit happened is `cdt`, or now, and `cdo` seconds before that. A time of the future or of more than
 * 20 years ago is ignored; one of more than a day ago needs a token.
 */
function timeOf({ cdt, cdo }: Parameters, now: number, trusted: boolean): number {
  const time = (cdt ?? now) - (cdo ?? 0) * 1000
  if (time > now || time < now - 20 * 365.25 * day) return now
  if (time < now - day && !trusted) {
    throw new Refusal(
      cdt === undefined ? 'cdo' : 'cdt',
      'it is more than a day old and needs a valid token_auth',
    )
  }
  return time
}

/** The token of an Authorization header. */
export function bearer(authorization: string | string[] | undefined): string | undefined {
  return typeof authorization === 'string' ? /^Bearer (\S+)$/i.exec(authorization)?.[1] : undefined
}
