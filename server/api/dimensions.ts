// Custom dimensions of a site over HTTP: what there is, a new one, changes, and what is to go.

import type { FastifyInstance } from 'fastify'
import { type Static, Type } from 'typebox'
import {
  addDimension,
  changeDimension,
  type Dimension,
  findDimension,
  liveDimensions,
  removeDimension,
} from '../admin/dimension.ts'
import type { Site, Sites } from '../admin/site.ts'
import type { Access } from './access.ts'
import { ApiError } from './error.ts'

export type DimensionParts = { access: Access; sites: Sites }

const changeable = {
  name: Type.String({ maxLength: 100 }),
  active: Type.Optional(Type.Boolean()),
  extractions: Type.Optional(
    Type.Array(
      Type.Object(
        {
          from: Type.Enum(['url', 'urlparam', 'action_name']),
          pattern: Type.String({ minLength: 1, maxLength: 500 }),
        },
        { additionalProperties: false },
      ),
      { maxItems: 10 },
    ),
  ),
  caseSensitive: Type.Optional(Type.Boolean()),
}
const newDimension = Type.Object(
  { ...changeable, scope: Type.Enum(['visit', 'action']) },
  { additionalProperties: false },
)
const changes = Type.Partial(Type.Object(changeable), { additionalProperties: false })
const siteParams = Type.Object({ id: Type.Integer({ minimum: 1, maximum: 4294967295 }) })
const dimensionParams = Type.Object({
  id: Type.Integer({ minimum: 1, maximum: 4294967295 }),
  dimension: Type.Integer({ minimum: 1, maximum: 65535 }),
})

type SiteParams = Static<typeof siteParams>
type DimensionParams = Static<typeof dimensionParams>

export async function dimensionRoutes(
  app: FastifyInstance,
  { access, sites }: DimensionParts,
): Promise<void> {
  const siteOf = (id: number): Site => {
    const site = sites.get(id)
    if (!site) throw new ApiError('unknown_site', `There is no site ${id}.`)
    return site
  }

  app.get<{ Params: SiteParams }>(
    '/api/sites/:id/dimensions',
    { schema: { params: siteParams } },
    async (request) => {
      access.require(request)
      return { dimensions: liveDimensions(siteOf(request.params.id).dimensions).map(told) }
    },
  )

  app.post<{ Params: SiteParams; Body: Static<typeof newDimension> }>(
    '/api/sites/:id/dimensions',
    { schema: { params: siteParams, body: newDimension } },
    async (request, reply) => {
      access.require(request)
      const changed = await sites.define(siteOf(request.params.id), ({ dimensions }) => ({
        dimensions: addDimension(dimensions, request.body),
      }))
      reply.code(201)
      const added = changed.dimensions.at(-1)
      return added && told(added)
    },
  )

  app.patch<{ Params: DimensionParams; Body: Static<typeof changes> }>(
    '/api/sites/:id/dimensions/:dimension',
    { schema: { params: dimensionParams, body: changes } },
    async (request) => {
      access.require(request)
      const { id, dimension } = request.params
      const changed = await sites.define(siteOf(id), ({ dimensions }) => ({
        dimensions: changeDimension(dimensions, dimension, request.body),
      }))
      return told(findDimension(changed.dimensions, dimension))
    },
  )

  app.delete<{ Params: DimensionParams }>(
    '/api/sites/:id/dimensions/:dimension',
    { schema: { params: dimensionParams } },
    async (request, reply) => {
      access.require(request)
      const { id, dimension } = request.params
      await sites.define(siteOf(id), ({ dimensions }) => ({
        dimensions: removeDimension(dimensions, dimension),
      }))
      return reply.code(204).send()
    },
  )
}

function told({ deleted, ...dimension }: Dimension) {
  return dimension
}
