// A report with a segment is the report of a site that has these visits alone: every report, over the same made-up traffic.

import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Site } from '../../../server/admin/site.ts'
import type { Hit } from '../../../server/collect/hit.ts'
import { type Answer, answer } from '../../../server/reports/answer.ts'
import { catalogue } from '../../../server/reports/catalogue.ts'
import { answerEvolution } from '../../../server/reports/evolution.ts'
import { answerGoals } from '../../../server/reports/goal.ts'
import { parsePeriod } from '../../../server/reports/period.ts'
import { readSegment } from '../../../server/reports/segment/read-segment.ts'
import { visitsLog } from '../../../server/reports/visits-log.ts'
import { berlin, openStore, type StoreWorld, storeHits } from '../../world/store.ts'
import { traffic } from '../../world/traffic.ts'

const now = Date.parse('2026-04-15T12:00:00Z')
const period = parsePeriod('range', '2026-03-01,2026-04-15', 'Europe/Berlin', now)

/** Each with which of the visits belong to it, told by their hits. */
const segments: Record<string, { text: string; belongs: (hits: readonly Hit[]) => boolean }> = {
  'of the visit': {
    text: 'deviceType==desktop,countryCode==at',
    belongs: ([hit]) => hit?.device_type === 'desktop' || hit?.country === 'AT',
  },
  'of hits': {
    text: 'pageUrl=@/blog',
    belongs: (hits) => hits.some(({ kind, url }) => kind === 'pageview' && url.includes('/blog')),
  },
  'of both, and a sequence': {
    text: JSON.stringify({
      all: [
        { name: 'referrerType', op: '!=', value: 'campaign' },
        {
          not: {
            sequence: [
              { name: 'pageUrl', op: '=@', value: 'shop' },
              { name: 'actionType', value: 'events' },
            ],
          },
        },
      ],
    }),
    belongs: (hits) => {
      const shop = hits.findIndex(({ kind, url }) => kind === 'pageview' && url.includes('shop'))
      const event = hits.findLastIndex(({ kind }) => kind === 'event')
      return hits[0]?.referrer_type !== 'campaign' && !(shop >= 0 && event > shop)
    },
  },
}

let world: StoreWorld
const whole: Site = { ...berlin, id: 1 }
const parts = Object.entries(segments).map(([name, segment], index) => {
  return { name, ...segment, site: { ...berlin, id: index + 2 } }
})

beforeAll(async () => {
  world = await openStore()
  const hits = traffic(whole, { from: '2026-03-01', to: '2026-04-15', seed: 7, visitsADay: 9 })
  const visits = new Map<string, Hit[]>()
  for (const hit of hits) visits.set(hit.visit_id, [...(visits.get(hit.visit_id) ?? []), hit])
  await storeHits(world.store, hits)
  for (const { site, belongs } of parts) {
    const own = [...visits.values()].filter(belongs).flat()
    await storeHits(
      world.store,
      own.map((hit) => ({ ...hit, site_id: site.id })),
    )
  }
})
afterAll(() => world.close())

const said = ({ site: _, ...rest }: Answer) => rest

test.each(catalogue.map((report) => ({ name: report.name, report })))(
  'The report $name of a segment has its visits alone',
  async ({ report }) => {
    for (const { name, text, site } of parts) {
      const segment = readSegment(text, whole, none)
      const asked = { report, period, limit: 1000, offset: 0 }
      const [some, all] = await Promise.all([
        answer(world.store, { ...asked, site: whole, segment }, now),
        answer(world.store, { ...asked, site }, now),
      ])
      expect(said(some), name).toEqual(said(all))
    }
  },
)

test('So have its goals, rows over time, days and the visits log', async () => {
  for (const { name, text, site } of parts) {
    const segment = readSegment(text, whole, none)
    const overview = catalogue.find((report) => report.name === 'overview')
    const pages = catalogue.find((report) => report.name === 'pages')
    if (!overview || !pages) throw new Error('There are no such reports.')
    const asked = { period, limit: 1000, offset: 0, by: 'day' as const }
    const [some, all] = await Promise.all(
      [{ site: whole, segment }, { site }].map(async (which) => ({
        goals: (await answerGoals(world.store, { ...which, period }, now)).totals,
        days: (await answer(world.store, { ...asked, ...which, report: overview }, now)).rows,
        courses: (
          await answerEvolution(
            world.store,
            { ...which, report: pages, period, by: 'week', rows: [], limit: 5 },
            now,
          )
        ).rows,
        visits: (
          await visitsLog(world.store, {
            siteId: which.site.id,
            days: period,
            limit: 100,
            before: undefined,
            segment: which.segment,
          })
        ).visits,
      })),
    )
    expect(some, name).toEqual(all)
    expect(some?.visits.length).toBeGreaterThan(20)
  }
})

function none(): never {
  throw new Error('No segment is saved here.')
}
