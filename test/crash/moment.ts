// Moments at which a process is killed, seen from outside by what happens in its data folder.

import { once } from 'node:events'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { packageRoot } from '../../server/root.ts'

export type Moment =
  | 'segment begins'
  | 'segment sealed'
  | 'insert begins'
  | 'recorded'
  | 'hits in place'
  | 'visits begin'
  | 'visits recorded'
  | 'visits in place'
  | 'segment gone'
  | 'rest written'
  | 'visits mended'
  | 'merge'
  | 'table made'
  | 'import waits'
  | 'batch begins'
  | 'batch made'
  | 'batch moves'
  | 'batch gone'

export type Strike = { pid: number; data: string; moment: Moment; delay: number; within: number }

const watcher = join(packageRoot, 'test', 'crash', 'moment-watch.mjs')

/**
 * Kills a process `delay` milliseconds after the moment comes. Resolves with whether it came within so many
 * milliseconds; the process may not have been reaped yet.
 */
export async function strike(strike: Strike): Promise<boolean> {
  const worker = new Worker(watcher, { workerData: strike })
  const [fired] = (await once(worker, 'message')) as [boolean]
  await worker.terminate()
  return fired
}
