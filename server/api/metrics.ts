// The service's figures for Prometheus. They are read when they are asked for: nothing is done for them while hits
// come in.

import type { FastifyInstance, FastifyRequest } from 'fastify'
import ipaddr from 'ipaddr.js'
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import { dropReasons } from '../collect/beacon.ts'
import { bytesOfBodies } from '../collect/body.ts'
import type { Pressure } from '../collect/pressure.ts'
import type { Footfall } from '../footfall.ts'
import { version } from '../version.ts'
import type { Access } from './access.ts'

export async function metricRoutes(
  app: FastifyInstance,
  { service, pressure, access }: { service: Footfall; pressure: Pressure; access: Access },
): Promise<void> {
  const registry = registerAll(service, pressure)
  app.get('/metrics', { exposeHeadRoute: false }, async (request, reply) => {
    if (!isFromHere(request)) access.require(request)
    return reply
      .header('cache-control', 'no-store')
      .type(registry.contentType)
      .send(await registry.metrics())
  })
}

/** From this machine itself and not through a proxy on it. */
function isFromHere({ socket, headers }: FastifyRequest): boolean {
  if (Object.keys(headers).some((name) => /^(forwarded|x-forwarded-.*|x-real-ip|via)$/.test(name)))
    return false
  const address = socket.remoteAddress
  return address !== undefined && ipaddr.process(address).range() === 'loopback'
}

function registerAll(
  { collector, journal, past, rateLimit, recognition, visits, now }: Footfall,
  pressure: Pressure,
): Registry {
  const registry = new Registry()
  const registers = [registry]
  const counter = (name: string, help: string, value: () => number) =>
    new Counter({
      name: `footfall_${name}_total`,
      help,
      registers,
      collect() {
        this.reset()
        this.inc(value())
      },
    })
  const gauge = (name: string, help: string, value: () => number | undefined) =>
    new Gauge({
      name: `footfall_${name}`,
      help,
      registers,
      collect() {
        this.set(value() ?? Number.NaN)
      },
    })

  counter('hits', 'Hits that were kept', () => collector.kept)
  new Counter({
    name: 'footfall_dropped_total',
    help: 'Requests that were answered as usual and left out, by reason',
    labelNames: ['reason'],
    registers,
    collect() {
      this.reset()
      for (const reason of dropReasons) this.inc({ reason }, collector.dropped[reason])
    },
  })
  counter('refused', 'Requests that cannot be used (400, 413)', () => collector.refused)
  counter('limited', 'Requests beyond the rate limit of an address (429)', () => rateLimit.refused)
  counter('unkept', 'Requests whose hits could not be kept (503)', () => collector.unkept)

  gauge('overloaded', '1 while the process has too much to do to take hits, else 0', () =>
    Number(pressure.strain !== undefined),
  )
  gauge('request_bodies_bytes', 'Bodies of requests that are being read or worked on', bytesOfBodies)
  gauge('journal_writable', '1 while hits can be kept, else 0', () => Number(journal.failure === undefined))
  gauge('journal_backlog_hits', 'Hits that are not in ClickHouse yet', () => journal.backlog().hits)
  gauge(
    'journal_backlog_bytes',
    'Bytes of hits that are not in ClickHouse yet',
    () => journal.backlog().bytes,
  )
  gauge('journal_backlog_seconds', 'Age of the oldest hit that is not in ClickHouse yet', () => {
    const { oldest } = journal.backlog()
    return oldest === undefined ? 0 : Math.max(0, (now() - oldest) / 1000)
  })
  gauge(
    'past_waiting_hits',
    'Hits of the past that wait for the others of their time',
    () => past.backlog().hits,
  )
  counter('journal_shipped_segments', 'Segments that reached ClickHouse', () => journal.shipments.done)
  counter('journal_failed_shipments', 'Attempts to ship that failed', () => journal.shipments.failed)
  gauge('journal_rejected_segments', 'Segments that ClickHouse refuses', () => journal.rejected)
  gauge('journal_last_shipped_timestamp_seconds', 'When a segment last reached ClickHouse, Unix time', () =>
    journal.lastShipped === undefined ? undefined : journal.lastShipped / 1000,
  )
  gauge('disk_free_bytes', "Free on the journal's disk", () => journal.diskFree)
  gauge('visits_remembered', 'Visits in memory', () => visits.size)
  gauge('visitors_known', 'Visitors in the table of those who were here before', () => visits.known.size)
  counter(
    'visitors_recognised',
    'Visits of visitors whom the store knew and the table did not',
    () => recognition.recognised,
  )
  counter('visitors_missed', 'Visits for which the store was not asked in time', () => recognition.missed)
  new Gauge({
    name: 'footfall_info',
    help: 'The running version',
    labelNames: ['version'],
    registers,
  }).set({ version }, 1)
  collectDefaultMetrics({ register: registry })
  return registry
}
