// Who may ask the store a long question now. Only so many are answered at once, so that short ones never wait for them;
// others wait their turn, not for ever, and not for somebody who has gone. Whoever asks may need several statements: all of
// them together have the time of one question.

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

/** Who asked has had the time of a question. */
export class OutOfTime extends Error {
  constructor() {
    super('Answering this takes longer than is allowed.')
    this.name = 'OutOfTime'
  }
}

type Asker = {
  gone?: AbortSignal
  /** When all is to be answered, by `performance.now()`; not said before the first turn. */
  until?: number
}

export type Turn = {
  gone: AbortSignal | undefined
  /** Milliseconds. */
  left: number
}

const asking = new AsyncLocalStorage<Asker>()

/** Whatever `work` asks is not begun any more once the signal is given, and has the time of one question. */
export function askedBy<T>(gone: AbortSignal, work: () => T): T {
  return asking.run({ gone }, work)
}

/** A further part of an answer that is on its way already has the time of a question of its own. */
export function askedAnew<T>(work: () => T): T {
  const { gone } = asking.getStore() ?? {}
  return asking.run(gone ? { gone } : {}, work)
}

export class Turns {
  readonly #atOnce: number
  readonly #within: number
  readonly #time: number
  readonly #mostWaiting: number
  readonly #waiting = new Set<{ asker: Asker; begin: () => void }>()
  #taken = 0

  /** `within`: milliseconds that somebody waits at most for a first turn; `time`: for all answers from then on. */
  constructor(limits: { atOnce: number; within: number; time: number; mostWaiting: number }) {
    this.#atOnce = limits.atOnce
    this.#within = limits.within
    this.#time = limits.time
    this.#mostWaiting = limits.mostWaiting
  }

  /** @throws NoTurn, NobodyAsks, OutOfTime; what `work` throws */
  async take<T>(work: (turn: Turn) => Promise<T>): Promise<T> {
    const asker: Asker = asking.getStore() ?? {}
    if (asker.gone?.aborted) throw new NobodyAsks()
    if (this.#taken >= this.#atOnce) await this.#wait(asker)
    else this.#taken++
    try {
      asker.until ??= performance.now() + this.#time
      const left = asker.until - performance.now()
      if (left <= 0) throw new OutOfTime()
      return await work({ gone: asker.gone, left })
    } finally {
      this.#next()
    }
  }

  async #wait(asker: Asker): Promise<void> {
    if (this.#waiting.size >= this.#mostWaiting) throw new NoTurn()
    await new Promise<void>((begin, refuse) => {
      const end = (settle: () => void) => {
        clearTimeout(timer)
        asker.gone?.removeEventListener('abort', gone)
        this.#waiting.delete(mine)
        settle()
      }
      const mine = { asker, begin: () => end(begin) }
      const gone = () => end(() => refuse(new NobodyAsks()))
      const began = performance.now()
      const patience = () => (asker.until ?? began + this.#within) - performance.now()
      // Another statement of the same question may begin meanwhile, and end the time of both.
      const look = () => setTimeout(tired, Math.min(patience(), this.#time))
      const tired = () => {
        if (patience() > 0) timer = look()
        else end(() => refuse(asker.until === undefined ? new NoTurn() : new OutOfTime()))
      }
      let timer = look()
      asker.gone?.addEventListener('abort', gone, { once: true })
      this.#waiting.add(mine)
    })
  }

  /** A turn that is given back goes to somebody whose time runs already, else to whoever has waited longest. */
  #next(): void {
    const waiting = [...this.#waiting]
    const first = waiting.find(({ asker }) => asker.until !== undefined) ?? waiting[0]
    if (first) first.begin()
    else this.#taken--
  }
}
