import fc from 'fast-check'
import { expect, test } from 'vitest'
import { campaignLevels } from '../../../server/enrich/campaign.ts'
import { campaignLevelNames, normaliseUrl } from '../../../server/enrich/url.ts'

const names = Object.entries(campaignLevelNames).flatMap(([level, names]) =>
  names.map((name) => [name, level]),
)

test.each(names)('%s tells the %s of a campaign, and stands in no page address', (name = '', level = '') => {
  const url = `https://e.org/?${name}=Some+Thing`
  expect(campaignLevels(url)).toEqual({ [level]: 'some thing' })
  expect(campaignLevels(`https://e.org/#${name}=Some+Thing`)).toEqual({ [level]: 'some thing' })
  expect(normaliseUrl(url, { keepFragment: false, excludedParameters: [] })?.url).toBe('e.org/')
})

test('The first name with a value counts', () => {
  expect(campaignLevels('https://e.org/?utm_source=u&pk_source=p&mtm_source=')).toEqual({ source: 'p' })
})

test('What the address does not tell the request may', () => {
  expect(campaignLevels('https://e.org/?utm_medium=a', { utm_medium: 'b', utm_source: 'List' })).toEqual({
    medium: 'a',
    source: 'list',
  })
})

test('Whatever an address is, a level has 1 to 255 characters', () => {
  const url = fc.string({ unit: 'binary', maxLength: 600 }).map((tail) => `https://e.org/?utm_source=${tail}`)
  fc.assert(
    fc.property(url, (address) => {
      for (const text of Object.values(campaignLevels(address))) {
        expect(text.length).toBeGreaterThan(0)
        expect(text.length).toBeLessThanOrEqual(255)
      }
    }),
  )
})
