// A site: what is measured. Its row in `sites`, with the settings of its owner; all of them in memory, because
// every hit asks for one.

import type { Store } from '../store/store.ts'
import { isTimezone } from '../zone.ts'
import { AdminError } from './admin-error.ts'

export type Site = {
  id: number
  name: string
  /** Absolute URLs that belong to the site; the first is its main address. */
  urls: string[]
  /** IANA name, as `Europe/Berlin`. */
  timezone: string
  /** ISO 4217. */
  currency: string
  settings: SiteSettings
  /** Unix milliseconds. */
  createdAt: number
}

export type SiteSettings = {
  /** Bytes of an address set to zero before it is kept: 0 to 4 (IPv6: 0, 64, 80, 104, 128 bits). */
  maskedBytes: number
  /** Whether this service sets pk_id and pk_sess itself when a hit carries no `_id`. */
  cookies: boolean
  /** Whether DNT and Sec-GPC mean: do not count. */
  honourDoNotTrack: boolean
  keepFragment: boolean
  /** Further query parameters to remove from page addresses; lower case. */
  excludedParameters: string[]
  /** Addresses, wildcards (`10.1.*.*`) and networks (`10.0.0.0/8`) that are not counted. */
  excludedAddresses: string[]
  /** Parts of user agents that are not counted; case-insensitive. */
  excludedAgents: string[]
  /** Query parameters of the site's own search, lower case. */
  searchParameters: string[]
  searchCategoryParameters: string[]
}

export const defaultSettings: SiteSettings = {
  maskedBytes: 2,
  cookies: true,
  honourDoNotTrack: true,
  keepFragment: false,
  excludedParameters: [],
  excludedAddresses: [],
  excludedAgents: [],
  searchParameters: ['q', 'query', 's', 'search', 'searchword', 'k', 'keyword', 'keywords'],
  searchCategoryParameters: [],
}

export type NewSite = { name: string; url: string; timezone: string }

export class Sites {
  readonly #store: Store
  readonly #now: () => number
  readonly #sites = new Map<number, Site>()

  private constructor(store: Store, now: () => number) {
    this.#store = store
    this.#now = now
  }

  static async open(store: Store, now: () => number): Promise<Sites> {
    const sites = new Sites(store, now)
    const rows = await store.query<SiteRow>(
      `SELECT site_id, name, urls, timezone, currency, settings, toUnixTimestamp64Milli(created_at) AS created
       FROM sites FINAL WHERE NOT deleted ORDER BY site_id`,
    )
    for (const row of rows) sites.#sites.set(row.site_id, siteOf(row))
    return sites
  }

  get(id: number): Site | undefined {
    return this.#sites.get(id)
  }

  all(): Site[] {
    return [...this.#sites.values()]
  }

  /** @throws AdminError invalid_name, invalid_url or invalid_timezone */
  async create({ name, url, timezone }: NewSite): Promise<Site> {
    const trimmed = name.trim()
    if (trimmed === '' || trimmed.length > 100) {
      throw new AdminError('invalid_name', 'The name of a site must have 1 to 100 characters.')
    }
    if (!isTimezone(timezone)) {
      throw new AdminError(
        'invalid_timezone',
        `There is no time zone ${timezone}; an example is Europe/Berlin.`,
      )
    }
    const site: Site = {
      id: Math.max(0, ...this.#sites.keys()) + 1,
      name: trimmed,
      urls: [siteUrl(url)],
      timezone,
      currency: 'EUR',
      settings: defaultSettings,
      createdAt: this.#now(),
    }
    this.#sites.set(site.id, site)
    await this.#store.insert('sites', [
      {
        site_id: site.id,
        name: site.name,
        urls: site.urls,
        timezone,
        currency: site.currency,
        settings: JSON.stringify(site.settings),
        created_at: site.createdAt,
        version: site.createdAt,
        deleted: 0,
      },
    ])
    return site
  }
}

type SiteRow = Omit<Site, 'id' | 'settings' | 'createdAt'> & {
  site_id: number
  settings: string
  created: number
}

function siteOf(row: SiteRow): Site {
  const { site_id: id, settings, created: createdAt, ...site } = row
  // Settings that are newer than the row have their default.
  return {
    ...site,
    id,
    createdAt,
    settings: { ...defaultSettings, ...(JSON.parse(settings) as Partial<SiteSettings>) },
  }
}

/** An http(s) address without query and fragment; `example.org` is taken as https://example.org. */
function siteUrl(text: string): string {
  const trimmed = text.trim()
  const full = /^[a-z][a-z0-9+.-]*:\/\//i.test(trimmed) ? trimmed : `https://${trimmed}`
  const parsed = URL.canParse(full) ? new URL(full) : undefined
  const usable =
    parsed && /^https?:$/.test(parsed.protocol) && parsed.hostname !== '' && parsed.username === ''
  if (!parsed || !usable || full.length > 500 || /\s/.test(trimmed)) {
    throw new AdminError('invalid_url', 'The URL of a site must look like https://example.org.')
  }
  return `${parsed.origin}${parsed.pathname}`.replace(/\/+$/, '')
}
