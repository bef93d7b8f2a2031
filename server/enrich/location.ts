// Where an address is at home, as far as its country: looked up in a public-domain database on this machine, so
// that no address is ever sent anywhere.

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { Reader } from 'mmdb-lib'
import { remembered } from './remembered.ts'

export type Locations = {
  /**
   * ISO 3166 code, two capital letters; '' when unknown.
   * @param address canonical, as `shortenAddress` returns it; country is told from the shortened address.
   */
  country(address: string): string
}

// One file for both families. Without its parts for IPv4 and IPv6 alone it is all that is loaded: 8 MB, read in
// 10 ms.
const file = '@ip-location-db/geo-whois-asn-country-mmdb/geo-whois-asn-country.mmdb'

export function openLocations(): Locations {
  const path = createRequire(import.meta.url).resolve(file)
  const reader = new Reader(readFileSync(path))
  const country = (address: string) => {
    if (address === '') return ''
    const found: unknown = reader.get(address)
    const code = isRecord(found) ? found.country_code : undefined
    return typeof code === 'string' && /^[A-Z]{2}$/.test(code) ? code : ''
  }
  // Shortened to two bytes there are no more than 65,536 of them.
  return { country: remembered(10_000, country) }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
