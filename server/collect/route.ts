// The HTTP face of the collector: Matomo's addresses and a neutral one, and the answers that its clients know.

import { parse as parseCookies, serialize as serializeCookie } from 'cookie'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { JournalError } from '../journal/journal.ts'
import type { Beacon } from './beacon.ts'
import type { Collector } from './collector.ts'
import type { Sent } from './parameter.ts'
import { Refusal } from './refusal.ts'
import { type Bulk, beaconOf, bulkOf, type Registry, type Request, sentBy } from './request.ts'

export type CollectParts = {
  collector: Collector
  registry: Registry
  now: () => number
  /** Whether browsers reach this service by https, whatever the connection says. */
  secure: boolean
}

const trackingPaths = ['/matomo.php', '/piwik.php', '/f']

const gif = Buffer.from('R0lGODlhAQABAIAAAAAAAAAAACH5BAEAAAAALAAAAAABAAEAAAICRAEAOw==', 'base64')
const greeting = 'This resource is part of Footfall. It takes the requests of its tracking API.'
/** Bytes of the body of a bulk request, and characters of that of any other. */
const mostBytes = 10_000_000
const mostCharacters = 100_000

export async function collectRoutes(app: FastifyInstance, parts: CollectParts): Promise<void> {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'string', bodyLimit: mostBytes }, (_request, body, done) =>
    done(null, body),
  )
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
      bodyLimit: mostBytes,
      handler: (request, reply) => answer(request, reply, parts),
    })
    app.route({ method: 'OPTIONS', url, handler: allowOrigin })
  }
}

/** No async function: what they cost is a good part of what is done for a hit. */
function answer(request: FastifyRequest, reply: FastifyReply, parts: CollectParts): void {
  const body = typeof request.body === 'string' ? request.body : ''
  const origin = request.headers.origin
  reply.header('cache-control', 'no-store')
  if (origin !== undefined || request.method !== 'GET') {
    reply.header('access-control-allow-origin', origin ?? '*').header('vary', 'Origin')
    if (origin !== undefined) reply.header('access-control-allow-credentials', 'true')
  }
  const fail = (error: unknown) => answerError(request, reply, error)
  try {
    const bulk = bulkOf(body)
    if (bulk) {
      answerBulk(request, reply, parts, bulk).catch(fail)
    } else if (body.length > mostCharacters) {
      reply.code(413).type('text/plain').send('The request is too long.\n')
    } else {
      answerOne(request, reply, parts, sentBy(request.query as Sent, body), fail)
    }
  } catch (error) {
    fail(error)
  }
}

function answerError(request: FastifyRequest, reply: FastifyReply, error: unknown): void {
  if (error instanceof Refusal) {
    refuse(request, reply, error.message)
  } else if (error instanceof JournalError) {
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
  parts.collector
    .collect(beacon)
    .then(() => {
      if (beacon.kept && beacon.newCookies.length > 0) setCookies(request, reply, beacon, parts)
      if (sent.send_image === '0') reply.code(204).send()
      else reply.type('image/gif').send(gif)
    })
    .catch(fail)
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
  const beacons = bulk.entries.map((entry) => {
    try {
      return beaconOf(entry, shared, parts.registry, bulk)
    } catch (error) {
      if (error instanceof Refusal) return error
      throw error
    }
  })
  const outcomes = await parts.collector.collectAll(beacons)
  const errors = outcomes.flatMap((outcome, index) =>
    'refused' in outcome ? [{ index, message: outcome.refused.message }] : [],
  )
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
    address: request.ip,
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
