// The journal's files, called segments: what it takes that written means on disk, and where the good lines of a file
// end.

import { constants } from 'node:fs'
import { type FileHandle, open, readFile, stat } from 'node:fs/promises'

export type Segment = {
  name: string
  path: string
  hits: number
  bytes: number
  /** Unix milliseconds. */
  since: number
  /** Whether some or all of its lines may be in ClickHouse already. */
  repeated: boolean
}

export async function readSegment(name: string, path: string): Promise<Segment> {
  const content = await readFile(path)
  const { mtimeMs } = await stat(path)
  return { name, path, hits: countLines(content), bytes: content.length, since: mtimeMs, repeated: false }
}

// One call that writes and syncs is quicker than two. Elsewhere it does not go through to the disk.
const writeSyncs = process.platform === 'linux'

/** A new file for appending. @throws when there is one of this name already. */
export async function createSegmentFile(path: string): Promise<FileHandle> {
  const { O_WRONLY, O_APPEND, O_CREAT, O_EXCL, O_DSYNC } = constants
  return await open(path, O_WRONLY | O_APPEND | O_CREAT | O_EXCL | (writeSyncs ? O_DSYNC : 0), 0o600)
}

/** Appends all of it; on disk when it resolves. */
export async function writeSynced(file: FileHandle, bytes: Buffer): Promise<void> {
  let written = 0
  while (written < bytes.length) written += (await file.write(bytes, written)).bytesWritten
  if (!writeSyncs) await file.datasync()
}

/** The names in a folder are on disk when it resolves: a new file could be lost with its name otherwise. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

/**
 * How many bytes of a file are whole lines; with `checkAll`, up to the first that is no JSON object: a file that
 * was being written when the power failed may end in anything.
 */
export function wholeLines(content: Buffer, checkAll: boolean): number {
  if (!checkAll) return content.lastIndexOf(newline) + 1
  let start = 0
  for (let end = content.indexOf(newline); end !== -1; end = content.indexOf(newline, start)) {
    if (!isObject(content.toString('utf8', start, end))) return start
    start = end + 1
  }
  return start
}

export function countLines(content: Buffer): number {
  let lines = 0
  for (let at = content.indexOf(newline); at !== -1; at = content.indexOf(newline, at + 1)) lines++
  return lines
}

const newline = 0x0a

function isObject(line: string): boolean {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null
  } catch {
    return false
  }
}
