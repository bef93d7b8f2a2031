// Numbers put together in ranges, as Matomo has them: visits of 31 to 60 seconds, third visits, and so on.

import { named } from './report.ts'

/** Ascending; the last one has no end. A smaller number than the first start is put there. */
export type Buckets = readonly (readonly [start: number, label: string])[]

/** The first number of the value's range as text, with zeros in front so that the ranges are sorted. */
export function bucketOf(value: string, buckets: Buckets): string {
  const starts = buckets.map(([start]) => start).join(', ')
  return `leftPad(toString(roundDown(${value}, [${starts}])), ${digits}, '0')`
}

export function bucketKeys(buckets: Buckets): string[] {
  return buckets.map(([start]) => String(start).padStart(digits, '0'))
}

export function bucketLabel(dimension: string, buckets: Buckets): string {
  const keys = bucketKeys(buckets)
  return named(dimension, Object.fromEntries(buckets.map(([, label], index) => [keys[index] ?? '', label])))
}

const digits = 5

export const durations: Buckets = [
  [0, '0-10 s'],
  [11, '11-30 s'],
  [31, '31-60 s'],
  [61, '1-2 min'],
  [121, '2-4 min'],
  [241, '4-7 min'],
  [421, '7-10 min'],
  [601, '10-15 min'],
  [901, '15-30 min'],
  [1801, '30 min and more'],
]

export const actionCounts: Buckets = [
  ...ones(1, 5, (count) => (count === 1 ? '1 action' : `${count} actions`)),
  [6, '6-7 actions'],
  [8, '8-10 actions'],
  [11, '11-14 actions'],
  [15, '15-20 actions'],
  [21, '21 actions and more'],
]

export const visitNumbers: Buckets = [
  ...ones(1, 8, (number) => (number === 1 ? '1 visit' : `${number} visits`)),
  [9, '9-14 visits'],
  [15, '15-25 visits'],
  [26, '26-50 visits'],
  [51, '51-100 visits'],
  [101, '101-200 visits'],
  [201, '201 visits and more'],
]

export const visitsUntil: Buckets = [
  ...visitNumbers.filter(([start]) => start < 101),
  [101, '101 visits and more'],
]

export const dayCounts: Buckets = [
  ...ones(0, 7, (days) => (days === 1 ? '1 day' : `${days} days`)),
  [8, '8-14 days'],
  [15, '15-30 days'],
  [31, '31-60 days'],
  [61, '61-120 days'],
  [121, '121-364 days'],
  [365, '365 days and more'],
]

function ones(from: number, to: number, label: (number: number) => string): Buckets {
  return Array.from({ length: to - from + 1 }, (_, index) => [from + index, label(from + index)] as const)
}
