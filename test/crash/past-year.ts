// A year of the past: hits of it are imported, it is made final by `footfall finalize` while more are on their way,
// and when its raw data is gone its totals must hold each acknowledged hit once.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Random } from '../../server/demo/random.ts'
import { keptReports } from '../../server/reports/catalogue.ts'
import { ask } from './ask.ts'
import { Ledger, noVerdict, pageOf, together, type Verdict } from './ledger.ts'
import { firefox } from './load.ts'
import { countPages } from './page-counts.ts'

export const firstYear = 2007
export const lastYear = 2025

/** Months of the year with hits: each has to be dropped from two tables. */
const months = 3
/** Steps that the command tells for a site. */
const stepsOfSite = 5 + 3 * keptReports.length + 2 * months + 2

const bulks = 6
const mostInBulk = 60

export class PastYear {
  readonly year: number
  readonly #token: string
  readonly #ledgers: Map<number, Ledger>
  readonly #ofAllSites: boolean
  readonly #months: number[]
  #closing = false

  constructor(year: number, token: string, sites: readonly number[], ofAllSites: boolean, random: Random) {
    this.year = year
    this.#months = Array.from({ length: months }, () => random.below(12))
    this.#token = token
    this.#ledgers = new Map(sites.map((site) => [site, new Ledger()]))
    this.#ofAllSites = ofAllSites
  }

  /** How many steps there are at most until it is final. */
  get steps(): number {
    return stepsOfSite * this.#ledgers.size
  }

  /** Some hundred hits a site. */
  async fill(url: string, random: Random): Promise<void> {
    for (const site of this.#ledgers.keys())
      for (let bulk = 0; bulk < bulks; bulk++) await this.#import(url, random, site)
  }

  /** Goes on until the year is closed or the service is gone. */
  async fillUntilClosed(url: string, random: Random): Promise<void> {
    const open = new Set(this.#ledgers.keys())
    while (open.size > 0 && !this.#closing) {
      for (const site of open) {
        const kept = await this.#import(url, random, site).catch(() => undefined)
        if (kept === undefined) return
        if (kept === 0) open.delete(site)
      }
      await sleep(random.below(200))
    }
  }

  /** Has all that was imported replayed now: a dry run wants to see it. Returns whether it came to its end. */
  async settle(data: string): Promise<boolean> {
    return await this.#command(data, ['--dry-run'], () => {}).then((lines) => lines !== undefined)
  }

  /**
   * Runs the command in the service; `step` is told how many steps it has begun. Returns whether it came to its end.
   * @throws when the command says that it failed
   */
  async finalise(data: string, step: (begun: number) => void): Promise<boolean> {
    let begun = 0
    const lines = await this.#command(data, [], () => step(++begun)).finally(() => {
      this.#closing = true
    })
    if (!lines) return false
    const final = lines.filter((line) => line.includes(`${this.year} is final.`))
    if (final.length === this.#ledgers.size && lines.length === final.length) return true
    throw new Error(`footfall finalize of ${this.year} said: ${lines.join(' / ') || 'nothing'}`)
  }

  /** The lines that the command said; undefined when the service was killed meanwhile. */
  async #command(data: string, options: string[], step: () => void): Promise<string[] | undefined> {
    const { url, commandKey } = JSON.parse(readFileSync(join(data, 'running.json'), 'utf8')) as Record<
      string,
      string
    >
    const [site] = this.#ledgers.keys()
    const sites = this.#ofAllSites ? [] : ['--site', String(site)]
    const args = ['--year', String(this.year), ...sites, ...options]
    const lines: string[] = []
    try {
      const answer = await fetch(`${url}/api/commands`, {
        method: 'POST',
        headers: { authorization: `Bearer ${commandKey}`, 'content-type': 'application/json' },
        body: JSON.stringify({ name: 'finalize', args }),
      })
      let rest = ''
      for await (const chunk of answer.body?.pipeThrough(new TextDecoderStream()) ?? []) {
        const told = (rest + chunk).split('\n')
        rest = told.pop() ?? ''
        for (const line of told) {
          const { line: said, progress } = JSON.parse(line) as { line?: string; progress?: string }
          if (said !== undefined) lines.push(said)
          if (progress) step()
        }
      }
    } catch (error) {
      // Killed: that is what we are here for.
      if (error instanceof TypeError) return undefined
      throw error
    }
    return lines
  }

  /** Compares what was acknowledged with what the totals hold. */
  async verify(url: string): Promise<{ verdict: Verdict; problems: string[] }> {
    let verdict = noVerdict
    const problems: string[] = []
    for (const [site, ledger] of this.#ledgers) {
      const asked = { site, period: 'year', date: `${this.year}-06-01` }
      const { found, pageViews, source } = await countPages(url, this.#token, asked, ledger.sent)
      const ofSite = ledger.compare(found)
      verdict = together(verdict, ofSite)
      const where = `Site ${site}, year ${this.year}`
      if (ofSite.lost + ofSite.doubled > 0)
        problems.push(
          `${where}: ${ofSite.lost} lost, ${ofSite.doubled} doubled of ${ledger.acknowledged}, such as ${ofSite.examples}`,
        )
      if (source !== 'final')
        problems.push(`${where}: its report comes from ${source} data, not from final totals`)
      const sum = found.reduce((all, times) => all + times, 0)
      if (pageViews !== sum) problems.push(`${where}: ${pageViews} page views, but ${sum} by page`)
    }
    return { verdict, problems }
  }

  /** Returns how many were kept. @throws when there is no whole answer */
  async #import(url: string, random: Random, site: number): Promise<number> {
    const ledger = this.#ledgers.get(site)
    if (!ledger) throw new Error(`There is no ledger of site ${site}.`)
    const count = 1 + random.below(mostInBulk)
    const first = ledger.send(count)
    const requests = Array.from({ length: count }, (_, index) => ({
      idsite: String(site),
      rec: '1',
      url: pageOf(first + index),
      _id: (random.below(40) + 1).toString(16).padStart(16, 'b'),
      // From the 2nd to the 27th: whatever the time zone, it is that month.
      cdt: String(Date.UTC(this.year, random.pick(this.#months), 2) / 1000 + random.below(25 * 86_400)),
    }))
    const answer = await ask(`${url}/matomo.php`, {
      method: 'POST',
      headers: { 'user-agent': firefox },
      body: JSON.stringify({ requests, token_auth: this.#token }),
    })
    if (answer.status !== 200) throw new Error(`The import was answered ${answer.status}.`)
    const { invalid_indices = [] } = JSON.parse(answer.body) as { invalid_indices?: number[] }
    const refused = new Set(invalid_indices)
    for (let index = 0; index < count; index++) if (!refused.has(index)) ledger.acknowledge(first + index)
    return count - refused.size
  }
}
