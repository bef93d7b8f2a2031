// What is happening right now.

import { metrics } from '../metric.ts'
import type { Report } from './report.ts'

export const realtimeReports: readonly Report[] = [
  {
    name: 'realtime',
    title: 'Right now',
    definition: 'What happened in the last 30 minutes, minute by minute.',
    group: 'realtime',
    draw: 'series',
    matomo: 'Live.getCounters',
    dimensions: [{ name: 'minute', title: 'Minute', label: 'minute' }],
    metrics: [
      metrics.pageViews,
      metrics.actions,
      metrics.visitsNow,
      metrics.visitorsNow,
      metrics.convertedVisitsNow,
    ],
    parts: [
      {
        from: 'hits',
        where: 'toUnixTimestamp(time) BETWEEN {since:UInt32} AND {until:UInt32}',
        dimensions: ['toString(roundDown(toUnixTimestamp(time), {starts:Array(UInt32)}))'],
        columns: {
          page_views: `countIf(kind = 'pageview')`,
          actions: `countIf(kind IN ('pageview', 'event', 'download', 'outlink', 'search'))`,
          visits: 'uniqExact(visit_id)',
          visitors: 'uniqExact(visitor_id)',
          converted_visits: 'uniqExactIf(visit_id, notEmpty(conversions))',
        },
      },
    ],
    sort: 'minute',
    span: 'live',
  },
]
