// What is said on one connection of the fuzz: requests that are well formed and strange in what they say, or sound
// ones that are broken byte by byte, or framed as no client frames them. A conversation depends on the seed and its
// number alone, so each can be held again.

import { gzipSync } from 'node:zlib'
import { parameters } from '../../server/collect/parameter.ts'
import { Random, Weighted } from '../../server/demo/random.ts'
import { catalogue } from '../../server/reports/catalogue.ts'
import { agents, strangeTexts } from './strange.ts'
import type { Sending } from './wire.ts'

export type Partner = {
  /** Of the owner; also a secret that no log may show. */
  token: string
  /** Unix seconds. */
  now: number
}

/** What no log may show: an address, a token and passwords that the service is told and has no use for. */
export const secrets = {
  address: '203.0.113.77',
  token: 'c0ffee5ec2e7c0ffee5ec2e7c0ffee00',
  password: 'marker-password-7319',
}

/** Bytes are written as characters of Latin-1 until they are sent. */
type Request = { head: string; body: string; bodiless?: boolean }

export function conversationOf(seed: number, number: number, partner: Partner): Sending {
  const random = new Random(seed, number)
  return kinds.pick(random)(random, partner)
}

const kinds = new Weighted<(random: Random, partner: Partner) => Sending>([
  [(random, partner) => whole(random, 10, 40, () => tracking(random, partner)), 46],
  [(random, partner) => whole(random, 3, 10, () => asking(random, partner)), 6],
  [broken, 34],
  [framed, 14],
])

function whole(random: Random, least: number, most: number, next: () => Request): Sending {
  const requests = Array.from({ length: least + random.below(most - least) }, next)
  return {
    bytes: Buffer.from(requests.map(({ head, body }) => head + body).join(''), 'latin1'),
    whole: true,
    bodiless: requests.map(({ bodiless = false }) => bodiless),
    ending: 'wait',
  }
}

/** Sound requests of which bytes are changed, put in, taken out or doubled, and one behind them that ends it. */
function broken(random: Random, partner: Partner): Sending {
  const count = 1 + random.below(5)
  const requests = Array.from({ length: count }, () => {
    const { head, body } = random.chance(0.75) ? tracking(random, partner) : asking(random, partner, true)
    // A broken HEAD may be answered as something else: nobody could say where its answer ends.
    return head.replace(/^HEAD/, 'GET') + body
  })
  const text = mutate(random, requests.join(''))
  return partial(random, text, count)
}

function partial(random: Random, text: string, count: number): Sending {
  const cut = random.chance(0.1) ? text.slice(0, random.below(text.length + 1)) : text + goodbye
  return {
    bytes: Buffer.from(cut, 'latin1'),
    whole: false,
    bodiless: Array<boolean>(count).fill(false),
    ending: endings.pick(random),
  }
}

const goodbye = 'GET /f HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'
const endings = new Weighted<Sending['ending']>([
  ['wait', 6],
  ['half', 3],
  ['drop', 1],
])

function mutate(random: Random, text: string): string {
  let changed = text
  for (let times = 1 + random.below(4); times > 0; times--) {
    const at = random.below(changed.length + 1)
    const some = 1 + random.below(random.chance(0.8) ? 4 : 400)
    switch (random.below(6)) {
      case 0:
        changed = changed.slice(0, at) + anyByte(random) + changed.slice(at + 1)
        break
      case 1:
        changed = changed.slice(0, at) + bytes(random, some) + changed.slice(at)
        break
      case 2:
        changed = changed.slice(0, at) + changed.slice(at + some)
        break
      case 3:
        changed = changed.slice(0, at + some) + changed.slice(at)
        break
      case 4:
        changed = changed.slice(0, at) + random.pick(dangerous) + changed.slice(at)
        break
      case 5: {
        const from = random.below(changed.length + 1)
        changed = changed.slice(0, at) + changed.slice(from, from + some) + changed.slice(at)
        break
      }
    }
  }
  return changed
}

const dangerous = [
  ...[
    '\r\n',
    '\n',
    '\r',
    '\r\n\r\n',
    '\0',
    '\t',
    ' ',
    ':',
    ';',
    ',',
    '%',
    '%00',
    '%2e%2e%2f',
    '?',
    '&',
    '=',
    '#',
  ],
  ...[
    '"',
    "'",
    '\\',
    '{',
    '}',
    '[',
    ']',
    '"requests"',
    '\xff',
    '\xc0\xaf',
    '\xed\xa0\x80',
    '\xf4\x90\x80\x80',
  ],
  ...[
    'Content-Length: 5\r\n',
    'Transfer-Encoding: chunked\r\n',
    '0\r\n\r\n',
    'HTTP/1.1',
    'GET /f HTTP/1.1\r\n',
  ],
]

function anyByte(random: Random): string {
  return String.fromCharCode(random.below(256))
}

function bytes(random: Random, length: number): string {
  let text = ''
  while (text.length < length) text += anyByte(random)
  return text
}

// -- Tracking -------------------------------------------------------------------------------------------------

const paths = ['/matomo.php', '/piwik.php', '/f']

/** Every parameter with every strange text, as it stands in a query. */
const strangePairs = Object.keys(parameters).flatMap((name) =>
  strangeTexts.map((text) => `${name}=${encodeURIComponent(text.toWellFormed())}`),
)
const shortPairs = strangePairs.filter((pair) => pair.length < 1000)
const oddPairs = [
  ...['', '=', '&', '%', 'a', '__proto__=1', '__proto__[x]=1', 'constructor[prototype][x]=1', 'toString=1'],
  ...[
    'url[]=1',
    'url[a][b]=1',
    'url=%',
    'url=%zz',
    'url=%FF%FE',
    'action_name=%00',
    'e_c=%ED%A0%80',
    'rec',
    'ua=',
  ],
  ...[
    'idsite=1&idsite=2',
    'token_auth=',
    `token_auth=${secrets.token}`,
    'cip=1.2.3.4',
    'send_image=0',
    ';=;',
    '?',
  ],
]

function query(random: Random, { token, now }: Partner): string {
  const pairs: string[] = []
  if (random.chance(0.9)) pairs.push('idsite=1', 'rec=1')
  if (random.chance(0.8)) pairs.push(`url=https%3A%2F%2Fexample.org%2F${random.below(5000)}`)
  if (random.chance(0.5)) pairs.push(`_id=${random.below(5000).toString(16).padStart(16, 'b')}`)
  if (random.chance(0.3)) pairs.push('send_image=0')
  if (random.chance(0.1)) pairs.push(`token_auth=${token}`, `cip=10.${random.below(4)}.1.2`)
  if (random.chance(0.1)) pairs.push(`cdt=${now - random.below(80_000)}`)
  if (random.chance(0.05)) pairs.push(`cdt=${now - random.below(600_000_000)}`)
  if (random.chance(0.03)) pairs.push(`ua=${bytes(random, 30).replace(/[^!-~]|[&%+#]/g, '%41')}`)
  for (let more = random.below(6); more > 0; more--)
    pairs.push(random.pick(random.chance(0.8) ? shortPairs : oddPairs))
  return pairs.join('&')
}

const headerValues = [
  ...strangeTexts.map((text) => Buffer.from(text).toString('latin1').slice(0, 500)),
  ...['\xff\xfe', '\t', ',,,', ';q=', '"', '1'],
].map((text) => text.replace(/[^\t -~\x80-\xff]/g, ''))

/** Some 300 agents: each that is new costs its recognition. */
const knownAgents = [
  ...agents,
  ...headerValues,
  ...Array.from(
    { length: 200 },
    (_, index) => `Mozilla/5.0 (X${index}; Linux; rv:${index}.0) Firefox/${index}.0`,
  ),
]
const addresses = [
  secrets.address,
  '2001:db8:77::1',
  '::1',
  'unknown',
  '1.2.3.4, 5.6.7.8',
  '"[::1]:80"',
  '999.1.1.1',
]
const cookies = [
  'pk_ignore=1',
  'pk_id.1=0123456789abcdef.1790000000; pk_sess.1=1',
  'pk_id.1=%; a=%ff; __proto__=1; ;;;=',
  `footfall_session=${secrets.token}`,
  `a=${'b'.repeat(3000)}`,
  'pk_id.1="0123456789abcdef.1790000000',
]

function headers(random: Random): string {
  let text = `Host: ${random.chance(0.9) ? 'stats.example' : random.pick(headerValues)}\r\n`
  if (random.chance(0.9)) text += `User-Agent: ${random.pick(random.chance(0.7) ? agents : knownAgents)}\r\n`
  if (random.chance(0.7)) text += `X-Forwarded-For: ${random.pick(addresses)}\r\n`
  if (random.chance(0.3))
    text += `Accept-Language: ${random.pick(random.chance(0.5) ? ['de-DE,de;q=0.9'] : headerValues)}\r\n`
  if (random.chance(0.2)) text += `Cookie: ${random.pick(random.chance(0.7) ? cookies : headerValues)}\r\n`
  if (random.chance(0.1)) text += `Referer: ${random.pick(headerValues)}\r\n`
  if (random.chance(0.1)) text += `Origin: ${random.pick(headerValues)}\r\n`
  if (random.chance(0.05)) text += `Authorization: Bearer ${secrets.token}\r\n`
  if (random.chance(0.1)) text += `${random.pick(oddHeaders)}: ${random.pick(headerValues)}\r\n`
  return text
}

const oddHeaders = [
  ...[
    'Sec-CH-UA',
    'Sec-CH-UA-Model',
    'Sec-CH-UA-Platform',
    'Sec-CH-UA-Full-Version-List',
    'Sec-CH-UA-Mobile',
  ],
  ...[
    'DNT',
    'Sec-GPC',
    'X-Moz',
    'X-Purpose',
    'X-Forwarded-Proto',
    'X-Forwarded-Host',
    'X-Forwarded-For',
    'Accept',
  ],
  ...[
    'Access-Control-Request-Headers',
    'Authorization',
    'If-None-Match',
    'If-Modified-Since',
    'Range',
    '__proto__',
  ],
  ...[
    'Accept-Encoding',
    'Sec-Fetch-Site',
    'Sec-Fetch-Dest',
    'constructor',
    'Via',
    'Forwarded',
    'TE',
    'Pragma',
  ],
]

const contentTypes = [
  ...[
    'application/x-www-form-urlencoded',
    'application/json',
    'text/plain',
    'multipart/form-data; boundary=x',
  ],
  ...[
    'a/b',
    'application/json; charset=utf-16',
    '*/*',
    'x',
    'application/x-www-form-urlencoded; charset="\xff"',
  ],
]

function post(random: Random, target: string, body: string): Request {
  const type = random.chance(0.9) ? `Content-Type: ${random.pick(contentTypes)}\r\n` : ''
  const encoding = random.chance(0.02) ? 'Content-Encoding: gzip\r\n' : ''
  const head = `POST ${target} HTTP/1.1\r\n${headers(random)}${type}${encoding}`
  if (random.chance(0.9)) return { head: `${head}Content-Length: ${body.length}\r\n\r\n`, body }
  return { head: `${head}Transfer-Encoding: chunked\r\n\r\n`, body: chunks(random, body) }
}

function chunks(random: Random, body: string): string {
  let text = ''
  for (let at = 0; at < body.length; ) {
    const size = 1 + random.below(body.length)
    const piece = body.slice(at, at + size)
    text += `${piece.length.toString(16)}${random.chance(0.1) ? ';a=b' : ''}\r\n${piece}\r\n`
    at += size
  }
  return `${text}0\r\n${random.chance(0.1) ? 'X-Trailer: 1\r\n' : ''}\r\n`
}

function tracking(random: Random, partner: Partner): Request {
  const path = random.pick(paths)
  switch (trackingWays.pick(random)) {
    case 'get':
      return { head: `GET ${path}?${query(random, partner)} HTTP/1.1\r\n${headers(random)}\r\n`, body: '' }
    case 'head':
      return {
        head: `HEAD ${path}?${query(random, partner)} HTTP/1.1\r\n${headers(random)}\r\n`,
        body: '',
        bodiless: true,
      }
    case 'options':
      return { head: `OPTIONS ${path} HTTP/1.1\r\n${headers(random)}\r\n`, body: '' }
    case 'form': {
      const long = random.chance(0.05) ? `&${random.pick(strangePairs)}` : ''
      return post(random, path, query(random, partner) + long)
    }
    case 'both':
      return post(random, `${path}?${query(random, partner)}`, query(random, partner))
    case 'bytes':
      return post(random, path, `${query(random, partner)}&${bytes(random, random.below(300))}`)
    case 'bulk':
      return post(random, path, bulk(random, partner))
    case 'many':
      return post(random, path, manyEntries(random))
  }
}

const trackingWays = new Weighted([
  ['get', 50],
  ['head', 1],
  ['options', 2],
  ['form', 22],
  ['both', 6],
  ['bytes', 5],
  ['bulk', 14],
  ['many', 0.004],
] as const)

function bulk(random: Random, partner: Partner): string {
  if (random.chance(0.25)) return random.pick(strangeBodies)
  const entries = Array.from({ length: random.below(6) }, () =>
    random.chance(0.6)
      ? `"?${query(random, partner).replace(/["\\]/g, '')}"`
      : `{"idsite":1,"rec":1,"ua":"${agents[0]}","${random.pick(entryNames)}":${random.pick(jsonValues)}}`,
  )
  const more = random.chance(0.2) ? `,"token_auth":${random.pick(jsonValues)}` : ''
  const image = random.chance(0.2) ? `,"send_image":${random.pick(jsonValues)}` : ''
  return `{"requests":[${entries.join(',')}]${more}${image}}`
}

const entryNames = [...Object.keys(parameters), '__proto__', 'constructor', 'toString', 'length', '']
const jsonValues = [
  ...strangeTexts.filter((text) => text.length < 1000).map((text) => latin1(JSON.stringify(text))),
  ...[
    '0',
    '-0',
    '1',
    '1e400',
    '-1e-400',
    '123456789012345678901234567890',
    'true',
    'false',
    'null',
    '[]',
    '{}',
  ],
  ...['[[[[1]]]]', '["a","b"]', '{"__proto__":{"a":1}}', '{"toString":1,"valueOf":null}', '{"length":1}'],
  ...['"\\ud800"', '"\\u0000"', '"a\\udc00b"', `"${'\xf0\x9f\x98\x80'.repeat(100)}"`, '"\xff\xc0"'],
]
const strangeBodies = [
  ...[
    '{"requests":null}',
    '{"requests":{}}',
    '{"requests":[null,1,"",[],{}]}',
    '{"requests":[',
    ' "requests"',
  ],
  ...[
    '["requests"]',
    '"a \\"requests\\" b"',
    'a"requests"',
    '{"requests":[],"requests":["?idsite=1&rec=1"]}',
  ],
  ...['{"__proto__":{"requests":[]},"x":"requests"}', '{"requests":[{"__proto__":null,"constructor":1}]}'],
  ...[
    '{"requests":[],"send_image":{"toString":1}}',
    '{"requests":["\xff\xfe"]}',
    '\xef\xbb\xbf{"requests":[]}',
  ],
  `{"requests":${'['.repeat(20_000)}`,
  `{"requests":${'['.repeat(5000)}${']'.repeat(5000)}}`,
  `{"requests":[],"send_image":${'['.repeat(9000)}${']'.repeat(9000)}}`,
  `{"requests":[${'{"a":'.repeat(3000)}1${'}'.repeat(3000)}]}`,
  `{"requests":[${'"",'.repeat(300)}""]}`,
  `{"requests":[${Array(10_001).fill('1').join(',')}]}`,
  '{"requests":[\r\n"?idsite=1&rec=1"\r\n]}',
]

/** As many as are allowed, or some more. */
function manyEntries(random: Random): string {
  const entry = '"?idsite=1&rec=1&ua=Mozilla%2F5.0%20Firefox%2F140.0"'
  return `{"requests":[${Array(10_000 + random.below(2))
    .fill(entry)
    .join(',')}]}`
}

function latin1(text: string): string {
  return Buffer.from(text).toString('latin1')
}

// -- The rest of the service ----------------------------------------------------------------------------------

const reportNames = [
  ...catalogue.map(({ name }) => name),
  'nothing',
  '__proto__',
  'constructor',
  '%00',
  '..%2f..',
  'a'.repeat(300),
]
const reportValues: Record<string, string[]> = {
  site: ['1', '2', '0', '-1', '99', '4294967296', '1e3', '%00', '1&site=2', ''],
  period: ['day', 'week', 'month', 'year', 'range', 'Day', '__proto__', ''],
  date: [
    ...[
      'today',
      'yesterday',
      'last7',
      'previous3660',
      'last0',
      '2026-01-01,2026-12-31',
      '1991-08-06,2148-12-31',
      '2148-12-31',
    ],
    ...[
      '2026-02-30',
      '0000-00-00',
      '1991-08-06',
      '%F0%9F%98%80',
      ',',
      ',,',
      'last999999',
      '2024-02-29',
      "'",
      '%00',
    ],
  ],
  by: ['hour', 'day', 'week', 'month', 'year', ''],
  limit: ['0', '1', '10000', '10001', '-1', '1e9', '4294967295', 'x'],
  offset: ['0', '5', '4294967295', '4294967296', '-1'],
  sort: ['label', '-label', '-visits', 'nothing', '__proto__', "'", '-', ''],
  under: [
    '',
    'Video',
    'DE',
    '1',
    'a&under=b',
    'a&under=b&under=c',
    'a&under=b&under=c&under=d',
    '%00',
    "'",
    'x'.repeat(4001),
  ],
  folder: ['', 'example.org/', 'example.org/shop', '/', '%00', "'", '%FF', 'x'.repeat(4001)],
  search: [
    'a',
    '%25',
    '_',
    "'",
    '%5C',
    '%00',
    '%F0%9F%98%80',
    '%E2%80%AE',
    '%09%0A',
    'x'.repeat(500),
    'x'.repeat(501),
    '%FF',
  ],
  format: ['json', 'csv', 'xml', ''],
  other: ['1'],
  __proto__x: ['1'],
}

function report(random: Random): string {
  const asked = ['site=1']
  if (random.chance(0.7)) asked.push('date=today')
  for (const [name, values] of Object.entries(reportValues)) {
    if (random.chance(0.2)) asked.push(`${name}=${random.pick(values)}`)
  }
  return `/api/reports/${random.pick(reportNames)}?${asked.join('&')}`
}

const files = [
  ...[
    '/',
    '/setup',
    '/sign-in',
    '/sites/1',
    '/sites/%2e%2e/%2e%2e/etc/passwd',
    '/assets/dashboard.js',
    '/f.js',
  ],
  ...[
    '/assets/../../package.json',
    '/assets/%2e%2e%2f%2e%2e%2fpackage.json',
    '/assets/..%5c..%5cpackage.json',
    '/js/',
  ],
  ...[
    '/assets/dashboard.js/..',
    '/assets/%00',
    '/assets/',
    '/..',
    '/%',
    '/%zz',
    '//',
    '//etc/passwd',
    '/.env',
    '/;',
    '/\\',
  ],
  ...[
    '/matomo.js',
    '/opt-out.js',
    '/index.php?module=CoreAdminHome&action=optOut',
    '/index.php',
    '/favicon.ico',
  ],
  ...[
    '/api/sites/1/first-hit',
    '/api/sites',
    '/api/session',
    '/api/setup',
    '/api/reports',
    '/api/commands',
    '/api/nothing',
  ],
  ...[
    '/api/commands?challenge=0123456789abcdef0123456789abcdef',
    '/metrics',
    '/opt-out',
    '/opt-out?site=1&language=de',
  ],
  ...[
    '/opt-out?fontColor=x%22%3E&backgroundColor=fff&fontSize=12px&language=%00&idsite=9999999999&asked=out',
  ],
]
const apiBodies = [
  ...[
    '',
    '{',
    '{}',
    'null',
    '[]',
    '"a"',
    '1',
    '{"email":1}',
    '{"__proto__":{"a":1}}',
    '{"constructor":{"prototype":{}}}',
  ],
  ...[
    '{"name":"\\u0000","url":"https://x.example","timezone":"UTC"}',
    '{"name":" ","url":"x","timezone":"Mars/Base"}',
  ],
  ...[
    '{"settings":{"maskedBytes":9}}',
    '{"settings":{"excludedAddresses":["*","1.2.3.4/99","::/0"]}}',
    '{"urls":[]}',
  ],
  ...[
    '{"settings":{"excludedParameters":["(a+)+$","*"]}}',
    '{"timezone":"\\ud800"}',
    '{"name":"\\ud800"}',
    '[[[[[[[[]]]]]]]]',
  ],
  ...[
    'choice=out',
    'choice=in&site=1',
    'choice=out&fontColor=%22%3E',
    'choice',
    '%',
    '\xff=\xfe',
    `{"a":${'['.repeat(9000)}`,
  ],
]
const methods = [
  'DELETE',
  'PUT',
  'PATCH',
  'OPTIONS',
  'TRACE',
  'PROPFIND',
  'M-SEARCH',
  'LINK',
  'SEARCH',
  'PURGE',
]

/** `anonymous`: as nobody who may change anything, for requests that are to be broken. */
function asking(random: Random, { token }: Partner, anonymous = false): Request {
  const owner = anonymous ? secrets.token : random.chance(0.7) ? token : secrets.token
  const authorization = random.chance(0.8) ? `Authorization: Bearer ${owner}\r\n` : ''
  switch (askingWays.pick(random)) {
    case 'report':
      return { head: `GET ${report(random)} HTTP/1.1\r\n${headers(random)}${authorization}\r\n`, body: '' }
    case 'file':
      return {
        head: `GET ${random.pick(files)} HTTP/1.1\r\n${headers(random)}${authorization}\r\n`,
        body: '',
      }
    case 'health':
      return { head: `GET /api/health HTTP/1.1\r\n${headers(random)}\r\n`, body: '' }
    case 'method':
      return send(random.pick(methods), random.pick(files), random.pick(apiBodies), headers(random))
    case 'change': {
      const who = random.chance(0.5) ? authorization : `Cookie: footfall_session=${secrets.token}\r\n`
      const [method, target] = random.pick([
        ['POST', '/api/sites'],
        ['PATCH', '/api/sites/2'],
        ['PATCH', '/api/sites/9999999999999'],
        ['POST', '/api/setup'],
        ['POST', '/api/commands'],
        ['POST', '/opt-out?site=1'],
        ['DELETE', '/api/session'],
      ] as const)
      const type = `Content-Type: ${random.pick(random.chance(0.7) ? ['application/json'] : contentTypes)}\r\n`
      return send(method, target, random.pick(apiBodies), headers(random) + who + type)
    }
    case 'sign in': {
      const body = `{"email":"fuzz@example.org","password":"${secrets.password}"}`
      // From one address: ten a minute are tried, the others refused.
      const from = `Host: a\r\nX-Forwarded-For: ${secrets.address}\r\nContent-Type: application/json\r\n`
      return send('POST', '/api/session', body, from)
    }
  }
}

const askingWays = new Weighted([
  ['report', 6],
  ['file', 40],
  ['health', 2],
  ['method', 15],
  ['change', 20],
  ['sign in', 5],
] as const)

function send(method: string, target: string, body: string, headers: string): Request {
  return { head: `${method} ${target} HTTP/1.1\r\n${headers}Content-Length: ${body.length}\r\n\r\n`, body }
}

// -- Framing --------------------------------------------------------------------------------------------------

/** One to four requests whose framing is wrong, ambiguous or unusual. */
function framed(random: Random, partner: Partner): Sending {
  const count = 1 + random.below(4)
  const requests = Array.from({ length: count }, () => random.pick(framings)(random, partner))
  return partial(random, requests.join(''), count)
}

const hit = 'idsite=1&rec=1&url=https%3A%2F%2Fexample.org%2Fframed'
const start = `POST /f HTTP/1.1\r\nHost: a\r\nUser-Agent: ${agents[0]}\r\n`

const framings: ((random: Random, partner: Partner) => string)[] = [
  // The length of the body, told twice or wrongly.
  (random) =>
    `${start}Content-Length: ${hit.length}\r\nContent-Length: ${random.pick([hit.length, 5, 0])}\r\n\r\n${hit}`,
  (random) => `${start}Content-Length: ${random.pick(lengths)}\r\n\r\n${hit}`,
  (random) => `${start}Content-Length: ${random.below(2 * hit.length)}\r\n\r\n${hit}`,
  (random) =>
    `${start}Content-Length: ${hit.length}\r\nTransfer-Encoding: ${random.pick(encodings)}\r\n\r\n${hit}`,
  (random) => `${start}Transfer-Encoding: ${random.pick(encodings)}\r\n\r\n${random.pick(badChunks)}`,
  (random) => `${start}Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n${random.pick(badChunks)}`,
  (random) => `${start}Transfer-Encoding: chunked\r\n\r\n${random.pick(badChunks)}`,
  (random) =>
    `${start}Transfer-Encoding${random.pick([' ', '\t', '\0', ''])}: chunked\r\n\r\n5\r\nabcde\r\n0\r\n\r\n`,
  () => `${start}Content-Encoding: gzip\r\nContent-Length: ${gzipped.length}\r\n\r\n${gzipped}`,
  (random) =>
    `${start}Expect: ${random.pick(['100-continue', '200-ok', ''])}\r\nContent-Length: ${hit.length}\r\n\r\n${hit}`,
  () => `${start}Content-Length: 10000001\r\n\r\n${hit}`,
  (random) =>
    `POST /f HTTP/1.1\r\nHost: a\r\nContent-Type: ${random.pick(contentTypes)}\r\nContent-Length: 100001\r\n\r\n${'a=b&'.repeat(25_001)}`,
  // The request line.
  (random) => `GET /f?${hit} ${random.pick(versions)}\r\nHost: a\r\n\r\n`,
  (random) => `${random.pick(verbs)} /f?${hit} HTTP/1.1\r\nHost: a\r\n\r\n`,
  (random) => `GET ${random.pick(targets)} HTTP/1.1\r\nHost: a\r\n\r\n`,
  (random) => `GET /f?${'a'.repeat(15_000 + random.below(4000))} HTTP/1.1\r\nHost: a\r\n\r\n`,
  (random) =>
    `GET${random.pick(['  ', '\t', '', '\r\n', ' \0'])}/f?${hit}${random.pick(['  ', '\t', '\n'])}HTTP/1.1\r\nHost: a\r\n\r\n`,
  (random, partner) =>
    `${random.pick(['\r\n', '\n', '\r\n'.repeat(50), ' ', '\0'])}GET /f?${query(random, partner)} HTTP/1.1\r\nHost: a\r\n\r\n`,
  (random, partner) => `GET /f?${query(random, partner)} HTTP/1.1\nHost: a\nUser-Agent: b\n\n`,
  (random) => `GET /f?a=${bytes(random, 40)} HTTP/1.1\r\nHost: a\r\n\r\n`,
  // The headers.
  (random) => `GET /f?${hit} HTTP/1.1\r\nHost: a\r\n${anyByte(random)}: b\r\nc${anyByte(random)}d: e\r\n\r\n`,
  (random) => `GET /f?${hit} HTTP/1.1\r\nHost: a\r\nUser-Agent: b${anyByte(random)}c\r\n\r\n`,
  (random) =>
    `GET /f?${hit} HTTP/1.1\r\n${random.pick(['', 'Host: a\r\nHost: b\r\n', 'Host:\r\n', 'Host: a/b\r\n', 'Host: \xff\r\n'])}\r\n`,
  (random) =>
    `GET /f?${hit} HTTP/1.1\r\nHost: a\r\n${`A${random.below(9)}: b\r\n`.repeat(random.below(2500))}\r\n`,
  (random) => `GET /f?${hit} HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(random.below(20_000))}\r\n\r\n`,
  (random) =>
    `GET /f?${hit} HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: ${'127.0.0.1, '.repeat(random.below(1400))}\r\n\r\n`,
  (random) => `GET /f?${hit} HTTP/1.1\r\nHost: a\r\nCookie: ${'a=%2525;'.repeat(random.below(1900))}\r\n\r\n`,
  () => `GET /f?${hit} HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\tc\r\n\r\n`,
  (random) =>
    `GET /f?${hit} HTTP/1.1\r\nHost: a\r\nConnection: ${random.pick(connections)}\r\n${random.pick(upgrades)}\r\n`,
  (random) => `GET /f?${hit} HTTP/1.1\r\nHost a\r\n:\r\n: b\r\n${random.pick(['\r', '\n', ''])}\r\n`,
  // Other protocols.
  () => 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0',
  (random) => `\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03${bytes(random, 200)}`,
  (random) => bytes(random, random.below(3000)),
  () => 'GET /f\r\n',
  () => '*1\r\n$4\r\nPING\r\n',
]

const gzipped = gzipSync(hit).toString('latin1')
const lengths = [
  '-1',
  '+5',
  '0x5',
  '5e0',
  ' ',
  '',
  '5 5',
  '5,5',
  '5;',
  '00000000000000000005',
  '9'.repeat(30),
  '1.5',
  'a',
  '5\0',
]
const encodings = [
  ...[
    'chunked',
    'Chunked',
    'chunked, chunked',
    'chunked, gzip',
    'gzip, chunked',
    'identity',
    'xchunked',
    'chunked\x0b',
  ],
  ...['', 'chunked;a=b', '"chunked"', 'gzip', ',chunked', 'chunked\r\nTransfer-Encoding: identity'],
]
const badChunks = [
  ...[
    'zz\r\nabc\r\n0\r\n\r\n',
    '-1\r\n\r\n',
    'ffffffffffffffff\r\nabc',
    '5\r\nabcdefgh\r\n0\r\n\r\n',
    '5\nabcde\n0\n\n',
  ],
  ...[
    '5;a=\0\r\nabcde\r\n0\r\n\r\n',
    '0\r\n',
    '0\r\nX: a\r\n\r\n',
    '0\r\nContent-Length: 5\r\n\r\n',
    '5\r\nabcde',
    '\r\n\r\n',
  ],
  ...[
    '0x5\r\nabcde\r\n0\r\n\r\n',
    ' 5\r\nabcde\r\n0\r\n\r\n',
    `5;${'a'.repeat(20_000)}\r\nabcde\r\n0\r\n\r\n`,
    '00000000000000005\r\nabcde\r\n0\r\n\r\n',
  ],
]
const versions = [
  'HTTP/1.0',
  'HTTP/0.9',
  'HTTP/1.2',
  'HTTP/2.0',
  'HTTP/9.9',
  'HTTP/1',
  'http/1.1',
  'HTTP/1.1 ',
  'HTTPS/1.1',
  '',
  'HTTP/1.1\0',
]
const verbs = [
  'get',
  'G',
  '',
  'FOO',
  'CONNECT',
  'TRACE',
  'A'.repeat(5000),
  'GET\0',
  '\xff',
  'ACL',
  'MKCALENDAR',
  'QUERY',
  'SOURCE',
]
const targets = [
  ...[
    '*',
    'f',
    '',
    '/f?\xff',
    'http://a/f?idsite=1&rec=1',
    'https://a:99999/f',
    'http://',
    'a:80',
    'http://u:p@a/f',
    '//f',
  ],
  ...[
    '/f#fragment',
    '/f?a#b',
    '/./f',
    '/a/../f',
    '/%66?idsite=1',
    '/f;a=b',
    '/F',
    '/f/',
    'javascript:1',
    'file:///etc/passwd',
  ],
]
const connections = [
  'close',
  'keep-alive',
  'Upgrade',
  'upgrade, close',
  'x',
  '',
  'close, keep-alive',
  'HTTP2-Settings, Upgrade',
]
const upgrades = [
  '',
  'Upgrade: websocket\r\nSec-WebSocket-Key: x\r\n',
  'Upgrade: h2c\r\nHTTP2-Settings: AA\r\n',
  'Keep-Alive: timeout=-1\r\n',
]
