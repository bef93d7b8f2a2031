// A question over single visits takes a bounded time and is answered or refused, whatever is asked beside it.

import { afterAll, beforeAll, expect, test } from 'vitest'
import { askedBy, NobodyAsks, OutOfTime } from '../../../server/store/turns.ts'
import { ReportsWorld } from '../../world/reports.ts'
import { berlin, openStore, type StoreWorld, storeHits } from '../../world/store.ts'
import { traffic } from '../../world/traffic.ts'

let world: StoreWorld
beforeAll(async () => {
  world = await openStore(undefined, { questionSeconds: 0.002 })
  await storeHits(
    world.store,
    traffic(berlin, { from: '2026-10-01', to: '2026-11-20', seed: 3, visitsADay: 20 }),
  )
})
afterAll(() => world.close())

const asked = '?site=1&period=range&date=2026-10-01,2026-11-20'

test('What takes longer than it may is refused, and says how to ask for less', async () => {
  const reports = new ReportsWorld(world.store, [berlin])
  const { status, body } = await reports.ask(`/pages${asked}&segment=pageUrl=@blog`)
  expect(status).toBe(413)
  expect(JSON.parse(body).error).toEqual({
    code: 'question_too_large',
    message:
      'Answering this takes more time or memory than is allowed. Ask for a shorter period, or by a segment with fewer conditions.',
  })
  // Other reports do not stop to be answered.
  expect((await reports.json(`/pages${asked}`)).totals.page_views).toBeGreaterThan(100)
})

test('While long questions are asked, short ones are answered; the long ones go in turn', async () => {
  const slow = 'SELECT sleepEachRow(0.05) FROM numbers(6) SETTINGS max_block_size = 1'
  const patient = { max_execution_time: 10 }
  const ended: string[] = []
  const long = Array.from({ length: 6 }, async (_, index) => {
    await world.store.queryLong(slow, {}, patient)
    ended.push(`long ${index}`)
  })
  await world.store.query('SELECT 1')
  ended.push('short')
  await Promise.all(long)
  expect(ended[0]).toBe('short')
  expect(ended.slice(1).sort()).toEqual(long.map((_, index) => `long ${index}`))
})

test('What nobody waits for any more is not begun', async () => {
  const slow = 'SELECT sleepEachRow(0.05) FROM numbers(4) SETTINGS max_block_size = 1'
  const patient = { max_execution_time: 10 }
  const gone = new AbortController()
  const running = [1, 2].map(() => world.store.queryLong(slow, {}, patient))
  const waiting = askedBy(gone.signal, () => world.store.queryLong('SELECT 1', {}, patient))
  gone.abort()
  await expect(waiting).rejects.toBeInstanceOf(NobodyAsks)
  await Promise.all(running)
})

test('All statements of a question have the time of one together', async () => {
  const patient = { max_execution_time: 10 }
  await askedBy(new AbortController().signal, async () => {
    await world.store.queryLong('SELECT sleepEachRow(0.05) FROM numbers(1)', {}, patient)
    await expect(world.store.queryLong('SELECT 1', {}, patient)).rejects.toBeInstanceOf(OutOfTime)
  })
  // Another question has a time of its own.
  expect(await world.store.queryLong('SELECT 1 AS one', {}, patient)).toEqual([{ one: 1 }])
})
