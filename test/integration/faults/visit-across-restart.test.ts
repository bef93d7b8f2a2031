// A visit that runs while the process is killed and started again stays one visit.

import { rmSync } from 'node:fs'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { firefox } from '../../world/footfall.ts'
import { type RunningProcess, serve } from '../../world/process.ts'
import { type Data, newData, overview, withStore } from './numbered-pages.ts'

let data: Data
let running: RunningProcess | undefined

beforeEach(async () => {
  // Where it is about noon now, so that no visit ends at midnight.
  const hours = 12 - new Date().getUTCHours()
  data = await newData(undefined, hours === 0 ? 'UTC' : `Etc/GMT${hours > 0 ? '-' : '+'}${Math.abs(hours)}`)
  running = await serve(data.folder, { TRUST_PROXY: 'loopback' })
})

afterEach(async () => {
  await running?.kill('SIGKILL')
  running = undefined
  rmSync(data.folder, { recursive: true, force: true })
})

async function restart(): Promise<void> {
  await running?.kill('SIGKILL')
  running = await serve(data.folder, { TRUST_PROXY: 'loopback' })
}

const start = () => Math.floor(Date.now() / 1000) - 27 * 60

/** A request of the visitor, so many seconds after the visit's begin. */
async function send(at: number, parameters: Record<string, string>): Promise<void> {
  const query = new URLSearchParams({ idsite: '1', rec: '1', cdt: String(at), ...parameters })
  const answer = await fetch(`${running?.url}/matomo.php?${query}`, {
    headers: { 'user-agent': firefox, 'accept-language': 'de', 'x-forwarded-for': '91.12.34.56' },
  })
  expect(answer.status).toBe(200)
}

const page = (path: string) => ({ url: `https://example.org/${path}`, action_name: path.toUpperCase() })

async function visits(columns: string): Promise<Record<string, unknown>[]> {
  await running?.kill()
  return await withStore(data.folder, (store) =>
    store.query(`SELECT ${columns} FROM visit ORDER BY first_time`),
  )
}

const byCookie = { _id: '0123456789abcdef' }

test('A visit by a cookie id goes on across a kill: one visit with its entry, exit, duration and actions', async () => {
  const begin = start()
  await send(begin, { ...byCookie, ...page('a') })
  await send(begin + 60, { ...byCookie, ...page('a'), e_c: 'Video', e_a: 'Play' })
  await restart()
  await send(begin + 600, { ...byCookie, ...page('b') })
  await send(begin + 660, { ...byCookie, ...page('b'), ping: '1' })
  expect(
    await visits(
      'visit_number, entry_url, entry_title, exit_url, exit_title, duration, hits, actions, page_views, events',
    ),
  ).toEqual([
    {
      visit_number: 1,
      entry_url: 'example.org/a',
      entry_title: 'A',
      exit_url: 'example.org/b',
      exit_title: 'B',
      duration: 661,
      hits: 4,
      actions: 3,
      page_views: 2,
      events: 1,
    },
  ])
})

test('Two kills in one visit: one visit, no bounce, and the time on a page reaches across the kill', async () => {
  const begin = start()
  await send(begin, { ...byCookie, ...page('a') })
  await restart()
  await send(begin + 300, { ...byCookie, ...page('b') })
  await restart()
  await send(begin + 900, { ...byCookie, ...page('c') })
  await expect
    .poll(async () => overview(running?.url ?? '', data))
    .toMatchObject({ visits: 1, visitors: 1, page_views: 3, bounces: 0, avg_duration: 901 })
  await running?.kill()
  const hits = await withStore(data.folder, (store) =>
    store.query('SELECT position, previous_url, time_spent, entry_url FROM hits ORDER BY position'),
  )
  expect(hits).toEqual([
    { position: 1, previous_url: '', time_spent: 0, entry_url: 'example.org/a' },
    { position: 2, previous_url: 'example.org/a', time_spent: 300, entry_url: 'example.org/a' },
    { position: 3, previous_url: 'example.org/b', time_spent: 600, entry_url: 'example.org/a' },
  ])
})

test('A visit of one page is a bounce, and stays one when the process is killed and started twice', async () => {
  const begin = start()
  await send(begin, { ...byCookie, ...page('a') })
  await restart()
  await restart()
  expect(await overview(running?.url ?? '', data)).toMatchObject({ visits: 1, bounces: 1, page_views: 1 })
})

test('A visitor without a cookie, known by the hash of the day, goes on across two kills', async () => {
  const begin = start()
  await send(begin, page('a'))
  // The salt of the day was made for this hit, and is in the store when the hit is.
  await expect.poll(async () => overview(running?.url ?? '', data)).toMatchObject({ page_views: 1 })
  await restart()
  await send(begin + 300, page('b'))
  await restart()
  await send(begin + 900, page('c'))
  expect(await visits('visit_number, entry_url, exit_url, duration, page_views')).toEqual([
    { visit_number: 1, entry_url: 'example.org/a', exit_url: 'example.org/c', duration: 901, page_views: 3 },
  ])
})

test('A direct visit that was upgraded before the kill keeps its referrer, and no later one takes its place', async () => {
  const begin = start()
  await send(begin, { ...byCookie, ...page('a') })
  await send(begin + 60, { ...byCookie, ...page('b'), urlref: 'https://www.google.com/' })
  await restart()
  await send(begin + 120, { ...byCookie, ...page('c'), urlref: 'https://news.example.com/story' })
  expect(await visits('referrer_type, referrer_name, entry_url, actions, duration')).toEqual([
    {
      referrer_type: 'search',
      referrer_name: 'Google',
      entry_url: 'example.org/a',
      actions: 3,
      duration: 121,
    },
  ])
})

test('A direct visit is upgraded by what comes after the kill; another campaign still begins a visit', async () => {
  const begin = start()
  await send(begin, { ...byCookie, ...page('a') })
  await restart()
  await send(begin + 60, { ...byCookie, ...page('b?utm_campaign=spring') })
  await restart()
  await send(begin + 120, { ...byCookie, ...page('c?utm_campaign=spring') })
  await send(begin + 180, { ...byCookie, ...page('d?utm_campaign=summer') })
  expect(await visits('visit_number, referrer_name, actions')).toEqual([
    { visit_number: 1, referrer_name: 'spring', actions: 3 },
    { visit_number: 2, referrer_name: 'summer', actions: 1 },
  ])
})

test('Thirty minutes without an action end a visit, whether the process was killed or not', async () => {
  const begin = start()
  await send(begin - 10 * 60, { ...byCookie, ...page('a') })
  await restart()
  await send(begin + 20 * 60, { ...byCookie, ...page('b') })
  expect(await visits('visit_number, entry_url, page_views')).toEqual([
    { visit_number: 1, entry_url: 'example.org/a', page_views: 1 },
    { visit_number: 2, entry_url: 'example.org/b', page_views: 1 },
  ])
})
