// The note that a running service leaves in its data folder, so that commands of the same machine find it: one
// process owns a data folder, and everybody else asks that process. A note may be older than its process and its
// pid or port belong to somebody else by now: it is believed when the service behind it proves that it wrote it.

import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export type Running = { pid: number; url: string; commandKey: string }

/** Milliseconds that a service has to prove itself. */
const proofWithin = 3000

export function leaveNote(data: string, running: Running): void {
  // Made anew, so that it never has the rights of an older file.
  removeNote(data)
  writeFileSync(path(data), JSON.stringify(running), { mode: 0o600 })
}

export function removeNote(data: string): void {
  rmSync(path(data), { force: true })
}

/** The service that runs on this data folder; undefined when there is none, whatever an old note says. */
export async function findRunning(data: string): Promise<Running | undefined> {
  const note = readNote(data)
  if (!note || note.pid === process.pid) return undefined
  const challenge = randomBytes(16).toString('hex')
  try {
    const answer = await fetch(`${note.url}/api/commands?challenge=${challenge}`, {
      signal: AbortSignal.timeout(proofWithin),
    })
    return isEqual(await answer.text(), prove(note.commandKey, challenge)) ? note : undefined
  } catch {
    return undefined
  }
}

/** What only a holder of the key can say to a challenge; the key itself is not told. */
export function prove(commandKey: string, challenge: string): string {
  return createHmac('sha256', commandKey).update(challenge).digest('hex')
}

/** Takes as long wherever the two differ. */
export function isEqual(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)]
  return a.length === b.length && timingSafeEqual(a, b)
}

function readNote(data: string): Running | undefined {
  try {
    return JSON.parse(readFileSync(path(data), 'utf8')) as Running
  } catch {
    return undefined
  }
}

function path(data: string): string {
  return join(data, 'running.json')
}
