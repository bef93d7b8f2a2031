// What is said of an answer that is no report of the catalogue: docs/reports.md is made of it.

import type { Metric } from './metric.ts'

export type Told = {
  /** How it is asked. */
  request: string
  title: string
  definition: string
  /** The method of Matomo's reporting API that answers the same question, where there is one. */
  matomo?: string
  /** What each figure of the answer is. */
  figures: Readonly<Record<string, string>>
}

export function definitionsOf(metrics: readonly Metric[]): Record<string, string> {
  return Object.fromEntries(metrics.map(({ name, definition }) => [name, definition]))
}
