// Over HTTP: where visitors went from a page, the ways they take, whether they come back, what conversions are owed to.

import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { type Static, Type } from 'typebox'
import { findGoal } from '../admin/goal.ts'
import type { Site, Sites } from '../admin/site.ts'
import { normaliseUrl } from '../enrich/url.ts'
import {
  attribution,
  attributionDimensions,
  attributionModels,
  comparedAttribution,
} from '../reports/attribution.ts'
import { type JourneyEnd, journeys } from '../reports/journey.ts'
import { parsePeriod, periodKinds } from '../reports/period.ts'
import type { RawQuestion } from '../reports/raw.ts'
import { retention, retentionGrains } from '../reports/retention.ts'
import { transitions } from '../reports/transitions.ts'
import type { Store } from '../store/store.ts'
import { ApiError } from './error.ts'
import {
  answered,
  compareQuery,
  comparisonsOf,
  onlyKnown,
  type SegmentDeps,
  segmentOf,
  segmentQuery,
} from './query.ts'

export type SequenceParts = SegmentDeps & {
  sites: Pick<Sites, 'get'>
  store: Store
  /** Unix milliseconds. */
  now: () => number
}

const asked = {
  site: Type.Integer({ minimum: 1, maximum: 4294967295 }),
  period: Type.Enum([...periodKinds], { default: 'day' }),
  date: Type.String({ default: 'today', maxLength: 40 }),
  ...segmentQuery,
}
const strict = { additionalProperties: false }
const text = Type.String({ minLength: 1, maxLength: 2000 })
const rows = (most: number, usual: number) => Type.Integer({ minimum: 1, maximum: most, default: usual })
const goal = Type.Optional(Type.Integer({ minimum: 0, maximum: 4294967295 }))

const transitionsQuery = Type.Object(
  { ...asked, page: Type.Optional(text), title: Type.Optional(text), limit: rows(1000, 20) },
  strict,
)
const journeysQuery = Type.Object(
  {
    ...asked,
    by: Type.Enum(['url', 'title'], { default: 'url' }),
    from: Type.Optional(text),
    to: Type.Optional(text),
    goal,
    steps: Type.Integer({ minimum: 2, maximum: 10, default: 4 }),
    limit: rows(1000, 20),
    nodes: rows(50, 8),
  },
  strict,
)
const retentionQuery = Type.Object(
  {
    ...asked,
    by: Type.Enum([...retentionGrains], { default: 'week' }),
    periods: Type.Integer({ minimum: 1, maximum: 60, default: 12 }),
  },
  strict,
)
const attributionQuery = Type.Object(
  {
    ...asked,
    goal,
    by: Type.Enum([...attributionDimensions], { default: 'channel' }),
    days: Type.Integer({ minimum: 1, maximum: 365, default: 30 }),
    sort: Type.Enum([...attributionModels], { default: 'last_non_direct' }),
    limit: rows(10_000, 100),
    offset: Type.Integer({ minimum: 0, maximum: 4294967295, default: 0 }),
    ...compareQuery,
  },
  strict,
)

export async function sequenceRoutes(app: FastifyInstance, parts: SequenceParts): Promise<void> {
  const { access, store, now } = parts
  const routes = app.withTypeProvider<TypeBoxTypeProvider>()

  routes.get(
    '/api/reports/transitions',
    { schema: { querystring: transitionsQuery }, preValidation: onlyKnown(transitionsQuery) },
    async (request) => {
      access.require(request)
      const { page, title, limit } = request.query
      if ((page === undefined) === (title === undefined)) {
        throw new ApiError(
          'invalid_parameter',
          'Say which page: either by "page", its address, or by "title".',
        )
      }
      return await answered(() => {
        const question = questionOf(request, request.query, parts)
        return page === undefined
          ? transitions(store, { ...question, by: 'title', page: title ?? '', limit })
          : transitions(store, { ...question, by: 'url', page: keptUrl(page, question.site), limit })
      })
    },
  )

  routes.get(
    '/api/reports/journeys',
    { schema: { querystring: journeysQuery }, preValidation: onlyKnown(journeysQuery) },
    async (request) => {
      access.require(request)
      const { by, from, to, goal, steps, limit, nodes } = request.query
      if ([from, to, goal].filter((end) => end !== undefined).length > 1) {
        throw new ApiError('invalid_parameter', 'Only one of "from", "to" and "goal" can be given.')
      }
      return await answered(() => {
        const question = questionOf(request, request.query, parts)
        const end = journeyEnd(question.site, request.query)
        return journeys(store, { ...question, by, end, steps, limit, nodes })
      })
    },
  )

  routes.get(
    '/api/reports/retention',
    { schema: { querystring: retentionQuery }, preValidation: onlyKnown(retentionQuery) },
    async (request) => {
      access.require(request)
      const { by, periods } = request.query
      return await answered(() => {
        return retention(store, { ...questionOf(request, request.query, parts), by, periods }, now())
      })
    },
  )

  routes.get(
    '/api/reports/attribution',
    { schema: { querystring: attributionQuery }, preValidation: onlyKnown(attributionQuery) },
    async (request) => {
      access.require(request)
      const { goal: number, by, days, sort, limit, offset, compare = [] } = request.query
      return await answered<object>(() => {
        const asked = questionOf(request, request.query, parts)
        const goal = number
          ? findGoal(asked.site.goals, number)
          : number === 0
            ? ('orders' as const)
            : undefined
        const question = { ...asked, goal, by, days, sort, limit, offset }
        if (compare.length === 0) return attribution(store, question)
        const at = now()
        return comparedAttribution(store, question, comparisonsOf(request, compare, question, at, parts), at)
      })
    },
  )
}

/** What every question over single visits asks. @throws ApiError, QuestionError, AdminError */
export function questionOf(
  request: FastifyRequest,
  { site: id, period, date, segment }: { site: number; period: string; date: string; segment?: string },
  { sites, now, ...deps }: SegmentDeps & Pick<SequenceParts, 'sites' | 'now'>,
): RawQuestion {
  const site = sites.get(id)
  if (!site) throw new ApiError('unknown_site', `There is no site ${id}.`)
  return {
    site,
    period: parsePeriod(period, date, site.timezone, now()),
    segment: segmentOf(request, segment, site, deps),
  }
}

function journeyEnd(site: Site, { by, from, to, goal }: Static<typeof journeysQuery>): JourneyEnd {
  const named = (page: string) => (by === 'url' ? keptUrl(page, site) : page)
  if (from !== undefined) return { kind: 'from', page: named(from) }
  if (to !== undefined) return { kind: 'to', page: named(to) }
  if (goal === undefined) return { kind: 'entry' }
  return { kind: 'goal', goal: goal === 0 ? 'orders' : findGoal(site.goals, goal) }
}

/** An address as it is kept: a whole one is read as the collector does it. */
function keptUrl(page: string, { settings }: Site): string {
  return normaliseUrl(page, settings)?.url ?? page
}
