// Goals over HTTP: those of a site, what they counted, and what a goal would have counted that is not saved yet.

import type { FastifyInstance, FastifyRequest } from 'fastify'
import { type Static, Type } from 'typebox'
import {
  addGoal,
  changeGoal,
  findGoal,
  type Goal,
  type GoalDefinition,
  goalMatches,
  goalOf,
  liveGoals,
  removeGoal,
} from '../admin/goal.ts'
import type { Site, Sites } from '../admin/site.ts'
import { decodedPattern, longestPattern, patternHows, regexForClickHouse } from '../enrich/pattern.ts'
import { type Asks, compareAnswers } from '../reports/comparison.ts'
import {
  answerGoal,
  answerGoals,
  type GoalAnswer,
  type GoalGrain,
  type GoalsQuestion,
  goalGrains,
} from '../reports/goal.ts'
import { parsePeriod, periodKinds } from '../reports/period.ts'
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

export type GoalParts = SegmentDeps & {
  sites: Sites
  store: Store
  /** Unix milliseconds. */
  now: () => number
}

const definition = {
  name: Type.String({ maxLength: 100 }),
  match: Type.Enum([...goalMatches]),
  pattern: Type.Optional(
    Type.Object(
      {
        how: Type.Enum([...patternHows]),
        text: Type.String({ minLength: 1, maxLength: longestPattern }),
        caseSensitive: Type.Boolean({ default: false }),
      },
      { additionalProperties: false },
    ),
  ),
  minutes: Type.Optional(Type.Integer({ minimum: 0, maximum: 1440 })),
  multiple: Type.Optional(Type.Boolean()),
  revenue: Type.Optional(Type.Number({ minimum: 0, maximum: 1e12 })),
  useEventValue: Type.Optional(Type.Boolean()),
}
const newGoal = Type.Object(definition, { additionalProperties: false })
const changes = Type.Partial(Type.Object(definition), { additionalProperties: false })
const siteParams = Type.Object({ id: Type.Integer({ minimum: 1, maximum: 4294967295 }) })
const goalParams = Type.Object({
  id: Type.Integer({ minimum: 1, maximum: 4294967295 }),
  goal: Type.Integer({ minimum: 1, maximum: 4294967295 }),
})

const period = {
  period: Type.Enum([...periodKinds], { default: 'day' }),
  date: Type.String({ default: 'today', maxLength: 40 }),
}
const by = { by: Type.Enum([...goalGrains], { default: 'day' }) }
const site = Type.Integer({ minimum: 1, maximum: 4294967295 })
const goalsQuery = Type.Object(
  { site, ...period, ...compareQuery, ...segmentQuery },
  { additionalProperties: false },
)
const goalQuery = Type.Object(
  {
    site,
    goal: Type.Integer({ minimum: 0, maximum: 4294967295 }),
    ...period,
    ...by,
    ...compareQuery,
    ...segmentQuery,
  },
  { additionalProperties: false },
)
const preview = Type.Object(
  { goal: newGoal, ...period, ...by, ...segmentQuery },
  { additionalProperties: false },
)

type SiteParams = Static<typeof siteParams>
type GoalParams = Static<typeof goalParams>

export async function goalRoutes(app: FastifyInstance, parts: GoalParts): Promise<void> {
  const { access, sites, store, now } = parts

  const siteOf = (id: number): Site => {
    const site = sites.get(id)
    if (!site) throw new ApiError('unknown_site', `There is no site ${id}.`)
    return site
  }
  const checkPattern = async ({ pattern }: Partial<GoalDefinition>): Promise<void> => {
    if (pattern?.how !== 'regex') return
    for (const { text } of new Set([pattern, decodedPattern(pattern)])) {
      await sites.checkExpression(regexForClickHouse(text, pattern.caseSensitive), 'invalid_goal')
    }
  }

  app.get<{ Params: SiteParams }>(
    '/api/sites/:id/goals',
    { schema: { params: siteParams } },
    async (request) => {
      access.require(request)
      return { goals: liveGoals(siteOf(request.params.id).goals).map(told) }
    },
  )

  app.post<{ Params: SiteParams; Body: Static<typeof newGoal> }>(
    '/api/sites/:id/goals',
    { schema: { params: siteParams, body: newGoal } },
    async (request, reply) => {
      access.require(request)
      const site = siteOf(request.params.id)
      goalOf(request.body, 1, now())
      await checkPattern(request.body)
      const changed = await sites.define(site, ({ goals }) => ({
        goals: addGoal(goals, request.body, now()),
      }))
      reply.code(201)
      const added = changed.goals.at(-1)
      return added && told(added)
    },
  )

  app.patch<{ Params: GoalParams; Body: Static<typeof changes> }>(
    '/api/sites/:id/goals/:goal',
    { schema: { params: goalParams, body: changes } },
    async (request) => {
      access.require(request)
      const { id, goal } = request.params
      const site = siteOf(id)
      changeGoal(site.goals, goal, request.body, now())
      await checkPattern(request.body)
      const changed = await sites.define(site, ({ goals }) => ({
        goals: changeGoal(goals, goal, request.body, now()),
      }))
      return told(findGoal(changed.goals, goal))
    },
  )

  app.delete<{ Params: GoalParams }>(
    '/api/sites/:id/goals/:goal',
    { schema: { params: goalParams } },
    async (request, reply) => {
      access.require(request)
      const { id, goal } = request.params
      await sites.define(siteOf(id), ({ goals }) => ({ goals: removeGoal(goals, goal) }))
      return reply.code(204).send()
    },
  )

  app.post<{ Params: SiteParams; Body: Static<typeof preview> }>(
    '/api/sites/:id/goals/preview',
    { schema: { params: siteParams, body: preview } },
    async (request) => {
      access.require(request)
      const site = siteOf(request.params.id)
      const { goal: definition, period, date, by, segment: text } = request.body
      // As if it were defined only after everything that came in.
      const goal = { ...goalOf(definition, site.goals.length + 1, now()), since: endOfTime }
      await checkPattern(definition)
      return await answered(() => {
        const span = parsePeriod(period, date, site.timezone, now())
        const segment = segmentOf(request, text, site, parts)
        return answerGoal(store, { site, period: span, segment, goal, by }, now())
      })
    },
  )

  app.get<{ Querystring: Static<typeof goalsQuery> }>(
    '/api/reports/goals',
    { schema: { querystring: goalsQuery }, preValidation: onlyKnown(goalsQuery) },
    async (request) => {
      access.require(request)
      const { site: id, period, date, compare, segment: text } = request.query
      const site = siteOf(id)
      return await answered<object>(() => {
        const segment = segmentOf(request, text, site, parts)
        const question = { site, segment, period: parsePeriod(period, date, site.timezone, now()) }
        return beside(request, question, compare, (part) => answerGoals(store, { site, ...part }, now()))
      })
    },
  )

  app.get<{ Querystring: Static<typeof goalQuery> }>(
    '/api/reports/goal',
    { schema: { querystring: goalQuery }, preValidation: onlyKnown(goalQuery) },
    async (request) => {
      access.require(request)
      const { site: id, goal: number, period, date, by, compare, segment: text } = request.query
      const site = siteOf(id)
      const goal = number === 0 ? 'orders' : findGoal(site.goals, number)
      return await answered<object>(() => {
        const segment = segmentOf(request, text, site, parts)
        const question = { site, segment, period: parsePeriod(period, date, site.timezone, now()), by }
        return beside(request, question, compare, (part) =>
          answerGoal(store, { site, ...part, goal, by }, now()),
        )
      })
    },
  )

  /** The answer alone, or beside those of other periods. */
  async function beside(
    request: FastifyRequest,
    question: GoalsQuestion & { by?: GoalGrain },
    compare: readonly string[] = [],
    ask: (part: Pick<GoalsQuestion, 'period' | 'cut' | 'segment'>) => Promise<GoalAnswer>,
  ) {
    if (compare.length === 0) return await ask(question)
    const comparisons = comparisonsOf(request, compare, question, now(), parts)
    const main = () => ask(question)
    const other = (asks: Asks) => {
      const { period, cut, segment } = { ...question, ...asks }
      return ask({ period, cut, segment })
    }
    return await compareAnswers(store, question, comparisons, now(), { main, other })
  }
}

/** The last second that ClickHouse's DateTime knows. */
const endOfTime = 4294967295

function told({ deleted, since, ...goal }: Goal) {
  return { ...goal, since: new Date(since * 1000).toISOString() }
}
