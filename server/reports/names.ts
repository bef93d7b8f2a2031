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

/** Countries by the continent on which most of their people live; two letters each, as in ISO 3166. */
const countriesOf = {
  AF: `AO BF BI BJ BW CD CF CG CI CM CV DJ DZ EG EH ER ET GA GH GM GN GQ GW KE KM LR LS LY MA MG ML MR MU MW MZ NA NE
    NG RE RW SC SD SH SL SN SO SS ST SZ TD TG TN TZ UG YT ZA ZM ZW`,
  AN: 'AQ BV GS HM TF',
  AS: `AE AF AM AZ BD BH BN BT CC CN CX CY GE HK ID IL IN IO IQ IR JO JP KG KH KP KR KW KZ LA LB LK MM MN MO MV MY NP
    OM PH PK PS QA SA SG SY TH TJ TL TM TR TW UZ VN YE`,
  EU: `AD AL AT AX BA BE BG BY CH CZ DE DK EE ES FI FO FR GB GG GI GR HR HU IE IM IS IT JE LI LT LU LV MC MD ME MK MT
    NL NO PL PT RO RS RU SE SI SJ SK SM UA VA XK`,
  NA: `AG AI AW BB BL BM BQ BS BZ CA CR CU CW DM DO GD GL GP GT HN HT JM KN KY LC MF MQ MS MX NI PA PM PR SV SX TC TT
    US VC VG VI`,
  OC: 'AS AU CK FJ FM GU KI MH MP NC NF NR NU NZ PF PG PN PW SB TK TO TV UM VU WF WS',
  SA: 'AR BO BR CL CO EC FK GF GY PE PY SR UY VE',
}

/** For `transform(country, {continent_countries:Array(String)}, {continents:Array(String)}, '')`. */
export const continents: Params = {
  continent_countries: Object.values(countriesOf).flatMap(codesOf),
  continents: Object.entries(countriesOf).flatMap(([continent, text]) => codesOf(text).map(() => continent)),
}

function codesOf(text: string): string[] {
  return text.split(/\s+/)
}
