// More lines of the past than memory should hold, in the order of their times: spread over files of about the same
// size, each of which is read and sorted when its turn comes. Lines of the same time stay in the order in which they
// came.

import { appendFile, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { keyOf } from './past-line.ts'
import { Turn } from './turn.ts'

export class PastBuckets {
  readonly #paths: string[]

  private constructor(paths: string[]) {
    this.#paths = paths
  }

  /** `bytes`: of a bucket, about. Its files are made in the folder. */
  static async sort(inputs: string[], folder: string, bytes: number): Promise<PastBuckets> {
    let size = 0
    for (const path of inputs) size += (await stat(path)).size
    const buckets = Math.ceil(size / bytes)
    const [only] = inputs
    if (inputs.length === 1 && buckets === 1 && only !== undefined) return new PastBuckets([only])
    const bounds = buckets > 1 ? await boundsOf(inputs, buckets) : []
    const paths = [...bounds, 0].map((_, index) => join(folder, `bucket-${index}`))
    for (const input of inputs) {
      const parts = paths.map(() => [] as string[])
      for await (const line of linesOf(input)) {
        const { time } = keyOf(line)
        const bucket = bounds.findIndex((bound) => time < bound)
        parts.at(bucket)?.push(line, '\n')
      }
      for (const [index, path] of paths.entries()) {
        const lines = parts[index]
        if (lines && lines.length > 0) await appendFile(path, lines.join(''))
      }
    }
    return new PastBuckets(paths)
  }

  /** All lines, without their ends, in batches. */
  async *inOrder(): AsyncGenerator<string[]> {
    for (const path of this.#paths) {
      const lines: { time: number; line: string }[] = []
      for await (const line of linesOf(path)) lines.push({ time: keyOf(line).time, line })
      lines.sort((a, b) => a.time - b.time)
      yield lines.map(({ line }) => line)
    }
  }
}

/** Times that divide all lines into about equal parts. */
async function boundsOf(inputs: string[], parts: number): Promise<number[]> {
  const times: number[] = []
  for (const input of inputs) for await (const line of linesOf(input)) times.push(keyOf(line).time)
  const sorted = Float64Array.from(times).sort()
  const bounds = new Set<number>()
  for (let part = 1; part < parts; part++) bounds.add(sorted[Math.floor((part * sorted.length) / parts)] ?? 0)
  return [...bounds]
}

/** Without their ends. */
export async function* linesOf(path: string): AsyncGenerator<string> {
  const turn = new Turn()
  const content = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    // No line fell into this one.
    if (error.code === 'ENOENT') return Buffer.alloc(0)
    throw error
  })
  for (let from = 0, end = content.indexOf(10); end !== -1; end = content.indexOf(10, from)) {
    yield content.toString('utf8', from, end)
    from = end + 1
    if (turn.isOver()) await turn.next()
  }
}
