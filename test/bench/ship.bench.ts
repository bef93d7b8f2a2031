// How fast a segment of the journal gets into ClickHouse, with its token, synced to disk and counted into its visits,
// beside a plain INSERT of the same file into a table of the same columns that has none of this: five alternating
// rounds. A segment that may have been sent before is compared with what is there; that is measured as well.
//
// npm run bench -- ship [hits of a segment]

import { copyFileSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { factsText, type Hit, lineOf } from '../../server/collect/hit.ts'
import { packageRoot } from '../../server/root.ts'
import { migrate } from '../../server/store/migrations.ts'
import { shipSegment } from '../../server/store/shipment.ts'
import { Store } from '../../server/store/store.ts'
import { hit } from '../world/store.ts'
import { median } from './load.ts'

const rounds = 5
const hits = Number(process.argv[2] ?? 10_000)

const data = mkdtempSync(join(tmpdir(), 'footfall-bench-'))
const store = await Store.open({
  data,
  clickhouseUrl: undefined,
  clickhouseCluster: undefined,
  clickhouseMemory: 1_000_000_000,
})
try {
  await measure()
} finally {
  await store.close()
  rmSync(data, { recursive: true, force: true })
}

async function measure(): Promise<void> {
  await migrate(store, join(packageRoot, 'migrations'))
  await store.command(
    'CREATE TABLE plain AS hits ENGINE = MergeTree ORDER BY (site_id, day, visit_id, position)',
  )
  const shipping: number[] = []
  const plain: number[] = []
  const repeating: number[] = []
  let bytes = 0
  for (let round = 0; round <= rounds; round++) {
    const name = `${String(round).padStart(12, '0')}-0123456789ab.jsonl`
    const path = join(data, name)
    writeFileSync(path, segment(round))
    bytes = statSync(path).size
    copyFileSync(path, join(data, 'plain.jsonl'))
    const one = await rowsPerSecond(() => shipSegment(store, { path, name, repeated: false }))
    const other = await rowsPerSecond(() =>
      store.command(`INSERT INTO plain FROM INFILE '${join(data, 'plain.jsonl')}' FORMAT JSONEachRow`),
    )
    const again = await rowsPerSecond(() => shipSegment(store, { path, name, repeated: true }))
    // The first round warms up.
    if (round === 0) continue
    shipping.push(one)
    plain.push(other)
    repeating.push(again)
    console.log(
      `round ${round}: shipped ${one.toFixed(0)} hits/s, plain INSERT ${other.toFixed(0)} rows/s, ` +
        `ratio ${(one / other).toFixed(2)}; sent again ${again.toFixed(0)} hits/s`,
    )
  }
  const [counted] = await store.query<{ hits: number; visits: number }>(
    'SELECT (SELECT count() FROM hits) AS hits, (SELECT sum(hits) FROM visit) AS visits',
  )
  if (counted?.hits !== hits * (rounds + 1) || counted.visits !== counted.hits)
    throw new Error(`Not every hit was counted once: ${JSON.stringify(counted)}`)
  const summary = {
    bench: 'ship',
    ratio: Number(median(shipping.map((speed, round) => speed / (plain[round] ?? 0))).toFixed(2)),
    shipped: Math.round(median(shipping)),
    plain: Math.round(median(plain)),
    sentAgain: Math.round(median(repeating)),
    hits,
    bytesPerHit: Math.round(bytes / hits),
    rounds,
    node: process.version,
    cpu: `${cpus().length} x ${cpus()[0]?.model.trim()}`,
  }
  console.log(JSON.stringify(summary))
}

async function rowsPerSecond(insert: () => Promise<void>): Promise<number> {
  const started = performance.now()
  await insert()
  return (hits / (performance.now() - started)) * 1000
}

/** Visits of four page views. */
function segment(round: number): string {
  const now = Math.floor(Date.UTC(2026, 10, 22, 12) / 1000)
  return Array.from({ length: hits }, (_, index) => {
    const visit = round * hits + (index >> 2)
    const row: Hit = hit({
      time: now + (index & 3) * 30,
      visit_time: now,
      visit_id: String(BigInt(now) * 1000n * 4194304n + BigInt(visit)),
      visitor_id: String(visit * 7919),
      position: (index & 3) + 1,
      url: `example.org/articles/${index % 300}?page=2`,
      title: `Article ${index % 300}`,
      page_view_id: 'a1B2c3',
    })
    return lineOf(row, factsText(row))
  }).join('')
}
