// Matomo's way to write a segment: `countryCode==de,countryCode==at;pageUrl=@/shop`. A comma is "or" and binds tighter than
// the semicolon, which is "and"; a backslash before one of them makes it part of a value. `saved==3` is a saved one.

import { QuestionError } from '../question-error.ts'
import { type Condition, operators, type Segment } from './segment.ts'

/** @throws QuestionError invalid_segment */
export function readMatomoSegment(text: string): Segment {
  // Some programs encode what is encoded once more on the way.
  const plain = operators.some((operator) => text.includes(operator)) ? text : decoded(text)
  const all = split(plain, ';').map((part): Segment => {
    const any = split(part, ',').map(readPart)
    const [only] = any
    return only && any.length === 1 ? only : { any }
  })
  const [only] = all
  return only && all.length === 1 ? only : { all }
}

/** Longer signs first: `>=` is not `>` and a value that begins with `=`. */
const signs = [...operators].sort((a, b) => b.length - a.length)

function readPart(text: string): Segment {
  const { name, op, values } = readCondition(text)
  if (name.toLowerCase() !== 'saved') return { name, op, values }
  const id = Number(values[0])
  if (op === '==' && Number.isSafeInteger(id) && id > 0) return { saved: id }
  throw new QuestionError(
    'invalid_segment',
    `A saved segment is written as saved==3; "${text.slice(0, 100)}" is not.`,
  )
}

function readCondition(text: string): Condition {
  const at = text.search(/[=!<>]/)
  const op = at > 0 ? signs.find((sign) => text.startsWith(sign, at)) : undefined
  if (op === undefined) {
    throw new QuestionError(
      'invalid_segment',
      `"${text.slice(0, 100)}" is no condition of a segment; write a name, one of ${operators.join(' ')}, and a value.`,
    )
  }
  const value = text.slice(at + op.length).replace(/\\([;,])/g, '$1')
  return { name: decoded(text.slice(0, at)).trim(), op, values: [decoded(value)] }
}

/** Where the sign stands without a backslash. */
function split(text: string, sign: ';' | ','): string[] {
  return text.split(sign === ';' ? /(?<!\\);/ : /(?<!\\),/)
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
