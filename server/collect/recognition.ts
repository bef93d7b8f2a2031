// Visitors whom the table in memory does not hold any more, or not yet after a start. A visit that begins with a lasting
// id which is unknown there counts as a first one, and is answered as such; the store is asked in batches, behind. Where
// it knows the visitor, a row of the kind `recognised` tells the visit's right number and distance to those before it.
//
// Should the store be away, or too many be unknown at once, some of them stay first visits: that is counted.

import type { Journal } from '../journal/journal.ts'
import type { Store } from '../store/store.ts'
import { noAction } from './action.ts'
import { type CommonHit, factsText, lineOf, readFacts, type VisitFacts } from './hit.ts'
import { type Known, type Numbered, numbered } from './known.ts'
import type { Visit, Visits } from './visit.ts'

export type RecognitionParts = {
  store: Store
  journal: Pick<Journal, 'append'>
  visits: Visits
  /** Milliseconds that the first one of a batch waits for others. */
  gatherFor?: number
}

type Asked = { siteId: number; visit: Visit; tries: number }

/** In one query, and in all. */
const atOnce = 1000
const mostWaiting = 20_000
/** Milliseconds after which a store that did not answer is asked again, and how often. */
const askAgainAfter = 1000
const mostTries = 30

export class Recognition {
  readonly #parts: Required<RecognitionParts>
  #waiting: Asked[] = []
  /** Of the batch that is being asked for. */
  #asked: readonly Asked[] = []
  #timer: NodeJS.Timeout | undefined
  #asking: Promise<void> | undefined
  #closed = false
  /** Visits since the start: found to be later ones, and not asked for or answered. */
  recognised = 0
  missed = 0

  constructor(parts: RecognitionParts) {
    this.#parts = { gatherFor: 100, ...parts }
    parts.visits.onUnknown = (siteId, visit) => this.#ask(siteId, visit)
  }

  /** Resolves when all that was asked for so far is answered or given up. */
  async settle(): Promise<void> {
    const asked = new Set([...this.#waiting, ...this.#asked])
    // Others may come without an end.
    while ([...this.#waiting, ...this.#asked].some((one) => asked.has(one))) {
      clearTimeout(this.#timer)
      await (this.#asking ?? this.#run())
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#timer)
    await this.#asking
  }

  #ask(siteId: number, visit: Visit): void {
    if (this.#closed || this.#waiting.length >= mostWaiting) {
      this.missed++
      return
    }
    this.#waiting.push({ siteId, visit, tries: 0 })
    this.#schedule(this.#parts.gatherFor)
  }

  #schedule(after: number): void {
    if (this.#asking || this.#closed) return
    this.#timer ??= setTimeout(() => void this.#run(), after).unref()
  }

  #run(): Promise<void> {
    this.#timer = undefined
    this.#asking ??= this.#answerSome()
      .then(
        () => this.#parts.gatherFor,
        () => askAgainAfter,
      )
      .then((pause) => {
        this.#asking = undefined
        if (this.#waiting.length > 0) this.#schedule(pause)
      })
    return this.#asking
  }

  /** @throws StoreError, JournalError; then they are asked again. */
  async #answerSome(): Promise<void> {
    const batch = this.#waiting.splice(0, atOnce)
    this.#asked = batch
    try {
      for (const siteId of new Set(batch.map((asked) => asked.siteId))) {
        const ofSite = batch.filter((asked) => asked.siteId === siteId)
        const found = await this.#find(
          siteId,
          ofSite.map(({ visit }) => visit),
        )
        const lines = ofSite.flatMap(
          ({ visit }) => this.#correct(siteId, visit, found.get(visit.visitorId)) ?? [],
        )
        if (lines.length > 0) await this.#parts.journal.append(lines.join(''), lines.length)
      }
    } catch (error) {
      for (const asked of batch) {
        if (++asked.tries < mostTries) this.#waiting.push(asked)
        else this.missed++
      }
      throw error
    } finally {
      this.#asked = []
    }
  }

  /** What the store has of visitors from before these visits. */
  async #find(siteId: number, visits: Visit[]): Promise<Map<string, Known>> {
    type Row = { id: string; visits: number; first: number; last: number; ordered: number }
    const rows = await this.#parts.store.query<Row>(
      `SELECT leftPad(lower(hex(visitor_id)), 16, '0') AS id, max(visits) AS visits,
              toUnixTimestamp(min(first_time)) AS first, toUnixTimestamp(max(last_time)) AS last,
              toUnixTimestamp(max(ordered_at)) AS ordered
       FROM visitors WHERE site_id = {site:UInt32} AND visitor_id IN {visitors:Array(UInt64)}
       GROUP BY visitor_id`,
      { site: siteId, visitors: visits.map(({ visitorId }) => BigInt(`0x${visitorId}`)) },
    )
    const known = new Map(rows.map(({ id, ...known }) => [id, known]))
    for (const visit of visits) {
      const row = known.get(visit.visitorId)
      const start = Math.floor(visit.start / 1000)
      // It is there itself already: when the one before it was is asked for where that is the question.
      if (row && row.last >= start) {
        if (row.first >= start) known.delete(visit.visitorId)
        else row.last = await this.#lastBefore(siteId, visit)
      }
    }
    return known
  }

  async #lastBefore(siteId: number, { visitorId, start, id }: Visit): Promise<number> {
    const [row] = await this.#parts.store.query<{ last: number }>(
      `SELECT toUnixTimestamp(max(first_time)) AS last FROM visits
       WHERE site_id = {site:UInt32} AND visitor.2 = {visitor:UInt64} AND visit_id != {visit:UInt64}
         AND first_time <= {start:UInt32}`,
      {
        site: siteId,
        visitor: BigInt(`0x${visitorId}`),
        visit: BigInt(id),
        start: Math.floor(start / 1000),
      },
    )
    return row?.last ?? 0
  }

  /** The line that tells it; undefined where there is nothing to tell, or nobody to be told any more. */
  #correct(siteId: number, visit: Visit, before: Known | undefined): string | undefined {
    const { visits } = this.#parts
    if (!before || visits.newest(siteId, visit.visitorId) !== visit || visit.number > before.visits) return
    const { number, ...days } = numbered(Math.floor(visit.start / 1000), before)
    this.recognised++
    const start = Math.floor(visit.start / 1000)
    visits.known.set(siteId, visit.visitorId, {
      ...before,
      visits: number,
      last: start,
      ordered: Math.max(before.ordered, visits.known.get(siteId, visit.visitorId)?.ordered ?? 0),
    })
    visit.number = number
    visit.facts = correctedFacts(readFacts(visit.facts), days)
    visit.position++
    return recognisedLine({ siteId, day: visit.day, visitId: visit.id, position: visit.position }, visit)
  }
}

/** An order in the visit itself stays the last one. */
export function correctedFacts(facts: VisitFacts, days: Omit<Numbered, 'number'>): string {
  const since = facts.days_since_order === 0 ? { ...days, days_since_order: 0 } : days
  return factsText({ ...facts, ...since })
}

type Place = { siteId: number; day: string; visitId: string; position: number }

/** A row that does nothing but tell a visit's number and facts. `start` in Unix milliseconds. */
export function recognisedLine(
  { siteId, day, visitId, position }: Place,
  { visitorNumber, start, number, facts }: Pick<Visit, 'visitorNumber' | 'start' | 'number' | 'facts'>,
): string {
  const seconds = Math.floor(start / 1000)
  const hit: CommonHit = {
    ...nothing,
    site_id: siteId,
    day,
    visit_id: visitId,
    position,
    visitor_id: visitorNumber,
    time: seconds,
    visit_time: seconds,
    visit_number: number,
  }
  return lineOf(hit, facts)
}

const { extras: _, ...noColumns } = noAction
const nothing = {
  ...noColumns,
  kind: 'recognised',
  method: 'POST',
  previous_url: '',
  previous_title: '',
  time_spent: 0,
} as const
