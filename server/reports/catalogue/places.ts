// Reports of where visitors were, and of the language that they read.

import { continents, countryNames, languageNames } from '../names.ts'
import { type By, named, orElse, type Report } from './report.ts'
import { visitReport } from './visits.ts'

const countryParams = { ...countryNames }
const continentParams = { ...countryNames, ...continents }

/** Needs `countryNames`. */
export const country: By = {
  country: [
    'Country',
    'country',
    `if(country = '', 'Unknown', transform(country, {country_codes:Array(String)}, {country_names:Array(String)}, country))`,
  ],
}
const continent: By = {
  continent: [
    'Continent',
    `transform(toString(country), {continent_countries:Array(String)}, {continents:Array(String)}, '')`,
    named('continent', {
      '': 'Unknown',
      AF: 'Africa',
      AN: 'Antarctica',
      AS: 'Asia',
      EU: 'Europe',
      NA: 'North America',
      OC: 'Oceania',
      SA: 'South America',
    }),
  ],
}
const region: By = { region: ['Region', 'region', orElse('region', 'Unknown region')] }
const city: By = { city: ['City', 'city', orElse('city', 'Unknown city')] }

const languageName = (dimension: string) =>
  `transform(splitByChar('-', ${dimension})[1], {language_codes:Array(String)}, {language_names:Array(String)}, ${dimension})`

export const placeReports: readonly Report[] = [
  visitReport({
    name: 'countries',
    title: 'Countries',
    definition: 'Where visitors were, estimated from the shortened address.',
    group: 'visitors',
    matomo: 'UserCountry.getCountry',
    by: country,
    code: 'country',
    params: countryParams,
    children: ['regions'],
  }),
  visitReport({
    name: 'continents',
    title: 'Continents',
    definition: 'On which continent visitors were.',
    group: 'visitors',
    matomo: 'UserCountry.getContinent',
    by: continent,
    params: continentParams,
    children: ['continent-countries'],
  }),
  visitReport({
    name: 'continent-countries',
    title: 'Countries of continents',
    definition: 'Where visitors were, by continent and country.',
    group: 'visitors',
    by: { ...continent, ...country },
    code: 'country',
    params: continentParams,
  }),
  visitReport({
    name: 'regions',
    title: 'Regions',
    definition: 'In which part of a country visitors were, where a trusted client tells it.',
    group: 'visitors',
    matomo: 'UserCountry.getRegion',
    by: { ...country, ...region },
    label: `concat(${orElse('region', 'Unknown region')}, ', ', ${country.country?.[2]})`,
    code: 'country',
    params: countryParams,
    children: ['cities'],
  }),
  visitReport({
    name: 'cities',
    title: 'Cities',
    definition: 'In which city visitors were, where a trusted client tells it.',
    group: 'visitors',
    matomo: 'UserCountry.getCity',
    by: { ...country, ...region, ...city },
    label: `concat(${orElse('city', 'Unknown city')}, if(region = '', '', concat(', ', region)), ', ', ${country.country?.[2]})`,
    code: 'country',
    params: countryParams,
  }),
  visitReport({
    name: 'languages',
    title: 'Languages',
    definition: 'The language that the browser asks for.',
    group: 'visitors',
    matomo: 'UserLanguage.getLanguageCode',
    by: { language: ['Language', 'language'] },
    label: `if(language = '', 'Unknown', concat(
      ${languageName('language')},
      if(match(language, '-[a-z]{2}$'), concat(' (', transform(upper(right(language, 2)),
        {country_codes:Array(String)}, {country_names:Array(String)}, upper(right(language, 2))), ')'), '')))`,
    params: { ...countryNames, ...languageNames },
  }),
  visitReport({
    name: 'plain-languages',
    title: 'Languages without region',
    definition: 'The language that the browser asks for, be it of Austria or of Switzerland.',
    group: 'visitors',
    matomo: 'UserLanguage.getLanguage',
    by: {
      plain_language: [
        'Language',
        `splitByChar('-', toString(language))[1]`,
        `if(plain_language = '', 'Unknown', ${languageName('plain_language')})`,
      ],
    },
    params: languageNames,
  }),
]
