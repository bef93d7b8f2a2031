// Segments over HTTP: those that are saved, and what one can be made of.

import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { type Static, Type } from 'typebox'
import type { SavedSegment, Segments } from '../admin/segment.ts'
import type { Site, Sites } from '../admin/site.ts'
import type { User } from '../admin/user.ts'
import { segmentJson } from '../reports/segment/json-segment.ts'
import { segmentLimits } from '../reports/segment/segment.ts'
import { findSegmentName, type SegmentName, segmentNames } from '../reports/segment/segment-name.ts'
import { operatorsOf } from '../reports/segment/segment-value.ts'
import { suggestValues } from '../reports/segment/segment-values.ts'
import type { Store } from '../store/store.ts'
import type { Access } from './access.ts'
import { ApiError } from './error.ts'
import { answered, asked, onlyKnown } from './query.ts'

export type SegmentParts = {
  access: Access
  segments: Segments
  sites: Pick<Sites, 'get'>
  store: Store
  /** Unix milliseconds. */
  now: () => number
}

const strict = { additionalProperties: false }
const siteNumber = Type.Integer({ minimum: 1, maximum: 4294967295 })
const definition = {
  name: Type.String({ maxLength: 400 }),
  segment: Type.Union([Type.String({ maxLength: segmentLimits.length }), Type.Object({})]),
  site: Type.Optional(Type.Union([siteNumber, Type.Null()])),
  shared: Type.Optional(Type.Boolean()),
}
const newSegment = Type.Object(definition, strict)
const changes = Type.Partial(newSegment, strict)
const segmentParams = Type.Object({ id: siteNumber })
const listQuery = Type.Object({ site: Type.Optional(siteNumber) }, strict)
const namesQuery = Type.Object({ site: siteNumber }, strict)
const valuesQuery = Type.Object(
  {
    site: siteNumber,
    name: Type.String({ minLength: 1, maxLength: 100 }),
    search: Type.String({ maxLength: 500, default: '' }),
    limit: Type.Integer({ minimum: 1, maximum: 100, default: 20 }),
  },
  strict,
)

export async function segmentRoutes(
  app: FastifyInstance,
  { access, segments, sites, store, now }: SegmentParts,
): Promise<void> {
  const routes = app.withTypeProvider<TypeBoxTypeProvider>()
  const siteOf = (id: number): Site => {
    const site = sites.get(id)
    if (!site) throw new ApiError('unknown_site', `There is no site ${id}.`)
    return site
  }

  routes.get(
    '/api/segments',
    { schema: { querystring: listQuery }, preValidation: onlyKnown(listQuery) },
    async (request) => {
      const user = access.require(request)
      return { segments: segments.of(user, request.query.site).map((segment) => told(segment, user)) }
    },
  )

  routes.post('/api/segments', { schema: { body: newSegment } }, async (request, reply) => {
    const user = access.require(request)
    const { name, ...rest } = request.body
    const added = await answered(() => segments.create(user, { name, ...definitionOf(rest) }))
    reply.code(201)
    return told(added, user)
  })

  routes.get('/api/segments/:id', { schema: { params: segmentParams } }, async (request) => {
    const user = access.require(request)
    return told(segments.get(user, request.params.id), user)
  })

  routes.patch('/api/segments/:id', { schema: { params: segmentParams, body: changes } }, async (request) => {
    const user = access.require(request)
    const { id } = request.params
    return told(await answered(() => segments.change(user, id, definitionOf(request.body))), user)
  })

  routes.delete('/api/segments/:id', { schema: { params: segmentParams } }, async (request, reply) => {
    await segments.remove(access.require(request), request.params.id)
    return reply.code(204).send()
  })

  routes.get(
    '/api/segments/names',
    { schema: { querystring: namesQuery }, preValidation: onlyKnown(namesQuery) },
    async (request) => {
      access.require(request)
      return { names: segmentNames(siteOf(request.query.site)).map(toldName) }
    },
  )

  routes.get(
    '/api/segments/values',
    { schema: { querystring: valuesQuery }, preValidation: onlyKnown(valuesQuery) },
    async (request) => {
      access.require(request)
      const { site: id, name, search, limit } = request.query
      const site = siteOf(id)
      const found = asked(() => findSegmentName(name, site))
      return { name: found.name, ...(await suggestValues(store, site, found, { search, limit }, now())) }
    },
  )
}

/** What is left out stays as it is; `site` null is every site. */
function definitionOf<Body extends Static<typeof changes>>({ segment, site, ...rest }: Body) {
  return {
    ...rest,
    ...(segment !== undefined && {
      segment: typeof segment === 'string' ? segment : JSON.stringify(segment),
    }),
    ...(site !== undefined && { site: site ?? undefined }),
  } as Omit<Body, 'segment' | 'site'> & { segment: string; site?: number | undefined }
}

function told({ id, name, segment, site, owner, shared, createdAt }: SavedSegment, user: User) {
  return {
    id,
    name,
    segment: segmentJson(segment),
    site: site ?? null,
    shared,
    own: owner === user.id,
    createdAt: new Date(createdAt).toISOString(),
  }
}

function toldName(name: SegmentName) {
  const values = name.type === 'listed' && name.closed ? name.values().map(([, told]) => told) : undefined
  return {
    name: name.name,
    title: name.title,
    group: name.group,
    scope: name.of,
    number: name.type === 'number' || name.type === 'numbers' || (name.type === 'goal' && name.by !== 'name'),
    operators: operatorsOf(name),
    ...(values && { values: [...new Set(values)] }),
  }
}
