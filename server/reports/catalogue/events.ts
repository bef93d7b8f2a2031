// Reports of events, by each of their three levels and any two of them, and of the errors of a page's scripts, which
// the tracker sends as events of one category: the place is their action, the message their name.

import { metrics } from '../metric.ts'
import { pageLabel } from './pages.ts'
import { type By, orElse, type PlainReport, plainReport, type Report } from './report.ts'

const level = (name: string, title: string): By => ({
  [name]: [title, name, orElse(name, `${title} not defined`)],
})
const category = level('event_category', 'Category')
const action = level('event_action', 'Action')
const eventName = level('event_name', 'Name')

function eventReport(
  report: Pick<Report, 'name' | 'title' | 'definition' | 'matomo' | 'children' | 'label'> & { by: By },
): Report {
  return plainReport({
    ...report,
    group: 'behaviour',
    from: 'deeds',
    where: `kind = 'event'`,
    metrics: [
      metrics.events,
      metrics.hitVisits,
      metrics.visitors,
      metrics.eventsWithValue,
      metrics.eventValueSum,
      metrics.minEventValue,
      metrics.maxEventValue,
      metrics.avgEventValue,
    ],
    columns: {
      events: 'count()',
      visits: 'uniqExact(visit_id)',
      visitors: 'uniqExact(visitor_id)',
      events_with_value: 'count(event_value)',
      event_value_sum: 'sum(round(ifNull(event_value, 0), 6))',
      min_event_value: 'min(ifNull(event_value, inf))',
      max_event_value: 'max(ifNull(event_value, -inf))',
    },
    sort: '-events',
  })
}

function errorReport(report: Pick<PlainReport, 'name' | 'title' | 'definition' | 'children' | 'by'>): Report {
  return plainReport({
    ...report,
    group: 'performance',
    from: 'deeds',
    where: `kind = 'event' AND event_category = 'JavaScript Errors'`,
    metrics: [metrics.errors, metrics.hitVisits, metrics.visitors],
    columns: { errors: 'count()', visits: 'uniqExact(visit_id)', visitors: 'uniqExact(visitor_id)' },
    sort: '-errors',
  })
}

const message: By = { error_message: ['Error', 'event_name', orElse('error_message', 'Unknown error')] }
const errorPage: By = { url: ['Page', 'url', pageLabel('url')] }

export const eventReports: readonly Report[] = [
  eventReport({
    name: 'events',
    title: 'Events',
    definition: 'Events that the site reports, by category, action and name.',
    by: { ...category, ...action, ...eventName },
    label: `arrayStringConcat(arrayFilter(name -> name != '', [event_category, event_action, event_name]), ' - ')`,
  }),
  eventReport({
    name: 'event-categories',
    title: 'Event categories',
    definition: 'Events that the site reports, by category.',
    matomo: 'Events.getCategory',
    by: category,
    children: ['event-category-actions', 'event-category-names'],
  }),
  eventReport({
    name: 'event-category-actions',
    title: 'Actions of event categories',
    definition: 'Events that the site reports, by category and action.',
    matomo: 'Events.getActionFromCategoryId',
    by: { ...category, ...action },
    children: ['events'],
  }),
  eventReport({
    name: 'event-category-names',
    title: 'Names of event categories',
    definition: 'Events that the site reports, by category and name.',
    matomo: 'Events.getNameFromCategoryId',
    by: { ...category, ...eventName },
  }),
  eventReport({
    name: 'event-actions',
    title: 'Event actions',
    definition: 'Events that the site reports, by action.',
    matomo: 'Events.getAction',
    by: action,
    children: ['event-action-names', 'event-action-categories'],
  }),
  eventReport({
    name: 'event-action-names',
    title: 'Names of event actions',
    definition: 'Events that the site reports, by action and name.',
    matomo: 'Events.getNameFromActionId',
    by: { ...action, ...eventName },
  }),
  eventReport({
    name: 'event-action-categories',
    title: 'Categories of event actions',
    definition: 'Events that the site reports, by action and category.',
    matomo: 'Events.getCategoryFromActionId',
    by: { ...action, ...category },
  }),
  eventReport({
    name: 'event-names',
    title: 'Event names',
    definition: 'Events that the site reports, by name.',
    matomo: 'Events.getName',
    by: eventName,
    children: ['event-name-actions', 'event-name-categories'],
  }),
  eventReport({
    name: 'event-name-actions',
    title: 'Actions of event names',
    definition: 'Events that the site reports, by name and action.',
    matomo: 'Events.getActionFromNameId',
    by: { ...eventName, ...action },
  }),
  eventReport({
    name: 'event-name-categories',
    title: 'Categories of event names',
    definition: 'Events that the site reports, by name and category.',
    matomo: 'Events.getCategoryFromNameId',
    by: { ...eventName, ...category },
  }),
  errorReport({
    name: 'errors',
    title: 'JavaScript errors',
    definition: "Errors of the pages' scripts, by message, where the script is told to report them.",
    by: message,
    children: ['error-pages', 'error-places'],
  }),
  errorReport({
    name: 'error-pages',
    title: 'Pages of JavaScript errors',
    definition: "Errors of the pages' scripts, by message and page.",
    by: { ...message, ...errorPage },
  }),
  errorReport({
    name: 'error-places',
    title: 'Places of JavaScript errors',
    definition: "Errors of the pages' scripts, by message and file, line and column.",
    by: { ...message, error_place: ['Place', 'event_action'] },
  }),
  errorReport({
    name: 'pages-with-errors',
    title: 'Pages with JavaScript errors',
    definition: "Errors of the pages' scripts, by page.",
    by: errorPage,
    children: ['page-errors'],
  }),
  errorReport({
    name: 'page-errors',
    title: 'JavaScript errors of pages',
    definition: "Errors of the pages' scripts, by page and message.",
    by: { ...errorPage, ...message },
  }),
]
