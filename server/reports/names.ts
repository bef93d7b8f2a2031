// Readable English names of countries and languages, from the platform's own Unicode data, as parameters of
// queries: so that a report can be searched and sorted by what is read.

import type { Params } from '../store/store.ts'

/** For `transform(code, {country_codes:Array(String)}, {country_names:Array(String)}, code)`. */
export const countryNames: Params = nameParams('country', 'region', (code) => code.toUpperCase())

export const languageNames: Params = nameParams('language', 'language', (code) => code)

function nameParams(word: string, type: 'region' | 'language', spell: (code: string) => string): Params {
  const names = new Intl.DisplayNames('en', { type, fallback: 'none' })
  const letters = Array.from('abcdefghijklmnopqrstuvwxyz')
  const known = letters
    .flatMap((first) => letters.map((second) => spell(first + second)))
    .flatMap((code) => {
      const name = names.of(code)
      return name === undefined ? [] : [{ code, name }]
    })
  return {
    [`${word}_codes`]: known.map(({ code }) => code),
    [`${word}_names`]: known.map(({ name }) => name),
  }
}
