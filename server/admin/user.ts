// Who may sign in. A password is kept as scrypt's hash with its own salt and never leaves this file otherwise.

import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import type { Store } from '../store/store.ts'
import { AdminError } from './admin-error.ts'

export type User = { id: number; email: string }

type KnownUser = User & { password: string }

const shortestPassword = 12
const longestPassword = 500

export class Users {
  readonly #store: Store
  readonly #now: () => number
  readonly #users = new Map<number, KnownUser>()

  private constructor(store: Store, now: () => number) {
    this.#store = store
    this.#now = now
  }

  static async open(store: Store, now: () => number): Promise<Users> {
    const users = new Users(store, now)
    const rows = await store.query<KnownUser>(
      'SELECT user_id AS id, email, password FROM users FINAL WHERE NOT deleted ORDER BY user_id',
    )
    for (const row of rows) users.#users.set(row.id, row)
    return users
  }

  get(id: number): User | undefined {
    const user = this.#users.get(id)
    return user && { id: user.id, email: user.email }
  }

  /** By e-mail address; without one, the owner. */
  find(email: string | undefined): User | undefined {
    const user =
      email === undefined ? this.#users.values().next().value : this.#find(email.trim().toLowerCase())
    return user && { id: user.id, email: user.email }
  }

  get count(): number {
    return this.#users.size
  }

  /** Whether a user could be made of these. @throws AdminError invalid_email, weak_password or email_taken */
  check(email: string, password: string): void {
    const address = email.trim().toLowerCase()
    if (!/^[^\s@]+@[^\s@]+$/.test(address) || address.length > 254) {
      throw new AdminError('invalid_email', 'This is not an e-mail address.')
    }
    if (password.length < shortestPassword || password.length > longestPassword) {
      throw new AdminError(
        'weak_password',
        `A password must have ${shortestPassword} to ${longestPassword} characters.`,
      )
    }
    if (this.#find(address)) throw new AdminError('email_taken', 'There is a user with this e-mail address.')
  }

  /** @throws AdminError as `check` */
  async create(email: string, password: string): Promise<User> {
    this.check(email, password)
    const address = email.trim().toLowerCase()
    const user = {
      id: Math.max(0, ...this.#users.keys()) + 1,
      email: address,
      password: await hash(password),
    }
    await this.#store.insert('users', [
      {
        user_id: user.id,
        email: user.email,
        password: user.password,
        created_at: this.#now(),
        version: this.#now(),
        deleted: 0,
      },
    ])
    this.#users.set(user.id, user)
    return { id: user.id, email: user.email }
  }

  /** The user, if the password is right. Takes as long for an address that nobody has. */
  async authenticate(email: string, password: string): Promise<User | undefined> {
    const user = this.#find(email.trim().toLowerCase())
    const right = await matches(password.slice(0, longestPassword), user?.password ?? (await decoy()))
    return user && right ? { id: user.id, email: user.email } : undefined
  }

  #find(address: string): KnownUser | undefined {
    return [...this.#users.values()].find((user) => user.email === address)
  }
}

/** scrypt's cost: 32 MiB and about 0.1 s on a small server. */
const cost = { N: 32768, r: 8, p: 1, maxmem: 64 * 1024 * 1024 }

async function hash(password: string): Promise<string> {
  const salt = randomBytes(16)
  return `scrypt$${cost.N}$${salt.toString('base64')}$${(await derive(password, salt, cost.N)).toString('base64')}`
}

async function matches(password: string, kept: string): Promise<boolean> {
  const [, n = '', salt = '', key = ''] = kept.split('$')
  const expected = Buffer.from(key, 'base64')
  const derived = await derive(password, Buffer.from(salt, 'base64'), Number(n))
  return expected.length === derived.length && timingSafeEqual(derived, expected)
}

let decoyHash: Promise<string> | undefined

function decoy(): Promise<string> {
  decoyHash ??= hash(randomBytes(16).toString('hex'))
  return decoyHash
}

function derive(password: string, salt: Buffer, N: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFKC'), salt, 32, { ...cost, N }, (error, key) =>
      error ? reject(error) : resolve(key),
    )
  })
}
