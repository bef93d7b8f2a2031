// Requests per second of the collector, with durable answers, beside a bare Fastify POST handler that answers
// the same bodies with nothing done: five alternating rounds each, by autocannon, on 127.0.0.1.

import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import autocannon, { type Result } from 'autocannon'
import { run, serve } from '../world/process.ts'

const rounds = 5
const seconds = Number(process.argv[2] ?? 6)
const connections = 64

const agents = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Mobile/15E148 Safari/604.1',
  'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0',
]

/** Page views of 2,000 visitors, as the tracker sends them. */
function requests() {
  return Array.from({ length: 2000 }, (_, index) => ({
    method: 'POST' as const,
    path: '/f',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'user-agent': agents[index % agents.length] ?? '',
      'accept-language': 'de-DE,de;q=0.9,en;q=0.8',
    },
    body: new URLSearchParams({
      idsite: '1',
      rec: '1',
      action_name: `Article ${index % 300}`,
      url: `https://example.org/articles/${index % 300}?page=2`,
      urlref: index % 3 ? 'https://example.org/' : 'https://www.google.com/',
      h: '10',
      m: '20',
      s: '30',
      _id: index.toString(16).padStart(16, 'a'),
      res: '1920x1080',
      cd: '24',
      pdf: '1',
      cookie: '1',
      pv_id: 'a1B2c3',
      send_image: '0',
    }).toString(),
  }))
}

const bareHandler = `
  import Fastify from 'fastify'
  const app = Fastify()
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'string' }, (request, body, done) => done(null, body))
  app.post('/f', (request, reply) => reply.code(204).send())
  console.log(await app.listen({ host: '127.0.0.1', port: 0 }))
`

async function fire(url: string): Promise<Result> {
  return await autocannon({ url, connections, duration: seconds, requests: requests() })
}

const data = mkdtempSync(join(tmpdir(), 'footfall-bench-'))
const bare = spawn(process.execPath, ['--input-type=module', '-e', bareHandler], {
  stdio: ['ignore', 'pipe', 'inherit'],
})
try {
  await measure(await firstLine(bare))
} finally {
  bare.kill()
  rmSync(data, { recursive: true, force: true })
}

async function measure(bareUrl: string): Promise<void> {
  const owner = ['--email', 'bench@example.org', '--password', 'only for the bench', '--site-name', 'Bench']
  const setup = await run(['setup', ...owner, '--site-url', 'https://example.org', '--json'], {
    FOOTFALL_DATA: data,
  })
  if (setup.code !== 0) throw new Error(setup.stdout + setup.stderr)
  const footfall = await serve(data, { LOG_LEVEL: 'error' })
  const figures: { footfall: number; bare: number; p99: number }[] = []
  await fire(bareUrl)
  await fire(footfall.url)
  for (let round = 1; round <= rounds; round++) {
    const one = await fire(bareUrl)
    const other = await fire(footfall.url)
    if (other.non2xx > 0 || other.errors > 0) throw new Error(`${other.non2xx} answers were no success`)
    figures.push({ footfall: other.requests.average, bare: one.requests.average, p99: other.latency.p99 })
    const ratio = (other.requests.average / one.requests.average).toFixed(3)
    console.log(
      `round ${round}: Footfall ${other.requests.average.toFixed(0)}/s (p99 ${other.latency.p99} ms), ` +
        `bare Fastify ${one.requests.average.toFixed(0)}/s, ratio ${ratio}`,
    )
  }
  await footfall.kill()
  const summary = {
    bench: 'collect',
    ratio: Number(median(figures.map(({ footfall, bare }) => footfall / bare)).toFixed(3)),
    footfall: Math.round(median(figures.map(({ footfall }) => footfall))),
    bare: Math.round(median(figures.map(({ bare }) => bare))),
    p99: median(figures.map(({ p99 }) => p99)),
    connections,
    rounds,
    seconds,
    node: process.version,
    cpu: `${cpus().length} x ${cpus()[0]?.model.trim()}`,
  }
  console.log(
    `Footfall takes ${summary.footfall} hits/s, each on disk before its answer; a bare handler answers ${summary.bare}/s.`,
  )
  console.log(JSON.stringify(summary))
}

function median(values: number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN
}

async function firstLine(child: ChildProcess): Promise<string> {
  for await (const chunk of child.stdout ?? []) return String(chunk).trim()
  throw new Error('The bare handler did not start.')
}
