// What a segment can ask for: names, as Matomo has them, each with where it is found. `visit` names are columns of the view
// `visit`, `hit` names of `hits`. A new name is one entry, and a line of the table test.

import type { Site } from '../../admin/site.ts'
import { knownBrowserCodes, knownSystemCodes } from '../../enrich/device-codes.ts'
import { browserEngines } from '../catalogue/browser-engines.ts'
import { isContent, isInteraction } from '../catalogue/contents.ts'
import { abandonedCart } from '../catalogue/shop.ts'
import { firstOfItsOrder } from '../goal-hits.ts'
import { continents, countryNames } from '../names.ts'
import { QuestionError } from '../question-error.ts'

export const segmentGroups = [
  'Visit',
  'Time',
  'Place',
  'Device',
  'Referrer',
  'Page',
  'Event',
  'Shop',
  'Own',
] as const
export type SegmentGroup = (typeof segmentGroups)[number]

/** Whose custom dimensions can be asked for. */
export type SegmentSite = Pick<Site, 'dimensions'>

/** A value as it is stored, and what a segment calls it. */
export type Listed = readonly [stored: string, told: string]

/**
 * How values are compared. Texts in whatever case; addresses without their protocol and `www.`; versions also by their
 * number; `list` and `numbers` are
 * several values, of which one has to match; `listed` are stored as something else than they are told as.
 */
export type ValueType =
  | { type: 'text' | 'address' | 'number' | 'date' | 'ip' | 'version' | 'list' | 'numbers' }
  /** `closed`: there is no other. */
  | { type: 'listed'; values: () => readonly Listed[]; closed?: boolean }
  /** Goals that were reached: their numbers, names, or whether there are any. */
  | { type: 'goal'; by: 'number' | 'name' | 'any' }

export type SegmentName = ValueType & {
  name: string
  title: string
  group: SegmentGroup
  of: 'visit' | 'hit'
  /** The value, in SQL: it may need {timezone}. */
  sql: string
  /** Of a hit: which hits have it. */
  where?: string
}

type Entry = readonly [name: string, title: string, sql: string, type?: ValueType['type'] | ValueType]

const text: ValueType = { type: 'text' }

function typeOf(type: Entry[3] = 'text'): ValueType {
  if (typeof type === 'object') return type
  return type === 'listed' || type === 'goal' ? text : { type }
}

function visitNames(group: SegmentGroup, entries: readonly Entry[]): SegmentName[] {
  return entries.map(([name, title, sql, type]) => {
    return { name, title, group, of: 'visit', sql, ...typeOf(type) }
  })
}

/** `which`: kinds of hits, or a condition. */
function hitNames(
  group: SegmentGroup,
  which: readonly string[] | string,
  entries: readonly Entry[],
  further?: string,
): SegmentName[] {
  const isOne = typeof which === 'string' ? which : ofKinds(which)
  const where = further ? `${isOne} AND ${further}` : isOne
  return entries.map(([name, title, sql, type]) => {
    return { name, title, group, of: 'hit', sql, where, ...typeOf(type) }
  })
}

function ofKinds(kinds: readonly string[]): string {
  const list = kinds.map((kind) => `'${kind}'`).join(', ')
  return kinds.length === 1 ? `kind = ${list}` : `kind IN (${list})`
}

function closed(values: readonly string[] | readonly Listed[]): ValueType {
  const listed = values.map((value): Listed => (typeof value === 'string' ? [value, value] : value))
  return { type: 'listed', values: () => listed, closed: true }
}

function listed(values: () => readonly Listed[]): ValueType {
  let known: readonly Listed[] | undefined
  return {
    type: 'listed',
    values: () => {
      known ??= values()
      return known
    },
  }
}

/** Two lists of parameters, as pairs. */
function pairs(stored: unknown, told: unknown): Listed[] {
  const names = told as string[]
  return (stored as string[]).map((value, index) => [value, names[index] ?? ''])
}

/** Matomo's own codes of continents beside those of two letters. */
const continentCodes: Readonly<Record<string, readonly string[]>> = {
  AF: ['afr'],
  AN: ['ant'],
  AS: ['asi'],
  EU: ['eur'],
  NA: ['amn', 'amc'],
  OC: ['oce'],
  SA: ['ams'],
}

const countryContinents = (): Listed[] =>
  pairs(continents.continent_countries, continents.continents).flatMap(([country, continent]) =>
    [continent, ...(continentCodes[continent] ?? [])].map((told): Listed => [country, told]),
  )

const local = (time: string) => `toTimeZone(${time}, {timezone:String})`
/** Times of a visit's end are those of its last hit. */
const end = local('last_time')

const bare = (address: string) => `replaceRegexpOne(${address}, '^https?://(www[.])?', '')`

const actions = ['pageview', 'event', 'download', 'outlink', 'search']
const bought = ['order', 'cart']

const item = (field: string) => `items.${field}`
const categories = 'arrayFlatten(items.categories)'
const everyCategory = (name: string, title: string): Entry[] => [
  [name, title, categories, 'list'],
  ...[1, 2, 3, 4, 5].map(
    (place): Entry => [
      `${name}${place}`,
      `${title}, in place ${place}`,
      `arrayMap(of_item -> of_item[${place}], items.categories)`,
      'list',
    ],
  ),
]

const campaignLevel = (level: string) => `campaign['${level}']`
const ofCampaign = (column: string) => `if(referrer_type = 'campaign', ${column}, '')`

/** Days are all that is kept of how long ago something was. */
const inSeconds = (days: string) => `${days} * 86400`
const known = (days: string) => `if(visit_number > 1, ${days}, NULL)`
const sinceOrder = 'if(days_since_order < 0, NULL, days_since_order)'

const fixed: readonly SegmentName[] = [
  ...visitNames('Visit', [
    ['visitorId', "Visitor's id", `leftPad(lower(hex(visitor_id)), 16, '0')`],
    ['userId', "User's id", 'user_id'],
    ['visitId', "Visit's id", 'toString(visit_id)'],
    ['visitIp', 'Shortened address', 'ip', 'ip'],
    [
      'visitorType',
      'New or returning',
      `multiIf(days_since_order >= 0, 'returningCustomer', visit_number > 1, 'returning', 'new')`,
      closed(['new', 'returning', 'returningCustomer']),
    ],
    ['visitCount', "Number of the visitor's visit", 'visit_number', 'number'],
    ['visitDuration', 'Duration in seconds', 'duration', 'number'],
    ['actions', 'Actions', 'actions', 'number'],
    ['interactions', 'Page views and searches', 'page_views + searches', 'number'],
    ['searches', 'Searches', 'searches', 'number'],
    ['events', 'Events', 'events', 'number'],
    ['visitConverted', 'Whether a goal or order was reached', '', { type: 'goal', by: 'any' }],
    ['visitConvertedGoalId', 'Number of a reached goal', '', { type: 'goal', by: 'number' }],
    ['visitConvertedGoalName', 'Name of a reached goal', '', { type: 'goal', by: 'name' }],
    [
      'visitEcommerceStatus',
      'Ordered or left a cart',
      'buyer',
      closed([
        ['none', 'none'],
        ['ordered', 'ordered'],
        ['cart', 'abandonedCart'],
        ['ordered_then_cart', 'orderedThenAbandonedCart'],
      ]),
    ],
    ['daysSinceFirstVisit', 'Days since the first visit', 'days_since_first', 'number'],
    ['secondsSinceFirstVisit', 'The same in seconds', inSeconds('days_since_first'), 'number'],
    ['daysSinceLastVisit', 'Days since the last visit', known('days_since_last'), 'number'],
    ['secondsSinceLastVisit', 'The same in seconds', known(inSeconds('days_since_last')), 'number'],
    ['daysSinceLastEcommerceOrder', 'Days since the last order', sinceOrder, 'number'],
    ['secondsSinceLastEcommerceOrder', 'The same in seconds', inSeconds(sinceOrder), 'number'],
    ['profilable', 'Whether the visitor is known on other days', 'profilable', 'number'],
  ]),
  ...visitNames('Time', [
    ['visitLocalHour', "Hour of the visitor's clock", 'intDiv(local_minute, 60)', 'number'],
    ['visitLocalMinute', "Minute of the visitor's clock", 'local_minute % 60', 'number'],
    ['visitServerHour', "Hour of the visit's end", `toHour(${end})`, 'number'],
    ['visitStartServerHour', "Hour of the visit's start", `toHour(${local('first_time')})`, 'number'],
    ['visitStartServerMinute', "Minute of the visit's start", `toMinute(${local('first_time')})`, 'number'],
    ['visitEndServerSecond', "Second of the visit's end", `toSecond(${end})`, 'number'],
    ['visitEndServerMinute', "Minute of the visit's end", `toMinute(${end})`, 'number'],
    ['visitEndServerDate', "Date of the visit's end", `toString(toDate(${end}))`, 'date'],
    ['visitEndServerDayOfWeek', 'Day of the week, 1 is Monday', `toDayOfWeek(${end})`, 'number'],
    ['visitEndServerDayOfMonth', 'Day of the month', `toDayOfMonth(${end})`, 'number'],
    ['visitEndServerDayOfYear', 'Day of the year', `toDayOfYear(${end})`, 'number'],
    ['visitEndServerWeekOfYear', 'Week of the year', `toISOWeek(${end})`, 'number'],
    ['visitEndServerMonth', 'Month', `toMonth(${end})`, 'number'],
    ['visitEndServerQuarter', 'Quarter', `toQuarter(${end})`, 'number'],
    ['visitEndServerYear', 'Year', `toYear(${end})`, 'number'],
  ]),
  ...hitNames('Time', actions, [
    ['actionServerHour', 'Hour of an action', `toHour(${local('time')})`, 'number'],
    ['actionServerMinute', 'Minute of an action', `toMinute(${local('time')})`, 'number'],
  ]),
  ...visitNames('Place', [
    ['countryCode', 'Country, two letters', 'country'],
    [
      'countryName',
      'Country',
      'country',
      listed(() => pairs(countryNames.country_codes, countryNames.country_names)),
    ],
    ['continentCode', 'Continent', 'country', listed(countryContinents)],
    ['regionCode', 'Region', 'region'],
    ['city', 'City', 'city'],
    // As they are written: a Float32 of 52.52 is not the number 52.52.
    ['latitude', 'Latitude', 'toFloat64OrNull(toString(latitude))', 'number'],
    ['longitude', 'Longitude', 'toFloat64OrNull(toString(longitude))', 'number'],
    ['languageCode', 'Language of the browser', 'language'],
  ]),
  ...visitNames('Device', [
    ['deviceType', 'Kind of device', 'device_type'],
    ['deviceBrand', 'Brand of the device', 'device_brand'],
    ['deviceModel', 'Model of the device', 'device_model'],
    ['operatingSystemCode', "Operating system, Matomo's code", 'os_name', listed(knownSystemCodes)],
    ['operatingSystemName', 'Operating system', 'os_name'],
    ['operatingSystemVersion', 'Version of the operating system', 'os_version', 'version'],
    ['browserCode', "Browser, Matomo's code", 'browser_name', listed(knownBrowserCodes)],
    ['browserName', 'Browser', 'browser_name'],
    ['browserVersion', 'Version of the browser', 'browser_version', 'version'],
    [
      'browserEngine',
      'Engine of the browser',
      'browser_name',
      listed(() => pairs(browserEngines.engine_browsers, browserEngines.engines)),
    ],
    ['resolution', 'Resolution of the screen', 'resolution'],
  ]),
  ...visitNames('Referrer', [
    [
      'referrerType',
      'Channel',
      'referrer_type',
      closed(['direct', 'search', 'website', 'campaign', 'social', 'ai']),
    ],
    ['referrerName', 'Search engine, website, network or campaign', 'referrer_name'],
    ['referrerKeyword', 'Keyword', 'referrer_keyword'],
    ['referrerUrl', 'Page with the link', bare('referrer_url'), 'address'],
    ['campaignName', 'Campaign', ofCampaign('referrer_name')],
    ['campaignKeyword', 'Keyword of the campaign', ofCampaign('referrer_keyword')],
    ['campaignSource', 'Source of the campaign', campaignLevel('source')],
    ['campaignMedium', 'Medium of the campaign', campaignLevel('medium')],
    ['campaignContent', 'Content of the campaign', campaignLevel('content')],
    ['campaignId', 'Id of the campaign', campaignLevel('id')],
    ['campaignGroup', 'Group of the campaign', campaignLevel('group')],
    ['campaignPlacement', 'Placement of the campaign', campaignLevel('placement')],
  ]),
  ...hitNames(
    'Page',
    ['pageview'],
    [
      ['pageUrl', 'Page', 'url', 'address'],
      ['pageTitle', 'Page title', 'title'],
    ],
  ),
  ...visitNames('Page', [
    ['entryPageUrl', 'Entry page', 'entry_url', 'address'],
    ['entryPageTitle', 'Title of the entry page', 'entry_title'],
    ['exitPageUrl', 'Exit page', 'exit_url', 'address'],
    ['exitPageTitle', 'Title of the exit page', 'exit_title'],
  ]),
  ...hitNames('Page', ['outlink'], [['outlinkUrl', 'Outlink', bare('target_url'), 'address']]),
  ...hitNames('Page', ['download'], [['downloadUrl', 'Download', bare('target_url'), 'address']]),
  ...hitNames(
    'Page',
    ['pageview', 'download', 'outlink', 'event'],
    [
      [
        'actionUrl',
        'Page, download, outlink or page of an event',
        `if(kind IN ('download', 'outlink'), ${bare('target_url')}, url)`,
        'address',
      ],
    ],
  ),
  ...hitNames(
    'Page',
    [...actions, 'impression', 'interaction'],
    [
      [
        'actionType',
        'Kind of action',
        'toString(kind)',
        closed([
          ['pageview', 'pageviews'],
          ['impression', 'contents'],
          ['interaction', 'contents'],
          ['search', 'sitesearches'],
          ['event', 'events'],
          ['outlink', 'outlinks'],
          ['download', 'downloads'],
        ]),
      ],
    ],
  ),
  ...hitNames(
    'Page',
    ['search'],
    [
      ['siteSearchKeyword', 'Keyword of a search on the site', 'search_keyword'],
      ['siteSearchCategory', 'Category of a search on the site', 'search_category'],
      ['siteSearchCount', 'Results of a search on the site', 'nullIf(search_count, -1)', 'number'],
    ],
  ),
  ...hitNames(
    'Event',
    ['event'],
    [
      ['eventUrl', 'Page of an event', 'url', 'address'],
      ['eventCategory', 'Category of an event', 'event_category'],
      ['eventAction', 'Action of an event', 'event_action'],
      ['eventName', 'Name of an event', 'event_name'],
      ['eventValue', 'Value of an event', 'event_value', 'number'],
    ],
  ),
  ...hitNames('Event', isContent, [
    ['contentName', 'Content', 'content_name'],
    ['contentPiece', 'Piece of a content', 'content_piece'],
    ['contentTarget', 'Where a content leads', bare('target_url'), 'address'],
  ]),
  ...hitNames('Event', isInteraction, [
    ['contentInteraction', 'Kind of interaction with a content', 'content_interaction'],
  ]),
  ...hitNames(
    'Shop',
    ['order'],
    [
      ['orderId', 'Number of an order', 'order_id'],
      ['revenueOrder', 'Amount of an order', `amounts['revenue']`, 'number'],
    ],
    firstOfItsOrder,
  ),
  {
    name: 'revenueAbandonedCart',
    title: 'Amount of an abandoned cart',
    group: 'Shop',
    of: 'hit',
    type: 'number',
    sql: `amounts['revenue']`,
    where: abandonedCart,
  },
  ...hitNames('Shop', bought, [
    ['productSku', 'Number of an ordered product', item('sku'), 'list'],
    ['productName', 'Name of an ordered product', item('name'), 'list'],
    ...everyCategory('productCategory', 'Category of an ordered product'),
    ['productPrice', 'Price of an ordered product', item('price'), 'numbers'],
  ]),
  ...hitNames(
    'Shop',
    ['pageview'],
    [
      ['productViewSku', 'Number of a product looked at', item('sku'), 'list'],
      ['productViewName', 'Name of a product looked at', item('name'), 'list'],
      ...everyCategory('productViewCategory', 'Category of a product looked at'),
      ['productViewPrice', 'Price of a product looked at', item('price'), 'numbers'],
    ],
    'notEmpty(items)',
  ),
]

const byName = new Map(fixed.map((name) => [name.name.toLowerCase(), name]))

/** What Matomo knows and Footfall does not keep. */
const notKept: Readonly<Record<string, string>> = {
  fingerprint: 'no fingerprint of a browser is kept',
  provider: 'the internet provider is not kept',
}

/** Every name that a site has: those of its custom dimensions included. */
export function segmentNames(site: SegmentSite): SegmentName[] {
  return [
    ...fixed,
    ...site.dimensions
      .filter(({ deleted }) => !deleted)
      .map(({ id, name, scope }) => dimensionName(id, scope, name)),
  ]
}

/** In whatever case. @throws QuestionError invalid_segment */
export function findSegmentName(name: string, site: SegmentSite): SegmentName {
  const found = byName.get(name.toLowerCase()) ?? ownName(name, site)
  if (found) return found
  const reason = notKept[name.toLowerCase()]
  throw new QuestionError(
    'invalid_segment',
    `"${name.slice(0, 100)}" is nothing to segment by: ${reason ?? '/api/segments/names lists what is'}.`,
  )
}

function ownName(name: string, site: SegmentSite): SegmentName | undefined {
  const dimension = /^dimension(\d{1,5})$/i.exec(name)
  if (dimension) {
    const id = Number(dimension[1])
    const own = site.dimensions.find((candidate) => candidate.id === id && !candidate.deleted)
    if (own) return dimensionName(id, own.scope, own.name)
    throw new QuestionError('invalid_segment', `"${name}" is no custom dimension of the site.`)
  }
  const variable = /^customVariable(Page)?(Name|Value)([1-9]\d?)?$/i.exec(name)
  if (!variable) return undefined
  const [, page, part = 'Name'] = variable
  return variableName(name, page !== undefined, part.toLowerCase() === 'name')
}

function dimensionName(id: number, scope: 'visit' | 'action', title: string): SegmentName {
  const name = { name: `dimension${id}`, title, group: 'Own', ...text } as const
  return scope === 'visit'
    ? { ...name, of: 'visit', sql: `dimensions[${id}]` }
    : { ...name, of: 'hit', sql: `dimensions[${id}]`, where: `mapContains(dimensions, ${id})` }
}

/** Their numbers are not kept, only their names. */
function variableName(name: string, page: boolean, key: boolean): SegmentName {
  const sql = key ? 'mapKeys(variables)' : 'mapValues(variables)'
  const title = `${key ? 'Name' : 'Value'} of a custom variable of ${page ? 'a page' : 'the visit'}`
  const own = { name, title, group: 'Own', type: 'list', sql } as const
  return page ? { ...own, of: 'hit', where: 'notEmpty(variables)' } : { ...own, of: 'visit' }
}
