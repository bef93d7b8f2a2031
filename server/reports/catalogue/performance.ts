// Reports of what is measured of a page view: how it loaded, the web vitals, how long and how far it was looked at.
// Averages and percentiles are of page views of which it was measured at all.

import { counted, type Metric, type MetricFormat, type Percentile, ratio, spreadSql } from '../metric.ts'
import { countryNames } from '../names.ts'
import { browser, deviceType } from './devices.ts'
import { pageLabel, pageLink } from './pages.ts'
import { country } from './places.ts'
import { type By, type PlainReport, plainReport, type Report } from './report.ts'

/** `sql` is NULL where it was not measured; `what` reads on from "How long" and the like. */
type Measure = {
  name: string
  title: string
  definition: string
  sql: string
  format: MetricFormat
  decimals: number
  lowerIsBetter?: boolean
}

const inMilliseconds = { format: 'milliseconds', decimals: 0, lowerIsBetter: true } as const

const loading: readonly Measure[] = [
  {
    name: 'page_load_time',
    title: 'Page load',
    definition: 'The six times of loading together.',
    sql: 'loading',
    ...inMilliseconds,
  },
  {
    name: 'network_time',
    title: 'Network',
    definition: 'Time to reach the server, from the start of the request until it was connected.',
    sql: 'network',
    ...inMilliseconds,
  },
  {
    name: 'server_time',
    title: 'Server',
    definition: 'Time that the server took to begin its answer.',
    sql: 'server',
    ...inMilliseconds,
  },
  {
    name: 'transfer_time',
    title: 'Transfer',
    definition: 'Time that the answer took to arrive.',
    sql: 'transfer',
    ...inMilliseconds,
  },
  {
    name: 'dom_processing_time',
    title: 'Processing',
    definition: 'Time that the browser took to read the page until it could be used.',
    sql: 'dom_processing',
    ...inMilliseconds,
  },
  {
    name: 'dom_completion_time',
    title: 'Completion',
    definition: 'Time until pictures, styles and scripts of the page were there, after it could be used.',
    sql: 'dom_completion',
    ...inMilliseconds,
  },
  {
    name: 'on_load_time',
    title: 'On load',
    definition: 'Time that scripts took which wait for the page to be complete.',
    sql: 'load',
    ...inMilliseconds,
  },
]

const vitals: readonly Measure[] = [
  {
    name: 'lcp',
    title: 'Largest contentful paint (LCP)',
    definition: 'Time until the largest text or picture was shown; good is up to 2.5 s.',
    sql: 'lcp',
    ...inMilliseconds,
  },
  {
    name: 'inp',
    title: 'Interaction to next paint (INP)',
    definition: 'Time that the page took to react to clicks and keys; good is up to 200 ms.',
    sql: 'inp',
    ...inMilliseconds,
  },
  {
    name: 'cls',
    title: 'Cumulative layout shift (CLS)',
    definition: 'How much the page jumped about; good is up to 0.1.',
    sql: 'cls',
    format: 'decimal',
    decimals: 4,
    lowerIsBetter: true,
  },
  {
    name: 'fcp',
    title: 'First contentful paint (FCP)',
    definition: 'Time until the first text or picture was shown; good is up to 1.8 s.',
    sql: 'fcp',
    ...inMilliseconds,
  },
  {
    name: 'ttfb',
    title: 'Time to first byte (TTFB)',
    definition: 'Time until the answer of the server began; good is up to 800 ms.',
    sql: 'ttfb',
    ...inMilliseconds,
  },
]

const engagement: readonly Measure[] = [
  {
    name: 'engaged_time',
    title: 'Engaged time',
    definition: 'How long the page was in front and looked at, in seconds.',
    sql: 'engaged / 1000',
    format: 'seconds',
    decimals: 1,
  },
  {
    name: 'scroll_depth',
    title: 'Scroll depth',
    definition: "How much of the page's height was seen.",
    sql: 'scroll / 100',
    format: 'percent',
    decimals: 2,
  },
]

const measured = counted(
  'measured',
  'Page views measured',
  'Page views of which anything of this report was measured.',
)

const percentiles: readonly [name: string, word: string, percentile: number][] = [
  ['p75', 'three quarters', 0.75],
  ['p50', 'half', 0.5],
  ['p95', '95 of 100', 0.95],
]

function metricsOf({ name, title, definition, format, decimals, lowerIsBetter = false }: Measure): Metric[] {
  const further = { format, lowerIsBetter }
  return [
    ...percentiles.map(([prefix, word, percentile]) => ({
      name: `${prefix}_${name}`,
      title: `${title}, ${prefix}`,
      definition: `${definition} Of ${word} of the page views it was no more than this, give or take 1 %.`,
      computed: { of: `${name}_spread`, percentile, decimals } satisfies Percentile,
      ...further,
    })),
    ratio(
      `avg_${name}`,
      `${title}, average`,
      `${definition} The average.`,
      { of: `${name}_sum`, per: `${name}_count`, decimals },
      further,
    ),
  ]
}

function columnsOf({ name, sql }: Measure): [string, string][] {
  return [
    [`${name}_sum`, `sum(round(ifNull(toFloat64(${sql}), 0), 6))`],
    [`${name}_count`, `count(${sql})`],
    [`${name}_spread`, spreadSql(sql)],
  ]
}

type Divided = { by: By } & Pick<
  PlainReport,
  'group' | 'draw' | 'link' | 'code' | 'params' | 'facts' | 'label'
>

/** What page views are divided by, with the end of the name and of the title. */
const divisions: readonly (readonly [end: string, of: string, Divided])[] = [
  ['', '', { by: {}, group: 'overview', draw: 'figures', label: `'All page views'` }],
  [
    '-pages',
    ', by page',
    {
      by: { url: ['Page', 'url', pageLabel('url')] },
      group: 'performance',
      facts: ['url_prefix'],
      link: pageLink('url'),
    },
  ],
  ['-device-types', ', by device type', { by: deviceType, group: 'performance' }],
  [
    '-countries',
    ', by country',
    { by: country, group: 'performance', code: 'country', params: countryNames },
  ],
  ['-browsers', ', by browser', { by: browser, group: 'performance' }],
]

function family(
  measures: readonly Measure[],
  report: { name: string; title: string; definition: string; matomo?: string },
  only = divisions,
): Report[] {
  return only.map(([end, of, { facts, ...divided }]) =>
    plainReport({
      ...divided,
      ...(facts && { facts }),
      ...(end === '' && report.matomo && { matomo: report.matomo }),
      name: `${report.name}${end}`,
      title: `${report.title}${of}`,
      definition: `${report.definition}${of}.`,
      from: 'measured',
      where: `coalesce(${measures.map(({ sql }) => sql).join(', ')}) IS NOT NULL`,
      metrics: [measured, ...measures.flatMap(metricsOf)],
      columns: {
        measured: 'count()',
        ...(facts && { url_prefix: 'max(url_prefix)' }),
        ...Object.fromEntries(measures.flatMap(columnsOf)),
      },
      sort: '-measured',
    }),
  )
}

export const performanceReports: readonly Report[] = [
  ...family(loading, {
    name: 'loading',
    title: 'Page loading',
    definition: 'How long pages took to load, step by step',
    matomo: 'PagePerformance.get',
  }),
  ...family(vitals, {
    name: 'vitals',
    title: 'Web vitals',
    definition: 'How quick and steady pages were for those who looked at them',
  }),
  ...family(
    engagement,
    {
      name: 'engagement',
      title: 'Engagement',
      definition: 'How long pages were looked at, and how much of them was seen',
    },
    divisions.slice(0, 2),
  ),
]
