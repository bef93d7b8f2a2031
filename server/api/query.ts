// Questions that come in the address of a request.

import type { FastifyRequest } from 'fastify'
import { QuestionError } from '../reports/question-error.ts'
import { ApiError } from './error.ts'

/**
 * For `preValidation`. Fastify takes parameters that the schema does not know away; a misspelt one must not change the
 * answer unseen.
 */
export function onlyKnown(schema: { properties: object }): (request: FastifyRequest) => Promise<void> {
  const known = Object.keys(schema.properties)
  return async (request) => {
    const unknown = Object.keys(request.query as object).find((name) => !known.includes(name))
    if (unknown === undefined) return
    throw new ApiError(
      'invalid_parameter',
      `The parameter "${unknown}" is unknown; there are ${known.join(', ')}.`,
    )
  }
}

/** What is thrown at a question that cannot be answered is told as an error of the API. */
export function asked<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw asApiError(error)
  }
}

export async function answered<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask()
  } catch (error) {
    throw asApiError(error)
  }
}

function asApiError(error: unknown): unknown {
  return error instanceof QuestionError ? new ApiError(error.code, error.message, { cause: error }) : error
}
