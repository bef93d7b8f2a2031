// Twenty thousand expressions, of which an agent is tried against those alone that it holds a literal of: some
// dozens. Literals are found by three of their characters. Expressions are compiled when they are first needed;
// those that were not needed lately are given up, so that a flood of invented agents does not fill the memory.

import type { DeviceData, Rules } from './device-data.ts'

/** What may come before a match: nothing that a longer word would be made of. */
const start = '(?:^|[^A-Z0-9_-]|[^A-Z0-9-]_|sprd-|MZ-)'

/** Compiled expressions kept at once; together with what V8 makes of them some kilobytes each. */
const mostCompiled = 3000

/** A match has groups where its rule asks for them. */
export type Match<Facts> = { rule: Facts; groups: readonly (string | undefined)[] }

type Matcher = (agent: string, lower: string) => readonly (string | undefined)[] | null

export class Expressions {
  readonly #sources: string[]
  readonly #unconditional: number[]
  readonly #literals: string[]
  readonly #neededBy: (number | number[])[]
  /** By three characters: where their literals begin in #found. By two, for the shortest, likewise. */
  readonly #threes: Lookup
  readonly #twos: Lookup
  #compiled: (Matcher | undefined)[]
  /** Those that were compiled before, and go when the newer ones fill up. */
  #older: (Matcher | undefined)[]
  #compiledCount = 0
  /** By expression: the last reading that it was a candidate of. */
  readonly #seenIn: Uint32Array
  #readings = 0
  /** The candidates of the reading that goes on. */
  readonly #found: Uint32Array
  #count = 0

  constructor({ expressions, unconditional, literals, places, neededBy }: DeviceData) {
    this.#sources = expressions
    this.#unconditional = unconditional
    this.#literals = literals
    this.#neededBy = neededBy
    this.#compiled = new Array(expressions.length).fill(undefined)
    this.#older = new Array(expressions.length).fill(undefined)
    this.#seenIn = new Uint32Array(expressions.length)
    this.#found = new Uint32Array(expressions.length)
    this.#threes = lookup(literals, places, 3)
    this.#twos = lookup(literals, places, 2)
  }

  read(agent: string): Reading {
    const lower = agent.toLowerCase()
    return new Reading(agent, this.#candidates(lower), (number) => this.#matcher(number)(agent, lower))
  }

  /** Numbers of the expressions that may match, rising. */
  #candidates(lower: string): Uint32Array {
    this.#readings++
    this.#count = 0
    for (const number of this.#unconditional) this.#add(number)
    let one = 0
    let two = 0
    for (let at = 0; at < lower.length; at++) {
      const three = kindOf(lower.charCodeAt(at))
      const pair = (two << 6) | three
      this.#look(lower, at - 1, this.#twos, pair)
      this.#look(lower, at - 2, this.#threes, (one << 12) | pair)
      one = two
      two = three
    }
    return this.#found.slice(0, this.#count).sort()
  }

  /** Which literals that have these characters stand here. */
  #look(lower: string, at: number, { begins, entries, offsets }: Lookup, key: number): void {
    const end = begins[key + 1] ?? 0
    for (let entry = begins[key] ?? 0; entry < end; entry++) {
      const index = entries[entry] ?? 0
      const position = at - (offsets[entry] ?? 0)
      if (position < 0 || !lower.startsWith(this.#literals[index] ?? '', position)) continue
      const needed = this.#neededBy[index] ?? []
      if (typeof needed === 'number') this.#add(needed)
      else for (const number of needed) this.#add(number)
    }
  }

  #add(number: number): void {
    if (this.#seenIn[number] === this.#readings) return
    this.#seenIn[number] = this.#readings
    this.#found[this.#count++] = number
  }

  #matcher(number: number): Matcher {
    const known = this.#compiled[number]
    if (known) return known
    if (this.#compiledCount >= mostCompiled / 2) {
      const given = this.#older
      this.#older = this.#compiled
      this.#compiled = given.fill(undefined)
      this.#compiledCount = 0
    }
    this.#compiledCount++
    const matcher = this.#older[number] ?? matcherOf(this.#sources[number] ?? '')
    this.#compiled[number] = matcher
    return matcher
  }
}

function matcherOf(source: string): Matcher {
  if (!source.startsWith('\t')) {
    const expression = new RegExp(`${start}(?:${source})`, 'i')
    return (agent) => expression.exec(agent)
  }
  const [, ending, ...texts] = source.split('\t')
  return (_, lower) => (texts.some((text) => stands(lower, text, ending === '$')) ? [] : null)
}

/** What `start` and, where one is asked for, the ending `(?:[);/ ]|$)` say of a text. */
function stands(lower: string, text: string, asksForEnding: boolean): boolean {
  for (let at = lower.indexOf(text); at >= 0; at = lower.indexOf(text, at + 1)) {
    const after = at + text.length
    const ended = !asksForEnding || after === lower.length || ');/ '.includes(lower.charAt(after))
    if (ended && begins(lower, at)) return true
  }
  return false
}

function begins(lower: string, at: number): boolean {
  if (at === 0 || !/[a-z0-9_-]/.test(lower.charAt(at - 1))) return true
  if (lower.charAt(at - 1) === '_') return at > 1 && !/[a-z0-9-]/.test(lower.charAt(at - 2))
  return lower.endsWith('sprd-', at) || lower.endsWith('mz-', at)
}

/** One agent, and which expressions may match it. */
export class Reading {
  readonly agent: string
  readonly #candidates: Uint32Array
  readonly #match: (number: number) => readonly (string | undefined)[] | null

  constructor(
    agent: string,
    candidates: Uint32Array,
    match: (number: number) => readonly (string | undefined)[] | null,
  ) {
    this.agent = agent
    this.#candidates = candidates
    this.#match = match
  }

  /** The first of these rules that matches. */
  first<Facts>({ first, rules, owners }: Rules<Facts>): Match<Facts> | undefined {
    const candidates = this.#candidates
    let low = 0
    let high = candidates.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((candidates[middle] ?? 0) < first) low = middle + 1
      else high = middle
    }
    for (; low < candidates.length; low++) {
      const number = candidates[low] ?? 0
      const rule = rules[owners ? (owners[number - first] ?? rules.length) : number - first]
      if (rule === undefined) return undefined
      const groups = this.#match(number)
      if (groups) return { rule, groups }
    }
    return undefined
  }
}

// -- Literals by their characters -----------------------------------------------------------------------------

/** Of key k: entries[begins[k]] and on are indexes of literals, and offsets say where in each the key's text is. */
type Lookup = { begins: Uint32Array; entries: Uint32Array; offsets: Uint8Array }

/** Characters in 64 kinds: letters and digits apart, some signs together. */
function kindOf(code: number): number {
  if (code >= 97 && code <= 122) return code - 96
  if (code >= 48 && code <= 57) return code - 21
  return 37 + (code % 27)
}

function keyAt(literal: string, at: number, length: number): number {
  let key = 0
  for (let i = at; i < at + length; i++) key = (key << 6) | kindOf(literal.charCodeAt(i))
  return key
}

/** Of literals with three characters or more, or of those with two. */
function lookup(literals: string[], places: number[], length: 2 | 3): Lookup {
  const keys = literals.map((literal, index) =>
    (length === 2) === (literal.length === 2) ? keyAt(literal, places[index] ?? 0, length) : -1,
  )
  const begins = new Uint32Array((1 << (6 * length)) + 1)
  for (const key of keys) if (key >= 0) begins[key + 1] = (begins[key + 1] ?? 0) + 1
  for (let key = 1; key < begins.length; key++) begins[key] = (begins[key] ?? 0) + (begins[key - 1] ?? 0)
  const free = begins.slice()
  const entries = new Uint32Array(begins.at(-1) ?? 0)
  const offsets = new Uint8Array(entries.length)
  for (const [index, key] of keys.entries()) {
    if (key < 0) continue
    const entry = free[key] ?? 0
    free[key] = entry + 1
    entries[entry] = index
    offsets[entry] = places[index] ?? 0
  }
  return { begins, entries, offsets }
}
