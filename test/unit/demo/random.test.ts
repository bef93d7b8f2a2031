import { expect, test } from 'vitest'
import { Random, Weighted, zipf } from '../../../server/demo/random.ts'

test('The same keys give the same numbers, on every machine', () => {
  const numbers = (...keys: (string | number)[]) => {
    const random = new Random(...keys)
    return [random.next(), random.next(), random.next()]
  }
  expect(numbers('seed', 1)).toEqual(numbers('seed', 1))
  expect(numbers('seed', 1)).not.toEqual(numbers('seed', 2))
  expect(numbers('seed', 12)).not.toEqual(numbers('seed1', 2))
})

test('Numbers are spread evenly, for neighbouring keys as well', () => {
  const buckets = new Array<number>(10).fill(0)
  for (let key = 0; key < 10_000; key++) {
    const bucket = new Random('seed', key).below(10)
    buckets[bucket] = (buckets[bucket] ?? 0) + 1
  }
  for (const bucket of buckets) expect(Math.abs(bucket - 1000)).toBeLessThan(150)
})

test('Weights are shares', () => {
  const random = new Random('weights')
  const choice = new Weighted([
    ['often', 3],
    ['rarely', 1],
    ['never', 0],
  ])
  const picked = Array.from({ length: 4000 }, () => choice.pick(random))
  expect(Math.abs(picked.filter((item) => item === 'often').length - 3000)).toBeLessThan(150)
  expect(picked).not.toContain('never')
})

test('The second most popular has half of what the first has', () => {
  const random = new Random('zipf')
  const choice = zipf(['a', 'b', 'c'])
  const picked = Array.from({ length: 11_000 }, () => choice.pick(random))
  expect(Math.abs(picked.filter((item) => item === 'a').length - 6000)).toBeLessThan(250)
  expect(Math.abs(picked.filter((item) => item === 'b').length - 3000)).toBeLessThan(250)
})

test('Hexadecimal texts have the length that was asked for', () => {
  expect(new Random('hex').hex(16)).toMatch(/^[0-9a-f]{16}$/)
  expect(new Random('hex').hex(6)).toMatch(/^[0-9a-f]{6}$/)
})
