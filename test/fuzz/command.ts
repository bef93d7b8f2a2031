// `npm run fuzz`: the long run. Ends with one line of JSON, and with the exit code 1 when anything was not as it
// should be.

import { parseArgs } from 'node:util'
import { fuzz } from './fuzz.ts'

const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    from: { type: 'string', default: '0' },
  },
})

const { failures, ...result } = await fuzz({
  requests: Number(values.requests),
  seed: Number(values.seed),
  from: Number(values.from),
  progress: (line) => console.log(line),
})
for (const failure of failures) console.error(`FAILED: ${failure}`)
console.log(JSON.stringify(result))
process.exitCode = failures.length > 0 ? 1 : 0
