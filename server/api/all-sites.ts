// All sites side by side, over HTTP: those that the caller may see.

import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { Sites } from '../admin/site.ts'
import { answerAllSites } from '../reports/all-sites.ts'
import { periodKinds } from '../reports/period.ts'
import type { Store } from '../store/store.ts'
import type { Access } from './access.ts'
import { answered, onlyKnown } from './query.ts'

export type AllSitesParts = {
  access: Access
  sites: Pick<Sites, 'all'>
  store: Store
  /** Unix milliseconds. */
  now: () => number
}

const querystring = Type.Object(
  {
    period: Type.Enum([...periodKinds], { default: 'day' }),
    date: Type.String({ default: 'today', maxLength: 40 }),
    compare: Type.String({ default: 'previous', maxLength: 60 }),
    sort: Type.String({ default: '-visits', minLength: 1, maxLength: 60 }),
    search: Type.String({ default: '', maxLength: 500 }),
    limit: Type.Integer({ minimum: 0, maximum: 500, default: 50 }),
    offset: Type.Integer({ minimum: 0, maximum: 4294967295, default: 0 }),
  },
  { additionalProperties: false },
)

export async function allSitesRoutes(
  app: FastifyInstance,
  { access, sites, store, now }: AllSitesParts,
): Promise<void> {
  app
    .withTypeProvider<TypeBoxTypeProvider>()
    .get(
      '/api/sites/overview',
      { schema: { querystring }, preValidation: onlyKnown(querystring) },
      async (request) => {
        access.require(request)
        const { period: kind, ...query } = request.query
        return await answered(() => answerAllSites(store, { sites: sites.all(), kind, ...query }, now()))
      },
    )
}
