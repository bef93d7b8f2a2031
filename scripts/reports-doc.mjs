// `npm run docs:reports` writes docs/reports.md from what the reports declare: every report, metric and definition.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'

const groupTitles = {
  overview: 'In figures',
  behaviour: 'Behaviour',
  acquisition: 'Acquisition',
  goals: 'Goals',
  shop: 'Shop',
  visitors: 'Visitors',
  technology: 'Technology',
  performance: 'Performance',
  realtime: 'Right now',
}

const addedUp = {
  sum: 'added up',
  max: 'greatest',
  min: 'smallest',
  unique: 'each once',
}

/** The page in Markdown. */
export function reportsDoc(catalogue, further) {
  const lines = [
    '# Reports',
    '',
    `${catalogue.length} reports, as \`GET /api/reports/<name>\` answers them ([API](api.md#reports)). This page is made from the`,
    'catalogue by `npm run docs:reports`.',
    '',
    'A report has a row for each value of its dimensions, and totals of them all. What is below a row is another report,',
    'asked for with `under`; reports with folders take `folder`. Behind the name of a report stands the method of',
    "Matomo's reporting API that answers the same question.",
    '',
    'Days are added up to weeks, months and years, by each metric in its own way: most are sums; of some the greatest or',
    'the smallest counts; what is counted `each once` is not the sum of its days. Rates and averages are those of the',
    'sums. Percentiles are read from how many values there were of each size, and are right within 1 %.',
  ]
  for (const [group, title] of Object.entries(groupTitles)) {
    lines.push('', `## ${title}`)
    for (const report of catalogue.filter((candidate) => candidate.group === group)) {
      lines.push('', ...reportLines(report))
    }
  }
  lines.push(
    '',
    '## Beside the catalogue',
    '',
    'These depend on more than their own rows: on the goals and funnels of a site, on the order of hits, on other sites.',
    '[API](api.md) says how each is asked, [goals](goals.md) and [what visitors do, in order](sequences.md) what they mean.',
  )
  for (const told of further) lines.push('', ...toldLines(told))
  lines.push('', '## Metrics', '', ...metricLines(catalogue), '')
  return lines.join('\n')
}

function reportLines({ name, title, matomo, definition, dimensions, metrics, children = [], path, always }) {
  const names = (all) => all.map((one) => `\`${one}\``).join(', ')
  const facts = [
    dimensions.length === 0
      ? 'One row; can be divided by time.'
      : `By ${dimensions.map((dimension) => `${lower(dimension.title)} (\`${dimension.name}\`)`).join(', ')}.`,
    ...(always ? ['Rows without visits are there as well.'] : []),
    ...(path ? ['Has folders.'] : []),
    ...(children.length > 0 ? [`Below a row: ${names(children)}.`] : []),
  ]
  return [
    `### ${name}`,
    '',
    `**${title}.** ${definition}${matomo ? ` (${matomo})` : ''}`,
    '',
    ...facts.map((fact) => `- ${fact}`),
    `- Metrics: ${names(metrics.map((metric) => metric.name))}.`,
  ]
}

function toldLines({ request, title, definition, matomo, figures }) {
  return [
    `### ${title}`,
    '',
    `${definition}${matomo ? ` (${matomo})` : ''} \`${request}\``,
    '',
    ...Object.entries(figures).map(([name, text]) => `- \`${name}\`: ${text}`),
  ]
}

/** A metric may be defined in several ways, each in some of the reports. */
function metricLines(catalogue) {
  const rows = new Map()
  for (const report of catalogue) {
    for (const { name, title, definition, format, computed } of report.metrics) {
      const kind = typeof computed === 'string' ? addedUp[computed] : kindOf(computed)
      const row = `| \`${name}\` | ${title} | ${format} | ${kind} | ${definition}`
      rows.set(row, [...(rows.get(row) ?? []), report.name])
    }
  }
  const named = [...rows].toSorted(([one], [other]) => (one < other ? -1 : 1))
  return [
    '| name | title | format | over days | what it is | in |',
    '| --- | --- | --- | --- | --- | --- |',
    ...named.map(([row, reports]) => `${row} | ${inReports(reports)} |`),
  ]
}

function kindOf({ of, per, percentile }) {
  return percentile === undefined ? `\`${of}\` / \`${per}\`` : `${percentile * 100} %`
}

function inReports(reports) {
  const [first, second, ...others] = reports.map((report) => `\`${report}\``)
  return others.length > 3
    ? `${first}, ${second} and ${others.length} more`
    : [first, second, ...others].filter(Boolean).join(', ')
}

function lower(title) {
  return /^[A-Z][a-z]/.test(title) ? title[0].toLowerCase() + title.slice(1) : title
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  mkdirSync('dist', { recursive: true })
  const folder = mkdtempSync(join('dist', 'reports-doc-'))
  const outfile = join(folder, 'catalogue.mjs')
  try {
    await build({
      stdin: {
        contents: `export { catalogue } from './catalogue.ts'; export { further } from './further.ts'`,
        resolveDir: join('server', 'reports'),
      },
      outfile,
      bundle: true,
      packages: 'external',
      platform: 'node',
      format: 'esm',
      logLevel: 'warning',
    })
    const { catalogue, further } = await import(pathToFileURL(outfile).href)
    writeFileSync(join('docs', 'reports.md'), reportsDoc(catalogue, further))
  } finally {
    rmSync(folder, { recursive: true })
  }
}
