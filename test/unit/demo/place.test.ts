import { expect, test } from 'vitest'
import { addressIn, collectAddresses, placesFor } from '../../../server/demo/place.ts'
import { Random } from '../../../server/demo/random.ts'
import { shortenAddress } from '../../../server/enrich/address.ts'

/** A world in which Germany has the addresses that begin with 91, France those that begin with 2a01. */
const countryOf = (address: string) =>
  address.startsWith('91.') ? 'DE' : address.startsWith('90.') || address.startsWith('2a01:') ? 'FR' : ''
const book = collectAddresses(countryOf)

test('A country is still told when its addresses have been shortened', () => {
  const random = new Random('addresses')
  for (const place of placesFor('Europe/Berlin', book)) {
    for (let i = 0; i < 50; i++) {
      expect(countryOf(shortenAddress(addressIn(place, book, random), 2))).toBe(place.country)
    }
  }
})

test('Nobody comes from a country of which no address is known', () => {
  expect(new Set(placesFor('Europe/Berlin', book).map(({ country }) => country))).toEqual(
    new Set(['DE', 'FR']),
  )
})

test('Nearly half of the visitors live where the site is at home', () => {
  const share = (timezone: string, country: string) => {
    const places = placesFor(timezone, book)
    const sum = places.reduce((total, { weight }) => total + weight, 0)
    return (places.find((place) => place.country === country)?.weight ?? 0) / sum
  }
  expect(share('Europe/Paris', 'FR')).toBeCloseTo(0.45)
  expect(share('Europe/Berlin', 'DE')).toBeCloseTo(0.45)
  expect(share('UTC', 'DE')).toBeGreaterThan(0.7)
})
