// Hits of the past on their way from the disk into the journal, cut off at any step and begun again.

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import type { Beacon } from '../../../server/collect/beacon.ts'
import { VisitHistory } from '../../../server/collect/history.ts'
import { Orders } from '../../../server/collect/order.ts'
import { PastHits, type PastOptions } from '../../../server/collect/past.ts'
import { pastLine } from '../../../server/collect/past-line.ts'
import { Replay } from '../../../server/collect/replay.ts'
import { beaconOf } from '../../../server/collect/request.ts'
import { Visits } from '../../../server/collect/visit.ts'
import { Journal } from '../../../server/journal/journal.ts'
import { berlin, openStore, type StoreWorld } from '../../world/store.ts'

let data: string
let received: string[]
let journal: Journal
let lanes: PastHits[]
let world: StoreWorld
let history: VisitHistory

beforeAll(async () => {
  world = await openStore()
  history = new VisitHistory(world.store, () => false)
})
afterAll(() => world.close())
beforeEach(async () => {
  data = mkdtempSync(join(tmpdir(), 'footfall-past-'))
  received = []
  lanes = []
  journal = await openJournal()
})
afterEach(async () => {
  for (const lane of lanes) await lane.close()
  await journal.close()
  rmSync(data, { recursive: true, force: true })
})

const newReplay = () =>
  new Replay({
    site: () => berlin,
    present: new Visits(),
    orders: new Orders(),
    country: () => '',
    dropped: () => {},
  })

function openJournal(): Promise<Journal> {
  return Journal.open({
    folder: join(data, 'journal'),
    ship: async ({ path }) => {
      received.push(...readFileSync(path, 'utf8').split('\n').slice(0, -1))
    },
    onError: (message) => {
      throw new Error(message)
    },
  })
}

async function openLane(options: Partial<PastOptions> = {}): Promise<PastHits> {
  const lane = await PastHits.open({
    folder: join(data, 'past'),
    journal,
    history,
    replay: newReplay,
    onError: () => {},
    quietFor: 1_000_000,
    ...options,
  })
  lanes.push(lane)
  return lane
}

const noon = Date.parse('2026-03-03T12:00:00Z')
const registry = { site: () => berlin, knowsToken: () => true }

/** The n-th hit, a minute after the one before it; each makes a page of its own. */
function line(n: number): string {
  const sent = {
    idsite: '1',
    rec: '1',
    token_auth: 'x',
    _id: 'aaaaaaaaaaaaaaaa',
    url: `https://example.org/${n}`,
    cdt: String(noon / 1000 + n * 60),
  }
  const request = {
    method: 'POST',
    address: '91.12.34.56',
    headers: {},
    cookies: {},
    now: noon + 1e9,
  } as const
  const beacon: Beacon = { ...beaconOf(sent, request, registry), visitorId: 'aaaaaaaaaaaaaaaa' }
  beacon.action = { ...beacon.action, url: `example.org/${n}` }
  return pastLine(beacon)
}

/** Pages in the order of their positions. */
async function arrived(): Promise<string[]> {
  await journal.drain()
  const rows = received.map((text) => JSON.parse(text) as { url: string; position: number })
  return rows.sort((a, b) => a.position - b.position).map(({ url }) => url)
}

const pages = (count: number) => Array.from({ length: count }, (_, n) => `example.org/${n}`)

test('Hits that come in any order are one visit in the order of their times', async () => {
  const lane = await openLane()
  for (const n of [3, 0, 4, 1, 2]) await lane.append(line(n))
  expect(lane.backlog().hits).toBe(5)
  await lane.drain()
  expect(lane.backlog()).toEqual({ hits: 0, oldest: undefined })
  expect(await arrived()).toEqual(pages(5))
})

test('More than fits into memory at once is sorted in parts', async () => {
  const lane = await openLane({ bucketBytes: 2000, fileBytes: 1500 })
  const order = Array.from({ length: 40 }, (_, n) => (n * 7) % 40)
  for (const n of order) await lane.append(line(n))
  await lane.drain()
  expect(await arrived()).toEqual(pages(40))
})

test('Nothing is replayed while hits keep coming, and all of it once none has come for a while', async () => {
  vi.useFakeTimers({ toFake: ['Date', 'setInterval', 'clearInterval'] })
  try {
    const replay = vi.fn(newReplay)
    const lane = await openLane({ quietFor: 10_000, replay })
    for (const n of [2, 1, 0]) {
      await lane.append(line(n))
      vi.advanceTimersByTime(9000)
    }
    expect(replay).not.toHaveBeenCalled()
    vi.advanceTimersByTime(1000)
    await expect.poll(() => lane.backlog().hits).toBe(0)
    expect(await arrived()).toEqual(pages(3))
    expect(replay).toHaveBeenCalledTimes(1)
  } finally {
    vi.useRealTimers()
  }
})

test('What waits when the service ends is replayed after the next start', async () => {
  const first = await openLane()
  for (const n of [1, 0]) await first.append(line(n))
  await first.close()
  const lane = await openLane()
  expect(lane.backlog().hits).toBe(2)
  await lane.append(line(2))
  await lane.drain()
  expect(await arrived()).toEqual(pages(3))
})

test.each([
  ['before a file is moved', false],
  ['after a file was moved', true],
])('Cut off %s into the journal, each hit still comes once', async (_when, moved) => {
  for (let cutAt = 1; cutAt <= 3; cutAt++) {
    rmSync(join(data, 'past'), { recursive: true, force: true })
    received = []
    let takes = 0
    const take = async (path: string, hits: number) => {
      const cut = ++takes === cutAt
      if (cut && !moved) throw new Error('cut off')
      await journal.take(path, hits)
      if (cut) throw new Error('cut off')
    }
    const first = await openLane({ fileBytes: 700, journal: { take, drain: () => journal.drain() } })
    for (let n = 11; n >= 0; n--) await first.append(line(n))
    await expect(first.drain()).rejects.toThrow('cut off')
    await first.close()
    expect(existsSync(join(data, 'past', 'batch', 'done.json'))).toBe(true)

    const next = await openLane()
    await next.drain()
    expect(await arrived()).toEqual(pages(12))
    expect(next.backlog().hits).toBe(0)
    expect(readdirSync(join(data, 'past')).sort()).toEqual(['waiting'])
  }
})

test('Cut off while it is replayed, a batch is made anew', async () => {
  let replayed = 0
  const first = await openLane({
    replay: () => {
      const replay = newReplay()
      const next = (text: string) => {
        if (++replayed === 3) throw new Error('cut off')
        return replay.next(text)
      }
      return { next } as Replay
    },
  })
  for (const n of [4, 2, 0, 1, 3]) await first.append(line(n))
  await expect(first.drain()).rejects.toThrow('cut off')
  await first.close()
  expect(received).toEqual([])
  const lane = await openLane()
  await lane.drain()
  expect(await arrived()).toEqual(pages(5))
})

test('A line that waits carries neither the address nor the token of its request', () => {
  expect(line(0)).not.toMatch(/91\.12\.34\.56|token_auth/)
})
