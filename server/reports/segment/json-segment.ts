// A segment as JSON: the same tree as in segment.ts, with one `value` or a list of them in a condition. What is wrong with
// one is told with the place where it stands.

import { QuestionError } from '../question-error.ts'
import {
  type Condition,
  type HitFilter,
  type Operator,
  operators,
  type Segment,
  type Tree,
} from './segment.ts'

type Json = string | number | boolean | null | Json[] | { [key: string]: Json }
type Fields = { [key: string]: Json }

/** @throws QuestionError invalid_segment */
export function readJsonSegment(text: string): Segment {
  return readSegmentNode(parsed(text), 'segment')
}

/** @throws QuestionError invalid_segment */
export function readJsonFilter(text: string): HitFilter {
  return readHitFilter(parsed(text), 'filter')
}

/** As it can be read again. */
export function segmentJson(segment: Segment): object {
  if ('all' in segment) return { all: segment.all.map(segmentJson) }
  if ('any' in segment) return { any: segment.any.map(segmentJson) }
  if ('not' in segment) return { not: segmentJson(segment.not) }
  if ('hit' in segment) return { hit: segmentJson(segment.hit) }
  if ('visitor' in segment) return { visitor: segmentJson(segment.visitor) }
  if ('sequence' in segment) return { sequence: segment.sequence.map(segmentJson), by: segment.by }
  if ('saved' in segment) return segment
  const { name, op, values } = segment
  return { name, op, value: values.length === 1 ? values[0] : values }
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text)
  } catch {
    throw new QuestionError('invalid_segment', 'What begins with { has to be JSON; this text is none.')
  }
}

function readSegmentNode(json: Json, at: string): Segment {
  const fields = fieldsOf(json, at)
  if ('hit' in fields) return { hit: readHitFilter(only(fields, 'hit', at), `${at}.hit`) }
  if ('visitor' in fields) return { visitor: readSegmentNode(only(fields, 'visitor', at), `${at}.visitor`) }
  if ('saved' in fields) {
    const id = only(fields, 'saved', at)
    if (typeof id === 'number' && Number.isSafeInteger(id) && id > 0) return { saved: id }
    refuse(`${at}.saved`, 'must be the number of a saved segment')
  }
  if ('sequence' in fields) {
    onlyFields(fields, ['sequence', 'by'], at)
    const steps = listOf(fields.sequence, `${at}.sequence`)
    const { by = 'visit' } = fields
    if (by !== 'visit' && by !== 'visitor') refuse(`${at}.by`, 'must be "visit" or "visitor"')
    return { sequence: steps.map((step, index) => readHitFilter(step, `${at}.sequence[${index}]`)), by }
  }
  return readBranches(fields, at, readSegmentNode) ?? readCondition(fields, at)
}

function readHitFilter(json: Json, at: string): HitFilter {
  const fields = fieldsOf(json, at)
  return readBranches(fields, at, readHitFilter) ?? readCondition(fields, at)
}

function readBranches<Leaf extends object>(
  fields: Fields,
  at: string,
  read: (json: Json, at: string) => Tree<Leaf>,
): Tree<Leaf> | undefined {
  const each = (key: 'all' | 'any') =>
    listOf(only(fields, key, at), `${at}.${key}`).map((json, index) => read(json, `${at}.${key}[${index}]`))
  if ('all' in fields) return { all: each('all') }
  if ('any' in fields) return { any: each('any') }
  return 'not' in fields ? { not: read(only(fields, 'not', at), `${at}.not`) } : undefined
}

function readCondition(fields: Fields, at: string): Condition {
  onlyFields(fields, ['name', 'op', 'value'], at)
  const { name, op = '==', value } = fields
  if (typeof name !== 'string') refuse(`${at}.name`, 'must be the name of something to segment by')
  if (!isOperator(op)) refuse(`${at}.op`, `must be one of ${operators.join(' ')}`)
  const values = Array.isArray(value) ? value : [value]
  if (values.length === 0) refuse(`${at}.value`, 'must have a value')
  return { name, op, values: values.map((one) => readValue(one, `${at}.value`)) }
}

function readValue(value: Json | undefined, at: string): string {
  if (typeof value === 'string') return value
  if (typeof value === 'number') return String(value)
  if (typeof value === 'boolean') return value ? '1' : '0'
  refuse(at, 'must be a text, a number, true or false, or a list of them')
}

function isOperator(op: Json): op is Operator {
  return operators.some((known) => known === op)
}

function fieldsOf(json: Json, at: string): Fields {
  if (typeof json === 'object' && json !== null && !Array.isArray(json)) return json
  refuse(
    at,
    'must be an object: a condition, or "all", "any", "not", "hit", "visitor", "sequence" or "saved"',
  )
}

function listOf(json: Json | undefined, at: string): Json[] {
  if (Array.isArray(json) && json.length > 0) return json
  refuse(at, 'must be a list of at least one')
}

function only(fields: Fields, key: string, at: string): Json {
  onlyFields(fields, [key], at)
  return fields[key] ?? null
}

function onlyFields(fields: Fields, known: readonly string[], at: string): void {
  const unknown = Object.keys(fields).find((key) => !known.includes(key))
  if (unknown !== undefined)
    refuse(at, `has the field "${unknown.slice(0, 50)}", which is none beside "${known[0]}"`)
}

function refuse(at: string, what: string): never {
  throw new QuestionError('invalid_segment', `${at} ${what}.`)
}
