// Ships a segment of the journal so that each of its lines is counted once, whatever became of an earlier attempt.
//
// The deduplication token alone does not do it: ClickHouse writes its record of a token before the rows are in their
// place, and does not sync it. After a crash there may be a record without rows, or rows without a record. So of a
// segment that may have been sent before, the store is asked which lines it has: a hit is known by its visit and its
// position in it. The token still counts where an insert that was given up goes on inside a server.

import { randomBytes } from 'node:crypto'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { setTimeout } from 'node:timers/promises'
import { markChanged } from './changed-days.ts'
import { type Store, StoreError } from './store.ts'

type Line = { text: string; site: number; day: string; visit: bigint; position: number }

/** Milliseconds that rows may take to be seen after their insert was acknowledged. */
const seenWithin = 1000
/** Lines whose visits are asked about in one query. */
const chunk = 2000

/** @throws StoreError */
export async function shipSegment(
  store: Store,
  { path, name, repeated }: { path: string; name: string; repeated: boolean },
): Promise<void> {
  const lines = repeated ? readLines(await readFile(path, 'utf8')) : undefined
  // What cannot be read is for ClickHouse to refuse.
  if (!lines) return await store.ship(path, name)
  if (store.cluster) await shipToCluster(store, lines, path, name)
  else await shipToNode(store, lines, path, name)
  await markDays(store, lines)
}

async function shipToNode(store: Store, lines: Line[], path: string, name: string): Promise<void> {
  await refuseWhileUnderWay(store, name)
  const missing = await missingOf(store, lines)
  if (missing.length === lines.length) await store.ship(path, name)
  else if (missing.length > 0) await shipLines(store, missing, path, `${name} rest`)
  const unseen = missing.length > 0 ? await unseenOf(store, missing) : []
  if (unseen.length > 0) await shipLines(store, unseen, path, `${name} ${randomBytes(6).toString('hex')}`)
  await mendVisits(store, lines)
}

/** An insert that was given up goes on in the server: what it has not stored yet would come twice. */
async function refuseWhileUnderWay(store: Store, name: string): Promise<void> {
  try {
    const [row] = await store.query<{ running: number }>(
      `SELECT count() AS running FROM system.processes
       WHERE startsWith(Settings['insert_deduplication_token'], {name:String})`,
      { name },
    )
    if (!row?.running) return
  } catch (error) {
    // A user who may not see what runs ships all the same.
    if (error instanceof StoreError && error.code === accessDenied) return
    throw error
  }
  throw new StoreError(`An earlier insert of segment ${name} is still running.`, 0, undefined)
}

const accessDenied = 497

/**
 * Replicated tables record a token together with its rows, for each shard and partition: under the same token comes what
 * is not there, even where what is there is not seen because a replica lags. A later token could double it. The rows are
 * asked for all the same, because records are forgotten after an hour or ten thousand inserts of all collectors.
 */
async function shipToCluster(store: Store, lines: Line[], path: string, name: string): Promise<void> {
  const missing = await missingOf(store, lines)
  if (missing.length > 0) await shipLines(store, missing, path, name)
  if ((await incompleteVisits(store, lines)).size === 0) return
  // A replica may lag. If it does not, hits were stored and their node ended before their visits were.
  await setTimeout(seenWithin)
  if ((await incompleteVisits(store, lines)).size > 0) await store.ship(path, name)
}

/** That days have changed comes after the hits, too: what is made of these days would stay without them. */
async function markDays(store: Store, lines: Line[]): Promise<void> {
  for (const site of new Set(lines.map((line) => line.site))) {
    const ofSite = lines.filter((line) => line.site === site)
    await markChanged(
      store,
      site,
      ofSite.map(({ day }) => day),
    )
  }
}

function readLines(content: string): Line[] | undefined {
  const lines: Line[] = []
  for (const text of content.split('\n')) {
    if (text === '') continue
    const line = readLine(text)
    if (!line) return undefined
    lines.push(line)
  }
  return lines
}

function readLine(text: string): Line | undefined {
  try {
    const { site_id, day, visit_id, position } = JSON.parse(text) as Record<string, unknown>
    if (!Number.isSafeInteger(site_id) || !Number.isSafeInteger(position)) return undefined
    if (!/^\d{4}-\d\d-\d\d$/.test(String(day)) || !/^\d{1,20}$/.test(String(visit_id))) return undefined
    const visit = BigInt(String(visit_id))
    return { text, site: Number(site_id), day: String(day), visit, position: Number(position) }
  } catch {
    return undefined
  }
}

async function missingOf(store: Store, lines: Line[]): Promise<Line[]> {
  const stored = new Set<string>()
  for (const part of chunks(lines)) {
    const rows = await store.query<{ visit: string; position: number }>(
      `SELECT toString(visit_id) AS visit, position FROM hits WHERE ${ofVisits}`,
      visitsOf(part),
    )
    for (const { visit, position } of rows) stored.add(`${visit} ${position}`)
  }
  return lines.filter(({ visit, position }) => !stored.has(`${visit} ${position}`))
}

/** Lines that were taken but are not there: their token had a record without rows. */
async function unseenOf(store: Store, lines: Line[]): Promise<Line[]> {
  const missing = await missingOf(store, lines)
  if (missing.length === 0) return missing
  // An insert of the same token that was given up may just be on its way.
  await setTimeout(seenWithin)
  return await missingOf(store, missing)
}

async function shipLines(store: Store, lines: Line[], path: string, token: string): Promise<void> {
  const part = `${path}.part`
  try {
    await writeFile(part, lines.map(({ text }) => `${text}\n`).join(''), { mode: 0o600 })
    await store.ship(part, token)
  } finally {
    await rm(part, { force: true })
  }
}

/** Makes those visits anew that do not have all of their hits: their part came after that of the hits, and never did. */
async function mendVisits(store: Store, lines: Line[]): Promise<void> {
  const wrong = await incompleteVisits(store, lines)
  for (const part of chunks(lines.filter(({ visit }) => wrong.has(visit)))) {
    const [view] = await store.query<{ sql: string }>(
      `SELECT as_select AS sql FROM system.tables WHERE database = currentDatabase() AND name = 'visits_from_hits'`,
    )
    if (!view) throw new Error('The view visits_from_hits is missing.')
    await store.command(`DELETE FROM visits WHERE ${ofVisits}`, visitsOf(part), {
      lightweight_deletes_sync: '2',
    })
    // Made before with the same content, perhaps: then it is no repetition.
    await store.command(`INSERT INTO visits SELECT * FROM (${view.sql}) WHERE ${ofVisits}`, visitsOf(part), {
      insert_deduplicate: 0,
    })
  }
}

/** Visits that say another number of hits than there are. */
async function incompleteVisits(store: Store, lines: Line[]): Promise<Set<bigint>> {
  const found = new Set<bigint>()
  for (const part of chunks(lines)) {
    const rows = await store.query<{ visit: string }>(
      `SELECT toString(visit_id) AS visit FROM (
         SELECT visit_id, toInt64(count()) AS difference FROM hits WHERE ${ofVisits} GROUP BY visit_id
         UNION ALL
         SELECT visit_id, -toInt64(sum(hits)) AS difference FROM visits WHERE ${ofVisits} GROUP BY visit_id
       ) GROUP BY visit_id HAVING sum(difference) != 0`,
      visitsOf(part),
    )
    for (const { visit } of rows) found.add(BigInt(visit))
  }
  return found
}

/** By what the tables are sorted by: only few granules are read. */
const ofVisits =
  'site_id IN {sites:Array(UInt32)} AND day IN {days:Array(Date)} AND visit_id IN {visits:Array(UInt64)}'

function visitsOf(lines: Line[]) {
  return {
    sites: [...new Set(lines.map(({ site }) => site))],
    days: [...new Set(lines.map(({ day }) => day))],
    visits: [...new Set(lines.map(({ visit }) => visit))],
  }
}

function chunks(lines: Line[]): Line[][] {
  const parts: Line[][] = []
  for (let from = 0; from < lines.length; from += chunk) parts.push(lines.slice(from, from + chunk))
  return parts
}
