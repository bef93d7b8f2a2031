// The short version of `npm run crash`: a kill in each phase of the service's work. The moments are seen in the files
// of the embedded store.

import { expect, test } from 'vitest'
import { crash } from '../../crash/crash.ts'

test.skipIf(process.env.CLICKHOUSE_URL)(
  'Ten kills under load, one in each phase: each acknowledged hit is counted once',
  async () => {
    const lines: string[] = []
    const log = (line: string) => lines.push(line)
    const result = await crash({ rounds: 10, seed: 41, secondsPerRound: 1, log })
    expect(result.problems, lines.join('\n')).toEqual([])
    expect(result).toMatchObject({ lost: 0, doubled: 0 })
    expect(result.acknowledged).toBeGreaterThan(0)
  },
  300_000,
)
