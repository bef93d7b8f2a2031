// Long work beside others: whoever works on a list gives way every few milliseconds.

import { setImmediate } from 'node:timers/promises'

/** Milliseconds. */
const longest = 5

export class Turn {
  #since = performance.now()

  isOver(): boolean {
    return performance.now() - this.#since > longest
  }

  /** Resolves when others have had theirs. */
  async next(): Promise<void> {
    await setImmediate()
    this.#since = performance.now()
  }
}
