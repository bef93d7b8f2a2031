// The thread behind moment.ts: looks at the data folder again and again, and kills the process from here, because
// the way over the main thread would take longer than most of what is to be hit.

import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { parentPort, workerData } from 'node:worker_threads'

const { pid, data, moment, delay, within } = workerData
const journal = join(data, 'journal')
const past = join(data, 'past')
const engine = join(data, 'clickhouse')
const hits = join(engine, 'data/default/hits')
const visits = join(engine, 'data/default/visits')
const insertion = /^tmp_insert_/
// As it was inserted: of one block. Rows of a part of visits are merged on their way in, which makes it level 1.
const part = /^\d{6}_(\d+)_\1_[01]$/
const segment = /\.jsonl$/

// What begins with an insert into hits is looked for without a pause as soon as there is one.
const duringInsert = {
  recorded: () => grows(join(hits, 'deduplication_logs')),
  'hits in place': () => appears(hits, part),
  'visits begin': () => appears(visits, insertion),
  'visits recorded': () => grows(join(visits, 'deduplication_logs')),
  'visits in place': () => appears(visits, part),
  'segment gone': () => vanishes(journal, segment),
}
const anyTime = {
  'segment begins': () => appears(journal, segment),
  'segment sealed': () => () => names(journal).filter((name) => segment.test(name)).length > 1,
  'insert begins': () => appears(hits, insertion),
  'rest written': () => appears(journal, /\.part$/),
  'visits mended': () => appears(visits, /^(tmp_)?mutation_/),
  merge: () => appears(hits, /^tmp_merge_/),
  'import waits': () => appears(join(past, 'waiting'), segment),
  'batch begins': () => appears(past, /^batch$/),
  'batch made': () => appears(join(past, 'batch'), /^done\.json$/),
  'batch moves': () => vanishes(join(past, 'batch'), /^made-/),
  'batch gone': () => vanishes(join(past, 'waiting'), segment),
  'table made': () => appears(join(engine, 'metadata/default'), /\.sql/),
}

const until = performance.now() + within
let fired
if (moment in duringInsert) {
  const begins = anyTime['insert begins']()
  const happens = duringInsert[moment]()
  fired = wait(() => begins() || happens(), 0.1) && wait(happens, 0)
} else fired = wait(anyTime[moment](), 0.1)
if (fired) {
  const due = performance.now() + delay
  while (performance.now() < due) pause(Math.min(1, (due - performance.now()) / 2))
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    fired = false
  }
}
parentPort.postMessage(fired)

function wait(happens, rest) {
  while (!happens()) {
    if (performance.now() > until) return false
    if (rest > 0) pause(rest)
  }
  return true
}

function pause(milliseconds) {
  if (milliseconds > 0.05) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds)
}

function appears(folder, pattern) {
  const before = new Set(names(folder))
  return () => names(folder).some((name) => pattern.test(name) && !before.has(name))
}

function vanishes(folder, pattern) {
  const seen = new Set()
  return () => {
    const now = new Set(names(folder).filter((name) => pattern.test(name)))
    for (const name of now) seen.add(name)
    return seen.size > now.size
  }
}

function grows(folder) {
  const size = () => names(folder).reduce((sum, name) => sum + sizeOf(join(folder, name)), 0)
  const before = size()
  return () => size() !== before
}

function names(folder) {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function sizeOf(path) {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0
}
