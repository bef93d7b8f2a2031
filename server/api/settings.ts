// What is excluded on all sites.

import type { FastifyInstance } from 'fastify'
import { type Static, Type } from 'typebox'
import type { Settings } from '../admin/settings.ts'
import type { Access } from './access.ts'

const names = (maxItems: number) =>
  Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 200 }), { maxItems }))

/** What is left out stays as it is. */
const changes = Type.Object(
  {
    excludedAddresses: names(1000),
    excludedAgents: names(200),
    excludedParameters: names(200),
    excludedReferrers: names(200),
  },
  { additionalProperties: false },
)

export async function settingRoutes(
  app: FastifyInstance,
  { access, settings }: { access: Access; settings: Settings },
): Promise<void> {
  app.get('/api/settings', async (request) => {
    access.require(request)
    return settings.shared
  })

  app.patch<{ Body: Static<typeof changes> }>(
    '/api/settings',
    { schema: { body: changes } },
    async (request) => {
      access.require(request)
      return await settings.change(request.body)
    },
  )
}
