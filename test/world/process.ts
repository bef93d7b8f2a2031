// Footfall as its users start it: the compiled program in a process of its own, on a temporary data folder.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { packageRoot } from '../../server/root.ts'

export type RunningProcess = {
  url: string
  pid: number
  /** Everything it has printed so far. */
  output: () => string
  kill(signal?: NodeJS.Signals): Promise<void>
}

const program = join(packageRoot, 'bin', 'footfall.cjs')

/** Starts `footfall serve` and resolves when it answers. */
export async function serve(data: string, env: Record<string, string> = {}): Promise<RunningProcess> {
  const child = start(['serve'], { FOOTFALL_DATA: data, PORT: '0', ...env })
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
      if (child.exitCode !== null || child.signalCode !== null) return
      const gone = once(child, 'exit')
      child.kill(signal)
      await gone
    },
  }
}

/** Runs a command to its end. */
export async function run(
  args: string[],
  env: Record<string, string>,
): Promise<{ code: number; stdout: string; stderr: string }> {
  const child = start(args, env)
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

function start(args: string[], env: Record<string, string>): ChildProcess {
  const inherited = { PATH: process.env.PATH, HOME: process.env.HOME, TZ: process.env.TZ }
  return spawn(process.execPath, [program, ...args], {
    env: { ...inherited, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}
