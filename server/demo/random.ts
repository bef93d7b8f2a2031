// Chance that can be repeated: the same keys give the same numbers on every machine and in every version of
// Node, which Math.random does not promise. Not for secrets.

export class Random {
  #a: number
  #b: number
  #c: number
  #d: number

  /** One sequence for each list of keys; lists that differ anywhere give sequences that have nothing in common. */
  constructor(...keys: (string | number)[]) {
    ;[this.#a, this.#b, this.#c, this.#d] = hash(keys.join('\n'))
    for (let round = 0; round < 12; round++) this.next()
  }

  /** 0 to 1, 1 excluded. Chris Doty-Humphrey's sfc32: small, fast, and good enough for statistics. */
  next(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#d) | 0
    this.#d = (this.#d + 1) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum
    return (sum >>> 0) / 4294967296
  }

  /** A whole number from 0, `end` excluded. */
  below(end: number): number {
    return Math.floor(this.next() * end)
  }

  chance(probability: number): boolean {
    return this.next() < probability
  }

  /** A whole number whose average is `value`. */
  round(value: number): number {
    return Math.floor(value + this.next())
  }

  pick<T>(items: readonly T[]): T {
    const item = items[this.below(items.length)]
    if (item === undefined) throw new Error('There is nothing to choose from.')
    return item
  }

  /** Around 0, two thirds of it between -1 and 1. */
  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.next())) * Math.cos(2 * Math.PI * this.next())
  }

  /** Times that people take: half of them below the median, a few far above. */
  logNormal(median: number, spread: number): number {
    return median * Math.exp(this.normal() * spread)
  }

  exponential(mean: number): number {
    return -Math.log(1 - this.next()) * mean
  }

  /** Lower-case hexadecimal digits. */
  hex(digits: number): string {
    let text = ''
    while (text.length < digits) text += this.below(0x10000).toString(16).padStart(4, '0')
    return text.slice(0, digits)
  }
}

/** Things of which some come up more often than others. */
export class Weighted<T> {
  readonly #items: readonly T[]
  readonly #sums: number[] = []

  constructor(entries: readonly (readonly [item: T, weight: number])[]) {
    this.#items = entries.map(([item]) => item)
    let sum = 0
    for (const [, weight] of entries) {
      sum += weight
      this.#sums.push(sum)
    }
  }

  pick(random: Random): T {
    const sums = this.#sums
    const wanted = random.next() * (sums.at(-1) ?? 0)
    let low = 0
    let high = sums.length - 1
    while (low < high) {
      const middle = (low + high) >> 1
      if ((sums[middle] ?? 0) > wanted) high = middle
      else low = middle + 1
    }
    const item = this.#items[low]
    if (item === undefined) throw new Error('There is nothing to choose from.')
    return item
  }
}

/** As in life: the first is the most popular, the second has half of its share, the third a third, and so on. */
export function zipf<T>(items: readonly T[], exponent = 1): Weighted<T> {
  return new Weighted(items.map((item, index) => [item, 1 / (index + 1) ** exponent]))
}

/** 128 bits of a text, each of its characters stirred into all of them. */
function hash(text: string): [number, number, number, number] {
  let [a, b, c, d] = [0x6a09e667, 0xbb67ae85 | 0, 0x3c6ef372, 0xa54ff53a | 0]
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    a = b ^ Math.imul(a ^ code, 0x9e3779b1)
    b = c ^ Math.imul(b ^ code, 0x85ebca6b)
    c = d ^ Math.imul(c ^ code, 0xc2b2ae35)
    d = a ^ Math.imul(d ^ code, 0x27d4eb2f)
  }
  return [a, b, c, d]
}
