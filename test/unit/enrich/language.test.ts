import fc from 'fast-check'
import { expect, test } from 'vitest'
import { language } from '../../../server/enrich/language.ts'

test.each([
  ['de-AT,de;q=0.9,en;q=0.8', 'de-at'],
  ['en', 'en'],
  ['en;q=0.4, fr-CA;q=0.9, de;q=0.9', 'fr-ca'],
  ['fr;q=0, it', 'it'],
  ['*, en;q=0.5', 'en'],
  ['zh-Hans-CN', 'zh-hans-cn'],
  ['de_DE', 'de-de'],
  ['es-419', 'es-419'],
  ['de-CH-1996', 'de-ch'],
  ['de-DE-u-co-phonebk', 'de-de'],
  ['fil-PH;q=1.0', 'fil-ph'],
  ['', ''],
  ['*', ''],
  ['x-klingon', ''],
  ['und', ''],
  ['english', ''],
  ['en;q=2', ''],
  ['<script>', ''],
])('a browser that sends "%s" wants "%s"', (header, wanted) => {
  expect(language(header)).toBe(wanted)
})

test('a header of any length and content is read, and gives a tag of three parts at most', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 1000 }), (header) => {
      expect(language(header)).toMatch(/^(?:[a-z]{2,3}(?:-[a-z]{4})?(?:-(?:[a-z]{2}|\d{3}))?)?$/)
    }),
  )
})
