import { expect, test } from 'vitest'
import { networkOf, RateLimit } from '../../../server/collect/rate-limit.ts'

const now = Date.UTC(2026, 10, 22)

function taken(limit: RateLimit, times: number, at = now, site = 1, address = '203.0.113.7') {
  let allowed = 0
  for (let time = 0; time < times; time++) if (limit.take(site, address, 1, at) === 0) allowed++
  return allowed
}

test('An address may send ten seconds of requests at once, then as many as flow in', () => {
  const limit = new RateLimit(200)
  expect(taken(limit, 5000)).toBe(2000)
  expect(limit.refused).toBe(3000)
  expect(taken(limit, 5000, now + 1000)).toBe(200)
  expect(taken(limit, 5000, now + 1500)).toBe(100)
  expect(taken(limit, 5000, now + 60_000)).toBe(2000)
})

test('Who has to wait is told how long', () => {
  const limit = new RateLimit(1)
  expect(taken(limit, 10)).toBe(10)
  expect(limit.take(1, '203.0.113.7', 1, now)).toBe(1)
  expect(limit.take(1, '203.0.113.7', 1, now + 1000)).toBe(0)
})

test('Another address and another site have limits of their own', () => {
  const limit = new RateLimit(200)
  taken(limit, 5000)
  expect(taken(limit, 5000, now, 1, '203.0.113.8')).toBe(2000)
  expect(taken(limit, 5000, now, 2)).toBe(2000)
  expect(taken(limit, 1)).toBe(0)
})

test('All addresses of an IPv6 subscriber have one limit', () => {
  const limit = new RateLimit(200)
  expect(taken(limit, 2000, now, 1, '2001:db8:1:2:3:4:5:6')).toBe(2000)
  expect(taken(limit, 1, now, 1, '2001:db8:1:2:ffff::1')).toBe(0)
  expect(taken(limit, 1, now, 1, '2001:db8:1:3::1')).toBe(1)
})

test.each([
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
  ['2001:db8:1:2::6', '2001:db8:1:2'],
  ['2001:db8:1::6', '2001:db8:1:0'],
  ['2001:db8::', '2001:db8:0:0'],
  ['2001:db8::3:4:5:6', '2001:db8:0:0'],
  ['2001::2:3:4:5:6', '2001:0:0:2'],
  ['::1', '0:0:0:0'],
  ['[2001:db8:1:2:3:4:5:6]:443', '2001:db8:1:2'],
  ['203.0.113.7', '203.0.113.7'],
  ['203.0.113.7:443', '203.0.113.7'],
  ['::ffff:203.0.113.7', '::ffff:203.0.113.7'],
  ['', ''],
])('Who is behind %s is %s', (address, network) => {
  expect(networkOf(address)).toBe(network)
})

test('A long list is taken when the bucket is full, and paid off before the next', () => {
  const limit = new RateLimit(200)
  expect(limit.take(0, '203.0.113.7', 10_000, now)).toBe(0)
  expect(limit.take(0, '203.0.113.7', 1, now)).toBe(41)
  expect(limit.take(0, '203.0.113.7', 1, now + 41_000)).toBe(0)
})

test('A clock that is set back locks nobody out for longer than a bucket takes to fill', () => {
  const limit = new RateLimit(200)
  taken(limit, 1)
  expect(limit.take(1, '203.0.113.7', 1, now - 3_600_000)).toBe(0)
})

test('A limit of 0 is none', () => {
  expect(taken(new RateLimit(0), 100_000)).toBe(100_000)
})

test('Of a hundred thousand addresses at once most are remembered, and none waits for another', () => {
  const limit = new RateLimit(1)
  const addresses = Array.from({ length: 100_000 }, (_, n) => `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`)
  for (const address of addresses) for (let time = 0; time < 10; time++) limit.take(1, address, 1, now)
  expect(limit.refused).toBe(0)
  // Each has used up its own; whoever has lost the place to another begins anew.
  const waiting = addresses.filter((address) => limit.take(1, address, 1, now) > 0).length
  expect(waiting).toBeGreaterThan(40_000)
})
