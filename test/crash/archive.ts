// Rolling up, late hits, rolling up again and finalising, killed with SIGKILL at random moments and begun again, on a copy
// of the same data each time: in the end everything must be as where nobody disturbed it. The rounds take turns with two
// sites, each of which has its hits beside the other's.

import { type ChildProcess, spawn } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Site } from '../../server/admin/site.ts'
import { finaliseYear } from '../../server/archive/final-year.ts'
import { dropSuperseded, rollUp } from '../../server/archive/rolling.ts'
import { dropScratch } from '../../server/archive/scratch.ts'
import { Random } from '../../server/demo/random.ts'
import { packageRoot } from '../../server/root.ts'
import { migrate } from '../../server/store/migrations.ts'
import { shipSegment } from '../../server/store/shipment.ts'
import type { Store } from '../../server/store/store.ts'
import { berlin, openStoreOf, storeHits } from '../world/store.ts'
import { traffic } from '../world/traffic.ts'

/** One is rolled up and made final from the hits themselves, as on a cluster, the other from copies. */
const sites: Site[] = [berlin, { ...berlin, id: 2, timezone: 'America/New_York' }]
const copying = ({ id }: Site) => ({ copy: id === 2 })
const siteOf = (id: number) => sites.find((site) => site.id === id) ?? berlin
const now = Date.parse('2026-02-10T12:00:00Z')

export type ArchiveCrash = { rounds: number; kills: number; seconds: number; problems: string[] }

/** `worker` runs `work` in a process of its own on the folder and the site that it is handed. */
export async function crashArchive(options: {
  rounds: number
  seed: number
  worker: (folder: string, site: number) => ChildProcess
  log: (line: string) => void
}): Promise<ArchiveCrash> {
  const { rounds, seed, worker, log } = options
  const random = new Random('kills', seed)
  const begun = Date.now()
  const folder = mkdtempSync(join(tmpdir(), 'footfall-archive-'))
  const at = (name: string) => join(folder, name)
  const problems: string[] = []
  let kills = 0
  const whole = async (id: number) => {
    cpSync(at('data'), at(`undisturbed-${id}`), { recursive: true })
    const end = await finish(worker(at(`undisturbed-${id}`), id))
    log(`undisturbed: site ${id}, ${end.milliseconds} ms of work`)
    return end
  }
  try {
    await prepare(at('data'), seed)
    const ends = new Map<number, { state: string; milliseconds: number }>()
    for (let round = 1; round <= rounds; round++) {
      const { id } = sites[(round - 1) % sites.length] ?? berlin
      const undisturbed = ends.get(id) ?? (await whole(id))
      ends.set(id, undisturbed)
      cpSync(at('data'), at('killed'), { recursive: true })
      // Three times at least, so that one run takes over what another one left.
      let killed = 0
      for (let ended = false; !ended && killed < 3; ) {
        ended = !(await killWithin(worker(at('killed'), id), random.next() * undisturbed.milliseconds))
        if (!ended) killed++
      }
      kills += killed
      const { state } = await finish(worker(at('killed'), id))
      log(
        `round ${round}: site ${id}, ${killed} kills, ${state === undisturbed.state ? 'the same' : 'ANOTHER'} end`,
      )
      if (state !== undisturbed.state) {
        problems.push(
          `Round ${round}: after ${killed} kills the state is ${state}, else it is ${undisturbed.state}; see ${folder}.`,
        )
        log(problems.at(-1) ?? '')
        cpSync(at('killed'), at(`killed-${round}`), { recursive: true })
      }
      rmSync(at('killed'), { recursive: true })
    }
  } finally {
    if (problems.length === 0) rmSync(folder, { recursive: true, force: true })
  }
  return { rounds, kills, seconds: Math.round((Date.now() - begun) / 1000), problems }
}

/** What a process does that may be killed; tells `begun` and, in the end, what there is then. */
export async function work(folder: string, id: number, tell: (line: string) => void): Promise<void> {
  const site = siteOf(id)
  const store = await openStoreOf(folder)
  tell('begun')
  await dropScratch(store)
  const roll = () => rollUp({ store, sites: [site], now, settleFor: 0, ...copying(site) })
  await roll()
  await addLate(store, folder)
  await roll()
  await finaliseYear({ store, site, year: 2025, now, ...copying(site) })
  await roll()
  await dropSuperseded(store, 0)
  tell(`state ${await stateOf(store)}`)
  await store.close()
}

/** Hits of days that are rolled up, as the journal ships them: what is there already is not there twice. */
async function addLate(store: Store, folder: string): Promise<void> {
  const done = join(folder, 'late-done')
  if (existsSync(done)) return
  const path = join(folder, 'late.jsonl')
  const hits = sites.flatMap((site) =>
    ['2025-12-30', '2026-01-02'].flatMap((day) => traffic(site, { from: day, to: day, seed: 90 })),
  )
  // No visit of before.
  const late = hits.map((hit) => ({ ...hit, visit_id: String(1_000_000 + Number(hit.visit_id)) }))
  writeFileSync(path, late.map((hit) => `${JSON.stringify(hit)}\n`).join(''))
  await shipSegment(store, { path, name: 'late', repeated: true })
  writeFileSync(done, '')
}

async function prepare(folder: string, seed: number): Promise<void> {
  const store = await openStoreOf(folder)
  await migrate(store, join(packageRoot, 'migrations'))
  for (const site of sites) {
    await storeHits(store, traffic(site, { from: '2025-12-27', to: '2026-01-05', seed: seed + site.id }))
  }
  await store.close()
}

/** Stands for every row that is left, whatever its version, and for the tables. Of sketches the number: their bytes depend on the order. */
async function stateOf(store: Store): Promise<string> {
  const sketches = await store.query<{ name: string }>(
    `SELECT name FROM system.columns WHERE database = currentDatabase() AND table = 'rollups' AND type LIKE 'AggregateFunction%'`,
  )
  const numbers = sketches.map(({ name }) => `finalizeAggregation(${name}) AS ${name}`)
  const contents = await Promise.all(
    [
      `SELECT * EXCEPT (version) REPLACE (${numbers.join(', ')}) FROM rollups`,
      `SELECT name FROM system.tables WHERE database = currentDatabase()`,
      'SELECT site_id, period, start, definition FROM rolled FINAL',
      'SELECT site_id, year, argMax(state, version) FROM years GROUP BY site_id, year',
      'SELECT site_id, day, visit_id, position FROM hits',
      'SELECT site_id, day, visit_id FROM visit',
    ].map((sql) => store.query(`SELECT count() AS rows, sum(cityHash64(*)) AS content FROM (${sql})`)),
  )
  return JSON.stringify(contents.flat())
}

/** Whether it was killed; it may have ended before. */
async function killWithin(child: ChildProcess, milliseconds: number): Promise<boolean> {
  const ended = new Promise<number | null>((done) => child.once('exit', done))
  await firstLine(child)
  const timer = setTimeout(() => child.kill('SIGKILL'), milliseconds)
  const code = await ended
  clearTimeout(timer)
  return code === null
}

async function finish(child: ChildProcess): Promise<{ state: string; milliseconds: number }> {
  const lines: string[] = []
  child.stdout?.on('data', (data) => lines.push(String(data)))
  const ended = new Promise<number | null>((done) => child.once('exit', done))
  await firstLine(child)
  const begun = Date.now()
  const code = await ended
  const state = /^state (.*)$/m.exec(lines.join(''))?.[1]
  if (code !== 0 || !state) throw new Error(`It ended with ${code}: ${lines.join('')}`)
  return { state, milliseconds: Date.now() - begun }
}

function firstLine(child: ChildProcess): Promise<void> {
  return new Promise((done) => {
    child.stdout?.once('data', () => done())
    child.once('exit', () => done())
  })
}

/** Another process of the same program. */
export function worker(program: string): (folder: string, site: number) => ChildProcess {
  return (folder, site) =>
    spawn(process.execPath, [program, 'work', folder, String(site)], { stdio: ['ignore', 'pipe', 'inherit'] })
}
