// Loaded into a process by --require: notes in which order the journal's files are written and synced, requests are
// answered and segments deleted, one JSON line each. What is on disk is noted when the call has come back, what must
// not happen too early before it is done.

const fs = require('node:fs')
const http = require('node:http')
const { syncBuiltinESMExports } = require('node:module')
const path = require('node:path')

const { appendFileSync, readFileSync, readdirSync } = fs
const journal = path.join(process.env.FOOTFALL_DATA, 'journal')
const hits = path.join(process.env.FOOTFALL_DATA, 'clickhouse', 'data', 'default', 'hits')

const note = (what) => appendFileSync(process.env.FOOTFALL_TEST_ORDER, `${JSON.stringify(what)}\n`)
const pages = (text) => Array.from(text.matchAll(/"url":"example\.org\/(\d+)"/g), ([, page]) => Number(page))
const segment = (file) =>
  path.dirname(file) === journal && file.endsWith('.jsonl') ? path.basename(file) : undefined

/** Rows in the parts that are in their place; a part that others were merged into stands for them. */
function rowsInPlace() {
  const parts = readdirSync(hits)
    .filter((name) => /^\d{6}_\d+_\d+_\d+$/.test(name))
    .map((name) => ({ name, numbers: name.split('_').map(Number) }))
  const newest = parts.filter(
    ({ name, numbers: [month, from, to, level] }) =>
      !parts.some(
        ({ name: other, numbers: [otherMonth, otherFrom, otherTo, otherLevel] }) =>
          other !== name && otherMonth === month && otherFrom <= from && otherTo >= to && otherLevel > level,
      ),
  )
  return newest
    .map(({ name }) => Number(readFileSync(path.join(hits, name, 'count.txt'), 'utf8')))
    .reduce((sum, rows) => sum + rows, 0)
}

const { open, unlink } = fs.promises
fs.promises.open = async (file, flags, mode) => {
  const handle = await open(file, flags, mode)
  const name = segment(file)
  if (file === journal) observe(handle, 'sync', () => note({ what: 'folder synced' }))
  if (name === undefined) return handle
  const synced = typeof flags === 'number' && (flags & fs.constants.O_DSYNC) !== 0
  note({ what: 'created', name })
  observe(handle, 'write', ({ bytesWritten }, [buffer, offset = 0]) =>
    note({
      what: synced ? 'on disk' : 'written',
      name,
      pages: pages(buffer.toString('utf8', offset, offset + bytesWritten)),
    }),
  )
  for (const method of ['datasync', 'sync']) observe(handle, method, () => note({ what: 'synced', name }))
  return handle
}

function observe(handle, method, told) {
  const original = handle[method].bind(handle)
  handle[method] = async (...args) => {
    const result = await original(...args)
    told(result, args)
    return result
  }
}

fs.promises.unlink = async (file) => {
  const name = segment(file)
  if (name !== undefined) note({ what: 'deleting', name, rows: rowsInPlace() })
  await unlink(file)
  if (name !== undefined) note({ what: 'deleted', name })
}
syncBuiltinESMExports()

const { writeHead } = http.ServerResponse.prototype
http.ServerResponse.prototype.writeHead = function (status, ...rest) {
  const asked = new URL(this.req.url, 'http://here').searchParams.get('url')
  if (asked) note({ what: 'answered', status, page: Number(asked.split('/').at(-1)) })
  return writeHead.call(this, status, ...rest)
}
