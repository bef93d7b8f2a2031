// `npm run crash`: the rounds, and one line of JSON at the end. Exits with 1 when anything is lost, doubled or wrong.

import { parseArgs } from 'node:util'
import { crash } from './crash.ts'

const usage = 'Usage: npm run crash -- [--rounds 200] [--seconds-per-round 2] [--seed N]'

const { rounds, secondsPerRound, seed } = options()
const result = await crash({ rounds, seed, secondsPerRound, log: console.log })
for (const problem of result.problems) console.error(problem)
console.log(JSON.stringify(result))
process.exit(result.problems.length > 0 || result.lost + result.doubled > 0 ? 1 : 0)

function options(): { rounds: number; secondsPerRound: number; seed: number } {
  try {
    const { values } = parseArgs({
      options: {
        rounds: { type: 'string', default: '200' },
        'seconds-per-round': { type: 'string', default: '2' },
        seed: { type: 'string', default: String(Date.now() % 1_000_000) },
      },
    })
    return {
      rounds: number(values.rounds, '--rounds', 1, 100_000),
      secondsPerRound: number(values['seconds-per-round'], '--seconds-per-round', 1, 600),
      seed: number(values.seed, '--seed', 0, 1e9),
    }
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n${usage}`)
    process.exit(2)
  }
}

function number(text: string, name: string, least: number, most: number): number {
  const value = Number(text)
  if (!/^\d+$/.test(text) || value < least || value > most)
    throw new Error(`${name} must be a whole number from ${least} to ${most}.`)
  return value
}
