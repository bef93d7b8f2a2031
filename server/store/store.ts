// The one door to ClickHouse: embedded (chDB, inside this process) or a server, with the same SQL.
// An embedded connection runs one query at a time: one takes hits in, one works on long jobs, a few read. A server has
// connections of its own for each of the three, so that slow reports do not keep hits from being shipped.

import { mkdirSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import { setTimeout } from 'node:timers/promises'
import {
  type ClickHouseClient,
  type ClickHouseError,
  ClickHouseLogLevel,
  type ClickHouseSettings,
  createClient,
} from '@clickhouse/client'
import type { Session } from 'chdb'
import { type Asking, withoutLongValues } from './long-values.ts'
import { type Cluster, fillPlaces } from './place.ts'
import { NobodyAsks, Turns } from './turns.ts'

export type StoreOptions = {
  /** Folder of the embedded data; its subfolder `clickhouse` is the engine's own. */
  data: string
  clickhouseUrl: string | undefined
  clickhouseCluster: string | undefined
  /** Bytes the embedded engine may use. */
  clickhouseMemory: number
  /** Seconds that a question over single visits may take, with all its statements; 30 if not said. */
  questionSeconds?: number
}

/** Values of `{name:Type}` places in a query. */
export type Params = Record<string, unknown>

/** Rows of a SELECT with a LIMIT, and how many there would be without. */
export type Page<Row> = { rows: Row[]; rowCount: number }

export class StoreError extends Error {
  /** ClickHouse's numeric error code, 0 where there is none. */
  readonly code: number
  /** ClickHouse's name of the error, as in CANNOT_PARSE_DATE; empty where there is none. */
  readonly type: string
  constructor(message: string, code: number, cause: unknown, type = '') {
    super(message, { cause })
    this.name = 'StoreError'
    this.code = code
    this.type = type
  }
}

/** The server of CLICKHOUSE_URL cannot be reached, or what answers there is no ClickHouse. */
export class StoreUnreachable extends StoreError {
  constructor(reason: string, cause: unknown) {
    super(`The ClickHouse server of CLICKHOUSE_URL does not answer: ${reason}`, 0, cause)
    this.name = 'StoreUnreachable'
  }
}

type Asked = {
  query: string
  query_params: Params
  clickhouse_settings: ClickHouseSettings
  abort_signal?: AbortSignal
}

const readers = 4
/** Long questions that are answered at once, that wait for it, and how long: milliseconds. */
const longAtOnce = 2
const longWaiting = 100
const longWait = 30_000

/** Milliseconds without a byte after which a server is given up; long jobs say nothing until they are done. */
const answersWithin = 120_000
const jobsAnswerWithin = 3_600_000
/** Milliseconds after which an unused connection is closed, before the server does: it may do so after 3 seconds. */
const idleConnection = 2000

/**
 * An insert is a part of its table, and by the tables' own settings on disk, before it is acknowledged; on a
 * cluster, on the node where its rows belong.
 */
const durable: ClickHouseSettings = { async_insert: 0, distributed_foreground_insert: 1 }

/** Linux: answers to visitors' browsers come first, where the process may change priorities (CAP_SYS_NICE). */
const yielding: ClickHouseSettings = { os_threads_nice_value_query: 19 }

/**
 * What is asked goes to the replica that what was written went to, so that nothing just written is missing; and no
 * shard makes totals of its own rows alone.
 */
const clustered: ClickHouseSettings = {
  load_balancing: 'in_order',
  prefer_localhost_replica: 0,
  parallel_distributed_insert_select: '0',
}

const reading: ClickHouseSettings = {
  output_format_json_quote_64bit_integers: 0,
  max_execution_time: 60,
}

/** Of a server: long lists are a part of the text. What only reads it does not finish when nobody waits for it any more. */
const onServer: ClickHouseSettings = { max_query_size: '5000000' }
const readingOnServer: ClickHouseSettings = {
  ...onServer,
  readonly: '2',
  cancel_http_readonly_queries_on_client_close: 1,
}

/**
 * The embedded engine gives a query as many threads as there are cores, if each finds so many bytes free; by its own default
 * that is a gigabyte, which would leave one thread for all that a small server asks.
 */
const embedded: ClickHouseSettings = {
  max_threads_min_free_memory_per_thread: '100000000',
  // To compile a question takes longer than it saves, but for scans of many millions of rows: those it makes 3 % faster.
  compile_expressions: 0,
  compile_aggregate_expressions: 0,
  compile_sort_description: 0,
  enable_materialized_cte: 1,
}

export class Store {
  #cluster: Cluster | undefined
  readonly #writer: ClickHouseClient
  readonly #worker: ClickHouseClient
  readonly #readers: { client: ClickHouseClient; busy: number }[]
  readonly #closeEngine: () => Promise<void>
  /** Whether the engine runs in this process, and can open its files. */
  readonly #embedded: boolean
  /** Whether `WITH ... AS MATERIALIZED` is known: not to every server. */
  readonly keepsParts: boolean
  readonly #turns: Turns

  private constructor(
    embedded: boolean,
    writer: ClickHouseClient,
    worker: ClickHouseClient,
    readers: ClickHouseClient[],
    closeEngine: () => Promise<void>,
    questionSeconds = 30,
  ) {
    this.#embedded = embedded
    this.keepsParts = embedded
    this.#turns = new Turns({
      atOnce: longAtOnce,
      within: longWait,
      time: questionSeconds * 1000,
      mostWaiting: longWaiting,
    })
    this.#writer = writer
    this.#worker = worker
    this.#readers = readers.map((client) => ({ client, busy: 0 }))
    this.#closeEngine = closeEngine
  }

  /** @throws StoreError when the data folder belongs to another process or the server does not answer. */
  static async open(options: StoreOptions): Promise<Store> {
    return options.clickhouseUrl
      ? await Store.#openServer(options, options.clickhouseUrl)
      : await Store.#openEmbedded(options)
  }

  static async #openServer(options: StoreOptions, url: string): Promise<Store> {
    const timeoutInUrl = new URL(url).searchParams.has('request_timeout')
    const connect = (request_timeout: number, max_open_connections: number) =>
      createClient({
        url,
        application: 'footfall',
        ...(timeoutInUrl ? {} : { request_timeout }),
        max_open_connections,
        keep_alive: { idle_socket_ttl: idleConnection, eagerly_destroy_stale_sockets: true },
        compression: { request: true, response: true },
        // Proxies refuse long addresses: long lists go in the body.
        use_multipart_params_auto: true,
        // An answer is held back until it is whole: an error in its midst would come with the status of success.
        clickhouse_settings: { wait_end_of_query: 1, ...(options.clickhouseCluster ? clustered : {}) },
        // Errors come back to whoever asked; the client need not print them as well.
        log: { level: ClickHouseLogLevel.OFF },
      })
    let clients: [ClickHouseClient, ClickHouseClient, ClickHouseClient]
    try {
      clients = [connect(answersWithin, 2), connect(jobsAnswerWithin, 2), connect(answersWithin, 2 * readers)]
    } catch (error) {
      throw new StoreError(`CLICKHOUSE_URL is not usable: ${messageOf(error)}`, 0, error)
    }
    const [writer, worker, reader] = clients
    const store = new Store(false, writer, worker, [reader], async () => {}, options.questionSeconds)
    try {
      await store.#find(options.clickhouseCluster)
      return store
    } catch (error) {
      await store.close()
      if (!(error instanceof StoreError) || error.code === 0) throw error
      const { message, code, type } = error
      throw new StoreError(`The ClickHouse server of CLICKHOUSE_URL refuses: ${message}`, code, error, type)
    }
  }

  static async #openEmbedded(options: StoreOptions): Promise<Store> {
    const [chdb, { createChdbConnection }] = await Promise.all([import('chdb'), import('chdb/connection')])
    const path = join(options.data, 'clickhouse')
    mkdirSync(path, { recursive: true })
    let session: Session
    try {
      // Engine options count for the whole process and only on the first connection, which stays open.
      session = new chdb.Session(path, {
        connectionArgs: [`--max_server_memory_usage=${options.clickhouseMemory}`],
      })
    } catch (error) {
      throw new StoreError(
        `The data in ${options.data} cannot be opened. Is another Footfall running on it? (${messageOf(error)})`,
        0,
        error,
      )
    }
    // The two packages declare the same interface, each in a copy of its own: hence the cast.
    const connect = () =>
      createClient({ connection: createChdbConnection({ path }) } as unknown as Parameters<
        typeof createClient
      >[0])
    const close = async () => {
      session.close()
      await chdb.drainPending()
    }
    const asked = Array.from({ length: readers }, connect)
    return new Store(true, connect(), connect(), asked, close, options.questionSeconds)
  }

  /** The cluster that tables are replicated and distributed on; undefined on a single node. */
  get cluster(): Cluster | undefined {
    return this.#cluster
  }

  /**
   * The same for what reads much: only two of these at once, so that others find a reader, and all that somebody asks for
   * a bounded time.
   * @throws StoreError, NoTurn, NobodyAsks, OutOfTime
   */
  async queryLong<Row>(sql: string, params: Params, settings: ClickHouseSettings = {}): Promise<Row[]> {
    return await this.#inTurn(settings, (bounded, gone) => this.query<Row>(sql, params, bounded, gone))
  }

  /** As `queryPage`, for what reads much. @throws StoreError, NoTurn, NobodyAsks, OutOfTime */
  async queryLongPage<Row>(
    sql: string,
    params: Params,
    settings: ClickHouseSettings = {},
  ): Promise<Page<Row>> {
    return await this.#inTurn(settings, (bounded, gone) => this.queryPage<Row>(sql, params, bounded, gone))
  }

  async #inTurn<T>(
    settings: ClickHouseSettings,
    ask: (bounded: ClickHouseSettings, gone: AbortSignal | undefined) => Promise<T>,
  ): Promise<T> {
    return await this.#turns.take(async ({ gone, left }) => {
      try {
        // Never 0, which is no bound at all.
        return await ask({ max_execution_time: Math.ceil(left) / 1000, ...settings }, gone)
      } catch (error) {
        throw gone?.aborted ? new NobodyAsks() : error
      }
    })
  }

  /** Rows of a SELECT. 64-bit integers arrive as numbers: select ids with toString(). @throws StoreError */
  async query<Row>(
    sql: string,
    params: Params = {},
    settings: ClickHouseSettings = {},
    signal?: AbortSignal,
  ): Promise<Row[]> {
    return await this.#ask(sql, params, settings, signal, async (client, asked) => {
      const result = await client.query({ ...asked, format: 'JSONEachRow' })
      return await result.json<Row>()
    })
  }

  /** Rows of a SELECT with a LIMIT, which need not be put into a window to be counted. @throws StoreError */
  async queryPage<Row>(
    sql: string,
    params: Params = {},
    settings: ClickHouseSettings = {},
    signal?: AbortSignal,
  ): Promise<Page<Row>> {
    const counting = { ...settings, exact_rows_before_limit: 1 } as const
    return await this.#ask(sql, params, counting, signal, async (client, asked) => {
      const result = await client.query({ ...asked, format: 'JSON' })
      const { data, rows, rows_before_limit_at_least: all = rows } = await result.json<Row>()
      return { rows: data, rowCount: all ?? data.length }
    })
  }

  async #ask<T>(
    sql: string,
    params: Params,
    settings: ClickHouseSettings,
    signal: AbortSignal | undefined,
    read: (client: ClickHouseClient, asked: Asked) => Promise<T>,
  ): Promise<T> {
    const reader = this.#idlest()
    reader.busy++
    const unbounded = settings.max_execution_time === 0
    const client = unbounded && !this.#embedded ? this.#worker : reader.client
    const ask = () =>
      read(client, {
        ...this.#asking(sql, params),
        clickhouse_settings: { ...reading, ...(this.#embedded ? embedded : readingOnServer), ...settings },
        // The embedded engine answers to the end; a server is told that nobody waits.
        ...(signal && !this.#embedded && { abort_signal: signal }),
      })
    try {
      // The server may close a connection just when it is used again: a question can be asked twice.
      return await ask().catch((error) => (isBroken(error) ? ask() : Promise.reject(error)))
    } catch (error) {
      throw this.#errorOf(error)
    } finally {
      reader.busy--
    }
  }

  #asking(sql: string, params: Params): Asking {
    return this.#embedded ? { query: sql, query_params: params } : withoutLongValues(sql, params)
  }

  /** Whether ClickHouse answers within this time; milliseconds. */
  async answers(within: number): Promise<boolean> {
    try {
      const result = await this.#idlest().client.query({
        query: 'SELECT 1',
        format: 'JSONEachRow',
        abort_signal: AbortSignal.timeout(within),
      })
      await result.json()
      return true
    } catch {
      return false
    }
  }

  /** DDL, mutations and INSERT ... SELECT; places as {{local hits}} are filled in. @throws StoreError */
  async command(sql: string, params: Params = {}, settings: ClickHouseSettings = {}): Promise<void> {
    try {
      await this.#worker.command({
        ...this.#asking(fillPlaces(sql, this.cluster), params),
        clickhouse_settings: {
          ...durable,
          mutations_sync: '2',
          ...(this.#embedded ? embedded : onServer),
          ...settings,
        },
      })
    } catch (error) {
      throw this.#errorOf(error)
    }
  }

  /** A few rows of metadata. @throws StoreError */
  async insert(table: string, rows: readonly object[]): Promise<void> {
    if (rows.length === 0) return
    try {
      await this.#writer.insert({ table, values: rows, format: 'JSONEachRow', clickhouse_settings: durable })
    } catch (error) {
      throw this.#errorOf(error)
    }
  }

  /**
   * Inserts a file of JSONEachRow lines into `hits`. The same token sent again is a no-op, also for the
   * tables that materialized views fill. @throws StoreError
   */
  async ship(path: string, token: string): Promise<void> {
    const settings: ClickHouseSettings = {
      ...durable,
      insert_deduplication_token: token,
      deduplicate_blocks_in_dependent_materialized_views: 1,
      max_partitions_per_insert_block: '0',
      input_format_skip_unknown_fields: 0,
    }
    try {
      if (this.#embedded && !/[*?{}'\\]/.test(path)) {
        // The engine reads the file itself: several times as fast as handing it over piece by piece.
        await this.#writer.command({
          query: `INSERT INTO hits FROM INFILE '${path}' COMPRESSION 'none' FORMAT JSONEachRow`,
          clickhouse_settings: { ...settings, ...yielding },
        })
        return
      }
      const values = (await open(path)).createReadStream()
      // A failure to read comes out of what it is handed to.
      values.on('error', () => {})
      try {
        const { stream } = await this.#writer.exec({
          query: 'INSERT INTO hits FORMAT JSONEachRow',
          values,
          clickhouse_settings: settings,
        })
        await finished(stream.resume())
      } finally {
        values.destroy()
      }
    } catch (error) {
      throw this.#errorOf(error)
    }
  }

  async close(): Promise<void> {
    const clients = new Set([this.#writer, this.#worker, ...this.#readers.map(({ client }) => client)])
    await Promise.all([...clients].map((client) => client.close()))
    await this.#closeEngine()
  }

  /** Asks for the database, which a ping would not do, nor for the password. @throws StoreError */
  async #find(cluster: string | undefined): Promise<void> {
    const [here] = await this.query<{ database: string }>('SELECT currentDatabase() AS database')
    if (!here || cluster === undefined) return
    const nodes = await this.query('SELECT 1 FROM system.clusters WHERE cluster = {cluster:String}', {
      cluster,
    })
    if (nodes.length === 0) {
      throw new StoreError(`It knows no cluster ${cluster}, the one of CLICKHOUSE_CLUSTER.`, 701, undefined)
    }
    this.#cluster = { name: cluster, database: here.database }
  }

  #errorOf(error: unknown): StoreError {
    if (isClickHouseError(error)) {
      return new StoreError(error.message, Number(error.code) || 0, error, error.type)
    }
    if (this.#embedded || isFileError(error)) return new StoreError(messageOf(error), 0, error)
    return new StoreUnreachable(messageOf(error), error)
  }

  #idlest() {
    return this.#readers.reduce((best, reader) => (reader.busy < best.busy ? reader : best))
  }
}

/**
 * Opens the store; while its server cannot be reached, again and again within the time. `waiting` is told of each
 * failure that is followed by another try. Times in milliseconds. @throws StoreError
 */
export async function openPatiently(
  options: StoreOptions,
  waiting: (error: StoreError) => void,
  { within = 60_000, every = 3000 } = {},
): Promise<Store> {
  const until = Date.now() + within
  for (;;) {
    try {
      return await Store.open(options)
    } catch (error) {
      if (!(error instanceof StoreUnreachable) || Date.now() + every > until) throw error
      waiting(error)
    }
    await setTimeout(every)
  }
}

/**
 * The name of the error, when ClickHouse said that it cannot read what it was sent, now or ever: an error of its
 * parser, of types or ranges.
 */
export function unreadableReason(error: unknown): string | undefined {
  if (!(error instanceof StoreError) || !unreadable.has(error.code)) return undefined
  return `${error.type || 'error'} (${error.code})`
}

const unreadable = new Set([
  6, 26, 27, 33, 38, 41, 53, 69, 70, 72, 117, 130, 131, 349, 441, 467, 469, 675, 676,
])

/** By its fields: the embedded engine's errors are of a class of their own with the same name. */
function isClickHouseError(error: unknown): error is ClickHouseError {
  return error instanceof Error && error.constructor.name === 'ClickHouseError' && 'code' in error
}

/** A connection that the other side closed. */
function isBroken(error: unknown): boolean {
  return ['ECONNRESET', 'EPIPE'].includes(codeOf(error))
}

/** Of the segment that was to be sent. */
function isFileError(error: unknown): boolean {
  return error instanceof Error && 'path' in error
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}

/** One line; a proxy may answer with a whole page. */
function messageOf(error: unknown): string {
  // A host of several addresses: what became of the last one stands for all.
  const one = error instanceof AggregateError ? error.errors.at(-1) : error
  const text = one instanceof Error ? one.message || codeOf(one) : String(one)
  return text.replace(/\s+/g, ' ').trim().slice(0, 300)
}
