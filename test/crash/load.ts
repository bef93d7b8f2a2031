// Traffic that survives the kills: a few kept connections, each sending one request after the other, single hits by
// GET and POST and lists of them, of several sites and some thousand visitors. What was not answered with success is
// not promised, and is never sent again under its number.

import { Agent } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { Random } from '../../server/demo/random.ts'
import { ask } from './ask.ts'
import { type Ledger, pageOf } from './ledger.ts'

export type LoadOptions = { ledger: Ledger; sites: readonly number[]; seed: number }

const singleConnections = 6
const bulkConnections = 2
const mostInBulk = 30
/** Each comes back every few seconds, so that its visit runs from the beginning to the end. */
const visitors = 3000
const acknowledgedWithin = 60_000

export const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0'
const headers = { 'user-agent': firefox, 'accept-language': 'de-DE,de;q=0.9' }

export class Load {
  readonly #options: LoadOptions
  readonly #workers: Promise<void>[]
  #target: string | undefined
  #stopped = false
  #aimed: (() => void)[] = []
  #heard: (() => void)[] = []

  constructor(options: LoadOptions) {
    this.#options = options
    this.#workers = Array.from({ length: singleConnections + bulkConnections }, (_, index) =>
      this.#work(new Random('load', options.seed, index), index >= singleConnections),
    )
  }

  /** Where to; undefined: there is nobody to talk to now. */
  aim(url: string | undefined): void {
    this.#target = url
    if (url !== undefined) for (const wake of this.#aimed.splice(0)) wake()
  }

  /** Resolves with the next acknowledgement. @throws when none comes for a minute */
  async acknowledgement(): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    await new Promise<void>((resolve, reject) => {
      this.#heard.push(resolve)
      timer = setTimeout(() => reject(new Error('No hit was acknowledged for a minute.')), acknowledgedWithin)
    })
    clearTimeout(timer)
  }

  async stop(): Promise<void> {
    this.#stopped = true
    for (const wake of this.#aimed.splice(0)) wake()
    await Promise.all(this.#workers)
  }

  async #work(random: Random, bulk: boolean): Promise<void> {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    while (!this.#stopped) {
      const url = this.#target
      if (url === undefined) {
        await new Promise<void>((resolve) => {
          this.#aimed.push(resolve)
        })
        continue
      }
      const count = bulk ? 1 + random.below(mostInBulk) : 1
      const first = this.#options.ledger.send(count)
      const kept = await (bulk
        ? this.#sendMany(url, agent, random, first, count)
        : this.#sendOne(url, agent, random, first)
      ).catch(() => false)
      if (kept) {
        for (let number = first; number < first + count; number++) this.#options.ledger.acknowledge(number)
        for (const tell of this.#heard.splice(0)) tell()
      }
      await sleep(kept ? random.below(bulk ? 40 : 8) : 20)
    }
    agent.destroy()
  }

  async #sendOne(url: string, agent: Agent, random: Random, number: number): Promise<boolean> {
    const query = this.#hit(random, number).toString()
    const answer = random.chance(0.5)
      ? await ask(`${url}/matomo.php?${query}`, { headers, agent })
      : await ask(`${url}/f`, { method: 'POST', headers, body: `${query}&send_image=0`, agent })
    return answer.status === 200 || answer.status === 204
  }

  async #sendMany(url: string, agent: Agent, random: Random, first: number, count: number): Promise<boolean> {
    const requests = Array.from({ length: count }, (_, index) => `?${this.#hit(random, first + index)}`)
    const quiet = random.chance(0.5) ? { send_image: 0 } : {}
    const body = JSON.stringify({ requests, ...quiet })
    const answer = await ask(`${url}/matomo.php`, { method: 'POST', headers, body, agent })
    if (answer.status === 204) return true
    return answer.status === 200 && (JSON.parse(answer.body) as { tracked: number }).tracked === count
  }

  #hit(random: Random, number: number): URLSearchParams {
    const visitor = random.below(visitors)
    const hit = new URLSearchParams({
      idsite: String(random.pick(this.#options.sites)),
      rec: '1',
      url: pageOf(number),
      action_name: `Page ${number % 100}`,
      _id: (visitor + 1).toString(16).padStart(16, 'a'),
      res: '1920x1080',
    })
    if (random.chance(0.2)) {
      hit.set('e_c', 'Video')
      hit.set('e_a', 'Play')
    }
    return hit
  }
}
