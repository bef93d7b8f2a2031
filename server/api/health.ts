// Whether this service can keep hits and answer questions; for monitors and load balancers. Anybody may ask, often:
// it costs little and tells nothing about visitors or the machine's folders.

import type { FastifyInstance } from 'fastify'
import type { Pressure } from '../collect/pressure.ts'
import type { Footfall } from '../footfall.ts'

/** Milliseconds that ClickHouse has to answer, and for which what was found out is believed. */
const answersWithin = 3000
const believedFor = 1000

export async function healthRoutes(
  app: FastifyInstance,
  { service, pressure }: { service: Footfall; pressure: Pressure },
): Promise<void> {
  const { collector, journal, past, store, now } = service
  const isReachable = believed(() => store.answers(answersWithin))
  const secondsSince = (time: number | undefined) =>
    time === undefined ? 0 : Math.max(0, Math.round((now() - time) / 1000))
  const rejectedSegments = believed(() => journal.rejectedSegments())
  app.get('/api/health', async (_request, reply) => {
    const [reachable, rejected] = await Promise.all([isReachable(), rejectedSegments()])
    const { hits, bytes, segments, oldest } = journal.backlog()
    const { failure, diskFree, lastShipped, shipments } = journal
    const writable = failure === undefined
    const { strain } = pressure
    const takesHits = writable && strain === undefined
    reply.code(takesHits ? 200 : 503).header('cache-control', 'no-store')
    const { kept, dropped, refused, unkept } = collector
    return {
      status: takesHits ? (reachable && rejected.length === 0 ? 'ok' : 'degraded') : 'failing',
      store: reachable ? 'ok' : 'unreachable',
      /** What the process has too much of to take hits. */
      overloaded: strain ?? null,
      journal: {
        writable,
        /** Why hits cannot be kept. */
        failure: failure ?? null,
        backlogHits: hits,
        backlogBytes: bytes,
        backlogSegments: segments,
        backlogSeconds: secondsSince(oldest),
        lastShipped: lastShipped === undefined ? null : new Date(lastShipped).toISOString(),
        failedShipments: shipments.failed,
        rejectedSegments: rejected.length,
        rejected: rejected.slice(0, 100),
        diskFree: diskFree ?? null,
      },
      /** Hits of the past (an import) that wait for the others of their time. */
      past: { waitingHits: past.backlog().hits, waitingSeconds: secondsSince(past.backlog().oldest) },
      /** Hits since the start, and requests that were left out, by reason. */
      collector: { kept, dropped, refused, limited: service.rateLimit.refused, unkept },
    }
  })
}

/** Asks once for all who want to know at about the same time, and not again before it was told. */
function believed<Answer>(ask: () => Promise<Answer>): () => Promise<Answer> {
  let asked: Promise<Answer> | undefined
  return () => {
    if (!asked) {
      asked = ask()
      const forget = () => setTimeout(() => (asked = undefined), believedFor).unref()
      asked.then(forget, forget)
    }
    return asked
  }
}
