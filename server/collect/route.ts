// The HTTP face of the collector: Matomo's addresses and a neutral one, and the answers that its clients know.

import type { IncomingMessage } from 'node:http'
import { parse as parseCookies, serialize as serializeCookie } from 'cookie'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { JournalError } from '../journal/journal.ts'
import { limits } from '../limits.ts'
import type { Beacon } from './beacon.ts'
import { type Body, readBody } from './body.ts'
import type { Collector } from './collector.ts'
import type { Sent } from './parameter.ts'
import type { Pressure } from './pressure.ts'
import type { RateLimit } from './rate-limit.ts'
import { Refusal } from './refusal.ts'
import {
  type Bulk,
  beaconOf,
  beaconsOf,
  bearer,
  bulkOf,
  type Registry,
  type Request,
  sentBy,
} from './request.ts'

export type CollectParts = {
  collector: Collector
  registry: Registry
  rateLimit: RateLimit
  pressure: Pick<Pressure, 'strain'>
  now: () => number
  /** Whether browsers reach this service by https, whatever the connection says. */
  secure: boolean
}

const trackingPaths = ['/matomo.php', '/piwik.php', '/f']

const gif = Buffer.from('R0lGODlhAQABAIAAAAAAAAAAACH5BAEAAAAALAAAAAABAAEAAAICRAEAOw==', 'base64')
const greeting = 'This resource is part of Footfall. It takes the requests of its tracking API.'

/** Matomo: `js/` and `js/tracker.php` are the script, and take hits where more than that is asked of them. */
export function trackingUrl({ method, url = '/' }: IncomingMessage): string {
  const found = /^\/js\/(?:tracker\.php)?(\?.*)?$/.exec(url)
  if (!found) return url
  const [, query = ''] = found
  const isHit = method === 'POST' || method === 'OPTIONS' || /[?&](?:idsite|rec)=/.test(query)
  return isHit ? `/matomo.php${query}` : url
}

export async function collectRoutes(app: FastifyInstance, parts: CollectParts): Promise<void> {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (_request, payload, done) => readBody(payload, (body) => done(null, body)))
  for (const url of trackingPaths) {
    app.route({
      method: 'GET',
      url,
      exposeHeadRoute: false,
      handler: (request, reply) => answer(request, reply, parts),
    })
    app.route({
      method: 'POST',
      url,
      handler: (request, reply) => answer(request, reply, parts),
    })
    app.route({ method: 'OPTIONS', url, handler: allowOrigin })
  }
}

/** No async function: what they cost is a good part of what is done for a hit. */
function answer(request: FastifyRequest, reply: FastifyReply, parts: CollectParts): void {
  const read = (request.body ?? noBody) as Body
  const origin = request.headers.origin
  reply.header('cache-control', 'no-store')
  if (origin !== undefined || request.method !== 'GET') {
    reply.header('access-control-allow-origin', origin ?? '*').header('vary', 'Origin')
    if (origin !== undefined) reply.header('access-control-allow-credentials', 'true')
  }
  const fail = (error: unknown) => answerError(request, reply, parts, error)
  try {
    if (typeof read === 'string') {
      cutOff(reply, parts.collector, read)
      return
    }
    if (parts.pressure.strain !== undefined) {
      parts.collector.unkept++
      reply.code(503).header('retry-after', '5').type('text/plain').send('Too much to do. Try again later.\n')
      return
    }
    const body = read.text
    const bulk = bulkOf(body)
    if (bulk) {
      answerBulk(request, reply, parts, bulk).catch(fail).finally(read.hold?.())
    } else if (body.length > limits.bodyBytes) {
      parts.collector.refused++
      reply.code(413).type('text/plain').send('The request is too long.\n')
    } else {
      answerOne(request, reply, parts, sentBy(request.query as Sent, body), fail)
    }
  } catch (error) {
    fail(error)
  }
}

const noBody: Body = { text: '' }

/** What is left of the body is not read. */
function cutOff(reply: FastifyReply, collector: Collector, why: 'too long' | 'too many'): FastifyReply {
  reply.header('connection', 'close').type('text/plain')
  if (why === 'too long') {
    collector.refused++
    return reply.code(413).send('The request is too long.\n')
  }
  collector.unkept++
  return reply.code(503).header('retry-after', '1').send('Too many long requests at once. Try again later.\n')
}

function answerError(
  request: FastifyRequest,
  reply: FastifyReply,
  { collector }: CollectParts,
  error: unknown,
): void {
  if (error instanceof Refusal) {
    collector.refused++
    refuse(request, reply, error.message)
  } else if (error instanceof JournalError) {
    collector.unkept++
    reply
      .code(503)
      .header('retry-after', '5')
      .type('text/plain')
      .send('The hit could not be kept. Try again later.')
  } else {
    reply.send(error)
  }
}

/** @throws Refusal; what goes wrong later is told to `fail`. */
function answerOne(
  request: FastifyRequest,
  reply: FastifyReply,
  parts: CollectParts,
  sent: Sent,
  fail: (error: unknown) => void,
): void {
  if (isEmpty(sent)) {
    if (request.method === 'GET') reply.type('text/plain').send(greeting)
    else refuse(request, reply, greeting)
    return
  }
  const beacon = beaconOf(sent, requestOf(request, parts.now()), parts.registry)
  if (!beacon.trusted) {
    const wait = parts.rateLimit.take(beacon.site.id, beacon.address, 1, beacon.receivedAt)
    if (wait > 0) {
      slowDown(reply, wait)
      return
    }
  }
  parts.collector
    .collect(beacon)
    .then((outcome) => {
      if ('dropped' in outcome && outcome.dropped === 'do_not_track') reply.header('tk', 'N')
      if (beacon.kept && beacon.newCookies.length > 0) setCookies(request, reply, beacon, parts)
      if (sent.send_image === '0') reply.code(204).send()
      else reply.type('image/gif').send(gif)
    })
    .catch(fail)
}

function slowDown(reply: FastifyReply, seconds: number): void {
  reply
    .code(429)
    .header('retry-after', String(seconds))
    .type('text/plain')
    .send('Too many requests come from this address. Try again later.')
}

function isEmpty(sent: Sent): boolean {
  for (const _ in sent) return false
  return true
}

function setCookies(request: FastifyRequest, reply: FastifyReply, beacon: Beacon, parts: CollectParts): void {
  const secure = parts.secure || request.protocol === 'https'
  const site = secure
    ? ({ secure, sameSite: 'none', partitioned: true } as const)
    : ({ sameSite: 'lax' } as const)
  for (const { name, value, maxAge } of beacon.newCookies) {
    reply.header('set-cookie', serializeCookie(name, value, { path: '/', httpOnly: true, maxAge, ...site }))
  }
}

/** Keeps the good entries and tells the bad ones. */
async function answerBulk(
  request: FastifyRequest,
  reply: FastifyReply,
  parts: CollectParts,
  bulk: Bulk,
): Promise<void> {
  const shared = requestOf(request, parts.now())
  const token = bulk.token ?? bearer(shared.headers.authorization)
  if (token === undefined || !parts.registry.knowsToken(token)) {
    // Its entries may be of many sites: lists have a bucket of their own.
    const wait = parts.rateLimit.take(0, shared.address, bulk.entries.length, shared.now)
    if (wait > 0) {
      slowDown(reply, wait)
      return
    }
  }
  const outcomes = await parts.collector.collectAll(beaconsOf(bulk, shared, parts.registry))
  const errors = outcomes.flatMap((outcome, index) =>
    'refused' in outcome ? [{ index, message: outcome.refused.message }] : [],
  )
  parts.collector.refused += errors.length
  if (!bulk.sendImage) {
    reply.code(204).send()
    return
  }
  reply.send({
    status: 'success',
    tracked: outcomes.length - errors.length,
    invalid: errors.length,
    ...(errors.length > 0 && { invalid_indices: errors.map(({ index }) => index), errors }),
  })
}

/** A failure says why; an image tag still gets its image first. */
function refuse(request: FastifyRequest, reply: FastifyReply, why: string): void {
  const wantsImage = request.method === 'GET' && (request.query as Sent).send_image !== '0'
  reply.code(400)
  if (wantsImage) reply.type('image/gif').send(Buffer.concat([gif, Buffer.from(`\n${why}\n`)]))
  else reply.type('text/plain').send(`${why}\n`)
}

const noCookies = {}

function requestOf(request: FastifyRequest, now: number): Request {
  return {
    method: request.method === 'GET' ? 'GET' : 'POST',
    // None, whatever its type says, where the client hung up before the connection was looked at.
    address: request.ip ?? '',
    headers: request.headers,
    cookies: request.headers.cookie === undefined ? noCookies : parseCookies(request.headers.cookie),
    now,
  }
}

async function allowOrigin(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  return reply
    .code(204)
    .header('access-control-allow-origin', request.headers.origin ?? '*')
    .header('access-control-allow-credentials', 'true')
    .header('access-control-allow-methods', 'GET, POST')
    .header('access-control-allow-headers', request.headers['access-control-request-headers'] ?? '*')
    .header('access-control-max-age', '86400')
    .header('vary', 'Origin')
    .send()
}
