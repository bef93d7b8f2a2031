// Whether this service can keep hits and answer questions; for monitors and load balancers.

import type { FastifyInstance } from 'fastify'
import type { Footfall } from '../footfall.ts'

export async function healthRoutes(app: FastifyInstance, { service }: { service: Footfall }): Promise<void> {
  const { collector, journal, store, now } = service
  app.get('/api/health', async (_request, reply) => {
    const reachable = await store.query('SELECT 1').then(
      () => true,
      () => false,
    )
    const { hits, bytes, segments, oldest } = journal.backlog()
    const writable = journal.failure === undefined
    reply.code(writable ? 200 : 503).header('cache-control', 'no-store')
    const { kept, dropped } = collector
    return {
      status: writable ? (reachable ? 'ok' : 'degraded') : 'failing',
      store: reachable ? 'ok' : 'unreachable',
      journal: {
        writable,
        backlogHits: hits,
        backlogBytes: bytes,
        backlogSegments: segments,
        rejectedSegments: journal.rejected,
        backlogSeconds: oldest === undefined ? 0 : Math.max(0, Math.round((now() - oldest) / 1000)),
        lastShipped: journal.lastShipped === undefined ? null : new Date(journal.lastShipped).toISOString(),
      },
      /** Hits since the start, and requests that were left out, by reason. */
      collector: { kept, dropped },
    }
  })
}
