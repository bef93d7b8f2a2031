// Who may ask the store a long question now. Only so many are answered at once, so that short ones never wait for them;
// others wait their turn, not for ever, and not for somebody who has gone.

import { AsyncLocalStorage } from 'node:async_hooks'

/** A long question that could not be begun: too many others are being answered. */
export class NoTurn extends Error {
  constructor() {
    super('Too many long questions are being answered.')
    this.name = 'NoTurn'
  }
}

/** Who asked has gone. */
export class NobodyAsks extends Error {
  constructor() {
    super('Whoever asked this has gone.')
    this.name = 'NobodyAsks'
  }
}

const asking = new AsyncLocalStorage<AbortSignal>()

/** Whatever `work` asks is not begun any more once the signal is given. */
export function askedBy<T>(signal: AbortSignal, work: () => T): T {
  return asking.run(signal, work)
}

export class Turns {
  readonly #atOnce: number
  readonly #within: number
  readonly #mostWaiting: number
  readonly #waiting = new Set<() => void>()
  #taken = 0

  /** `within`: milliseconds that somebody waits at most. */
  constructor({ atOnce, within, mostWaiting }: { atOnce: number; within: number; mostWaiting: number }) {
    this.#atOnce = atOnce
    this.#within = within
    this.#mostWaiting = mostWaiting
  }

  /** @throws NoTurn, NobodyAsks; what `work` throws */
  async take<T>(work: (signal: AbortSignal | undefined) => Promise<T>): Promise<T> {
    const signal = asking.getStore()
    if (signal?.aborted) throw new NobodyAsks()
    if (this.#taken >= this.#atOnce) await this.#wait(signal)
    else this.#taken++
    try {
      return await work(signal)
    } finally {
      this.#next()
    }
  }

  async #wait(signal: AbortSignal | undefined): Promise<void> {
    if (this.#waiting.size >= this.#mostWaiting) throw new NoTurn()
    await new Promise<void>((begin, refuse) => {
      const end = (settle: () => void) => {
        clearTimeout(tired)
        signal?.removeEventListener('abort', gone)
        this.#waiting.delete(mine)
        settle()
      }
      const mine = () => end(begin)
      const gone = () => end(() => refuse(new NobodyAsks()))
      const tired = setTimeout(() => end(() => refuse(new NoTurn())), this.#within)
      signal?.addEventListener('abort', gone, { once: true })
      this.#waiting.add(mine)
    })
  }

  /** A turn that is given back goes to whoever has waited longest. */
  #next(): void {
    const [first] = this.#waiting
    if (first) first()
    else this.#taken--
  }
}
