// Everything the API may refuse, in one catalogue: a status and a stable code each. What a caller reads is
// always {"error":{"code","message"}}, and the message says what to do.

import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { AdminError } from '../admin/admin-error.ts'
import { StoreError, StoreUnreachable } from '../store/store.ts'
import { NobodyAsks, NoTurn, OutOfTime } from '../store/turns.ts'

/** The HTTP status of each code. A program may rely on the codes; the sentences may change. */
export const errorStatus = {
  invalid_parameter: 400,
  invalid_period: 400,
  invalid_date: 400,
  invalid_by: 400,
  invalid_sort: 400,
  invalid_compare: 400,
  invalid_row: 400,
  invalid_under: 400,
  invalid_folder: 400,
  invalid_segment: 400,
  invalid_filter: 400,
  invalid_name: 400,
  invalid_email: 400,
  weak_password: 400,
  invalid_setting: 400,
  invalid_goal: 400,
  invalid_dimension: 400,
  invalid_funnel: 400,
  too_many_expressions: 400,
  invalid_url: 400,
  invalid_timezone: 400,
  not_http: 400,
  not_signed_in: 401,
  wrong_credentials: 401,
  wrong_setup_key: 403,
  forbidden: 403,
  not_found: 404,
  unknown_visitor: 404,
  unknown_site: 404,
  unknown_goal: 404,
  unknown_dimension: 404,
  unknown_funnel: 404,
  unknown_segment: 404,
  unknown_report: 404,
  method_not_allowed: 405,
  too_slow: 408,
  already_set_up: 409,
  email_taken: 409,
  segment_in_use: 409,
  raw_data_gone: 410,
  question_too_large: 413,
  body_too_large: 413,
  unsupported_media_type: 415,
  too_many_attempts: 429,
  headers_too_large: 431,
  internal_error: 500,
  unavailable: 503,
  busy: 503,
} as const

export type ErrorCode = keyof typeof errorStatus

export class ApiError extends Error {
  readonly code: ErrorCode
  readonly status: number
  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'ApiError'
    this.code = code
    this.status = errorStatus[code]
  }
}

/** For Fastify's `setErrorHandler`. What nobody foresaw is logged and told as no more than `internal_error`. */
export function errorHandler(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const told = toApiError(error)
  if (told.status >= 500) request.log.error({ err: error }, told.message)
  return reply
    .code(told.status)
    .type('application/json; charset=utf-8')
    .send({ error: { code: told.code, message: told.message } })
}

/** For Fastify's `setNotFoundHandler`. */
export function notFoundHandler(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const path = request.url.split('?')[0]
  return errorHandler(new ApiError('not_found', `There is nothing at ${path}.`), request, reply)
}

/** For Fastify's `clientErrorHandler`: what is no request, or does not become one in time, ends its connection. */
export function clientErrorHandler(error: Error & { code?: string }, socket: Socket): void {
  if (socket.writable && error.code !== 'ECONNRESET') {
    const [code, message] = brokenRequests.get(error.code ?? '') ?? notHttp
    const body = JSON.stringify({ error: { code, message } })
    const status = errorStatus[code]
    socket.write(
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nContent-Type: application/json; charset=utf-8\r\n` +
        `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
    )
  }
  socket.destroy()
}

const notHttp: [ErrorCode, string] = ['not_http', 'This is no request of HTTP/1.1.']

const brokenRequests = new Map<string, [ErrorCode, string]>([
  ['ERR_HTTP_REQUEST_TIMEOUT', ['too_slow', 'The request did not arrive in time.']],
  ['HPE_HEADER_OVERFLOW', ['headers_too_large', 'The address and the headers of the request are too long.']],
])

function toApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error
  if (error instanceof AdminError) return new ApiError(error.code, error.message, { cause: error })
  if (error instanceof OutOfTime || (error instanceof StoreError && isTooLarge(error))) {
    return new ApiError(
      'question_too_large',
      'Answering this takes more time or memory than is allowed. Ask for a shorter period, or by a segment with fewer conditions.',
      { cause: error },
    )
  }
  if (error instanceof NoTurn) {
    const message = 'Other long questions are being answered. Ask again in a minute, or for a shorter period.'
    return new ApiError('busy', message, { cause: error })
  }
  if (error instanceof NobodyAsks) return new ApiError('too_slow', error.message, { cause: error })
  if (error instanceof StoreUnreachable) {
    const message = 'The database does not answer. Hits are kept meanwhile; ask again later.'
    return new ApiError('unavailable', message, { cause: error })
  }
  if (isFastifyError(error)) {
    if (error.validation) return new ApiError('invalid_parameter', validationMessage(error), { cause: error })
    const { statusCode = 500 } = error
    if (statusCode >= 400 && statusCode < 500) {
      const code = fastifyCodes.get(statusCode) ?? 'invalid_parameter'
      return new ApiError(code, `${error.message.replace(/\.$/, '')}.`, { cause: error })
    }
  }
  return new ApiError('internal_error', 'Something went wrong here. It has been logged.', { cause: error })
}

/** What Fastify and its plugins refuse by themselves. */
const fastifyCodes = new Map<number, ErrorCode>([
  [404, 'not_found'],
  [413, 'body_too_large'],
  [415, 'unsupported_media_type'],
  [429, 'too_many_attempts'],
])

/** ClickHouse: time, rows, memory, bytes, or depth or size of the parsed question exceeded. */
const tooLarge = new Set([158, 159, 167, 168, 241, 307])

/** That the text, or what was read of it, is too long is told as an error of its syntax. */
function isTooLarge({ code, message }: StoreError): boolean {
  return (
    tooLarge.has(code) || /Max query size exceeded|Query tree is too big|Field value too long/.test(message)
  )
}

function isFastifyError(error: unknown): error is FastifyError {
  return error instanceof Error && ('statusCode' in error || 'validation' in error)
}

/** Names the parameter and what it must be: `The parameter "limit" must be <= 10000.` */
function validationMessage(error: FastifyError): string {
  const first = error.validation?.[0]
  if (!first) return `${error.message}.`
  const { missingProperty, allowedValues } = first.params
  if (typeof missingProperty === 'string') return `The parameter "${missingProperty}" is missing.`
  const name = first.instancePath.slice(1).replaceAll('/', '.')
  if (name === '') return `The ${error.validationContext ?? 'request'} ${first.message}.`
  if (Array.isArray(allowedValues)) {
    return `The parameter "${name}" must be one of ${allowedValues.join(', ')}.`
  }
  return `The parameter "${name}" ${first.message}.`
}
