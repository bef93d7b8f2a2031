import { expect, test } from 'vitest'
import { isSpamReferrer } from '../../../server/enrich/referrer-spam.ts'

test('A host that is known for spam is found anywhere in the address, whatever its case', () => {
  expect(isSpamReferrer('http://www.SEMALT.com/crawler.php?u=http://example.org')).toBe(true)
  expect(isSpamReferrer('https://news.example.com/story')).toBe(false)
})
