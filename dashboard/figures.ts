// The overview's figures added up from its rows. Pure. Visitors cannot be added: one person may be in many rows.

import type { Row } from './catalogue.ts'

export type Figures = Readonly<Record<string, number>>

const additive = ['visits', 'page_views', 'actions', 'bounces', 'duration_sum'] as const

/** @param before an hour, `14`: only rows of hours before it count. */
export function sumHours(rows: readonly Row[], before: number): Figures {
  const sums: Record<string, number> = {}
  for (const name of additive) sums[name] = 0
  for (const row of rows) {
    if (hourOf(row.label) >= before) continue
    for (const name of additive) sums[name] = (sums[name] ?? 0) + numberOf(row, name)
  }
  return withRates(sums)
}

/** The number of a row's metric; a missing one counts as nothing. */
export function numberOf(row: Readonly<Record<string, unknown>>, metric: string): number {
  const value = row[metric]
  return typeof value === 'number' ? value : 0
}

/** The local hour of a label as `2026-11-22T14:00:00+01:00`. */
export function hourOf(label: string): number {
  return Number(label.slice(11, 13))
}

function withRates(sums: Record<string, number>): Figures {
  const visits = sums.visits ?? 0
  const perVisit = (name: string) => (visits === 0 ? 0 : (sums[name] ?? 0) / visits)
  return {
    ...sums,
    bounce_rate: perVisit('bounces'),
    avg_duration: perVisit('duration_sum'),
    actions_per_visit: perVisit('actions'),
  }
}
