// A site: what is measured. Its row in `sites`, with the settings of its owner.

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
