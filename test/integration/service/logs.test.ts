import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ClickHouseServer, createDatabase } from '../../world/clickhouse-server.ts'
import { type RunningProcess, run, serve } from '../../world/process.ts'

let data: string
let running: RunningProcess | undefined

beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'footfall-test-'))
})
afterEach(async () => {
  await running?.kill()
  rmSync(data, { recursive: true, force: true })
})

test('Whatever goes wrong, no address, token, password or query of a request is in the log', async () => {
  const owner = ['--email', 'o@example.org', '--password', 'hunter2 hunter2 hunter2', '--site-name', 'Shop']
  const made = await run(['setup', ...owner, '--site-url', 'https://example.org', '--json'], {
    FOOTFALL_DATA: data,
  })
  const { token } = JSON.parse(made.stdout) as { token: string }
  // A segment that ClickHouse refuses, with something in it that nobody should read in a log.
  mkdirSync(join(data, 'journal'), { recursive: true })
  writeFileSync(
    join(data, 'journal', '000000000001-0123456789ab.jsonl'),
    '{"site_id":1,"day":"secret-of-a-row","url":"example.org/secret-of-a-row"}\n',
  )
  running = await serve(data, { LOG_LEVEL: 'debug', TRUST_PROXY: 'loopback' })
  const { url } = running
  const ask = (path: string, init: RequestInit = {}) =>
    fetch(url + path, {
      ...init,
      headers: { 'x-forwarded-for': '84.137.91.213', 'content-type': 'application/json', ...init.headers },
    }).then((answer) => answer.status)
  const secret = 'secret-of-a-query'
  const bearer = { authorization: `Bearer ${token}` }
  expect(await ask(`/nothing?token=${secret}`)).toBe(404)
  expect(await ask(`/f?idsite=77&rec=1&token_auth=${secret}`)).toBe(400)
  expect(await ask(`/f?idsite=1&rec=1&cip=84.137.91.213&token_auth=${secret}`)).toBe(400)
  expect(await ask('/f', { method: 'POST', body: `{"requests": [${secret}` })).toBe(400)
  expect(await ask('/api/session', { method: 'POST', body: `{"email": "${secret}` })).toBe(400)
  const attempt = { email: 'o@example.org', password: `wrong ${secret}` }
  expect(await ask('/api/session', { method: 'POST', body: JSON.stringify(attempt) })).toBe(401)
  expect(await ask(`/setup?key=${secret}`)).toBeLessThan(500)
  expect(await ask(`/api/reports/pages?site=1&search=${secret}&limit=x`, { headers: bearer })).toBe(400)
  expect(await ask(`/api/reports/pages?site=1&search=${secret}`, { headers: bearer })).toBe(200)
  expect(await ask(`/metrics?x=${secret}`)).toBe(401)
  expect(await ask(`/f?url=${secret}${'x'.repeat(20_000)}`)).toBe(431)
  expect(await running.kill()).toBe(0)
  const printed = running.output()
  expect(printed).toContain('ClickHouse refuses segment 000000000001-0123456789ab.jsonl')
  expect(printed).not.toMatch(/84\.137|secret-of|hunter2/)
  expect(printed).not.toContain(token)
})

test('What ClickHouse says is logged without the row, the question and the password that are in it', async () => {
  const server = await ClickHouseServer.start('hunter3')
  const database = await createDatabase(server.url)
  const env = { CLICKHOUSE_URL: database.url, LOG_LEVEL: 'debug' }
  const owner = ['--email', 'o@example.org', '--password', 'hunter2 hunter2 hunter2', '--site-name', 'Shop']
  const made = await run(['setup', ...owner, '--site-url', 'https://example.org', '--json'], {
    FOOTFALL_DATA: data,
    ...env,
  })
  const { token } = JSON.parse(made.stdout) as { token: string }
  running = await serve(data, env)
  const { url, output } = running
  const report = async () => {
    const path = '/api/reports/pages?site=1&search=secret-of-a-question'
    return (await fetch(url + path, { headers: { authorization: `Bearer ${token}` } })).status
  }
  const hit = () =>
    fetch(`${url}/f?idsite=1&rec=1&url=https://example.org/secret-of-a-row`, {
      headers: { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0' },
    })
  const error = (text: string) => ({ after: 'nothing', ending: 'error', error: text }) as const

  await server.misbehave({
    of: 'inserts',
    ...error(
      "Code: 395. DB::Exception: Not this: {'url': 'secret-of-a-row'}: while executing 'secret-of-a-row'. (REFUSED)",
    ),
  })
  expect((await hit()).status).toBe(200)
  await expect.poll(output).toContain('could not be shipped and will be tried again')
  await server.misbehave({
    of: 'others',
    ...error(
      "Code: 47. DB::Exception: Unknown `x` in scope SELECT 1 WHERE label = 'secret-of-a-question'. (UNKNOWN)",
    ),
  })
  expect(await report()).toBe(500)
  await server.behave()
  await server.stopListening()
  expect(await report()).toBe(503)
  await server.listen()
  await expect.poll(report).toBe(200)
  expect(await running.kill()).toBe(0)
  expect(output()).toMatch(/"code":395,.*"code":47,.*"code":"ECONNREFUSED"/s)
  expect(output()).not.toMatch(/secret-of|hunter/)
  expect(output()).not.toContain(token)
  await database.drop()
  await server.close()
})

test('What went wrong inside is logged once, with its cause, and told as no more than that', async () => {
  await run(
    [
      'setup',
      '--email',
      'o@example.org',
      '--password',
      'hunter2 hunter2',
      '--site-name',
      'Shop',
      '--site-url',
      'https://example.org',
    ],
    { FOOTFALL_DATA: data },
  )
  running = await serve(data, { LOG_LEVEL: 'debug' })
  // Where the journal should be there is a file: hits cannot be kept.
  rmSync(join(data, 'journal'), { recursive: true })
  writeFileSync(join(data, 'journal'), '')
  const hit = () =>
    fetch(`${running?.url}/f?idsite=1&rec=1&url=https://example.org/secret`, {
      headers: { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0' },
    })
  expect((await hit()).status).toBe(503)
  expect((await hit()).status).toBe(503)
  await running.kill()
  const lines = running
    .output()
    .split('\n')
    .filter((line) => line.includes('Hits cannot be kept'))
  expect(lines).toHaveLength(1)
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level: 50, err: { code: 'ENOTDIR' } })
  expect(running.output()).not.toContain('secret')
})

test('An error that nobody expected ends the process, and is logged without what it quotes', async () => {
  const failing = `process.once('SIGUSR2', () => { throw new TypeError('bad value "secret-of-' + 'a-hit"') })`
  running = await serve(data, {
    NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(failing)}`,
  })
  expect(await running.kill('SIGUSR2')).toBe(1)
  expect(running.output()).toContain('Footfall ends on an error that nobody expected.')
  expect(running.output()).toContain('bad value')
  expect(running.output()).not.toContain('secret-of-a-hit')
})
