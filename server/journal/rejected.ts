// Segments that ClickHouse refuses: kept in a folder of their own, each with the reason beside it, until a person
// has looked at them. They hold accepted hits, so nothing deletes them.

import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { countLines, syncFolder } from './segment-file.ts'

export type RejectedSegment = { name: string; hits: number; bytes: number; reason: string }

export class RejectedSegments {
  readonly #journal: string
  readonly #folder: string
  /** What the files held when they were last counted, by name, size and time. */
  #counted = new Map<string, number>()
  #size = 0

  constructor(journal: string) {
    this.#journal = journal
    this.#folder = join(journal, 'rejected')
  }

  /** How many there are, as last seen. */
  get size(): number {
    return this.#size
  }

  async count(): Promise<void> {
    this.#size = (await this.#names()).length
  }

  async list(): Promise<RejectedSegment[]> {
    const names = await this.#names()
    this.#size = names.length
    const counted = new Map<string, number>()
    const list: RejectedSegment[] = []
    // One by one: there may be many, and each is read as a whole the first time.
    for (const name of names) {
      const segment = await this.#describe(name, counted).catch(unlessGone)
      if (segment) list.push(segment)
    }
    this.#counted = counted
    return list
  }

  /** `details` may quote lines: they stay beside the lines. */
  async setAside(
    { name, path }: { name: string; path: string },
    reason: string,
    details: string,
  ): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 })
    await writeFile(this.#reasonPath(name), `${reason}\n\n${details}\n`, { mode: 0o600 })
    await rename(path, this.pathOf(name))
    await syncFolder(this.#folder)
    await syncFolder(this.#journal)
    await this.count()
  }

  /** The unreadable end of a segment. It was never promised to anybody, and is not shipped again. */
  async keepTail(name: string, tail: Buffer): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 })
    await writeFile(join(this.#folder, `${name}.tail`), tail, { mode: 0o600, flush: true })
  }

  pathOf(name: string): string {
    return join(this.#folder, name)
  }

  /** Removes what is left of segments that were shipped. */
  async forget(names: string[]): Promise<void> {
    for (const name of names) await rm(this.#reasonPath(name), { force: true })
  }

  async #names(): Promise<string[]> {
    const all = await readdir(this.#folder).catch(() => [])
    return all.filter((name) => name.endsWith('.jsonl')).sort()
  }

  async #describe(name: string, counted: Map<string, number>): Promise<RejectedSegment> {
    const path = this.pathOf(name)
    const { size, mtimeMs } = await stat(path)
    const [reason = ''] = (await readFile(this.#reasonPath(name), 'utf8').catch(() => '')).split('\n')
    const state = `${name} ${size} ${mtimeMs}`
    const hits = this.#counted.get(state) ?? countLines(await readFile(path))
    counted.set(state, hits)
    return { name, hits, bytes: size, reason: reason || 'unknown' }
  }

  #reasonPath(name: string): string {
    return join(this.#folder, `${name.replace(/\.jsonl$/, '')}.reason.txt`)
  }
}

/** Shipped by a retry while the list was made. */
function unlessGone(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error
}
