// What an owner excludes on all sites at once. Added to what each site excludes itself; in memory, because every hit is
// held against it.

import { mostStepsInAll } from '../enrich/pattern.ts'
import type { Store } from '../store/store.ts'
import { checkExclusions, checkSteps, type Site, type SiteSettings, stepsOfExclusions } from './site.ts'

export type SharedSettings = Pick<
  SiteSettings,
  'excludedAddresses' | 'excludedAgents' | 'excludedParameters' | 'excludedReferrers'
>

const none: SharedSettings = {
  excludedAddresses: [],
  excludedAgents: [],
  excludedParameters: [],
  excludedReferrers: [],
}

export class Settings {
  readonly #store: Store
  readonly #now: () => number
  #shared = none
  #version = 0
  /** Changes are made one after the other, each on what the one before it left. */
  #turn: Promise<unknown> = Promise.resolve()
  #applied = new WeakMap<Site, Site>()

  private constructor(store: Store, now: () => number) {
    this.#store = store
    this.#now = now
  }

  static async open(store: Store, now: () => number): Promise<Settings> {
    const settings = new Settings(store, now)
    const [row] = await store.query<{ value: string; version: number }>(
      "SELECT value, version FROM settings WHERE name = 'all' ORDER BY version DESC LIMIT 1",
    )
    if (row) {
      settings.#shared = { ...none, ...(JSON.parse(row.value) as Partial<SharedSettings>) }
      settings.#version = row.version
    }
    return settings
  }

  get shared(): SharedSettings {
    return this.#shared
  }

  /** What is left out stays as it is. @throws AdminError invalid_setting */
  change(changes: { [Name in keyof SharedSettings]?: string[] | undefined }): Promise<SharedSettings> {
    const change = this.#turn.then(async () => {
      checkExclusions(changes)
      const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined))
      const shared = { ...this.#shared, ...given }
      const steps = stepsOfExclusions(shared)
      if (steps > stepsOfExclusions(this.#shared)) checkSteps(steps, mostStepsInAll.ofAllSites)
      this.#version = Math.max(this.#now(), this.#version + 1)
      await this.#store.insert('settings', [
        { name: 'all', value: JSON.stringify(shared), version: this.#version },
      ])
      this.#shared = shared
      this.#applied = new WeakMap()
      return shared
    })
    this.#turn = change.catch(() => {})
    return change
  }

  /** A site with what is excluded everywhere; the same object until something changes. */
  on(site: Site): Site {
    const known = this.#applied.get(site)
    if (known) return known
    const { settings } = site
    const shared = this.#shared
    const applied: Site = {
      ...site,
      settings: {
        ...settings,
        excludedAddresses: joined(settings.excludedAddresses, shared.excludedAddresses),
        excludedAgents: joined(settings.excludedAgents, shared.excludedAgents),
        excludedParameters: joined(settings.excludedParameters, shared.excludedParameters),
        excludedReferrers: joined(settings.excludedReferrers, shared.excludedReferrers),
      },
    }
    this.#applied.set(site, applied)
    return applied
  }
}

function joined(own: string[], shared: string[]): string[] {
  return shared.length === 0 ? own : [...own, ...shared]
}
