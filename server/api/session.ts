// Signing in and out of the dashboard.

import { createHmac, randomBytes } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { Users } from '../admin/user.ts'
import { networkOf } from '../collect/rate-limit.ts'
import { type Access, refuseForeign } from './access.ts'
import { ApiError } from './error.ts'

const credentials = Type.Object({
  email: Type.String({ maxLength: 254 }),
  password: Type.String({ maxLength: 500 }),
})

export async function sessionRoutes(
  app: FastifyInstance,
  { access, users, atOnce }: { access: Access; users: Users; atOnce: number },
): Promise<void> {
  let attempts = 0
  app.get('/api/session', async (request) => {
    const user = access.userOf(request)
    return { user: user ? { email: user.email } : null }
  })

  app.post<{ Body: Type.Static<typeof credentials> }>(
    '/api/session',
    { schema: { body: credentials }, config: { rateLimit: { max: 10, timeWindow: 60_000 } } },
    async (request, reply) => {
      refuseForeign(request)
      if (attempts >= atOnce)
        throw new ApiError('too_many_attempts', 'Too many sign in at once. Try again in a second.')
      attempts++
      const { email, password } = request.body
      const user = await users.authenticate(email, password).finally(() => attempts--)
      if (!user)
        throw new ApiError('wrong_credentials', 'There is no user with this e-mail address and password.')
      await access.signIn(user, request, reply)
      return { user: { email: user.email } }
    },
  )

  app.delete('/api/session', async (request, reply) => {
    await access.signOut(request, reply)
    return reply.code(204).send()
  })
}

/** For @fastify/rate-limit: whoever tries passwords is told apart without the address being kept. */
export function attemptKeys(): (address: string) => string {
  const key = randomBytes(32)
  return (address) => createHmac('sha256', key).update(networkOf(address)).digest('base64url')
}
