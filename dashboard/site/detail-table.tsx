// The table of a whole report: a column for each metric, any of which can order the rows.

import { leadingMetric, type Metric, type Report, type ReportAnswer } from '../catalogue.ts'
import { numberOf } from '../figures.ts'
import { format, locale } from '../locale.ts'
import { hostOf, namingFor } from '../name.ts'
import { Icon } from '../parts/icon.tsx'
import { Info } from '../parts/info.tsx'
import { text } from '../text.ts'
import { Label } from './label.tsx'
import { dimensionTitle, keyOf, MetricCell } from './panel.tsx'
import type { View } from './view.ts'

type DetailTableProps = {
  report: Report
  answer: ReportAnswer
  view: View
  /** Totals are those of the whole report, whatever is searched for. */
  searched: boolean
  onSort: (sort: string) => void
}

export function DetailTable({ report, answer, view, searched, onSort }: DetailTableProps) {
  const lead = leadingMetric(report, answer.sort)
  const naming = namingFor(locale, report.dimensions, hostOf(view.site.urls[0] ?? ''))
  const most = lead ? Math.max(0, ...answer.rows.map((row) => numberOf(row, lead.name))) : 0
  return (
    <table class="table">
      <caption class="unseen">{report.title}</caption>
      <thead>
        <tr>
          <SortHead column="label" title={dimensionTitle(report)} sort={answer.sort} onSort={onSort} />
          {report.metrics.map((metric) => (
            <SortHead
              key={metric.name}
              column={metric.name}
              title={metric.title}
              metric={metric}
              sort={answer.sort}
              onSort={onSort}
            />
          ))}
        </tr>
      </thead>
      <tbody>
        {answer.rows.map((row) => (
          <tr key={keyOf(row, report)}>
            <th scope="row">
              <Label
                row={row}
                name={naming(row)}
                part={lead && most > 0 ? numberOf(row, lead.name) / most : 0}
              />
            </th>
            {report.metrics.map((metric) => (
              <MetricCell key={metric.name} metric={metric} row={row} />
            ))}
          </tr>
        ))}
      </tbody>
      <tfoot>
        <tr>
          <th scope="row">{searched ? text.table.wholeTotal : text.table.total}</th>
          {report.metrics.map((metric) => (
            <td key={metric.name} class="number">
              {answer.totals[metric.name] === undefined
                ? ''
                : format.value(metric.format, numberOf(answer.totals, metric.name))}
            </td>
          ))}
        </tr>
      </tfoot>
    </table>
  )
}

type SortHeadProps = {
  column: string
  title: string
  /** Undefined for the labels, which are sorted from A to Z at first. */
  metric?: Metric
  sort: string
  onSort: (sort: string) => void
}

function SortHead({ column, title, metric, sort, onSort }: SortHeadProps) {
  const down = sort === `-${column}`
  const up = sort === column
  const next = metric ? !down : up
  return (
    <th
      scope="col"
      class={metric ? 'number' : ''}
      aria-sort={down ? 'descending' : up ? 'ascending' : undefined}
    >
      <button
        type="button"
        class="sort"
        title={text.table.sort(title)}
        onClick={() => onSort(next ? `-${column}` : column)}
      >
        {title}
        {(down || up) && <Icon name={down ? 'fall' : 'up'} />}
      </button>
      {metric && <Info title={title}>{metric.definition}</Info>}
    </th>
  )
}
