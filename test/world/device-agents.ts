// Agents made for the rules of the device data: for each expression a text that it matches, in an agent as such
// devices send it. And agents that are made to take long.

import type { DeviceData, DeviceGroup, Rules } from '../../server/enrich/device-data.ts'

export type Random = () => number

/** Numbers from 0 to 1, the same for the same seed. */
export function randomOf(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** A text that an expression is likely to match: what it looks ahead to or behind is not minded. */
export function textFor(expression: string, random: Random, repeats = 1): string {
  const reader = { source: expression, at: 0, random, repeats }
  return alternatives(reader)
}

type Reader = { readonly source: string; at: number; readonly random: Random; readonly repeats: number }

function alternatives(reader: Reader): string {
  const texts = [sequence(reader)]
  while (reader.source[reader.at] === '|') {
    reader.at++
    texts.push(sequence(reader))
  }
  return oneOf(texts, reader.random)
}

function sequence(reader: Reader): string {
  let text = ''
  while (reader.at < reader.source.length && !'|)'.includes(reader.source[reader.at] ?? '')) {
    const begin = reader.at
    const piece = single(reader)
    const end = reader.at
    const quantifier = /^(?:[*+?]|\{(\d+)(?:(,)(\d*))?\})\??/.exec(reader.source.slice(end, end + 12))
    if (!quantifier) {
      text += piece
      continue
    }
    const [whole, least] = quantifier
    const times =
      least === undefined
        ? whole.startsWith('?')
          ? Math.round(reader.random())
          : reader.repeats - (whole.startsWith('*') ? Math.round(reader.random()) : 0)
        : Number(least)
    // Each time anew: `[0-9]{4}` is rarely four times the same.
    for (let time = 0; time < times; time++) {
      reader.at = begin
      text += single(reader)
    }
    reader.at = end + whole.length
  }
  return text
}

function single(reader: Reader): string {
  const { source, random } = reader
  const character = source[reader.at++] ?? ''
  if (character === '^' || character === '$') return ''
  if (character === '.') return oneOf(['a', 'x', '7', ' '], random)
  if (character === '[') return ofClass(reader)
  if (character === '\\') return escaped(source[reader.at++] ?? '', random)
  if (character !== '(') return character
  const opening = /^\?(?::|<?[=!])/.exec(source.slice(reader.at))?.[0] ?? ''
  reader.at += opening.length
  const inner = alternatives(reader)
  reader.at++
  return opening === '' || opening === '?:' ? inner : ''
}

function escaped(character: string, random: Random): string {
  if (character === 'd') return digit(random)
  if (character === 'w') return oneOf(['a', 'k', 'x', '5'], random)
  if (character === 's') return ' '
  if (character === 'b') return ''
  return character === 'D' || character === 'S' ? 'x' : character === 'W' ? ' ' : character
}

function ofClass(reader: Reader): string {
  const body = /^(\^?)((?:\\.|[^\]\\])*)\]/.exec(reader.source.slice(reader.at))
  if (!body) throw new SyntaxError(`A class is not closed in ${reader.source}`)
  reader.at += body[0].length
  const allowed = new RegExp(`[${body[1]}${body[2]}]`, 'i')
  const all = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index))
  const fitting = all.filter((character) => allowed.test(character))
  const plain = fitting.filter((character) => /[a-z0-9]/i.test(character))
  return oneOf(plain.length > 0 ? plain : fitting, reader.random)
}

function digit(random: Random): string {
  return String(Math.floor(random() * 10))
}

function oneOf<Value>(values: Value[], random: Random): Value {
  return values[Math.floor(random() * values.length)] as Value
}

// -- Agents of devices ----------------------------------------------------------------------------------------

/** An expression of the data, written out where it is kept as texts. */
export function writtenOut(expression: string): string {
  if (!expression.startsWith('\t')) return expression
  const [, ending, ...texts] = expression.split('\t')
  const literal = texts.map((text) => text.replace(/[.*+?^$()|[\]\\{}]/g, '\\$&')).join('|')
  return `(?:${literal})${ending === '$' ? '(?:[);/ ]|$)' : ''}`
}

/** The numbers of each rule's expressions. */
export function expressionsOf({ first, owners, rules }: Rules<unknown>): number[][] {
  const numbers = rules.map((): number[] => [])
  for (const [place, owner] of [...(owners ?? rules.keys())].entries()) numbers[owner]?.push(first + place)
  return numbers
}

export type MadeDevice = {
  group: DeviceGroup
  brand: string
  /** With $1 to $9 for what its expression finds. */
  model: string
  /** Matomo's word for the kind of device; empty where the rule has none. */
  type: string
  /** One of its brand's matches, and one of its model's when it has one. */
  expressions: number[][]
  /** Another one each time. */
  agent(): string
}

/** Every brand and every model of the data, with agents that are made from their expressions. */
export function* devicesOf({ devices, expressions }: DeviceData): Generator<MadeDevice> {
  const random = randomOf(7)
  type Told = Pick<MadeDevice, 'brand' | 'model' | 'type'>
  const made = (group: DeviceGroup, numbers: number[][], told: Told): MadeDevice => {
    let time = 0
    const agent = () => {
      // A model's expression often says only what the brand's leaves open.
      const needed = time++ % 2 === 0 ? numbers.slice(-1) : numbers
      const sources = needed.map((any) => writtenOut(expressions[oneOf(any, random)] ?? ''))
      const texts = sources.map((source) => textFor(source, random))
      return sources.at(-1)?.endsWith(')$') ? texts.join(' ') : agentAround(group, texts)
    }
    return { group, ...told, expressions: numbers, agent }
  }
  for (const brands of devices) {
    const byBrand = expressionsOf(brands)
    for (const [index, { brand, type = '', model = '', models }] of brands.rules.entries()) {
      const own = byBrand[index] ?? []
      if (!models) yield made(brands.group, [own], { brand, model, type })
      const byModel = models ? expressionsOf(models) : []
      for (const [place, [name, otherType, otherBrand]] of (models?.rules ?? []).entries()) {
        const told = { brand: otherBrand || brand, model: name, type: otherType || type }
        yield made(brands.group, [own, byModel[place] ?? []], told)
      }
    }
  }
}

function agentAround(group: DeviceGroup, texts: string[]): string {
  const text = texts.join('; ')
  if (group === 'hbbtv') return `Mozilla/5.0 (Linux) HbbTV/1.5.1 (; ${text}) Safari/537.36`
  if (group === 'shell tv') return `${text}; Demo Shell 123456`
  if (group === 'notebook') return `Mozilla/5.0 [FBAN/EMA;${text};FBSN/Windows]`
  if (/\b(?:iphone|ipad|ipod|apple|watch)/i.test(text))
    return `Mozilla/5.0 (${text}; CPU iPhone OS 12_5 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148`
  if (/[()]/.test(text) || text.startsWith('Mozilla')) return text
  return `Mozilla/5.0 (Linux; Android 7.1; ${text}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/98.0.4758.101 Mobile Safari/537.36`
}

// -- Agents that are made to take long ------------------------------------------------------------------------

/** As many as asked for, of some 8 KB each: what the rules look for, heaped up, repeated, cut and mixed with noise. */
export function* hostileAgents({ literals, expressions }: DeviceData, real: string[], count: number) {
  const random = randomOf(11)
  const any = <Value>(values: Value[]) => oneOf(values, random)
  const noise = () =>
    Array.from({ length: 40 }, () => String.fromCharCode(32 + Math.floor(random() * 95))).join('')
  const heap = (next: () => string) => {
    let text = ''
    while (text.length < 8000) text += next()
    return text
  }
  const runs = ['1', 'a', ' ', '1.', '; ', 'a1', '.', '/', '_', '-', '(', ' a', '\t', '0x', 'Build/', ';1']
  const kinds = [
    () => heap(noise),
    () => heap(() => `${any(literals)}${any([' ', ';', '/', '; ', '_', '-', ''])}`),
    () => heap(() => `${textFor(writtenOut(any(expressions)), random)}${any([' ', '; ', '/'])}`),
    () => textFor(writtenOut(any(expressions)), random, 300).padEnd(8000, any(runs)),
    () => any(literals) + any(runs).repeat(8000),
    () => any(real).slice(0, Math.floor(random() * 150)) + any(runs).repeat(8000),
    () => any(real) + heap(() => any(real).slice(Math.floor(random() * 100))),
    () => {
      const characters = [...any(real)]
      for (let time = 0; time < 20; time++)
        characters[Math.floor(random() * characters.length)] = any([...noise()])
      return heap(() => characters.join(''))
    },
    () =>
      heap(() => any(['Android ', 'Linux; ', 'Mobile ', 'Build/', 'Chrome/9.1 ', 'SM-', 'Tablet ', 'TV '])),
  ]
  for (let index = 0; index < count; index++) yield (kinds[index % kinds.length] ?? noise)()
}
