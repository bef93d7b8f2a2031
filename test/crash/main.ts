// `npm run crash`: the rounds, and one line of JSON at the end. Exits with 1 when anything is lost, doubled or wrong.

import { numberOptions } from '../world/options.ts'
import { crash } from './crash.ts'

const options = numberOptions({
  rounds: { value: 200, least: 1, most: 100_000 },
  'seconds-per-round': { value: 2, least: 1, most: 600 },
  seed: { value: Date.now() % 1_000_000, least: 0, most: 1e9 },
})
const { rounds, seed } = options
const result = await crash({ rounds, seed, secondsPerRound: options['seconds-per-round'], log: console.log })
for (const problem of result.problems) console.error(problem)
console.log(JSON.stringify(result))
process.exit(result.problems.length > 0 || result.lost + result.doubled > 0 ? 1 : 0)
