import { expect, test } from 'vitest'
import { fuzz } from '../../fuzz/fuzz.ts'

test('Whatever comes over a connection, the service lives, answers in HTTP and keeps what it says', async () => {
  const { failures, ...result } = await fuzz({ requests: 20_000, seed: 20_261_122 })
  expect(failures).toEqual([])
  expect(result).toMatchObject({ server5xx: 0, crashes: 0, rejected: 0, rows: result.kept })
  expect(result.canaries).toBeGreaterThanOrEqual(10)
  expect(result.kept).toBeGreaterThan(5000)
})
