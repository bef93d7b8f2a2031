// What a hundred reports read of some days, put together once for all of them: in tables that live as long as the days are
// rolled up, or the totals of a year are made. Of few hits, too: what each report has to be told of such a table is less than
// of what it is made from. On a cluster there are none, and each report reads for itself.

import { randomUUID } from 'node:crypto'
import { isDeed, ofTheDays, type Source, sourceSql } from '../reports/catalogue/part-source.ts'
import { keptReports } from '../reports/catalogue.ts'
import { firstInTheDays } from '../reports/goal-hits.ts'
import type { Days } from '../reports/period.ts'
import { alone, queryOptions, type SourceTables } from '../reports/query.ts'
import type { Params, Store } from '../store/store.ts'

const prefix = 'scratch_'

export type ScratchOptions = {
  /** False: each report reads for itself, as on a cluster. */
  copy?: boolean | undefined
}

type Copy = {
  of: string
  where: string
  by: string
  further?: string
}

/** Visitors who came back on the same day: few. */
const cameBack = `(day, visitor_id) IN (
  SELECT day, visitor_id FROM visit WHERE ${ofTheDays} GROUP BY day, visitor_id HAVING count() > 1)`

type Copied = Exclude<Source, 'hits'>

/** What is copied of a source, and how it is sorted: deeds by what they are asked for. */
const copies: Record<Copied, Copy> = {
  visit: {
    of: sourceSql.visit([ofTheDays]),
    where: ofTheDays,
    by: 'tuple()',
    further: `NOT ${cameBack} AS ${alone}`,
  },
  measured: { of: sourceSql.measured([ofTheDays]), where: ofTheDays, by: 'tuple()' },
  led: { of: sourceSql.led([ofTheDays]), where: ofTheDays, by: 'tuple()' },
  deeds: {
    of: 'hits',
    where: `${ofTheDays} AND ${isDeed} AND (kind != 'order' OR ${firstInTheDays})`,
    by: '(kind, notEmpty(conversions))',
  },
}

const copied = Object.keys(copies) as Copied[]

/** Sources of parts that count something once. */
const distinctIn = new Set(
  keptReports.flatMap(({ parts }) =>
    parts.flatMap(({ from, columns }) => {
      return Object.values(columns).some((sql) => sql.startsWith('uniqExact')) ? [from] : []
    }),
  ),
)

/** By these rows are found, and copies checked, whatever the reports are. */
const needed = [
  'site_id',
  'day',
  'visit_id',
  'visitor_id',
  'first_time',
  'time',
  'kind',
  'conversions',
  'hits',
]

/** All names in what reports ask of a source; names of other things among them do no harm. */
function namesIn(source: Source): Set<string> {
  const parts = keptReports.flatMap(({ parts }) => parts)
  const sql = parts
    .filter(({ from }) => from === source)
    .flatMap(({ where = '', dimensions, columns }) => [where, ...dimensions, ...Object.values(columns)])
  return new Set([...needed, ...sql.flatMap((text) => text.match(/\w+/g) ?? [])])
}

/** What reports ask for, of all that there is of each row. */
async function columnsOf(
  store: Store,
  source: Source,
  { of, further }: Pick<Copy, 'of' | 'further'>,
  params: Params,
): Promise<string> {
  const asked = namesIn(source)
  const known = await store.query<{ name: string }>(`DESCRIBE (SELECT * FROM ${of})`, params)
  const names = known.map(({ name }) => name).filter((name) => asked.has(name))
  return [...names, ...(further ? [further] : [])].join(', ')
}

/** Little of it is in memory at once. */
const copying = {
  ...queryOptions,
  max_bytes_before_external_group_by: '200000000',
  use_index_for_in_with_subqueries: 0,
  max_execution_time: 0,
  max_block_size: '16384',
  min_insert_block_size_rows: '65536',
  min_insert_block_size_bytes: '33554432',
} as const

type Asked = { site: number; from: string; to: string } & ScratchOptions

/** What `work` reads is gone after it. @throws StoreError and what `work` throws */
export async function withScratch(
  store: Store,
  { copy = true, ...params }: Asked,
  work: (tables: SourceTables) => Promise<void>,
): Promise<void> {
  if (!copy || store.cluster) return await work({})
  await withTables(store, params, async (make) => {
    const tables: SourceTables = {}
    for (const source of copied) tables[source] = await copyOf(store, source, copies[source], params, make)
    await work(tables)
  })
}

/** What tells who came again. */
export type Returning = {
  tables: SourceTables
  /** A table of the visitors who came on several days, unless they are too many to be known at once. */
  returning?: string
}

/** The same of what distinct visitors are counted in, of so many days that they are copied in `spans`. */
export async function withReturning(
  store: Store,
  { copy = true, spans, ...params }: Asked & { spans: readonly Days[] },
  work: (returning: Returning) => Promise<void>,
): Promise<void> {
  if (!copy || store.cluster) return await work({ tables: {} })
  await withTables(store, params, async (make) => {
    const tables: SourceTables = {}
    for (const source of copied) {
      const { further: _, ...copy } = copies[source]
      if (distinctIn.has(source)) tables[source] = await copyOf(store, source, copy, params, make, spans)
    }
    // A visit may have hits of several visitors: whom it is of may be known late.
    const returning = await make('returning', {
      by: 'tuple()',
      select: `SELECT visitor_id FROM hits WHERE ${ofTheDays} GROUP BY visitor_id HAVING min(day) < max(day)`,
    })
    const [counted] = await store.query<{ visitors: number }>(`SELECT count() AS visitors FROM ${returning}`)
    await work({ tables, ...((counted?.visitors ?? 0) <= mostReturning && { returning }) })
  })
}

/** As many as take a hundred megabytes. */
const mostReturning = 3_000_000

type Made = { by: string; select: string; spans?: readonly Days[] | undefined }
type Make = (name: string, made: Made) => Promise<string>

async function withTables(
  store: Store,
  params: Days & { site: number },
  work: (make: Make) => Promise<void>,
): Promise<void> {
  const run = randomUUID().slice(0, 8)
  const made: string[] = []
  try {
    await work(async (name, { by, select, spans = [params] }) => {
      const table = `${prefix}${params.site}_${name}_${run}`
      made.push(table)
      // In one statement it would have another name until it is filled, and keep that after a kill.
      await store.command(
        `CREATE TABLE ${table} ENGINE = MergeTree ORDER BY ${by} SETTINGS max_compress_block_size = 131072
         EMPTY AS ${select}`,
        params,
        copying,
      )
      for (const { from, to } of spans) {
        await store.command(`INSERT INTO ${table} ${select}`, { ...params, from, to }, copying)
      }
      return table
    })
  } finally {
    for (const table of made) await store.command(`DROP TABLE IF EXISTS ${table} SYNC`)
  }
}

async function copyOf(
  store: Store,
  source: Copied,
  copy: Copy,
  params: Params,
  make: Make,
  spans?: readonly Days[],
): Promise<string> {
  const select = `SELECT ${await columnsOf(store, source, copy, params)} FROM ${copy.of} WHERE ${copy.where}`
  return await make(source, { by: copy.by, select, spans })
}

/** Drops what a killed process has left; of others on the same server, too, whose work then begins again. @throws StoreError */
export async function dropScratch(store: Store): Promise<void> {
  if (store.cluster) return
  const left = await store.query<{ name: string }>(
    `SELECT name FROM system.tables WHERE database = currentDatabase() AND startsWith(name, '${prefix}')`,
  )
  for (const { name } of left) await store.command(`DROP TABLE IF EXISTS ${name} SYNC`)
}
