// One metric over time as a chart or as a table, with the period before beside it.

import { useSignal } from '@preact/signals'
import { useMemo } from 'preact/hooks'
import { useAnswer } from '../answer.ts'
import { reportPath } from '../api.ts'
import type { Metric, ReportAnswer } from '../catalogue.ts'
import { format } from '../locale.ts'
import { Choice } from '../parts/choice.tsx'
import { Icon } from '../parts/icon.tsx'
import { Failure } from '../parts/notice.tsx'
import { type Grain, grains, shift } from '../period.ts'
import { type Point, pointsOf } from '../points.ts'
import { text } from '../text.ts'
import { Chart } from './chart.tsx'
import { questionOf, type View } from './view.ts'

export function Timeline({ view, metric }: { view: View; metric: Metric }) {
  const wish = useSignal<Grain | undefined>(undefined)
  const asTable = useSignal(false)
  const possible = grains(view.period)
  const grain = possible.find((candidate) => candidate === wish.value) ?? possible[0] ?? 'day'
  const ask = (period = view.period) => reportPath('overview', { ...questionOf(view, period), by: grain })

  const current = useAnswer<ReportAnswer>(ask())
  const previous = useAnswer<ReportAnswer>(ask(shift(view.period, -1)))
  const rows = current.loading ? undefined : current.data?.rows
  const before = previous.loading ? undefined : previous.data?.rows
  const points = useMemo(
    () => rows && pointsOf(rows, before ?? [], metric.name, grain, view.now),
    [rows, before, metric.name, grain, view.now],
  )

  return (
    <div class="timeline">
      <div class="timeline-head">
        <h2>
          {metric.title} <span class="timeline-grain">{text.chart.by[grain]}</span>
        </h2>
        <p class="legend" aria-hidden="true">
          <span class="legend-current">{text.chart.current}</span>
          <span class="legend-previous">{text.chart.previous}</span>
        </p>
        {possible.length > 1 && (
          <Choice
            label={text.chart.grain}
            options={possible.map((value) => ({ value, title: text.chart.column[value] }))}
            value={grain}
            onChoose={(value) => {
              wish.value = value
            }}
          />
        )}
        <button
          type="button"
          class="button-quiet button-icon"
          aria-label={asTable.value ? text.chart.showChart : text.chart.showTable}
          title={asTable.value ? text.chart.showChart : text.chart.showTable}
          onClick={() => {
            asTable.value = !asTable.value
          }}
        >
          <Icon name={asTable.value ? 'chart' : 'table'} />
        </button>
      </div>
      <div class="timeline-body">
        {current.error && <Failure error={current.error} retry={current.retry} />}
        {!points && !current.error && <div class="skeleton timeline-skeleton" />}
        {points && asTable.value && <PointTable points={points} grain={grain} metric={metric} />}
        {points && !asTable.value && <Chart points={points} grain={grain} metric={metric} />}
      </div>
    </div>
  )
}

function PointTable({ points, grain, metric }: { points: readonly Point[]; grain: Grain; metric: Metric }) {
  const show = (value: number | null) => (value === null ? '–' : format.value(metric.format, value))
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with the keyboard
    <section class="scroll" tabIndex={0} aria-label={text.chart.title(metric.title)}>
      <table class="table">
        <thead>
          <tr>
            <th scope="col">{text.chart.column[grain]}</th>
            <th scope="col" class="number">
              {metric.title}
            </th>
            <th scope="col" class="number">
              {text.chart.previous}
            </th>
          </tr>
        </thead>
        <tbody>
          {points.map((point) => (
            <tr key={point.label}>
              <th scope="row">{format.pointLong(point.label, grain)}</th>
              <td class="number">
                {show(point.current)}
                {point.running && ` ${text.chart.running}`}
              </td>
              <td class="number">{show(point.previous)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
