// The random salt of a site's day. Visitors without cookies are told apart by a hash under it; once it is
// destroyed, nobody can tell whose hash it was. It lives in memory and in the store (so that a restart does not
// make everybody new), and is destroyed 26 hours after it was made: the longest day has 25. A hit does not wait
// for the store: a salt that could not be written is written later.

import { createHmac, randomBytes } from 'node:crypto'
import type { Store } from '../store/store.ts'

const lifetime = 26 * 3600 * 1000

type Salt = { key: Buffer; createdAt: number }
type Row = { site_id: number; day: string; salt: string; created_at: number }

export class Salts {
  readonly #store: Store
  readonly #now: () => number
  readonly #known = new Map<string, Salt>()
  /** What is still to be written. */
  #unsaved: Row[] = []

  private constructor(store: Store, now: () => number) {
    this.#store = store
    this.#now = now
  }

  /** Reads the salts that still live, and destroys the others. */
  static async open(store: Store, now: () => number): Promise<Salts> {
    const salts = new Salts(store, now)
    // Hits do not wait for that: it is tried again every ten minutes.
    await salts.destroyOld().catch(() => {})
    type Kept = { site_id: number; day: string; salt: string; created: number }
    const rows = await store.query<Kept>(
      `SELECT site_id, toString(day) AS day, argMin(salt, created_at) AS salt, toUnixTimestamp(min(created_at)) AS created
       FROM salts GROUP BY site_id, day`,
    )
    for (const row of rows) {
      salts.#known.set(`${row.site_id} ${row.day}`, {
        key: Buffer.from(row.salt, 'hex'),
        createdAt: row.created * 1000,
      })
    }
    return salts
  }

  /** The key for a site's local day. */
  of(siteId: number, day: string): Buffer {
    const name = `${siteId} ${day}`
    const known = this.#known.get(name)
    const now = this.#now()
    if (known && now - known.createdAt < lifetime) return known.key
    const key = randomBytes(32)
    this.#known.set(name, { key, createdAt: now })
    this.#unsaved.push({
      site_id: siteId,
      day,
      salt: key.toString('hex'),
      created_at: Math.floor(now / 1000),
    })
    void this.save().catch(() => {})
    return key
  }

  /** Writes what is not yet in the store; to be called again after it failed. @throws StoreError */
  async save(): Promise<void> {
    const rows = this.#unsaved
    this.#unsaved = []
    try {
      await this.#store.insert('salts', rows)
    } catch (error) {
      this.#unsaved.push(...rows)
      throw error
    }
  }

  /** To be called every now and then. */
  async destroyOld(): Promise<void> {
    const oldest = this.#now() - lifetime
    for (const [name, salt] of this.#known) if (salt.createdAt <= oldest) this.#known.delete(name)
    this.#unsaved = this.#unsaved.filter((row) => row.created_at * 1000 > oldest)
    const params = { oldest: Math.floor(oldest / 1000) }
    const [row] = await this.#store.query<{ n: number }>(
      'SELECT count() AS n FROM salts WHERE created_at <= {oldest:UInt32}',
      params,
    )
    if (!row?.n) return
    await this.#store.command(
      'ALTER TABLE {{local salts}} {{on cluster}} DELETE WHERE created_at <= {oldest:UInt32}',
      params,
    )
  }
}

/** An id of 16 hexadecimal characters that nothing but the salt's holder can relate to what it is made of. */
export function hashedVisitorId(
  salt: Buffer,
  siteId: number,
  facts: { ip: string; userAgent: string; language: string },
): string {
  return createHmac('sha256', salt)
    .update(`${siteId}\n${facts.ip}\n${facts.language}\n${facts.userAgent}`)
    .digest('hex')
    .slice(0, 16)
}
