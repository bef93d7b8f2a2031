import { expect, test } from 'vitest'
import { continents, countryNames } from '../../../server/reports/names.ts'

const listed = continents.continent_countries as string[]
const named = countryNames.country_codes as string[]

test('every country lies on one continent', () => {
  expect(new Set(listed).size).toBe(listed.length)
  expect(continents.continents).toHaveLength(listed.length)
})

test('they are the 249 countries of ISO 3166 and Kosovo, all of which have a name', () => {
  expect(listed).toHaveLength(249 + 1)
  expect(listed.filter((code) => !named.includes(code))).toEqual([])
})
