// Tracking requests that nobody should send, for property-based tests: every parameter of the table with every kind
// of value, alone and together, in each of the ways by which the protocol takes them. Many are nearly right, so that
// they come far.

import fc from 'fast-check'
import { type ParameterName, parameters } from '../../server/collect/parameter.ts'
import { agents, strangeTexts } from './strange.ts'

export type TrackingRequest = {
  method: 'GET' | 'POST' | 'HEAD' | 'OPTIONS'
  url: string
  headers: Record<string, string>
  payload: string
  /** Entries of a bulk request; undefined where it is a single one. */
  entries: number | undefined
}

export const parameterNames = Object.keys(parameters) as ParameterName[]

/** Values that their parameter takes, so that what comes after it is reached too. */
const usual: Partial<Record<ParameterName, string[]>> = {
  idsite: ['1', '2'],
  rec: ['1'],
  token_auth: ['known-token'],
  bots: ['1'],
  url: [
    'https://example.org/?q=shoes&search_count=3',
    'https://example.org/a;jsessionid=1?b=%C3%A4#c?d=e',
    'https://example.org/?utm_campaign=Summer&utm_term=%00%0A%ED%A0%80',
    'app://shop/cart',
  ],
  urlref: ['https://www.google.com/search?q=caf%C3%A9', 'https://other.example/%E0%A4%A', 'https://t.co/x'],
  link: ['https://other.example/', '//user:password@other.example/x'],
  download: ['https://example.org/file.zip'],
  e_v: ['-1.5e300', '.5', '1e-320', '-0'],
  cid: ['0123456789abcdef', 'FFFFFFFFFFFFFFFF'],
  _id: ['', '0000000000000000', 'ffffffffffffffff'],
  cip: ['203.0.113.7', '2001:db8::1', '::ffff:1.2.3.4'],
  cdt: ['1700000000', '2010-03-28 02:30:00', '2026-11-22T11:59:59.999Z', '2026-02-31'],
  lang: ['de-AT,de;q=0.9', 'zh-Hant-TW'],
  uadata: [
    '{"brands":[{"brand":"Chrome","version":"142"}],"mobile":true,"model":"\\u0000\\ud800x","platform":"Android"}',
    '{"fullVersionList":[],"formFactors":["Desktop"],"platform":"Windows","platformVersion":"15.0.0"}',
  ],
  res: ['1920x1080', '99999x999', '0x0'],
  h: ['23'],
  m: ['59'],
  ca: ['0'],
  idgoal: ['0', '1', '5'],
  revenue: ['19.999', '-1.7e308', '1e308'],
  ec_items: [
    '[["SKU","Shoe",["Shoes","Red"],"19.90",2],["SKU","Again",null,1e308],[7,[],[]],["\\ud800\\u0000",{}]]',
    '[[],{},null,["a"',
    '{"1":["a"]}',
  ],
  _pks: ['SKU'],
  _pkc: ['["Shoes","\\ud800\\n"]', '["Shoes"', '[1,[2],null]'],
  cvar: [
    '{"1":["__proto__","x"],"2":["\\u0000\\ud800",1],"21":["far","off"],"3":["empty",""]}',
    '[["a","b"],["c","d"]]',
  ],
  _cvar: ['{"1":["constructor","x"],"20":["last",1e308]}', 'null', '{"1":'],
}

const anyText = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...strangeTexts) },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
  // Half surrogate pairs among the rest.
  {
    weight: 2,
    arbitrary: fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString('utf16le')),
  },
  { weight: 1, arbitrary: fc.double().map(String) },
  { weight: 1, arbitrary: fc.webUrl({ withQueryParameters: true, withFragments: true }) },
  { weight: 1, arbitrary: fc.ipV6() },
  { weight: 1, arbitrary: fc.date({ noInvalidDate: true }).map((date) => date.toISOString()) },
)

function textFor(name: string): fc.Arbitrary<string> {
  if (name === 'ua') return fc.oneof(fc.constantFrom(...agents), anyText)
  const fits = Object.hasOwn(usual, name) ? usual[name as ParameterName] : undefined
  return fits ? fc.oneof(fc.constantFrom(...fits), anyText) : anyText
}

const anyName = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom<string>(...parameterNames) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      ...parameterNames.flatMap((name) => [`${name}[]`, `${name}[x]`, name.toUpperCase()]),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '',
      '__proto__',
      'constructor',
      'toString',
      'hasOwnProperty',
      'requests',
      'length',
    ),
  },
)

type Pair = [name: string, value: string]

const anyPair: fc.Arbitrary<Pair> = anyName.chain((name) => textFor(name).map((value): Pair => [name, value]))
/** A request that would be kept, for the strange ones to stand in. */
const sound: fc.Arbitrary<Pair[]> = fc
  .tuple(fc.constantFrom('1', '2'), fc.constantFrom(...agents))
  .map(([site, agent]) => [
    ['idsite', site],
    ['rec', '1'],
    ['ua', agent],
  ])

const anyPairs = fc
  .tuple(
    fc.oneof({ weight: 5, arbitrary: sound }, { weight: 1, arbitrary: fc.constant([]) }),
    fc.array(anyPair, { maxLength: 8 }),
  )
  .map(([first, second]): Pair[] => [...first, ...second])

/** As a query: encoded as it should be, or in ways that no encoder writes. */
function queryOf(pairs: fc.Arbitrary<Pair[]>): fc.Arbitrary<string> {
  const broken = fc.constantFrom(
    '%',
    '%2',
    '%zz',
    '%u0041',
    '%00',
    '%FF',
    '%ED%A0%80',
    '%C0%AF',
    '%F8%88%80%80%80',
    '&',
    '=',
    ';',
    '?',
  )
  return fc.tuple(pairs, fc.array(broken, { maxLength: 3 }), fc.nat()).map(([all, pieces, seed]) => {
    const parts = all.map(
      ([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value.toWellFormed())}`,
    )
    for (const [index, piece] of pieces.entries()) {
      const at = (seed >> (index * 4)) % (parts.length + 1)
      const part = parts[at]
      if (part === undefined) parts.push(piece)
      else parts[at] = part + piece
    }
    return parts.join('&')
  })
}

/** What JSON can bring under a name: mostly text and numbers, also what no parameter is. */
const anyJson = fc.oneof(
  { weight: 3, arbitrary: anyText },
  { weight: 2, arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true }) },
  { weight: 1, arbitrary: fc.maxSafeInteger() },
  { weight: 1, arbitrary: fc.boolean() },
  { weight: 1, arbitrary: fc.jsonValue() },
  { weight: 1, arbitrary: fc.array(anyText, { maxLength: 3 }) },
  { weight: 1, arbitrary: fc.constant({ toString: 1, valueOf: null }) },
)

const anyEntry: fc.Arbitrary<unknown> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .tuple(sound, fc.array(fc.tuple(anyName, anyJson), { maxLength: 8 }))
      .map(([first, second]) => Object.fromEntries([...first, ...second])),
  },
  {
    weight: 4,
    arbitrary: fc
      .tuple(fc.constantFrom('?', '', 'https://stats.example/f?'), queryOf(anyPairs))
      .map((parts) => parts.join('')),
  },
  { weight: 1, arbitrary: anyJson },
)

const anyBulk = fc
  .record(
    {
      requests: fc.array(anyEntry, { maxLength: 12 }),
      token_auth: fc.oneof(fc.constant('known-token'), anyJson),
      send_image: fc.oneof(fc.constantFrom<unknown>(0, 1, '0', '1', false), anyJson),
    },
    { requiredKeys: ['requests'] },
  )
  .map((bulk) => ({ payload: JSON.stringify(bulk), entries: bulk.requests.length }))

/** What Node's parser lets through in the value of a header. */
const anyHeader = fc.oneof(
  fc.uint8Array({ maxLength: 60 }).map((bytes) =>
    Buffer.from(bytes)
      .toString('latin1')
      .replace(/[^\t\x20-\x7e\x80-\xff]/g, ''),
  ),
  fc.constantFrom(
    ...strangeTexts.map((value) =>
      Buffer.from(value)
        .toString('latin1')
        .replace(/[^\t\x20-\x7e\x80-\xff]/g, ''),
    ),
  ),
)

function header(...fits: string[]): fc.Arbitrary<string> {
  return fc.oneof(fc.constantFrom(...fits), anyHeader)
}

const anyHeaders = fc.record(
  {
    'user-agent': header(...agents),
    'accept-language': header('de-DE,de;q=0.9', 'x;q=2,,;;q', '*'),
    'x-forwarded-for': header('203.0.113.77', '::1, 127.0.0.1', '127.0.0.1,'.repeat(900)),
    'x-forwarded-proto': header('https'),
    referer: header('https://example.org/from?q=1'),
    origin: header('https://example.org', 'null'),
    cookie: header(
      'pk_id.1=0123456789abcdef.1795000000; pk_sess.1=1',
      'pk_ignore=',
      '__proto__=1; =; ;;; pk_id.1=%ff; pk_id.2="0123456789abcdef.99999999999"',
    ),
    authorization: header('Bearer known-token', 'Bearer', 'bearer  x'),
    dnt: header('0', '1'),
    'sec-gpc': header('0', '1'),
    'x-moz': header('prefetch'),
    'x-purpose': header('preview'),
    'content-type': header(
      'application/json',
      'text/plain',
      'application/x-www-form-urlencoded; charset=x',
      'a/b',
    ),
    'access-control-request-headers': anyHeader,
    'sec-ch-ua': header('"Chrome";v="142", "Not A;Brand";v="99"'),
    'sec-ch-ua-full-version-list': header('"Chrome";v="142.0.1.2"'),
    'sec-ch-ua-platform': header('"Windows"', '"Android"'),
    'sec-ch-ua-platform-version': header('"15.0.0"', '"."'),
    'sec-ch-ua-model': header('"Pixel 9"'),
    'sec-ch-ua-mobile': header('?1'),
    'sec-ch-ua-form-factors': header('"Desktop", "XR"'),
    'sec-ch-ua-unknown': anyHeader,
  },
  { requiredKeys: [] },
)

const path = fc.constantFrom('/matomo.php', '/piwik.php', '/f')

type Shape = Omit<TrackingRequest, 'headers'>

const anyShape: fc.Arbitrary<Shape> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .tuple(fc.constantFrom('GET', 'GET', 'GET', 'POST', 'HEAD', 'OPTIONS'), path, queryOf(anyPairs))
      .map(
        ([method, path, query]): Shape => ({
          method,
          url: `${path}?${query}`,
          payload: '',
          entries: undefined,
        }),
      ),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(path, queryOf(anyPairs), queryOf(fc.array(anyPair, { maxLength: 2 }))).map(
      ([path, payload, query]): Shape => ({
        method: 'POST',
        url: `${path}?${query}`,
        payload,
        entries: undefined,
      }),
    ),
  },
  {
    weight: 4,
    arbitrary: fc
      .tuple(path, anyBulk)
      .map(([path, { payload, entries }]): Shape => ({ method: 'POST', url: path, payload, entries })),
  },
)

export const anyTrackingRequest: fc.Arbitrary<TrackingRequest> = fc
  .tuple(anyShape, anyHeaders)
  .map(([shape, headers]) => ({ ...shape, headers }))

/** One parameter with one value, in a request that is sound otherwise. */
export function requestWith(name: ParameterName): fc.Arbitrary<TrackingRequest> {
  const pairs = fc.tuple(sound, textFor(name)).map(([first, value]): Pair[] => [...first, [name, value]])
  const single = queryOf(pairs).map((query) => request({ method: 'GET', url: `/f?${query}` }))
  const bulk = fc
    .tuple(sound, fc.oneof(textFor(name), anyJson))
    .map(([first, value]) => bulkOf([Object.fromEntries([...first, [name, value]])]))
  return fc.oneof(single, bulk)
}

/**
 * The same with each of the strange texts, all in one list: as queries, and as objects, the one way by which half a
 * surrogate pair can come.
 */
export function strangeRequests(name: ParameterName): TrackingRequest[] {
  const entries = strangeTexts.map((value) => ({ idsite: '1', rec: '1', ua: agents[0] ?? '', [name]: value }))
  return [bulkOf(entries), bulkOf(entries.map((entry) => `?${new URLSearchParams(entry)}`))]
}

function bulkOf(entries: unknown[]): TrackingRequest {
  const payload = JSON.stringify({ requests: entries })
  return request({ method: 'POST', url: '/f', payload, entries: entries.length })
}

function request(parts: Pick<TrackingRequest, 'method' | 'url'> & Partial<TrackingRequest>): TrackingRequest {
  return { headers: {}, payload: '', entries: undefined, ...parts }
}
