// Reports of how visitors came.

import { counted, type Metric, metrics, ratio } from '../metric.ts'
import { type By, named, orElse, plainReport, type Report } from './report.ts'
import { visitReport } from './visits.ts'

const channelNames = {
  '': 'Direct entry',
  direct: 'Direct entry',
  search: 'Search engines',
  website: 'Websites',
  social: 'Social networks',
  campaign: 'Campaigns',
  ai: 'AI assistants',
}

export function channelLabel(dimension: string): string {
  return named(dimension, channelNames)
}

const referrerName = (title: string): By => ({ referrer_name: [title, 'referrer_name'] })
const keyword: By = {
  referrer_keyword: ['Keyword', 'referrer_keyword', orElse('referrer_keyword', 'Keyword not defined')],
}
const page: By = { referrer_url: ['Page', 'referrer_url'] }
const pageLink = `if(match(referrer_url, '^(?i)https?://'), referrer_url, '')`

const of = (type: string) => ({ where: `referrer_type = '${type}'`, group: 'acquisition' as const })

const channels = [
  ['direct', 'Direct visits', 'Visits that came directly, by a typed address or a bookmark.'],
  ['search', 'Visits from search engines', 'Visits that a search engine brought.'],
  ['website', 'Visits from websites', 'Visits that a link of another website brought.'],
  ['social', 'Visits from social networks', 'Visits that a social network brought.'],
  ['campaign', 'Visits from campaigns', 'Visits that a campaign brought.'],
  ['ai', 'Visits from AI assistants', 'Visits that an answer of an assistant brought.'],
] as const

/** Names that are told apart: of a channel, the column of its names, and what they are. */
const distinct = [
  ['search_engines', 'search', 'referrer_name', 'Search engines'],
  ['referrer_keywords', 'search', 'referrer_keyword', 'Keywords of search engines'],
  ['websites', 'website', 'referrer_name', 'Websites'],
  ['website_pages', 'website', 'referrer_url', 'Pages of websites'],
  ['social_networks', 'social', 'referrer_name', 'Social networks'],
  ['campaigns', 'campaign', 'referrer_name', 'Campaigns'],
  ['ai_assistants', 'ai', 'referrer_name', 'AI assistants'],
] as const

const channelMetrics: Metric[] = [
  metrics.visits,
  ...channels.flatMap(([type, title, definition]) => [
    counted(`${type}_visits`, title, definition),
    ratio(
      `${type}_share`,
      `${title}, share`,
      `Share of all visits. ${definition}`,
      { of: `${type}_visits`, per: 'visits', decimals: 2 },
      { format: 'percent' },
    ),
  ]),
  ...distinct.map(([name, , , title]) =>
    counted(name, title, `${title} that brought visits, each counted once.`, { computed: 'unique' }),
  ),
]

export const referrerReports: readonly Report[] = [
  plainReport({
    name: 'referrer-figures',
    title: 'Channels in figures',
    definition: 'How many visits came by each channel, and how many different names brought them.',
    group: 'overview',
    draw: 'figures',
    matomo: 'Referrers.get',
    from: 'visit',
    by: {},
    metrics: channelMetrics,
    columns: {
      visits: 'count()',
      ...Object.fromEntries(
        channels.map(([type]) => [
          `${type}_visits`,
          `countIf(referrer_type ${type === 'direct' ? `IN ('', 'direct')` : `= '${type}'`})`,
        ]),
      ),
      ...Object.fromEntries(
        distinct.map(([name, type, column]) => [
          name,
          `uniqExactIf(sipHash64(${column}), referrer_type = '${type}' AND ${column} != '')`,
        ]),
      ),
    },
    label: `'All visits'`,
    sort: '-visits',
  }),
  visitReport({
    name: 'referrer-types',
    title: 'Channels',
    definition:
      'How visitors came: directly, by a search engine, a website, a network, a campaign or an assistant.',
    group: 'acquisition',
    matomo: 'Referrers.getReferrerType',
    by: { referrer_type: ['Channel', 'referrer_type', channelLabel('referrer_type')] },
    children: ['referrers'],
  }),
  visitReport({
    name: 'referrers',
    title: 'All channels',
    definition: 'Everything that brought visitors, in one list, whatever its channel.',
    group: 'acquisition',
    matomo: 'Referrers.getAll',
    by: {
      referrer_type: ['Channel', 'referrer_type', channelLabel('referrer_type')],
      ...referrerName('Referrer'),
    },
    label: `if(referrer_name = '', ${channelLabel('referrer_type')}, concat(${channelLabel('referrer_type')}, ' - ', referrer_name))`,
  }),
  visitReport({
    name: 'websites',
    title: 'Websites',
    definition: 'Other websites whose links brought visitors.',
    matomo: 'Referrers.getWebsites',
    by: referrerName('Website'),
    link: `if(referrer_name = '', '', concat('https://', referrer_name))`,
    children: ['website-pages'],
    ...of('website'),
  }),
  visitReport({
    name: 'website-pages',
    title: 'Pages of websites',
    definition: 'Pages of other websites whose links brought visitors.',
    matomo: 'Referrers.getUrlsFromWebsiteId',
    by: { ...referrerName('Website'), ...page },
    label: orElse('referrer_url', 'Unknown'),
    link: pageLink,
    ...of('website'),
  }),
  visitReport({
    name: 'search-engines',
    title: 'Search engines',
    definition: 'Search engines that brought visitors.',
    matomo: 'Referrers.getSearchEngines',
    by: referrerName('Search engine'),
    children: ['search-engine-keywords'],
    ...of('search'),
  }),
  visitReport({
    name: 'search-engine-keywords',
    title: 'Keywords of search engines',
    definition: 'What visitors had searched for, by search engine; most do not tell it.',
    matomo: 'Referrers.getKeywordsFromSearchEngineId',
    by: { ...referrerName('Search engine'), ...keyword },
    ...of('search'),
  }),
  visitReport({
    name: 'keywords',
    title: 'Keywords',
    definition: 'What visitors had searched for with a search engine; most do not tell it.',
    matomo: 'Referrers.getKeywords',
    by: keyword,
    children: ['keyword-search-engines'],
    ...of('search'),
  }),
  visitReport({
    name: 'keyword-search-engines',
    title: 'Search engines of keywords',
    definition: 'What visitors had searched for, and with which search engine.',
    matomo: 'Referrers.getSearchEnginesFromKeywordId',
    by: { ...keyword, ...referrerName('Search engine') },
    ...of('search'),
  }),
  visitReport({
    name: 'social-networks',
    title: 'Social networks',
    definition: 'Social networks that brought visitors.',
    matomo: 'Referrers.getSocials',
    by: referrerName('Network'),
    children: ['social-network-pages'],
    ...of('social'),
  }),
  visitReport({
    name: 'social-network-pages',
    title: 'Pages of social networks',
    definition: 'Pages of social networks whose links brought visitors.',
    matomo: 'Referrers.getUrlsForSocial',
    by: { ...referrerName('Network'), ...page },
    link: pageLink,
    ...of('social'),
  }),
  visitReport({
    name: 'ai-assistants',
    title: 'AI assistants',
    definition: 'Assistants whose answers brought visitors.',
    matomo: 'Referrers.getAIAssistants',
    by: referrerName('Assistant'),
    children: ['ai-assistant-entry-pages'],
    ...of('ai'),
  }),
  visitReport({
    name: 'ai-assistant-entry-pages',
    title: 'Entry pages from AI assistants',
    definition: 'The pages to which answers of assistants brought visitors.',
    by: { ...referrerName('Assistant'), entry_url: ['Entry page', 'entry_url'] },
    ...of('ai'),
  }),
]
