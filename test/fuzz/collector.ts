// The collector with all that is before it: two sites that differ in their settings, and instead of a journal a list
// of its lines.

import Fastify, { type FastifyInstance } from 'fastify'
import { defaultSettings, type Site } from '../../server/admin/site.ts'
import { Collector } from '../../server/collect/collector.ts'
import { LiveHits } from '../../server/collect/live.ts'
import { RateLimit } from '../../server/collect/rate-limit.ts'
import { collectRoutes } from '../../server/collect/route.ts'
import { Salts } from '../../server/collect/salt.ts'
import { Visits } from '../../server/collect/visit.ts'
import { openLocations } from '../../server/enrich/location.ts'
import type { Store } from '../../server/store/store.ts'
import { berlin } from '../world/store.ts'

export type CollectorAlone = { app: FastifyInstance; collector: Collector; lines: string[] }

const now = Date.parse('2026-11-22T12:00:00Z')
const other: Site = {
  ...berlin,
  id: 2,
  timezone: 'Pacific/Kiritimati',
  settings: {
    ...defaultSettings,
    maskedBytes: 1,
    cookies: 'none',
    honourDoNotTrack: false,
    keepFragment: true,
    excludedParameters: ['s*d', 'x'],
    searchCategoryParameters: ['c'],
  },
}
export const sites = [berlin, other]

export async function collectorAlone(): Promise<CollectorAlone> {
  const lines: string[] = []
  const emptyStore = { query: async () => [], insert: async () => {} } as unknown as Store
  const collector = new Collector({
    journal: {
      append: async (text) => {
        lines.push(...text.split('\n').slice(0, -1))
      },
    },
    visits: new Visits(),
    salts: await Salts.open(emptyStore, () => now),
    locations: openLocations(),
    live: new LiveHits(),
    isClosed: (_site, year) => year === 2011,
    imported: () => {},
  })
  const app = Fastify()
  await app.register(collectRoutes, {
    collector,
    rateLimit: new RateLimit(0),
    pressure: { strain: undefined },
    registry: {
      site: (id: number) => sites.find((site) => site.id === id),
      knowsToken: (token: string) => token === 'known-token',
    },
    now: () => now,
    secure: false,
  })
  return { app, collector, lines }
}
