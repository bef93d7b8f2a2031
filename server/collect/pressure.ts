// Whether the process is past what it can do: its event loop is blocked for seconds, or its heap is nearly full. Then
// tracking requests are answered 503 at once, so that they do not queue up. Overload alone is none: at full
// throughput a turn of the loop takes milliseconds, and hits that wait for the disk have a limit of their own.

import { getHeapStatistics } from 'node:v8'
import type { Limits } from '../limits.ts'

export type Strain = 'event_loop' | 'memory'

export class Pressure {
  readonly #limits: Limits
  #expected = Number.POSITIVE_INFINITY
  #seen: Strain | undefined
  #strain: Strain | undefined
  #timer: NodeJS.Timeout | undefined

  constructor(limits: Limits) {
    this.#limits = limits
  }

  /** Looks every now and then, until it is told to stop. */
  watch(): void {
    this.#timer = setInterval(() => this.look(performance.now(), heapShare()), this.#limits.lookEvery).unref()
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  /** What there is too much of; undefined while all is well. */
  get strain(): Strain | undefined {
    return this.#strain
  }

  /**
   * `at`: milliseconds of a clock that is never set; `heap`: 0 to 1. One bad look is none: the machine slept, or a
   * garbage collection was due.
   */
  look(at: number, heap: number): void {
    const { lookEvery, lateBy, heapShare } = this.#limits
    const isLate = at > this.#expected + lateBy
    this.#expected = at + lookEvery
    const seen = heap > heapShare ? 'memory' : isLate ? 'event_loop' : undefined
    this.#strain = this.#seen === undefined ? undefined : seen
    this.#seen = seen
  }
}

function heapShare(): number {
  const { used_heap_size, heap_size_limit } = getHeapStatistics()
  return used_heap_size / heap_size_limit
}
