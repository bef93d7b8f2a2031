// The first rows of a report: what leads it, its share, and one more metric where there is room.

import { leadingMetric, type Metric, type Report, type ReportAnswer, type Row } from '../catalogue.ts'
import { numberOf } from '../figures.ts'
import { format, locale } from '../locale.ts'
import { hostOf, namingFor } from '../name.ts'
import { Info } from '../parts/info.tsx'
import { text } from '../text.ts'
import { Label } from './label.tsx'
import type { View } from './view.ts'

export function Panel({ report, answer, view }: { report: Report; answer: ReportAnswer; view: View }) {
  const lead = leadingMetric(report, answer.sort)
  if (!lead || answer.rows.length === 0) return <p class="card-empty">{text.table.empty}</p>
  const second = report.metrics.find((metric) => metric !== lead)
  const naming = namingFor(locale, report.dimensions, hostOf(view.site.urls[0] ?? ''))
  const most = Math.max(0, ...answer.rows.map((row) => numberOf(row, lead.name)))
  const total = lead.format === 'count' ? numberOf(answer.totals, lead.name) : 0
  return (
    <table class="table panel">
      <caption class="unseen">{report.title}</caption>
      <thead>
        <tr>
          <th scope="col">{dimensionTitle(report)}</th>
          <MetricHead metric={lead} />
          {total > 0 && (
            <th scope="col" class="number share">
              <Info title={text.table.share} word>
                {text.table.shareDefinition}
              </Info>
            </th>
          )}
          {second && <MetricHead metric={second} class="roomy" />}
        </tr>
      </thead>
      <tbody>
        {answer.rows.map((row) => (
          <tr key={keyOf(row, report)}>
            <th scope="row">
              <Label row={row} name={naming(row)} part={most === 0 ? 0 : numberOf(row, lead.name) / most} />
            </th>
            <MetricCell metric={lead} row={row} />
            {total > 0 && <td class="number faint">{format.percent(numberOf(row, lead.name) / total)}</td>}
            {second && <MetricCell metric={second} row={row} class="roomy faint" />}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function MetricHead({ metric, class: extra = '' }: { metric: Metric; class?: string }) {
  return (
    <th scope="col" class={`number ${extra}`}>
      <Info title={metric.title} word>
        {metric.definition}
      </Info>
    </th>
  )
}

export function MetricCell({ metric, row, class: extra = '' }: { metric: Metric; row: Row; class?: string }) {
  return <td class={`number ${extra}`}>{format.value(metric.format, numberOf(row, metric.name))}</td>
}

export function dimensionTitle(report: Report): string {
  return report.dimensions.map((dimension) => dimension.title).join(', ')
}

/** A row is its dimensions: labels may be alike. */
export function keyOf(row: Row, report: Report): string {
  return report.dimensions.map((dimension) => row[dimension.name]).join('\u0000') || row.label
}
