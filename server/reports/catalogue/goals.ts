// Reports of conversions: goals and orders as they were recorded when they were reached, by what led to them. What goals
// count that were defined later than the hits is told by goal.ts.

import { firstInTheDays } from '../goal-hits.ts'
import { metrics } from '../metric.ts'
import { countryNames } from '../names.ts'
import { bucketLabel, bucketOf, dayCounts, visitsUntil } from './bucket.ts'
import { campaignLevel } from './campaigns.ts'
import { browser, deviceType } from './devices.ts'
import { pageLabel } from './pages.ts'
import { country } from './places.ts'
import { channelLabel } from './referrers.ts'
import { type By, orElse, plainReport, type Report } from './report.ts'
import { visitorType } from './visits.ts'

const goalLabel = `if(goal = '0', 'Orders', concat('Goal ', goal))`
const goal: By = { goal: ['Goal', 'toString(arrayJoin(conversions).goal)', goalLabel] }
const channel: By = {
  credited_type: ['Channel', 'credited_type', channelLabel('credited_type')],
}

function conversionReport(
  report: Pick<Report, 'name' | 'title' | 'definition' | 'matomo' | 'children' | 'code' | 'params'> & {
    by?: By
  },
): Report {
  return plainReport({
    ...report,
    group: 'goals',
    from: 'deeds',
    where: `notEmpty(conversions) AND (kind != 'order' OR ${firstInTheDays})`,
    by: { ...goal, ...report.by },
    metrics: [metrics.conversions, metrics.hitVisits, metrics.revenue],
    columns: {
      conversions: 'count(arrayJoin(conversions))',
      visits: 'uniqExact(visit_id)',
      revenue: 'sum(arrayJoin(conversions).revenue)',
    },
    sort: '-conversions',
  })
}

export const goalReports: readonly Report[] = [
  conversionReport({
    name: 'conversions',
    title: 'Conversions',
    definition: 'Goals and orders as they were recorded when they were reached, by the number of the goal.',
    matomo: 'Goals.get',
    children: [
      'conversion-channels',
      'conversion-pages',
      'conversion-entry-pages',
      'conversion-days',
      'conversion-visits',
      'conversion-visitor-types',
      'conversion-countries',
      'conversion-device-types',
      'conversion-browsers',
      'conversion-hours',
      'conversion-keywords',
      'conversion-campaign-sources',
      'conversion-campaign-mediums',
    ],
  }),
  conversionReport({
    name: 'conversion-channels',
    title: 'Channels of conversions',
    definition: 'Conversions by the channel that they are credited to: how the visitor came, then or before.',
    by: channel,
    children: ['conversion-referrers'],
  }),
  conversionReport({
    name: 'conversion-referrers',
    title: 'Referrers of conversions',
    definition: 'Conversions by the campaign, website, search engine or network that they are credited to.',
    by: { ...channel, credited_name: ['Referrer', 'credited_name', orElse('credited_name', 'Unknown')] },
  }),
  conversionReport({
    name: 'conversion-pages',
    title: 'Pages of conversions',
    definition: 'Conversions by the page on which they happened.',
    by: { url: ['Page', 'url', pageLabel('url')] },
  }),
  conversionReport({
    name: 'conversion-entry-pages',
    title: 'Entry pages of conversions',
    definition: 'Conversions by the page on which their visit began.',
    by: { entry_url: ['Entry page', 'entry_url', pageLabel('entry_url')] },
  }),
  conversionReport({
    name: 'conversion-days',
    title: 'Days to conversion',
    definition: "Conversions by the days since the visitor's first visit.",
    matomo: 'Goals.getDaysToConversion',
    by: {
      days_to_conversion: [
        'Days',
        bucketOf('days_since_first', dayCounts),
        bucketLabel('days_to_conversion', dayCounts),
      ],
    },
  }),
  conversionReport({
    name: 'conversion-visits',
    title: 'Visits until conversion',
    definition: 'Conversions by how many visits the visitor had made by then.',
    matomo: 'Goals.getVisitsUntilConversion',
    by: {
      visits_to_conversion: [
        'Visits',
        bucketOf('visit_number', visitsUntil),
        bucketLabel('visits_to_conversion', visitsUntil),
      ],
    },
  }),
  conversionReport({
    name: 'conversion-visitor-types',
    title: 'Conversions of new and returning visitors',
    definition: 'Conversions of visitors who were here for the first time, and of those who came back.',
    by: visitorType,
  }),
  conversionReport({
    name: 'conversion-countries',
    title: 'Countries of conversions',
    definition: 'Conversions by where the visitor was.',
    by: country,
    code: 'country',
    params: countryNames,
  }),
  conversionReport({
    name: 'conversion-device-types',
    title: 'Device types of conversions',
    definition: 'Conversions by the kind of device.',
    by: deviceType,
  }),
  conversionReport({
    name: 'conversion-browsers',
    title: 'Browsers of conversions',
    definition: 'Conversions by the browser.',
    by: browser,
  }),
  conversionReport({
    name: 'conversion-hours',
    title: 'Hours of conversions',
    definition: "Conversions by the hour of the site's day at which they happened.",
    by: {
      hour: ['Hour', `leftPad(toString(toHour(time, {timezone:String})), 2, '0')`, `concat(hour, ':00')`],
    },
  }),
  conversionReport({
    name: 'conversion-keywords',
    title: 'Keywords of conversions',
    definition: 'Conversions by the keyword of the search or campaign that they are credited to.',
    by: {
      credited_keyword: ['Keyword', 'credited_keyword', orElse('credited_keyword', 'Keyword not defined')],
    },
  }),
  conversionReport({
    name: 'conversion-campaign-sources',
    title: 'Campaign sources of conversions',
    definition: 'Conversions by the source of the campaign that brought the visit.',
    by: campaignLevel('source', 'Source'),
  }),
  conversionReport({
    name: 'conversion-campaign-mediums',
    title: 'Campaign mediums of conversions',
    definition: 'Conversions by the medium of the campaign that brought the visit.',
    by: campaignLevel('medium', 'Medium'),
  }),
  plainReport({
    name: 'pages-before-conversions',
    title: 'Pages before conversions',
    definition:
      'Which pages led to conversions: each conversion is shared by the pages of its visit until then.',
    group: 'goals',
    matomo: 'Actions.getPageUrls',
    from: 'led',
    by: {
      goal: ['Goal', 'toString(conversion.goal)', goalLabel],
      url: ['Page', 'url', pageLabel('url')],
    },
    metrics: [metrics.creditedConversions, metrics.creditedRevenue, metrics.laterConversions],
    columns: {
      credited_conversions: 'sum(round(share, 6))',
      credited_revenue: 'sum(round(share * conversion.revenue, 6))',
      later_conversions: 'count()',
    },
    sort: '-credited_conversions',
  }),
]
