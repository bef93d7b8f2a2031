// A service in a process of its own that is sent pages with numbers, so that what it answered with success can be
// compared with what is stored: the same numbers, each once.

import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest'
import type { Store } from '../../../server/store/store.ts'
import { firefox } from '../../world/footfall.ts'
import { type RunningProcess, run } from '../../world/process.ts'
import { openStoreOf } from '../../world/store.ts'

export type Data = { folder: string; token: string }

/** A data folder with an owner and site 1, in a temporary folder or in one that is given. */
export async function newData(
  folder = mkdtempSync(join(tmpdir(), 'footfall-test-')),
  timezone = 'Europe/Berlin',
): Promise<Data> {
  const owner = ['--email', 'o@example.org', '--password', 'twelve or more', '--site-name', 'Example']
  const site = ['--site-url', 'https://example.org', '--timezone', timezone]
  const { code, stdout, stderr } = await run(['setup', ...owner, ...site, '--json'], {
    FOOTFALL_DATA: folder,
  })
  if (code !== 0) throw new Error(`footfall setup ended with ${code}: ${stdout}${stderr}`)
  return { folder, token: (JSON.parse(stdout) as { token: string }).token }
}

/** The same data once more, in a folder of its own. */
export function copyOf({ folder, token }: Data): Data {
  const copy = mkdtempSync(join(tmpdir(), 'footfall-test-'))
  cpSync(folder, copy, { recursive: true, verbatimSymlinks: true })
  return { folder: copy, token }
}

/** Each test of the file works on data of its own, with an owner and site 1; what it starts is ended after it. */
export function eachOnItsOwnData(): { data: Data; running: RunningProcess | undefined } {
  const world: { data: Data; running: RunningProcess | undefined } = {
    data: { folder: '', token: '' },
    running: undefined,
  }
  let fresh: Data
  beforeAll(async () => {
    fresh = await newData()
  })
  beforeEach(() => {
    world.data = copyOf(fresh)
  })
  afterEach(async () => {
    await world.running?.kill('SIGKILL')
    world.running = undefined
    rmSync(world.data.folder, { recursive: true, force: true })
  })
  afterAll(() => rmSync(fresh.folder, { recursive: true, force: true }))
  return world
}

/** How a service is started that is to see addresses as `sendPage` tells them. */
export const behindProxy = { TRUST_PROXY: 'loopback' }

/** One page view of the page with this number, by one of twenty visitors, from an address of its own. */
export function sendPage(url: string, page: number, further: Record<string, string> = {}): Promise<Response> {
  const query = new URLSearchParams({
    idsite: '1',
    rec: '1',
    url: `https://example.org/${page}`,
    _id: (page % 20).toString(16).padStart(16, '0'),
    ...further,
  })
  const address = `91.${(page >> 16) & 255}.${(page >> 8) & 255}.${page & 255}`
  return fetch(`${url}/matomo.php?${query}`, {
    headers: { 'user-agent': firefox, 'x-forwarded-for': address },
  })
}

/** Sends pages one after the other, several at a time, until it is stopped; what became of them. */
export class Load {
  /** Numbers of the pages that were answered with success, in no order. */
  readonly acknowledged: number[] = []
  /** Other answers, and what broke. */
  readonly refused: { status: number; retryAfter: string | null }[] = []
  readonly broken: unknown[] = []
  readonly #senders: Promise<void>[]
  #next = 0
  #stopped = false

  constructor(url: string, senders = 8) {
    this.#senders = Array.from({ length: senders }, () => this.#send(url))
  }

  async stop(): Promise<void> {
    this.#stopped = true
    await Promise.all(this.#senders)
  }

  async #send(url: string): Promise<void> {
    while (!this.#stopped) {
      const page = this.#next++
      try {
        const answer = await sendPage(url, page)
        await answer.arrayBuffer()
        if (answer.ok) this.acknowledged.push(page)
        else this.refused.push({ status: answer.status, retryAfter: answer.headers.get('retry-after') })
      } catch (error) {
        this.broken.push(error)
      }
    }
  }
}

export type Stored = {
  /** Page numbers of the hits, in order, each as often as it is there. */
  pages: number[]
  /** How many hits the visits say that they have. */
  hitsOfVisits: number
}

/** What the data folder of a process that has ended holds, or the database that it used. */
export async function stored({ folder }: Data, clickhouseUrl?: string): Promise<Stored> {
  const ask = async (store: Store) => {
    const rows = await store.query<{ page: number }>(
      "SELECT toUInt32(splitByChar('/', url)[2]) AS page FROM hits ORDER BY page",
    )
    const [visits] = await store.query<{ hits: number }>('SELECT sum(hits) AS hits FROM visit')
    return { pages: rows.map(({ page }) => page), hitsOfVisits: visits?.hits ?? 0 }
  }
  return await withStore(folder, ask, clickhouseUrl)
}

/** These pages, each once, in hits and in visits. */
export function exactly(pages: Iterable<number>): Stored {
  const sorted = [...pages].sort((a, b) => a - b)
  return { pages: sorted, hitsOfVisits: sorted.length }
}

/** Opens the store of a data folder that no process has open. */
export async function withStore<Result>(
  folder: string,
  ask: (store: Store) => Promise<Result>,
  clickhouseUrl?: string,
): Promise<Result> {
  const store = await openStoreOf(folder, clickhouseUrl)
  try {
    return await ask(store)
  } finally {
    await store.close()
  }
}

export type Health = {
  status: string
  journal: Record<string, unknown> & { backlogHits: number; rejectedSegments: number }
}

export async function health(url: string): Promise<{ status: number; body: Health }> {
  const answer = await fetch(`${url}/api/health`)
  return { status: answer.status, body: (await answer.json()) as Health }
}

/** Asks a report as the owner; throws unless it is answered. */
export async function overview(url: string, { token }: Data): Promise<Record<string, number>> {
  const answer = await fetch(`${url}/api/reports/overview?site=1&period=day&date=today`, {
    headers: { authorization: `Bearer ${token}` },
  })
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`)
  const { rows } = (await answer.json()) as { rows: Record<string, number>[] }
  return rows[0] ?? {}
}

/** Paths of the segments that wait in the journal, oldest first. */
export function segments({ folder }: Data): string[] {
  const journal = join(folder, 'journal')
  return readdirSync(journal)
    .filter((name) => name.endsWith('.jsonl'))
    .sort()
    .map((name) => join(journal, name))
}
