// An import of the past as Matomo's log importer sends it: lists of hits with their times, addresses and agents, over
// four connections, so that they come out of order. Measured are how fast they are accepted (on disk), and how long it
// takes until all of them have their visits and can be read.
//
// npm run bench -- import [hits]

import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { Random } from '../../server/demo/random.ts'
import { type RunningProcess, run, serve } from '../world/process.ts'

const hits = Number(process.argv[2] ?? 1_000_000)
const connections = 4
const inList = 500
const days = 30
/** Each comes about four times. */
const visitors = Math.ceil(hits / 16)

const agents = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Mobile/15E148 Safari/604.1',
  'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0',
]

const data = mkdtempSync(join(tmpdir(), 'footfall-bench-'))
let footfall: RunningProcess | undefined
try {
  await measure()
} finally {
  await footfall?.kill()
  rmSync(data, { recursive: true, force: true })
}

async function measure(): Promise<void> {
  const owner = ['--email', 'bench@example.org', '--password', 'only for the bench', '--site-name', 'Bench']
  const setup = await run(['setup', ...owner, '--site-url', 'https://example.org', '--json'], {
    FOOTFALL_DATA: data,
  })
  if (setup.code !== 0) throw new Error(setup.stdout + setup.stderr)
  const { token } = JSON.parse(setup.stdout) as { token: string }
  footfall = await serve(data, { LOG_LEVEL: 'error' })
  const { url, pid } = footfall
  const lists = listsOf(token)
  let most = 0
  const watch = setInterval(() => {
    most = Math.max(most, residentMegabytes(pid))
  }, 250)
  const started = performance.now()
  await Promise.all(
    Array.from({ length: connections }, async () => {
      for (let body = lists.next(); !body.done; body = lists.next()) {
        const answer = await fetch(`${url}/matomo.php`, { method: 'POST', body: body.value })
        const { tracked, invalid } = (await answer.json()) as { tracked: number; invalid: number }
        if (tracked !== inList || invalid !== 0) throw new Error(`${tracked} tracked, ${invalid} invalid`)
      }
    }),
  )
  const accepted = (performance.now() - started) / 1000
  console.log(`${hits} hits accepted in ${accepted.toFixed(1)} s: ${(hits / accepted).toFixed(0)} hits/s`)
  await settled(url)
  const readable = (performance.now() - started) / 1000
  clearInterval(watch)
  console.log(`all of them with their visits ${(readable - accepted).toFixed(1)} s later`)
  const overview = await fetch(`${url}/api/reports/overview?site=1&period=range&date=${range()}`, {
    headers: { authorization: `Bearer ${token}` },
  })
  const { totals } = (await overview.json()) as { totals: { page_views: number; visits: number } }
  if (totals.page_views !== hits) throw new Error(`${totals.page_views} page views of ${hits} are there.`)
  console.log(
    JSON.stringify({
      bench: 'import',
      hits,
      visits: totals.visits,
      acceptedPerSecond: Math.round(hits / accepted),
      readablePerSecond: Math.round(hits / readable),
      secondsUntilReadable: Number((readable - accepted).toFixed(1)),
      mostMegabytes: most,
      node: process.version,
      cpu: `${cpus().length} x ${cpus()[0]?.model.trim()}`,
    }),
  )
}

/** Bodies of bulk requests, in the order of a log whose lines came from several servers. */
function* listsOf(token: string): Generator<string> {
  const random = new Random('import', 1)
  const first = firstDay()
  for (let sent = 0; sent < hits; sent += inList) {
    const requests = Array.from({ length: inList }, (_, index) => {
      const hit = sent + index
      // Of 64 hits in a row 16 visitors have made four each.
      const visitor = (16 * Math.floor(hit / 64) + random.below(16)) % visitors
      const late = random.below(300)
      const time = first + Math.floor((hit / hits) * days * 86_400) - late
      return {
        idsite: '1',
        rec: '1',
        url: `https://example.org/articles/${random.below(3000)}?page=2`,
        action_name: `Article ${hit % 300}`,
        urlref: hit % 3 ? '' : 'https://www.google.com/',
        ua: agents[visitor % agents.length],
        cip: `198.${18 + (visitor >> 16)}.${(visitor >> 8) & 255}.${visitor & 255}`,
        _id: visitor.toString(16).padStart(16, 'a'),
        cdt: new Date(time * 1000).toISOString().slice(0, 19).replace('T', ' '),
      }
    })
    yield JSON.stringify({ token_auth: token, requests })
  }
}

function firstDay(): number {
  return Math.floor(Date.now() / 86_400_000) * 86_400 - (days + 2) * 86_400
}

function range(): string {
  const day = (time: number) => new Date(time * 1000).toISOString().slice(0, 10)
  return `${day(firstDay() - 86_400)},${day(Date.now() / 1000)}`
}

async function settled(url: string): Promise<void> {
  while (true) {
    const health = (await (await fetch(`${url}/api/health`)).json()) as {
      past: { waitingHits: number }
      journal: { backlogHits: number }
    }
    if (health.past.waitingHits === 0 && health.journal.backlogHits === 0) return
    await setTimeout(100)
  }
}

function residentMegabytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Math.round(Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1000)
}
