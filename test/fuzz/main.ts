// `npm run fuzz`: the long run. Ends with one line of JSON, and with the exit code 1 when anything was not as it
// should be.

import { numberOptions } from '../world/options.ts'
import { fuzz } from './fuzz.ts'

const { requests, seed, from } = numberOptions({
  requests: { value: 1_000_000, least: 1, most: 1e9 },
  seed: { value: Date.now() % 1_000_000, least: 0, most: 1e9 },
  from: { value: 0, least: 0, most: 1e9 },
})

const { failures, ...result } = await fuzz({ requests, seed, from, progress: (line) => console.log(line) })
for (const failure of failures) console.error(`FAILED: ${failure}`)
console.log(JSON.stringify(result))
process.exitCode = failures.length > 0 ? 1 : 0
