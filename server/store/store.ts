// The one door to ClickHouse: embedded (chDB, inside this process) or a server, with the same SQL.
// An embedded connection runs one query at a time: one takes hits in, one works on long jobs, a few read.

import { createReadStream, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import {
  type ClickHouseClient,
  type ClickHouseError,
  ClickHouseLogLevel,
  type ClickHouseSettings,
  createClient,
} from '@clickhouse/client'
import type { Session } from 'chdb'
import { fillPlaces } from './place.ts'

export type StoreOptions = {
  /** Folder of the embedded data; its subfolder `clickhouse` is the engine's own. */
  data: string
  clickhouseUrl: string | undefined
  clickhouseCluster: string | undefined
  /** Bytes the embedded engine may use. */
  clickhouseMemory: number
}

/** Values of `{name:Type}` places in a query. */
export type Params = Record<string, unknown>

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

const readers = 4

/**
 * An insert is a part of its table, and by the tables' own settings on disk, before it is acknowledged; on a
 * cluster, on the node where its rows belong.
 */
const durable: ClickHouseSettings = { async_insert: 0, distributed_foreground_insert: 1 }

const reading: ClickHouseSettings = {
  output_format_json_quote_64bit_integers: 0,
  max_execution_time: 60,
}

export class Store {
  readonly cluster: string | undefined
  readonly #writer: ClickHouseClient
  readonly #worker: ClickHouseClient
  readonly #readers: { client: ClickHouseClient; busy: number }[]
  readonly #closeEngine: () => Promise<void>
  /** Whether the engine runs here and can open the files that this process can. */
  readonly #readsFiles: boolean

  private constructor(
    embedded: boolean,
    cluster: string | undefined,
    writer: ClickHouseClient,
    worker: ClickHouseClient,
    readers: ClickHouseClient[],
    closeEngine: () => Promise<void>,
  ) {
    this.#readsFiles = embedded
    this.cluster = cluster
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
    const client = createClient({
      url,
      application: 'footfall',
      request_timeout: 120_000,
      max_open_connections: readers + 2,
      compression: { request: true, response: true },
      // Errors come back to whoever asked; the client need not print them as well.
      log: { level: ClickHouseLogLevel.OFF },
    })
    const ping = await client.ping()
    if (!ping.success) {
      await client.close()
      throw new StoreError(
        `The ClickHouse server of CLICKHOUSE_URL does not answer: ${ping.error.message}`,
        0,
        ping.error,
      )
    }
    return new Store(false, options.clickhouseCluster, client, client, [client], async () => {})
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
    return new Store(
      true,
      undefined,
      connect(),
      connect(),
      Array.from({ length: readers }, connect),
      async () => {
        session.close()
        await chdb.drainPending()
      },
    )
  }

  /** Rows of a SELECT. 64-bit integers arrive as numbers: select ids with toString(). @throws StoreError */
  async query<Row>(sql: string, params: Params = {}, settings: ClickHouseSettings = {}): Promise<Row[]> {
    const reader = this.#idlest()
    reader.busy++
    try {
      const result = await reader.client.query({
        query: sql,
        query_params: params,
        format: 'JSONEachRow',
        clickhouse_settings: { ...reading, ...settings },
      })
      return await result.json<Row>()
    } catch (error) {
      throw storeError(error)
    } finally {
      reader.busy--
    }
  }

  /** DDL, mutations and INSERT ... SELECT; places as {{local hits}} are filled in. @throws StoreError */
  async command(sql: string, params: Params = {}, settings: ClickHouseSettings = {}): Promise<void> {
    try {
      await this.#worker.command({
        query: fillPlaces(sql, this.cluster),
        query_params: params,
        clickhouse_settings: { ...durable, mutations_sync: '2', ...settings },
      })
    } catch (error) {
      throw storeError(error)
    }
  }

  /** A few rows of metadata. @throws StoreError */
  async insert(table: string, rows: readonly object[]): Promise<void> {
    if (rows.length === 0) return
    try {
      await this.#writer.insert({ table, values: rows, format: 'JSONEachRow', clickhouse_settings: durable })
    } catch (error) {
      throw storeError(error)
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
      if (this.#readsFiles && !/[*?{}'\\]/.test(path)) {
        // The engine reads the file itself: several times as fast as handing it over piece by piece.
        await this.#writer.command({
          query: `INSERT INTO hits FROM INFILE '${path}' COMPRESSION 'none' FORMAT JSONEachRow`,
          clickhouse_settings: settings,
        })
        return
      }
      const { stream } = await this.#writer.exec({
        query: 'INSERT INTO hits FORMAT JSONEachRow',
        values: createReadStream(path),
        clickhouse_settings: settings,
      })
      stream.resume()
    } catch (error) {
      throw storeError(error)
    }
  }

  async close(): Promise<void> {
    const clients = new Set([this.#writer, this.#worker, ...this.#readers.map(({ client }) => client)])
    await Promise.all([...clients].map((client) => client.close()))
    await this.#closeEngine()
  }

  #idlest() {
    return this.#readers.reduce((best, reader) => (reader.busy < best.busy ? reader : best))
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

function storeError(error: unknown): StoreError {
  if (!isClickHouseError(error)) return new StoreError(messageOf(error), 0, error)
  return new StoreError(error.message, Number(error.code) || 0, error, error.type)
}

/** By its fields: the embedded engine's errors are of a class of their own with the same name. */
function isClickHouseError(error: unknown): error is ClickHouseError {
  return error instanceof Error && error.constructor.name === 'ClickHouseError' && 'code' in error
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
