// Reports of whole visits: all of them, when they began, how long they were, and whose they were.

import { metrics } from '../metric.ts'
import {
  actionCounts,
  bucketKeys,
  bucketLabel,
  bucketOf,
  dayCounts,
  durations,
  visitNumbers,
} from './bucket.ts'
import { type By, named, type PlainReport, plainReport, type Report } from './report.ts'

const visitColumns = {
  visits: 'count()',
  visitors: 'uniqExact(visitor_id)',
  page_views: 'sum(page_views)',
  actions: 'sum(actions)',
  // Matomo: a bounce has one action or none, events included.
  bounces: 'countIf(actions <= 1)',
  // Matomo: a visit of one hit lasts no time, a longer one a second more than from its first hit to its last.
  duration_sum: 'sum(duration)',
  max_actions: 'max(actions)',
  users: `uniqExactIf(sipHash64(user_id), user_id != '')`,
  converted_visits: 'countIf(conversions > 0)',
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
  metrics.users,
  metrics.visitsWithConversion,
  metrics.visitConversionRate,
]

export type VisitReport = Omit<PlainReport, 'from' | 'columns' | 'metrics' | 'sort'> & { sort?: string }

/** A report that divides visits by what they have in common, with the standard figures of visits. */
export function visitReport({ sort = '-visits', ...rest }: VisitReport): Report {
  return plainReport({ ...rest, sort, from: 'visit', metrics: visitMetrics, columns: visitColumns })
}

export const visitorType: By = {
  visitor_type: [
    'Visitor',
    `if(visit_number <= 1, 'new', 'returning')`,
    named('visitor_type', { new: 'New visitors', returning: 'Returning visitors' }),
  ],
}

const everyHour = Array.from({ length: 24 }, (_, hour) => String(hour).padStart(2, '0'))

const weekdays = {
  1: 'Monday',
  2: 'Tuesday',
  3: 'Wednesday',
  4: 'Thursday',
  5: 'Friday',
  6: 'Saturday',
  7: 'Sunday',
}

export const visitReports: readonly Report[] = [
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
  visitReport({
    name: 'local-hours',
    title: "Hours of the visitor's clock",
    definition: "At which hour of the visitor's own day visits began.",
    group: 'visitors',
    draw: 'hours',
    matomo: 'VisitTime.getVisitInformationPerLocalTime',
    by: {
      local_hour: [
        'Hour',
        `leftPad(toString(intDiv(local_minute, 60)), 2, '0')`,
        `concat(local_hour, ':00')`,
      ],
    },
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
    by: {
      server_hour: [
        'Hour',
        `leftPad(toString(toHour(first_time, {timezone:String})), 2, '0')`,
        `concat(server_hour, ':00')`,
      ],
    },
    always: everyHour,
    sort: 'server_hour',
  }),
  visitReport({
    name: 'weekdays',
    title: 'Days of the week',
    definition: 'On which day of the week visits were made.',
    group: 'visitors',
    matomo: 'VisitTime.getByDayOfWeek',
    by: { weekday: ['Day', 'toString(toDayOfWeek(day))', named('weekday', weekdays)] },
    always: Object.keys(weekdays),
    sort: 'weekday',
  }),
  visitReport({
    name: 'new-vs-returning',
    title: 'New and returning visitors',
    definition: 'Visits of visitors who were here for the first time, and of those who came back.',
    group: 'visitors',
    matomo: 'VisitFrequency.get',
    by: visitorType,
  }),
  visitReport({
    name: 'visit-durations',
    title: 'Visits by duration',
    definition: 'How many visits were how long, each from its first to its last hit.',
    group: 'visitors',
    matomo: 'VisitorInterest.getNumberOfVisitsPerVisitDuration',
    by: {
      visit_duration: ['Duration', bucketOf('duration', durations), bucketLabel('visit_duration', durations)],
    },
    always: bucketKeys(durations),
    sort: 'visit_duration',
  }),
  visitReport({
    name: 'visit-actions',
    title: 'Visits by actions',
    definition: 'How many visits did how much: pages, downloads, outlinks, searches and events.',
    group: 'visitors',
    matomo: 'VisitorInterest.getNumberOfVisitsPerPage',
    where: 'actions > 0',
    by: {
      action_count: ['Actions', bucketOf('actions', actionCounts), bucketLabel('action_count', actionCounts)],
    },
    always: bucketKeys(actionCounts),
    sort: 'action_count',
  }),
  visitReport({
    name: 'visit-numbers',
    title: 'Visits by number of visit',
    definition: "How many visits were their visitor's first, second, third and so on.",
    group: 'visitors',
    matomo: 'VisitorInterest.getNumberOfVisitsByVisitCount',
    by: {
      visit_count: [
        'Visits so far',
        bucketOf('visit_number', visitNumbers),
        bucketLabel('visit_count', visitNumbers),
      ],
    },
    always: bucketKeys(visitNumbers),
    sort: 'visit_count',
  }),
  visitReport({
    name: 'days-since-last-visit',
    title: 'Days since the last visit',
    definition: 'After how many days visitors came back; visits of new visitors have a row of their own.',
    group: 'visitors',
    matomo: 'VisitorInterest.getNumberOfVisitsByDaysSinceLast',
    by: {
      days_since_last_visit: [
        'Days',
        `if(visit_number <= 1, 'new', ${bucketOf('days_since_last', dayCounts)})`,
        `if(days_since_last_visit = 'new', 'New visitors', ${bucketLabel('days_since_last_visit', dayCounts)})`,
      ],
    },
    always: ['new', ...bucketKeys(dayCounts)],
    sort: 'days_since_last_visit',
  }),
  visitReport({
    name: 'users',
    title: 'Users',
    definition: 'Visits of users whom the site itself told by an id.',
    group: 'visitors',
    matomo: 'UserId.getUsers',
    where: `user_id != ''`,
    by: { user: ['User', 'user_id'] },
  }),
]
