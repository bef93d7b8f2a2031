// One of the demo's visitors: where they live and what they browse with. Made from nothing but the day on which
// they first came and a number, so that they can come back weeks later without having been kept anywhere.

import { type Browser, browserOf } from './browser.ts'
import { type AddressBook, addressIn, type Place } from './place.ts'
import { Random, type Weighted } from './random.ts'

export type Visitor = {
  /** 16 hexadecimal digits. */
  id: string
  place: Place
  language: string
  address: string
  browser: Browser
  /** Whether their browser keeps cookies: who has none is new each time. */
  cookies: boolean
  /** How the tracker reaches the collector from there. */
  method: 'GET' | 'POST'
}

export type Population = { seed: string; places: Weighted<Place>; addresses: AddressBook }

/** Where a visitor lives; the first of all that is drawn, and cheap to ask alone. */
export function placeOf({ seed, places }: Population, firstDate: string, number: number): [Place, Random] {
  const random = new Random(seed, 'visitor', firstDate, number)
  return [places.pick(random), random]
}

/** @param random as `placeOf` has left it. */
export function visitorIn(place: Place, { addresses }: Population, random: Random): Visitor {
  return {
    id: random.hex(16),
    place,
    language: place.languages.pick(random),
    address: addressIn(place, addresses, random),
    browser: browserOf(random),
    cookies: random.chance(0.95),
    method: random.chance(0.92) ? 'POST' : 'GET',
  }
}
