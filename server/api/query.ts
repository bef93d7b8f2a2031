// Questions that come in the address of a request, or in its body.

import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { Segments } from '../admin/segment.ts'
import type { Site } from '../admin/site.ts'
import { type Comparison, longestComparison, mostCompared, readComparisons } from '../reports/comparison.ts'
import type { Period } from '../reports/period.ts'
import { QuestionError } from '../reports/question-error.ts'
import { readFilter, readSegment } from '../reports/segment/read-segment.ts'
import { segmentLimits } from '../reports/segment/segment.ts'
import type { CompiledFilter, CompiledSegment } from '../reports/segment/segment-sql.ts'
import type { Access } from './access.ts'
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

/**
 * To be called before routes are registered: whatever can be asked by GET below the path can be asked by POST as well, with
 * the same parameters as a JSON object. An address has an end long before a segment does.
 */
export function askedByPost(app: FastifyInstance, path: string): void {
  app.addHook('onRoute', function (route) {
    if (route.method !== 'GET' || !route.url.startsWith(path)) return
    const preValidation = [readBodyAsQuery, ...[route.preValidation ?? []].flat()]
    this.route({ ...route, method: 'POST', preValidation })
  })
}

async function readBodyAsQuery(request: FastifyRequest): Promise<void> {
  const { body, query } = request
  if (body === undefined) return
  if (body === null || typeof body !== 'object' || Array.isArray(body)) {
    throw new ApiError('invalid_parameter', 'The body must be a JSON object with the parameters.')
  }
  request.query = { ...(query as object), ...body }
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

/** Part of a schema: which visits a question is about. */
export const segmentQuery = {
  segment: Type.Optional(
    Type.String({
      maxLength: segmentLimits.length,
      description: "Only these visits: a segment in Matomo's syntax, as `countryCode==de`, or as JSON",
    }),
  ),
}

/** Part of a schema: what the answer stands beside. */
export const compareQuery = {
  compare: Type.Optional(
    Type.Array(Type.String({ maxLength: longestComparison }), {
      maxItems: mostCompared,
      description: `previous, year, a period as month:2025-11-01, or segment: and a segment; up to ${mostCompared}`,
    }),
  ),
}

/** Part of a schema: which hits a report counts. */
export const filterQuery = {
  filter: Type.Optional(
    Type.String({
      maxLength: segmentLimits.length,
      description: 'Only these hits, as `pageUrl=@/shop`, or as JSON',
    }),
  ),
}

/** What a segment of a request is read with. */
export type SegmentDeps = { access: Pick<Access, 'require'>; segments: Pick<Segments, 'usedBy'> }

/** @throws ApiError not_signed_in, QuestionError, AdminError */
export function segmentOf(
  request: FastifyRequest,
  text: string | undefined,
  site: Site,
  { access, segments }: SegmentDeps,
): CompiledSegment | undefined {
  return text ? readSegment(text, site, segments.usedBy(access.require(request), site)) : undefined
}

/** @throws ApiError not_signed_in, QuestionError, AdminError */
export function comparisonsOf(
  request: FastifyRequest,
  words: readonly string[],
  { site, period }: { site: Site; period: Period },
  now: number,
  deps: SegmentDeps,
): Comparison[] {
  return readComparisons(period, words, now, (text) => segmentOf(request, text, site, deps))
}

/** @throws QuestionError */
export function filterOf(text: string | undefined, site: Site): CompiledFilter | undefined {
  return text ? readFilter(text, site) : undefined
}
