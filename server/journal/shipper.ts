// Ships sealed segments to ClickHouse in order, one at a time, and deletes each only after its insert is done. A
// failure is tried again, later and later; a segment that will never be taken is set aside, and the next ones go on.
// Whoever ships is told whether a segment may have been sent before: the first one that an earlier process left, and
// one whose shipping failed.

import { access, unlink } from 'node:fs/promises'
import { dirname } from 'node:path'
import { RejectedSegments } from './rejected.ts'
import { readSegment, type Segment, syncFolder } from './segment-file.ts'

export type ShipperOptions = {
  folder: string
  /** Inserts a segment's lines, those that are there already not again. */
  ship: (segment: Shipment) => Promise<void>
  /** Why an error of `ship` means that these lines will never be taken: they are set aside. */
  rejection: (error: unknown) => string | undefined
  /** Told of every failed attempt to ship. An error of a rejected segment may quote its lines. */
  onError: (message: string, error?: unknown) => void
  /** Asked when all is shipped: adds what is due by now. */
  more: () => Promise<void>
}

export type Shipment = Pick<Segment, 'path' | 'name' | 'repeated'>

/** Names of segments that were set aside: those that ClickHouse has taken now, and those that it has not. */
export type Retry = { shipped: string[]; rejected: string[] }

/** Milliseconds. */
const firstRetry = 250
const lastRetry = 30_000

export class Shipper {
  readonly #options: ShipperOptions
  readonly #rejected: RejectedSegments
  readonly #sealed: Segment[] = []
  readonly #waitingFor = new Map<Segment, (() => void)[]>()
  #running: Promise<void> | undefined
  #wake: (() => void) | undefined
  #closed = false
  #retrying: Promise<Retry> | undefined
  #lastShipped: number | undefined
  #done = 0
  #failed = 0

  constructor(options: ShipperOptions) {
    this.#options = options
    this.#rejected = new RejectedSegments(options.folder)
  }

  async start(): Promise<void> {
    await this.#rejected.count()
    this.#running = this.#run()
  }

  add(segment: Segment): void {
    this.#sealed.push(segment)
    // Only who has run dry is woken: one that waits after a failure keeps waiting.
    if (this.#sealed.length === 1) this.#wake?.()
  }

  /** What is still to be shipped, the next one first. */
  get segments(): readonly Segment[] {
    return this.#sealed
  }

  /** Unix milliseconds of the last segment that reached ClickHouse. */
  get lastShipped(): number | undefined {
    return this.#lastShipped
  }

  /** Segments shipped since the start, and attempts to do so that failed. */
  get shipments(): { done: number; failed: number } {
    return { done: this.#done, failed: this.#failed }
  }

  /** Segments that are set aside because ClickHouse cannot read them. */
  get rejected(): RejectedSegments {
    return this.#rejected
  }

  /** Resolves when everything added so far is in ClickHouse or set aside. */
  async drain(): Promise<void> {
    const last = this.#sealed.at(-1)
    if (!last) return
    // Not for those that are added meanwhile: there may be no end of them.
    await new Promise<void>((resolve) => {
      this.#waitingFor.set(last, [...(this.#waitingFor.get(last) ?? []), resolve])
    })
  }

  /** Ships what was set aside once more and waits for it. */
  async retryRejected(): Promise<Retry> {
    this.#retrying ??= this.#retry().finally(() => {
      this.#retrying = undefined
    })
    return this.#retrying
  }

  /** Ships what it can within these milliseconds; the rest is left to the next start. */
  async close(within: number): Promise<void> {
    this.#closed = true
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, within)
    })
    this.#wake?.()
    await Promise.race([this.#running, late])
    clearTimeout(timer)
  }

  /** From where they lie: in the journal's folder a crash would find them before the one that was being sent. */
  async #retry(): Promise<Retry> {
    const names = (await this.#rejected.list()).map(({ name }) => name)
    for (const name of names) {
      const segment = await readSegment(name, this.#rejected.pathOf(name))
      this.#sealed.push({ ...segment, since: Date.now(), repeated: true })
    }
    this.#wake?.()
    await this.drain()
    const refused = new Set((await this.#rejected.list()).map(({ name }) => name))
    const shipped = names.filter((name) => !refused.has(name))
    await this.#rejected.forget(shipped)
    return { shipped, rejected: names.filter((name) => refused.has(name)) }
  }

  async #run(): Promise<void> {
    let wait = firstRetry
    for (;;) {
      const segment = this.#sealed[0]
      if (!segment) {
        await this.#options.more()
        if (this.#sealed.length > 0) continue
        if (this.#closed) return
        await this.#pause()
        continue
      }
      try {
        await this.#shipOne(segment)
        this.#sealed.shift()
        for (const resolve of this.#waitingFor.get(segment) ?? []) resolve()
        this.#waitingFor.delete(segment)
        wait = firstRetry
      } catch (error) {
        segment.repeated = true
        this.#failed++
        this.#options.onError(`Segment ${segment.name} could not be shipped and will be tried again`, error)
        if (this.#closed) return
        await this.#pause(wait)
        wait = Math.min(wait * 2, lastRetry)
      }
    }
  }

  /** @throws when it is to be tried again. */
  async #shipOne({ name, path, hits, repeated }: Segment): Promise<void> {
    try {
      await this.#options.ship({ path, name, repeated })
      await unlink(path)
      // Before the next one is sent: after a power loss only the first that is left may have been sent before.
      await syncFolder(dirname(path))
      this.#lastShipped = Date.now()
      this.#done++
    } catch (error) {
      const reason = this.#options.rejection(error)
      if (reason !== undefined) {
        // Later segments go on; what is in the way is kept for a person to look at.
        const details = error instanceof Error ? error.message : String(error)
        await this.#rejected.setAside({ name, path }, reason, details)
        this.#options.onError(`ClickHouse refuses segment ${name}, it was set aside: ${reason}`)
      } else if (await isGone(path)) {
        this.#options.onError(`Segment ${name} was deleted by somebody else: its ${hits} hits are lost`)
      } else {
        throw error
      }
    }
  }

  /** Until woken, or until the time is over. */
  async #pause(milliseconds?: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    await new Promise<void>((resolve) => {
      this.#wake = resolve
      if (milliseconds !== undefined) timer = setTimeout(resolve, milliseconds)
    })
    clearTimeout(timer)
    this.#wake = undefined
  }
}

async function isGone(path: string): Promise<boolean> {
  return await access(path).then(
    () => false,
    (error: NodeJS.ErrnoException) => error.code === 'ENOENT',
  )
}
