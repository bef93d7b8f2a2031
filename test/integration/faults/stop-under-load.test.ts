// Told to stop while hits come in: what was accepted is finished, new requests are refused, the process ends by
// itself and in good order. A stop that takes longer than 9 seconds ends with code 1.

import { rmSync } from 'node:fs'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type RunningProcess, serve } from '../../world/process.ts'
import { behindProxy, type Data, exactly, Load, newData, stored } from './numbered-pages.ts'

let data: Data
let running: RunningProcess | undefined

beforeEach(async () => {
  data = await newData()
})

afterEach(async () => {
  await running?.kill('SIGKILL')
  running = undefined
  rmSync(data.folder, { recursive: true, force: true })
})

const orders: [string, NodeJS.Signals, NodeJS.Signals[]][] = [
  ['SIGTERM', 'SIGTERM', []],
  ['SIGINT', 'SIGINT', []],
  ['SIGTERM, told again and again,', 'SIGTERM', ['SIGTERM', 'SIGINT', 'SIGTERM']],
]

test.each(orders)(
  '%s under load: every accepted hit is stored once, and the exit code is 0',
  async (_, signal, more) => {
    running = await serve(data.folder, behindProxy)
    const { pid } = running
    const load = new Load(running.url, 32)
    await expect.poll(() => load.acknowledged.length).toBeGreaterThan(500)
    const ended = running.kill(signal)
    for (const again of more) process.kill(pid, again)
    expect(await ended).toBe(0)
    const accepted = load.acknowledged.length
    // Nobody is answered with success by a process that is gone.
    await expect.poll(() => load.broken.length).toBeGreaterThan(100)
    await load.stop()
    expect(load.acknowledged.length).toBe(accepted)
    expect(load.refused.every(({ status }) => status === 503)).toBe(true)

    // What could not be shipped in time is shipped by the next start.
    running = await serve(data.folder)
    expect(await running.kill()).toBe(0)
    expect(await stored(data)).toEqual(exactly(load.acknowledged))
  },
)
