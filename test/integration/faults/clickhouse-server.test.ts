// A ClickHouse server goes away, answers errors, is slow, or inserts without saying so. Hits are answered all the while
// and each is counted once afterwards, in the order in which they came. The server is the fixture of test/world: a real
// one could not be told to do this.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { readConfig } from '../../../server/config.ts'
import { openFootfall } from '../../../server/footfall.ts'
import type { Store } from '../../../server/store/store.ts'
import { ClickHouseServer, createDatabase, type Database, type Fault } from '../../world/clickhouse-server.ts'
import { type RunningProcess, serve } from '../../world/process.ts'
import { type Data, exactly, health, Load, sendPage, stored, withStore } from './numbered-pages.ts'

let server: ClickHouseServer
let database: Database
let data: Data
let env: Record<string, string>
let running: RunningProcess | undefined

beforeAll(async () => {
  server = await ClickHouseServer.start('secret & sound')
})

afterAll(() => server.close())

beforeEach(async () => {
  database = await createDatabase(server.url)
  // What does not answer is given up soon, so that the test need not wait for it.
  env = { CLICKHOUSE_URL: `${database.url}?request_timeout=1000`, TRACKING_RATE_LIMIT: '0' }
  data = await setUp(mkdtempSync(join(tmpdir(), 'footfall-test-')))
})

afterEach(async () => {
  await running?.kill('SIGKILL')
  running = undefined
  await server.listen()
  await server.behave()
  await database.drop()
  rmSync(data.folder, { recursive: true, force: true })
})

/** An owner and site 1. */
async function setUp(folder: string): Promise<Data> {
  const log = { info: () => {}, error: (_facts: object, message: string) => console.error(message) }
  const service = await openFootfall(readConfig({ FOOTFALL_DATA: folder, ...env }), log)
  const owner = { email: 'owner@example.org', password: 'correct horse battery' }
  const site = { siteName: 'Example', siteUrl: 'https://example.org', timezone: 'Europe/Berlin' }
  const { user } = await service.setup.run({ ...owner, ...site })
  const token = await service.tokens.issue(user.id, 'api', 'test')
  await service.close()
  return { folder, token }
}

async function shipped(url: string): Promise<void> {
  await expect.poll(async () => (await health(url)).body.journal.backlogHits).toBe(0)
}

/** Sends pages while something goes wrong and afterwards, until all are shipped; what was answered is stored once. */
async function underLoad(trouble: (running: RunningProcess) => Promise<void>): Promise<void> {
  running = await serve(data.folder, env)
  const { url } = running
  const load = new Load(url, 1)
  await expect.poll(() => load.acknowledged.length).toBeGreaterThan(100)
  await trouble(running)
  await load.stop()
  await shipped(url)
  expect([load.refused, load.broken]).toEqual([[], []])
  expect(running.output()).not.toContain('secret')
  await running.kill()
  expect(await stored(data, database.url)).toEqual(exactly(load.acknowledged))
}

test('Unreachable for a while: hits go on being accepted, and the backlog is shipped in order afterwards', async () => {
  running = await serve(data.folder, env)
  const { url } = running
  await sendPage(url, 0)
  await shipped(url)
  await server.stopListening()
  const load = new Load(url, 1)
  await expect.poll(() => running?.output()).toContain('will be tried again')
  await expect.poll(() => load.acknowledged.length).toBeGreaterThan(300)
  const sent = load.acknowledged.length
  // 503 would mean that no hit can be kept.
  await expect
    .poll(() => health(url))
    .toMatchObject({
      status: 200,
      body: { status: 'degraded', store: 'unreachable' },
    })
  await expect.poll(() => load.acknowledged.length).toBeGreaterThan(sent)
  await load.stop()
  const report = await fetch(`${url}/api/reports/overview?site=1&period=day&date=today`, {
    headers: { authorization: `Bearer ${data.token}` },
  })
  expect(report.status).toBe(503)

  await server.listen()
  await shipped(url)
  await expect.poll(async () => (await health(url)).body).toMatchObject({ status: 'ok', store: 'ok' })
  // Each attempt waits about twice as long as the one before.
  const attempts = running.output().split('will be tried again').length - 1
  expect(attempts).toBeLessThan(12)
  expect(running.output()).not.toContain('secret')
  await running.kill()
  // Page 0 was sent once by hand and once under load.
  expect(await stored(data, database.url)).toEqual(exactly([0, ...load.acknowledged]))
})

test('Segments that pile up while the server is away are shipped oldest first', async () => {
  running = await serve(data.folder, env)
  const { url } = running
  await server.misbehave({ of: 'inserts', after: 'nothing', ending: 'error', error: tooManyParts })
  await sendPage(url, 1)
  await expect.poll(() => server.struck()).toBeGreaterThan(1)
  await sendPage(url, 2)
  await running.kill('SIGKILL')
  // Each start begins a new segment.
  const again = serve(data.folder, env)
  await server.behave()
  running = await again
  await sendPage(running.url, 3)
  await shipped(running.url)
  await running.kill()
  expect(await stored(data, database.url)).toEqual(exactly([1, 2, 3]))
  const order = (store: Store) =>
    store.query<{ pages: string[] }>(
      `SELECT arrayMap(row -> row.2, arraySort(groupArray((_block_number, splitByChar('/', url)[2])))) AS pages FROM hits`,
    )
  expect(await withStore(data.folder, order, database.url)).toEqual([{ pages: ['1', '2', '3'] }])
})

const tooManyParts =
  'Code: 252. DB::Exception: Too many parts (300). Merges are slower than inserts. (TOO_MANY_PARTS)'
const readOnly = 'Code: 242. DB::Exception: Table is in readonly mode. (TABLE_IS_READ_ONLY)'

const faults: [string, Fault][] = [
  ['Answering errors', { of: 'inserts', after: 'nothing', ending: 'error', error: tooManyParts, times: 3 }],
  [
    'Answering errors to everything',
    { of: 'all', after: 'nothing', ending: 'error', error: readOnly, times: 3 },
  ],
  ['Slow', { of: 'all', delay: 700, after: 'the work', ending: 'answer', times: 3 }],
  ['Cutting connections', { of: 'all', after: 'nothing', ending: 'cut', times: 3 }],
  [
    'Cutting connections in the midst of its answers',
    { of: 'all', after: 'half the answer', ending: 'cut', times: 3 },
  ],
  [
    'Failing in the midst of its answers',
    { of: 'all', after: 'half the answer', ending: 'error', error: readOnly, times: 3 },
  ],
  ['Never answering', { of: 'inserts', after: 'nothing', ending: 'silence', times: 1 }],
  ['Timing out after it has inserted', { of: 'inserts', after: 'the work', ending: 'silence', times: 1 }],
  [
    'Inserting after it was given up',
    { of: 'inserts', delay: 1500, after: 'the work', ending: 'answer', times: 2 },
  ],
  [
    'Cutting the connection after it has inserted',
    { of: 'inserts', after: 'the work', ending: 'cut', times: 3 },
  ],
  [
    'Answering an error after it has inserted',
    { of: 'inserts', after: 'the work', ending: 'error', error: readOnly, times: 3 },
  ],
]

test.each(faults)('%s: every hit is accepted, and counted once', async (_, fault) => {
  await underLoad(async () => {
    await server.misbehave(fault)
    await expect.poll(() => server.struck()).toBe(fault.times)
  })
})

test('Killed with SIGKILL and restarted while shipping: every hit is accepted, and counted once', async () => {
  await underLoad(async ({ url }) => {
    for (const moment of ['inserted', 'any', 'inserted']) {
      if (moment === 'inserted') {
        await server.misbehave({ of: 'inserts', after: 'the work', ending: 'silence' })
        await expect.poll(() => server.struck()).toBeGreaterThan(0)
      }
      await server.kill()
      await expect.poll(async () => (await health(url)).body.status).toBe('degraded')
      await server.start()
      await expect.poll(async () => (await health(url)).body.status).toBe('ok')
    }
  })
})

test('Away when the service starts: it says so, and starts when the server is there', async () => {
  await server.stopListening()
  const said: string[] = []
  const log = {
    info: () => {},
    error: (_facts: object, message: string) => {
      said.push(message)
      if (said.length === 1) void server.listen()
    },
  }
  const service = await openFootfall(readConfig({ FOOTFALL_DATA: data.folder, ...env }), log)
  await service.close()
  expect(said).toEqual([
    expect.stringMatching(
      /^The ClickHouse server of CLICKHOUSE_URL does not answer: connect ECONNREFUSED 127\.0\.0\.1:\d+ Trying again\.$/,
    ),
  ])
})
