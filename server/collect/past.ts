// Hits of the past, as imports bring them: in any order, so that none can be given its visit when it comes. They are
// kept in a journal of their own and wait for the others. When nothing has come for a while (or the first one has
// waited long enough) all of them are replayed in the order of their times by the rules of the collector, and what
// comes out goes into the journal: each hit exactly once, whenever the process ends. In the folder `past`:
//
//   *.jsonl     what comes in, appended and synced as in the journal
//   waiting/    whole segments of it
//   batch/      what is being made of those; `done.json` is written when it is complete
//
// Without done.json an unfinished batch is made anew; with it, what is left of it is moved on and its input deleted.

import { type FileHandle, link, mkdir, open, readdir, readFile, rename, rm, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { type Backlog, Journal } from '../journal/journal.ts'
import { countLines, syncFolder } from '../journal/segment-file.ts'
import type { History, Seen, VisitHistory, VisitKey } from './history.ts'
import { linesOf, PastBuckets } from './past-bucket.ts'
import { keyOf } from './past-line.ts'
import { historyLines, type Replay } from './replay.ts'
import { Turn } from './turn.ts'

export type PastOptions = {
  /** Of its own, on the disk of the journal. */
  folder: string
  /** That the hits go into in the end. */
  journal: Pick<Journal, 'take' | 'drain'>
  history: VisitHistory
  replay: (history: History) => Replay
  onError: (message: string, error?: unknown) => void
  /** Milliseconds without a hit of the past after which those that wait are replayed, and that they wait at most. */
  quietFor?: number
  waitAtMost?: number
  /** Bytes of one file of the past that is sorted at once, and of one that is made. */
  bucketBytes?: number
  fileBytes?: number
}

export class PastHits {
  readonly #options: Required<PastOptions>
  readonly #lane: Journal
  readonly #waiting: string
  readonly #batch: string
  /** Hits that wait. */
  #hits = 0
  #first: number | undefined
  #last = 0
  #timer: NodeJS.Timeout | undefined
  #working: Promise<void> | undefined
  #closed = false

  private constructor(options: Required<PastOptions>, lane: Journal) {
    this.#options = options
    this.#lane = lane
    this.#waiting = join(options.folder, 'waiting')
    this.#batch = join(options.folder, 'batch')
  }

  /** What an earlier process left is replayed soon. */
  static async open(given: PastOptions): Promise<PastHits> {
    const options = {
      quietFor: 10_000,
      waitAtMost: 900_000,
      bucketBytes: 12_000_000,
      fileBytes: 8_000_000,
      ...given,
    }
    const { folder } = options
    const waiting = join(folder, 'waiting')
    await mkdir(waiting, { recursive: true })
    const lane = await Journal.open({
      folder,
      // The journal deletes a segment that was shipped: here it has a second name by then.
      ship: async ({ path, name }) => {
        await link(path, join(waiting, name)).catch((error: NodeJS.ErrnoException) => {
          if (error.code !== 'EEXIST') throw error
        })
        await syncFolder(waiting)
      },
      onError: options.onError,
    })
    const past = new PastHits(options, lane)
    await past.#finish()
    await past.#takeOver()
    past.#timer = setInterval(() => past.#look(), Math.min(1000, options.quietFor / 4)).unref()
    return past
  }

  /** As the journal's: resolves when the lines are on disk. @throws JournalError */
  async append(lines: string, hits = 1): Promise<void> {
    await this.#lane.append(lines, hits)
    this.#hits += hits
    this.#last = Date.now()
    this.#first ??= this.#last
  }

  /** What waits for its visit; `oldest` in Unix milliseconds. */
  backlog(): Pick<Backlog, 'hits' | 'oldest'> {
    return { hits: this.#hits, oldest: this.#first }
  }

  /** Replays what has come so far, and resolves when it is in the journal. @throws what keeps it from that */
  async drain(): Promise<void> {
    await this.#working?.catch(() => {})
    await this.#work()
  }

  /** What waits is replayed after the next start. */
  async close(): Promise<void> {
    this.#closed = true
    clearInterval(this.#timer)
    await this.#working?.catch(() => {})
    await this.#lane.close()
  }

  #look(): void {
    if (this.#first === undefined || this.#working) return
    const now = Date.now()
    const { quietFor, waitAtMost } = this.#options
    if (now - this.#last < quietFor && now - this.#first < waitAtMost) return
    this.#work().catch((error) => {
      this.#options.onError('Hits of the past could not be replayed and will be tried again', error)
      // Not at once: what is in the way needs time to go.
      this.#last = Date.now()
      this.#first = this.#last
    })
  }

  #work(): Promise<void> {
    this.#working ??= this.#replay().finally(() => {
      this.#working = undefined
    })
    return this.#working
  }

  async #replay(): Promise<void> {
    await this.#finish()
    const until = Date.now()
    await this.#lane.drain()
    const inputs = (await readdir(this.#waiting)).sort()
    if (inputs.length === 0) return
    // What earlier batches and the present have brought is to be found in the store.
    await this.#options.journal.drain()
    const { hits, replay } = await this.#make(inputs)
    await this.#finish()
    replay.finish()
    this.#hits -= hits
    this.#first = this.#hits > 0 ? until : undefined
  }

  /** Sorts, replays, and writes what comes of it, up to the file that says that it is complete. */
  async #make(inputs: string[]): Promise<{ hits: number; replay: Replay }> {
    await rm(this.#batch, { recursive: true, force: true })
    await mkdir(this.#batch)
    const { bucketBytes, fileBytes, history } = this.#options
    const paths = inputs.map((name) => join(this.#waiting, name))
    const { hits, seen } = await lookThrough(paths)
    const before = await history.read(seen)
    if (before.hits.length + before.stays.length > 0) {
      const stored = new MadeFiles(this.#batch, 'stored', fileBytes)
      for (const line of historyLines(before)) await stored.write(line)
      await stored.close()
      paths.unshift(...stored.files.map(({ name }) => join(this.#batch, name)))
    }
    const buckets = await PastBuckets.sort(paths, this.#batch, bucketBytes)
    const replay = this.#options.replay(before)
    const made = new MadeFiles(this.#batch, 'made', fileBytes)
    const turn = new Turn()
    for await (const lines of buckets.inOrder()) {
      for (const line of lines) {
        if (this.#closed) throw new Error('The service is stopping.')
        const row = replay.next(line)
        if (row !== undefined) await made.write(row)
        if (turn.isOver()) await turn.next()
      }
    }
    for await (const row of replay.corrections(history)) await made.write(row)
    await made.close()
    const done: Done = { inputs, made: made.files, removed: before.anew }
    await writeWhole(join(this.#batch, 'done.part'), JSON.stringify(done))
    // Under its name it is there as a whole, or not at all.
    await rename(join(this.#batch, 'done.part'), join(this.#batch, 'done.json'))
    await syncFolder(this.#batch)
    return { hits, replay }
  }

  /** Moves on what a complete batch has made. Can be done again from any point. */
  async #finish(): Promise<void> {
    const done = await readFile(join(this.#batch, 'done.json'), 'utf8').catch(() => undefined)
    if (done !== undefined) {
      const { inputs, made, removed } = JSON.parse(done) as Done
      const left = new Set(await readdir(this.#batch))
      for (const { name, hits } of made) {
        if (left.has(name)) await this.#options.journal.take(join(this.#batch, name), hits)
      }
      await this.#options.history.remove(removed)
      for (const name of inputs) await unlink(join(this.#waiting, name)).catch(unlessGone)
      await syncFolder(this.#waiting)
    }
    await rm(this.#batch, { recursive: true, force: true })
  }

  /** What an earlier process left. */
  async #takeOver(): Promise<void> {
    await this.#lane.drain()
    for (const name of await readdir(this.#waiting)) {
      this.#hits += countLines(await readFile(join(this.#waiting, name)))
    }
    if (this.#hits > 0) this.#first = Date.now()
  }
}

type MadeFile = { name: string; hits: number }
type Done = { inputs: string[]; made: MadeFile[]; removed: VisitKey[] }

/** How many hits there are, and when those of each visitor were, whatever else the visitor may have been called. */
async function lookThrough(paths: string[]): Promise<{ hits: number; seen: Seen }> {
  const seen: Seen = new Map()
  let hits = 0
  for (const path of paths) {
    for await (const line of linesOf(path)) {
      const { time, siteId, visitorId, aliases = [] } = keyOf(line)
      for (const id of [visitorId, ...aliases]) {
        const range = seen.get(`${siteId} ${id}`)
        if (!range) seen.set(`${siteId} ${id}`, { from: time, to: time })
        else if (time < range.from) range.from = time
        else if (time > range.to) range.to = time
      }
      hits++
    }
  }
  return { hits, seen }
}

/** Files of the size of a segment, on disk when closed. */
class MadeFiles {
  readonly #folder: string
  readonly #name: string
  readonly #fileBytes: number
  readonly files: MadeFile[] = []
  #rows: string[] = []
  #length = 0

  constructor(folder: string, name: string, fileBytes: number) {
    this.#folder = folder
    this.#name = name
    this.#fileBytes = fileBytes
  }

  async write(row: string): Promise<void> {
    this.#rows.push(row)
    this.#length += row.length
    if (this.#length >= this.#fileBytes) await this.#flush()
  }

  async close(): Promise<void> {
    if (this.#rows.length > 0) await this.#flush()
  }

  async #flush(): Promise<void> {
    const name = `${this.#name}-${String(this.files.length + 1).padStart(6, '0')}.jsonl`
    await writeWhole(join(this.#folder, name), this.#rows.join(''))
    this.files.push({ name, hits: this.#rows.length })
    this.#rows = []
    this.#length = 0
  }
}

/** On disk when it resolves. */
async function writeWhole(path: string, text: string): Promise<void> {
  const file: FileHandle = await open(path, 'w', 0o600)
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
}

function unlessGone(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error
}
