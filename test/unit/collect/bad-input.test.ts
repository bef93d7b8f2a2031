import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type CollectorAlone, collectorAlone, sites } from '../../fuzz/collector.ts'
import { faultsOf, rowOf } from '../../fuzz/row.ts'
import {
  anyTrackingRequest,
  parameterNames,
  requestWith,
  strangeRequests,
  type TrackingRequest,
} from '../../fuzz/tracking-request.ts'

const address = '198.51.100.213'

let alone: CollectorAlone
beforeAll(async () => {
  alone = await collectorAlone()
})
afterAll(() => alone.app.close())

/** Sends it, and holds its answer and what was kept of it against what is promised. */
async function check({ entries, ...request }: TrackingRequest): Promise<void> {
  const { app, collector, lines } = alone
  const dropped = () => Object.values(collector.dropped).reduce((sum, count) => sum + count, 0)
  const before = { kept: collector.kept, dropped: dropped() }
  lines.length = 0
  const answer = await app.inject({ ...request, remoteAddress: address })
  const kept = collector.kept - before.kept
  const taken = kept + dropped() - before.dropped

  expect(lines).toHaveLength(kept)
  for (const line of lines) {
    const row = rowOf(line)
    const site = sites.find(({ id }) => id === row.site_id)
    expect(faultsOf(row, site?.timezone ?? '', address)).toEqual([])
  }
  if (request.method === 'OPTIONS') expect([204, 415]).toContain(answer.statusCode)
  else if (request.method === 'HEAD') expect(answer.statusCode).toBe(404)
  else expect([200, 204, 400, 413, 415]).toContain(answer.statusCode)
  if (answer.statusCode >= 400 || request.method === 'OPTIONS') expect(taken).toBe(0)
  else if (entries === undefined) expect(taken).toBe(answer.body.startsWith('This resource') ? 0 : 1)
  else if (answer.statusCode === 200) {
    const { tracked, invalid } = answer.json<{ tracked: number; invalid: number }>()
    expect({ tracked, all: tracked + invalid }).toEqual({ tracked: taken, all: entries })
  }
}

test.each(parameterNames)('Whatever is sent as %s: it is kept as a good row, or refused', async (name) => {
  for (const request of strangeRequests(name)) await check(request)
  await fc.assert(fc.asyncProperty(requestWith(name), check), { numRuns: 60 })
})

test('Whatever is sent together, in whatever way: what is kept is good rows, as many as the answer says', async () => {
  await fc.assert(fc.asyncProperty(anyTrackingRequest, check), { numRuns: 1500 })
  expect(alone.collector.kept).toBeGreaterThan(100)
})
