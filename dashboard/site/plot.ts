// How the chart is drawn: the options of uPlot for a metric's points.

import type uPlot from 'uplot'
import type { Metric, MetricFormat } from '../catalogue.ts'
import { format } from '../locale.ts'
import type { Grain } from '../period.ts'
import { type Point, ticks } from '../points.ts'

export const chartHeight = 260

const stepsOf: Readonly<Record<MetricFormat, number[]>> = {
  count: magnitudes([1, 2, 5], 0, 12),
  decimal: magnitudes([1, 2, 5], -1, 6),
  percent: [0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5, 1],
  milliseconds: magnitudes([1, 2, 5], 0, 6),
  seconds: [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200, 86400],
}

/** The period before; the finished points; the step to the point that is still running. */
export function seriesOf(points: readonly Point[]): uPlot.AlignedData {
  const running = points.findIndex((point) => point.running)
  return [
    points.map((_, index) => index),
    points.map((point) => point.previous),
    points.map((point) => (point.running ? null : point.current)),
    points.map((point, index) =>
      running >= 0 && (index === running || index === running - 1) ? point.current : null,
    ),
  ]
}

export function chartOptions(
  element: HTMLElement,
  points: readonly Point[],
  grain: Grain,
  metric: Metric,
  onHover: (index: number | undefined, left: number) => void,
): uPlot.Options {
  const colors = colorsOf(element)
  const font = `12px ${getComputedStyle(element).fontFamily}`
  const few = points.length < 3
  const line = { width: 2, spanGaps: false, points: { show: few, size: 7, fill: colors.line } }
  const axis = { stroke: colors.label, font, ticks: { show: false } }
  return {
    width: element.clientWidth,
    height: chartHeight,
    padding: [12, 26, 0, 0],
    legend: { show: false },
    cursor: {
      y: false,
      // The line stands on the point, not between two.
      move: (plot, left, top) => (left < 0 ? [left, top] : [plot.valToPos(plot.posToIdx(left), 'x'), top]),
      drag: { x: false, y: false },
      points: {
        size: 8,
        width: 2,
        stroke: colors.ground,
        fill: (_, series) => (series === 1 ? colors.before : colors.line),
      },
    },
    scales: {
      x: { time: false, range: () => [few ? -0.5 : 0, few ? points.length - 0.5 : points.length - 1] },
      y: { range: (_, __, most) => [0, roof(most, metric.format)] },
    },
    axes: [
      {
        ...axis,
        size: 30,
        grid: { show: false },
        splits: (plot) => ticks(points.length, plot.width / (grain === 'hour' ? 64 : 72), grain),
        values: (_, places) => places.map((place) => format.pointShort(points[place]?.label ?? '', grain)),
      },
      {
        ...axis,
        size: (_, values) => 18 + 7 * Math.max(2, ...(values ?? []).map((value) => value.length)),
        space: 44,
        incrs: stepsOf[metric.format],
        grid: { stroke: colors.grid, width: 1 },
        values: (_, places) => places.map((place) => format.tick(metric.format, place)),
      },
    ],
    series: [
      {},
      {
        ...line,
        stroke: colors.before,
        width: 1.5,
        dash: [5, 5],
        points: { ...line.points, fill: colors.before },
      },
      { ...line, stroke: colors.line, fill: colors.area },
      { ...line, stroke: colors.line, dash: [2, 4] },
    ],
    hooks: {
      setCursor: [
        (plot) => {
          const index = plot.cursor.left !== undefined && plot.cursor.left >= 0 ? plot.cursor.idx : undefined
          if (index === undefined || index === null) onHover(undefined, 0)
          else onHover(index, plot.valToPos(index, 'x') + plot.over.offsetLeft)
        },
      ],
    },
  }
}

/** Room above the highest point; a chart of nothing still has a scale. */
function roof(most: number | null, kind: MetricFormat): number {
  const least = { count: 4, decimal: 2, percent: 0.1, milliseconds: 100, seconds: 10 }[kind]
  return Math.max(least, (most ?? 0) * 1.08)
}

/** Custom properties of the theme; declared as colours, they come out computed. */
function colorsOf(element: HTMLElement) {
  const style = getComputedStyle(element)
  const read = (name: string) => style.getPropertyValue(name)
  return {
    line: read('--chart-line'),
    area: read('--chart-area'),
    before: read('--chart-before'),
    grid: read('--chart-grid'),
    label: read('--chart-label'),
    ground: read('--chart-ground'),
  }
}

function magnitudes(factors: readonly number[], least: number, most: number): number[] {
  return Array.from({ length: most - least + 1 }, (_, index) =>
    factors.map((factor) => Number(`${factor}e${least + index}`)),
  ).flat()
}
