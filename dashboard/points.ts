// A metric over time beside the period before, point by point. Pure.

import type { Row } from './catalogue.ts'
import { numberOf } from './figures.ts'
import type { Grain } from './period.ts'

export type Point = {
  label: string
  /** Null where the future begins. */
  current: number | null
  previousLabel: string | undefined
  previous: number | null
  /** Its hour, day, week or month is not over. */
  running: boolean
}

/** @param now on the site's clock, `2026-11-22T14:05`. */
export function pointsOf(
  rows: readonly Row[],
  before: readonly Row[],
  metric: string,
  grain: Grain,
  now: string,
): Point[] {
  // What has begun last, if it began by now and the next has not.
  const begun = rows.filter((row) => startOf(row.label) <= now).length
  const ongoing = begun > 0 && isOngoing(rows[begun - 1]?.label ?? '', grain, now) ? begun - 1 : -1
  return rows.map((row, index) => {
    const other = before[index]
    return {
      label: row.label,
      current: index < begun ? numberOf(row, metric) : null,
      previousLabel: other?.label,
      previous: other ? numberOf(other, metric) : null,
      running: index === ongoing,
    }
  })
}

/** At most `room` places of `count`, evenly spread in steps that people count in. */
export function ticks(count: number, room: number, grain: Grain): number[] {
  const steps = {
    hour: [1, 2, 3, 4, 6, 12, 24, 48],
    day: [1, 2, 7, 14, 28, 56],
    week: [1, 2, 4, 8, 13, 26],
    month: [1, 2, 3, 6, 12, 24],
  }[grain]
  const least = count / Math.max(1, room)
  const step = steps.find((candidate) => candidate >= least) ?? Math.ceil(least)
  return Array.from({ length: Math.ceil(count / step) }, (_, index) => index * step)
}

function startOf(label: string): string {
  return label.length === 7
    ? `${label}-01T00:00`
    : label.length === 10
      ? `${label}T00:00`
      : label.slice(0, 16)
}

function isOngoing(label: string, grain: Grain, now: string): boolean {
  switch (grain) {
    case 'hour':
      return label.slice(0, 13) === now.slice(0, 13)
    case 'day':
      return label.slice(0, 10) === now.slice(0, 10)
    case 'month':
      return label.slice(0, 7) === now.slice(0, 7)
    case 'week':
      return Date.parse(now.slice(0, 10)) - Date.parse(label.slice(0, 10)) < 7 * 86_400_000
  }
}
