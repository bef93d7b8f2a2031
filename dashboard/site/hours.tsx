// A report by the hours of the day: 24 columns.

import { leadingMetric, type Report, type ReportAnswer, type Row } from '../catalogue.ts'
import { numberOf } from '../figures.ts'
import { format } from '../locale.ts'
import { text } from '../text.ts'

export function Hours({ report, answer }: { report: Report; answer: ReportAnswer }) {
  const metric =
    report.metrics.find((candidate) => candidate.name === 'visits') ?? leadingMetric(report, answer.sort)
  if (!metric || answer.rows.length === 0) return <p class="card-empty">{text.table.empty}</p>
  const values = byHour(answer.rows, report, metric.name)
  const most = Math.max(1, ...values)
  return (
    <div class="hours-frame">
      <p class="hours-title">{metric.title}</p>
      <ol class="hours">
        {values.map((value, hour) => (
          <li key={hour} title={`${format.hour(hour)}: ${format.value(metric.format, value)}`}>
            <span class="unseen">{`${format.hour(hour)}: ${format.value(metric.format, value)} ${metric.title}`}</span>
            <span
              class="hours-bar"
              style={{ height: `${((value / most) * 100).toFixed(1)}%` }}
              aria-hidden="true"
            />
            {hour % 3 === 0 && (
              <span class="hours-name" aria-hidden="true">
                {hour}
              </span>
            )}
          </li>
        ))}
      </ol>
    </div>
  )
}

function byHour(rows: readonly Row[], report: Report, metric: string): number[] {
  const dimension = report.dimensions[0]?.name ?? 'label'
  const hours = Array.from({ length: 24 }, () => 0)
  for (const row of rows) {
    const hour = Number.parseInt(String(row[dimension] ?? row.label), 10)
    if (hour in hours) hours[hour] = numberOf(row, metric)
  }
  return hours
}
