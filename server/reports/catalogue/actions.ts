// Reports of what visitors did, page by page aside: all actions together, downloads, and links to other websites.

import { metrics } from '../metric.ts'
import { plainReport, type Report } from './report.ts'

/** An address without its protocol. */
const pathOfTarget = `replaceRegexpOne(target_url, '^(?i)[a-z][a-z0-9+.-]*://', '')`

/** A report of the addresses that hits of one kind lead to. */
function targetReport(
  kind: 'download' | 'outlink',
  title: string,
  report: Pick<Report, 'name' | 'title' | 'definition' | 'matomo'>,
): Report {
  return plainReport({
    ...report,
    group: 'behaviour',
    from: 'deeds',
    where: `kind = '${kind}'`,
    by: { target_url: [title, 'target_url'] },
    metrics: [metrics.hits, metrics.hitVisits, metrics.visitors],
    columns: { hits: 'count()', visits: 'uniqExact(visit_id)', visitors: 'uniqExact(visitor_id)' },
    link: `if(match(target_url, '^(?i)https?://'), target_url, '')`,
    path: pathOfTarget,
    sort: '-hits',
  })
}

export const actionReports: readonly Report[] = [
  plainReport({
    name: 'actions',
    title: 'Actions',
    definition: 'All that visitors did, by kind.',
    group: 'overview',
    draw: 'figures',
    matomo: 'Actions.get',
    from: 'hits',
    where: `kind IN ('pageview', 'download', 'outlink', 'search')`,
    by: {},
    metrics: [
      metrics.pageViews,
      metrics.uniquePageViews,
      metrics.downloads,
      metrics.uniqueDownloads,
      metrics.outlinks,
      metrics.uniqueOutlinks,
      metrics.allSearches,
      metrics.searchKeywords,
    ],
    columns: {
      page_views: `countIf(kind = 'pageview')`,
      unique_page_views: `uniqExactIf(sipHash64(visit_id, url), kind = 'pageview')`,
      downloads: `countIf(kind = 'download')`,
      unique_downloads: `uniqExactIf(sipHash64(visit_id, target_url), kind = 'download')`,
      outlinks: `countIf(kind = 'outlink')`,
      unique_outlinks: `uniqExactIf(sipHash64(visit_id, target_url), kind = 'outlink')`,
      searches: `countIf(kind = 'search')`,
      search_keywords: `uniqExactIf(sipHash64(search_keyword), kind = 'search')`,
    },
    label: `'All actions'`,
    sort: '-page_views',
  }),
  targetReport('download', 'File', {
    name: 'downloads',
    title: 'Downloads',
    definition: 'The files that were downloaded.',
    matomo: 'Actions.getDownloads',
  }),
  targetReport('outlink', 'Link', {
    name: 'outlinks',
    title: 'Outlinks',
    definition: 'The links to other websites that were clicked.',
    matomo: 'Actions.getOutlinks',
  }),
]
