// A site: what is measured. Its row in `sites`, with the settings of its owner; all of them in memory, because
// every hit asks for one.

import { addressRuleError } from '../enrich/address.ts'
import { excludedReferrerError } from '../enrich/excluded-referrer.ts'
import { expressionError, expressionIn, mostStepsInAll, stepsOf } from '../enrich/pattern.ts'
import { cleanText } from '../enrich/text.ts'
import { excludedParameterError } from '../enrich/url.ts'
import { type Store, StoreError } from '../store/store.ts'
import { timezoneName } from '../zone.ts'
import { AdminError } from './admin-error.ts'
import { type Dimension, liveDimensions } from './dimension.ts'
import type { Funnel } from './funnel.ts'
import { type Goal, liveGoals } from './goal.ts'

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
  /** In the order of their numbers, removed ones included (goal.ts, dimension.ts, funnel.ts). */
  goals: readonly Goal[]
  dimensions: readonly Dimension[]
  funnels: readonly Funnel[]
  /** Unix milliseconds. */
  createdAt: number
}

/** What an owner defines for a site beside its settings. */
export type SiteDefinitions = Pick<Site, 'goals' | 'dimensions' | 'funnels'>

export type SiteSettings = {
  /** Bytes of an address set to zero before it is kept: 0 to 4 (IPv6: 0, 64, 80, 104, 128 bits). */
  maskedBytes: number
  /** Who keeps the visitor's id: the script on the page, this service (pk_id, which no script can read), nobody. */
  cookies: 'page' | 'server' | 'none'
  /** Whether DNT and Sec-GPC mean: do not count. */
  honourDoNotTrack: boolean
  keepFragment: boolean
  /** Further query parameters to remove from page addresses: names, with `*` for any text, or `/expressions/`. */
  excludedParameters: string[]
  /** Addresses, wildcards (`10.1.*.*`) and networks (`10.0.0.0/8`) that are not counted. */
  excludedAddresses: string[]
  /** Parts of user agents that are not counted, or `/expressions/`; case-insensitive. */
  excludedAgents: string[]
  /** Hosts (`.example.org` with sub-domains) and paths that are taken for no referrer. */
  excludedReferrers: string[]
  /** Whether pages at other addresses than those of the site are not counted. */
  excludeUnknownUrls: boolean
  /** Whether searches on the site are told from page views. */
  siteSearch: boolean
  /** Query parameters of the site's own search, lower case. */
  searchParameters: string[]
  searchCategoryParameters: string[]
  /** Endings of addresses that are downloads, without the dot. */
  downloadExtensions: string[]
  /** Whether single visits and visitors are shown: the visits log and profiles. */
  visitorProfiles: boolean
  /** Labels that fewer visitors had in a year are kept as one when it becomes final; 1: all are kept. */
  rareBelow: number
  /** Years that final totals are kept; 0: for ever. */
  finalYears: number
  /** Days that hits and visits are kept at least, where their year is not final before; 0: until it is. */
  rawDays: number
}

/** As matomo.js has them, so that reports stay comparable. */
const downloadExtensions =
  '7z aac apk arc arj asc asf asx avi azw3 bin bz bz2 csv deb dmg doc docx epub exe flv gif gz gzip hqx ibooks jar ' +
  'jpeg jpg js md5 mobi mov movie mp2 mp3 mp4 mpeg mpg msi msp odb odf odg odp ods odt ogg ogv pdf phps png ppt pptx qt ' +
  'qtm ra ram rar rpm rtf sea sha sha256 sha512 sig sit tar tbz tbz2 tgz torrent txt wav wma wmv wpd xls xlsx xml xz z zip'

export const defaultSettings: SiteSettings = {
  maskedBytes: 2,
  cookies: 'page',
  honourDoNotTrack: true,
  keepFragment: false,
  excludedParameters: [],
  excludedAddresses: [],
  excludedAgents: [],
  excludedReferrers: ['.paypal.com'],
  excludeUnknownUrls: false,
  siteSearch: true,
  searchParameters: ['q', 'query', 's', 'search', 'searchword', 'k', 'keyword', 'keywords'],
  searchCategoryParameters: [],
  downloadExtensions: downloadExtensions.split(' '),
  visitorProfiles: true,
  rareBelow: 1,
  finalYears: 0,
  rawDays: 0,
}

export type SiteChanges = {
  name?: string | undefined
  urls?: string[] | undefined
  timezone?: string | undefined
  settings?: Partial<SiteSettings> | undefined
}

export type NewSite = { name: string; url: string; timezone: string }

export class Sites {
  readonly #store: Store
  readonly #now: () => number
  readonly #sites = new Map<number, Site>()
  #lastId = 0
  #lastVersion = 0
  /** Changes are made one after the other, each on what the one before it left. */
  #turn: Promise<unknown> = Promise.resolve()

  private constructor(store: Store, now: () => number) {
    this.#store = store
    this.#now = now
  }

  static async open(store: Store, now: () => number): Promise<Sites> {
    const sites = new Sites(store, now)
    const rows = await store.query<SiteRow>(
      `SELECT site_id, name, urls, timezone, currency, settings, goals, dimensions, funnels,
              toUnixTimestamp64Milli(created_at) AS created
       FROM sites FINAL WHERE NOT deleted ORDER BY site_id`,
    )
    for (const row of rows) sites.#sites.set(row.site_id, siteOf(row))
    const [last] = await store.query<{ id: number }>('SELECT max(site_id) AS id FROM sites')
    sites.#lastId = last?.id ?? 0
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
    const site: Site = {
      id: ++this.#lastId,
      name: siteName(name),
      urls: [siteUrl(url)],
      timezone: await this.#timezone(timezone),
      currency: 'EUR',
      settings: defaultSettings,
      goals: [],
      dimensions: [],
      funnels: [],
      createdAt: this.#now(),
    }
    await this.#write(site, 0)
    this.#sites.set(site.id, site)
    return site
  }

  /** @throws AdminError as `create`, and invalid_setting */
  async change(site: Site, { name, urls, timezone, settings = {} }: SiteChanges): Promise<Site> {
    checkExclusions(settings)
    checkRawDays(settings)
    const given = Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined))
    const changes: Partial<Site> = {
      ...(name !== undefined && { name: siteName(name) }),
      ...(urls !== undefined && { urls: urls.map(siteUrl) }),
      ...(timezone !== undefined && { timezone: await this.#timezone(timezone) }),
    }
    return await this.#replace(site, (newest) => ({
      ...changes,
      settings: { ...newest.settings, ...given },
    }))
  }

  /** `next` is given the site as it is and returns what is defined anew. @throws AdminError as `next` does */
  async define(site: Site, next: (newest: Site) => Partial<SiteDefinitions>): Promise<Site> {
    return await this.#replace(site, next)
  }

  /**
   * Whether ClickHouse takes an expression as well: goals are looked for in hits of the past there.
   * @throws AdminError with the code given
   */
  async checkExpression(expression: string, code: 'invalid_goal' | 'invalid_funnel'): Promise<void> {
    try {
      await this.#store.query("SELECT match(materialize(''), {expression:String}) AS matches", { expression })
    } catch (error) {
      if (!(error instanceof StoreError) || error.code !== badExpression) throw error
      throw new AdminError(code, `The regular expression "${expression}" cannot be used by ClickHouse.`)
    }
  }

  async remove(site: Site): Promise<void> {
    this.#sites.delete(site.id)
    await this.#inTurn(() => this.#write(site, 1))
  }

  async #replace(site: Site, changes: (newest: Site) => Partial<Site>): Promise<Site> {
    return await this.#inTurn(async () => {
      const newest = this.#sites.get(site.id)
      // Removed while this waited for its turn.
      if (!newest) return site
      const changed: Site = { ...newest, ...changes(newest) }
      const steps = stepsOfSite(changed)
      // What is there already may stay.
      if (steps > stepsOfSite(newest)) checkSteps(steps, mostStepsInAll.ofSite)
      await this.#write(changed, 0)
      this.#sites.set(site.id, changed)
      return changed
    })
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work)
    this.#turn = done.catch(() => {})
    return done
  }

  /** Both the calendar of this program and that of ClickHouse must know it. */
  async #timezone(name: string): Promise<string> {
    const timezone = timezoneName(name)
    const known =
      timezone !== undefined &&
      (await this.#store.query<{ name: string }>(
        'SELECT time_zone AS name FROM system.time_zones WHERE time_zone = {timezone:String}',
        { timezone },
      ))
    if (timezone !== undefined && known && known.length > 0) return timezone
    throw new AdminError('invalid_timezone', `There is no time zone ${name}; an example is Europe/Berlin.`)
  }

  async #write(site: Site, deleted: 0 | 1): Promise<void> {
    const { id, name, urls, timezone, currency, settings, goals, dimensions, funnels, createdAt } = site
    // Two changes within a millisecond are two versions.
    this.#lastVersion = Math.max(this.#lastVersion + 1, this.#now())
    await this.#store.insert('sites', [
      {
        site_id: id,
        name,
        urls,
        timezone,
        currency,
        settings: JSON.stringify(settings),
        goals: JSON.stringify(goals),
        dimensions: JSON.stringify(dimensions),
        funnels: JSON.stringify(funnels),
        created_at: createdAt,
        version: this.#lastVersion,
        deleted,
      },
    ])
  }
}

/** ClickHouse's number of CANNOT_COMPILE_REGEXP. */
const badExpression = 427

type SiteRow = Omit<Site, 'id' | 'settings' | 'goals' | 'dimensions' | 'funnels' | 'createdAt'> & {
  site_id: number
  settings: string
  goals: string
  dimensions: string
  funnels: string
  created: number
}

function siteOf(row: SiteRow): Site {
  const { site_id: id, settings, goals, dimensions, funnels, created: createdAt, ...site } = row
  // Settings and lists that are newer than the row have their default.
  const stored = { ...defaultSettings, ...(JSON.parse(settings) as Partial<SiteSettings>) }
  const { cookies } = stored as { cookies: unknown }
  // Older rows tell whether there may be cookies.
  if (typeof cookies === 'boolean') stored.cookies = cookies ? 'page' : 'none'
  return {
    ...site,
    id,
    createdAt,
    settings: stored,
    goals: JSON.parse(goals || '[]') as Goal[],
    dimensions: JSON.parse(dimensions || '[]') as Dimension[],
    funnels: JSON.parse(funnels || '[]') as Funnel[],
  }
}

function siteName(name: string): string {
  const clean = cleanText(name, 400)
  if (clean !== '' && clean.length <= 100) return clean
  throw new AdminError('invalid_name', 'The name of a site must have 1 to 100 characters.')
}

/** Steps of all expressions that each hit is held against; those of addresses are tried twice. */
function stepsOfSite({ goals, dimensions, settings }: Site): number {
  const ofGoals = liveGoals(goals).map((goal) => {
    if (!('pattern' in goal) || goal.pattern.how !== 'regex') return 0
    return stepsOf(goal.pattern.text) * (goal.match === 'url' ? 2 : 1)
  })
  const extractions = liveDimensions(dimensions).flatMap((dimension) => dimension.extractions)
  const ofExtractions = extractions.map(({ from, pattern }) => (from === 'urlparam' ? 0 : stepsOf(pattern)))
  return [...ofGoals, ...ofExtractions].reduce((sum, steps) => sum + steps, stepsOfExclusions(settings))
}

export function stepsOfExclusions({ excludedAgents = [], excludedParameters = [] }: Exclusions): number {
  const expressions = [...excludedAgents, ...excludedParameters].flatMap((entry) => expressionIn(entry) ?? [])
  return expressions.reduce((sum, expression) => sum + stepsOf(expression), 0)
}

/** @throws AdminError too_many_expressions */
export function checkSteps(steps: number, most: number): void {
  if (steps <= most) return
  throw new AdminError(
    'too_many_expressions',
    `Each hit is held against all regular expressions of goals, dimensions and exclusions. Together they may have ${most} steps and would have ${steps}: make them shorter or fewer, or look for plain texts.`,
  )
}

type Exclusions = {
  [Name in 'excludedAddresses' | 'excludedAgents' | 'excludedParameters' | 'excludedReferrers']?:
    | string[]
    | undefined
}

/** @throws AdminError invalid_setting, which names the first bad entry. */
export function checkExclusions({
  excludedAddresses = [],
  excludedAgents = [],
  excludedParameters = [],
  excludedReferrers = [],
}: Exclusions): void {
  const errors = [
    ...excludedAddresses.map((rule) => addressRuleError(rule)),
    ...excludedAgents.map((entry) => expressionError(entry)),
    ...excludedParameters.map((entry) => excludedParameterError(entry)),
    ...excludedReferrers.map((entry) => excludedReferrerError(entry)),
  ]
  const error = errors.find((candidate) => candidate !== undefined)
  if (error !== undefined) throw new AdminError('invalid_setting', error)
}

/** A month in which imports come in and late hits wait; and after a year it is final anyway. */
const rawDays = { least: 31, most: 366 }

function checkRawDays({ rawDays: days = 0 }: { rawDays?: number | undefined }): void {
  if (days === 0 || (days >= rawDays.least && days <= rawDays.most)) return
  throw new AdminError(
    'invalid_setting',
    `Raw data can be kept for ${rawDays.least} to ${rawDays.most} days, or until its year is final (rawDays: 0); ${days} is neither.`,
  )
}

/** An http(s) address without query and fragment; `example.org` is taken as https://example.org. */
function siteUrl(text: string): string {
  const trimmed = text.trim()
  const full = /^[a-z][a-z0-9+.-]*:\/\//i.test(trimmed) ? trimmed : `https://${trimmed}`
  const parsed = URL.canParse(full) ? new URL(full) : undefined
  // A name without a dot is a typing error, unless it is this machine's own.
  const hostname = parsed && /[.:]|^localhost$/.test(parsed.hostname)
  const usable = parsed && hostname && /^https?:$/.test(parsed.protocol) && parsed.username === ''
  if (!parsed || !usable || full.length > 500 || /\s/.test(trimmed)) {
    throw new AdminError('invalid_url', 'The URL of a site must look like https://example.org.')
  }
  return `${parsed.origin}${parsed.pathname}`.replace(/\/+$/, '')
}
