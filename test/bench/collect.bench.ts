// The collector, each hit on disk before its answer:
//
// - its requests per second beside those of a bare Fastify POST handler that answers the same bodies with nothing
//   done: five alternating rounds, by autocannon, on 127.0.0.1;
// - how long it takes to ship what it took in at full speed;
// - the time of an answer at half of the maximum;
// - its memory at 5,000 hits/s with shipping and merging going on.
//
// npm run bench -- collect [seconds of a round] [seconds at 5,000 hits/s]

import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { type RunningProcess, run, serve } from '../world/process.ts'
import { connections, fire, median } from './load.ts'
import { pace } from './paced.ts'

const rounds = 5
const seconds = Number(process.argv[2] ?? 6)
const sustained = Number(process.argv[3] ?? 120)
const sustainedRate = 5000

const bareHandler = `
  import Fastify from 'fastify'
  const app = Fastify()
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'string' }, (request, body, done) => done(null, body))
  app.post('/f', (request, reply) => reply.code(204).send())
  console.log(await app.listen({ host: '127.0.0.1', port: 0 }))
`

let footfall: RunningProcess | undefined
const data = mkdtempSync(join(tmpdir(), 'footfall-bench-'))
const bare = spawn(process.execPath, ['--input-type=module', '-e', bareHandler], {
  stdio: ['ignore', 'pipe', 'inherit'],
})
try {
  await measure(await firstLine(bare))
} finally {
  bare.kill()
  await footfall?.kill()
  rmSync(data, { recursive: true, force: true })
}

async function measure(bareUrl: string): Promise<void> {
  const owner = ['--email', 'bench@example.org', '--password', 'only for the bench', '--site-name', 'Bench']
  const setup = await run(['setup', ...owner, '--site-url', 'https://example.org', '--json'], {
    FOOTFALL_DATA: data,
  })
  if (setup.code !== 0) throw new Error(setup.stdout + setup.stderr)
  // All hits come from one address: its limit is asked for each hit, and never reached.
  footfall = await serve(data, { LOG_LEVEL: 'error', TRACKING_RATE_LIMIT: '1000000' })

  await fire(bareUrl, seconds)
  await fire(footfall.url, seconds)
  await shipped(footfall)
  const figures: { footfall: number; bare: number; p99: number; p50: number }[] = []
  let hits = 0
  const started = performance.now()
  for (let round = 1; round <= rounds; round++) {
    const one = await fire(bareUrl, seconds)
    const other = await fire(footfall.url, seconds)
    hits += other.requests.total
    const { p50, p99 } = other.latency
    figures.push({ footfall: other.requests.average, bare: one.requests.average, p50, p99 })
    const ratio = (other.requests.average / one.requests.average).toFixed(3)
    console.log(
      `round ${round}: Footfall ${other.requests.average.toFixed(0)}/s (p50 ${p50} ms, p99 ${p99} ms), ` +
        `bare Fastify ${one.requests.average.toFixed(0)}/s, ratio ${ratio}`,
    )
  }
  const maximum = median(figures.map(({ footfall }) => footfall))

  // Shipping goes on while hits come in: what is left of a long round at full speed says whether it keeps up.
  const full = await fire(footfall.url, 3 * seconds)
  const left = await backlog(footfall.url)
  const drainStarted = performance.now()
  await shipped(footfall)
  const drained = (performance.now() - drainStarted) / 1000
  console.log(
    `After ${3 * seconds} s at ${full.requests.average.toFixed(0)} hits/s ${left} hits were not shipped yet; ` +
      `${drained.toFixed(1)} s later all were.`,
  )

  const half = await pace(footfall.url, 2 * seconds, Math.round(maximum / 2))
  console.log(
    `At half of the maximum, ${Math.round(maximum / 2)} hits/s: p50 ${half.p50} ms, p99 ${half.p99} ms, ` +
      `p99.9 ${half.p999} ms.`,
  )

  const memory = watchMemory(footfall)
  const steady = await pace(footfall.url, sustained, sustainedRate)
  const rss = memory.stop()
  console.log(
    `At ${sustainedRate} hits/s for ${sustained} s: at most ${rss} MB of memory, p99 ${steady.p99} ms, ` +
      `${await backlog(footfall.url)} hits not shipped yet.`,
  )
  const summary = {
    bench: 'collect',
    ratio: Number(median(figures.map(({ footfall, bare }) => footfall / bare)).toFixed(3)),
    footfall: Math.round(maximum),
    bare: Math.round(median(figures.map(({ bare }) => bare))),
    p99: median(figures.map(({ p99 }) => p99)),
    p99AtHalf: half.p99,
    backlogAtFull: left,
    drainSeconds: Number(drained.toFixed(1)),
    rssMB: rss,
    p99At5000: steady.p99,
    connections,
    rounds,
    seconds,
    sustained,
    hits,
    total: Math.round((performance.now() - started) / 1000),
    node: process.version,
    cpu: `${cpus().length} x ${cpus()[0]?.model.trim()}`,
  }
  console.log(
    `Footfall takes ${summary.footfall} hits/s, each on disk before its answer; a bare handler answers ${summary.bare}/s.`,
  )
  console.log(JSON.stringify(summary))
}

/** Hits that are in the journal and not in ClickHouse. */
async function backlog(url: string): Promise<number> {
  const answer = await fetch(`${url}/api/health`)
  return ((await answer.json()) as { journal: { backlogHits: number } }).journal.backlogHits
}

async function shipped({ url }: RunningProcess): Promise<void> {
  while ((await backlog(url)) > 0) await setTimeout(100)
}

/** The most memory that the process held, looked at twice a second; MB. */
function watchMemory({ pid }: RunningProcess): { stop: () => number } {
  let most = 0
  const look = () => {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    most = Math.max(most, Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]))
  }
  look()
  const timer = setInterval(look, 500)
  return {
    stop: () => {
      clearInterval(timer)
      return Math.round(most / 1000)
    },
  }
}

async function firstLine(child: ChildProcess): Promise<string> {
  for await (const chunk of child.stdout ?? []) return String(chunk).trim()
  throw new Error('The bare handler did not start.')
}
