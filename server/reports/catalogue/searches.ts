// Reports of the site's own search.

import { metrics } from '../metric.ts'
import { orElse, plainReport, type Report } from './report.ts'

const keywordLabel = (dimension: string) => orElse(dimension, 'Keyword not defined')

const searchMetrics = [metrics.searches, metrics.hitVisits, metrics.visitors, metrics.searchesPerVisit]
const searchColumns = {
  searches: 'count()',
  visits: 'uniqExact(visit_id)',
  visitors: 'uniqExact(visitor_id)',
}

export const searchReports: readonly Report[] = [
  {
    name: 'searches',
    title: 'Site search',
    definition: "What was searched for with the site's own search.",
    group: 'behaviour',
    draw: 'bars',
    matomo: 'Actions.getSiteSearchKeywords',
    dimensions: [{ name: 'search_keyword', title: 'Keyword', label: keywordLabel('search_keyword') }],
    metrics: [...searchMetrics, metrics.searchExits, metrics.searchExitRate],
    parts: [
      { from: 'deeds', where: `kind = 'search'`, dimensions: ['search_keyword'], columns: searchColumns },
      // A visit that ended with a search has no exit page, and the keyword as its title.
      {
        from: 'visit',
        where: `searches > 0 AND exit_url = '' AND exit_title != ''`,
        dimensions: ['exit_title'],
        columns: { exits: 'count()' },
      },
    ],
    shown: 'searches > 0',
    sort: '-searches',
    span: 'period',
  },
  plainReport({
    name: 'searches-without-results',
    title: 'Searches without results',
    definition: "What was searched for with the site's own search and not found.",
    group: 'behaviour',
    matomo: 'Actions.getSiteSearchNoResultKeywords',
    from: 'deeds',
    where: `kind = 'search' AND search_count = 0`,
    by: { search_keyword: ['Keyword', 'search_keyword', keywordLabel('search_keyword')] },
    metrics: searchMetrics,
    columns: searchColumns,
    sort: '-searches',
  }),
  plainReport({
    name: 'search-categories',
    title: 'Search categories',
    definition: "In which part of the site was searched with the site's own search.",
    group: 'behaviour',
    matomo: 'Actions.getSiteSearchCategories',
    from: 'deeds',
    where: `kind = 'search' AND search_category != ''`,
    by: { search_category: ['Category', 'search_category'] },
    metrics: searchMetrics,
    columns: searchColumns,
    children: ['search-category-keywords'],
    sort: '-searches',
  }),
  plainReport({
    name: 'search-category-keywords',
    title: 'Keywords of search categories',
    definition: 'What was searched for in which part of the site.',
    group: 'behaviour',
    from: 'deeds',
    where: `kind = 'search' AND search_category != ''`,
    by: {
      search_category: ['Category', 'search_category'],
      search_keyword: ['Keyword', 'search_keyword', keywordLabel('search_keyword')],
    },
    metrics: searchMetrics,
    columns: searchColumns,
    sort: '-searches',
  }),
]
