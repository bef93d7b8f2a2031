// How exact the numbers of distinct visitors in an answer are: counted one by one, from the union of sketches, or added up
// over final periods, of which no sketches are left.

import type { Report } from './catalogue.ts'
import { sketchError } from './query.ts'
import type { Sources } from './source.ts'

export type Accuracy = {
  /** Whether numbers of distinct visitors are not exact. */
  approximate: boolean
  /**
   * By how much they typically are off, as a share of them. Null where they are exact, or (`approximate`) the sum of
   * several final periods, hence too many.
   */
  error: number | null
}

type Figures = Record<string, string | number | undefined>

/** Up to so many elements a sketch is a list of them. */
const listed = { rows: 100, totals: 2000 } as const

/** How exact the numbers of distinct visitors are in rows and totals that come from these sources. */
export function accuracy(
  report: Report,
  sources: readonly Sources[],
  rows: readonly Figures[],
  ...totals: Figures[]
): Accuracy {
  const uniques = report.metrics.flatMap(({ name, computed }) => (computed === 'unique' ? [name] : []))
  const exact = { approximate: false, error: null }
  if (uniques.length === 0 || sources.every(isCounted)) return exact
  if (sources.some(({ exact, pieces }) => !exact && pieces.some(({ version }) => version === 0))) {
    return { approximate: true, error: null }
  }
  const exceed = (figures: Record<string, unknown>, most: number) =>
    uniques.some((name) => Number(figures[name] ?? 0) > most)
  if (report.dimensions.length > 0 && rows.some((row) => exceed(row, listed.rows))) {
    return { approximate: true, error: sketchError.rows }
  }
  return [...rows, ...totals].some((figures) => exceed(figures, listed.totals))
    ? { approximate: true, error: sketchError.totals }
    : exact
}

/** Whether all of it comes from one place (of a slot) at which visitors were counted one by one. */
function isCounted({ exact, pieces }: Sources): boolean {
  return (
    exact &&
    pieces.every(({ period, version, joined }) => {
      return (version === 0 && !joined) || period === 'day' || period === 'hour'
    })
  )
}
