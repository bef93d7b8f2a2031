import cookie from '@fastify/cookie'
import formbody from '@fastify/formbody'
import Fastify, { type FastifyInstance, type InjectOptions } from 'fastify'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { optOutRoutes } from '../../../server/privacy/opt-out.ts'
import { parsePeriod } from '../../../server/reports/period.ts'
import { type CollectorAlone, collectorAlone } from '../../fuzz/collector.ts'
import { parameterNames } from '../../fuzz/tracking-request.ts'

// Patterns that go back and forth in a long text take many times as long as for a plain one. V8 does not tell how
// often a pattern went back, so the time is measured, but only beside that of a plain text of the same length: the
// CPU time of this process, the shortest of several runs, and with room for a factor that no harmless text needs.
// A pattern that is quadratic in 8000 characters would need some hundreds.

const factor = 40
/** Milliseconds: what is quicker than this is not told apart. */
const least = 0.5
const runs = 5

const pieces = [
  ...[
    ' ',
    '\t',
    '\n',
    '\0',
    '%',
    '%2',
    '%FF',
    '%C3',
    '+',
    '&',
    '&%',
    '=',
    ';',
    ';a=',
    '/',
    '?',
    '#',
    '.',
    '-',
    ':',
    '::',
    '@',
  ],
  ...[
    '1',
    '0:',
    '1.',
    ',',
    ';q=',
    '; q= ',
    '(',
    '[',
    '"',
    "'",
    '\\',
    '{',
    '[[',
    'a.',
    'com.',
    'www.',
    'İ',
    '\ud800',
    '😀',
  ],
  ...[
    'naver(',
    'tizen ',
    'Version/',
    "'Chrome/",
    'Linux; ',
    'OS 1_',
    'Nokia',
    'SM-',
    'LG-',
    'like ',
    'rv:',
    'Build/',
    '; wv',
  ],
  ...[
    'utm_term=',
    'q=a&',
    'pk_kwd',
    'ignore_refer',
    'Bearer ',
    '127.0.0.1,',
    'pk_id.1=',
    '"a"="b";',
    '\r',
    ' \n',
  ],
]

let alone: CollectorAlone
let optOut: FastifyInstance
beforeAll(async () => {
  alone = await collectorAlone()
  optOut = Fastify()
  await optOut.register(cookie)
  await optOut.register(formbody)
  await optOut.register(optOutRoutes, { secure: false })
})
afterAll(async () => {
  await alone.app.close()
  await optOut.close()
})

let number = 0

/**
 * Pieces from the start to near the end, which is something else again: what matches to the end is found at once. A
 * number among them makes each text a new one, that no cache knows.
 */
function filled(piece: string, length: number): string {
  const before = piece.repeat(Math.ceil(40 / piece.length)) + number++
  return `${before}${piece.repeat(Math.ceil(length / piece.length))}`.slice(0, length - 1).concat('!')
}

type Work = (text: (length: number) => string) => unknown

/** Milliseconds of the shortest run; no more runs than it takes to come below `enough`. */
async function cpuTime(work: Work, piece: string, enough = 0): Promise<number> {
  let shortest = Number.POSITIVE_INFINITY
  for (let run = 0; run < runs && shortest > enough; run++) {
    const before = process.cpuUsage()
    await work((length) => filled(piece, length))
    const { user, system } = process.cpuUsage(before)
    shortest = Math.min(shortest, (user + system) / 1000)
  }
  return shortest
}

/** The pieces of which a long text takes too much longer than one of plain letters. */
async function costly(work: Work): Promise<string[]> {
  await cpuTime(work, 'warm')
  const plain = Math.max(least, await cpuTime(work, 'plain'))
  const found: string[] = []
  for (const piece of pieces) {
    const time = await cpuTime(work, piece, factor * plain)
    if (time > factor * plain) found.push(`${JSON.stringify(piece)}: ${time} ms, plain text ${plain} ms`)
  }
  return found
}

const track = (request: InjectOptions) => alone.app.inject({ method: 'POST', url: '/f', ...request })
const refusing = new Set(['idsite', 'rec', 'cid', 'cip', 'cdt'])
const agent = 'Mozilla/5.0 (Linux; Android 10; K) Chrome/142.0'

/** One request with such a text in every parameter that takes it, behind `before`. */
function everywhere(before: string): Work {
  return (text) => {
    const entry: Record<string, string> = { idsite: '1', rec: '1' }
    for (const name of parameterNames) if (!refusing.has(name)) entry[name] = before + text(9000)
    entry.bots = '1'
    return track({ payload: JSON.stringify({ requests: [entry] }) })
  }
}

test.each([
  '',
  'https://example.org/',
  'https://example.org/?q=',
  'https://example.org/#?utm_campaign=',
  'https://',
  agent,
])('No text in the parameters takes much longer than a plain one, behind "%s"', async (before) => {
  expect(await costly(everywhere(before))).toEqual([])
})

test.each(['cid', 'cip', 'cdt'])('No text as %s takes much longer than a plain one', async (name) => {
  const work: Work = (text) =>
    track({
      payload: JSON.stringify({ requests: Array(50).fill({ idsite: '1', rec: '1', [name]: text(9000) }) }),
    })
  expect(await costly(work)).toEqual([])
})

test('No data of client hints takes much longer than plain ones', async () => {
  const work: Work = (text) => {
    const brands = [{ brand: text(600), version: text(600) }]
    const uadata = JSON.stringify({
      brands,
      model: text(300),
      platform: 'Android',
      platformVersion: text(300),
    })
    return track({ payload: JSON.stringify({ requests: [{ idsite: '1', rec: '1', ua: agent, uadata }] }) })
  }
  expect(await costly(work)).toEqual([])
})

test('No text in the headers takes much longer than a plain one', async () => {
  const work: Work = (text) => {
    const value = () => text(15_000).replace(/[^\t -~\x80-\xff]/g, '')
    const names = [
      'user-agent',
      'accept-language',
      'referer',
      'origin',
      'cookie',
      'authorization',
      'x-purpose',
      'dnt',
    ]
    const hints = [
      'sec-ch-ua',
      'sec-ch-ua-full-version-list',
      'sec-ch-ua-model',
      'sec-ch-ua-platform-version',
    ]
    const headers = Object.fromEntries([...names, ...hints].map((name) => [name, value()]))
    return track({ payload: 'idsite=1&rec=1&bots=1', headers })
  }
  expect(await costly(work)).toEqual([])
})

test('No form and no list takes much longer than a plain one', async () => {
  expect(await costly((text) => track({ payload: `idsite=1&rec=1&${text(99_000)}` }))).toEqual([])
  expect(await costly((text) => track({ payload: ` "requests"${text(99_000)}` }))).toEqual([])
})

test('No text takes the opt-out page or a date much longer than a plain one', async () => {
  const names = ['backgroundColor', 'fontColor', 'fontSize', 'fontFamily', 'language', 'site', 'asked']
  const page: Work = (text) => {
    const query = new URLSearchParams(Object.fromEntries(names.map((name) => [name, text(2000)])))
    const headers = {
      'accept-language': text(15_000).replace(/[^\t -~\x80-\xff]/g, ''),
      cookie: 'pk_ignore=1',
    }
    return optOut.inject({ url: `/opt-out?${query}`, headers })
  }
  expect(await costly(page)).toEqual([])
  const dates: Work = (text) => {
    for (let times = 0; times < 100; times++) {
      expect(() => parsePeriod('range', text(40), 'UTC', 0)).toThrow()
    }
  }
  expect(await costly(dates)).toEqual([])
})
