// The demo's requests, one after the other in the order of time, as the tracker of a real site would send them.
// An hour is generated at a time, so that it does not matter how many days there are. The same plan gives the
// same requests, always.

import type { Site } from '../admin/site.ts'
import { sentBy } from './browser.ts'
import { activity, calendar, clockAhead, type Day } from './calendar.ts'
import { journey, type Step } from './journey.ts'
import { type Origin, originOf } from './origin.ts'
import { type AddressBook, type Place, placesFor } from './place.ts'
import { Random, Weighted } from './random.ts'
import { openShop, type Shop } from './shop.ts'
import { type Population, placeOf, type Visitor, visitorIn } from './visitor.ts'

export type Plan = {
  site: Pick<Site, 'id' | 'name' | 'urls' | 'timezone'>
  days: number
  visitsPerDay: number
  /** The last day, a date in the site's time zone. */
  until: string
  /** Unix milliseconds; what would come after it has not happened. */
  now: number
  seed: string
  addresses: AddressBook
}

export type DemoRequest = {
  /** Unix seconds. */
  time: number
  method: 'GET' | 'POST'
  address: string
  headers: Readonly<Record<string, string>>
  /** Parameters of the tracking protocol, without those that need a token. */
  parameters: Record<string, string>
}

/** Share of the visits that would be somebody's second or later one, once there are enough to come back. */
const returningShare = 0.36
/** Days after which they come back, on average. */
const meanAbsence = 16
/** Seconds from the end of a visit until the same visitor may begin another one. */
const leastAbsence = 3600
/** Newcomers of a day who may come back. More of them need not be remembered. */
const mostRemembered = 2000

export class Traffic {
  readonly days: readonly Day[]
  /** How many visits are to be expected in all. */
  readonly visits: number
  /** How many have begun so far. */
  begun = 0
  readonly #plan: Plan
  readonly #end: number
  readonly #shop: Shop
  readonly #base: string
  readonly #places: Place[]
  readonly #population: Population
  /** The numbers of each day's newcomers, or of a sample of them; in no order. */
  readonly #newcomers: number[][] = []

  constructor(plan: Plan) {
    const { site, addresses, seed } = plan
    this.#plan = plan
    this.#end = Math.floor(plan.now / 1000)
    this.#shop = openShop(site.name)
    this.#base = site.urls[0] ?? 'https://demo.example'
    this.#places = placesFor(site.timezone, addresses)
    const places = new Weighted(this.#places.map((place) => [place, place.weight] as const))
    this.#population = { seed, places, addresses }
    this.days = calendar({ ...plan, timezone: site.timezone })
    this.visits = this.days.reduce((sum, day) => sum + day.visits * this.#elapsed(day), 0)
  }

  *requests(): Generator<DemoRequest> {
    for (const day of this.days) yield* this.#requestsOf(day)
  }

  /** A day's visits end with it: who is there at midnight leaves. */
  *#requestsOf(day: Day): Generator<DemoRequest> {
    const random = new Random(this.#plan.seed, 'day', day.date)
    const clocks = new Clocks(day)
    const lastSeen = new Map<string, number>()
    const end = Math.min(day.to, this.#end)
    const newcomers: number[] = []
    this.#newcomers.push(newcomers)
    let candidate = 0
    let arrived = 0
    let pending: DemoRequest[] = []
    for (const { from, to, share } of this.#hours(day, clocks)) {
      if (from >= end) break
      const last = Math.min(to, end)
      const count = random.round((day.visits * share * (last - from)) / (to - from))
      const starts = Array.from({ length: count }, () => from + random.below(last - from)).sort(
        (a, b) => a - b,
      )
      for (const start of starts) {
        const isAwake = (place: Place) => random.chance(activity(clocks.hour(place.zone, start)))
        const back = this.#returning(day, random, isAwake)
        const returning = back !== undefined && (lastSeen.get(back.id) ?? 0) + leastAbsence < start
        let visitor = returning ? back : undefined
        if (!visitor) {
          ;[visitor, candidate] = this.#newcomer(day, candidate, isAwake)
          remember(newcomers, candidate, arrived++, random)
          candidate++
        }
        const visit = this.#visit(day, visitor, returning, start, clocks, random)
        lastSeen.set(visitor.id, visit.at(-1)?.time ?? start)
        this.begun++
        for (const request of visit) if (request.time < end) pending.push(request)
      }
      // Sorting keeps the order of what happens in the same second.
      pending.sort((a, b) => a.time - b.time)
      const later = pending.findIndex(({ time }) => time >= to)
      const due = later < 0 ? pending : pending.slice(0, later)
      pending = later < 0 ? [] : pending.slice(later)
      yield* due
    }
    yield* pending
  }

  /** How much of a day is over. */
  #elapsed({ from, to }: Day): number {
    return Math.max(0, Math.min(1, (this.#end - from) / (to - from)))
  }

  /** The hours of a day, with their shares of its visits: those who live far away come while it is day there. */
  #hours(day: Day, clocks: Clocks): { from: number; to: number; share: number }[] {
    const hours: { from: number; to: number; share: number }[] = []
    let sum = 0
    for (let from = day.from; from < day.to; from += 3600) {
      const to = Math.min(from + 3600, day.to)
      let share = 0
      for (const { zone, weight } of this.#places) share += weight * activity(clocks.hour(zone, from))
      share *= to - from
      sum += share
      hours.push({ from, to, share })
    }
    for (const hour of hours) hour.share /= sum
    return hours
  }

  #newcomer(day: Day, number: number, isAwake: (place: Place) => boolean): [Visitor, number] {
    for (let attempt = 0; ; attempt++, number++) {
      const [place, random] = placeOf(this.#population, day.date, number)
      if (attempt < 20 && !isAwake(place)) continue
      return [visitorIn(place, this.#population, random), number]
    }
  }

  /** Somebody who first came some time ago; a few of them come again and again. */
  #returning(day: Day, random: Random, isAwake: (place: Place) => boolean): Visitor | undefined {
    if (!random.chance(returningShare)) return undefined
    for (let attempt = 0; attempt < 6; attempt++) {
      const index = day.index - Math.floor(random.exponential(meanAbsence))
      const newcomers = this.#newcomers[index] ?? []
      const number = newcomers[Math.floor(newcomers.length * random.next() ** 2.5)]
      const date = this.days[index]?.date
      if (number === undefined || date === undefined) return undefined
      const [place, rest] = placeOf(this.#population, date, number)
      if (!isAwake(place)) continue
      const visitor = visitorIn(place, this.#population, rest)
      return visitor.cookies ? visitor : undefined
    }
    return undefined
  }

  #visit(
    day: Day,
    visitor: Visitor,
    returning: boolean,
    start: number,
    clocks: Clocks,
    random: Random,
  ): DemoRequest[] {
    const origin = originOf(
      {
        shop: this.#shop,
        date: day.date,
        country: visitor.place.country,
        returning,
        lately: Math.min(1, day.index / 365),
        occasion: !returning && random.chance(day.occasionShare) ? day.occasion : undefined,
      },
      random,
    )
    const steps = journey(random, this.#shop, origin.entry, random.chance(bounces(origin, returning)))
    return this.#requests(day, visitor, origin, steps, start, clocks, random)
  }

  #requests(
    day: Day,
    { id, place, language, address, browser, cookies, method }: Visitor,
    origin: Origin,
    steps: Step[],
    start: number,
    clocks: Clocks,
    random: Random,
  ): DemoRequest[] {
    const sent = sentBy(browser, Math.floor(day.from / 86_400))
    const headers = { ...sent.headers, 'accept-language': language }
    const same: Record<string, string> = {
      idsite: String(this.#plan.site.id),
      rec: '1',
      cid: id,
      res: browser.resolution,
      cd: String(browser.colorDepth),
    }
    for (const technique of browser.model.techniques) same[technique] = '1'
    if (!cookies) same.cookie = '0'
    if (sent.uadata) same.uadata = sent.uadata
    const ahead = clocks.ahead(place.zone, start)
    let time = start
    let url = this.#base + origin.entry.path
    if (origin.query) url += (url.includes('?') ? '&' : '?') + origin.query
    let referrer = origin.referrer
    let pageView = ''
    return steps.map(({ doing, page, after }, position) => {
      time += after
      if (doing.kind === 'pageview' || doing.kind === 'search') {
        pageView = random.hex(6)
        if (position > 0) {
          referrer = url
          url = this.#base + page.path
        }
      }
      const local = Math.floor((time + ahead) / 60)
      const parameters: Record<string, string> = {
        ...same,
        url,
        h: String(Math.floor(local / 60) % 24),
        m: String(local % 60),
        s: String(time % 60),
        pv_id: pageView,
      }
      if (referrer) parameters.urlref = referrer
      switch (doing.kind) {
        case 'pageview':
          parameters.action_name = page.title
          break
        case 'search':
          parameters.search = doing.term.keyword
          if (doing.term.category) parameters.search_cat = doing.term.category
          parameters.search_count = String(doing.term.count)
          break
        case 'event':
          parameters.e_c = doing.category
          parameters.e_a = doing.action
          parameters.e_n = doing.name
          if (doing.value !== undefined) parameters.e_v = String(doing.value)
          break
        case 'download':
          parameters.download = this.#base + doing.file
          break
        case 'outlink':
          parameters.link = doing.link
          break
      }
      return { time, method, address, headers, parameters }
    })
  }
}

/** Shuffles one more in; from `mostRemembered` on, each of the day's has the same chance to stay. */
function remember(numbers: number[], number: number, before: number, random: Random): void {
  const at = random.below(before + 1)
  if (numbers.length >= mostRemembered) {
    if (at < mostRemembered) numbers[at] = number
    return
  }
  numbers.push(numbers[at] ?? number)
  numbers[at] = number
}

const bounceRates = {
  direct: 0.42,
  search: 0.44,
  website: 0.45,
  social: 0.62,
  campaign: 0.5,
  ai: 0.36,
} as const

function bounces({ type }: Origin, returning: boolean): number {
  return bounceRates[type] * (returning ? 0.86 : 1.08)
}

/** What the clocks of the world show on one day. */
class Clocks {
  readonly #day: Day
  readonly #zones = new Map<string, { atStart: number; atEnd: number }>()

  constructor(day: Day) {
    this.#day = day
  }

  hour(zone: string, time: number): number {
    return Math.floor((time + this.ahead(zone, time)) / 3600) % 24
  }

  /** Seconds ahead of UTC. Asking is slow: once at each end of the day is enough where nothing changes. */
  ahead(zone: string, time: number): number {
    let known = this.#zones.get(zone)
    if (!known) {
      known = { atStart: clockAhead(zone, this.#day.from), atEnd: clockAhead(zone, this.#day.to) }
      this.#zones.set(zone, known)
    }
    return known.atStart === known.atEnd ? known.atStart : clockAhead(zone, time)
  }
}
