// Reports of pages, each by address and by title.

import { metrics } from '../metric.ts'
import { orElse, type Part, type Report } from './report.ts'

type By = 'url' | 'title'

/** What a page is called in reports by its address, and by its title. */
const read = {
  url: { title: 'Page', missing: 'Page address not defined' },
  title: { title: 'Page title', missing: 'Page title not defined' },
} as const

/** What opens a page: its address with what was cut from it. */
export function pageLink(url: string): string {
  return `if(${url} = '', '', concat(['http://', 'http://www.', 'https://', 'https://www.'][toUInt8(url_prefix) + 1], ${url}))`
}

export function pageLabel(dimension: string): string {
  return orElse(dimension, read.url.missing)
}

const views: Part = {
  from: 'hits',
  where: `kind = 'pageview'`,
  dimensions: [],
  columns: {
    page_views: 'count()',
    visits: 'uniqExact(visit_id)',
    visitors: 'uniqExact(visitor_id)',
    url_prefix: 'max(url_prefix)',
  },
}

/** Page figures by the address or the title: the same parts over other columns. */
function pageParts(by: By): readonly Part[] {
  return [
    { ...views, dimensions: [by] },
    // Matomo: time that ended with an event, a goal, an order or a cart is credited to no page.
    {
      from: 'hits',
      where: `previous_url != '' AND time_spent > 0 AND kind NOT IN ('event', 'goal', 'order', 'cart', 'ping')`,
      dimensions: [`previous_${by}`],
      columns: { time_spent_sum: 'sum(time_spent)' },
      ofPrevious: true,
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

type PageReport = Pick<Report, 'name' | 'title' | 'definition' | 'matomo' | 'metrics' | 'parts' | 'sort'> & {
  by: By
  /** Name and title of the dimension, where it is a page in a part of its own. */
  dimension?: readonly [name: string, title: string]
  shown?: string
}

function pageReport({ by, dimension: [name, title] = [by, read[by].title], ...report }: PageReport): Report {
  return {
    ...report,
    group: 'behaviour',
    draw: 'bars',
    span: 'period',
    dimensions: [{ name, title, label: orElse(name, read[by].missing) }],
    ...(by === 'url' && { facts: ['url_prefix'], link: pageLink(name), path: name }),
  }
}

const entryParts = (by: By): readonly Part[] => [
  {
    from: 'visit',
    where: `entry_url != ''`,
    dimensions: [`entry_${by}`],
    columns: {
      entries: 'count()',
      visitors: 'uniqExact(visitor_id)',
      actions: 'sum(actions)',
      duration_sum: 'sum(duration)',
      entry_bounces: 'countIf(actions <= 1)',
      converted_visits: 'countIf(conversions > 0)',
      url_prefix: 'max(entry_url_prefix)',
    },
  },
]

const exitParts = (by: By): readonly Part[] => [
  { ...views, dimensions: [by] },
  {
    from: 'visit',
    where: `exit_url != ''`,
    dimensions: [`exit_${by}`],
    columns: { exits: 'count()' },
  },
]

/** A search leaves its keyword as title, and no address, for the action after it. */
const afterSearch = (by: By): readonly Part[] => [
  {
    ...views,
    where: `kind = 'pageview' AND previous_url = '' AND previous_title != ''`,
    dimensions: [by],
  },
]

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
const entryMetrics = [
  metrics.entries,
  metrics.entryVisitors,
  metrics.entryActions,
  metrics.entryActionsPerVisit,
  metrics.entryDurationSum,
  metrics.entryAvgDuration,
  metrics.entryBounces,
  metrics.entryBounceRate,
  metrics.entryConversions,
  metrics.entryConversionRate,
]
const exitMetrics = [metrics.exits, metrics.pageVisits, metrics.pageViews, metrics.exitRate]
const viewMetrics = [metrics.pageViews, metrics.pageVisits, metrics.visitors]

export const pageReports: readonly Report[] = [
  pageReport({
    name: 'pages',
    title: 'Pages',
    definition: 'The pages that were opened, by address.',
    matomo: 'Actions.getPageUrls',
    by: 'url',
    metrics: pageMetrics,
    parts: pageParts('url'),
    sort: '-page_views',
  }),
  pageReport({
    name: 'entry-pages',
    title: 'Entry pages',
    definition: 'The pages on which visits began.',
    matomo: 'Actions.getEntryPageUrls',
    by: 'url',
    dimension: ['entry_url', 'Entry page'],
    metrics: entryMetrics,
    parts: entryParts('url'),
    sort: '-entries',
  }),
  pageReport({
    name: 'exit-pages',
    title: 'Exit pages',
    definition: 'The pages on which visits ended.',
    matomo: 'Actions.getExitPageUrls',
    by: 'url',
    dimension: ['exit_url', 'Exit page'],
    metrics: exitMetrics,
    parts: exitParts('url'),
    shown: 'exits > 0',
    sort: '-exits',
  }),
  pageReport({
    name: 'titles',
    title: 'Page titles',
    definition: 'The pages that were opened, by title.',
    matomo: 'Actions.getPageTitles',
    by: 'title',
    metrics: pageMetrics,
    parts: pageParts('title'),
    sort: '-page_views',
  }),
  pageReport({
    name: 'entry-titles',
    title: 'Entry titles',
    definition: 'The titles of the pages on which visits began.',
    matomo: 'Actions.getEntryPageTitles',
    by: 'title',
    dimension: ['entry_title', 'Title of the entry page'],
    metrics: entryMetrics,
    parts: entryParts('title'),
    sort: '-entries',
  }),
  pageReport({
    name: 'exit-titles',
    title: 'Exit titles',
    definition: 'The titles of the pages on which visits ended.',
    matomo: 'Actions.getExitPageTitles',
    by: 'title',
    dimension: ['exit_title', 'Title of the exit page'],
    metrics: exitMetrics,
    parts: exitParts('title'),
    shown: 'exits > 0',
    sort: '-exits',
  }),
  pageReport({
    name: 'pages-after-search',
    title: 'Pages after a search',
    definition: "The pages that were opened right after a use of the site's own search, by address.",
    matomo: 'Actions.getPageUrlsFollowingSiteSearch',
    by: 'url',
    metrics: viewMetrics,
    parts: afterSearch('url'),
    sort: '-page_views',
  }),
  pageReport({
    name: 'titles-after-search',
    title: 'Titles after a search',
    definition: "The pages that were opened right after a use of the site's own search, by title.",
    matomo: 'Actions.getPageTitlesFollowingSiteSearch',
    by: 'title',
    metrics: viewMetrics,
    parts: afterSearch('title'),
    sort: '-page_views',
  }),
]
