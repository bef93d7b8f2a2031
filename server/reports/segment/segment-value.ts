// One condition of a segment with one value, as SQL over what its name stands for. Texts are compared in whatever case,
// addresses without protocol and `www.`, as reports group them.

import ipaddr from 'ipaddr.js'
import { isDate } from '../period.ts'
import { QuestionError } from '../question-error.ts'
import type { Condition, Operator } from './segment.ts'
import type { SegmentName, ValueType } from './segment-name.ts'

/** Makes a place for a value in the SQL: `{segment_3:String}`. */
export type Place = (value: unknown, type: 'String' | 'Float64' | 'Array(String)') => string

/** What a condition says about single values, as one that includes: `!=` and `!@` are the opposite of `==` and `=@`. */
export function including({ op, ...condition }: Condition): { condition: Condition; excludes: boolean } {
  const opposite = op === '!=' ? '==' : op === '!@' ? '=@' : undefined
  return { condition: { ...condition, op: opposite ?? op }, excludes: opposite !== undefined }
}

const order = ['==', '!=', '>', '<', '>=', '<='] as const
const texts = ['==', '!=', '=@', '!@', '=^', '=$'] as const

/** Operators that make sense with a name. */
export function operatorsOf({ type, ...name }: ValueType): readonly Operator[] {
  switch (type) {
    case 'number':
    case 'numbers':
    case 'date':
      return order
    case 'ip':
    case 'version':
      return [...texts, '>', '<', '>=', '<=']
    case 'goal':
      return 'by' in name && name.by === 'name'
        ? texts
        : 'by' in name && name.by === 'number'
          ? order
          : ['==', '!=']
    default:
      return texts
  }
}

/** Refuses what could not be compared, before a question is asked. @throws QuestionError invalid_segment */
export function checkCondition(name: SegmentName, { op, values }: Condition): void {
  const allowed = operatorsOf(name)
  if (!allowed.includes(op)) {
    refuse(`"${name.name}" cannot be compared by ${op}; it can by ${allowed.join(' ')}.`)
  }
  for (const value of values) {
    if (value === '') {
      if (values.length > 1 && (isNumeric(name) || name.type === 'date')) {
        refuse(`"${name.name}" has no empty value among others.`)
      }
      if (op === '==' || op === '!=') continue
      refuse(
        `"${name.name}${op}" needs a value; only == and != can do without, for what is not set and what is.`,
      )
    }
    checkValue(name, op, value)
  }
}

function checkValue(name: SegmentName, op: Operator, value: string): void {
  if (name.type === 'goal' && name.by === 'any' && value !== '0' && value !== '1') {
    refuse(`"${name.name}" is 1 or 0.`)
  }
  const compares = op.startsWith('>') || op.startsWith('<')
  if ((isNumeric(name) || (name.type === 'version' && compares)) && !isFiniteNumber(value)) {
    refuse(`"${name.name}" is a number; "${value.slice(0, 100)}" is none.`)
  }
  if (name.type === 'date' && !isDate(value)) {
    refuse(`"${name.name}" is a date as 2026-11-22; "${value.slice(0, 100)}" is none.`)
  }
  if (name.type === 'ip' && compares && !ipaddr.isValid(value)) {
    refuse(`"${name.name}" is an address; "${value.slice(0, 100)}" is none.`)
  }
  if (name.type === 'address' && bareAddress(op, value) === '') {
    refuse(
      `"${name.name}" is compared without its protocol and "www.", and "${value}" has nothing else; name a host or a path.`,
    )
  }
  if (name.type === 'listed' && name.closed && (op === '==' || op === '!=')) {
    const told = [...new Set(name.values().map(([, told]) => told))]
    if (!told.some((one) => one.toLowerCase() === value.toLowerCase())) {
      refuse(`"${name.name}" is one of ${told.join(', ')}; "${value.slice(0, 100)}" is none of them.`)
    }
  }
}

function isNumeric(name: SegmentName): boolean {
  return name.type === 'number' || name.type === 'numbers' || (name.type === 'goal' && name.by !== 'name')
}

function isFiniteNumber(value: string): boolean {
  return /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d{1,3})?$/i.test(value) && Number.isFinite(Number(value))
}

function refuse(message: string): never {
  throw new QuestionError('invalid_segment', message)
}

/** Whether something is there; Matomo takes '0' for nothing as well. */
export function filledSql({ type, sql }: SegmentName): string {
  if (type === 'number') return `ifNull(${sql} != 0, 0)`
  if (type === 'numbers') return `arrayExists(one -> one != 0, ${sql})`
  if (type === 'list') return `arrayExists(one -> one NOT IN ('', '0'), ${sql})`
  return `${sql} NOT IN ('', '0')`
}

export type Compared = { name: SegmentName; op: Operator; values: readonly string[] }

/** Whether one of the values matches; never NULL. `op` includes: neither != nor !@. */
export function compareSql({ name, op, values }: Compared, place: Place): string {
  const { type, sql } = name
  const isText = type === 'text' || type === 'ip' || type === 'version'
  if (type === 'address') {
    return textsSql(
      sql,
      op,
      values.flatMap((value) => spellingsOf(op, value)),
      place,
    )
  }
  if (isText && op.startsWith('=')) return textsSql(sql, op, values, place)
  return `(${values.map((value) => compareOneSql(name, op, value, place)).join(' OR ')})`
}

function compareOneSql(name: SegmentName, op: Operator, value: string, place: Place): string {
  const { sql } = name
  const sign = op === '==' ? '=' : op
  switch (name.type) {
    case 'number':
      return `ifNull(${sql} ${sign} ${place(Number(value), 'Float64')}, 0)`
    case 'numbers':
      return `arrayExists(one -> one ${sign} ${place(Number(value), 'Float64')}, ${sql})`
    case 'list':
      return `arrayExists(one -> ${textSql('one', op, value, place)}, ${sql})`
    case 'date':
      return `${sql} ${sign} ${place(value, 'String')}`
    case 'listed': {
      const stored = name.values().flatMap(([stored, told]) => (matchesText(told, op, value) ? [stored] : []))
      return `has(${place([...new Set(stored)], 'Array(String)')}, toString(${sql}))`
    }
    case 'ip':
      return `(${sql} != '' AND toIPv6OrDefault(${sql}) ${sign} toIPv6OrDefault(${place(value, 'String')}))`
    case 'version':
      return `ifNull(toFloat64OrNull(extract(toString(${sql}), '^[0-9]+(?:[.][0-9]+)?')) ${sign} ${place(Number(value), 'Float64')}, 0)`
    default:
      return textSql(sql, op, value, place)
  }
}

function textSql(sql: string, op: Operator, value: string, place: Place): string {
  const wanted = place(value, 'String')
  switch (op) {
    case '=@':
      return `positionCaseInsensitiveUTF8(${sql}, ${wanted}) > 0`
    case '=^':
      return `startsWith(lowerUTF8(${sql}), lowerUTF8(${wanted}))`
    case '=$':
      return `endsWith(lowerUTF8(${sql}), lowerUTF8(${wanted}))`
    default:
      return `lowerUTF8(${sql}) = lowerUTF8(${wanted})`
  }
}

/** A list is one value, because a report may have it a dozen times, and a query has to be of a length. */
function textsSql(sql: string, op: Operator, values: readonly string[], place: Place): string {
  const [only = ''] = values
  if (values.length === 1) return textSql(sql, op, only, place)
  const list = place(values, 'Array(String)')
  if (op === '=@') return `multiSearchAnyCaseInsensitiveUTF8(${sql}, ${list})`
  const wanted = `arrayMap(wanted -> lowerUTF8(wanted), ${list})`
  if (op === '==') return `has(${wanted}, lowerUTF8(${sql}))`
  const any = `concat('(?:', arrayStringConcat(arrayMap(wanted -> regexpQuoteMeta(wanted), ${wanted}), '|'), ')')`
  return `match(lowerUTF8(${sql}), ${op === '=^' ? `concat('^', ${any})` : `concat(${any}, '$')`})`
}

/** As an address is kept, and as a browser may have sent what is read in its address bar. */
function spellingsOf(op: Operator, value: string): string[] {
  const bare = bareAddress(op, value)
  // The address of a host alone is kept with and without its slash.
  const ofHost = op === '==' && /^[^/?#]+$/.test(bare) ? [`${bare}/`] : []
  return [...new Set([bare, encoded(bare), ...ofHost])]
}

/** Without what addresses are kept without. */
function bareAddress(op: Operator, value: string): string {
  return op === '=$' ? value : value.replace(/^(https?:)?\/\/(www\.)?/i, '')
}

function encoded(text: string): string {
  return text.replace(/[^\x21-\x7e]+/gu, (part) => encodeURIComponent(part.toWellFormed()))
}

/** The same as in SQL, of a text that is known here. */
export function matchesText(text: string, op: Operator, value: string): boolean {
  const [known, wanted] = [text.toLowerCase(), value.toLowerCase()]
  if (op === '=@') return known.includes(wanted)
  if (op === '=^') return known.startsWith(wanted)
  return op === '=$' ? known.endsWith(wanted) : known === wanted
}

export function matchesNumber(number: number, op: Operator, value: string): boolean {
  const wanted = Number(value)
  if (op === '>') return number > wanted
  if (op === '<') return number < wanted
  if (op === '>=') return number >= wanted
  return op === '<=' ? number <= wanted : number === wanted
}
