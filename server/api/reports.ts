// The reports over HTTP: the catalogue, and each report as JSON or as a CSV file.

import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { type Static, Type } from 'typebox'
import type { Site } from '../admin/site.ts'
import { answer, answerRows, mostLiveMinutes, type Row } from '../reports/answer.ts'
import { catalogue, findReport, type Report } from '../reports/catalogue.ts'
import { answerCompared } from '../reports/comparison.ts'
import { csvLine } from '../reports/csv.ts'
import { grains, parsePeriod, periodKinds } from '../reports/period.ts'
import { metricsOf, type Question, readSort } from '../reports/question.ts'
import type { Store } from '../store/store.ts'
import { askedAnew } from '../store/turns.ts'
import { ApiError } from './error.ts'
import {
  answered,
  asked,
  compareQuery,
  comparisonsOf,
  filterOf,
  filterQuery,
  onlyKnown,
  type SegmentDeps,
  segmentOf,
  segmentQuery,
} from './query.ts'

export type ReportRouteDeps = SegmentDeps & {
  store: Store
  sites: { get(id: number): Site | undefined }
  /** Unix milliseconds. */
  now: () => number
}

const mostRows = 10_000
/** As many as ClickHouse is asked for in a number of 32 bits: all. */
const mostCsvRows = 4_294_967_295
const csvPage = 50_000

const reportParams = Type.Object({ name: Type.String({ description: 'Name of the report, as `pages`' }) })

const reportQuery = Type.Object(
  {
    site: Type.Integer({ minimum: 1, maximum: 4294967295, description: 'Number of the site' }),
    period: Type.Enum([...periodKinds], { default: 'day', description: 'Kind of period' }),
    date: Type.String({
      default: 'today',
      maxLength: 40,
      description:
        '2026-11-22, today, yesterday, lastWeek, lastMonth or lastYear; for a range a,b or lastN or previousN',
    }),
    by: Type.Optional(Type.Enum([...grains], { description: 'Divide the overview by time' })),
    limit: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: mostCsvRows,
        description: `Rows: by default 100, at most ${mostRows}; as CSV all`,
      }),
    ),
    offset: Type.Integer({ minimum: 0, maximum: 4294967295, default: 0, description: 'Rows to leave out' }),
    sort: Type.Optional(
      Type.String({ minLength: 1, maxLength: 60, description: 'Name of a column; -name for descending' }),
    ),
    under: Type.Optional(
      Type.Array(Type.String({ maxLength: 4000 }), {
        maxItems: 3,
        description: "Values of the report's first dimensions, in their order: only the rows below them",
      }),
    ),
    folder: Type.Optional(
      Type.String({
        maxLength: 4000,
        description: 'Only what lies right in this folder, as `example.org/shop/`; empty for the hosts',
      }),
    ),
    search: Type.Optional(Type.String({ maxLength: 500, description: 'Part of a label, in whatever case' })),
    minutes: Type.Optional(
      Type.Integer({ minimum: 1, maximum: mostLiveMinutes, description: 'Of a live report; 30 by default' }),
    ),
    ...compareQuery,
    gone: Type.Integer({
      minimum: 0,
      maximum: 1000,
      default: 0,
      description: 'So many rows at most that only a compared period has',
    }),
    ...segmentQuery,
    ...filterQuery,
    format: Type.Enum(['json', 'csv'], { default: 'json' }),
  },
  { additionalProperties: false },
)

type ReportQuery = Static<typeof reportQuery>

export function reportRoutes(app: FastifyInstance, deps: ReportRouteDeps): void {
  const routes = app.withTypeProvider<TypeBoxTypeProvider>()

  // Long, with much that repeats, and the same until the next start.
  const list = JSON.stringify({ reports: catalogue.map(describe) })
  const packed = gzipSync(list)
  routes.get('/api/reports', async (request, reply) => {
    reply.type('application/json; charset=utf-8').header('vary', 'Accept-Encoding')
    const mayPack = /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''))
    return mayPack ? reply.header('content-encoding', 'gzip').send(packed) : reply.send(list)
  })

  routes.get(
    '/api/reports/:name',
    {
      schema: { params: reportParams, querystring: reportQuery },
      preValidation: onlyKnown(reportQuery),
    },
    async (request, reply) => {
      const { params, query } = request
      deps.access.require(request)
      const now = deps.now()
      const question = readQuestion(request, params.name, query, deps, now)
      const { compare = [], gone } = query
      if (compare.length > 0) {
        if (query.format === 'csv') {
          throw new ApiError('invalid_parameter', 'A comparison is answered as JSON only.')
        }
        return await answered(() => {
          const comparisons = comparisonsOf(request, compare, question, now, deps)
          return answerCompared(deps.store, question, comparisons, { gone, now })
        })
      }
      if (query.format === 'json') return await answered(() => answer(deps.store, question, now))
      const name = `footfall-${question.site.name}-${question.report.name}-${question.period.from}-${question.period.to}`
      const file = await answered(() => csvFile(deps.store, question, now))
      return reply
        .type('text/csv; charset=utf-8')
        .header('content-disposition', `attachment; filename="${fileName(name)}.csv"`)
        .send(file)
    },
  )
}

/** What the catalogue says of a report to the outside. */
function describe(report: Report) {
  const { name, title, definition, group, draw, matomo, dimensions, metrics, children = [], path } = report
  return {
    name,
    title,
    definition,
    group,
    draw,
    ...(matomo && { matomo }),
    children,
    folders: path !== undefined,
    dimensions: dimensions.map(({ name, title }) => ({ name, title })),
    metrics: metrics.map(({ name, title, definition, format, lowerIsBetter }) => {
      return { name, title, definition, format, lowerIsBetter }
    }),
  }
}

function readQuestion(
  request: FastifyRequest,
  name: string,
  query: ReportQuery,
  deps: ReportRouteDeps,
  now: number,
): Question {
  const report = findReport(name)
  if (!report) throw new ApiError('unknown_report', `There is no report "${name}".`)
  const site = deps.sites.get(query.site)
  if (!site) throw new ApiError('unknown_site', `There is no site ${query.site}.`)
  const csv = query.format === 'csv'
  const limit = query.limit ?? (csv ? mostCsvRows : 100)
  if (!csv && limit > mostRows) {
    throw new ApiError('invalid_parameter', `The parameter "limit" must be <= ${mostRows}.`)
  }
  const { by, offset, sort, search, under, folder, minutes } = query
  // Live reports are about now, whatever period was asked for.
  const [kind, date] = report.span === 'live' ? ['day', 'today'] : [query.period, query.date]
  return asked(() => {
    const period = parsePeriod(kind, date, site.timezone, now)
    if (sort !== undefined) readSort(report, sort, metricsOf({ report, folder }))
    const segment = segmentOf(request, query.segment, site, deps)
    const filter = filterOf(query.filter, site)
    return { report, site, period, by, limit, offset, sort, search, under, folder, minutes, segment, filter }
  })
}

/** The first rows are there before the answer begins, so that an error can still be told. */
async function csvFile(store: Store, question: Question, now: number): Promise<Readable> {
  const { report, by } = question
  const isTable = !by && report.span === 'period'
  const dimensions = by ? [by] : report.dimensions.map(({ name }) => name)
  if (question.folder !== undefined) dimensions.push('folder')
  const columns = ['label', ...dimensions, ...metricsOf(question).map(({ name }) => name)]
  const lines = (rows: Row[]) => rows.map((row) => csvLine(columns.map((column) => row[column]))).join('')
  if (!isTable) return Readable.from([csvLine(columns), lines((await answer(store, question, now)).rows)])
  const page = async (offset: number) => {
    const limit = Math.min(csvPage, question.offset + question.limit - offset)
    return (await answerRows(store, { ...question, limit, offset })).rows
  }
  const first = await page(question.offset)
  async function* text() {
    yield csvLine(columns)
    let offset = question.offset
    for (let rows = first; rows.length > 0; ) {
      yield lines(rows)
      offset += rows.length
      if (rows.length < csvPage || offset >= question.offset + question.limit) break
      rows = await askedAnew(() => page(offset))
    }
  }
  return Readable.from(text())
}

function fileName(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^\w.-]+/g, '-')
    .replace(/-{2,}/g, '-')
    .toLowerCase()
}
