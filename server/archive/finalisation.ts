// What the jobs that take raw data away have in common: one of them at a time, and their errors.

import type { Store } from '../store/store.ts'
import { CheckError } from './comparing.ts'

export type FinalYearErrorCode =
  | 'not_over'
  | 'earlier_year'
  | 'earlier_month'
  | 'no_hits'
  | 'no_raw_days'
  | 'check_failed'
  | 'already_running'
  | 'refused_segments'

export class FinalYearError extends Error {
  readonly code: FinalYearErrorCode
  constructor(code: FinalYearErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'FinalYearError'
    this.code = code
  }
}

const running = new WeakSet<Store>()

/** @throws FinalYearError, and what `work` throws */
export async function alone<T>(store: Store, work: () => Promise<T>): Promise<T> {
  if (running.has(store)) {
    throw new FinalYearError(
      'already_running',
      'A year or a month is being made final already; wait until that is done.',
    )
  }
  running.add(store)
  try {
    return await work()
  } catch (error) {
    if (error instanceof CheckError) throw new FinalYearError('check_failed', error.message, { cause: error })
    throw error
  } finally {
    running.delete(store)
  }
}
