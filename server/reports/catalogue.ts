// Every report, declared once: what it shows, what it is divided by, where its figures come from. The SQL, the
// API, the dashboard and the final totals of a year are derived from it; a new report is one entry and a test.
//
// A report is put together from parts. Each part reads one source, groups it by the report's dimensions and
// yields some of the counted columns; rows with the same dimensions are then added up. So the page views of a
// page come from the hits, its entries from the visits that began there. All SQL here is fixed text over the
// columns of that source; values come in as parameters ({site}, {from}, {to}, {timezone} and a report's own).

import type { Params } from '../store/store.ts'
import { firstOfItsOrder } from './goal-hits.ts'
import { type Metric, metrics } from './metric.ts'
import { countryNames, languageNames } from './names.ts'

export type Group = 'overview' | 'behaviour' | 'acquisition' | 'visitors' | 'technology' | 'realtime'
export type Draw = 'figures' | 'series' | 'bars' | 'hours'

/** `hits` has a row per request, `visit` one per visit (migrations/001_hits.sql, 002_visits.sql). */
export type Source = 'hits' | 'visit'

export type Part = {
  from: Source
  where?: string
  /** One expression for each dimension of the report. */
  dimensions: readonly string[]
  /** Aggregates by the name of the metric (or fact) that they yield. */
  columns: Readonly<Record<string, string>>
}

export type Dimension = { name: string; title: string }

export type Report = {
  name: string
  title: string
  definition: string
  group: Group
  draw: Draw
  /** The method of Matomo's reporting API that answers the same question. */
  matomo: string
  dimensions: readonly Dimension[]
  metrics: readonly Metric[]
  parts: readonly Part[]
  /** Further columns of the parts that are no figures, of which the greatest value counts. */
  facts?: readonly string[]
  /** SQL over dimensions and facts: what is read, what can be opened, a country's code. */
  label: string
  link?: string
  code?: string
  /** SQL over the columns: which rows are shown. */
  shown?: string
  /** Values of the only dimension that are always there, be it with zeros. */
  always?: readonly string[]
  params?: Params
  /** Name of a column, with `-` in front for descending. */
  sort: string
  /** `live`: only the last minutes, from raw data; such a report has no final totals. */
  span: 'period' | 'live'
}

const visitColumns = {
  visits: 'count()',
  visitors: 'uniqExact(visitor_id)',
  page_views: 'sum(page_views)',
  actions: 'sum(actions)',
  bounces: 'countIf(actions <= 1)',
  duration_sum: 'sum(duration)',
  max_actions: 'max(actions)',
}

const visitMetrics = [
  metrics.visits,
  metrics.visitors,
  metrics.pageViews,
  metrics.actions,
  metrics.bounces,
  metrics.bounceRate,
  metrics.durationSum,
  metrics.avgDuration,
  metrics.actionsPerVisit,
  metrics.maxActions,
]

type VisitReport = Omit<Report, 'dimensions' | 'metrics' | 'parts' | 'label' | 'draw' | 'sort' | 'span'> & {
  /** By name: title and expression over `visit`. */
  by: Readonly<Record<string, readonly [title: string, sql: string]>>
  where?: string
  label?: string
  draw?: Draw
  sort?: string
}

/** A report that divides visits by what they have in common, with the standard figures of visits. */
function visitReport({ by, where, label, draw = 'bars', sort = '-visits', ...rest }: VisitReport): Report {
  const names = Object.keys(by)
  return {
    ...rest,
    draw,
    sort,
    span: 'period',
    dimensions: names.map((name) => ({ name, title: by[name]?.[0] ?? name })),
    metrics: visitMetrics,
    label: label ?? orElse(names.join(), 'Unknown'),
    parts: [
      { from: 'visit', where, dimensions: Object.values(by).map(([, sql]) => sql), columns: visitColumns },
    ],
  }
}

function orElse(dimension: string, name: string): string {
  return `if(${dimension} = '', '${name}', ${dimension})`
}

/** The given values by their names, all others as they are. */
function named(dimension: string, names: Readonly<Record<string, string>>): string {
  const list = (values: string[]) => `[${values.map((value) => `'${value}'`).join(', ')}]`
  return `transform(${dimension}, ${list(Object.keys(names))}, ${list(Object.values(names))}, ${dimension})`
}

const everyHour = Array.from({ length: 24 }, (_, hour) => String(hour).padStart(2, '0'))

const pageMetrics = [
  metrics.pageViews,
  metrics.pageVisits,
  metrics.visitors,
  metrics.timeSpentSum,
  metrics.avgTimeOnPage,
  metrics.entries,
  metrics.entryBounces,
  metrics.entryBounceRate,
  metrics.exits,
  metrics.exitRate,
]

/** Page figures by the address or the title: the same parts over other columns. */
function pageParts(by: 'url' | 'title'): readonly Part[] {
  return [
    {
      from: 'hits',
      where: `kind = 'pageview'`,
      dimensions: [by],
      columns: {
        page_views: 'count()',
        visits: 'uniqExact(visit_id)',
        visitors: 'uniqExact(visitor_id)',
        url_prefix: 'max(url_prefix)',
      },
    },
    // Matomo: time that ended with an event is not credited; a ping is no action.
    {
      from: 'hits',
      where: `previous_url != '' AND time_spent > 0 AND kind NOT IN ('event', 'ping')`,
      dimensions: [`previous_${by}`],
      columns: { time_spent_sum: 'sum(time_spent)' },
    },
    {
      from: 'visit',
      where: `entry_url != ''`,
      dimensions: [`entry_${by}`],
      columns: { entries: 'count()', entry_bounces: 'countIf(actions <= 1)' },
    },
    {
      from: 'visit',
      where: `exit_url != ''`,
      dimensions: [`exit_${by}`],
      columns: { exits: 'count()' },
    },
  ]
}

const pageLink = (url: string) =>
  `if(${url} = '', '', concat(['http://', 'http://www.', 'https://', 'https://www.'][toUInt8(url_prefix) + 1], ${url}))`

const targetLink = `if(match(target_url, '^(?i)https?://'), target_url, '')`

/** A report of the addresses that hits of one kind lead to. */
function targetReport(
  kind: 'download' | 'outlink',
  report: Pick<Report, 'name' | 'title' | 'definition' | 'matomo' | 'dimensions'>,
): Report {
  return {
    ...report,
    group: 'behaviour',
    draw: 'bars',
    metrics: [metrics.hits, metrics.hitVisits],
    parts: [
      {
        from: 'hits',
        where: `kind = '${kind}'`,
        dimensions: ['target_url'],
        columns: { hits: 'count()', visits: 'uniqExact(visit_id)' },
      },
    ],
    label: orElse('target_url', 'Unknown'),
    link: targetLink,
    sort: '-hits',
    span: 'period',
  }
}

/** A report of the products that were ordered, by one of the things that are told of them. */
function itemReport(
  by: string,
  shown: string,
  report: Pick<Report, 'name' | 'title' | 'definition' | 'matomo' | 'dimensions' | 'label'>,
): Report {
  return {
    ...report,
    group: 'behaviour',
    draw: 'bars',
    metrics: [metrics.itemRevenue, metrics.itemsSold, metrics.itemOrders, metrics.productViews],
    parts: [
      {
        from: 'hits',
        where: `kind = 'order' AND ${firstOfItsOrder}`,
        dimensions: [by],
        columns: {
          revenue: 'sum(arrayJoin(items).price * arrayJoin(items).quantity)',
          quantity: 'sum(arrayJoin(items).quantity)',
          orders: 'uniqExact(visit_id, position)',
        },
      },
      {
        from: 'hits',
        where: `kind = 'pageview' AND notEmpty(items)${shown}`,
        dimensions: [by],
        columns: { product_views: 'uniqExact(visit_id, position)' },
      },
    ],
    sort: '-revenue',
    span: 'period',
  }
}

const referrerNames = (type: string) => ({
  where: `referrer_type = '${type}'`,
  draw: 'bars' as const,
  group: 'acquisition' as const,
})

export const catalogue: readonly Report[] = [
  visitReport({
    name: 'overview',
    title: 'Overview',
    definition: 'All visits of the period and what they did.',
    group: 'overview',
    draw: 'figures',
    matomo: 'VisitsSummary.get',
    by: {},
    label: `'All visits'`,
  }),
  {
    name: 'pages',
    title: 'Pages',
    definition: 'The pages that were opened, by address.',
    group: 'behaviour',
    draw: 'bars',
    matomo: 'Actions.getPageUrls',
    dimensions: [{ name: 'url', title: 'Page' }],
    metrics: pageMetrics,
    parts: pageParts('url'),
    facts: ['url_prefix'],
    label: orElse('url', 'Page address not defined'),
    link: pageLink('url'),
    sort: '-page_views',
    span: 'period',
  },
  {
    name: 'entry-pages',
    title: 'Entry pages',
    definition: 'The pages on which visits began.',
    group: 'behaviour',
    draw: 'bars',
    matomo: 'Actions.getEntryPageUrls',
    dimensions: [{ name: 'entry_url', title: 'Entry page' }],
    metrics: [metrics.entries, metrics.entryBounces, metrics.entryBounceRate],
    parts: [
      {
        from: 'visit',
        where: `entry_url != ''`,
        dimensions: ['entry_url'],
        columns: {
          entries: 'count()',
          entry_bounces: 'countIf(actions <= 1)',
          url_prefix: 'max(entry_url_prefix)',
        },
      },
    ],
    facts: ['url_prefix'],
    label: 'entry_url',
    link: pageLink('entry_url'),
    sort: '-entries',
    span: 'period',
  },
  {
    name: 'exit-pages',
    title: 'Exit pages',
    definition: 'The pages on which visits ended.',
    group: 'behaviour',
    draw: 'bars',
    matomo: 'Actions.getExitPageUrls',
    dimensions: [{ name: 'exit_url', title: 'Exit page' }],
    metrics: [metrics.exits, metrics.pageVisits, metrics.pageViews, metrics.exitRate],
    parts: [
      {
        from: 'hits',
        where: `kind = 'pageview'`,
        dimensions: ['url'],
        columns: {
          page_views: 'count()',
          visits: 'uniqExact(visit_id)',
          url_prefix: 'max(url_prefix)',
        },
      },
      {
        from: 'visit',
        where: `exit_url != ''`,
        dimensions: ['exit_url'],
        columns: { exits: 'count()' },
      },
    ],
    facts: ['url_prefix'],
    label: 'exit_url',
    link: pageLink('exit_url'),
    shown: 'exits > 0',
    sort: '-exits',
    span: 'period',
  },
  {
    name: 'titles',
    title: 'Page titles',
    definition: 'The pages that were opened, by title.',
    group: 'behaviour',
    draw: 'bars',
    matomo: 'Actions.getPageTitles',
    dimensions: [{ name: 'title', title: 'Page title' }],
    metrics: pageMetrics,
    parts: pageParts('title'),
    label: orElse('title', 'Page title not defined'),
    sort: '-page_views',
    span: 'period',
  },
  targetReport('download', {
    name: 'downloads',
    title: 'Downloads',
    definition: 'The files that were downloaded.',
    matomo: 'Actions.getDownloads',
    dimensions: [{ name: 'target_url', title: 'File' }],
  }),
  targetReport('outlink', {
    name: 'outlinks',
    title: 'Outlinks',
    definition: 'The links to other websites that were clicked.',
    matomo: 'Actions.getOutlinks',
    dimensions: [{ name: 'target_url', title: 'Link' }],
  }),
  {
    name: 'searches',
    title: 'Site search',
    definition: "What was searched for with the site's own search.",
    group: 'behaviour',
    draw: 'bars',
    matomo: 'Actions.getSiteSearchKeywords',
    dimensions: [{ name: 'search_keyword', title: 'Keyword' }],
    metrics: [metrics.searches, metrics.hitVisits],
    parts: [
      {
        from: 'hits',
        where: `kind = 'search'`,
        dimensions: ['search_keyword'],
        columns: { searches: 'count()', visits: 'uniqExact(visit_id)' },
      },
    ],
    label: orElse('search_keyword', 'Keyword not defined'),
    sort: '-searches',
    span: 'period',
  },
  {
    name: 'events',
    title: 'Events',
    definition: 'Events that the site reports, by category, action and name.',
    group: 'behaviour',
    draw: 'bars',
    matomo: 'Events.getCategory',
    dimensions: [
      { name: 'event_category', title: 'Category' },
      { name: 'event_action', title: 'Action' },
      { name: 'event_name', title: 'Name' },
    ],
    metrics: [
      metrics.events,
      metrics.hitVisits,
      metrics.eventsWithValue,
      metrics.eventValueSum,
      metrics.avgEventValue,
    ],
    parts: [
      {
        from: 'hits',
        where: `kind = 'event'`,
        dimensions: ['event_category', 'event_action', 'event_name'],
        columns: {
          events: 'count()',
          visits: 'uniqExact(visit_id)',
          events_with_value: 'count(event_value)',
          event_value_sum: 'sum(ifNull(event_value, 0))',
        },
      },
    ],
    label: `arrayStringConcat(arrayFilter(name -> name != '', [event_category, event_action, event_name]), ' - ')`,
    sort: '-events',
    span: 'period',
  },
  visitReport({
    name: 'referrer-types',
    title: 'Channels',
    definition:
      'How visitors came: directly, by a search engine, a website, a network, a campaign or an assistant.',
    group: 'acquisition',
    matomo: 'Referrers.getReferrerType',
    by: { referrer_type: ['Channel', 'referrer_type'] },
    label: named('referrer_type', {
      '': 'Direct entry',
      direct: 'Direct entry',
      search: 'Search engines',
      website: 'Websites',
      social: 'Social networks',
      campaign: 'Campaigns',
      ai: 'AI assistants',
    }),
  }),
  visitReport({
    name: 'websites',
    title: 'Websites',
    definition: 'Other websites whose links brought visitors.',
    matomo: 'Referrers.getWebsites',
    by: { referrer_name: ['Website', 'referrer_name'] },
    link: `if(referrer_name = '', '', concat('https://', referrer_name))`,
    ...referrerNames('website'),
  }),
  visitReport({
    name: 'search-engines',
    title: 'Search engines',
    definition: 'Search engines that brought visitors.',
    matomo: 'Referrers.getSearchEngines',
    by: { referrer_name: ['Search engine', 'referrer_name'] },
    ...referrerNames('search'),
  }),
  visitReport({
    name: 'social-networks',
    title: 'Social networks',
    definition: 'Social networks that brought visitors.',
    matomo: 'Referrers.getSocials',
    by: { referrer_name: ['Network', 'referrer_name'] },
    ...referrerNames('social'),
  }),
  visitReport({
    name: 'campaigns',
    title: 'Campaigns',
    definition: 'Campaigns named in the address of the page that visitors came to.',
    matomo: 'Referrers.getCampaigns',
    by: { referrer_name: ['Campaign', 'referrer_name'] },
    ...referrerNames('campaign'),
  }),
  visitReport({
    name: 'ai-assistants',
    title: 'AI assistants',
    definition: 'Assistants whose answers brought visitors.',
    matomo: 'Referrers.getAIAssistants',
    by: { referrer_name: ['Assistant', 'referrer_name'] },
    ...referrerNames('ai'),
  }),
  visitReport({
    name: 'countries',
    title: 'Countries',
    definition: 'Where visitors were, estimated from the shortened address.',
    group: 'visitors',
    matomo: 'UserCountry.getCountry',
    by: { country: ['Country', 'country'] },
    label: `if(country = '', 'Unknown', transform(country, {country_codes:Array(String)}, {country_names:Array(String)}, country))`,
    code: 'country',
    params: countryNames,
  }),
  visitReport({
    name: 'languages',
    title: 'Languages',
    definition: 'The language that the browser asks for.',
    group: 'visitors',
    matomo: 'UserLanguage.getLanguageCode',
    by: { language: ['Language', 'language'] },
    label: `if(language = '', 'Unknown', concat(
      transform(splitByChar('-', language)[1], {language_codes:Array(String)}, {language_names:Array(String)}, language),
      if(match(language, '-[a-z]{2}$'), concat(' (', transform(upper(right(language, 2)),
        {country_codes:Array(String)}, {country_names:Array(String)}, upper(right(language, 2))), ')'), '')))`,
    params: { ...countryNames, ...languageNames },
  }),
  visitReport({
    name: 'device-types',
    title: 'Device types',
    definition: 'The kind of device visitors used.',
    group: 'technology',
    matomo: 'DevicesDetection.getType',
    by: { device_type: ['Device type', 'device_type'] },
    label: named('device_type', {
      '': 'Unknown',
      desktop: 'Desktop',
      smartphone: 'Smartphone',
      phablet: 'Phablet',
      tablet: 'Tablet',
      tv: 'TV',
      console: 'Console',
      wearable: 'Wearable',
      car: 'Car',
      feature_phone: 'Feature phone',
      smart_display: 'Smart display',
      smart_speaker: 'Smart speaker',
      portable_media_player: 'Portable media player',
      camera: 'Camera',
      peripheral: 'Peripheral',
    }),
  }),
  visitReport({
    name: 'os',
    title: 'Operating systems',
    definition: 'The operating system of the device.',
    group: 'technology',
    matomo: 'DevicesDetection.getOsFamilies',
    by: { os_name: ['Operating system', 'os_name'] },
  }),
  visitReport({
    name: 'os-versions',
    title: 'Operating system versions',
    definition: 'The operating system of the device, with its version.',
    group: 'technology',
    matomo: 'DevicesDetection.getOsVersions',
    by: { os_name: ['Operating system', 'os_name'], os_version: ['Version', 'os_version'] },
    label: `if(os_name = '', 'Unknown', trimRight(concat(os_name, ' ', os_version)))`,
  }),
  visitReport({
    name: 'browsers',
    title: 'Browsers',
    definition: 'The browser visitors used.',
    group: 'technology',
    matomo: 'DevicesDetection.getBrowsers',
    by: { browser_name: ['Browser', 'browser_name'] },
  }),
  visitReport({
    name: 'browser-versions',
    title: 'Browser versions',
    definition: 'The browser visitors used, with its version.',
    group: 'technology',
    matomo: 'DevicesDetection.getBrowserVersions',
    by: { browser_name: ['Browser', 'browser_name'], browser_version: ['Version', 'browser_version'] },
    label: `if(browser_name = '', 'Unknown', trimRight(concat(browser_name, ' ', browser_version)))`,
  }),
  visitReport({
    name: 'resolutions',
    title: 'Screen resolutions',
    definition: 'Size of the screen in pixels and its colour depth in bits.',
    group: 'technology',
    matomo: 'Resolution.getResolution',
    by: {
      resolution: ['Resolution', 'resolution'],
      color_depth: ['Colour depth', `if(color_depth = 0, '', toString(color_depth))`],
    },
    label: `concat(if(resolution = '', 'Unknown', resolution), if(color_depth = '', '', concat(', ', color_depth, ' bit')))`,
  }),
  {
    ...visitReport({
      name: 'techniques',
      title: 'Browser techniques',
      definition:
        'What the browser says it can do; a visit counts for each technique, the total is all visits.',
      group: 'technology',
      matomo: 'DevicePlugins.getPlugin',
      by: { technique: ['Technique', 'arrayJoin(techniques)'] },
      label: named('technique', {
        cookies: 'Cookies',
        java: 'Java',
        flash: 'Flash',
        pdf: 'PDF',
        windows_media: 'Windows Media',
        quicktime: 'QuickTime',
        realplayer: 'RealPlayer',
        director: 'Director',
        silverlight: 'Silverlight',
        gears: 'Gears',
      }),
    }),
    metrics: [metrics.visits, metrics.visitors],
  },
  visitReport({
    name: 'local-hours',
    title: "Hours of the visitor's clock",
    definition: "At which hour of the visitor's own day visits began.",
    group: 'visitors',
    draw: 'hours',
    matomo: 'VisitTime.getVisitInformationPerLocalTime',
    by: { local_hour: ['Hour', `leftPad(toString(intDiv(local_minute, 60)), 2, '0')`] },
    label: `concat(local_hour, ':00')`,
    always: everyHour,
    sort: 'local_hour',
  }),
  visitReport({
    name: 'server-hours',
    title: "Hours of the site's clock",
    definition: "At which hour of the site's day visits began.",
    group: 'visitors',
    draw: 'hours',
    matomo: 'VisitTime.getVisitInformationPerServerTime',
    by: { server_hour: ['Hour', `leftPad(toString(toHour(first_time, {timezone:String})), 2, '0')`] },
    label: `concat(server_hour, ':00')`,
    always: everyHour,
    sort: 'server_hour',
  }),
  visitReport({
    name: 'new-vs-returning',
    title: 'New and returning visitors',
    definition: 'Visits of visitors who were here for the first time, and of those who came back.',
    group: 'visitors',
    matomo: 'VisitFrequency.get',
    by: { visitor_type: ['Visitor', `if(visit_number <= 1, 'new', 'returning')`] },
    label: named('visitor_type', { new: 'New visitors', returning: 'Returning visitors' }),
  }),
  {
    name: 'conversions',
    title: 'Conversions',
    definition: 'Goals and orders as they were recorded when they were reached, by the number of the goal.',
    group: 'overview',
    draw: 'bars',
    matomo: 'Goals.get',
    dimensions: [{ name: 'goal', title: 'Goal' }],
    metrics: [metrics.conversions, metrics.hitVisits, metrics.revenue],
    parts: [
      {
        from: 'hits',
        where: `notEmpty(conversions) AND (kind != 'order' OR ${firstOfItsOrder})`,
        dimensions: ['toString(arrayJoin(conversions).goal)'],
        columns: {
          conversions: 'count(arrayJoin(conversions))',
          visits: 'uniqExact(visit_id)',
          revenue: 'sum(arrayJoin(conversions).revenue)',
        },
      },
    ],
    label: `if(goal = '0', 'Orders', concat('Goal ', goal))`,
    sort: '-conversions',
    span: 'period',
  },
  {
    name: 'orders',
    title: 'Orders',
    definition: 'What was ordered, and carts that were not.',
    group: 'overview',
    draw: 'figures',
    matomo: 'Goals.get',
    dimensions: [],
    metrics: [
      metrics.orders,
      metrics.revenue,
      metrics.averageOrder,
      metrics.itemsSold,
      metrics.tax,
      metrics.shipping,
      metrics.discount,
      metrics.abandonedCarts,
    ],
    parts: [
      {
        from: 'hits',
        where: `kind = 'order' AND ${firstOfItsOrder}`,
        dimensions: [],
        columns: {
          orders: 'count()',
          revenue: `sum(amounts['revenue'])`,
          quantity: 'sum(arraySum(items.quantity))',
          tax: `sum(amounts['tax'])`,
          shipping: `sum(amounts['shipping'])`,
          discount: `sum(amounts['discount'])`,
        },
      },
      {
        from: 'visit',
        where: `buyer IN ('cart', 'ordered_then_cart')`,
        dimensions: [],
        columns: { abandoned_carts: 'count()' },
      },
    ],
    label: `'All orders'`,
    sort: '-orders',
    span: 'period',
  },
  itemReport('arrayJoin(items).sku', ` AND items[1].sku != ''`, {
    name: 'products',
    title: 'Products',
    definition: 'The products that were ordered, by their number.',
    matomo: 'Goals.getItemsSku',
    dimensions: [{ name: 'sku', title: 'Product' }],
    label: 'sku',
  }),
  itemReport('arrayJoin(items).name', ` AND items[1].sku != ''`, {
    name: 'product-names',
    title: 'Product names',
    definition: 'The products that were ordered, by their name.',
    matomo: 'Goals.getItemsName',
    dimensions: [{ name: 'product_name', title: 'Product' }],
    label: orElse('product_name', 'Product name not defined'),
  }),
  itemReport(`arrayJoin(if(empty(arrayJoin(items).categories), [''], arrayJoin(items).categories))`, '', {
    name: 'product-categories',
    title: 'Product categories',
    definition: 'The products that were ordered, by their categories; a product counts in each of its own.',
    matomo: 'Goals.getItemsCategory',
    dimensions: [{ name: 'category', title: 'Category' }],
    label: orElse('category', 'Product category not defined'),
  }),
  {
    name: 'realtime',
    title: 'Right now',
    definition: 'What happened in the last 30 minutes, minute by minute.',
    group: 'realtime',
    draw: 'series',
    matomo: 'Live.getCounters',
    dimensions: [{ name: 'minute', title: 'Minute' }],
    metrics: [metrics.pageViews, metrics.visitsNow, metrics.visitorsNow],
    parts: [
      {
        from: 'hits',
        where: 'toUnixTimestamp(time) BETWEEN {since:UInt32} AND {until:UInt32}',
        dimensions: ['toString(roundDown(toUnixTimestamp(time), {starts:Array(UInt32)}))'],
        columns: {
          page_views: `countIf(kind = 'pageview')`,
          visits: 'uniqExact(visit_id)',
          visitors: 'uniqExact(visitor_id)',
        },
      },
    ],
    label: 'minute',
    sort: 'minute',
    span: 'live',
  },
]

const byName = new Map(catalogue.map((report) => [report.name, report]))

export function findReport(name: string): Report | undefined {
  return byName.get(name)
}
