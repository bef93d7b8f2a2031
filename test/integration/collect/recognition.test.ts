// Visitors who come back after they were forgotten in memory, with a table that holds a thousand.

import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { startFootfall, type World } from '../../world/footfall.ts'

const start = Date.parse('2026-03-02T09:00:00Z')
const day = 24 * 3600 * 1000

let world: World
let visitor = 0
let id = ''

beforeAll(async () => {
  world = await startFootfall({
    clock: start,
    env: { VISITORS_IN_MEMORY: '1000', TRACKING_RATE_LIMIT: '0' },
  })
})
afterAll(() => world.close())
beforeEach(nextVisitor)

function nextVisitor(): void {
  id = (0xace0000 + ++visitor).toString(16).padStart(16, '0')
}

async function come(days: number, parameters: Record<string, string | number> = {}): Promise<void> {
  world.setClock(start + days * day)
  const answer = await world.track({ url: 'https://example.org/', _id: id, ...parameters })
  expect(answer.status).toBe(200)
}

/** Others come until this visitor is neither in the table nor among the visits that are remembered. */
function forget(): void {
  const { known } = world.service.visits
  for (let other = 0; known.has(1, id); other++)
    known.visited(1, (0xb0000000 + other * 7919).toString(16).padStart(16, '0'), 4_000_000_000)
  world.service.visits.end(1, id)
}

async function visits(): Promise<unknown[]> {
  await world.service.settle()
  return await world.service.store.query(
    `SELECT visit_number AS number, days_since_first AS first, days_since_last AS last,
            days_since_order AS ordered, actions, referrer_name
     FROM visit WHERE visitor_id = {id:UInt64} ORDER BY first_time`,
    { id: BigInt(`0x${id}`) },
  )
}

test('A visitor who returns after 40 days and was forgotten in memory is a returning one', async () => {
  await come(0)
  await come(10, { idgoal: 0, ec_id: 'order', revenue: 5 })
  await world.service.settle()
  forget()
  await come(50, { urlref: 'https://www.google.com/' })
  await come(50.01)
  expect(await visits()).toEqual([
    { number: 1, first: 0, last: 0, ordered: -1, actions: 1, referrer_name: '' },
    { number: 2, first: 10, last: 10, ordered: 0, actions: 0, referrer_name: '' },
    { number: 3, first: 50, last: 40, ordered: 40, actions: 2, referrer_name: 'Google' },
  ])
  await come(51)
  expect(await visits()).toContainEqual(expect.objectContaining({ number: 4, last: 1 }))
})

test('What a later hit tells of the visit stays told', async () => {
  await come(0)
  await world.service.settle()
  forget()
  await come(20)
  await world.service.recognition.settle()
  await come(20.001, { uid: 'anna', res: '800x600' })
  await world.service.settle()
  const rows = await world.service.store.query(
    `SELECT visit_number, user_id, resolution FROM visit WHERE user_id = 'anna'`,
  )
  expect(rows).toEqual([{ visit_number: 2, user_id: 'anna', resolution: '800x600' }])
})

test('Nobody waits for the store: the hit is answered while it is not asked yet', async () => {
  await come(0)
  await world.service.settle()
  forget()
  const { store, recognition } = world.service
  let let_ = () => {}
  const held = new Promise<void>((resolve) => {
    let_ = resolve
  })
  const ask = store.query.bind(store)
  const query = vi.spyOn(store, 'query').mockImplementation(async (sql, ...rest) => {
    if (sql.includes('FROM visitors')) await held
    return await ask(sql, ...rest)
  })
  const before = recognition.recognised
  await come(30)
  await expect.poll(() => query.mock.calls.some(([sql]) => sql.includes('FROM visitors'))).toBe(true)
  await come(30.001)
  expect(recognition.recognised).toBe(before)
  let_()
  query.mockRestore()
  expect(await visits()).toContainEqual(expect.objectContaining({ number: 2, actions: 2 }))
})

test('A visit that is in the store itself by the time it is asked for is told right, too', async () => {
  await come(0)
  await come(7)
  await world.service.settle()
  forget()
  const { recognition, journal, store } = world.service
  const ask = store.query.bind(store)
  const query = vi.spyOn(store, 'query').mockImplementation(async (sql, ...rest) => {
    if (sql.includes('FROM visitors')) await journal.drain()
    return await ask(sql, ...rest)
  })
  await come(37)
  await recognition.settle()
  query.mockRestore()
  expect(await visits()).toContainEqual(expect.objectContaining({ number: 3, first: 37, last: 30 }))
})

test('A store that fails is asked again', async () => {
  await come(0)
  await world.service.settle()
  forget()
  const { store } = world.service
  const ask = store.query.bind(store)
  let failures = 2
  const query = vi.spyOn(store, 'query').mockImplementation(async (sql, ...rest) => {
    if (sql.includes('FROM visitors') && failures-- > 0) throw new Error('away')
    return await ask(sql, ...rest)
  })
  await come(3)
  expect(await visits()).toContainEqual(expect.objectContaining({ number: 2, last: 3 }))
  expect(failures).toBeLessThan(0)
  query.mockRestore()
})

test('Who waits for those that are asked for does not wait for those that come meanwhile', async () => {
  await come(0)
  await world.service.settle()
  forget()
  const { store, recognition } = world.service
  const ask = store.query.bind(store)
  let asked = 0
  const query = vi.spyOn(store, 'query').mockImplementation(async (sql, ...rest) => {
    if (sql.includes('FROM visitors') && ++asked < 20) {
      nextVisitor()
      await come(60)
    }
    return await ask(sql, ...rest)
  })
  await come(60)
  await recognition.settle()
  expect(asked).toBeGreaterThan(0)
  expect(asked).toBeLessThan(5)
  await expect.poll(() => asked).toBe(20)
  query.mockRestore()
})

test('The hashed id of a day is asked for by nobody', async () => {
  const { store } = world.service
  const query = vi.spyOn(store, 'query')
  await world.track({ url: 'https://example.org/', _id: '' })
  await world.service.settle()
  expect(query.mock.calls.filter(([sql]) => sql.includes('FROM visitors'))).toEqual([])
  expect(await store.query('SELECT count() AS n FROM visitors WHERE visits = 0 OR visitor_id = 0')).toEqual([
    { n: 0 },
  ])
  query.mockRestore()
})
