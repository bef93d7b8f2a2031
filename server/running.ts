// The note that a running service leaves in its data folder, so that commands of the same machine find it: one
// process owns a data folder, and everybody else asks that process.

import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export type Running = { pid: number; url: string; commandKey: string }

export function leaveNote(data: string, running: Running): void {
  writeFileSync(path(data), JSON.stringify(running), { mode: 0o600 })
  chmodSync(path(data), 0o600)
}

export function removeNote(data: string): void {
  rmSync(path(data), { force: true })
}

/** What a service that runs on this data folder has left; undefined when none runs, whatever an old note says. */
export function findRunning(data: string): Running | undefined {
  try {
    const note = JSON.parse(readFileSync(path(data), 'utf8')) as Running
    return isAlive(note.pid) ? note : undefined
  } catch {
    return undefined
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // A process of another user may not be signalled: it runs.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

function path(data: string): string {
  return join(data, 'running.json')
}
