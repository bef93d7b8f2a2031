import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cleanText, cutBytes } from '../../../server/enrich/text.ts'

test('a text becomes one line without control characters', () => {
  expect(cleanText('  First\r\nsecond\tthird\u0000\u0007 \n', 100)).toBe('First second third')
})

test('a text is cut between two characters', () => {
  expect(cutBytes('aä€😀', 3)).toBe('aä')
  expect(cutBytes('aä€😀', 4)).toBe('aä')
  expect(cutBytes('aä€😀', 6)).toBe('aä€')
  expect(cutBytes('aä€😀', 9)).toBe('aä€')
  expect(cutBytes('aä€😀', 10)).toBe('aä€😀')
})

test('half a character, which JSON can carry, is replaced', () => {
  expect(cleanText('a\ud83db', 100)).toBe('a\ufffdb')
})

test('any text comes out within its limit, as UTF-8 can carry it, and the same when cleaned again', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc.integer({ min: 1, max: 60 }),
      (text, bytes) => {
        const once = cleanText(text, bytes)
        expect(Buffer.byteLength(once)).toBeLessThanOrEqual(bytes)
        expect(Buffer.from(once).toString()).toBe(once)
        expect(cleanText(once, bytes)).toBe(once)
      },
    ),
  )
})
