// The visits log over HTTP.

import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { Sites } from '../admin/site.ts'
import { parsePeriod, periodKinds } from '../reports/period.ts'
import { visitsLog } from '../reports/visits-log.ts'
import type { Store } from '../store/store.ts'
import type { Access } from './access.ts'
import { ApiError } from './error.ts'
import { asked, onlyKnown } from './query.ts'

export type VisitParts = {
  access: Access
  sites: Pick<Sites, 'get'>
  store: Store
  /** Unix milliseconds. */
  now: () => number
}

const params = Type.Object({ id: Type.Integer({ minimum: 1, maximum: 4294967295 }) })
const querystring = Type.Object(
  {
    period: Type.Enum([...periodKinds], { default: 'day' }),
    date: Type.String({ default: 'today', maxLength: 40 }),
    limit: Type.Integer({ minimum: 1, maximum: 100, default: 20 }),
    before: Type.Optional(Type.String({ pattern: '^\\d{1,19}$' })),
  },
  { additionalProperties: false },
)

export async function visitRoutes(
  app: FastifyInstance,
  { access, sites, store, now }: VisitParts,
): Promise<void> {
  app
    .withTypeProvider<TypeBoxTypeProvider>()
    .get(
      '/api/sites/:id/visits',
      { schema: { params, querystring }, preValidation: onlyKnown(querystring) },
      async (request) => {
        access.require(request)
        const { period, date, limit, before } = request.query
        const site = sites.get(request.params.id)
        if (!site) throw new ApiError('unknown_site', `There is no site ${request.params.id}.`)
        const { from, to } = asked(() => parsePeriod(period, date, site.timezone, now()))
        const log = await visitsLog(store, { siteId: site.id, days: { from, to }, limit, before })
        return { site: site.id, from, to, ...log }
      },
    )
}
