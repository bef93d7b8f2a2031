// A flood of invented user agents: how many usual hits a second the collector takes while 5,000 hits a second come besides
// whose agents nobody has seen before, and how many without them; alternating rounds. An agent that is new has to be
// recognised, which costs more than all the rest of a hit. The load comes from the same machine, the flood as well.
//
// npm run bench -- flood [seconds of a round]

import { mkdtempSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import autocannon from 'autocannon'
import { type RunningProcess, run, serve } from '../world/process.ts'
import { connections, fire, median, requests } from './load.ts'

const rounds = 3
const seconds = Number(process.argv[2] ?? 6)
const floodRate = 5000

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
  footfall = await serve(data, { LOG_LEVEL: 'error', TRACKING_RATE_LIMIT: '1000000' })
  const { url } = footfall
  await fire(url, seconds)
  const usual: number[] = []
  const flooded: number[] = []
  const floods: number[] = []
  for (let round = 1; round <= rounds; round++) {
    const alone = (await fire(url, seconds)).requests.average
    const [beside, flood] = await Promise.all([fire(url, seconds), invent(url)])
    usual.push(alone)
    flooded.push(beside.requests.average)
    floods.push(flood)
    console.log(
      `round ${round}: ${alone.toFixed(0)} hits/s; ${beside.requests.average.toFixed(0)} hits/s beside ` +
        `${flood.toFixed(0)} invented agents/s`,
    )
  }
  console.log(
    JSON.stringify({
      bench: 'flood',
      ratio: Number(median(flooded.map((speed, round) => speed / (usual[round] ?? 0))).toFixed(2)),
      usual: Math.round(median(usual)),
      flooded: Math.round(median(flooded)),
      inventedPerSecond: Math.round(median(floods)),
      connections,
      rounds,
      seconds,
      node: process.version,
      cpu: `${cpus().length} x ${cpus()[0]?.model.trim()}`,
    }),
  )
}

let invented = 0

/** Hits of browsers that nobody has seen before; how many a second were answered. */
async function invent(url: string): Promise<number> {
  const [usual] = requests
  if (!usual) throw new Error('There is nothing to send.')
  const result = await autocannon({
    url,
    connections,
    duration: seconds,
    overallRate: floodRate,
    requests: [
      {
        ...usual,
        setupRequest: (request) => {
          const number = invented++
          const model = (number * 2654435761) % 1_000_000
          const agent = `Mozilla/5.0 (Linux; Android ${number % 15}; XQ-${model} Build/${number}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${number % 150}.0.${number}.1 Mobile Safari/537.36`
          return { ...request, headers: { ...usual.headers, 'user-agent': agent } }
        },
      },
    ],
  })
  if (result.errors > 0 || result.non2xx > 0) throw new Error(`${result.non2xx + result.errors} hits failed.`)
  return result.requests.average
}
