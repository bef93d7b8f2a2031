// The machine loses power: what was answered is on the disk and not only in its cache. No test can pull the plug, so
// the order of what the service asks of the disk is observed: nothing is answered, and nothing deleted, too early.
// With the embedded engine only, whose data lies in the same folder.

import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { packageRoot } from '../../../server/root.ts'
import { onServer } from '../../world/clickhouse-server.ts'
import { type RunningProcess, serve } from '../../world/process.ts'
import { openStore } from '../../world/store.ts'
import { behindProxy, type Data, health, Load, newData, sendPage } from './numbered-pages.ts'

let data: Data
let notes: string
let running: RunningProcess | undefined

beforeEach(async () => {
  data = await newData()
  notes = join(mkdtempSync(join(tmpdir(), 'footfall-order-')), 'order.jsonl')
  running = await serve(data.folder, {
    ...behindProxy,
    NODE_OPTIONS: `--require ${join(packageRoot, 'test/integration/faults/disk-order.cjs')}`,
    FOOTFALL_TEST_ORDER: notes,
  })
})

afterEach(async () => {
  await running?.kill('SIGKILL')
  running = undefined
  rmSync(data.folder, { recursive: true, force: true })
  rmSync(join(notes, '..'), { recursive: true, force: true })
})

type Note =
  | { what: 'created' | 'synced' | 'deleted'; name: string }
  | { what: 'written' | 'on disk'; name: string; pages: number[] }
  | { what: 'folder synced' }
  | { what: 'deleting'; name: string; rows: number }
  | { what: 'answered'; status: number; page: number }

/** What happened while hits came in for so many segments and were shipped, in order. */
async function order(leastSegments: number): Promise<Note[]> {
  const url = running?.url ?? ''
  const load = new Load(url, 4)
  const seen = () => {
    const text = readFileSync(notes, 'utf8')
    const lines = text.slice(0, text.lastIndexOf('\n')).split('\n')
    return lines.map((line) => JSON.parse(line) as Note)
  }
  await expect
    .poll(() => seen().filter(({ what }) => what === 'deleted').length)
    .toBeGreaterThanOrEqual(leastSegments)
  await load.stop()
  expect(load.refused).toEqual([])
  await expect.poll(async () => (await health(url)).body.journal.backlogHits).toBe(0)
  expect(await running?.kill()).toBe(0)
  return seen()
}

test.skipIf(onServer)(
  'Power loss: no hit is answered before its line, and the name of its segment, are on disk',
  async () => {
    const all = await order(3)
    /** Pages written to a segment and not synced; pages that are on disk; segments whose name is on disk. */
    const unsynced = new Map<string, number[]>()
    const onDisk = new Map<number, string>()
    const named = new Set<string>()
    const created = new Set<string>()
    let answered = 0
    for (const note of all) {
      if (note.what === 'created') created.add(note.name)
      if (note.what === 'folder synced') for (const name of created) named.add(name)
      if (note.what === 'written') {
        unsynced.set(note.name, [...(unsynced.get(note.name) ?? []), ...note.pages])
      }
      if (note.what === 'on disk') for (const page of note.pages) onDisk.set(page, note.name)
      if (note.what === 'synced') {
        for (const page of unsynced.get(note.name) ?? []) onDisk.set(page, note.name)
        unsynced.delete(note.name)
      }
      if (note.what !== 'answered') continue
      expect(note.status).toBe(200)
      answered++
      const segment = onDisk.get(note.page)
      expect(segment, `page ${note.page} was answered before it was on disk`).toBeDefined()
      expect(named.has(segment ?? ''), `page ${note.page} was answered before ${segment} was`).toBe(true)
    }
    expect(answered).toBeGreaterThan(100)
  },
)

test.skipIf(onServer)(
  'Power loss: a segment is deleted when its rows are in their place, and its going is on disk before the next',
  async () => {
    const all = await order(4)
    const lines = new Map<string, number>()
    let gone = 0
    let folderSynced = true
    for (const note of all) {
      if (note.what === 'written' || note.what === 'on disk') {
        lines.set(note.name, (lines.get(note.name) ?? 0) + note.pages.length)
      }
      if (note.what === 'folder synced') folderSynced = true
      if (note.what === 'deleted') folderSynced = false
      if (note.what !== 'deleting') continue
      expect(folderSynced, `${note.name} is deleted before the last deletion is on disk`).toBe(true)
      gone += lines.get(note.name) ?? 0
      expect(note.rows, `${note.name} is deleted before its rows are in their place`).toBeGreaterThanOrEqual(
        gone,
      )
    }
    expect(gone).toBeGreaterThan(100)
    expect(lines.size).toBeGreaterThanOrEqual(4)
  },
)

test.skipIf(onServer)(
  'Power loss: the parts that a segment becomes, and those they are merged into, are synced by ClickHouse',
  async () => {
    await running?.kill()
    const world = await openStore()
    const tables = await world.store.query<{ name: string; made: string }>(
      `SELECT name, create_table_query AS made FROM system.tables
     WHERE database = currentDatabase() AND engine LIKE '%MergeTree' ORDER BY name`,
    )
    await world.close()
    const synced = (setting: string) =>
      tables.filter(({ made }) => made.includes(`${setting} = 1`)).map(({ name }) => name)
    const everything = tables.map(({ name }) => name)
    expect(everything).toEqual(expect.arrayContaining(['hits', 'visits']))
    expect(synced('fsync_after_insert')).toEqual(everything)
    expect(synced('fsync_part_directory')).toEqual(everything)
    expect(synced('min_compressed_bytes_to_fsync_after_merge')).toEqual(
      expect.arrayContaining(['hits', 'rollups', 'visits']),
    )
  },
)

/** What the kernel was asked for by all threads of a process, in the order in which it was done. */
type Call = { name: string; paths: string[] }

/** Reads the lines of `strace -f -y`: a call that others interrupt is done where it is resumed. */
function calls(text: string): Call[] {
  const begun = new Map<string, string>()
  const done: Call[] = []
  for (const line of text.split('\n')) {
    const [, thread = '', rest = ''] = /^(\d+)\s+(.*)$/.exec(line) ?? []
    if (rest.endsWith('<unfinished ...>')) {
      begun.set(thread, rest)
      continue
    }
    const whole = rest.startsWith('<...') ? `${begun.get(thread)} ${rest}` : rest
    const name = /^(\w+)\(/.exec(whole)?.[1]
    if (name === undefined || !/= 0$/.test(whole)) continue
    const paths = Array.from(
      whole.matchAll(/"([^"]+)"|\d+<([^>]+)>/g),
      ([, quoted, open]) => quoted ?? open ?? '',
    )
    done.push({ name, paths: paths.map((path) => path.replace(/\/$/, '')) })
  }
  return done
}

const canTrace = spawnSync('strace', ['-f', '-y', '-e', 'trace=fsync,/^unlink', 'true']).status === 0
if (!canTrace) console.log('No strace here: what ClickHouse asks of the kernel is not observed.')

test.skipIf(onServer || !canTrace)(
  'Power loss: all files of a part, then the part in its place, are synced before its segment is deleted',
  async () => {
    const { url = '', pid = 0 } = running ?? {}
    const traced = join(notes, '..', 'calls.txt')
    const strace = spawn(
      'strace',
      ['-f', '-y', '-o', traced, '-e', 'trace=fsync,fdatasync,/^rename,/^unlink', '-p', String(pid)],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    )
    const gone = once(strace, 'exit')
    await new Promise<void>((resolve) => strace.stderr.once('data', () => resolve()))
    for (const page of [1, 2, 3]) expect((await sendPage(url, page)).status).toBe(200)
    await expect.poll(async () => (await health(url)).body.journal.backlogHits).toBe(0)
    await running?.kill()
    await gone

    const all = calls(readFileSync(traced, 'utf8'))
    const deleted = all.findIndex(
      ({ name, paths: [path = ''] }) => name.startsWith('unlink') && path.endsWith('.jsonl'),
    )
    expect(deleted).toBeGreaterThan(0)
    const before = all.slice(0, deleted)
    const isSync = ({ name }: Call) => name === 'fsync' || name === 'fdatasync'
    for (const table of ['hits', 'visits']) {
      const folder = basename(realpathSync(join(data.folder, 'clickhouse', 'data', 'default', table)))
      const moved = before.findIndex(
        ({ name, paths: [from = ''] }) => name.startsWith('rename') && from.includes(`${folder}/tmp_insert_`),
      )
      const [from = '', to = ''] = before[moved]?.paths ?? []
      expect(to).toMatch(/\/\d{6}_\d+_\d+_\d+$/)
      const files = before
        .slice(0, moved)
        .filter(isSync)
        .map(({ paths: [path = ''] }) => path)
      const inPart = files
        .filter((path) => path.includes(`${folder}/${basename(from)}/`))
        .map((path) => basename(path))
      expect(inPart).toEqual(
        expect.arrayContaining(['data.bin', 'primary.cidx', 'checksums.txt', 'count.txt']),
      )
      const after = before.slice(moved).filter(isSync)
      expect(after.some(({ paths: [path = ''] }) => path.endsWith(`${folder}/${basename(to)}`))).toBe(true)
    }
    const next = all.slice(deleted).find(isSync)
    expect(next?.paths[0]).toBe(join(realpathSync(data.folder), 'journal'))
  },
)
