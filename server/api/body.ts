// The bodies of the API's requests, before they are parsed. Fastify keeps each piece of a body for itself, and pieces may
// be of one byte: here they are gathered in one buffer, which is counted.

import type { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply, FastifyRequest, RequestPayload } from 'fastify'
import { readBody } from '../collect/body.ts'
import { ApiError } from './error.ts'

/** Takes JSON of at most `longest` bytes; to be called before routes are registered. */
export function takeBodies(app: FastifyInstance, longest: number): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(
    'application/json',
    { parseAs: 'string' },
    app.getDefaultJsonParser('error', 'error'),
  )
  app.addHook('preParsing', (request, reply, payload, done) =>
    hasBody(request) ? gather(payload, longest, reply, done) : done(null, payload),
  )
}

/** For requests that nobody answers but with an error. */
export function takeNoBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (_request, _payload, done) => done(null))
}

/** Of others it is never parsed. */
function hasBody({ method, headers }: FastifyRequest): boolean {
  if (method === 'GET' || method === 'HEAD') return false
  return headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined
}

function gather(
  payload: RequestPayload,
  longest: number,
  reply: FastifyReply,
  done: (error: Error | null, payload?: RequestPayload) => void,
): void {
  readBody(
    payload as IncomingMessage,
    (body) => {
      if (typeof body !== 'string') {
        done(null, Readable.from([Buffer.from(body.text)]))
        return
      }
      // What is left of it is not read.
      reply.header('connection', 'close')
      done(
        body === 'too long'
          ? new ApiError('body_too_large', `A request may have ${longest} bytes.`)
          : new ApiError('unavailable', 'Too many long requests at once. Try again later.'),
      )
    },
    longest,
  )
}
