// `npm run crash:archive`: the rounds, and one line of JSON at the end. Exits with 1 when a round ends otherwise than it
// would have undisturbed. With `work`, a folder and a site it is the process that is killed.

import { numberOptions } from '../world/options.ts'
import { crashArchive, work, worker } from './archive.ts'

const [program = '', mode, folder, site] = process.argv.slice(1)
if (mode === 'work' && folder) {
  await work(folder, Number(site), (line) => process.stdout.write(`${line}\n`))
  process.exit(0)
}
const { rounds, seed } = numberOptions({
  rounds: { value: 50, least: 1, most: 10_000 },
  seed: { value: 1, least: 0, most: 1e9 },
})
const result = await crashArchive({ rounds, seed, worker: worker(program), log: console.log })
console.log(JSON.stringify(result))
process.exit(result.problems.length > 0 ? 1 : 0)
