import fc from 'fast-check'
import { expect, test } from 'vitest'
import { shortenAddress } from '../../../server/enrich/address.ts'
import { openLocations } from '../../../server/enrich/location.ts'

const locations = openLocations()

test.each([
  ['91.64.12.34', 'DE'],
  ['8.8.8.8', 'US'],
  ['2a02:8108:1234:5678::1', 'DE'],
  ['2001:4860:4860::8888', 'US'],
])('the shortened address of %s is enough for its country, %s', (address, country) => {
  expect(locations.country(shortenAddress(address, 2))).toBe(country)
})

test.each(['', '0.0.0.0', '10.0.0.0', '127.0.0.0', '::', 'fe80::'])('%s is at home nowhere', (address) => {
  expect(locations.country(address)).toBe('')
})

test('every address has a country of two letters or none', () => {
  fc.assert(
    fc.property(fc.oneof(fc.ipV4(), fc.ipV6(), fc.string()), (address) => {
      expect(locations.country(shortenAddress(address, 2))).toMatch(/^(?:[A-Z]{2})?$/)
    }),
  )
})
