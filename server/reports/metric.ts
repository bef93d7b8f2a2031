// What reports count, each metric declared once. Parts of a report yield the counted ones; ratios and percentiles
// are processed after aggregation, so that a ratio of a total is the ratio of the totals. Rounding is Matomo's:
// whole seconds, rates to two decimals, actions per visit to one.

export type MetricFormat = 'count' | 'percent' | 'seconds' | 'milliseconds' | 'decimal'

/**
 * How a column is added up over rows and days. `sum`, `max` and `min` are what they say. `unique` is exact only where
 * it was counted from the hits themselves: distinct visitors of two days are fewer than the sum of both. A `spread` is
 * how many values there were of each size, a map from bucket to count: added up by bucket.
 */
export type Aggregation = 'sum' | 'max' | 'min' | 'unique' | 'spread'

/** `of` and `per` are sums. */
export type Ratio = { of: string; per: string; decimals: number }

/** `of` is a spread, `percentile` 0 to 1. */
export type Percentile = { of: string; percentile: number; decimals: number }

export type Metric = {
  name: string
  title: string
  /** A sentence an owner understands. */
  definition: string
  format: MetricFormat
  lowerIsBetter: boolean
  /** What a ratio or percentile is made of is counted even where the report does not show it. */
  computed: Exclude<Aggregation, 'spread'> | Ratio | Percentile
}

export type CountedMetric = Metric & { computed: Exclude<Aggregation, 'spread'> }
export type RatioMetric = Metric & { computed: Ratio }
export type PercentileMetric = Metric & { computed: Percentile }

export function isCounted(metric: Metric): metric is CountedMetric {
  return typeof metric.computed === 'string'
}

export function isRatio(metric: Metric): metric is RatioMetric {
  return typeof metric.computed === 'object' && 'per' in metric.computed
}

export function isPercentile(metric: Metric): metric is PercentileMetric {
  return typeof metric.computed === 'object' && 'percentile' in metric.computed
}

/** A ratio in SQL over the columns it is made of; halves are rounded up, and nothing divided is 0. */
export function ratioSql({ of, per, decimals }: Ratio): string {
  return `if(${per} = 0, 0, ${roundedSql(`${of} / ${per}`, decimals)})`
}

/**
 * The buckets of a spread lie around the powers of 1.02, so that a bucket's power is at most 1 % from any value in it, and
 * 1 is kept exactly; bucket 0 is for what is less than 0.00005.
 */
const step = 1.02
const bucketOfOne = 500

/** The spread of an expression's values in SQL, as an aggregate; NULL is no value. */
export function spreadSql(value: string): string {
  const power = `floor(log(greatest(toFloat64(ifNull(${value}, 0)), 0)) / log(${step}) + 0.5)`
  const bucket = `toUInt16(greatest(0, least(65535, ${power} + ${bucketOfOne})))`
  return `sumMapIf(map(${bucket}, toUInt64(1)), isNotNull(${value}))`
}

/**
 * The same as `spreadSql` several times as fast, with two bytes of memory for each value; for at most 16 million values of a
 * row, as many as ClickHouse puts into a list. Any other SQL stays as it is.
 */
export function quickSpreadSql(sql: string): string {
  const [, bucket, condition] = /^sumMapIf\(map\((.*), toUInt64\(1\)\), (isNotNull\(.*\))\)$/.exec(sql) ?? []
  if (!bucket) return sql
  const sorted = `arraySort(groupArrayIf(${bucket}, ${condition}))`
  const alike = `arraySplit((bucket, further) -> further != 0, ${sorted}, arrayDifference(${sorted}))`
  return `CAST(arrayMap(some -> (some[1], length(some)), ${alike}), 'Map(UInt16, UInt64)')`
}

/** In SQL over a column with the spread; of no values it is 0. */
export function percentileSql({ of, percentile, decimals }: Percentile): string {
  const bucket = `arrayReduce('quantileExactWeighted(${percentile})', mapKeys(${of}), mapValues(${of}))`
  return `if(${bucket} = 0, 0, ${roundedSql(`pow(${step}, toInt32(${bucket}) - ${bucketOfOne})`, decimals)})`
}

function roundedSql(value: string, decimals: number): string {
  const scale = 10 ** decimals
  return `floor(${value} * ${scale} + 0.5) / ${scale}`
}

export function counted(
  name: string,
  title: string,
  definition: string,
  further: Partial<CountedMetric> = {},
): CountedMetric {
  return { name, title, definition, format: 'count', lowerIsBetter: false, computed: 'sum', ...further }
}

export function ratio(
  name: string,
  title: string,
  definition: string,
  computed: Ratio,
  further: Partial<RatioMetric> = {},
): RatioMetric {
  return { name, title, definition, format: 'decimal', lowerIsBetter: false, computed, ...further }
}

export const metrics = {
  visits: counted(
    'visits',
    'Visits',
    'Stays on the site: a visit ends after 30 minutes without an action, at midnight, or when a new campaign brings the visitor again.',
  ),
  visitors: counted(
    'visitors',
    'Visitors',
    'Different visitors, each counted once however often they came in the period.',
    { computed: 'unique' },
  ),
  pageViews: counted('page_views', 'Page views', 'How often pages were opened; every reload counts.'),
  actions: counted(
    'actions',
    'Actions',
    'Everything visitors did: page views, downloads, clicks on outlinks, searches on the site and events.',
  ),
  bounces: counted('bounces', 'Bounces', 'Visits with no more than one action.', { lowerIsBetter: true }),
  durationSum: counted(
    'duration_sum',
    'Total time',
    'Time of all visits together, each from its first to its last hit.',
    { format: 'seconds' },
  ),
  maxActions: counted('max_actions', 'Most actions in a visit', 'The actions of the busiest visit.', {
    computed: 'max',
  }),
  bounceRate: ratio(
    'bounce_rate',
    'Bounce rate',
    'Share of the visits that had no more than one action.',
    { of: 'bounces', per: 'visits', decimals: 2 },
    { format: 'percent', lowerIsBetter: true },
  ),
  avgDuration: ratio(
    'avg_duration',
    'Average visit time',
    'How long a visit lasted on average, from its first to its last hit; a visit of one hit lasts 0 seconds.',
    { of: 'duration_sum', per: 'visits', decimals: 0 },
    { format: 'seconds' },
  ),
  actionsPerVisit: ratio('actions_per_visit', 'Actions per visit', 'Actions of an average visit.', {
    of: 'actions',
    per: 'visits',
    decimals: 1,
  }),

  users: counted(
    'users',
    'Users',
    'Different users whom the site itself told by an id, each counted once in the period.',
    { computed: 'unique' },
  ),
  visitsWithConversion: counted(
    'converted_visits',
    'Visits with a conversion',
    'Visits in which a goal was reached or something was ordered.',
  ),
  visitConversionRate: ratio(
    'conversion_rate',
    'Conversion rate',
    'Share of the visits in which a goal was reached or something was ordered.',
    { of: 'converted_visits', per: 'visits', decimals: 4 },
    { format: 'percent' },
  ),

  pageVisits: counted(
    'visits',
    'Visits',
    'Visits in which the page was seen, however often it was opened in each ("unique page views").',
  ),
  timeSpentSum: counted(
    'time_spent_sum',
    'Total time on page',
    'Time from opening the page to the next action; the last page of a visit adds nothing.',
    { format: 'seconds' },
  ),
  avgTimeOnPage: ratio(
    'avg_time_on_page',
    'Average time on page',
    'Total time on the page, divided by its page views.',
    { of: 'time_spent_sum', per: 'page_views', decimals: 0 },
    { format: 'seconds' },
  ),
  entries: counted('entries', 'Entries', 'Visits that began on the page.'),
  entryBounces: counted(
    'entry_bounces',
    'Bounces',
    'Visits that began on the page and had no more than one action.',
    { lowerIsBetter: true },
  ),
  entryBounceRate: ratio(
    'bounce_rate',
    'Bounce rate',
    'Share of the visits that began on the page which had no more than one action.',
    { of: 'entry_bounces', per: 'entries', decimals: 2 },
    { format: 'percent', lowerIsBetter: true },
  ),
  entryConversions: counted(
    'converted_visits',
    'Visits with a conversion',
    'Visits that began on the page in which a goal was reached or something was ordered.',
  ),
  entryConversionRate: ratio(
    'conversion_rate',
    'Conversion rate',
    'Share of the visits that began on the page in which a goal was reached or something was ordered.',
    { of: 'converted_visits', per: 'entries', decimals: 4 },
    { format: 'percent' },
  ),
  entryVisitors: counted('visitors', 'Visitors', 'Different visitors whose visits began on the page.', {
    computed: 'unique',
  }),
  entryActions: counted('actions', 'Actions', 'Everything that was done in visits that began on the page.'),
  entryActionsPerVisit: ratio(
    'actions_per_visit',
    'Actions per visit',
    'Actions of an average visit that began on the page.',
    { of: 'actions', per: 'entries', decimals: 1 },
  ),
  entryDurationSum: counted(
    'duration_sum',
    'Total time',
    'Time of all visits that began on the page, each from its first to its last hit.',
    { format: 'seconds' },
  ),
  entryAvgDuration: ratio(
    'avg_duration',
    'Average visit time',
    'How long a visit that began on the page lasted on average; a visit of one hit lasts 0 seconds.',
    { of: 'duration_sum', per: 'entries', decimals: 0 },
    { format: 'seconds' },
  ),
  exits: counted('exits', 'Exits', 'Visits that ended on the page.', { lowerIsBetter: true }),
  exitRate: ratio(
    'exit_rate',
    'Exit rate',
    'Share of the visits that saw the page which ended on it.',
    { of: 'exits', per: 'visits', decimals: 2 },
    { format: 'percent', lowerIsBetter: true },
  ),

  uniquePageViews: counted(
    'unique_page_views',
    'Unique page views',
    'Page views, each page counted once in a visit, however often it was opened.',
  ),
  downloads: counted('downloads', 'Downloads', 'How often files were downloaded.'),
  uniqueDownloads: counted(
    'unique_downloads',
    'Unique downloads',
    'Downloads, each file counted once in a visit.',
  ),
  outlinks: counted('outlinks', 'Outlinks', 'How often links to other websites were clicked.'),
  uniqueOutlinks: counted(
    'unique_outlinks',
    'Unique outlinks',
    'Clicks on links to other websites, each link counted once in a visit.',
  ),
  allSearches: counted('searches', 'Searches', "How often the site's own search was used."),
  searchKeywords: counted(
    'search_keywords',
    'Keywords',
    "Different words that were searched for with the site's own search.",
    { computed: 'unique' },
  ),

  hits: counted('hits', 'Clicks', 'How often it was clicked.'),
  hitVisits: counted('visits', 'Visits', 'Visits in which this happened at least once.'),
  searches: counted('searches', 'Searches', "How often the site's own search was used for it."),
  searchesPerVisit: ratio(
    'pages_per_search',
    'Pages of results',
    'How many pages of results were looked at on average in a visit that searched for it.',
    { of: 'searches', per: 'visits', decimals: 1 },
  ),
  searchExits: counted('exits', 'Exits', 'Visits that ended on the results of the search.', {
    lowerIsBetter: true,
  }),
  searchExitRate: ratio(
    'exit_rate',
    'Exit rate',
    'Share of the visits with the search which ended on its results.',
    { of: 'exits', per: 'visits', decimals: 2 },
    { format: 'percent', lowerIsBetter: true },
  ),
  events: counted('events', 'Events', 'How often the event was reported.'),
  eventsWithValue: counted(
    'events_with_value',
    'Events with a value',
    'How often the event came with a number.',
  ),
  eventValueSum: counted('event_value_sum', 'Total value', 'Sum of the numbers that came with the event.', {
    format: 'decimal',
  }),
  minEventValue: counted(
    'min_event_value',
    'Smallest value',
    'The smallest number that came with the event; 0 where none came.',
    { format: 'decimal', computed: 'min' },
  ),
  maxEventValue: counted(
    'max_event_value',
    'Greatest value',
    'The greatest number that came with the event; 0 where none came.',
    { format: 'decimal', computed: 'max' },
  ),
  avgEventValue: ratio(
    'avg_event_value',
    'Average value',
    'Total value, divided by the events that had a value.',
    { of: 'event_value_sum', per: 'events_with_value', decimals: 2 },
  ),

  creditedConversions: counted(
    'credited_conversions',
    'Conversions, shared',
    'Conversions, each shared equally by the pages that were seen before it in its visit.',
    { format: 'decimal' },
  ),
  creditedRevenue: counted(
    'credited_revenue',
    'Revenue, shared',
    'What the conversions were worth, each shared equally by the pages that were seen before it.',
    { format: 'decimal' },
  ),
  laterConversions: counted(
    'later_conversions',
    'Conversions after it',
    'Conversions before which the page was seen in the same visit.',
  ),
  errors: counted('errors', 'Errors', 'How often a script of the page failed with it.', {
    lowerIsBetter: true,
  }),
  impressions: counted('impressions', 'Impressions', 'How often the content was seen.'),
  interactions: counted('interactions', 'Interactions', 'How often the content was clicked or used.'),
  interactionRate: ratio(
    'interaction_rate',
    'Interaction rate',
    'Interactions, divided by impressions.',
    { of: 'interactions', per: 'impressions', decimals: 4 },
    { format: 'percent' },
  ),
  customActions: counted('hits', 'Actions', 'How many actions had this value.'),

  conversions: counted('conversions', 'Conversions', 'How often the goal was reached.'),
  convertedVisits: counted(
    'converted_visits',
    'Visits with a conversion',
    'Visits in which the goal was reached at least once.',
  ),
  conversionRate: ratio(
    'conversion_rate',
    'Conversion rate',
    'Share of the visits in which the goal was reached.',
    { of: 'converted_visits', per: 'visits', decimals: 4 },
    { format: 'percent' },
  ),
  revenue: counted('revenue', 'Revenue', "What it was worth, in the site's currency.", { format: 'decimal' }),
  orders: counted('orders', 'Orders', 'Orders of the shop, each number once.'),
  itemOrders: counted('orders', 'Orders', 'Orders in which it was.'),
  averageOrder: ratio('average_order', 'Average order', 'Revenue, divided by the orders.', {
    of: 'revenue',
    per: 'orders',
    decimals: 2,
  }),
  subtotal: counted('subtotal', 'Subtotal', 'What the products of the orders cost.', { format: 'decimal' }),
  tax: counted('tax', 'Tax', 'Tax in the orders.', { format: 'decimal' }),
  shipping: counted('shipping', 'Shipping', 'What was paid for shipping.', { format: 'decimal' }),
  discount: counted('discount', 'Discounts', 'What was taken off the orders.', { format: 'decimal' }),
  itemsSold: counted('quantity', 'Items', 'How many pieces were ordered.', { format: 'decimal' }),
  itemRevenue: counted('revenue', 'Revenue', 'Price times quantity, in all orders.', { format: 'decimal' }),
  abandonedCarts: counted(
    'abandoned_carts',
    'Abandoned carts',
    'Visits that ended with a cart that was not ordered.',
    { lowerIsBetter: true },
  ),
  productViews: counted('product_views', 'Product views', 'How often its page was opened.'),

  productVisits: counted('product_visits', 'Visits', 'Visits in which its page was opened.'),
  averagePrice: ratio('average_price', 'Average price', 'What a piece cost on average.', {
    of: 'revenue',
    per: 'quantity',
    decimals: 2,
  }),
  averageQuantity: ratio('average_quantity', 'Average quantity', 'Pieces in an order that had it.', {
    of: 'quantity',
    per: 'orders',
    decimals: 1,
  }),
  productConversionRate: ratio(
    'conversion_rate',
    'Conversion rate',
    'Orders in which it was, divided by the visits that opened its page.',
    { of: 'orders', per: 'product_visits', decimals: 4 },
    { format: 'percent' },
  ),
  cartRevenue: counted('revenue', 'Revenue', 'What the carts that were not ordered would have been worth.', {
    format: 'decimal',
  }),
  cartItems: counted('quantity', 'Items', 'How many pieces were in carts that were not ordered.', {
    format: 'decimal',
  }),
  cartItemRevenue: counted(
    'revenue',
    'Revenue',
    'Price times quantity, in all carts that were not ordered.',
    { format: 'decimal' },
  ),
  itemCarts: counted('abandoned_carts', 'Abandoned carts', 'Carts with it that were not ordered.', {
    lowerIsBetter: true,
  }),
  averageCartQuantity: ratio('average_quantity', 'Average quantity', 'Pieces in a cart that had it.', {
    of: 'quantity',
    per: 'abandoned_carts',
    decimals: 1,
  }),

  visitsNow: counted(
    'visits',
    'Visits',
    'Visits that did something in that minute; in total, in the last 30 minutes.',
    { computed: 'unique' },
  ),
  visitorsNow: counted(
    'visitors',
    'Visitors',
    'Visitors who did something in that minute; in total, in the last 30 minutes.',
    { computed: 'unique' },
  ),
  convertedVisitsNow: counted(
    'converted_visits',
    'Visits with a conversion',
    'Visits in which a goal was reached or something was ordered in that minute; in total, in the last 30 minutes.',
    { computed: 'unique' },
  ),
} as const
