// The first start: whoever holds the one-time key that the start printed makes the owner's account and the
// first site.

import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { Setup } from '../admin/setup.ts'
import { isEqual } from '../running.ts'
import { type Access, refuseForeign } from './access.ts'
import { ApiError } from './error.ts'

const wanted = Type.Object({
  key: Type.String({ maxLength: 100 }),
  email: Type.String({ maxLength: 254 }),
  password: Type.String({ maxLength: 500 }),
  siteName: Type.String({ maxLength: 100 }),
  siteUrl: Type.String({ maxLength: 500 }),
  timezone: Type.String({ maxLength: 60 }),
})

export type SetupParts = { setup: Setup; access: Access; key: string }

export async function setupRoutes(app: FastifyInstance, { setup, access, key }: SetupParts): Promise<void> {
  app.get('/api/setup', async () => ({ needed: setup.needed }))

  app.post<{ Body: Type.Static<typeof wanted> }>(
    '/api/setup',
    { schema: { body: wanted } },
    async (request, reply) => {
      refuseForeign(request)
      if (!setup.needed) throw new ApiError('already_set_up', 'This Footfall has an owner. Sign in instead.')
      if (!isEqual(request.body.key, key)) {
        throw new ApiError(
          'wrong_setup_key',
          'This setup link is not valid any more. The newest one is in the log of the last start.',
        )
      }
      const { user, site } = await setup.run(request.body)
      await access.signIn(user, request, reply)
      reply.code(201)
      return { siteId: site.id }
    },
  )
}
