// Sites: what there is, a new one, and the wait for a site's first hit.

import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { Site, Sites } from '../admin/site.ts'
import type { Hit } from '../collect/hit.ts'
import type { LiveHits } from '../collect/live.ts'
import { absoluteUrl } from '../enrich/url.ts'
import type { Store } from '../store/store.ts'
import type { Access } from './access.ts'
import { ApiError } from './error.ts'
import { EventStreams } from './event-stream.ts'

export type SiteParts = {
  access: Access
  sites: Sites
  store: Store
  live: LiveHits
  /** How browsers reach this service, without a trailing slash; undefined: as the request says. */
  baseUrl: string | undefined
}

const newSite = Type.Object({
  name: Type.String({ maxLength: 100 }),
  url: Type.String({ maxLength: 500 }),
  timezone: Type.String({ maxLength: 60 }),
})
const names = (maxItems: number) => Type.Array(Type.String({ minLength: 1, maxLength: 200 }), { maxItems })
/** What is left out stays as it is. */
const changes = Type.Object(
  {
    name: Type.Optional(Type.String({ maxLength: 100 })),
    urls: Type.Optional(Type.Array(Type.String({ maxLength: 500 }), { minItems: 1, maxItems: 50 })),
    timezone: Type.Optional(Type.String({ maxLength: 60 })),
    settings: Type.Optional(
      Type.Object(
        {
          maskedBytes: Type.Optional(Type.Integer({ minimum: 0, maximum: 4 })),
          cookies: Type.Optional(Type.Enum(['page', 'server', 'none'])),
          honourDoNotTrack: Type.Optional(Type.Boolean()),
          keepFragment: Type.Optional(Type.Boolean()),
          excludedParameters: Type.Optional(names(200)),
          excludedAddresses: Type.Optional(names(1000)),
          excludedAgents: Type.Optional(names(200)),
          excludedReferrers: Type.Optional(names(200)),
          excludeUnknownUrls: Type.Optional(Type.Boolean()),
          siteSearch: Type.Optional(Type.Boolean()),
          searchParameters: Type.Optional(names(50)),
          searchCategoryParameters: Type.Optional(names(50)),
          downloadExtensions: Type.Optional(
            Type.Array(Type.String({ pattern: '^[A-Za-z0-9]{1,20}$' }), { maxItems: 200 }),
          ),
          visitorProfiles: Type.Optional(Type.Boolean()),
          rareBelow: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
          finalYears: Type.Optional(Type.Integer({ minimum: 0, maximum: 100 })),
          rawDays: Type.Optional(Type.Integer({ minimum: 0, maximum: 36600 })),
        },
        { additionalProperties: false },
      ),
    ),
  },
  { additionalProperties: false },
)
const siteId = Type.Object({ id: Type.Integer({ minimum: 1, maximum: 4294967295 }) })

export async function siteRoutes(app: FastifyInstance, parts: SiteParts): Promise<void> {
  const { access, sites } = parts
  const streams = new EventStreams(app)

  const siteOf = (id: number): Site => {
    const site = sites.get(id)
    if (!site) throw new ApiError('unknown_site', `There is no site ${id}.`)
    return site
  }
  const base = (request: FastifyRequest) => parts.baseUrl ?? `${request.protocol}://${request.host}`

  app.get('/api/sites', async (request) => {
    access.require(request)
    return { sites: sites.all().map((site) => told(site, base(request))) }
  })

  app.post<{ Body: Type.Static<typeof newSite> }>(
    '/api/sites',
    { schema: { body: newSite } },
    async (request, reply) => {
      access.require(request)
      const site = await sites.create(request.body)
      reply.code(201)
      return told(site, base(request))
    },
  )

  app.patch<{ Params: Type.Static<typeof siteId>; Body: Type.Static<typeof changes> }>(
    '/api/sites/:id',
    { schema: { params: siteId, body: changes } },
    async (request) => {
      access.require(request)
      return told(await sites.change(siteOf(request.params.id), request.body), base(request))
    },
  )

  app.get<{ Params: Type.Static<typeof siteId> }>(
    '/api/sites/:id/first-hit',
    { schema: { params: siteId }, exposeHeadRoute: false },
    async (request, reply) => {
      access.require(request)
      const site = siteOf(request.params.id)
      // Listen before asking the store: a hit that arrives in between must not be missed.
      let heard: FirstHit | undefined
      let tell = (hit: FirstHit): void => {
        heard ??= hit
      }
      const stop = parts.live.listen(site.id, (hit) => tell(hit))
      const kept = await firstHit(parts.store, site.id).catch((error) => {
        stop()
        throw error
      })
      const stream = streams.open(request, reply, stop)
      const finish = (hit: FirstHit): void => stream.end('hit', announced(hit))
      const first = heard ?? kept
      if (first) return finish(first)
      stream.send('waiting', {})
      tell = finish
    },
  )
}

function told(site: Site, base: string) {
  const { id, name, urls, timezone, currency, settings } = site
  const createdAt = new Date(site.createdAt).toISOString()
  return { id, name, urls, timezone, currency, createdAt, settings, snippet: snippet(base, id) }
}

function snippet(base: string, siteId: number): string {
  return `<script async src="${base}/f.js?site=${siteId}"></script>`
}

type FirstHit = Partial<Hit>

async function firstHit(store: Store, siteId: number): Promise<FirstHit | undefined> {
  const [row] = await store.query<FirstHit>(
    `SELECT url, url_prefix, title, browser_name, os_name, country, toUnixTimestamp(time) AS time
     FROM hits WHERE site_id = {site:UInt32} ORDER BY site_id, day, visit_id, position LIMIT 1`,
    { site: siteId },
  )
  return row
}

function announced(hit: FirstHit) {
  const { url = '', url_prefix = 0, title = '', browser_name = '', os_name = '', country = '', time } = hit
  return { url: absoluteUrl(url, url_prefix), title, browser: browser_name, os: os_name, country, time }
}
