// Recognition of devices: how many a second by the full recogniser beside ua-parser-js, agents that are new and such
// that were just seen, five alternating rounds; the longest that any of 10,000 hostile agents takes; what loading
// costs in time and memory.
//
// npm run bench -- devices [hostile agents]

import { execFileSync } from 'node:child_process'
import { cpus } from 'node:os'
import { UAParser } from 'ua-parser-js'
import { chooseRecognition, parse } from '../../server/enrich/device.ts'
import { readDeviceData } from '../../server/enrich/device-data.ts'
import { FullRecogniser } from '../../server/enrich/device-full.ts'
import { devicesOf, hostileAgents, randomOf } from '../world/device-agents.ts'
import { knownAgents } from '../world/known-agents.ts'
import { median } from './load.ts'

const rounds = 5
const perRound = 2000
const hostile = Number(process.argv[2] ?? 10_000)

if (process.argv[2] === 'load') await load(process.argv[3] === 'light')
else measure()

function measure(): void {
  const loaded = { full: child('full'), light: child('light') }
  const data = readDeviceData()
  const real = knownAgents.flatMap(([, agents]) => agents.map(({ agent }) => agent))
  const made = [...devicesOf(data)].map((device) => device.agent())
  const random = randomOf(1)
  const any = (texts: string[]) => texts[Math.floor(random() * texts.length)] ?? ''
  let count = 0
  /** Half of them as people have them, half any device of the data; no two alike. */
  const fresh = () => {
    count++
    const agent = any(count % 2 ? real : made)
    return `${agent.replace(/(Chrome\/\d+)[.\d]*/, `$1.0.${count}.1`)} n${count}`.slice(0, 500)
  }
  const recogniser = new FullRecogniser(data)
  chooseRecognition('full')
  const byUaParser = (agent: string) => {
    const parser = new UAParser(agent)
    // As the light recogniser asks it.
    parser.getBrowser().withClientHints()
    parser.getDevice().withClientHints()
    parser.getOS()
  }
  const speeds = { fresh: [] as number[], uaParser: [] as number[], again: [] as number[] }
  for (let round = 0; round <= rounds; round++) {
    const agents = Array.from({ length: perRound }, fresh)
    const one = perSecond(agents, (agent) => recogniser.recognise(agent, {}))
    const other = perSecond(agents, byUaParser)
    for (const agent of agents) parse(agent)
    const again = perSecond(agents, (agent) => parse(agent))
    // The first round warms up.
    if (round === 0) continue
    speeds.fresh.push(one)
    speeds.uaParser.push(other)
    speeds.again.push(again)
    console.log(
      `round ${round}: ${one.toFixed(0)} new agents/s, ua-parser-js ${other.toFixed(0)}/s, ` +
        `ratio ${(one / other).toFixed(2)}; seen before: ${again.toFixed(0)}/s`,
    )
  }

  const times: number[] = []
  for (const agent of hostileAgents(data, real, hostile)) {
    const begin = performance.now()
    parse(agent)
    times.push(performance.now() - begin)
  }
  times.sort((a, b) => a - b)
  const at = (share: number) => Number((times[Math.floor(share * (times.length - 1))] ?? 0).toFixed(2))
  const summary = {
    bench: 'devices',
    data: data.source,
    newPerSecond: Math.round(median(speeds.fresh)),
    uaParserPerSecond: Math.round(median(speeds.uaParser)),
    ratio: Number(
      median(speeds.fresh.map((speed, round) => speed / (speeds.uaParser[round] ?? 0))).toFixed(2),
    ),
    seenPerSecond: Math.round(median(speeds.again)),
    hostile,
    hostileMs: { median: at(0.5), p99: at(0.99), longest: at(1) },
    loadMs: { full: loaded.full.ms, light: loaded.light.ms },
    /** After loading, and after 20,000 new agents. */
    rssMB: { full: loaded.full.rss, light: loaded.light.rss },
    node: process.version,
    cpu: `${cpus().length} x ${cpus()[0]?.model.trim()}`,
  }
  console.log(JSON.stringify(summary))
}

function perSecond(agents: string[], recognise: (agent: string) => unknown): number {
  const begin = performance.now()
  for (const agent of agents) recognise(agent)
  return (agents.length / (performance.now() - begin)) * 1000
}

type Loaded = { ms: number; rss: [loaded: number, after: number] }

/** In a process of its own, so that nothing else is counted. */
function child(recognition: 'full' | 'light'): Loaded {
  const path = process.argv[1] ?? ''
  const script = `process.argv.splice(2, 0, 'load', '${recognition}'); await import(${JSON.stringify(import.meta.url)})`
  const out = execFileSync(process.execPath, ['--expose-gc', '--input-type=module', '-e', script, path], {
    encoding: 'utf8',
  })
  return JSON.parse(out) as Loaded
}

async function load(light: boolean): Promise<void> {
  const begin = performance.now()
  chooseRecognition(light ? 'light' : 'full')
  const ms = Math.round(performance.now() - begin)
  const loaded = megabytes()
  const agents = knownAgents.flatMap(([, group]) => group.map(({ agent }) => agent))
  for (let index = 0; index < 20_000; index++) parse(`${agents[index % agents.length]} n${index}`)
  console.log(JSON.stringify({ ms, rss: [loaded, megabytes()] }))
}

function megabytes(): number {
  globalThis.gc?.()
  return Math.round(process.memoryUsage.rss() / 1e6)
}
