// Where "accepted" means "on disk": a hit is a line in the journal before its request is answered. Lines that
// arrive together are written and synced together (group commit). Full or old segments are sealed and shipped
// to ClickHouse in order, under their name as deduplication token, and deleted only after the insert is done:
// whatever happens in between, sending a segment again counts nothing twice.

import { randomBytes } from 'node:crypto'
import {
  type FileHandle,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  stat,
  truncate,
  unlink,
} from 'node:fs/promises'
import { join } from 'node:path'

export type JournalOptions = {
  folder: string
  /** Inserts a segment's lines; must be a no-op for a token that has been inserted before. */
  ship: (path: string, token: string) => Promise<void>
  /** Whether an error of `ship` means that these lines will never be taken: they are set aside. */
  isRejection?: (error: unknown) => boolean
  /** Told of every failed attempt to write or ship. An error of a rejected segment may quote its lines. */
  onError: (message: string, error?: unknown) => void
  /** A segment of this size is sealed; bytes. */
  sealBytes?: number
  /** A segment this old is sealed, so that a hit can be read soon; milliseconds. */
  sealAfter?: number
}

/** What is in the journal and not yet in ClickHouse. */
export type Backlog = { hits: number; bytes: number; segments: number; oldest: number | undefined }

export class JournalError extends Error {
  override name = 'JournalError'
}

type Segment = { name: string; hits: number; bytes: number; since: number }
type OpenSegment = Segment & { file: FileHandle }
type Group = {
  lines: string[]
  hits: number
  done: Promise<void>
  resolve: () => void
  reject: (error: Error) => void
}

const segmentName = /^(\d{12})-[0-9a-f]{12}\.jsonl$/
const firstRetry = 250
const lastRetry = 30_000

export class Journal {
  readonly #options: Required<JournalOptions>
  readonly #sealed: Segment[] = []
  #next = 1
  #segment: OpenSegment | undefined
  #group: Group | undefined
  #writing: Promise<void> | undefined
  #shipping: Promise<void> | undefined
  #sealTimer: NodeJS.Timeout | undefined
  #wakeShipper: (() => void) | undefined
  #rejected = 0
  readonly #idle: (() => void)[] = []
  #sealDue = false
  #closed = false
  #lastShipped: number | undefined
  #unwritable = false

  private constructor(options: JournalOptions) {
    this.#options = { sealBytes: 8_000_000, sealAfter: 1000, isRejection: () => false, ...options }
  }

  /** Opens the folder; what an earlier process left there is shipped before anything new. */
  static async open(options: JournalOptions): Promise<Journal> {
    const journal = new Journal(options)
    await mkdir(options.folder, { recursive: true })
    await journal.#recover()
    journal.#shipping = journal.#ship()
    return journal
  }

  /**
   * Appends one or more whole lines (each ends in a newline) and resolves when they are on disk.
   * @throws JournalError when they cannot be kept; then none of them is.
   */
  append(lines: string, hits = 1): Promise<void> {
    if (this.#closed) return Promise.reject(new JournalError('The journal is closed.'))
    this.#group ??= newGroup()
    const group = this.#group
    group.lines.push(lines)
    group.hits += hits
    this.#writing ??= this.#write()
    return group.done
  }

  /** Resolves when everything appended so far is in ClickHouse. */
  async drain(): Promise<void> {
    await this.#sealNow()
    if (this.#sealed.length === 0) return
    await new Promise<void>((resolve) => {
      this.#idle.push(resolve)
    })
  }

  backlog(): Backlog {
    const all = this.#segment ? [...this.#sealed, this.#segment] : this.#sealed
    return {
      hits: all.reduce((sum, segment) => sum + segment.hits, 0),
      bytes: all.reduce((sum, segment) => sum + segment.bytes, 0),
      segments: all.length,
      oldest: all[0]?.since,
    }
  }

  /** Unix milliseconds of the last segment that reached ClickHouse. */
  get lastShipped(): number | undefined {
    return this.#lastShipped
  }

  /** Segments that are set aside because ClickHouse cannot read them. */
  get rejected(): number {
    return this.#rejected
  }

  /** Whether the last attempt to write failed: hits cannot be kept. */
  get unwritable(): boolean {
    return this.#unwritable
  }

  /** Refuses new lines, seals, and ships what it can within the time; the rest is shipped at the next start. */
  async close(shipWithin = 5000): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await this.#sealNow()
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, shipWithin)
    })
    this.#wakeShipper?.()
    await Promise.race([this.#shipping, late])
    clearTimeout(timer)
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
      if (group) {
        try {
          await this.#commit(group)
          this.#unwritable = false
          group.resolve()
        } catch (error) {
          this.#unwritable = true
          this.#options.onError('A group of hits could not be written', error)
          group.reject(new JournalError('The journal cannot be written.', { cause: error }))
        }
      }
      if (this.#sealDue || (this.#segment && this.#segment.bytes >= this.#options.sealBytes))
        await this.#seal()
    } while (this.#group || this.#sealDue)
    this.#writing = undefined
  }

  async #commit(group: Group): Promise<void> {
    const bytes = Buffer.from(group.lines.join(''))
    const segment = this.#segment ?? (await this.#begin())
    try {
      await segment.file.appendFile(bytes)
      await segment.file.datasync()
    } catch (error) {
      // What the disk holds now is not known: the segment ends at its last good byte, and a new one begins.
      await segment.file.truncate(segment.bytes).catch(() => {})
      await this.#seal()
      throw error
    }
    segment.bytes += bytes.length
    segment.hits += group.hits
  }

  async #begin(): Promise<OpenSegment> {
    const name = `${String(this.#next++).padStart(12, '0')}-${randomBytes(6).toString('hex')}.jsonl`
    const file = await open(join(this.#options.folder, name), 'ax')
    await this.#syncFolder().catch(async (error) => {
      await file.close()
      throw error
    })
    const segment = { name, file, hits: 0, bytes: 0, since: Date.now() }
    this.#segment = segment
    this.#sealTimer = setTimeout(() => void this.#sealNow(), this.#options.sealAfter)
    return segment
  }

  async #seal(): Promise<void> {
    const segment = this.#segment
    this.#sealDue = false
    if (!segment) return
    this.#segment = undefined
    clearTimeout(this.#sealTimer)
    await segment.file.close().catch((error) => this.#options.onError('A segment could not be closed', error))
    if (segment.bytes === 0) {
      await this.#remove(segment.name)
      return
    }
    this.#sealed.push({ name: segment.name, hits: segment.hits, bytes: segment.bytes, since: segment.since })
    // Only a shipper that has run dry is woken: one that waits after a failure keeps waiting.
    if (this.#sealed.length === 1) this.#wakeShipper?.()
  }

  async #ship(): Promise<void> {
    let wait = firstRetry
    for (;;) {
      const segment = this.#sealed[0]
      if (!segment) {
        for (const resolve of this.#idle.splice(0)) resolve()
        if (this.#closed) return
        await this.#pause()
        continue
      }
      try {
        const path = join(this.#options.folder, segment.name)
        await this.#options.ship(path, segment.name)
        await this.#remove(segment.name)
        this.#sealed.shift()
        this.#lastShipped = Date.now()
        wait = firstRetry
      } catch (error) {
        if (this.#options.isRejection(error)) {
          await this.#reject(segment)
          continue
        }
        this.#options.onError(`Segment ${segment.name} could not be shipped and will be tried again`, error)
        if (this.#closed) return
        await this.#pause(wait)
        wait = Math.min(wait * 2, lastRetry)
      }
    }
  }

  /** Later segments go on; what is in the way is kept for a person to look at. */
  async #reject(segment: Segment): Promise<void> {
    const aside = join(this.#options.folder, 'rejected')
    await mkdir(aside, { recursive: true })
    await rename(join(this.#options.folder, segment.name), join(aside, segment.name))
    this.#sealed.shift()
    this.#rejected++
    this.#options.onError(`ClickHouse cannot read segment ${segment.name}: it was set aside in ${aside}.`)
  }

  /** Until woken, or until the time is over. */
  async #pause(milliseconds?: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    await new Promise<void>((resolve) => {
      this.#wakeShipper = resolve
      if (milliseconds !== undefined) timer = setTimeout(resolve, milliseconds)
    })
    clearTimeout(timer)
    this.#wakeShipper = undefined
  }

  /** Takes over what an earlier process left: a last line without its end was never answered, and is cut off. */
  async #recover(): Promise<void> {
    const names = (await readdir(this.#options.folder)).filter((name) => segmentName.test(name)).sort()
    this.#rejected = (await readdir(join(this.#options.folder, 'rejected')).catch(() => [])).length
    for (const name of names) {
      const path = join(this.#options.folder, name)
      const content = await readFile(path)
      const bytes = content.lastIndexOf(0x0a) + 1
      if (bytes < content.length) await truncate(path, bytes)
      this.#next = Number(segmentName.exec(name)?.[1]) + 1
      if (bytes === 0) {
        await this.#remove(name)
        continue
      }
      let hits = 0
      for (let at = content.indexOf(0x0a); at !== -1; at = content.indexOf(0x0a, at + 1)) hits++
      this.#sealed.push({ name, hits, bytes, since: (await stat(path)).mtimeMs })
    }
  }

  async #remove(name: string): Promise<void> {
    await unlink(join(this.#options.folder, name))
  }

  async #syncFolder(): Promise<void> {
    const folder = await open(this.#options.folder, 'r')
    try {
      await folder.sync()
    } finally {
      await folder.close()
    }
  }
}

function newGroup(): Group {
  let resolve: () => void = () => {}
  let reject: (error: Error) => void = () => {}
  const done = new Promise<void>((onDone, onFail) => {
    resolve = onDone
    reject = onFail
  })
  return { lines: [], hits: 0, done, resolve, reject }
}
