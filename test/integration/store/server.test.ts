// The store over HTTP: what is kept in the embedded engine is kept on a server as well, and what a server says when
// something is wrong is told in one clear line, without the password. Over the fixture of test/world, which can be made
// to misbehave.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ClickHouseSettings } from '@clickhouse/client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { packageRoot } from '../../../server/root.ts'
import { migrate } from '../../../server/store/migrations.ts'
import { shipSegment } from '../../../server/store/shipment.ts'
import { openPatiently, Store, StoreError, StoreUnreachable } from '../../../server/store/store.ts'
import { ClickHouseServer, createDatabase, type Database } from '../../world/clickhouse-server.ts'
import { startFootfall, type World } from '../../world/footfall.ts'
import { serve as serveHttp } from '../../world/pages.ts'
import { hit } from '../../world/store.ts'

const secret = 'sound & fury/100%'

let server: ClickHouseServer
let database: Database
let store: Store
let folder: string

beforeAll(async () => {
  server = await ClickHouseServer.start(secret)
  database = await createDatabase(server.url)
  folder = mkdtempSync(join(tmpdir(), 'footfall-test-'))
  store = await open(database.url)
  await migrate(store, join(packageRoot, 'migrations'))
})

afterAll(async () => {
  await store.close()
  await database.drop()
  await server.close()
  rmSync(folder, { recursive: true })
})

function options(clickhouseUrl: string) {
  return { data: folder, clickhouseUrl, clickhouseCluster: undefined, clickhouseMemory: 1_000_000_000 }
}

const open = (url: string) => Store.open(options(url))

async function refusal(url: string): Promise<StoreError> {
  const error = await open(url).then(
    (opened) => opened.close(),
    (error: unknown) => error,
  )
  if (!(error instanceof StoreError)) throw new Error(`Not refused: ${error}`)
  expect(error.message).not.toContain('fury')
  expect(error.message).not.toContain('\n')
  return error
}

test('Values of all kinds arrive as they were', async () => {
  const text = 'it\'s "quoted", \\ back\nnew\ttab, %41 & + ünïcödé 🐾'
  expect(
    await store.query(
      `SELECT {text:String} AS text, {texts:Array(String)} AS texts, {number:Int64} AS number, {day:Date} AS day,
              {nothing:Nullable(String)} AS nothing, {id:UInt64} AS id`,
      { text, texts: [text, ''], number: -5, day: '2026-11-22', nothing: null, id: 18446744073709551615n },
    ),
  ).toEqual([
    { text, texts: [text, ''], number: -5, day: '2026-11-22', nothing: null, id: 18446744073709552000 },
  ])
})

test('A list that is too long for an address goes with the question', async () => {
  const ids = Array.from({ length: 20_000 }, (_, index) => 10n ** 18n + BigInt(index))
  expect(
    await store.query(
      'SELECT length({ids:Array(UInt64)}) AS length, toString({ids:Array(UInt64)}[-1]) AS last',
      {
        ids,
      },
    ),
  ).toEqual([{ length: 20_000, last: '1000000000000019999' }])
})

test('A list that is longer than a server takes becomes a part of the question', async () => {
  const rows = Array.from({ length: 5000 }, (_, index) => [`it's \\ "${index}"\n${'x'.repeat(50)}`, 'ü'])
  const ids = rows.map((_, index) => index)
  const asked = `SELECT {one:String} AS one, length({ids:Array(UInt32)}) AS many, {rows:Array(Array(String))} AS rows,
    [{rows:Array(Array(String))}[7][1], 'ü'] IN {rows:Array(Array(String))} AS found, ['no', 'ü'] IN {rows:Array(Array(String))} AS other`
  expect(await store.query(asked, { one: `it's`, ids, rows })).toEqual([
    { one: `it's`, many: 5000, rows, found: 1, other: 0 },
  ])
  await store.command(
    'ALTER TABLE {{local hits}} {{on cluster}} DELETE WHERE visit_id IN {ids:Array(UInt64)}',
    {
      ids: Array.from({ length: 20_000 }, (_, index) => String(1e12 + index)),
    },
  )
})

test('A setting counts for one question alone', async () => {
  const ask = (settings: ClickHouseSettings) =>
    store.query<{ threads: number }>("SELECT getSetting('max_threads') AS threads", {}, settings)
  expect(await ask({ max_threads: 3 })).toEqual([{ threads: 3 }])
  expect(await ask({ max_threads: 5 })).toEqual([{ threads: 5 }])
  expect(await ask({})).not.toEqual([{ threads: 5 }])
})

test('A segment of many megabytes is shipped, and sent again it is no more', async () => {
  const path = join(folder, 'segment.jsonl')
  const time = Date.UTC(2026, 10, 20, 12) / 1000
  const rows = Array.from({ length: 10_000 }, (_, page) =>
    hit({
      time,
      visit_id: String(1 + (page % 500)),
      position: 1 + Math.floor(page / 500),
      url: `example.org/${page}`,
    }),
  )
  writeFileSync(path, rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
  await shipSegment(store, { path, name: '000000000001-0123456789ab.jsonl', repeated: false })
  await shipSegment(store, { path, name: '000000000001-0123456789ab.jsonl', repeated: false })
  await shipSegment(store, { path, name: '000000000001-0123456789ab.jsonl', repeated: true })
  await shipSegment(store, { path, name: '000000000001-ba9876543210.jsonl', repeated: true })
  expect(
    await store.query(
      `SELECT (SELECT count() FROM hits) AS hits, (SELECT uniqExact(url) FROM hits) AS urls,
              (SELECT count() FROM visit) AS visits, (SELECT sum(hits) FROM visit) AS counted`,
    ),
  ).toEqual([{ hits: 10_000, urls: 10_000, visits: 500, counted: 10_000 }])
})

test('A whole Footfall collects and reports', async () => {
  const own = await createDatabase(server.url)
  let world: World | undefined
  try {
    world = await startFootfall({ env: { CLICKHOUSE_URL: own.url } })
    await world.track({ url: 'https://example.org/', action_name: 'Home', _id: '0123456789abcdef' })
    await world.track({ url: 'https://example.org/shoes', action_name: 'Shoes', _id: '0123456789abcdef' })
    const { rows } = await world.report('overview')
    expect(rows).toMatchObject([{ visits: 1, page_views: 2 }])
  } finally {
    await world?.close()
    await own.drop()
  }
})

test('An error of ClickHouse keeps its code and its name', async () => {
  const wrong = await store.query('SELECT nothing FROM nowhere').catch((error: unknown) => error)
  expect(wrong).toMatchObject({ name: 'StoreError', code: 60, type: 'UNKNOWN_TABLE' })
  const unread = join(folder, 'unread.jsonl')
  writeFileSync(unread, '{"site_id":"none"}\n')
  await expect(store.ship(unread, 'unread')).rejects.toMatchObject({ code: 27 })
  await expect(store.command('DROP TABLE nowhere')).rejects.toMatchObject({ code: 60 })
})

test('A segment that is not there is no fault of the server', async () => {
  const error = await store.ship(join(folder, 'gone.jsonl'), 'gone').catch((error: unknown) => error)
  expect(error).toBeInstanceOf(StoreError)
  expect(error).not.toBeInstanceOf(StoreUnreachable)
  expect(error).toMatchObject({ message: expect.stringContaining('ENOENT') })
})

test('An error in the midst of an answer is an error', async () => {
  const error = 'Code: 241. DB::Exception: Query memory limit exceeded. (MEMORY_LIMIT_EXCEEDED)'
  await server.misbehave({ of: 'all', after: 'half the answer', ending: 'error', error })
  try {
    const question = store.query('SELECT number FROM numbers(100000)')
    await expect(question).rejects.toMatchObject({ code: 241, type: 'MEMORY_LIMIT_EXCEEDED' })
  } finally {
    await server.behave()
  }
})

test('A question whose connection broke is asked once more, a command is not', async () => {
  await server.misbehave({ of: 'all', after: 'nothing', ending: 'cut', times: 1 })
  expect(await store.query('SELECT 1 AS one')).toEqual([{ one: 1 }])
  await server.misbehave({ of: 'all', after: 'half the answer', ending: 'cut', times: 1 })
  expect(await store.query('SELECT number FROM numbers(1000)')).toHaveLength(1000)
  await server.misbehave({ of: 'all', after: 'nothing', ending: 'cut', times: 1 })
  await expect(store.command('SELECT 1')).rejects.toBeInstanceOf(StoreUnreachable)
})

test('A wrong password and a database that does not exist are told', async () => {
  const wrong = new URL(database.url)
  wrong.password = 'wrong fury'
  expect(await refusal(wrong.href)).toMatchObject({
    code: 516,
    message: expect.stringMatching(
      /^The ClickHouse server of CLICKHOUSE_URL refuses: default: Authentication failed/,
    ),
  })
  const missing = new URL(database.url)
  missing.pathname = '/no_such_database'
  expect(await refusal(missing.href)).toMatchObject({
    code: 81,
    message: expect.stringContaining('Database no_such_database does not exist'),
  })
})

test('An address that cannot be used is told', async () => {
  expect((await refusal(`${database.url}?colour=red`)).message).toBe(
    'CLICKHOUSE_URL is not usable: Unknown URL parameters: colour',
  )
  expect((await refusal('http://default:100%fury@127.0.0.1:1/')).message).toBe(
    'CLICKHOUSE_URL is not usable: URI malformed',
  )
})

test('What answers there may be no ClickHouse', async () => {
  const shop = await serveHttp((_request, response) => {
    response.writeHead(502, { 'content-type': 'text/html' }).end('<html>\n<h1>Bad gateway</h1>\n</html>')
  })
  try {
    expect((await refusal(`http://default:fury@127.0.0.1:${shop.port}`)).message).toBe(
      'The ClickHouse server of CLICKHOUSE_URL does not answer: <html> <h1>Bad gateway</h1> </html>',
    )
  } finally {
    await shop.close()
  }
})

test('A server that stays away is given up after a while', async () => {
  await server.stopListening()
  const told: string[] = []
  const opened = openPatiently(options(database.url), ({ message }) => told.push(message), {
    within: 400,
    every: 100,
  })
  try {
    await expect(opened).rejects.toThrow(
      /^The ClickHouse server of CLICKHOUSE_URL does not answer: connect ECONNREFUSED 127\.0\.0\.1:\d+$/,
    )
    expect(told.length).toBeGreaterThan(0)
  } finally {
    await server.listen()
  }
})
