// Where "accepted" means "on disk": a hit is a line in the journal before its request is answered. Lines that
// arrive together are written and synced together (group commit). Full or old segments are sealed and handed to
// the shipper.
//
// When hits cannot be kept (the disk is full, slow or broken) an append fails at once; the journal finds out by
// itself when they can be kept again.

import { randomBytes } from 'node:crypto'
import { type FileHandle, mkdir, readdir, readFile, rename, stat, truncate, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { type Disk, freeBytes } from './disk.ts'
import type { RejectedSegment } from './rejected.ts'
import {
  createSegmentFile,
  readSegment,
  type Segment,
  syncFolder,
  wholeLines,
  writeSynced,
} from './segment-file.ts'
import { type Retry, Shipper, type ShipperOptions } from './shipper.ts'

export type JournalOptions = Pick<ShipperOptions, 'folder' | 'ship'> & {
  rejection?: ShipperOptions['rejection']
  /** Told of every failed attempt to write or ship. An error of a rejected segment may quote its lines. */
  onError: ShipperOptions['onError']
  /** A segment of this size is sealed; bytes. */
  sealBytes?: number
  /** A segment this old is sealed, so that a hit can be read soon; milliseconds. */
  sealAfter?: number
  /** Free bytes on the journal's disk below which no hit is taken, so that what is kept can still be shipped. */
  leastFree?: number
  freeBytes?: Disk
}

/** What is in the journal and not yet in ClickHouse; `oldest` in Unix milliseconds. */
export type Backlog = { hits: number; bytes: number; segments: number; oldest: number | undefined }

export class JournalError extends Error {
  override name = 'JournalError'
}

/** `torn`: a write failed, and what stands behind its good lines is not known. */
type OpenSegment = Segment & { file: FileHandle; torn: boolean }
/** A file of whole lines that is to become a segment. */
type Taken = { path: string; hits: number; resolve: () => void; reject: (error: unknown) => void }
type Group = {
  lines: string[]
  length: number
  hits: number
  done: Promise<void>
  resolve: () => void
  reject: (error: Error) => void
}

const segmentName = /^(\d{12})-[0-9a-f]{12}\.jsonl$/
/** Characters that may wait for a slow disk. */
const mostWaiting = 16_000_000
/** Milliseconds after a failed write in which nothing is tried. */
const writeAgainAfter = 500
const lookAtDiskEvery = 2000

export class Journal {
  readonly #options: Required<JournalOptions>
  readonly #shipper: Shipper
  #next = 1
  #segment: OpenSegment | undefined
  #group: Group | undefined
  #taken: Taken[] = []
  #waiting = 0
  #writing: Promise<void> | undefined
  #sealTimer: NodeJS.Timeout | undefined
  #diskTimer: NodeJS.Timeout | undefined
  #sealDue = false
  #old = false
  #closed = false
  #diskFree: number | undefined
  #failure: string | undefined
  #failedAt = 0
  #looking: Promise<void> | undefined

  private constructor(options: JournalOptions) {
    this.#options = {
      sealBytes: 8_000_000,
      sealAfter: 1000,
      rejection: () => undefined,
      leastFree: 50_000_000,
      freeBytes,
      ...options,
    }
    this.#shipper = new Shipper({ ...this.#options, more: () => this.#sealOld() })
  }

  /** Opens the folder; what an earlier process left there is shipped before anything new. */
  static async open(options: JournalOptions): Promise<Journal> {
    const journal = new Journal(options)
    await mkdir(options.folder, { recursive: true })
    await journal.#recover()
    await journal.#lookAtDisk()
    journal.#diskTimer = setInterval(() => void journal.#lookAtDisk(), lookAtDiskEvery).unref()
    await journal.#shipper.start()
    return journal
  }

  /**
   * Appends one or more whole lines (each ends in a newline) and resolves when they are on disk.
   * @throws JournalError when they cannot be kept; then none of them is.
   */
  append(lines: string, hits = 1): Promise<void> {
    const refusal = this.#refusal()
    if (refusal !== undefined) return Promise.reject(new JournalError(refusal))
    this.#group ??= newGroup()
    const group = this.#group
    group.lines.push(lines)
    group.length += lines.length
    group.hits += hits
    this.#waiting += lines.length
    this.#writing ??= this.#write()
    return group.done
  }

  /**
   * Takes over a file of whole lines that is on this disk already: it becomes a segment of its own, and is no longer
   * where it was. @throws when it could not be moved; then it is where it was.
   */
  take(path: string, hits: number): Promise<void> {
    if (this.#closed) return Promise.reject(new JournalError('The journal is closed.'))
    return new Promise((resolve, reject) => {
      this.#taken.push({ path, hits, resolve, reject })
      this.#writing ??= this.#write()
    })
  }

  /** Resolves when everything appended so far is in ClickHouse or set aside. */
  async drain(): Promise<void> {
    await this.#sealNow()
    await this.#shipper.drain()
  }

  backlog(): Backlog {
    const sealed = this.#shipper.segments
    const all = this.#segment ? [...sealed, this.#segment] : sealed
    return {
      hits: all.reduce((sum, segment) => sum + segment.hits, 0),
      bytes: all.reduce((sum, segment) => sum + segment.bytes, 0),
      segments: all.length,
      oldest: all[0]?.since,
    }
  }

  /** Unix milliseconds of the last segment that reached ClickHouse. */
  get lastShipped(): number | undefined {
    return this.#shipper.lastShipped
  }

  /** Segments shipped since the start, and attempts to do so that failed. */
  get shipments(): { done: number; failed: number } {
    return this.#shipper.shipments
  }

  /** Segments that are set aside because ClickHouse cannot read them. */
  get rejected(): number {
    return this.#shipper.rejected.size
  }

  rejectedSegments(): Promise<RejectedSegment[]> {
    return this.#shipper.rejected.list()
  }

  /** Why hits cannot be kept now; undefined while they can. */
  get failure(): string | undefined {
    return this.#failure
  }

  /** Bytes free on the journal's disk, as last seen. */
  get diskFree(): number | undefined {
    return this.#diskFree
  }

  /** Ships what was set aside once more and waits for it. */
  retryRejected(): Promise<Retry> {
    return this.#shipper.retryRejected()
  }

  /** Refuses new lines, seals, and ships what it can within the time; the rest is shipped at the next start. */
  async close(shipWithin = 5000): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    clearInterval(this.#diskTimer)
    await this.#sealNow()
    await this.#shipper.close(shipWithin)
  }

  // -- Writing ------------------------------------------------------------------------------------------------

  #refusal(): string | undefined {
    if (this.#closed) return 'The journal is closed.'
    if (this.#failure !== undefined) return `The journal cannot be written: ${this.#failure}.`
    if (this.#waiting > mostWaiting) return 'The disk is too slow: too many hits wait for it.'
    return undefined
  }

  #sealNow(): Promise<void> {
    this.#sealDue = true
    this.#writing ??= this.#write()
    return this.#writing
  }

  /** Group commit: while one group is on its way to the disk, the next one gathers. Seals between two groups. */
  async #write(): Promise<void> {
    do {
      const group = this.#group
      this.#group = undefined
      if (group) await this.#commit(group)
      if (this.#sealDue || (this.#segment && this.#segment.bytes >= this.#options.sealBytes))
        await this.#seal()
      for (const taken of this.#taken.splice(0)) await this.#adopt(taken).then(taken.resolve, taken.reject)
    } while (this.#group || this.#sealDue || this.#taken.length > 0)
    this.#writing = undefined
  }

  async #commit(group: Group): Promise<void> {
    try {
      const refusal = this.#failure
      if (refusal !== undefined) throw new JournalError(`The journal cannot be written: ${refusal}.`)
      await this.#keep(group)
      group.resolve()
    } catch (error) {
      group.reject(
        error instanceof JournalError
          ? error
          : new JournalError('The journal cannot be written.', { cause: error }),
      )
    } finally {
      this.#waiting -= group.length
    }
  }

  async #keep(group: Group): Promise<void> {
    const bytes = Buffer.from(group.lines.length === 1 ? (group.lines[0] ?? '') : group.lines.join(''))
    try {
      const segment = this.#segment ?? (await this.#begin())
      await writeSynced(segment.file, bytes)
      segment.bytes += bytes.length
      segment.hits += group.hits
    } catch (error) {
      if (this.#segment) this.#segment.torn = true
      this.#fail(error)
      await this.#seal()
      throw error
    }
  }

  /** Between two groups, after whatever is open: segments are shipped in the order of their names. */
  async #adopt({ path, hits }: Taken): Promise<void> {
    await this.#seal()
    if (this.#segment) throw new JournalError('The journal cannot be written.')
    const { folder } = this.#options
    const { size } = await stat(path)
    const name = this.#newName()
    const taken = join(folder, name)
    await rename(path, taken)
    await syncFolder(folder)
    this.#shipper.add({ name, path: taken, hits, bytes: size, since: Date.now(), repeated: false })
  }

  #newName(): string {
    return `${String(this.#next++).padStart(12, '0')}-${randomBytes(6).toString('hex')}.jsonl`
  }

  async #begin(): Promise<OpenSegment> {
    const name = this.#newName()
    const path = join(this.#options.folder, name)
    const file = await createSegmentFile(path)
    try {
      await syncFolder(this.#options.folder)
    } catch (error) {
      await file.close()
      await unlink(path)
      throw error
    }
    const segment = { name, path, file, hits: 0, bytes: 0, since: Date.now(), repeated: false, torn: false }
    this.#segment = segment
    this.#old = false
    this.#sealTimer = setTimeout(() => {
      this.#old = true
      // While others wait to be shipped it may as well grow.
      if (this.#shipper.segments.length === 0) void this.#sealNow()
    }, this.#options.sealAfter)
    return segment
  }

  async #seal(): Promise<void> {
    const segment = this.#segment
    this.#sealDue = false
    if (!segment || !(await this.#mend(segment))) return
    this.#segment = undefined
    clearTimeout(this.#sealTimer)
    const { file, torn: _, ...sealed } = segment
    await file.close().catch((error) => this.#options.onError('A segment could not be closed', error))
    if (segment.bytes === 0) {
      await unlink(segment.path).catch((error) =>
        this.#options.onError(`The empty segment ${segment.name} could not be deleted`, error),
      )
      return
    }
    this.#shipper.add(sealed)
  }

  async #sealOld(): Promise<void> {
    if (this.#old && this.#segment) await this.#sealNow()
  }

  /** A segment ends at its last good line. As long as it does not, it is not shipped and nothing new is taken. */
  async #mend(segment: OpenSegment): Promise<boolean> {
    if (!segment.torn) return true
    try {
      await segment.file.truncate(segment.bytes)
      segment.torn = false
      return true
    } catch (error) {
      this.#options.onError(`Segment ${segment.name} could not be cut after its last good line`, error)
      return false
    }
  }

  #fail(error: unknown): void {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
    if (this.#failure === undefined) this.#options.onError('Hits cannot be kept', error)
    this.#failure = code
    this.#failedAt = Date.now()
    setTimeout(() => void this.#lookAtDisk(), writeAgainAfter).unref()
  }

  /** Whether there is room; after a failed write, whether a small one succeeds. */
  #lookAtDisk(): Promise<void> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined
    })
    return this.#looking
  }

  async #look(): Promise<void> {
    const { folder, leastFree } = this.#options
    this.#diskFree = await this.#options.freeBytes(folder).catch(() => undefined)
    if (this.#diskFree !== undefined && this.#diskFree < leastFree) {
      const failure = `the disk is full (less than ${Math.round(leastFree / 1e6)} MB free)`
      if (this.#failure === undefined) this.#options.onError(`Hits cannot be kept: ${failure}`)
      this.#failure = failure
      return
    }
    if (this.#failure === undefined || Date.now() - this.#failedAt < writeAgainAfter) return
    if (await this.#canWrite()) this.#failure = undefined
  }

  async #canWrite(): Promise<boolean> {
    const path = join(this.#options.folder, 'probe')
    try {
      if (this.#segment?.torn) await this.#sealNow()
      if (this.#segment?.torn) return false
      await unlink(path).catch(() => {})
      const file = await createSegmentFile(path)
      try {
        await writeSynced(file, Buffer.alloc(4096, '\n'))
      } finally {
        await file.close()
        await unlink(path)
      }
      return true
    } catch {
      return false
    }
  }

  // -- Taking over --------------------------------------------------------------------------------------------

  /** What an earlier process left. Only its last segment can end in something that was never promised. */
  async #recover(): Promise<void> {
    const { folder } = this.#options
    await unlink(join(folder, 'probe')).catch(() => {})
    const entries = await readdir(folder)
    // A part of a segment that was about to be shipped.
    for (const entry of entries) if (entry.endsWith('.part')) await unlink(join(folder, entry))
    const names = entries.filter((name) => segmentName.test(name)).sort()
    const left: Segment[] = []
    for (const name of names) {
      const path = join(folder, name)
      const content = await readFile(path)
      const kept = wholeLines(content, name === names.at(-1))
      if (kept < content.length) await this.#cut(name, content, kept)
      this.#next = Number(segmentName.exec(name)?.[1]) + 1
      if (kept === 0) await unlink(path)
      else left.push(await readSegment(name, path))
    }
    const [first, ...others] = left
    if (!first) return
    this.#shipper.add({ ...first, repeated: true })
    for (const segment of others) this.#shipper.add(segment)
  }

  /** A torn last line was never answered. More than that is kept for a person to look at. */
  async #cut(name: string, content: Buffer, at: number): Promise<void> {
    if (content.includes(0x0a, at)) {
      await this.#shipper.rejected.keepTail(name, content.subarray(at))
      this.#options.onError(`Segment ${name} ends in lines that cannot be read: they were set aside.`)
    }
    await truncate(join(this.#options.folder, name), at)
  }
}

function newGroup(): Group {
  let resolve: () => void = () => {}
  let reject: (error: Error) => void = () => {}
  const done = new Promise<void>((onDone, onFail) => {
    resolve = onDone
    reject = onFail
  })
  return { lines: [], length: 0, hits: 0, done, resolve, reject }
}
