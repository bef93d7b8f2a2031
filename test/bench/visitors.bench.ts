// What it takes to know a visitor again: the memory of recent visitors in the table, beside a Map of objects with the
// same facts, how quickly each is asked and told, and the memory of visits that are running.
//
// npm run bench -- visitors [visitors]

import { cpus } from 'node:os'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { factsText } from '../../server/collect/hit.ts'
import { type Known, KnownVisitors } from '../../server/collect/known.ts'
import { type Arrival, Visits } from '../../server/collect/visit.ts'
import { berlin, hit } from '../world/store.ts'

const visitors = Number(process.argv[2] ?? 1_000_000)
const running = Math.min(visitors, 200_000)
const now = Date.UTC(2026, 10, 22, 12)

/** Ids as random as a cookie's, the same in each round. */
function idOf(number: number): string {
  const mixed = (BigInt(number + 1) * 0x9e3779b97f4a7c15n) & 0xffffffffffffffffn
  return mixed.toString(16).padStart(16, '0')
}

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

function memory(): number {
  collectGarbage()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

const ids = Array.from({ length: visitors }, (_, number) => idOf(number))

function measure(what: string, one: { tell: (id: string) => void; ask: (id: string) => boolean }) {
  const before = memory()
  const started = performance.now()
  for (const id of ids) one.tell(id)
  const told = performance.now()
  const bytes = memory() - before
  const asking = performance.now()
  let found = 0
  for (const id of ids) if (one.ask(id)) found++
  const asked = performance.now() - asking
  const figures = {
    bytesEach: Math.round(bytes / visitors),
    megabytes: Math.round(bytes / 1e6),
    toldPerSecond: Math.round((visitors / (told - started)) * 1000),
    askedPerSecond: Math.round((visitors / asked) * 1000),
    kept: Number((found / visitors).toFixed(3)),
  }
  console.log(`${what}: ${JSON.stringify(figures)}`)
  return figures
}

const known = new KnownVisitors(visitors)
const table = measure('table', {
  tell: (id) => void known.visited(1, id, now / 1000),
  ask: (id) => known.get(1, id) !== undefined,
})
const map = new Map<string, Known>()
const objects = measure('map of objects', {
  tell: (id) => {
    const before = map.get(`1 ${id}`)
    map.set(`1 ${id}`, { visits: (before?.visits ?? 0) + 1, first: now / 1000, last: now / 1000, ordered: 0 })
  },
  ask: (id) => map.get(`1 ${id}`) !== undefined,
})

const before = memory()
const visits = new Visits()
const facts = hit({ time: now / 1000 })
for (let number = 0; number < running; number++) {
  const arrival: Arrival = {
    site: berlin,
    visitorId: idOf(number),
    profilable: true,
    userId: '',
    aliases: [],
    pageView: '',
    offered: undefined,
    time: now + number,
    kind: 'pageview',
    newVisit: false,
    referrer: { type: 'direct', name: '', keyword: '', url: '' },
  }
  visits.begin(arrival, facts)
}
const perVisit = Math.round((memory() - before) / visits.size)
console.log(`${visits.size} visits, facts of ${factsText(facts).length} characters: ${perVisit} bytes each`)
console.log(
  JSON.stringify({
    bench: 'visitors',
    visitors,
    table,
    objects,
    ratio: Number((objects.bytesEach / table.bytesEach).toFixed(1)),
    bytesPerRunningVisit: perVisit,
    node: process.version,
    cpu: `${cpus().length} x ${cpus()[0]?.model.trim()}`,
  }),
)
