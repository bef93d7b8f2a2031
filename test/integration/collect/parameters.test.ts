import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Hit } from '../../../server/collect/hit.ts'
import { faultsOf } from '../../fuzz/row.ts'
import {
  anyTrackingRequest,
  parameterNames,
  strangeRequests,
  type TrackingRequest,
} from '../../fuzz/tracking-request.ts'
import { startFootfall, type World } from '../../world/footfall.ts'

const timezones = ['Europe/Berlin', 'Pacific/Kiritimati']
const address = '198.51.100.213'

let world: World
beforeAll(async () => {
  world = await startFootfall({
    clock: Date.parse('2026-11-22T12:00:00Z'),
    env: { TRACKING_RATE_LIMIT: '0' },
  })
  const { sites } = world.service
  const other = await sites.create({
    name: 'Other',
    url: 'https://other.example',
    timezone: 'Pacific/Kiritimati',
  })
  await sites.change(other, {
    settings: { maskedBytes: 1, cookies: 'none', honourDoNotTrack: false, keepFragment: true },
  })
})
afterAll(() => world.close())

async function send({ method, url, headers, payload }: TrackingRequest): Promise<number> {
  const known = (text: string) => text.replaceAll('known-token', world.token)
  const { 'x-forwarded-for': forwarded = address, ...others } = headers
  const { authorization } = headers
  const answer = await world.app.inject({
    method,
    url: known(url),
    headers: {
      ...others,
      'x-forwarded-for': forwarded,
      ...(authorization !== undefined && { authorization: known(authorization) }),
    },
    payload: known(payload),
    remoteAddress: '127.0.0.1',
  })
  return answer.statusCode
}

/** What is in the store has the types of its columns; ids are wider than a number of JavaScript. */
function storedHits(): Promise<Hit[]> {
  return world.service.store.query<Hit>(
    `SELECT * REPLACE (toString(visit_id) AS visit_id, toString(visitor_id) AS visitor_id,
                       toUnixTimestamp(time) AS time, toUnixTimestamp(visit_time) AS visit_time)
     FROM hits WHERE kind != 'recognised'`,
  )
}

async function checkStore(): Promise<void> {
  const { journal, collector } = world.service
  await world.service.settle()
  expect(journal.rejected).toBe(0)
  const rows = await storedHits()
  expect(rows).toHaveLength(collector.kept)
  const faults = rows.flatMap((row) => faultsOf(row, timezones[row.site_id - 1] ?? '', address))
  expect(faults).toEqual([])
}

test('Whatever is sent under each name, the store takes every hit that was kept', async () => {
  for (const name of parameterNames) {
    for (const request of strangeRequests(name)) expect(await send(request)).toBe(200)
  }
  await checkStore()
  expect(world.service.collector.kept).toBeGreaterThan(1000)
})

test('Whatever is sent together, no answer is a failure and the store takes every hit that was kept', async () => {
  const batch = fc.array(anyTrackingRequest, { minLength: 400, maxLength: 400 })
  const before = world.service.collector.kept
  await fc.assert(
    fc.asyncProperty(batch, async (requests) => {
      for (const request of requests) expect([200, 204, 400, 404, 413, 415]).toContain(await send(request))
      await checkStore()
    }),
    { numRuns: 5, endOnFailure: true },
  )
  expect(world.service.collector.kept).toBeGreaterThan(before)
})
