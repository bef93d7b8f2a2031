// What was sent and what was promised: hits are numbered as they are sent, and carry their number in their address,
// so that at the end each can be looked for. A byte a hit: a long run sends millions.

export type Verdict = {
  acknowledged: number
  /** Acknowledged and not there; and those that are there more than once. */
  lost: number
  doubled: number
  /** There without an acknowledgement: their answer went down with the process. Allowed, and not promised. */
  unpromised: number
  /** A few of those that are lost or doubled. */
  examples: number[]
}

const fewExamples = 10

export class Ledger {
  #acknowledged = new Uint8Array(1 << 12)
  /** Numbers below it have been sent. */
  sent = 0
  acknowledged = 0

  /** The first of so many numbers in a row, which are sent now. */
  send(count = 1): number {
    const first = this.sent
    this.sent += count
    if (this.sent > this.#acknowledged.length) {
      const longer = new Uint8Array(2 * this.sent)
      longer.set(this.#acknowledged)
      this.#acknowledged = longer
    }
    return first
  }

  acknowledge(number: number): void {
    if (this.#acknowledged[number] === 1) throw new Error(`Hit ${number} was acknowledged before.`)
    this.#acknowledged[number] = 1
    this.acknowledged++
  }

  /** `found`: how often each number is there. */
  compare(found: Uint8Array): Verdict {
    const verdict: Verdict = {
      acknowledged: this.acknowledged,
      lost: 0,
      doubled: 0,
      unpromised: 0,
      examples: [],
    }
    for (let number = 0; number < this.sent; number++) {
      const promised = this.#acknowledged[number] === 1
      const times = found[number] ?? 0
      if (promised && times === 0) verdict.lost++
      else if (times > 1) verdict.doubled++
      else {
        if (!promised && times === 1) verdict.unpromised++
        continue
      }
      if (verdict.examples.length < fewExamples) verdict.examples.push(number)
    }
    return verdict
  }
}

export const noVerdict: Verdict = { acknowledged: 0, lost: 0, doubled: 0, unpromised: 0, examples: [] }

export function together(one: Verdict, other: Verdict): Verdict {
  return {
    acknowledged: one.acknowledged + other.acknowledged,
    lost: one.lost + other.lost,
    doubled: one.doubled + other.doubled,
    unpromised: one.unpromised + other.unpromised,
    examples: [...one.examples, ...other.examples].slice(0, fewExamples),
  }
}

const pagePrefix = 'example.org/h/'

export function pageOf(number: number): string {
  return `https://${pagePrefix}${number}`
}

/** Of an address as it is stored. @throws when it is none of ours */
export function numberOf(url: string): number {
  const number = Number(url.slice(pagePrefix.length))
  if (!url.startsWith(pagePrefix) || !Number.isSafeInteger(number)) throw new Error(`${url} was never sent.`)
  return number
}
