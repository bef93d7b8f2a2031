// How a figure differs from the one before, and whether that is good news. Pure.

import type { MetricFormat } from './catalogue.ts'

export type Change = {
  /** Relative for amounts (0.25 is a quarter more); for percentages the difference in points (0.02). */
  amount: number
  unit: 'relative' | 'points'
  direction: 'up' | 'down' | 'same'
  verdict: 'better' | 'worse' | 'neutral'
}

/** Undefined where there was nothing before to compare with. */
export function changeOf(
  current: number,
  previous: number,
  metric: { format: MetricFormat; lowerIsBetter: boolean },
): Change | undefined {
  const points = metric.format === 'percent'
  if (previous === 0 && !points) return undefined
  const amount = points ? current - previous : (current - previous) / previous
  // What would be shown as 0 % is no change.
  const direction = Math.abs(amount) < 0.0005 ? 'same' : amount > 0 ? 'up' : 'down'
  const good = metric.lowerIsBetter ? 'down' : 'up'
  const verdict = direction === 'same' ? 'neutral' : direction === good ? 'better' : 'worse'
  return { amount, unit: points ? 'points' : 'relative', direction, verdict }
}
