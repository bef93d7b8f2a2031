// Who may ask: a bearer token, or the session cookie of a browser that signed in here.

import type { FastifyReply, FastifyRequest } from 'fastify'
import { sessionLife, type Tokens } from '../admin/token.ts'
import type { User, Users } from '../admin/user.ts'
import { ApiError } from './error.ts'

const sessionCookie = 'footfall_session'

export class Access {
  readonly #users: Users
  readonly #tokens: Tokens
  readonly #secure: boolean

  /** `secure`: browsers reach this service by https, whatever the connection says. */
  constructor(users: Users, tokens: Tokens, secure: boolean) {
    this.#users = users
    this.#tokens = tokens
    this.#secure = secure
  }

  userOf(request: FastifyRequest): User | undefined {
    const bearer = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1]
    if (bearer !== undefined) return this.#user(this.#tokens.userOf(bearer, 'api'))
    const session = request.cookies[sessionCookie]
    if (session === undefined || isForeign(request)) return undefined
    return this.#user(this.#tokens.userOf(session, 'session'))
  }

  /** @throws ApiError not_signed_in */
  require(request: FastifyRequest): User {
    const user = this.userOf(request)
    if (!user) throw new ApiError('not_signed_in', 'Sign in, or send a token: Authorization: Bearer <token>.')
    return user
  }

  async signIn(user: User, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const secret = await this.#tokens.issue(user.id, 'session', 'browser')
    reply.setCookie(sessionCookie, secret, { ...this.#cookie(request), maxAge: sessionLife })
  }

  async signOut(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const session = request.cookies[sessionCookie]
    if (session !== undefined) await this.#tokens.revoke(session)
    reply.clearCookie(sessionCookie, this.#cookie(request))
  }

  #cookie(request: FastifyRequest) {
    return {
      path: '/',
      httpOnly: true,
      sameSite: 'lax',
      secure: this.#secure || request.protocol === 'https',
    } as const
  }

  #user(id: number | undefined): User | undefined {
    return id === undefined ? undefined : this.#users.get(id)
  }
}

/** Nobody is signed in by another site. @throws ApiError forbidden */
export function refuseForeign(request: FastifyRequest): void {
  if (isForeign(request)) throw new ApiError('forbidden', 'This can be asked from the dashboard only.')
}

/** A request that another site made a browser send: its cookie does not speak for the user. */
function isForeign(request: FastifyRequest): boolean {
  const site = request.headers['sec-fetch-site']
  if (site !== undefined) return request.method !== 'GET' && site !== 'same-origin' && site !== 'none'
  const { origin } = request.headers
  if (origin === undefined || request.method === 'GET') return false
  return !URL.canParse(origin) || new URL(origin).host !== request.host
}
