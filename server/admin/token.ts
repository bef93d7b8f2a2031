// Secrets that stand for a user: API tokens, and the sessions of browsers that signed in. Only their SHA-256 is
// kept; the secret itself is shown once.

import { createHash, randomBytes } from 'node:crypto'
import type { Store } from '../store/store.ts'

export type TokenKind = 'api' | 'session'

/** Seconds that a browser stays signed in. */
export const sessionLife = 14 * 24 * 3600

/** Unix seconds, undefined: for ever. */
type Token = { userId: number; kind: TokenKind; expiresAt: number | undefined }

export class Tokens {
  readonly #store: Store
  readonly #now: () => number
  readonly #tokens = new Map<string, Token>()

  private constructor(store: Store, now: () => number) {
    this.#store = store
    this.#now = now
  }

  static async open(store: Store, now: () => number): Promise<Tokens> {
    const tokens = new Tokens(store, now)
    type Row = { hash: string; user_id: number; kind: TokenKind; expires: number | null }
    const rows = await store.query<Row>(
      `SELECT hash, user_id, kind, toUnixTimestamp(expires_at) AS expires FROM tokens FINAL
       WHERE NOT deleted AND (expires_at IS NULL OR expires_at > {now:UInt32})`,
      { now: Math.floor(now() / 1000) },
    )
    for (const row of rows) {
      tokens.#tokens.set(row.hash, {
        userId: row.user_id,
        kind: row.kind,
        expiresAt: row.expires ?? undefined,
      })
    }
    return tokens
  }

  /** Makes a secret and returns it, for the only time. */
  async issue(userId: number, kind: TokenKind, name: string): Promise<string> {
    const secret = randomBytes(kind === 'api' ? 16 : 32).toString('hex')
    const now = Math.floor(this.#now() / 1000)
    const expiresAt = kind === 'session' ? now + sessionLife : undefined
    const hash = hashOf(secret)
    for (const [known, { expiresAt = now }] of this.#tokens) if (expiresAt < now) this.#tokens.delete(known)
    await this.#write(hash, { userId, kind, expiresAt }, name, 0)
    this.#tokens.set(hash, { userId, kind, expiresAt })
    return secret
  }

  /** The user that a secret of this kind stands for, while it is valid. */
  userOf(secret: string, kind: TokenKind): number | undefined {
    const token = this.#tokens.get(hashOf(secret))
    if (!token || token.kind !== kind) return undefined
    return token.expiresAt === undefined || token.expiresAt * 1000 > this.#now() ? token.userId : undefined
  }

  async revoke(secret: string): Promise<void> {
    const hash = hashOf(secret)
    const token = this.#tokens.get(hash)
    if (!token) return
    this.#tokens.delete(hash)
    await this.#write(hash, token, '', 1)
  }

  async #write(hash: string, token: Token, name: string, deleted: 0 | 1): Promise<void> {
    const now = this.#now()
    await this.#store.insert('tokens', [
      {
        hash,
        user_id: token.userId,
        kind: token.kind,
        name,
        created_at: now,
        expires_at: token.expiresAt ?? null,
        version: now,
        deleted,
      },
    ])
  }
}

function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}
