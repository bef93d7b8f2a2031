// What codes are called in the reader's language: countries and languages. Pure.

import type { Row } from './catalogue.ts'

const pageDimensions = ['url', 'entry_url', 'exit_url']

export type Naming = (row: Row) => string

/**
 * The label of a row of a report with these dimensions.
 * @param host of the site, without `www.`: its own pages are called by their path alone.
 */
export function namingFor(locale: string, dimensions: readonly { name: string }[], host: string): Naming {
  const only = dimensions.length === 1 ? (dimensions[0]?.name ?? '') : ''
  if (pageDimensions.includes(only)) {
    return (row) => readable(row.label.startsWith(`${host}/`) ? row.label.slice(host.length) : row.label)
  }
  if (only === 'country') return codeNames(locale, 'region', (row) => row.code ?? row.country)
  if (only === 'language' || only === 'plain_language')
    return codeNames(locale, 'language', (row) => row[only])
  if (only === 'target_url') return (row) => readable(row.label)
  return (row) => row.label
}

/** `/k%C3%A4se` as people read it; an address that is not well-formed stays as it is. */
function readable(address: string): string {
  try {
    return decodeURI(address)
  } catch {
    return address
  }
}

/** `example.org` of `https://www.example.org/shop`. */
export function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host.replace(/^www\./, '') : url
}

/** A country's name, or its code where the browser knows none. */
export function countryName(locale: string, code: string): string {
  return nameOf(new Intl.DisplayNames(locale, { type: 'region' }), code.toUpperCase()) ?? code
}

function codeNames(locale: string, type: 'region' | 'language', codeOf: (row: Row) => unknown): Naming {
  const names = new Intl.DisplayNames(locale, { type })
  return (row) => {
    const code = codeOf(row)
    if (typeof code !== 'string' || code === '') return row.label
    return nameOf(names, type === 'region' ? code.toUpperCase() : code) ?? row.label
  }
}

function nameOf(names: Intl.DisplayNames, code: string): string | undefined {
  try {
    const name = names.of(code)
    return name === code ? undefined : name
  } catch {
    // Not a code of that kind: what the server calls it must do.
    return undefined
  }
}
