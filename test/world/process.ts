// Footfall as its users start it: the compiled program in a process of its own, on a temporary data folder.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { packageRoot } from '../../server/root.ts'
import { databaseFor } from './clickhouse-server.ts'

export type RunningProcess = {
  url: string
  pid: number
  /** Everything it has printed so far. */
  output: () => string
  /** Resolves with the exit code when it is gone; with null when the signal ended it. */
  kill(signal?: NodeJS.Signals): Promise<number | null>
}

const program = join(packageRoot, 'bin', 'footfall.cjs')

/** Starts `footfall serve`, in `folder`, and resolves when it answers; `spawned` is told its process id before that. */
export async function serve(
  data: string,
  env: Record<string, string> = {},
  spawned: (pid: number) => void = () => {},
  folder?: string,
): Promise<RunningProcess> {
  const child = await start(['serve'], { FOOTFALL_DATA: data, PORT: '0', ...env }, folder)
  if (child.pid !== undefined) spawned(child.pid)
  let printed = ''
  const url = await new Promise<string>((resolve, reject) => {
    const read = (chunk: Buffer) => {
      printed += chunk.toString()
      const found = /Footfall runs on (http:\S+)/.exec(printed)?.[1]
      if (found) resolve(found)
    }
    child.stdout?.on('data', read)
    child.stderr?.on('data', read)
    child.once('exit', (code) => reject(new Error(`footfall serve ended with ${code}:\n${printed}`)))
  })
  if (child.pid === undefined) throw new Error('footfall serve has no process id')
  return {
    url,
    pid: child.pid,
    output: () => printed,
    kill: async (signal = 'SIGTERM') => {
      if (child.exitCode !== null || child.signalCode !== null) return child.exitCode
      const gone = once(child, 'exit')
      child.kill(signal)
      const [code] = (await gone) as [number | null]
      return code
    },
  }
}

/** Runs a command to its end. */
export async function run(
  args: string[],
  env: Record<string, string>,
): Promise<{ code: number; stdout: string; stderr: string }> {
  const child = await start(args, env)
  let stdout = ''
  let stderr = ''
  child.stdout?.on('data', (chunk: Buffer) => {
    stdout += chunk.toString()
  })
  child.stderr?.on('data', (chunk: Buffer) => {
    stderr += chunk.toString()
  })
  const [code] = (await once(child, 'close')) as [number | null]
  return { code: code ?? -1, stdout, stderr }
}

async function start(args: string[], env: Record<string, string>, cwd?: string): Promise<ChildProcess> {
  const inherited = { PATH: process.env.PATH, HOME: process.env.HOME, TZ: process.env.TZ }
  const url = env.FOOTFALL_DATA === undefined ? undefined : await databaseFor(env.FOOTFALL_DATA)
  return spawn(process.execPath, [program, ...args], {
    env: { ...inherited, ...(url === undefined ? {} : { CLICKHOUSE_URL: url }), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(cwd === undefined ? {} : { cwd }),
  })
}
