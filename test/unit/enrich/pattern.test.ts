import { describe, expect, test } from 'vitest'
import {
  compileExtraction,
  compilePattern,
  compileUrlPattern,
  decoded,
  type Pattern,
  regexError,
} from '../../../server/enrich/pattern.ts'

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

  test('looks at 8000 characters and no further', () => {
    expect(compilePattern(pattern('contains', 'end'))(`${'x'.repeat(7997)}end`)).toBe(true)
    expect(compilePattern(pattern('contains', 'end'))(`${'x'.repeat(7998)}end`)).toBe(false)
    expect(compilePattern(pattern('regex', 'end$'))(`${'x'.repeat(7998)}end`)).toBe(false)
  })

  test('that would hold a JavaScript engine for years takes its time by the length of the text', () => {
    expect(compilePattern(pattern('regex', '^(a+)+$'))(`${'a'.repeat(7000)}b`)).toBe(false)
  })
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
