// Whether this service can keep hits and answer questions; for monitors and load balancers. Anybody may ask, often:
// it costs little and tells nothing about visitors or the machine's folders.

import type { FastifyInstance } from 'fastify'
import type { Footfall } from '../footfall.ts'

/** Milliseconds that ClickHouse has to answer, and for which its answer is believed. */
const answersWithin = 3000
const believedFor = 1000

export async function healthRoutes(app: FastifyInstance, { service }: { service: Footfall }): Promise<void> {
  const { collector, journal, now } = service
  const isReachable = storeProbe(service)
  app.get('/api/health', async (_request, reply) => {
    const [reachable, rejected] = await Promise.all([isReachable(), journal.rejectedSegments()])
    const { hits, bytes, segments, oldest } = journal.backlog()
    const { failure, diskFree, lastShipped, shipments } = journal
    const writable = failure === undefined
    reply.code(writable ? 200 : 503).header('cache-control', 'no-store')
    const { kept, dropped, refused, unkept } = collector
    return {
      status: writable ? (reachable && rejected.length === 0 ? 'ok' : 'degraded') : 'failing',
      store: reachable ? 'ok' : 'unreachable',
      journal: {
        writable,
        /** Why hits cannot be kept. */
        failure: failure ?? null,
        backlogHits: hits,
        backlogBytes: bytes,
        backlogSegments: segments,
        backlogSeconds: oldest === undefined ? 0 : Math.max(0, Math.round((now() - oldest) / 1000)),
        lastShipped: lastShipped === undefined ? null : new Date(lastShipped).toISOString(),
        failedShipments: shipments.failed,
        rejectedSegments: rejected.length,
        rejected: rejected.slice(0, 100),
        diskFree: diskFree ?? null,
      },
      /** Hits since the start, and requests that were left out, by reason. */
      collector: { kept, dropped, refused, limited: service.rateLimit.refused, unkept },
    }
  })
}

/** Whether ClickHouse answers; asked once for all who want to know at the same time. */
function storeProbe({ store }: Footfall): () => Promise<boolean> {
  let asked = { at: Number.NEGATIVE_INFINITY, answer: Promise.resolve(false) }
  return () => {
    const at = performance.now()
    if (at - asked.at > believedFor) {
      asked = { at, answer: store.answers(answersWithin) }
    }
    return asked.answer
  }
}
