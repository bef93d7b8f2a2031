// A FIXTURE, not a ClickHouse server: it speaks ClickHouse's HTTP interface as far as Footfall and its tests use it, and
// has chDB, the embedded ClickHouse, answer. SQL, types, settings and errors are thus the real engine's; the HTTP part
// is made by hand after ClickHouse's documentation.
//
// It does: queries by GET (read-only) and POST, in `query=`, in the body, or both; typed parameters, settings,
// `database`, `default_format`, in the address or as parts of a form; a user and a password in three ways; request bodies
// in gzip, answers too when asked for; INSERT with a body; /ping; errors with ClickHouse's text, status and headers;
// summaries.
// The header with the format says what was asked for as default, also where the query names another.
// It does not: sessions, roles, users of their own rights, quotas, progress, other compressions, TLS, the native
// protocol, clusters. An answer is made whole before it is sent, and an INSERT's body is read whole before the
// engine sees it: what breaks off is not inserted in part, as it might be on a server.
//
// It can be told to misbehave (see Fault in clickhouse-server.ts), and is told so by the process that started it.

import { createWriteStream, mkdirSync } from 'node:fs'
import { rm, stat } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { setTimeout as after } from 'node:timers/promises'
import { createGunzip, gzipSync } from 'node:zlib'
import { Session } from 'chdb'

const [data, user, password] = process.argv.slice(2)
const bodies = join(data, 'bodies')
mkdirSync(bodies, { recursive: true })

// Stays open: what is opened for a query takes part in the same engine.
const engine = new Session(join(data, 'clickhouse'), {
  connectionArgs: ['--max_server_memory_usage=1000000000'],
})
const version = engine.query('SELECT version()', 'TSVRaw').trim()

/** What goes wrong, how many more times, and how often it did. */
let fault
let struck = 0
let port = 0
let bodyCount = 0

const server = createServer({ maxHeaderSize: 4_000_000, keepAliveTimeout: 10_000 }, (request, response) => {
  // A connection that breaks is the client's to notice.
  response.on('error', () => {})
  void answer(request, response).catch((error) => {
    if (!response.destroyed) sendError(response, error, undefined)
  })
})
// Each holds an engine's connection of its own; as many as threads can run.
let free = 12
const waiting = []

async function answer(request, response) {
  const url = new URL(request.url, 'http://fixture')
  if (url.pathname === '/ping') {
    request.resume()
    if (fault?.of === 'all') return await misbehave(take('all'), request, response, async () => ok('Ok.\n'))
    response.writeHead(200, { 'content-type': 'text/html; charset=UTF-8' }).end('Ok.\n')
    return
  }
  const parameters = url.searchParams
  const given = parameters.get('query') ?? ''
  const insert = insertOf(given)
  const trouble = take(insert ? 'inserts' : 'others')
  const work = async (delay) => {
    authenticate(request, parameters)
    const body = await readBody(request, parameters, insert !== undefined)
    if (delay) await after(delay)
    try {
      return await run(request.method, parameters, given, insert, body)
    } finally {
      if (body.path) await rm(body.path, { force: true })
    }
  }
  if (trouble) return await misbehave(trouble, request, response, work)
  let result
  try {
    result = await work()
  } catch (error) {
    return sendError(response, error, parameters)
  }
  send(response, request, parameters, result)
}

function ok(text) {
  return { bytes: Buffer.from(text), format: 'TSVRaw', summary: '{}' }
}

// -- Queries --------------------------------------------------------------------------------------------------

/** An INSERT whose rows come in the body: what stands before and after the place of its file. */
function insertOf(query) {
  const found =
    /^\s*(INSERT\s+INTO\s+(?:(?!\bSETTINGS\b|\bSELECT\b).)+?)\s*(\bSETTINGS\b.+?)?\s+FORMAT\s+(\w+)\s*;?\s*$/is.exec(
      query,
    )
  return found ? { into: found[1], settings: found[2] ?? '', format: found[3] } : undefined
}

/** As a server has it by default: http_max_field_value_size. */
const mostInField = 128 * 1024

async function readBody(request, parameters, toFile) {
  const path = join(bodies, `${++bodyCount}`)
  const unpacked = request.headers['content-encoding'] === 'gzip' ? [createGunzip()] : []
  if (toFile) {
    // Fails when the client goes away before the end: then nothing is inserted.
    await pipeline(request, ...unpacked, createWriteStream(path))
    return { path, length: (await stat(path)).size }
  }
  const chunks = []
  await pipeline(request, ...unpacked, async (source) => {
    for await (const chunk of source) chunks.push(chunk)
  })
  const whole = Buffer.concat(chunks)
  const type = request.headers['content-type'] ?? ''
  if (!type.startsWith('multipart/form-data')) return { text: whole.toString() }
  const form = await new Response(whole, { headers: { 'content-type': type } }).formData()
  const sizes = [...form.values()].map((value) => Buffer.byteLength(String(value)))
  if (Math.max(0, ...sizes) > mostInField) {
    throw new Error('Poco::Exception. Code: 1000, e.code() = 0, HTML Form Exception: Field value too long')
  }
  for (const [name, value] of form) if (name !== 'query') parameters.append(name, value)
  return { text: form.get('query') ?? '' }
}

/** Parameters of the URL that are no settings of the engine. */
const notSettings =
  /^(query|query_id|database|user|password|default_format|session_id|session_timeout|session_check|role|quota_key|stacktrace|compress|decompress|buffer_size|wait_end_of_query|enable_http_compression|send_progress_in_http_headers|http_\w+)$/

async function run(method, parameters, given, insert, body) {
  const before = []
  const database = parameters.get('database')
  if (database) before.push(`USE \`${database.replace(/[\\`]/g, '\\$&')}\``)
  for (const [name, value] of parameters) {
    if (notSettings.test(name)) continue
    if (!/^\w+$/.test(name))
      throw new Error(`Code: 115. DB::Exception: Unknown setting '${name}'. (UNKNOWN_SETTING)`)
    before.push(`SET ${name} = ${literal(value)}`)
  }
  if (method === 'GET') before.push('SET readonly = 2')
  let query = [given, body.text].filter(Boolean).join('\n')
  if (insert && body.length === 0) return ok('')
  if (insert) {
    query = `${insert.into} FROM INFILE ${literal(body.path)} COMPRESSION 'none' ${insert.settings} FORMAT ${insert.format}`
  }
  if (query.trim() === '')
    throw new Error(
      'Code: 62. DB::Exception: Syntax error: failed at position 1 (end of query): . Empty query. (SYNTAX_ERROR)',
    )
  const format = parameters.get('default_format') ?? 'TabSeparated'
  const result = await inEngine(async (connection) => {
    if (before.length > 0) {
      const own =
        before.find((set) => set.startsWith('SET max_query_size ')) ?? 'SET max_query_size = DEFAULT'
      // What the address says is no part of the query, and does not count against its size.
      await connection.queryAsync('SET max_query_size = 1000000000')
      await connection.queryAsync([...before.filter((set) => set !== own), own].join('; '))
    }
    return await connection.queryAsync(query, { format })
  })
  return { bytes: Buffer.from(result.bytes()), format, summary: summaryOf(result, insert !== undefined) }
}

/** A connection of its own for each query, so that its settings and parameters are no other's. */
async function inEngine(work) {
  if (free === 0) await new Promise((resolve) => waiting.push(resolve))
  else free--
  const connection = new Session(engine.path)
  try {
    return await work(connection)
  } finally {
    connection.close()
    const next = waiting.shift()
    if (next) next()
    else free++
  }
}

function literal(text) {
  return `'${text.replace(/[\\']/g, '\\$&')}'`
}

function summaryOf({ rowsRead, bytesRead, elapsed }, written) {
  return JSON.stringify({
    read_rows: String(rowsRead),
    read_bytes: String(bytesRead),
    written_rows: String(written ? rowsRead : 0),
    written_bytes: String(written ? bytesRead : 0),
    total_rows_to_read: '0',
    result_rows: String(written ? 0 : rowsRead),
    result_bytes: String(written ? 0 : bytesRead),
    elapsed_ns: String(Math.round(elapsed * 1e9)),
  })
}

function authenticate(request, parameters) {
  const { authorization = '', 'x-clickhouse-user': name, 'x-clickhouse-key': key } = request.headers
  const basic = /^Basic (.+)$/.exec(authorization)?.[1]
  const pair = basic === undefined ? undefined : Buffer.from(basic, 'base64').toString().split(/:(.*)/s)
  const asked = pair?.[0] ?? name ?? parameters.get('user') ?? 'default'
  const said = pair?.[1] ?? key ?? parameters.get('password') ?? ''
  if (asked === user && said === password) return
  throw new Error(
    `Code: 516. DB::Exception: ${asked}: Authentication failed: password is incorrect, or there is no user with such name. (AUTHENTICATION_FAILED)`,
  )
}

// -- Answers --------------------------------------------------------------------------------------------------

const contentTypes = {
  JSON: 'application/json; charset=UTF-8',
  JSONEachRow: 'application/x-ndjson; charset=UTF-8',
  CSV: 'text/csv; charset=UTF-8; header=absent',
}

function headersOf(request, parameters, { format, summary }) {
  return {
    'content-type': contentTypes[format] ?? 'text/tab-separated-values; charset=UTF-8',
    'x-clickhouse-server-display-name': 'fixture',
    'x-clickhouse-query-id': parameters.get('query_id') ?? `fixture-${process.pid}-${Date.now()}`,
    'x-clickhouse-format': format,
    'x-clickhouse-timezone': 'UTC',
    'x-clickhouse-summary': summary,
    ...(packs(request, parameters) ? { 'content-encoding': 'gzip' } : {}),
  }
}

const packs = (request, parameters) =>
  parameters.get('enable_http_compression') === '1' &&
  /\bgzip\b/.test(request.headers['accept-encoding'] ?? '')

const packed = (request, parameters, bytes) => (packs(request, parameters) ? gzipSync(bytes) : bytes)

function send(response, request, parameters, result) {
  if (response.destroyed) return
  response
    .writeHead(200, headersOf(request, parameters, result))
    .end(packed(request, parameters, result.bytes))
}

const statuses = [
  [401, [194]],
  [403, [192, 193, 516]],
  [404, [46, 47, 50, 56, 60, 73, 78, 81, 115]],
  [
    400,
    [
      6, 26, 27, 33, 36, 38, 41, 43, 53, 62, 69, 70, 72, 117, 130, 131, 207, 349, 441, 457, 467, 469, 675,
      676,
    ],
  ],
  [408, [159]],
  [413, [307]],
  [501, [48]],
  [503, [209, 76]],
]

function sendError(response, error, parameters) {
  const text = error instanceof Error ? error.message : String(error)
  const code = Number(/Code: (\d+)/.exec(text)?.[1] ?? 1001)
  const status = statuses.find(([, codes]) => codes.includes(code))?.[0] ?? 500
  response
    .writeHead(status, {
      'content-type': 'text/plain; charset=UTF-8',
      'x-clickhouse-exception-code': String(code),
      'x-clickhouse-query-id': parameters?.get('query_id') ?? '',
      'x-clickhouse-format': parameters?.get('default_format') ?? 'TabSeparated',
    })
    .end(`${text.replace(/\s+$/, '')} (version ${version})\n`)
}

// -- Faults ---------------------------------------------------------------------------------------------------

function take(kind) {
  if (!fault || fault.times === 0 || (fault.of !== 'all' && fault.of !== kind)) return undefined
  fault.times--
  return fault
}

async function misbehave({ delay = 0, after: progress, ending, error }, request, response, work) {
  const parameters = new URL(request.url, 'http://fixture').searchParams
  let result = ok('')
  if (progress === 'nothing' && ending !== 'answer') await after(delay)
  else {
    try {
      // The client may go away meanwhile: what it has sent is worked on all the same.
      result = await work(delay)
    } catch (failure) {
      struck++
      if (!response.destroyed) sendError(response, failure, parameters)
      return
    }
  }
  struck++
  if (progress === 'half the answer') {
    // ClickHouse keeps an answer back until it is whole where it is asked to.
    const whole = packed(request, parameters, result.bytes)
    const held = parameters.get('wait_end_of_query') === '1' && ending === 'error'
    if (!held) {
      response.writeHead(200, headersOf(request, parameters, result))
      await new Promise((resolve) =>
        response.write(whole.subarray(0, Math.max(1, whole.length >> 1)), resolve),
      )
      if (ending === 'error') return response.end(`\n${error} (version ${version})\n`)
    }
  }
  if (ending === 'cut') request.socket.destroy()
  if (ending === 'error') {
    request.resume()
    sendError(response, new Error(error), parameters)
  }
  if (ending === 'answer') send(response, request, parameters, result)
}

// -- Being told -----------------------------------------------------------------------------------------------

const orders = {
  listen: () =>
    new Promise((resolve, reject) => {
      if (server.listening) return resolve(port)
      server.once('error', reject)
      server.listen(port, '127.0.0.1', () => {
        server.off('error', reject)
        port = server.address().port
        resolve(port)
      })
    }),
  stopListening: () =>
    new Promise((resolve) => {
      server.close(resolve)
      server.closeAllConnections()
    }),
  misbehave: (order) => {
    fault = { times: Number.POSITIVE_INFINITY, ...order.fault }
    struck = 0
  },
  behave: () => {
    fault = undefined
  },
  struck: () => struck,
}

process.on('message', (order) => {
  if (order.port !== undefined) port = order.port
  Promise.resolve(orders[order.name](order)).then(
    (result) => process.send({ id: order.id, result }),
    (error) => process.send({ id: order.id, error: String(error) }),
  )
})
process.on('disconnect', () => process.exit())
