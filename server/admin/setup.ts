// Making a fresh Footfall somebody's: the owner's account and the first site, both or none.

import { AdminError } from './admin-error.ts'
import type { Site, Sites } from './site.ts'
import type { User, Users } from './user.ts'

export type SetupWish = {
  email: string
  password: string
  siteName: string
  siteUrl: string
  timezone: string
}

export class Setup {
  readonly #users: Users
  readonly #sites: Sites
  #running = false

  constructor(users: Users, sites: Sites) {
    this.#users = users
    this.#sites = sites
  }

  get needed(): boolean {
    return this.#users.count === 0
  }

  /** @throws AdminError when something entered cannot be taken, or there is an owner already. */
  async run(wish: SetupWish): Promise<{ user: User; site: Site }> {
    if (!this.needed || this.#running)
      throw new AdminError('already_set_up', 'This Footfall has an owner already.')
    this.#running = true
    try {
      this.#users.check(wish.email, wish.password)
      const site = await this.#sites.create({
        name: wish.siteName,
        url: wish.siteUrl,
        timezone: wish.timezone,
      })
      const user = await this.#users.create(wish.email, wish.password).catch(async (error) => {
        await this.#sites.remove(site)
        throw error
      })
      return { user, site }
    } finally {
      this.#running = false
    }
  }
}
