// `npm run bench -- <name>`: compiles and runs test/bench/<name>.ts, which measures side by side in one run and
// ends with one line of JSON.

import { readdirSync } from 'node:fs'
import { runCompiled } from './compiled.mjs'

const [name, ...args] = process.argv.slice(2)
const known = readdirSync('test/bench')
  .filter((file) => file.endsWith('.bench.ts'))
  .map((file) => file.slice(0, -'.bench.ts'.length))
if (!known.includes(name)) {
  console.error(`Usage: npm run bench -- <${known.join('|')}>`)
  process.exit(2)
}
process.argv.splice(2, 1 + args.length, ...args)
await runCompiled(`test/bench/${name}.bench.ts`)
