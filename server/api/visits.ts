// Single visits over HTTP: the visits log, and the profile of one visitor. A site may switch both off.

import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { type Static, Type } from 'typebox'
import type { Segments } from '../admin/segment.ts'
import type { Site, Sites } from '../admin/site.ts'
import { visitorOfUser } from '../collect/visitor.ts'
import { parsePeriod, periodKinds } from '../reports/period.ts'
import { visitorProfile } from '../reports/visitor-profile.ts'
import { visitsLog } from '../reports/visits-log.ts'
import type { Store } from '../store/store.ts'
import type { Access } from './access.ts'
import { ApiError } from './error.ts'
import { asked, onlyKnown, segmentOf, segmentQuery } from './query.ts'

export type VisitParts = {
  access: Access
  segments: Segments
  sites: Pick<Sites, 'get'>
  store: Store
  /** Unix milliseconds. */
  now: () => number
}

const siteNumber = Type.Integer({ minimum: 1, maximum: 4294967295 })
const page = {
  limit: Type.Integer({ minimum: 1, maximum: 100, default: 20 }),
  before: Type.Optional(Type.String({ pattern: '^\\d{1,19}$' })),
}
const strict = { additionalProperties: false }

const logParams = Type.Object({ id: siteNumber })
const logQuery = Type.Object(
  {
    period: Type.Enum([...periodKinds], { default: 'day' }),
    date: Type.String({ default: 'today', maxLength: 40 }),
    ...page,
    ...segmentQuery,
  },
  strict,
)
const visitorParams = Type.Object({ id: Type.String({ pattern: '^[0-9a-f]{16}$' }) })
const visitorQuery = Type.Object({ site: siteNumber, ...page }, strict)
const userQuery = Type.Object(
  { site: siteNumber, user: Type.String({ minLength: 1, maxLength: 800 }), ...page },
  strict,
)

export async function visitRoutes(
  app: FastifyInstance,
  { access, segments, sites, store, now }: VisitParts,
): Promise<void> {
  const routes = app.withTypeProvider<TypeBoxTypeProvider>()

  const shown = (id: number): Site => {
    const site = sites.get(id)
    if (!site) throw new ApiError('unknown_site', `There is no site ${id}.`)
    if (site.settings.visitorProfiles) return site
    throw new ApiError(
      'forbidden',
      'Single visits of this site are not shown: visitorProfiles is switched off.',
    )
  }

  const profile = async ({ site: id, limit, before }: Static<typeof visitorQuery>, visitorId: string) => {
    const site = shown(id)
    const found = await visitorProfile(store, { site, visitorId, limit, before }, now())
    if (found) return { site: id, ...found }
    throw new ApiError('unknown_visitor', `No visit of the visitor ${visitorId} is kept.`)
  }

  routes.get(
    '/api/sites/:id/visits',
    { schema: { params: logParams, querystring: logQuery }, preValidation: onlyKnown(logQuery) },
    async (request) => {
      access.require(request)
      const { period, date, limit, before, segment: text } = request.query
      const site = shown(request.params.id)
      const { from, to } = asked(() => parsePeriod(period, date, site.timezone, now()))
      const segment = asked(() => segmentOf(request, text, site, { access, segments }))
      const log = await visitsLog(store, { siteId: site.id, days: { from, to }, limit, before, segment })
      return { site: site.id, from, to, ...log }
    },
  )

  routes.get(
    '/api/visitors/:id',
    { schema: { params: visitorParams, querystring: visitorQuery }, preValidation: onlyKnown(visitorQuery) },
    async (request) => {
      access.require(request)
      return await profile(request.query, request.params.id)
    },
  )

  routes.get(
    '/api/visitors',
    { schema: { querystring: userQuery }, preValidation: onlyKnown(userQuery) },
    async (request) => {
      access.require(request)
      return await profile(request.query, visitorOfUser(request.query.user))
    },
  )
}
