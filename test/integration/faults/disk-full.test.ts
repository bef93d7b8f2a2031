// The disk is full: hits are refused with 503 and Retry-After, reports go on, nothing half-written is counted, and
// when there is room again all resumes by itself. On a real small file system where one can be mounted; everywhere
// by a disk that says that it is full.
// With the embedded engine only, whose data lies in the same folder.

import { execFileSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { packageRoot } from '../../../server/root.ts'
import { onServer } from '../../world/clickhouse-server.ts'
import { type RunningProcess, serve } from '../../world/process.ts'
import { behindProxy, exactly, health, Load, newData, overview, sendPage, stored } from './numbered-pages.ts'

let folder: string
let running: RunningProcess | undefined

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'footfall-disk-'))
})

afterEach(async () => {
  await running?.kill('SIGKILL')
  running = undefined
  rmSync(folder, { recursive: true, force: true })
})

/** Why no file system can be mounted here; undefined when it can. */
function cannotMount(): string | undefined {
  const where = mkdtempSync(join(tmpdir(), 'footfall-mount-'))
  try {
    mount(where)
    unmount(where)
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  } finally {
    rmSync(where, { recursive: true })
  }
}

function mount(where: string): void {
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=160m', 'tmpfs', where], { stdio: 'pipe' })
}

function unmount(where: string): void {
  execFileSync('umount', [where], { stdio: 'pipe' })
}

/** Takes all the room that is left. */
function fill(path: string): void {
  const file = openSync(path, 'w')
  try {
    const chunk = Buffer.alloc(1 << 20)
    for (;;) writeSync(file, chunk)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error
  } finally {
    closeSync(file)
  }
}

const reason = cannotMount()
if (reason !== undefined) console.log(`No small file system here, the tests on one are skipped: ${reason}`)

test.skipIf(onServer || reason !== undefined)(
  'Disk full, on a real file system: no hit is lost or doubled, reports go on, hits are taken again when there is room',
  async () => {
    mount(folder)
    try {
      const data = await newData(join(folder, 'data'))
      running = await serve(data.folder, behindProxy)
      const { url } = running
      const load = new Load(url)
      await expect.poll(() => load.acknowledged.length).toBeGreaterThan(100)
      expect(load.refused).toEqual([])

      const ballast = join(folder, 'ballast')
      fill(ballast)
      await expect.poll(() => load.refused.length).toBeGreaterThan(20)
      const full = await health(url)
      expect(full.status).toBe(503)
      expect(full.body).toMatchObject({
        status: 'failing',
        journal: { writable: false, failure: expect.stringMatching(/ENOSPC|the disk is full/) },
      })
      expect(await overview(url, data)).toHaveProperty('visits')
      // Still nobody is told that a hit was kept.
      const before = load.acknowledged.length
      const refusedBefore = load.refused.length
      await expect.poll(() => load.refused.length).toBeGreaterThan(refusedBefore + 20)
      expect(load.acknowledged.length).toBe(before)

      rmSync(ballast)
      await expect.poll(() => load.acknowledged.length).toBeGreaterThan(before + 100)
      expect((await health(url)).status).toBe(200)
      await load.stop()
      expect(load.broken).toEqual([])
      expect(new Set(load.refused.map(({ status }) => status))).toEqual(new Set([503]))
      expect(load.refused.every(({ retryAfter }) => Number(retryAfter) > 0)).toBe(true)

      expect(await running.kill()).toBe(0)
      running = await serve(data.folder)
      expect(await running.kill()).toBe(0)
      expect(await stored(data)).toEqual(exactly(load.acknowledged))
    } finally {
      await running?.kill('SIGKILL')
      unmount(folder)
    }
  },
)

test.skipIf(onServer || reason !== undefined)(
  'Disk full at the start: reports are answered, and hits are taken when there is room',
  async () => {
    mount(folder)
    try {
      const data = await newData(join(folder, 'data'))
      const ballast = join(folder, 'ballast')
      fill(ballast)
      running = await serve(data.folder)
      const { url } = running
      expect((await sendPage(url, 1)).status).toBe(503)
      expect((await health(url)).status).toBe(503)
      expect(await overview(url, data)).toMatchObject({ visits: 0 })

      rmSync(ballast)
      await expect.poll(async () => (await health(url)).status).toBe(200)
      expect((await sendPage(url, 2)).status).toBe(200)
      expect(await running.kill()).toBe(0)
      expect(await stored(data)).toEqual(exactly([2]))
    } finally {
      await running?.kill('SIGKILL')
      unmount(folder)
    }
  },
)

test.skipIf(onServer)(
  'Disk full, as the disk says: hits are refused before it is, so that what is kept can be shipped',
  async () => {
    const free = join(folder, 'free')
    writeFileSync(free, '1000000000')
    const data = await newData(join(folder, 'data'))
    running = await serve(data.folder, {
      NODE_OPTIONS: `--require ${join(packageRoot, 'test/integration/faults/small-disk.cjs')}`,
      FOOTFALL_TEST_FREE: free,
    })
    const { url } = running
    expect((await sendPage(url, 1)).status).toBe(200)
    expect((await health(url)).status).toBe(200)

    writeFileSync(free, '40000000')
    await expect.poll(async () => (await health(url)).status).toBe(503)
    expect((await health(url)).body.journal.failure).toBe('the disk is full (less than 50 MB free)')
    const refused = await sendPage(url, 2)
    expect(refused.status).toBe(503)
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    await expect.poll(async () => (await health(url)).body.journal.backlogHits).toBe(0)
    expect(await overview(url, data)).toMatchObject({ visits: 1, page_views: 1 })

    writeFileSync(free, '1000000000')
    await expect.poll(async () => (await health(url)).status).toBe(200)
    expect((await sendPage(url, 3)).status).toBe(200)
    expect(await running.kill()).toBe(0)
    expect(await stored(data)).toEqual(exactly([1, 3]))
  },
)
