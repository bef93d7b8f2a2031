// Where the demo's visitors live: which country, which clock, which language, and from which network addresses.

import { type Random, Weighted } from './random.ts'

export type Place = {
  /** ISO 3166, two capital letters. */
  country: string
  /** IANA name of its time zone. */
  zone: string
  /** Share of the visitors, before the site's own country gets its extra. */
  weight: number
  /** What browsers there send as Accept-Language. */
  languages: Weighted<string>
}

/** Beginnings of addresses that a country is known by: two bytes of IPv4, two groups of IPv6. */
export type AddressBook = ReadonlyMap<string, { ipv4: string[]; ipv6: string[] }>

/** Share of the visitors who live where the site is at home. */
const atHome = 0.45

/** Everywhere, with the site's own time zone in front. Places that no address is known of are left out. */
export function placesFor(timezone: string, addresses: AddressBook): Place[] {
  const known = places.filter(({ country }) => addresses.get(country)?.ipv4.length)
  const home = known.find(({ zone }) => zone === timezone)
  if (!home) return known
  const others = known.reduce(
    (sum, { weight, country }) => (country === home.country ? sum : sum + weight),
    0,
  )
  const own = known.reduce((sum, { weight, country }) => (country === home.country ? sum + weight : sum), 0)
  const factor = (others * atHome) / (1 - atHome) / own
  return known.map((place) =>
    place.country === home.country ? { ...place, weight: place.weight * factor } : place,
  )
}

export function addressIn(place: Place, addresses: AddressBook, random: Random): string {
  const { ipv4 = [], ipv6 = [] } = addresses.get(place.country) ?? {}
  const one = ipv6[random.below(ipv6.length)]
  if (one !== undefined && random.chance(0.35)) return `${one}::${random.hex(4)}:${random.hex(4)}`
  // A few networks have most of the people.
  const other = ipv4[Math.floor(ipv4.length * random.next() ** 2)] ?? '0.0'
  return `${other}.${random.below(256)}.${1 + random.below(254)}`
}

/**
 * Asks for every so-manieth network to which country it belongs: so that what the demo sends is recognised,
 * whatever the database of countries knows today.
 */
export function collectAddresses(countryOf: (address: string) => string): AddressBook {
  const book = new Map(places.map(({ country }) => [country, { ipv4: [] as string[], ipv6: [] as string[] }]))
  for (let first = 1; first < 224; first++) {
    for (let second = first % 3; second < 256; second += 3) {
      book.get(countryOf(`${first}.${second}.0.0`))?.ipv4.push(`${first}.${second}`)
    }
  }
  for (const first of [
    '2001',
    '2401',
    '2402',
    '2405',
    '2600',
    '2607',
    '2803',
    '2804',
    '2a00',
    '2a01',
    '2a02',
    '2c0f',
  ]) {
    for (let second = 0; second < 0x10000; second += 0x70) {
      const start = `${first}:${second.toString(16)}`
      book.get(countryOf(`${start}::`))?.ipv6.push(start)
    }
  }
  return book
}

const places: Place[] = [
  place(
    'DE',
    'Europe/Berlin',
    16,
    ['de-DE,de;q=0.9,en-US;q=0.8,en;q=0.7', 80],
    ['en-GB,en;q=0.9,de;q=0.8', 14],
    ['tr-TR,tr;q=0.9,de;q=0.8', 6],
  ),
  place('AT', 'Europe/Vienna', 4, ['de-AT,de;q=0.9,en;q=0.8', 85], ['en-US,en;q=0.9', 15]),
  place(
    'CH',
    'Europe/Zurich',
    4,
    ['de-CH,de;q=0.9,en;q=0.8', 58],
    ['fr-CH,fr;q=0.9,de;q=0.8', 24],
    ['it-CH,it;q=0.9', 6],
    ['en-US,en;q=0.9', 12],
  ),
  place('GB', 'Europe/London', 12, ['en-GB,en;q=0.9', 80], ['en-GB,en-US;q=0.9,en;q=0.8', 20]),
  place('IE', 'Europe/Dublin', 1.5, ['en-IE,en;q=0.9', 70], ['en-GB,en;q=0.9', 30]),
  place('US', 'America/New_York', 9, ['en-US,en;q=0.9', 88], ['es-US,es;q=0.9,en;q=0.8', 12]),
  place('US', 'America/Chicago', 5, ['en-US,en;q=0.9', 86], ['es-US,es;q=0.9,en;q=0.8', 14]),
  place('US', 'America/Denver', 2, ['en-US,en;q=0.9', 92], ['es-US,es;q=0.9', 8]),
  place(
    'US',
    'America/Los_Angeles',
    6,
    ['en-US,en;q=0.9', 84],
    ['es-US,es;q=0.9,en;q=0.8', 11],
    ['zh-CN,zh;q=0.9,en;q=0.8', 5],
  ),
  place('CA', 'America/Toronto', 3, ['en-CA,en;q=0.9', 70], ['fr-CA,fr;q=0.9,en;q=0.8', 30]),
  place('CA', 'America/Vancouver', 1, ['en-CA,en;q=0.9', 92], ['zh-CN,zh;q=0.9,en;q=0.8', 8]),
  place('FR', 'Europe/Paris', 5, ['fr-FR,fr;q=0.9,en-US;q=0.8,en;q=0.7', 92], ['en-US,en;q=0.9,fr;q=0.8', 8]),
  place(
    'NL',
    'Europe/Amsterdam',
    4,
    ['nl-NL,nl;q=0.9,en-US;q=0.8,en;q=0.7', 70],
    ['en-US,en;q=0.9,nl;q=0.8', 30],
  ),
  place(
    'BE',
    'Europe/Brussels',
    2,
    ['nl-BE,nl;q=0.9,en;q=0.8', 50],
    ['fr-BE,fr;q=0.9,en;q=0.8', 38],
    ['en-US,en;q=0.9', 12],
  ),
  place('IT', 'Europe/Rome', 3.5, ['it-IT,it;q=0.9,en-US;q=0.8,en;q=0.7', 93], ['en-US,en;q=0.9', 7]),
  place(
    'ES',
    'Europe/Madrid',
    3,
    ['es-ES,es;q=0.9,en;q=0.8', 80],
    ['ca-ES,ca;q=0.9,es;q=0.8', 12],
    ['en-GB,en;q=0.9', 8],
  ),
  place('PT', 'Europe/Lisbon', 1.2, ['pt-PT,pt;q=0.9,en-US;q=0.8', 85], ['en-US,en;q=0.9', 15]),
  place('SE', 'Europe/Stockholm', 2.2, ['sv-SE,sv;q=0.9,en-US;q=0.8,en;q=0.7', 80], ['en-US,en;q=0.9', 20]),
  place('NO', 'Europe/Oslo', 1.6, ['nb-NO,nb;q=0.9,no;q=0.8,en;q=0.7', 82], ['en-US,en;q=0.9', 18]),
  place('DK', 'Europe/Copenhagen', 1.6, ['da-DK,da;q=0.9,en-US;q=0.8,en;q=0.7', 80], ['en-US,en;q=0.9', 20]),
  place(
    'FI',
    'Europe/Helsinki',
    1.2,
    ['fi-FI,fi;q=0.9,en-US;q=0.8,en;q=0.7', 85],
    ['sv-FI,sv;q=0.9,fi;q=0.8', 5],
    ['en-US,en;q=0.9', 10],
  ),
  place('PL', 'Europe/Warsaw', 2.5, ['pl-PL,pl;q=0.9,en-US;q=0.8,en;q=0.7', 92], ['en-US,en;q=0.9', 8]),
  place('CZ', 'Europe/Prague', 1.6, ['cs-CZ,cs;q=0.9,en;q=0.8', 90], ['en-US,en;q=0.9', 10]),
  place('SK', 'Europe/Bratislava', 0.6, ['sk-SK,sk;q=0.9,cs;q=0.8,en;q=0.7', 100]),
  place('HU', 'Europe/Budapest', 0.8, ['hu-HU,hu;q=0.9,en-US;q=0.8', 95], ['en-US,en;q=0.9', 5]),
  place('RO', 'Europe/Bucharest', 0.8, ['ro-RO,ro;q=0.9,en-US;q=0.8,en;q=0.7', 75], ['en-US,en;q=0.9', 25]),
  place('GR', 'Europe/Athens', 0.6, ['el-GR,el;q=0.9,en;q=0.8', 88], ['en-US,en;q=0.9', 12]),
  place('SI', 'Europe/Ljubljana', 0.4, ['sl-SI,sl;q=0.9,en-GB;q=0.8,en;q=0.7', 100]),
  place('HR', 'Europe/Zagreb', 0.4, ['hr-HR,hr;q=0.9,en-US;q=0.8,en;q=0.7', 100]),
  place('LT', 'Europe/Vilnius', 0.3, ['lt-LT,lt;q=0.9,en-US;q=0.8,en;q=0.7', 90], ['ru-RU,ru;q=0.9', 10]),
  place(
    'UA',
    'Europe/Kyiv',
    0.7,
    ['uk-UA,uk;q=0.9,en-US;q=0.8,en;q=0.7', 85],
    ['ru-UA,ru;q=0.9,uk;q=0.8', 15],
  ),
  place('TR', 'Europe/Istanbul', 1, ['tr-TR,tr;q=0.9,en-US;q=0.8,en;q=0.7', 95], ['en-US,en;q=0.9', 5]),
  place('RU', 'Europe/Moscow', 0.7, ['ru-RU,ru;q=0.9,en-US;q=0.8,en;q=0.7', 100]),
  place('IL', 'Asia/Jerusalem', 0.5, ['he-IL,he;q=0.9,en-US;q=0.8,en;q=0.7', 85], ['en-US,en;q=0.9', 15]),
  place(
    'IN',
    'Asia/Kolkata',
    2,
    ['en-IN,en;q=0.9', 40],
    ['en-US,en;q=0.9', 40],
    ['hi-IN,hi;q=0.9,en;q=0.8', 20],
  ),
  place('JP', 'Asia/Tokyo', 1.5, ['ja,en-US;q=0.9,en;q=0.8', 50], ['ja-JP,ja;q=0.9', 50]),
  place('KR', 'Asia/Seoul', 0.7, ['ko-KR,ko;q=0.9,en-US;q=0.8,en;q=0.7', 100]),
  place('CN', 'Asia/Shanghai', 0.6, ['zh-CN,zh;q=0.9', 85], ['zh-CN,zh;q=0.9,en;q=0.8', 15]),
  place('TW', 'Asia/Taipei', 0.4, ['zh-TW,zh;q=0.9,en-US;q=0.8,en;q=0.7', 100]),
  place('SG', 'Asia/Singapore', 0.5, ['en-SG,en;q=0.9', 60], ['en-US,en;q=0.9,zh-CN;q=0.8', 40]),
  place('AU', 'Australia/Sydney', 1.8, ['en-AU,en;q=0.9', 90], ['en-GB,en;q=0.9', 10]),
  place('AU', 'Australia/Perth', 0.3, ['en-AU,en;q=0.9', 100]),
  place('NZ', 'Pacific/Auckland', 0.6, ['en-NZ,en;q=0.9', 85], ['en-GB,en;q=0.9', 15]),
  place('BR', 'America/Sao_Paulo', 1.2, ['pt-BR,pt;q=0.9,en-US;q=0.8,en;q=0.7', 96], ['en-US,en;q=0.9', 4]),
  place('MX', 'America/Mexico_City', 0.7, ['es-MX,es;q=0.9,en;q=0.8', 60], ['es-419,es;q=0.9,en;q=0.8', 40]),
  place(
    'AR',
    'America/Argentina/Buenos_Aires',
    0.4,
    ['es-AR,es;q=0.9,en;q=0.8', 60],
    ['es-419,es;q=0.9', 40],
  ),
  place('CL', 'America/Santiago', 0.3, ['es-CL,es;q=0.9,en;q=0.8', 60], ['es-419,es;q=0.9', 40]),
  place('ZA', 'Africa/Johannesburg', 0.6, ['en-ZA,en;q=0.9', 60], ['en-GB,en;q=0.9', 40]),
  place('KE', 'Africa/Nairobi', 0.2, ['en-GB,en;q=0.9', 50], ['en-US,en;q=0.9,sw;q=0.8', 50]),
  place('MA', 'Africa/Casablanca', 0.2, ['fr-FR,fr;q=0.9,ar;q=0.8', 70], ['ar,fr;q=0.9', 30]),
]

function place(country: string, zone: string, weight: number, ...languages: [string, number][]): Place {
  return { country, zone, weight, languages: new Weighted(languages) }
}
