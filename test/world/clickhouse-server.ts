// A ClickHouse server for tests: the one of CLICKHOUSE_URL, or the fixture beside this file, which can be told to
// misbehave. Each world has a database of its own on it, `footfall_test_<random>`, which is dropped again.

import { type ChildProcess, fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ClickHouseLogLevel, createClient } from '@clickhouse/client'

export type Fault = {
  /** Which requests it strikes. */
  of: 'all' | 'inserts' | 'others'
  /** Milliseconds that pass once the request is read. */
  delay?: number
  /** How far the work has come when it goes wrong. */
  after: 'nothing' | 'the work' | 'half the answer'
  /** What then happens; `silence` keeps the connection and never answers. */
  ending: 'answer' | 'error' | 'cut' | 'silence'
  /** ClickHouse's text, as `Code: 252. DB::Exception: Too many parts. (TOO_MANY_PARTS)`. */
  error?: string
  /** How many requests it strikes; all if not said. */
  times?: number
}

const program = join(import.meta.dirname, 'clickhouse-fixture.mjs')

/** A fixture of its own, with data of its own. */
export class ClickHouseServer {
  readonly #data: string
  readonly #password: string
  #child: ChildProcess | undefined
  #port = 0
  #orders = 0

  private constructor(password: string) {
    this.#data = mkdtempSync(join(tmpdir(), 'footfall-clickhouse-'))
    this.#password = password
  }

  static async start(password = ''): Promise<ClickHouseServer> {
    const server = new ClickHouseServer(password)
    await server.start()
    return server
  }

  /** Address with user and password, without a database. */
  get url(): string {
    const secret = this.#password === '' ? '' : `:${encodeURIComponent(this.#password)}`
    return `http://default${secret}@127.0.0.1:${this.#port}`
  }

  /** On the same data and the same port as before. */
  async start(): Promise<void> {
    this.#child = fork(program, [this.#data, 'default', this.#password], {
      env: { PATH: process.env.PATH, UV_THREADPOOL_SIZE: '16' },
      execArgv: [],
    })
    this.#port = Number(await this.#tell('listen', { port: this.#port }))
  }

  /** As if its host were gone; the queries that run go on. */
  async stopListening(): Promise<void> {
    await this.#tell('stopListening')
  }

  /** Nothing happens when it listens already. */
  async listen(): Promise<void> {
    await this.#tell('listen')
  }

  /** One fault at a time: a later one replaces it. */
  async misbehave(fault: Fault): Promise<void> {
    await this.#tell('misbehave', { fault })
  }

  async behave(): Promise<void> {
    await this.#tell('behave')
  }

  /** How many requests the fault has struck, after their work where it was done. */
  async struck(): Promise<number> {
    return Number(await this.#tell('struck'))
  }

  async kill(): Promise<void> {
    const child = this.#child
    this.#child = undefined
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const gone = once(child, 'exit')
    child.kill('SIGKILL')
    await gone
  }

  async close(): Promise<void> {
    await this.kill()
    rmSync(this.#data, { recursive: true, force: true })
  }

  async #tell(name: string, facts: object = {}): Promise<unknown> {
    const child = this.#child
    if (!child) throw new Error('The ClickHouse fixture does not run.')
    const id = ++this.#orders
    return await new Promise((resolve, reject) => {
      const settle = () => {
        child.off('message', onMessage)
        child.off('exit', onExit)
      }
      const onMessage = (message: unknown) => {
        const answer = message as { id: number; result?: unknown; error?: string }
        if (answer.id !== id) return
        settle()
        if (answer.error === undefined) resolve(answer.result)
        else reject(new Error(answer.error))
      }
      const onExit = (code: number | null) => {
        settle()
        reject(new Error(`The ClickHouse fixture ended with ${code}.`))
      }
      child.on('message', onMessage)
      child.once('exit', onExit)
      child.send({ id, name, ...facts })
    })
  }
}

/** Whether all worlds are to live on a server: on that of CLICKHOUSE_URL, or on a fixture. */
export const onServer = process.env.FOOTFALL_TEST_STORE === 'server' || !!process.env.CLICKHOUSE_URL

export type Database = {
  /** With user, password and database, as CLICKHOUSE_URL wants it. */
  url: string
  drop(): Promise<void>
}

/** A fresh database on the server at this address. */
export async function createDatabase(server: string): Promise<Database> {
  const name = `footfall_test_${randomBytes(6).toString('hex')}`
  const url = new URL(server)
  url.pathname = `/${name}`
  await runOn(server, `CREATE DATABASE ${name}`)
  return { url: url.href, drop: () => runOn(server, `DROP DATABASE IF EXISTS ${name} SYNC`) }
}

const databases = new Map<string, Promise<Database>>()
let shared: Promise<ClickHouseServer> | undefined

/**
 * CLICKHOUSE_URL for the world in this data folder, the same each time it is asked for; undefined when worlds live in
 * the embedded engine.
 */
export async function databaseFor(data: string): Promise<string | undefined> {
  if (!onServer) return undefined
  const known = databases.get(data) ?? sharedServer().then(createDatabase)
  databases.set(data, known)
  return (await known).url
}

export async function dropDatabaseFor(data: string): Promise<void> {
  const known = databases.get(data)
  databases.delete(data)
  await (await known)?.drop()
}

/** Drops what is left of this test file's worlds. */
export async function dropAllDatabases(): Promise<void> {
  for (const data of [...databases.keys()]) await dropDatabaseFor(data)
  await (await shared)?.close()
  shared = undefined
}

async function sharedServer(): Promise<string> {
  if (process.env.CLICKHOUSE_URL) return process.env.CLICKHOUSE_URL
  shared ??= ClickHouseServer.start()
  return (await shared).url
}

async function runOn(server: string, query: string): Promise<void> {
  const url = new URL(server)
  url.pathname = '/'
  const client = createClient({ url, log: { level: ClickHouseLogLevel.OFF } })
  try {
    await client.command({ query })
  } finally {
    await client.close()
  }
}
