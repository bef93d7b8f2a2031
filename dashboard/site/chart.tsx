// The chart: uPlot on a canvas, a tooltip, and the arrow keys. Points lie side by side by their number, not by
// their time, so a day of 23 or 25 hours has as many, and labels are those of the site's own clock.

import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import type { Metric } from '../catalogue.ts'
import { format } from '../locale.ts'
import type { Grain } from '../period.ts'
import type { Point } from '../points.ts'
import { text } from '../text.ts'
import { paint } from '../theme.ts'
import { chartHeight, chartOptions, seriesOf } from './plot.ts'

type ChartProps = { points: readonly Point[]; grain: Grain; metric: Metric }
type Hover = { index: number; left: number; byKey: boolean }

export function Chart({ points, grain, metric }: ChartProps) {
  const root = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot | undefined>(undefined)
  const hover = useSignal<Hover | undefined>(undefined)
  const byKey = useRef(false)
  useEffect(() => {
    const element = root.current
    if (!element) return
    const options = chartOptions(element, points, grain, metric, (index, left) => {
      hover.value = index === undefined ? undefined : { index, left, byKey: byKey.current }
    })
    const drawn = new uPlot(options, seriesOf(points), element)
    plot.current = drawn
    const resize = new ResizeObserver(() => {
      if (element.clientWidth !== drawn.width)
        drawn.setSize({ width: element.clientWidth, height: chartHeight })
    })
    resize.observe(element)
    return () => {
      resize.disconnect()
      drawn.destroy()
      plot.current = undefined
      hover.value = undefined
    }
  }, [points, grain, metric, paint.value])

  function onKeyDown(event: KeyboardEvent) {
    const last = points.length - 1
    const at = hover.value?.index
    const next = { ArrowLeft: (at ?? last + 1) - 1, ArrowRight: (at ?? -1) + 1, Home: 0, End: last }[
      event.key
    ]
    const drawn = plot.current
    if (next === undefined || !drawn) return
    event.preventDefault()
    byKey.current = true
    drawn.setCursor({ left: drawn.valToPos(Math.min(last, Math.max(0, next)), 'x'), top: 0 })
  }

  function release() {
    byKey.current = false
    plot.current?.setCursor({ left: -10, top: -10 })
  }

  const point = hover.value && points[hover.value.index]
  return (
    <div class="chart-frame">
      {/* biome-ignore lint/a11y/useSemanticElements: a chart is no set of form fields */}
      <div
        class="chart"
        role="group"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys read it point by point
        tabIndex={0}
        aria-label={`${text.chart.title(metric.title)}. ${text.chart.keys}`}
        onKeyDown={onKeyDown}
        onBlur={release}
        onPointerMove={() => {
          byKey.current = false
        }}
        ref={root}
      />
      {hover.value && point && (
        <Tooltip
          point={point}
          left={hover.value.left}
          toLeft={hover.value.index > points.length / 2}
          grain={grain}
          metric={metric}
        />
      )}
      <p class="unseen" role="status">
        {hover.value?.byKey && point && sentence(point, grain, metric)}
      </p>
    </div>
  )
}

type TooltipProps = { point: Point; left: number; toLeft: boolean; grain: Grain; metric: Metric }

function Tooltip({ point, left, toLeft, grain, metric }: TooltipProps) {
  const show = (value: number | null) => (value === null ? '–' : format.value(metric.format, value))
  return (
    <div
      class={`chart-tip ${toLeft ? 'chart-tip-left' : ''}`}
      style={{ left: `${left}px` }}
      aria-hidden="true"
    >
      <p class="legend-current">
        <strong>{show(point.current)}</strong>
        <span>
          {format.pointLong(point.label, grain)}
          {point.running && `, ${text.chart.running}`}
        </span>
      </p>
      {point.previousLabel && (
        <p class="legend-previous">
          <strong>{show(point.previous)}</strong>
          <span>{format.pointLong(point.previousLabel, grain)}</span>
        </p>
      )}
    </div>
  )
}

function sentence(point: Point, grain: Grain, metric: Metric): string {
  const show = (value: number | null) => (value === null ? '–' : format.value(metric.format, value))
  const before = point.previousLabel ? `; ${text.chart.previous}: ${show(point.previous)}` : ''
  return `${format.pointLong(point.label, grain)}: ${show(point.current)} ${metric.title}${before}`
}
