// Over HTTP: which years of a site are final, up to when its hits are gone, and what is about to go.

import type { FastifyInstance } from 'fastify'
import { type Static, Type } from 'typebox'
import type { Sites } from '../admin/site.ts'
import { comingFinalYear } from '../archive/final-year.ts'
import { comingMonth } from '../archive/raw-month.ts'
import { finalYears, goneOf } from '../reports/final-years.ts'
import type { Store } from '../store/store.ts'
import { localDay } from '../zone.ts'
import type { Access } from './access.ts'
import { ApiError } from './error.ts'

export type FinalYearParts = {
  access: Access
  sites: Pick<Sites, 'get'>
  store: Store
  /** Unix milliseconds. */
  now: () => number
}

const siteParams = Type.Object({ id: Type.Integer({ minimum: 1, maximum: 4294967295 }) })

export async function finalYearRoutes(
  app: FastifyInstance,
  { access, sites, store, now }: FinalYearParts,
): Promise<void> {
  app.get<{ Params: Static<typeof siteParams> }>(
    '/api/sites/:id/final-years',
    { schema: { params: siteParams } },
    async (request) => {
      access.require(request)
      const { id } = request.params
      const site = sites.get(id)
      if (!site) throw new ApiError('unknown_site', `There is no site ${id}.`)
      const [years, { goneUntil }, next, nextMonth] = await Promise.all([
        finalYears(store, id),
        goneOf(store, id),
        comingFinalYear(store, site, now()),
        comingMonth(store, site, now()),
      ])
      const today = localDay(site.timezone, now())
      // What is due waits for the schedule, and for imports to end.
      const dated = <Coming extends { from: string }>(coming: Coming | undefined) =>
        coming ? { ...coming, due: coming.from <= today } : null
      return { years, next: dated(next), goneUntil: goneUntil || null, nextMonth: dated(nextMonth) }
    },
  )
}
