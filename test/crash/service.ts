// The service that is killed, and started again on the same folder.

import { setTimeout as sleep } from 'node:timers/promises'
import { type RunningProcess, serve } from '../world/process.ts'
import type { Load } from './load.ts'

/** All requests come from one address. */
const env = { LOG_LEVEL: 'error', TRACKING_RATE_LIMIT: '0' }

export class Service {
  readonly data: string
  readonly #load: Load | undefined
  #running: RunningProcess | undefined
  /** Times from a start to the first acknowledged hit, in milliseconds. */
  readonly restarts: number[] = []
  /** What it has logged as errors. */
  readonly errors: string[] = []

  constructor(data: string, load?: Load) {
    this.data = data
    this.#load = load
  }

  get running(): RunningProcess {
    if (!this.#running) throw new Error('The service does not run.')
    return this.#running
  }

  get isUp(): boolean {
    return this.#running !== undefined
  }

  async start(): Promise<void> {
    const since = performance.now()
    this.#running = await serve(this.data, env)
    if (!this.#load) return
    this.#load.aim(this.#running.url)
    await this.#load.acknowledgement()
    this.restarts.push(performance.now() - since)
  }

  /** @throws when it is gone already, by itself */
  async kill(): Promise<void> {
    if (!isAlive(this.running.pid)) throw new Error(`The service ended by itself:\n${this.running.output()}`)
    await this.reap()
  }

  /** Ends it if it has not been killed yet. */
  async reap(): Promise<void> {
    await this.#end('SIGKILL')
  }

  /** The exit code of an orderly stop; null when it has been killed meanwhile. */
  async stop(): Promise<number | null> {
    return await this.#end('SIGTERM')
  }

  /** Starts it and lets `kill` end it, at the latest when it listens. @throws when the start fails by itself */
  async startAndKill(kill: (pid: number) => Promise<unknown>): Promise<void> {
    let killing: Promise<unknown> | undefined
    const running = await serve(this.data, env, (pid) => {
      killing = kill(pid)
    }).catch((error: Error) => {
      if (!error.message.startsWith('footfall serve ended with null')) throw error
    })
    await running?.kill('SIGKILL')
    await killing
  }

  async #end(signal: NodeJS.Signals): Promise<number | null> {
    const code = (await this.#running?.kill(signal)) ?? null
    this.#load?.aim(undefined)
    for (const line of this.#running?.output().split('\n') ?? [])
      if (line.includes('"level":50')) this.errors.push(line)
    this.#running = undefined
    return code
  }
}

/** Kills a process after so many milliseconds, if it is still there. */
export async function killAfter(pid: number, milliseconds: number): Promise<void> {
  await sleep(milliseconds)
  if (isAlive(pid)) process.kill(pid, 'SIGKILL')
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
