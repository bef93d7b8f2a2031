// The fuzz: a service of its own, as its users start it, is sent requests over raw connections, most of them not as
// they should be. It must live, answer each with something that is HTTP and no failure of its own, keep what it says
// that it kept, and tell no secrets. Every few thousand requests a good hit, the canary, must be kept at once.

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { type RunningProcess, run, serve } from '../world/process.ts'
import { openStore } from '../world/store.ts'
import { conversationOf, type Partner, secrets } from './conversation.ts'
import { agents } from './strange.ts'
import { converse, escaped } from './wire.ts'

export type FuzzOptions = {
  requests: number
  seed: number
  /** The number of the first conversation, to hold one again; default 0. */
  from?: number
  /** Told from time to time how far it is. */
  progress?: (line: string) => void
}

export type FuzzResult = {
  bench: 'fuzz'
  requests: number
  conversations: number
  seed: number
  byStatus: Record<string, number>
  /** Requests without an answer: they were broken, or their connection was. */
  unanswered: number
  rows: number
  kept: number
  canaries: number
  rejected: number
  server5xx: number
  crashes: number
  /** Of the service, after a tenth of the requests (or 100,000, if that is less) and at the end. */
  rssStartMB: number
  rssEndMB: number
  seconds: number
  /** What was not as it should be, a line each; at most 20. */
  failures: string[]
}

/** Connections at a time. */
const lanes = 24
const canaryEvery = 2000
/** Megabytes by which the service may grow after its tables and caches had time to fill. */
const growth = 400

/** What a client may be told: by this service, by Fastify or by Node. */
const statuses = new Set([
  ...[200, 201, 204, 206, 303, 304],
  ...[400, 401, 403, 404, 405, 408, 409, 412, 413, 414, 415, 416, 417, 429, 431],
])

export async function fuzz(options: FuzzOptions): Promise<FuzzResult> {
  const data = mkdtempSync(join(tmpdir(), 'footfall-fuzz-'))
  try {
    return await new Fuzz(options, data).run()
  } finally {
    rmSync(data, { recursive: true, force: true })
  }
}

class Fuzz {
  readonly #options: FuzzOptions
  readonly #data: string
  readonly #result: FuzzResult
  readonly #canaries: string[] = []
  #sent = 0
  #next: number
  #nextCanary = 0
  #crashed = false
  #warm = false

  constructor(options: FuzzOptions, data: string) {
    this.#options = options
    this.#data = data
    this.#next = options.from ?? 0
    this.#result = {
      bench: 'fuzz',
      requests: 0,
      conversations: 0,
      seed: options.seed,
      byStatus: {},
      unanswered: 0,
      rows: 0,
      kept: 0,
      canaries: 0,
      rejected: 0,
      server5xx: 0,
      crashes: 0,
      rssStartMB: 0,
      rssEndMB: 0,
      seconds: 0,
      failures: [],
    }
  }

  async run(): Promise<FuzzResult> {
    const token = await setUp(this.#data)
    const service = await serve(this.#data, {
      TRUST_PROXY: 'loopback',
      TRACKING_RATE_LIMIT: '0',
      LOG_LEVEL: 'debug',
    })
    try {
      await addSite(service.url, token)
      const partner = { token, now: Math.floor(Date.now() / 1000) }
      const started = performance.now()
      await Promise.all(Array.from({ length: lanes }, () => this.#lane(service, partner)))
      this.#result.seconds = Math.round((performance.now() - started) / 1000)
      this.#result.requests = this.#sent
      if (!this.#crashed) await this.#end(service)
    } finally {
      await service.kill()
    }
    await this.#look(service.output(), token)
    return this.#result
  }

  async #lane(service: RunningProcess, partner: Partner): Promise<void> {
    const { requests, seed, progress } = this.#options
    const port = Number(new URL(service.url).port)
    while (this.#sent < requests && !this.#crashed && this.#result.failures.length < 20) {
      const number = this.#next++
      const sending = conversationOf(seed, number, partner)
      this.#sent += sending.bodiless.length
      this.#result.conversations++
      const { statuses, fault } = await converse(port, sending)
      this.#count(statuses, sending.bodiless.length)
      const wrong = fault ?? faultOf(statuses)
      if (wrong !== undefined) {
        this.#fail(`conversation ${number} of seed ${seed}: ${wrong}; sent "${escaped(sending.bytes)}"`)
        this.#crashed ||= !isAlive(service.pid)
      }
      if (this.#sent < this.#nextCanary) continue
      this.#nextCanary += canaryEvery
      await this.#canary(service)
      if (this.#nextCanary % 50_000 === 0) progress?.(`${this.#sent} requests, ${residentMB(service.pid)} MB`)
    }
  }

  #count(answered: number[], asked: number): void {
    const { byStatus } = this.#result
    for (const status of answered) {
      byStatus[status] = (byStatus[status] ?? 0) + 1
      if (status >= 500) this.#result.server5xx++
    }
    this.#result.unanswered += Math.max(0, asked - answered.length)
  }

  #fail(what: string): void {
    this.#result.failures.push(what)
  }

  /** A good hit of a browser, answered as such, whatever is going on besides. */
  async #canary({ url, pid }: RunningProcess): Promise<void> {
    if (!this.#warm && this.#sent >= Math.min(100_000, this.#options.requests / 10)) {
      this.#warm = true
      this.#result.rssStartMB = residentMB(pid)
    }
    const page = `example.org/canary/${this.#canaries.length}`
    this.#canaries.push(page)
    const query = new URLSearchParams({ idsite: '1', rec: '1', send_image: '0', url: `https://${page}` })
    try {
      const answer = await fetch(`${url}/f?${query}`, {
        headers: { 'user-agent': agents[0] ?? '', 'x-forwarded-for': secrets.address },
        signal: AbortSignal.timeout(10_000),
      })
      if (answer.status !== 204) this.#fail(`a good hit was answered ${answer.status}`)
    } catch (error) {
      this.#fail(`a good hit was not answered: ${error instanceof Error ? error.message : error}`)
      this.#crashed ||= !isAlive(pid)
    }
  }

  /** Waits until what was sent last is in the store. */
  async #end({ url, pid }: RunningProcess): Promise<void> {
    type Health = {
      journal: { backlogHits: number; rejectedSegments: number }
      past: { waitingHits: number }
      collector: { kept: number }
    }
    let kept = -1
    for (;;) {
      const { journal, past, collector } = (await (await fetch(`${url}/api/health`)).json()) as Health
      this.#result.rejected = journal.rejectedSegments
      if (past.waitingHits + journal.backlogHits === 0 && collector.kept === kept) break
      kept = collector.kept
      await setTimeout(500)
    }
    this.#result.kept = kept
    this.#result.rssEndMB = residentMB(pid)
  }

  /** What the service has left: its store, its journal and its log. */
  async #look(log: string, token: string): Promise<void> {
    const result = this.#result
    if (this.#crashed) {
      result.crashes++
      this.#fail(`the service ended; its last words: ${log.slice(-2000)}`)
      return
    }
    const left = readdirSync(join(this.#data, 'journal')).filter((name) => name.endsWith('.jsonl'))
    if (left.length > 0) this.#fail(`${left.length} segments were left in the journal`)
    const { store, close } = await openStore(this.#data)
    const [row] = await store.query<{ n: number }>("SELECT count() AS n FROM hits WHERE kind != 'recognised'")
    const found = await store.query<{ url: string }>(
      "SELECT url FROM hits WHERE url LIKE 'example.org/canary/%'",
    )
    const whole = await store.query('SELECT 1 FROM hits WHERE ip = {address:String} LIMIT 1', secrets)
    await close()

    result.rows = row?.n ?? 0
    result.canaries = this.#canaries.length
    const urls = new Set(found.map(({ url }) => url))
    const lost = this.#canaries.filter((page) => !urls.has(page))
    if (lost.length > 0 || found.length !== urls.size) {
      this.#fail(
        `of the good hits ${lost.length} are not in the store and ${found.length - urls.size} doubled`,
      )
    }
    if (result.rows !== result.kept)
      this.#fail(`${result.kept} hits were kept and ${result.rows} are in the store`)
    if (result.rejected > 0) this.#fail(`the store refused ${result.rejected} segments`)
    if (whole.length > 0) this.#fail('a whole address is in the store')
    if (result.rssEndMB > result.rssStartMB + growth) {
      this.#fail(`the service grew from ${result.rssStartMB} to ${result.rssEndMB} MB`)
    }
    for (const line of log.split('\n')) {
      if (/"level":(?:50|60)/.test(line)) this.#fail(`the service logged an error: ${line.slice(0, 1000)}`)
    }
    for (const [name, secret] of [...Object.entries(secrets), ['token of the owner', token] as const]) {
      if (log.includes(secret)) this.#fail(`the ${name} is in the log`)
    }
  }
}

async function setUp(data: string): Promise<string> {
  const owner = ['--email', 'fuzz@example.org', '--password', 'only for the fuzz']
  const site = ['--site-name', 'Fuzz', '--site-url', 'https://example.org', '--json']
  const { code, stdout, stderr } = await run(['setup', ...owner, ...site], { FOOTFALL_DATA: data })
  if (code !== 0) throw new Error(stdout + stderr)
  return (JSON.parse(stdout) as { token: string }).token
}

/** The second site, which requests may change; the canary lives on the first. */
async function addSite(url: string, token: string): Promise<void> {
  const answer = await fetch(`${url}/api/sites`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'Changed', url: 'https://changed.example', timezone: 'UTC' }),
  })
  if (answer.status !== 201) throw new Error(await answer.text())
}

function faultOf(answered: number[]): string | undefined {
  const bad = answered.find((status) => !statuses.has(status))
  return bad === undefined ? undefined : `an answer ${bad}`
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

/** Megabytes that a process has in memory; 0 where the system does not tell. */
function residentMB(pid: number): number {
  try {
    const pages = Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1])
    return Math.round((pages * 4096) / 1_000_000)
  } catch {
    return 0
  }
}
