// The collector with all that is before it: two sites that differ in their settings, and instead of a journal a list
// of its lines.

import Fastify, { type FastifyInstance } from 'fastify'
import { addDimension } from '../../server/admin/dimension.ts'
import { addGoal, type Goal } from '../../server/admin/goal.ts'
import { defaultSettings, type Site } from '../../server/admin/site.ts'
import { Collector } from '../../server/collect/collector.ts'
import { LiveHits } from '../../server/collect/live.ts'
import { Orders } from '../../server/collect/order.ts'
import { RateLimit } from '../../server/collect/rate-limit.ts'
import { Marks } from '../../server/collect/repeat.ts'
import { Replay } from '../../server/collect/replay.ts'
import { collectRoutes } from '../../server/collect/route.ts'
import { Salts } from '../../server/collect/salt.ts'
import { Visits } from '../../server/collect/visit.ts'
import { openLocations } from '../../server/enrich/location.ts'
import type { Store } from '../../server/store/store.ts'
import { berlin } from '../world/store.ts'

export type CollectorAlone = { app: FastifyInstance; collector: Collector; visits: Visits; lines: string[] }

const noon = Date.parse('2026-11-22T12:00:00Z')
const contains = (text: string) => ({ how: 'contains', text, caseSensitive: false }) as const
const definitions = [
  { name: 'Page', match: 'url', pattern: contains('e'), multiple: true },
  { name: 'Title', match: 'title', pattern: { how: 'regex', text: '.', caseSensitive: true } },
  { name: 'Category', match: 'event_category', pattern: contains('e'), useEventValue: true, multiple: true },
  { name: 'Link', match: 'outlink', pattern: contains('other'), revenue: 1.005 },
  { name: 'Reported', match: 'manual', multiple: true },
] as const
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
  goals: definitions.reduce<Goal[]>((goals, definition) => addGoal(goals, definition, 0), []),
  dimensions: addDimension(
    addDimension([], {
      name: 'Of the visit',
      scope: 'visit',
      extractions: [{ from: 'url', pattern: '(.+)' }],
    }),
    {
      name: 'Of the action',
      scope: 'action',
      extractions: [
        { from: 'urlparam', pattern: 'b' },
        { from: 'action_name', pattern: '(.)$' },
      ],
    },
  ),
}
export const sites = [berlin, other]

/** `now` in Unix milliseconds. */
export async function collectorAlone(
  siteOf = (id: number) => sites.find((site) => site.id === id),
  now = () => noon,
): Promise<CollectorAlone> {
  const lines: string[] = []
  const emptyStore = { query: async () => [], insert: async () => {} } as unknown as Store
  const locations = openLocations()
  const orders = new Orders()
  const visits = new Visits()
  const replay = new Replay({
    site: siteOf,
    present: new Visits(),
    orders,
    country: (ip) => locations.country(ip),
    dropped: (reason) => collector.drop(reason),
  })
  const collector: Collector = new Collector({
    past: {
      append: async (text) => {
        for (const line of text.split('\n').slice(0, -1))
          lines.push(...(replay.next(line)?.trimEnd().split('\n') ?? []))
      },
    },
    journal: {
      append: async (text) => {
        lines.push(...text.split('\n').slice(0, -1))
      },
    },
    visits,
    salts: await Salts.open(emptyStore, now),
    locations,
    live: new LiveHits(),
    orders,
    marks: new Marks(),
    isClosed: (_site, day) => day.startsWith('2011'),
    imported: () => {},
  })
  const app = Fastify()
  await app.register(collectRoutes, {
    collector,
    rateLimit: new RateLimit(0),
    pressure: { strain: undefined },
    registry: {
      site: siteOf,
      knowsToken: (token: string) => token === 'known-token',
    },
    now,
    secure: false,
  })
  return { app, collector, visits, lines }
}
