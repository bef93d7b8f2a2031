// What reports count, each metric declared once. Parts of a report yield the counted ones; ratios are
// processed after aggregation, so that a ratio of a total is the ratio of the totals. Rounding is Matomo's:
// whole seconds, rates to two decimals, actions per visit to one.

export type MetricFormat = 'count' | 'percent' | 'seconds' | 'decimal'

/**
 * `sum` may be added up over rows and days; `max` is the greatest of them; `unique` is exact only where it was
 * counted from the hits themselves: distinct visitors of two days are fewer than the sum of both.
 */
export type Aggregation = 'sum' | 'max' | 'unique'

export type Ratio = { of: string; per: string; decimals: number }

export type Metric = {
  name: string
  title: string
  /** A sentence an owner understands. */
  definition: string
  format: MetricFormat
  lowerIsBetter: boolean
  computed: Aggregation | Ratio
}

export type CountedMetric = Metric & { computed: Aggregation }
export type RatioMetric = Metric & { computed: Ratio }

export function isCounted(metric: Metric): metric is CountedMetric {
  return typeof metric.computed === 'string'
}

export function isRatio(metric: Metric): metric is RatioMetric {
  return typeof metric.computed !== 'string'
}

/** A ratio in SQL over the columns it is made of; halves are rounded up, and nothing divided is 0. */
export function ratioSql({ of, per, decimals }: Ratio): string {
  const scale = 10 ** decimals
  return `if(${per} = 0, 0, floor(${of} / ${per} * ${scale} + 0.5) / ${scale})`
}

function counted(
  name: string,
  title: string,
  definition: string,
  further: Partial<CountedMetric> = {},
): CountedMetric {
  return { name, title, definition, format: 'count', lowerIsBetter: false, computed: 'sum', ...further }
}

function ratio(
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
  exits: counted('exits', 'Exits', 'Visits that ended on the page.', { lowerIsBetter: true }),
  exitRate: ratio(
    'exit_rate',
    'Exit rate',
    'Share of the visits that saw the page which ended on it.',
    { of: 'exits', per: 'visits', decimals: 2 },
    { format: 'percent', lowerIsBetter: true },
  ),

  hits: counted('hits', 'Clicks', 'How often it was clicked.'),
  hitVisits: counted('visits', 'Visits', 'Visits in which this happened at least once.'),
  searches: counted('searches', 'Searches', "How often the site's own search was used for it."),
  events: counted('events', 'Events', 'How often the event was reported.'),
  eventsWithValue: counted(
    'events_with_value',
    'Events with a value',
    'How often the event came with a number.',
  ),
  eventValueSum: counted('event_value_sum', 'Total value', 'Sum of the numbers that came with the event.', {
    format: 'decimal',
  }),
  avgEventValue: ratio(
    'avg_event_value',
    'Average value',
    'Total value, divided by the events that had a value.',
    { of: 'event_value_sum', per: 'events_with_value', decimals: 2 },
  ),

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
} as const
