// What an owner looks for in texts: a part of them, the whole of them, or a regular expression. Expressions are run by
// re2js, in time that grows with the text and no faster: those of JavaScript can be written so that one text holds the
// process for hours. ClickHouse has the same engine, so a pattern finds the same in both.

import { RE2JS, RE2JSException } from 're2js'

export const patternHows = ['contains', 'exact', 'regex'] as const
export type PatternHow = (typeof patternHows)[number]

export type Pattern = { how: PatternHow; text: string; caseSensitive: boolean }

/** Characters of a pattern. */
export const longestPattern = 500
/** Characters of a text that is searched, and of one that is searched by an expression. */
const longestText = 8000
const longestSearched = 1024
/** Characters up to which a text is searched in the way that is quicker with most texts. */
const shortText = 200
/** Steps of an expression. A step takes some 15 µs in the longest text that is made for it. */
const mostSteps = 1000
/** Steps of all expressions that a hit may be held against: those of its site, and those of all sites. */
export const mostStepsInAll = { ofSite: 3000, ofAllSites: 500 }

/** A function that tells whether a text has what is looked for. The pattern must be one that `regexError` accepts. */
export function compilePattern({ how, text, caseSensitive }: Pattern): (text: string) => boolean {
  if (how === 'regex') {
    const expression = compileRegex(text, caseSensitive)
    return (candidate) => isFound(expression, cut(candidate, longestSearched))
  }
  const wanted = caseSensitive ? text : text.toLowerCase()
  const read = (candidate: string) => (caseSensitive ? cut(candidate) : cut(candidate).toLowerCase())
  if (how === 'exact') return (candidate) => read(candidate) === wanted
  return (candidate) => read(candidate).includes(wanted)
}

/** The same for addresses, which are looked at as they are and once more decoded; the pattern likewise. */
export function compileUrlPattern(pattern: Pattern): (url: string) => boolean {
  const matches = compilePattern(pattern)
  const other = decodedPattern(pattern)
  const matchesDecoded = other === pattern ? matches : compilePattern(other)
  return (url) => {
    if (matches(url)) return true
    const text = decoded(url)
    return (text !== url || other !== pattern) && matchesDecoded(text)
  }
}

/** What a pattern is that was copied from an address bar; itself where that is no other, or none. */
export function decodedPattern(pattern: Pattern): Pattern {
  const text = decoded(pattern.text)
  const usable = text !== pattern.text && (pattern.how !== 'regex' || regexError(text) === undefined)
  return usable ? { ...pattern, text } : pattern
}

/** A function that takes the first group of an expression out of a text; undefined where it is not found. */
export function compileExtraction(
  expression: string,
  caseSensitive: boolean,
): (text: string) => string | undefined {
  const compiled = compileRegex(expression, caseSensitive)
  return (text) => {
    const matcher = compiled.matcher(cut(text, longestSearched))
    return matcher.find() ? (matcher.group(1) ?? undefined) : undefined
  }
}

/** How many steps an expression has; of one that cannot be used none. */
export function stepsOf(expression: string): number {
  return regexError(expression) === undefined ? compileRegex(expression, true).programSize() : 0
}

/**
 * What is wrong with an expression, in the engine's words; undefined when nothing is.
 * @param groups how many parts in parentheses it must have at least.
 */
export function regexError(expression: string, groups = 0): string | undefined {
  try {
    const compiled = compileRegex(expression, true)
    if (compiled.programSize() > mostSteps) return 'it is too complicated'
    if (compiled.groupCount() < groups) return 'it needs a part in parentheses, which is what is taken'
    return undefined
  } catch (error) {
    if (error instanceof RE2JSException) return error.message.replace('`(?s)', '`')
    throw error
  }
}

/** An expression that an owner wrote between slashes among plain words; undefined where it is a plain word. */
export function expressionIn(entry: string): string | undefined {
  return /^\/(.+)\/i?$/s.exec(entry)?.[1]
}

/** What is wrong with an entry that may be such an expression, for its owner; undefined when nothing is. */
export function expressionError(entry: string): string | undefined {
  const expression = expressionIn(entry)
  const error = expression === undefined ? undefined : regexError(expression)
  return error === undefined ? undefined : `"${entry}" is no expression: ${error}.`
}

/** As ClickHouse reads expressions, `.` is a line break as well. */
function compileRegex(expression: string, caseSensitive: boolean): RE2JS {
  return RE2JS.compile(expression, RE2JS.DOTALL | (caseSensitive ? 0 : RE2JS.CASE_INSENSITIVE))
}

/** An expression as ClickHouse takes it, for `match`. */
export function regexForClickHouse(expression: string, caseSensitive: boolean): string {
  return caseSensitive ? expression : `(?i)${expression}`
}

/**
 * re2js makes states of an expression, with which most texts take a hundredth of a microsecond a character. But a text can
 * be such that each character needs a new state; a long one is searched without them, which no text makes slow.
 */
function isFound(expression: RE2JS, text: string): boolean {
  return text.length > shortText ? expression.matcher(text).find() : expression.test(text)
}

function cut(text: string, longest = longestText): string {
  return text.length > longest ? text.slice(0, longest) : text
}

/**
 * A text without its percent signs, as ClickHouse's `toValidUTF8(decodeURLComponent(...))` does it; what is no
 * UTF-8 becomes U+FFFD.
 */
export function decoded(text: string): string {
  if (!text.includes('%')) return text
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (bytes) =>
    Buffer.from(bytes.replaceAll('%', ''), 'hex').toString(),
  )
}
