// How exact the numbers of visitors in an answer are: put together from several periods they are estimates.

import type { ReportAnswer } from '../catalogue.ts'
import { format } from '../locale.ts'
import { text } from '../text.ts'

/** Empty where they are exact. */
export function accuracyNote({ approximate, error }: Pick<ReportAnswer, 'approximate' | 'error'>): string {
  if (!approximate) return ''
  return text.table.approximate(error === null ? '' : format.percent(error))
}
