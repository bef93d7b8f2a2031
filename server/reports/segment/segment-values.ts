// What can be chosen for a name of a segment: the values that were most frequent in the last days. Nobody's id, address or
// order is suggested.

import type { Site } from '../../admin/site.ts'
import type { Params, Store } from '../../store/store.ts'
import { localDay } from '../../zone.ts'
import { ofTheDays } from '../catalogue/part-source.ts'
import { addDays } from '../period.ts'
import { queryOptions } from '../query.ts'
import type { SegmentName } from './segment-name.ts'

export type SuggestedValue = { value: string; count: number }

export type SuggestedValues = {
  /** Counted in these days. */
  from: string
  to: string
  values: SuggestedValue[]
}

const daysBack = 30
/** What takes longer is told as far as it was found. */
const options = { ...queryOptions, max_execution_time: 5, timeout_overflow_mode: 'break' } as const
/** Stored values that are read of those that are told by other names. */
const mostListed = 5000

const ofOne = new Set(['visitorId', 'userId', 'visitId', 'visitIp', 'orderId'])

/** `search`: part of a value, in whatever case. `now` in Unix milliseconds. @throws StoreError */
export async function suggestValues(
  store: Store,
  site: Site,
  name: SegmentName,
  { search, limit }: { search: string; limit: number },
  now: number,
): Promise<SuggestedValues> {
  const to = localDay(site.timezone, now)
  const days = { from: addDays(to, 1 - daysBack), to }
  const params: Params = { site: site.id, timezone: site.timezone, ...days }
  return { ...days, values: await valuesOf(store, site, name, { search, limit }, params) }
}

async function valuesOf(
  store: Store,
  site: Site,
  name: SegmentName,
  { search, limit }: { search: string; limit: number },
  params: Params,
): Promise<SuggestedValue[]> {
  if (ofOne.has(name.name)) return []
  const matches = (value: string) => value.toLowerCase().includes(search.toLowerCase())
  if (name.type === 'goal') {
    const goals = site.goals.filter(({ deleted }) => !deleted)
    const values =
      name.by === 'any' ? ['1', '0'] : goals.map((goal) => String(name.by === 'name' ? goal.name : goal.id))
    return values.filter(matches).map((value) => ({ value, count: 0 }))
  }
  if (name.type !== 'listed') {
    return await store.query(valuesSql(name), { ...params, search, limit }, options)
  }
  const stored = await store.query<SuggestedValue>(
    valuesSql(name),
    { ...params, search: '', limit: mostListed },
    options,
  )
  const told = new Map(name.values().toReversed())
  const counts = new Map<string, number>()
  for (const { value, count } of stored) {
    const as = told.get(value)
    if (as !== undefined && matches(as)) counts.set(as, (counts.get(as) ?? 0) + count)
  }
  return [...counts]
    .map(([value, count]) => ({ value, count }))
    .sort((a, b) => b.count - a.count)
    .slice(0, limit)
}

function valuesSql({ of, type, sql, where }: SegmentName): string {
  const one = type === 'list' || type === 'numbers' ? `arrayJoin(${sql})` : sql
  return `SELECT value, count() AS count
FROM (
SELECT ifNull(toString(${one}), '') AS value FROM ${of === 'hit' ? 'hits' : 'visit'}
WHERE ${[ofTheDays, ...(where ? [where] : [])].join(' AND ')}
)
WHERE value != '' AND ({search:String} = '' OR positionCaseInsensitiveUTF8(value, {search:String}) > 0)
GROUP BY value
ORDER BY count DESC, value
LIMIT {limit:UInt32}`
}
