// Rows of a report over time, over HTTP.

import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { findReport, type Report } from '../reports/catalogue.ts'
import { answerEvolution, mostFollowed } from '../reports/evolution.ts'
import { grains, parsePeriod, periodKinds } from '../reports/period.ts'
import { readSort } from '../reports/question.ts'
import { ApiError } from './error.ts'
import { answered, filterOf, filterQuery, onlyKnown, segmentOf, segmentQuery } from './query.ts'
import type { ReportRouteDeps } from './reports.ts'

const params = Type.Object({ name: Type.String() })
const querystring = Type.Object(
  {
    site: Type.Integer({ minimum: 1, maximum: 4294967295 }),
    period: Type.Enum([...periodKinds], { default: 'month' }),
    date: Type.String({ default: 'today', maxLength: 40 }),
    by: Type.Enum([...grains], { default: 'day' }),
    row: Type.Optional(Type.Array(Type.String({ maxLength: 8000 }), { maxItems: mostFollowed })),
    limit: Type.Integer({ minimum: 1, maximum: mostFollowed, default: 5 }),
    sort: Type.Optional(Type.String({ minLength: 1, maxLength: 60 })),
    ...segmentQuery,
    ...filterQuery,
  },
  { additionalProperties: false },
)

export function evolutionRoutes(app: FastifyInstance, deps: ReportRouteDeps): void {
  app
    .withTypeProvider<TypeBoxTypeProvider>()
    .get(
      '/api/reports/:name/evolution',
      { schema: { params, querystring }, preValidation: onlyKnown(querystring) },
      async (request) => {
        const { site: id, period, date, by, row = [], limit, sort, segment: asked, filter } = request.query
        deps.access.require(request)
        const report = findReport(request.params.name)
        if (!report) throw new ApiError('unknown_report', `There is no report "${request.params.name}".`)
        const site = deps.sites.get(id)
        if (!site) throw new ApiError('unknown_site', `There is no site ${id}.`)
        const now = deps.now()
        return await answered(() => {
          if (sort !== undefined) readSort(report, sort)
          const rows = row.map((text) => readRow(text, report))
          const span = parsePeriod(period, date, site.timezone, now)
          const which = {
            segment: segmentOf(request, asked, site, deps),
            filter: filterOf(filter, site),
          }
          return answerEvolution(
            deps.store,
            { report, site, period: span, by, rows, limit, sort, ...which },
            now,
          )
        })
      },
    )
}

/** A row of one dimension is its value as it is; of several, a list of them in JSON. @throws ApiError invalid_row */
function readRow(text: string, { name, dimensions }: Report): string[] {
  if (dimensions.length === 1) return [text]
  const values = parsed(text)
  if (Array.isArray(values) && values.every((value) => typeof value === 'string')) return values
  throw new ApiError(
    'invalid_row',
    `A row of "${name}" is a JSON list of ${dimensions.map(({ name }) => name).join(', ')}; "${text.slice(0, 100)}" is none.`,
  )
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
