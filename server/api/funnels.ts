// Funnels over HTTP: those of a site, how far visitors come in them, and in one that is not saved.

import type { FastifyInstance } from 'fastify'
import { type Static, Type } from 'typebox'
import {
  addFunnel,
  changeFunnel,
  type Funnel,
  type FunnelDefinition,
  findFunnel,
  funnelOf,
  funnelOrders,
  leastSteps,
  liveFunnels,
  mostConditions,
  mostFunnelDays,
  mostSteps,
  removeFunnel,
} from '../admin/funnel.ts'
import { textMatches } from '../admin/goal.ts'
import type { Site, Sites } from '../admin/site.ts'
import { decodedPattern, longestPattern, patternHows, regexForClickHouse } from '../enrich/pattern.ts'
import { answerComparedFunnel, answerFunnel } from '../reports/funnel.ts'
import { periodKinds } from '../reports/period.ts'
import type { Store } from '../store/store.ts'
import { ApiError } from './error.ts'
import { answered, compareQuery, comparisonsOf, onlyKnown, type SegmentDeps, segmentQuery } from './query.ts'
import { questionOf } from './sequences.ts'

export type FunnelParts = SegmentDeps & {
  sites: Sites
  store: Store
  /** Unix milliseconds. */
  now: () => number
}

const strict = { additionalProperties: false }
const number = { minimum: 1, maximum: 4294967295 }

const condition = Type.Object(
  {
    match: Type.Enum([...textMatches]),
    pattern: Type.Object(
      {
        how: Type.Enum([...patternHows]),
        text: Type.String({ minLength: 1, maxLength: longestPattern }),
        caseSensitive: Type.Boolean({ default: false }),
      },
      strict,
    ),
  },
  strict,
)
const step = Type.Object(
  {
    name: Type.String({ maxLength: 100 }),
    conditions: Type.Optional(Type.Array(condition, { minItems: 1, maxItems: mostConditions })),
    goal: Type.Optional(Type.Integer({ minimum: 0, maximum: 4294967295 })),
  },
  strict,
)
const definition = {
  name: Type.String({ maxLength: 100 }),
  steps: Type.Array(step, { minItems: leastSteps, maxItems: mostSteps }),
  order: Type.Optional(Type.Enum([...funnelOrders])),
  days: Type.Optional(Type.Integer({ minimum: 0, maximum: mostFunnelDays })),
}
const newFunnel = Type.Object(definition, strict)
const changes = Type.Partial(Type.Object(definition), strict)
const siteParams = Type.Object({ id: Type.Integer(number) })
const funnelParams = Type.Object({ id: Type.Integer(number), funnel: Type.Integer(number) })

const asked = {
  period: Type.Enum([...periodKinds], { default: 'day' }),
  date: Type.String({ default: 'today', maxLength: 40 }),
  limit: Type.Integer({ minimum: 1, maximum: 100, default: 5 }),
  ...segmentQuery,
}
const funnelQuery = Type.Object(
  { site: Type.Integer(number), funnel: Type.Integer(number), ...asked, ...compareQuery },
  strict,
)
const preview = Type.Object({ funnel: newFunnel, ...asked }, strict)

type SiteParams = Static<typeof siteParams>
type FunnelParams = Static<typeof funnelParams>

export async function funnelRoutes(app: FastifyInstance, parts: FunnelParts): Promise<void> {
  const { access, sites, store } = parts

  const siteOf = (id: number): Site => {
    const site = sites.get(id)
    if (!site) throw new ApiError('unknown_site', `There is no site ${id}.`)
    return site
  }
  const checkPatterns = async ({ steps = [] }: Partial<FunnelDefinition>): Promise<void> => {
    const patterns = steps.flatMap(({ conditions = [] }) => conditions.map(({ pattern }) => pattern))
    for (const pattern of patterns.filter(({ how }) => how === 'regex')) {
      for (const { text } of new Set([pattern, decodedPattern(pattern)])) {
        await sites.checkExpression(regexForClickHouse(text, pattern.caseSensitive), 'invalid_funnel')
      }
    }
  }

  app.get<{ Params: SiteParams }>(
    '/api/sites/:id/funnels',
    { schema: { params: siteParams } },
    async (request) => {
      access.require(request)
      return { funnels: liveFunnels(siteOf(request.params.id).funnels).map(told) }
    },
  )

  app.post<{ Params: SiteParams; Body: Static<typeof newFunnel> }>(
    '/api/sites/:id/funnels',
    { schema: { params: siteParams, body: newFunnel } },
    async (request, reply) => {
      access.require(request)
      const site = siteOf(request.params.id)
      funnelOf(request.body, 1, site.goals)
      await checkPatterns(request.body)
      const changed = await sites.define(site, (newest) => ({ funnels: addFunnel(newest, request.body) }))
      reply.code(201)
      const added = changed.funnels.at(-1)
      return added && told(added)
    },
  )

  app.patch<{ Params: FunnelParams; Body: Static<typeof changes> }>(
    '/api/sites/:id/funnels/:funnel',
    { schema: { params: funnelParams, body: changes } },
    async (request) => {
      access.require(request)
      const { id, funnel } = request.params
      const site = siteOf(id)
      changeFunnel(site, funnel, request.body)
      await checkPatterns(request.body)
      const changed = await sites.define(site, (newest) => ({
        funnels: changeFunnel(newest, funnel, request.body),
      }))
      return told(findFunnel(changed.funnels, funnel))
    },
  )

  app.delete<{ Params: FunnelParams }>(
    '/api/sites/:id/funnels/:funnel',
    { schema: { params: funnelParams } },
    async (request, reply) => {
      access.require(request)
      const { id, funnel } = request.params
      await sites.define(siteOf(id), ({ funnels }) => ({ funnels: removeFunnel(funnels, funnel) }))
      return reply.code(204).send()
    },
  )

  app.post<{ Params: SiteParams; Body: Static<typeof preview> }>(
    '/api/sites/:id/funnels/preview',
    { schema: { params: siteParams, body: preview } },
    async (request) => {
      access.require(request)
      const site = siteOf(request.params.id)
      const { funnel: definition, limit, ...span } = request.body
      const funnel = funnelOf(definition, site.funnels.length + 1, site.goals)
      await checkPatterns(definition)
      return await answered(() =>
        answerFunnel(store, { ...questionOf(request, { site: site.id, ...span }, parts), funnel, limit }),
      )
    },
  )

  app.get<{ Querystring: Static<typeof funnelQuery> }>(
    '/api/reports/funnel',
    { schema: { querystring: funnelQuery }, preValidation: onlyKnown(funnelQuery) },
    async (request) => {
      access.require(request)
      const { funnel: id, limit, compare = [], ...span } = request.query
      return await answered<object>(() => {
        const asked = questionOf(request, span, parts)
        const question = { ...asked, funnel: findFunnel(asked.site.funnels, id), limit }
        if (compare.length === 0) return answerFunnel(store, question)
        const at = parts.now()
        const comparisons = comparisonsOf(request, compare, question, at, parts)
        return answerComparedFunnel(store, question, comparisons, at)
      })
    },
  )
}

function told({ deleted, ...funnel }: Funnel) {
  return funnel
}
