import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { firefox } from '../../world/footfall.ts'
import { type RunningProcess, run, serve } from '../../world/process.ts'

let data: string
let running: RunningProcess | undefined

beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'footfall-test-'))
})

afterEach(async () => {
  await running?.kill('SIGKILL')
  running = undefined
  rmSync(data, { recursive: true, force: true })
})

const json = { 'content-type': 'application/json' }
const wish = {
  email: 'Owner@Example.org',
  password: 'correct horse battery',
  siteName: 'Shop',
  siteUrl: 'shop.example',
  timezone: 'Europe/Paris',
}
const post = (url: string, body: object, headers = {}) =>
  fetch(url, { method: 'POST', headers: { ...json, ...headers }, body: JSON.stringify(body) })

test('The first start prints a setup link that works once and makes the owner and the first site', async () => {
  running = await serve(data)
  const { url } = running
  const key = /\/setup\?key=(\w+)/.exec(running.output())?.[1] ?? ''
  expect(await (await fetch(`${url}/api/setup`)).json()).toEqual({ needed: true })

  expect((await post(`${url}/api/setup`, { ...wish, key: 'guessed' })).status).toBe(403)
  const weak = await post(`${url}/api/setup`, { ...wish, key, password: 'short' })
  expect(weak.status).toBe(400)
  expect(await weak.json()).toEqual({
    error: { code: 'weak_password', message: 'A password must have 12 to 500 characters.' },
  })

  const done = await post(`${url}/api/setup`, { ...wish, key })
  expect(done.status).toBe(201)
  expect(await done.json()).toEqual({ siteId: 1 })
  const cookie = done.headers.getSetCookie()[0]?.split(';')[0] ?? ''
  const sites = await fetch(`${url}/api/sites`, { headers: { cookie } })
  expect(await sites.json()).toMatchObject({
    sites: [
      {
        id: 1,
        name: 'Shop',
        urls: ['https://shop.example'],
        timezone: 'Europe/Paris',
        snippet: `<script async src="${url}/f.js?site=1"></script>`,
      },
    ],
  })
  const again = await post(`${url}/api/setup`, { ...wish, key })
  expect(again.status).toBe(409)

  const signIn = await post(`${url}/api/session`, { email: 'owner@example.org', password: wish.password })
  expect(signIn.status).toBe(200)
  const wrong = await post(`${url}/api/session`, { email: 'owner@example.org', password: 'something else' })
  expect(wrong.status).toBe(401)
})

test('Whoever guesses passwords has to wait', async () => {
  running = await serve(data)
  const { url } = running
  const statuses: number[] = []
  for (let attempt = 0; attempt < 11; attempt++) {
    statuses.push((await post(`${url}/api/session`, { email: 'a@b.c', password: 'guess' })).status)
  }
  expect(statuses.slice(0, 10)).toEqual(Array(10).fill(401))
  expect(statuses[10]).toBe(429)
})

test('footfall setup does the same for scripts, with a running service and without one', async () => {
  const args = ['setup', '--email', 'o@example.org', '--password', 'twelve or more', '--site-name', 'A']
  const site = ['--site-url', 'https://a.example', '--timezone', 'Asia/Tokyo', '--json']
  running = await serve(data)
  const first = await run([...args, ...site], { FOOTFALL_DATA: data })
  expect(first.stdout).toMatch(/^\{"siteId":1,"token":"[0-9a-f]{32}"\}\n$/)
  expect(first.code).toBe(0)
  const { token } = JSON.parse(first.stdout) as { token: string }
  const report = () =>
    fetch(`${running?.url}/api/reports/overview?site=1`, { headers: { authorization: `Bearer ${token}` } })
  expect((await report()).status).toBe(200)
  await running.kill()

  const second = await run([...args, ...site], { FOOTFALL_DATA: data })
  expect(second.code).toBe(1)
  expect(second.stdout).toBe('This Footfall has an owner already.\n')
  running = await serve(data)
  expect((await report()).status).toBe(200)
})

test('A command that was typed wrongly says how it is used', async () => {
  const result = await run(['setup', '--email', 'o@example.org'], { FOOTFALL_DATA: data })
  expect(result.code).toBe(2)
  expect(result.stdout).toContain('Usage: footfall setup --email')
})

test('A bad configuration stops the start with one line that names the variable', async () => {
  const result = await run(['serve'], { FOOTFALL_DATA: data, PORT: 'eighty' })
  expect(result.code).toBe(1)
  expect(result.stderr).toBe('PORT=eighty is not usable: it must be a whole number from 0 to 65535.\n')
})

test('A note that a dead process left stops nobody, even if its pid and its port are in use again', async () => {
  running = await serve(data)
  const other = mkdtempSync(join(tmpdir(), 'footfall-test-'))
  const stale = { pid: process.pid, url: running.url, commandKey: 'a key of another life' }
  writeFileSync(join(other, 'running.json'), JSON.stringify(stale))
  const args = ['--email', 'o@example.org', '--password', 'twelve or more', '--site-name', 'A']
  const setup = await run(['setup', ...args, '--site-url', 'https://a.example'], { FOOTFALL_DATA: other })
  expect(setup.stdout).toContain('Site 1 (A) and the account o@example.org are ready.')
  const second = await serve(other)
  await second.kill()
  rmSync(other, { recursive: true, force: true })
})

test('A port that is in use is told in one line', async () => {
  running = await serve(data)
  const other = mkdtempSync(join(tmpdir(), 'footfall-test-'))
  const { port } = new URL(running.url)
  const second = await run(['serve'], { FOOTFALL_DATA: other, PORT: port, LOG_LEVEL: 'error' })
  expect(second.stderr).toBe(`PORT=${port} is not usable: another program listens there.\n`)
  expect(second.code).toBe(1)
  rmSync(other, { recursive: true, force: true })
})

test('Nobody is signed in by the form of another website', async () => {
  running = await serve(data)
  const answer = await post(
    `${running.url}/api/session`,
    { email: 'o@example.org', password: 'whatever' },
    { origin: 'https://elsewhere.example', 'sec-fetch-site': 'cross-site' },
  )
  expect(answer.status).toBe(403)
  const form = await fetch(`${running.url}/api/session`, {
    method: 'POST',
    body: new URLSearchParams({ email: 'a' }),
  })
  expect(form.status).toBe(415)
})

test('A time zone is kept as calendars write it', async () => {
  const args = ['--email', 'o@example.org', '--password', 'twelve or more', '--site-name', 'A']
  const site = ['--site-url', 'https://a.example', '--timezone']
  const wrong = await run(['setup', ...args, ...site, 'Europe/Atlantis'], { FOOTFALL_DATA: data })
  expect(wrong.stdout).toBe('There is no time zone Europe/Atlantis; an example is Europe/Berlin.\n')
  const setup = await run(['setup', ...args, ...site, 'europe/berlin', '--json'], { FOOTFALL_DATA: data })
  const { token } = JSON.parse(setup.stdout) as { token: string }
  running = await serve(data)
  const sites = await fetch(`${running.url}/api/sites`, { headers: { authorization: `Bearer ${token}` } })
  expect(await sites.json()).toMatchObject({ sites: [{ timezone: 'Europe/Berlin' }] })
})

test('A second service on the same data is refused and told why', async () => {
  running = await serve(data)
  const second = await run(['serve'], { FOOTFALL_DATA: data, PORT: '0' })
  expect(second.code).toBe(1)
  expect(second.stderr).toContain(`Footfall already runs on the data in ${data}`)
})

test('The note that lets commands find the service is for its user alone, and goes with the service', async () => {
  running = await serve(data)
  const note = join(data, 'running.json')
  expect(statSync(note).mode & 0o777).toBe(0o600)
  expect(JSON.parse(readFileSync(note, 'utf8'))).toMatchObject({ pid: running.pid, url: running.url })
  const guess = await post(
    `${running.url}/api/commands`,
    { name: 'demo', args: [] },
    { authorization: 'Bearer guess' },
  )
  expect(guess.status).toBe(403)
  await running.kill()
  expect(statSync(note, { throwIfNoEntry: false })).toBeUndefined()
})

test('A service goes on shipping hits when the folder it was started in is replaced', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'footfall-test-'))
  running = await serve(data, {}, () => {}, folder)
  const { url } = running
  const key = /\/setup\?key=(\w+)/.exec(running.output())?.[1] ?? ''
  expect((await post(`${url}/api/setup`, { ...wish, key })).status).toBe(201)
  rmSync(folder, { recursive: true })
  const hit = `${url}/f?idsite=1&rec=1&send_image=0&url=https%3A%2F%2Fshop.example%2F`
  expect((await fetch(hit, { headers: { 'user-agent': firefox } })).status).toBe(204)
  const journal = async () =>
    ((await (await fetch(`${url}/api/health`)).json()) as { journal: Record<string, unknown> }).journal
  await expect
    .poll(journal, { timeout: 10_000 })
    .toMatchObject({ backlogHits: 0, failedShipments: 0, lastShipped: expect.any(String) })
})
