// Promises that are about the whole process: its files, its log and its connections.

import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { packageRoot } from '../../../server/root.ts'
import { firefox } from '../../world/footfall.ts'
import { type RunningProcess, run, serve } from '../../world/process.ts'
import { openStore } from '../../world/store.ts'

let data: string
let running: RunningProcess | undefined
let token = ''

beforeEach(async () => {
  data = mkdtempSync(join(tmpdir(), 'footfall-test-'))
  const owner = ['--email', 'o@example.org', '--password', 'twelve or more', '--site-name', 'Example']
  const setup = await run(['setup', ...owner, '--site-url', 'https://example.org', '--json'], {
    FOOTFALL_DATA: data,
  })
  token = (JSON.parse(setup.stdout) as { token: string }).token
})

afterEach(async () => {
  await running?.kill('SIGKILL')
  running = undefined
  rmSync(data, { recursive: true, force: true })
})

const hit = (url: string, address: string, path: string) =>
  fetch(`${url}/matomo.php?idsite=1&rec=1&url=https%3A%2F%2Fexample.org%2F${path}`, {
    headers: { 'user-agent': firefox, 'x-forwarded-for': address },
  })

async function visits(url: string): Promise<number> {
  const answer = await fetch(`${url}/api/reports/overview?site=1`, {
    headers: { authorization: `Bearer ${token}` },
  })
  const { rows } = (await answer.json()) as { rows: { visits: number }[] }
  return rows[0]?.visits ?? 0
}

function files(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile())
}

/** Which files hold one of the needles; a file may vanish while ClickHouse merges. */
function holding(needles: Buffer[]): string[] {
  return files(data).filter((path) => {
    try {
      const content = readFileSync(path)
      return needles.some((needle) => content.includes(needle))
    } catch {
      return false
    }
  })
}

test('S1: an address is shortened before it is kept: the full one is in no file and no log, as text or as bytes', async () => {
  const v4 = '84.137.91.213'
  const v6 = '2a02:8109:9ac0:5f3b:9d1c:77e2:4b1a:d35f'
  running = await serve(data, { TRUST_PROXY: 'loopback', LOG_LEVEL: 'debug' })
  await hit(running.url, v4, 'four')
  await hit(running.url, v6, 'six')
  // A refused request, a failed sign-in and a page are seen with the address as well.
  await fetch(`${running.url}/matomo.php?idsite=77&rec=1`, { headers: { 'x-forwarded-for': v4 } })
  await fetch(`${running.url}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-forwarded-for': v4 },
    body: JSON.stringify({ email: 'o@example.org', password: 'wrong' }),
  })
  const bytes6 = Buffer.from(v6.replaceAll(':', ''), 'hex')
  const full = [
    Buffer.from(v4),
    Buffer.from(v4.split('.').map(Number)),
    Buffer.from(v4.split('.').map(Number).reverse()),
    Buffer.from(v6),
    bytes6,
    Buffer.from(bytes6).reverse(),
  ]
  // The journal is plain text: what is kept there can be seen, so that the search is known to find things.
  expect(holding([Buffer.from('84.137.0.0')])).not.toEqual([])
  expect(holding(full)).toEqual([])

  const { url } = running
  await expect.poll(() => visits(url)).toBe(2)
  expect(holding(full)).toEqual([])
  expect(running.output()).not.toMatch(/84\.137|2a02:8109/)
  await running.kill()

  const world = await openStore(data)
  const tables = await world.store.query<{ name: string }>(
    "SELECT name FROM system.tables WHERE database = currentDatabase() AND engine LIKE '%MergeTree'",
  )
  const rows = await Promise.all(tables.map(({ name }) => world.store.query(`SELECT * FROM ${name}`)))
  await world.close()
  const everything = JSON.stringify(rows)
  expect(everything).toContain('84.137.0.0')
  expect(everything).toContain('2a02:8109:9ac0::')
  expect(everything).not.toContain('91.213')
  expect(everything).not.toContain('5f3b')
})

test('S11: the server opens no connection and looks up no name', async () => {
  const notes = join(data, 'outgoing.txt')
  running = await serve(data, {
    NODE_OPTIONS: `--require ${join(packageRoot, 'test/world/outgoing.cjs')}`,
    FOOTFALL_TEST_OUTGOING: notes,
    TRUST_PROXY: 'loopback',
  })
  const { url } = running
  await hit(url, '84.137.91.213', 'a')
  await expect.poll(() => visits(url)).toBe(1)
  for (const path of ['/', '/f.js', '/opt-out', '/api/health', '/api/reports']) await fetch(url + path)
  await running.kill()
  const seen = statSync(notes, { throwIfNoEntry: false })
    ? readFileSync(notes, 'utf8').trim().split('\n')
    : []
  // To listen on a name, Node looks it up; 127.0.0.1 is ours.
  expect(seen.filter((line) => !line.endsWith(' 127.0.0.1'))).toEqual([])
})

test('Ten visits, kill -9 before the segment shipped, started again: ten visits, no more', async () => {
  running = await serve(data, { TRUST_PROXY: 'loopback' })
  const first = running.url
  await Promise.all(
    Array.from({ length: 10 }, async (_, index) => {
      const id = index.toString(16).padStart(16, '0')
      const answer = await fetch(`${first}/f?idsite=1&rec=1&url=https%3A%2F%2Fexample.org%2F&_id=${id}`, {
        headers: { 'user-agent': firefox },
      })
      expect(answer.status).toBe(200)
    }),
  )
  await running.kill('SIGKILL')
  const journal = readdirSync(join(data, 'journal')).map((name) =>
    readFileSync(join(data, 'journal', name), 'utf8'),
  )
  expect(journal.join('').trim().split('\n')).toHaveLength(10)

  running = await serve(data)
  expect(await visits(running.url)).toBe(10)
  // A running visit goes on after the restart.
  await fetch(`${running.url}/f?idsite=1&rec=1&url=https%3A%2F%2Fexample.org%2Fb&_id=${'0'.repeat(16)}`, {
    headers: { 'user-agent': firefox },
  })
  const again = running.url
  const overview = async () => {
    const answer = await fetch(`${again}/api/reports/overview?site=1`, {
      headers: { authorization: `Bearer ${token}` },
    })
    return ((await answer.json()) as { rows: Record<string, number>[] }).rows[0]
  }
  await expect.poll(async () => (await overview())?.page_views).toBe(11)
  expect(await overview()).toMatchObject({ visits: 10, visitors: 10, page_views: 11, bounces: 9 })
})
