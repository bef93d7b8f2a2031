import { describe, expect, test } from 'vitest'
import {
  compileExtraction,
  compilePattern,
  compileUrlPattern,
  decoded,
  mostStepsInAll,
  type Pattern,
  regexError,
  stepsOf,
} from '../../../server/enrich/pattern.ts'
import { randomOf } from '../../world/device-agents.ts'

const pattern = (how: Pattern['how'], text: string, caseSensitive = false): Pattern => ({
  how,
  text,
  caseSensitive,
})

describe('a pattern', () => {
  test.each<[Pattern, string, boolean]>([
    [pattern('contains', 'Thanks'), '/thanks/1', true],
    [pattern('contains', 'Thanks', true), '/thanks/1', false],
    [pattern('contains', 'Thanks', true), '/Thanks', true],
    [pattern('contains', 'a.c'), '/abc', false],
    [pattern('exact', '/thanks'), '/THANKS', true],
    [pattern('exact', '/thanks'), '/thanks/', false],
    [pattern('exact', '/thanks', true), '/THANKS', false],
    [pattern('regex', '^/thanks/\\d+$'), '/Thanks/12', true],
    [pattern('regex', '^/thanks/\\d+$', true), '/Thanks/12', false],
    [pattern('regex', 'a.c'), 'xa\ncx', true],
    [pattern('regex', '/größe'), '/GRÖßE', true],
  ])('%j finds "%s": %s', (pattern, text, found) => {
    expect(compilePattern(pattern)(text)).toBe(found)
  })

  test.each<[Pattern, string, boolean]>([
    [pattern('contains', '/größe'), 'https://e.org/gr%C3%B6%C3%9Fe', true],
    [pattern('contains', '/gr%C3%B6%C3%9Fe'), 'https://e.org/größe', true],
    [pattern('exact', 'https://e.org/a b'), 'https://e.org/a%20b', true],
    [pattern('contains', '%2F'), 'https://e.org/%2F', true],
    [pattern('contains', '100%'), 'https://e.org/100%', true],
    [pattern('contains', 'x'), 'https://e.org/%79', false],
  ])('%j finds the address "%s": %s', (pattern, url, found) => {
    expect(compileUrlPattern(pattern)(url)).toBe(found)
  })

  test.each([
    ['contains', 8000],
    ['regex', 1024],
  ] as const)('looks for what it %s in %i characters and no further', (how, longest) => {
    const finds = compilePattern(pattern(how, 'end'))
    expect(finds(`${'x'.repeat(longest - 3)}end`)).toBe(true)
    expect(finds(`${'x'.repeat(longest - 2)}end`)).toBe(false)
  })

  test('that would hold a JavaScript engine for years takes its time by the length of the text', () => {
    expect(compilePattern(pattern('regex', '^(a+)+$'))(`${'a'.repeat(1000)}b`)).toBe(false)
  })
})

test.each([200, 8000])('no text of %i characters keeps the most expressions of a site for long', (length) => {
  // At each character the engine has another of 2^470 states, and of each step one.
  const expressions = Array.from({ length: 6 }, (_, n) => `${n % 2 ? 'a' : 'b'}[ab]{470}[cz]`)
  expect(expressions.reduce((sum, text) => sum + stepsOf(text), 0)).toBeLessThan(mostStepsInAll.ofSite)
  const finds = expressions.map((text) => compilePattern(pattern('regex', text)))
  const random = randomOf(length)
  let shortest = Number.POSITIVE_INFINITY
  for (let run = 0; run < 5; run++) {
    const text = Array.from({ length }, () => (random() < 0.5 ? 'a' : 'b')).join('')
    const before = process.cpuUsage()
    for (const isFound of finds) expect(isFound(text)).toBe(false)
    const { user, system } = process.cpuUsage(before)
    shortest = Math.min(shortest, (user + system) / 1000)
  }
  expect(shortest).toBeLessThan(200)
})

describe('an expression', () => {
  test.each([
    ['a(b', 'error parsing regexp: missing closing ): `a(b`'],
    ['a(?=b)', 'error parsing regexp: invalid or unsupported Perl syntax: `(?=`'],
    ['(a)\\1', 'error parsing regexp: invalid escape sequence: `\\1`'],
    ['x{1001}', 'error parsing regexp: invalid repeat count: `{1001}`'],
    ['(?:(?:abcdefgh){20}x){10}', 'it is too complicated'],
  ])('%s is refused: %s', (text, reason) => {
    expect(regexError(text)).toBe(reason)
  })

  test('that is to take something out of a text needs a group', () => {
    expect(regexError('a(b)', 1)).toBeUndefined()
    expect(regexError('a(?:b)', 1)).toBe('it needs a part in parentheses, which is what is taken')
    expect(compileExtraction('/blog/(\\w+)|/(x)', true)('https://e.org/blog/news')).toBe('news')
    expect(compileExtraction('/blog/(\\w+)|/(x)', true)('https://e.org/x')).toBeUndefined()
    expect(compileExtraction('/BLOG/(\\w+)', true)('https://e.org/blog/news')).toBeUndefined()
    expect(compileExtraction('/BLOG/(\\w+)', false)('https://e.org/blog/news')).toBe('news')
  })
})

test.each([
  ['a', 'a'],
  ['%C3%A4%zz%41', 'ä%zzA'],
  ['%E4', '\ufffd'],
  ['%', '%'],
])('%s is %s without its percent signs', (text, plain) => {
  expect(decoded(text)).toBe(plain)
})
