import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { ClickHouseServer, createDatabase } from '../../world/clickhouse-server.ts'
import { startFootfall, type World, type WorldOptions } from '../../world/footfall.ts'

let world: World
const start = async (options: WorldOptions = {}) => {
  world = await startFootfall(options)
}
afterEach(() => world.close())

type Health = {
  status: string
  store: string
  journal: Record<string, unknown>
  collector: {
    kept: number
    dropped: Record<string, number>
    refused: number
    limited: number
    unkept: number
  }
}

const health = async () => {
  const answer = await fetch(`${world.url}/api/health`)
  return { code: answer.status, health: (await answer.json()) as Health }
}

/** Value of a metric line, as `name` or `name{label="x"}`. */
const metric = async (name: string, headers: Record<string, string> = {}) => {
  const answer = await fetch(`${world.url}/metrics`, { headers })
  const line = (await answer.text()).split('\n').find((text) => text.startsWith(`${name} `))
  return line === undefined ? undefined : Number(line.slice(name.length + 1))
}

test('Health tells that all is well, what was kept, and what was left out and why', async () => {
  await start()
  await world.track({ url: 'https://example.org/' })
  await world.track({ url: 'https://example.org/' }, { dnt: '1' })
  await world.track({ url: 'https://example.org/', idsite: 77 })
  await world.service.journal.drain()
  const { code, health: told } = await health()
  expect(code).toBe(200)
  expect(told).toMatchObject({
    status: 'ok',
    store: 'ok',
    overloaded: null,
    journal: {
      writable: true,
      failure: null,
      backlogHits: 0,
      backlogSeconds: 0,
      failedShipments: 0,
      rejectedSegments: 0,
      rejected: [],
    },
    collector: { kept: 1, dropped: { do_not_track: 1, bot: 0 }, refused: 1, limited: 0, unkept: 0 },
  })
  expect(told.journal.diskFree).toBeGreaterThan(0)
  expect(Date.parse(String(told.journal.lastShipped))).toBeGreaterThan(Date.now() - 60_000)
})

test('Metrics say the same to a monitor on this machine', async () => {
  await start()
  await world.track({ url: 'https://example.org/' })
  await world.track({ url: 'https://example.org/' }, { 'sec-gpc': '1' })
  await world.track({ idsite: 'none' })
  expect(await metric('footfall_hits_total')).toBe(1)
  expect(await metric('footfall_dropped_total{reason="do_not_track"}')).toBe(1)
  expect(await metric('footfall_refused_total')).toBe(1)
  expect(await metric('footfall_journal_writable')).toBe(1)
  expect(await metric('footfall_journal_backlog_hits')).toBe(1)
  await world.service.journal.drain()
  expect(await metric('footfall_journal_backlog_hits')).toBe(0)
  expect(await metric('footfall_journal_shipped_segments_total')).toBe(1)
  expect(await metric('footfall_visits_remembered')).toBe(1)
  expect(await metric('footfall_disk_free_bytes')).toBeGreaterThan(0)
  expect(await metric('process_resident_memory_bytes')).toBeGreaterThan(0)
})

test.each(['x-forwarded-for', 'forwarded', 'x-real-ip', 'via'])(
  'Metrics are not for who comes through a proxy (%s), unless with a token',
  async (header) => {
    await start()
    const answer = await fetch(`${world.url}/metrics`, { headers: { [header]: '203.0.113.7' } })
    expect(answer.status).toBe(401)
    expect(await answer.json()).toMatchObject({ error: { code: 'not_signed_in' } })
    const headers = { [header]: '203.0.113.7', authorization: `Bearer ${world.token}` }
    expect(await metric('footfall_hits_total', headers)).toBe(0)
  },
)

test('Beyond the rate limit an address is told when to come again; others and senders with a token are not', async () => {
  await start({ env: { TRACKING_RATE_LIMIT: '1' }, clock: Date.UTC(2026, 10, 22, 12) })
  const hit = (parameters = {}, address = '203.0.113.7') =>
    world.track({ url: 'https://example.org/', ...parameters }, { 'x-forwarded-for': address })
  for (let time = 0; time < 10; time++) expect((await hit()).status).toBe(200)
  const answer = await hit()
  expect(answer.status).toBe(429)
  expect(answer.headers.get('retry-after')).toBe('1')
  expect(await answer.text()).toBe('Too many requests come from this address. Try again later.')
  expect((await hit({}, '203.0.113.8')).status).toBe(200)
  expect((await hit({ token_auth: world.token })).status).toBe(200)
  expect((await health()).health.collector).toMatchObject({ kept: 12, limited: 1 })
  world.setClock(Date.UTC(2026, 10, 22, 12, 0, 1))
  expect((await hit()).status).toBe(200)
})

test('A bulk request counts with each of its entries', async () => {
  await start({ env: { TRACKING_RATE_LIMIT: '1' }, clock: Date.UTC(2026, 10, 22, 12) })
  const requests = Array.from({ length: 20 }, (_, n) => `?idsite=1&rec=1&url=https://example.org/${n}`)
  const send = (facts = {}) =>
    fetch(`${world.url}/matomo.php`, { method: 'POST', body: JSON.stringify({ requests, ...facts }) })
  expect((await send()).status).toBe(200)
  expect((await send()).status).toBe(429)
  expect((await send({ token_auth: world.token })).status).toBe(200)
})

test('Health does not wait for a ClickHouse server that never answers', async () => {
  const server = await ClickHouseServer.start('secret & sound')
  const database = await createDatabase(server.url)
  await start({ env: { CLICKHOUSE_URL: database.url } })
  await server.misbehave({ of: 'all', after: 'nothing', ending: 'silence' })
  const { code, health: told } = await health()
  expect([code, told.status, told.store]).toEqual([200, 'degraded', 'unreachable'])
  expect(JSON.stringify(told)).not.toContain('secret')
  // Asked many times at once it asks the server once.
  const struck = await server.struck()
  await Promise.all(Array.from({ length: 50 }, health))
  expect(await server.struck()).toBeLessThanOrEqual(struck + 1)
  await server.behave()
  await expect.poll(async () => (await health()).health.store).toBe('ok')
  await database.drop()
  await server.close()
})

test('A refused segment is told by health and metrics, by its name and the kind of error', async () => {
  await start()
  const name = '000000000900-0123456789ab.jsonl'
  const path = join(world.data, 'journal', name)
  await world.service.journal.drain()
  writeFileSync(path, '{"site_id":1,"day":"no day"}\n')
  await world.service.close()
  const { openFootfall } = await import('../../../server/footfall.ts')
  const errors: string[] = []
  const log = { info: () => {}, error: (_facts: object, message: string) => void errors.push(message) }
  const { createApp } = await import('../../../server/app.ts')
  const again = await openFootfall(world.service.config, log)
  const app = await createApp(again, { setupKey: 'k', commandKey: 'c' })
  const told = await app.inject('/api/health')
  const metrics = await app.inject('/metrics')
  await app.close()
  await again.close()
  expect(told.json()).toMatchObject({
    status: 'degraded',
    journal: { rejectedSegments: 1, rejected: [{ name, hits: 1, bytes: 29 }] },
  })
  const { reason } =
    told.json<Health & { journal: { rejected: { reason: string }[] } }>().journal.rejected[0] ?? {}
  expect(reason).toMatch(/^[A-Z_]+ \(\d+\)$/)
  expect(metrics.body).toContain('footfall_journal_rejected_segments 1')
  expect(errors).toEqual([`ClickHouse refuses segment ${name}, it was set aside: ${reason}`])
})
