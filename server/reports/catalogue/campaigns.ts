// Reports of campaigns: by name, by keyword, and by what else their links say of them (docs/goals.md).

import { type By, orElse, type Report } from './report.ts'
import { visitReport } from './visits.ts'

const campaign = { where: `referrer_type = 'campaign'`, group: 'acquisition' as const }

const campaignName: By = { referrer_name: ['Campaign', 'referrer_name'] }
const keyword: By = {
  referrer_keyword: ['Keyword', 'referrer_keyword', orElse('referrer_keyword', 'Keyword not defined')],
}
export const campaignLevel = (name: string, title: string): By => ({
  [`campaign_${name}`]: [title, `campaign['${name}']`, orElse(`campaign_${name}`, `${title} not defined`)],
})

/** Campaigns that do not say it are in a row of their own. */
function levelReport(
  name: string,
  title: string,
  report: Pick<Report, 'name' | 'title' | 'definition' | 'matomo' | 'children'>,
): Report {
  return visitReport({ ...campaign, ...report, by: campaignLevel(name, title) })
}

export const campaignReports: readonly Report[] = [
  visitReport({
    name: 'campaigns',
    title: 'Campaigns',
    definition: 'Campaigns named in the address of the page that visitors came to.',
    matomo: 'Referrers.getCampaigns',
    by: campaignName,
    children: ['campaign-name-keywords', 'campaign-name-contents'],
    ...campaign,
  }),
  visitReport({
    name: 'campaign-name-keywords',
    title: 'Keywords of campaigns',
    definition: 'Campaigns by their name and keyword.',
    matomo: 'Referrers.getKeywordsFromCampaignId',
    by: { ...campaignName, ...keyword },
    ...campaign,
  }),
  visitReport({
    name: 'campaign-name-contents',
    title: 'Contents of campaigns',
    definition: 'Campaigns by their name and content.',
    by: { ...campaignName, ...campaignLevel('content', 'Content') },
    ...campaign,
  }),
  visitReport({
    name: 'campaign-keywords',
    title: 'Campaign keywords',
    definition: 'Campaigns by their keyword, whatever their name.',
    matomo: 'MarketingCampaignsReporting.getKeyword',
    by: keyword,
    ...campaign,
  }),
  levelReport('source', 'Source', {
    name: 'campaign-sources',
    title: 'Campaign sources',
    definition: 'Campaigns by where their links stand: a newsletter, a partner.',
    matomo: 'MarketingCampaignsReporting.getSource',
    children: ['campaign-source-mediums'],
  }),
  levelReport('medium', 'Medium', {
    name: 'campaign-mediums',
    title: 'Campaign mediums',
    definition: 'Campaigns by their kind: e-mail, banner, paid search.',
    matomo: 'MarketingCampaignsReporting.getMedium',
  }),
  visitReport({
    name: 'campaign-source-mediums',
    title: 'Campaign sources and mediums',
    definition: 'Campaigns by where their links stand, and by their kind.',
    matomo: 'MarketingCampaignsReporting.getSourceMedium',
    by: { ...campaignLevel('source', 'Source'), ...campaignLevel('medium', 'Medium') },
    ...campaign,
  }),
  levelReport('content', 'Content', {
    name: 'campaign-contents',
    title: 'Campaign contents',
    definition: 'Campaigns by which of their links was followed.',
    matomo: 'MarketingCampaignsReporting.getContent',
  }),
  levelReport('id', 'Id', {
    name: 'campaign-ids',
    title: 'Campaign ids',
    definition: 'Campaigns by the id in their links.',
    matomo: 'MarketingCampaignsReporting.getId',
  }),
  levelReport('group', 'Group', {
    name: 'campaign-groups',
    title: 'Campaign groups',
    definition: 'Campaigns by the group or audience in their links.',
    matomo: 'MarketingCampaignsReporting.getGroup',
  }),
  levelReport('placement', 'Placement', {
    name: 'campaign-placements',
    title: 'Campaign placements',
    definition: 'Campaigns by the place of their links on a page or platform.',
    matomo: 'MarketingCampaignsReporting.getPlacement',
  }),
]
