// The promise "accepted means kept" under kill -9: round after round the service is killed under load, at random or
// at a chosen moment, and started again; at the end each acknowledged hit must be in the store exactly once.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Random } from '../../server/demo/random.ts'
import { inspect, segments } from './end.ts'
import { killFreshStarts, setUp } from './fresh-start.ts'
import { Ledger, noVerdict, together, type Verdict } from './ledger.ts'
import { Load } from './load.ts'
import { type Moment, strike } from './moment.ts'
import { firstYear, lastYear, PastYear } from './past-year.ts'
import { killAfter, Service } from './service.ts'

export type CrashOptions = {
  rounds: number
  /** The same seed makes the same choices; what the machine makes of them is another matter. */
  seed: number
  /** How long the service may work until a kill at random, in seconds. */
  secondsPerRound: number
  log?: (line: string) => void
}

export type CrashResult = {
  bench: 'crash'
  rounds: number
  acknowledged: number
  lost: number
  doubled: number
  /** Hits that are there although their answer never came: allowed. */
  unpromised: number
  /** All that is wrong, in words. */
  problems: string[]
  kills: Record<string, number>
  /** Kills at a moment that was waited for and came. */
  struck: Record<string, number>
  /** Milliseconds from the start of the process to the first acknowledged hit. */
  restart: { median: number; worst: number }
  finalYears: number
  loggedErrors: number
  seed: number
  node: string
  seconds: number
}

const phases = [
  'any time',
  'writing',
  'sealing',
  'shipping',
  'recording',
  'between tables',
  'starting',
  'stopping',
  'migrating',
  'importing',
  'finalising',
] as const
type Phase = (typeof phases)[number]

const moments: Partial<Record<Phase, readonly Moment[]>> = {
  writing: ['segment begins'],
  sealing: ['segment sealed', 'segment gone'],
  shipping: ['insert begins', 'visits in place', 'merge'],
  recording: ['recorded', 'recorded', 'visits recorded'],
  'between tables': ['hits in place', 'visits begin'],
  starting: [
    'insert begins',
    'recorded',
    'hits in place',
    'visits begin',
    'rest written',
    'visits mended',
    'segment gone',
  ],
  importing: ['import waits', 'batch begins', 'batch made', 'batch moves', 'batch gone'],
}

/** Milliseconds between a moment and the kill: mostly none, because the moments are short. */
const delays = [0, 0, 0, 0.1, 0.5, 2, 10]
/** Milliseconds that the whole start takes, roughly. */
const startTakes = 2000
/** Milliseconds of an orderly stop, roughly. */
const stopTakes = 300
const drainedWithin = 60_000

export async function crash(options: CrashOptions): Promise<CrashResult> {
  const run = new CrashRun(options)
  try {
    return await run.all()
  } finally {
    await run.end()
  }
}

class CrashRun {
  readonly #options: CrashOptions
  readonly #random: Random
  readonly #data = mkdtempSync(join(tmpdir(), 'footfall-crash-'))
  readonly #timezone = farFromMidnight(Date.now())
  readonly #ledger = new Ledger()
  #load: Load | undefined
  #service: Service | undefined
  #sites: number[] = []
  #token = ''
  #year: PastYear | undefined
  #nextYear = firstYear
  readonly #finalYears: PastYear[] = []
  #verdict: Verdict = noVerdict
  #problems: string[] = []
  readonly #kills: Record<string, number> = {}
  readonly #struck: Record<string, number> = {}

  constructor(options: CrashOptions) {
    this.#options = options
    this.#random = new Random('crash', options.seed)
  }

  async all(): Promise<CrashResult> {
    const { rounds, seed, log = () => {} } = this.#options
    const started = performance.now()
    const service = await this.#begin()
    try {
      for (let round = 0; round < rounds; round++) {
        const first = this.#ledger.sent
        const phase = this.#phaseOf(round)
        const what = await this.#kill(service, phase)
        if (!service.isUp) await service.start()
        log(
          `${round + 1} ${phase}: ${what}; hits from ${first}, ${this.#ledger.acknowledged} acknowledged, ` +
            `up again after ${Math.round(service.restarts.at(-1) ?? 0)} ms`,
        )
      }
      await this.#finish(service)
    } catch (error) {
      this.#problems.push(error instanceof Error ? error.message : String(error))
    }
    const { acknowledged, lost, doubled, unpromised } = this.#verdict
    const restarts = [...service.restarts].sort((one, other) => one - other).map(Math.round)
    return {
      bench: 'crash',
      rounds,
      acknowledged,
      lost,
      doubled,
      unpromised,
      // A year is looked at twice.
      problems: [...new Set(this.#problems)],
      kills: this.#kills,
      struck: this.#struck,
      restart: { median: restarts[restarts.length >> 1] ?? 0, worst: restarts.at(-1) ?? 0 },
      finalYears: this.#finalYears.length,
      loggedErrors: service.errors.length,
      seed,
      node: process.version,
      seconds: Math.round((performance.now() - started) / 1000),
    }
  }

  /** Ends what runs. The folder stays where something was wrong with it. */
  async end(): Promise<void> {
    await this.#service?.reap()
    this.#load?.aim(undefined)
    await this.#load?.stop()
    const { log = () => {} } = this.#options
    for (const line of this.#service?.errors.slice(0, 20) ?? []) log(line.slice(0, 600))
    if (this.#problems.length === 0) rmSync(this.#data, { recursive: true, force: true })
    else log(`The data is kept in ${this.#data}`)
  }

  async #begin(): Promise<Service> {
    const { siteId, token } = await setUp(this.#data, this.#timezone)
    this.#token = token
    this.#sites = [siteId]
    const first = new Service(this.#data)
    await first.start()
    this.#sites.push(await this.#createSite(first.running.url))
    await first.reap()
    this.#load = new Load({ ledger: this.#ledger, sites: this.#sites, seed: this.#options.seed })
    this.#service = new Service(this.#data, this.#load)
    await this.#service.start()
    return this.#service
  }

  async #createSite(url: string): Promise<number> {
    const answer = await fetch(`${url}/api/sites`, {
      method: 'POST',
      headers: { authorization: `Bearer ${this.#token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'Second', url: 'https://example.org', timezone: this.#timezone }),
    })
    if (answer.status !== 201) throw new Error(`A site was answered ${answer.status}: ${await answer.text()}`)
    return ((await answer.json()) as { id: number }).id
  }

  /** Each phase comes once in as many rounds as there are phases, in an order of its own. */
  #phaseOf(round: number): Phase {
    const random = new Random('order', this.#options.seed, Math.floor(round / phases.length))
    const order = phases
      .map((phase) => ({ phase, at: random.next() }))
      .sort((one, other) => one.at - other.at)
    return order[round % phases.length]?.phase ?? 'any time'
  }

  /** Kills the service once or several times in a phase of its work; says how it went. */
  async #kill(service: Service, phase: Phase): Promise<string> {
    switch (phase) {
      case 'starting':
        return await this.#killStarts(service)
      case 'stopping':
        return await this.#killStop(service)
      case 'migrating':
        return await this.#killFreshStarts()
      case 'importing':
        return await this.#killImporting(service)
      case 'finalising':
        return await this.#killFinalising(service)
      default:
        return await this.#killAtWork(service, phase)
    }
  }

  async #killAtWork(service: Service, phase: Phase): Promise<string> {
    const { secondsPerRound } = this.#options
    const some = moments[phase]
    const wait = this.#random.next() * secondsPerRound * 1000
    if (!some) {
      await sleep(wait)
      await service.kill()
      this.#count(phase)
      return `after ${Math.round(wait)} ms`
    }
    await sleep(wait / 2)
    const moment = this.#random.pick(some)
    const delay = this.#delay(phase)
    const within = 1000 * secondsPerRound + 3000
    const came = await strike({ pid: service.running.pid, data: this.#data, moment, delay, within })
    await (came ? service.reap() : service.kill())
    this.#count(phase, came ? moment : undefined)
    return came ? `${moment}, ${delay} ms later` : `${moment} did not come`
  }

  #delay(phase: Phase): number {
    // A segment is written to for a second after it began; rows follow their record within a millisecond.
    if (phase === 'writing') return this.#random.below(1000)
    return phase === 'recording' ? 0 : this.#random.pick(delays)
  }

  /** Killed at work, and again once or more while it takes over what was left. */
  async #killStarts(service: Service): Promise<string> {
    const told: string[] = []
    await sleep(500 + this.#random.below(1000))
    await service.kill()
    this.#count('any time')
    const starts = 1 + this.#random.below(4)
    for (let start = 0; start < starts; start++) {
      const moment = this.#random.chance(0.3) ? undefined : this.#random.pick(moments.starting ?? [])
      const delay = moment ? this.#random.pick(delays) : this.#random.below(startTakes)
      let came = true
      await service.startAndKill(async (pid) => {
        if (moment) came = await strike({ pid, data: this.#data, moment, delay, within: 2 * startTakes })
        else await killAfter(pid, delay)
      })
      this.#count('starting', came ? moment : undefined)
      told.push(`${moment ?? 'start'}${came ? ` + ${delay} ms` : ' did not come'}`)
    }
    return told.join(', ')
  }

  async #killStop(service: Service): Promise<string> {
    const wait = this.#random.below(stopTakes)
    await sleep(this.#random.next() * this.#options.secondsPerRound * 1000)
    const { pid } = service.running
    const [code] = await Promise.all([service.stop(), killAfter(pid, wait)])
    if (code !== null && code !== 0) this.#problems.push(`An orderly stop ended with ${code}`)
    if (code === null) this.#count('stopping')
    return code === null ? `killed ${wait} ms after SIGTERM` : `stopped within ${wait} ms`
  }

  async #killFreshStarts(): Promise<string> {
    const { kills, verdict } = await killFreshStarts(this.#random, this.#timezone)
    for (let kill = 0; kill < kills; kill++) this.#count('migrating')
    this.#verdict = together(this.#verdict, verdict)
    if (verdict.lost + verdict.doubled > 0)
      this.#problems.push(`A fresh folder lost ${verdict.lost} and doubled ${verdict.doubled} hits`)
    return `${kills} kills of a new Footfall`
  }

  /** Killed while hits of a past year get their visits. */
  async #killImporting(service: Service): Promise<string> {
    this.#year ??= await this.#beginYear(service)
    const year = this.#year
    if (!year) return await this.#killAtWork(service, 'any time')
    const { url, pid } = service.running
    await year.fill(url, this.#random)
    const moment = this.#random.pick(moments.importing ?? [])
    const delay = this.#delay('importing')
    const striking = strike({ pid, data: this.#data, moment, delay, within: 5000 })
    const replayed = await year.settle(this.#data)
    const came = await striking
    await (came ? service.reap() : service.kill())
    if (!replayed && !came) throw new Error('The service was gone while an import was replayed.')
    this.#count('importing', came ? moment : undefined)
    return came ? `${moment}, ${delay} ms later` : `${moment} did not come`
  }

  /** Killed at a step of the yearly job; half of the time it then comes to its end, else it is killed again. */
  async #killFinalising(service: Service): Promise<string> {
    const random = this.#random
    const begins = this.#year === undefined
    this.#year ??= await this.#beginYear(service)
    const year = this.#year
    if (!year) return await this.#killAtWork(service, 'any time')
    const { url, pid } = service.running
    const killAt = random.below(year.steps)
    const delay = random.below(40)
    let reached = 0
    let killing: Promise<void> | undefined
    const imports = begins ? year.fillUntilClosed(url, new Random('imports', year.year)) : undefined
    const done = await year.finalise(this.#data, (begun) => {
      reached = begun
      if (begun >= killAt) killing ??= killAfter(pid, delay)
    })
    await imports
    await killing
    await (killing ? service.reap() : service.kill())
    this.#count('finalising')
    if (!killing && !done) throw new Error('footfall finalize was cut off without a kill.')
    if (done || random.chance(0.5)) {
      await service.start()
      await this.#finishYear(service)
    }
    return `${year.year} at step ${reached} of ${year.steps}${done ? ', done' : ''}`
  }

  async #beginYear(service: Service): Promise<PastYear | undefined> {
    if (this.#nextYear > lastYear) return undefined
    const all = this.#random.chance(0.4)
    const sites = all ? this.#sites : this.#sites.slice(-1)
    const year = new PastYear(this.#nextYear++, this.#token, sites, all, this.#random)
    await year.fill(service.running.url, this.#random)
    return year
  }

  async #finishYear(service: Service): Promise<void> {
    const year = this.#year
    if (!year) return
    const { log = () => {} } = this.#options
    const since = performance.now()
    if (!(await year.finalise(this.#data, () => {}))) throw new Error('footfall finalize was cut off.')
    log(`${year.year} is final after ${Math.round(performance.now() - since)} ms more`)
    this.#year = undefined
    this.#finalYears.push(year)
    this.#problems.push(...(await year.verify(service.running.url)).problems)
  }

  /** One more kill; then everything must come to rest, and is looked at. */
  async #finish(service: Service): Promise<void> {
    await service.kill()
    await service.start()
    await this.#finishYear(service)
    await this.#load?.stop()
    await drained(this.#data)
    for (const year of this.#finalYears) {
      const { verdict, problems } = await year.verify(service.running.url)
      this.#verdict = together(this.#verdict, verdict)
      this.#problems.push(...problems)
    }
    const code = await service.stop()
    if (code !== 0) this.#problems.push(`The last stop ended with ${code}`)
    const { verdict, problems } = await inspect(this.#data, this.#ledger)
    this.#verdict = together(this.#verdict, verdict)
    this.#problems.push(...problems)
  }

  #count(phase: Phase, moment?: Moment): void {
    this.#kills[phase] = (this.#kills[phase] ?? 0) + 1
    if (moment) this.#struck[moment] = (this.#struck[moment] ?? 0) + 1
  }
}

async function drained(data: string): Promise<void> {
  const until = performance.now() + drainedWithin
  while (segments(data).length > 0) {
    if (performance.now() > until) throw new Error(`The journal still holds ${segments(data)}.`)
    await sleep(50)
  }
}

/** A zone in which it is three at night, so that no visit ends at midnight while this runs. */
function farFromMidnight(now: number): string {
  const ahead = ((3 - new Date(now).getUTCHours() + 36) % 24) - 12
  return ahead === 0 ? 'Etc/GMT' : `Etc/GMT${ahead > 0 ? '-' : '+'}${Math.abs(ahead)}`
}
