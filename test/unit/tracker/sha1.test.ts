import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sha1Start } from '../../../tracker/sha1.ts'

const standard = (text: string): string => createHash('sha1').update(text, 'latin1').digest('hex').slice(0, 4)

test('the hash in a cookie name is that of matomo.js: four digits of the SHA-1 of host and path', () => {
  expect(sha1Start('example.org/')).toBe(standard('example.org/'))
})

test('hosts of every length are hashed as the standard says', () => {
  for (let length = 0; length < 300; length++) {
    const text = 'shop.example-1.org/'.repeat(16).slice(0, length)
    expect(sha1Start(text), text).toBe(standard(text))
  }
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme-ascii', maxLength: 260 }),
      (text) => sha1Start(text) === standard(text),
    ),
    { numRuns: 500 },
  )
})
