// What goes into the log. Errors of ClickHouse quote rows and questions, those of parsers what they were given, and
// Fastify's name the address of a request: of an error only its kind, its place in the code and what is left of its
// message without quotations are written.

import { type Logger, pino } from 'pino'
import type { Config } from './config.ts'
import { StoreError } from './store/store.ts'

export function createLog(level: Config['logLevel']): Logger {
  return pino({ level, serializers: { err: told } })
}

type ToldError = {
  type: string
  code?: string | number
  /** ClickHouse's name of the error. */
  name?: string
  message: string
  stack: string
  cause?: ToldError
}

const longestMessage = 500
const mostCauses = 4

/** An error as it stands in the log. */
export function told(error: unknown, depth = 0): ToldError {
  if (!(error instanceof Error))
    return { type: typeof error, message: withoutQuotations(String(error)), stack: '' }
  const { code } = error as { code?: unknown }
  const name = error instanceof StoreError ? error.type : ''
  const cause = error instanceof AggregateError ? error.errors.at(-1) : error.cause
  return {
    type: error.constructor.name,
    ...(typeof code === 'string' || typeof code === 'number' ? { code } : {}),
    ...(name === '' ? {} : { name }),
    // The system's own speak of files and hosts of this service.
    message: 'syscall' in error ? error.message : withoutQuotations(error.message),
    stack: (error.stack ?? '')
      .split('\n')
      .filter((line) => /^ {4}at /.test(line))
      .join('\n'),
    ...(cause === undefined || depth === mostCauses ? {} : { cause: told(cause, depth + 1) }),
  }
}

/** An apostrophe within a word begins no quotation. */
const quotation = /"(?:[^"\\]|\\.)*("|$)|(?<![A-Za-z])'(?:[^'\\]|\\.)*('|$)/gs
const queryOfUrl = /\?[\w%&]\S*/g
const passwordOfUrl = /\/\/[^\s/@]*@/g
/** From here on a message of ClickHouse repeats the question or the row. */
const repetition = /:? *(In scope|While (processing|executing)|\(at row|Row 1:|Stack trace).*/is

export function withoutQuotations(message: string): string {
  return message
    .slice(0, 20_000)
    .replace(repetition, ' ...')
    .replace(quotation, '"..."')
    .replace(passwordOfUrl, '//...@')
    .replace(queryOfUrl, '?...')
    .slice(0, longestMessage)
}
