// What conversions are owed to: the visit in which they happened and those of the visitor in the days before, by the
// channel, source or campaign that brought them. Each model divides one conversion, and its revenue, among these visits:
//
// - first, last: all of it to the first of them, or to the one in which it happened;
// - last_non_direct: to the last one that something brought; where there is none, to the last;
// - linear: an equal part to each.
//
// Parts are counted in millionths as whole numbers, and what division leaves over goes to the visit in which it happened,
// so that every model adds up to the conversions and their revenue exactly.

import { type Goal, liveGoals } from '../admin/goal.ts'
import type { Store } from '../store/store.ts'
import { channelName } from './channel.ts'
import { besideVisits, type Changed, type ComparedVisits, type Comparison, changed } from './comparison.ts'
import { conversionsSql } from './goal-hits.ts'
import { addDays } from './period.ts'
import { askRaw, queryVisits, type RawQuestion, rawFrame, rawParams, wholeVisits } from './raw.ts'
import type { Told } from './told.ts'

export const attributionModels = ['first', 'last', 'last_non_direct', 'linear'] as const
export type AttributionModel = (typeof attributionModels)[number]

export const attributionDimensions = ['channel', 'source', 'campaign'] as const
export type AttributionDimension = (typeof attributionDimensions)[number]

export type AttributionQuestion = RawQuestion & {
  /** Orders are goal 0; undefined: all goals and the orders. */
  goal: Goal | 'orders' | undefined
  by: AttributionDimension
  /** How long before the visit that converted another may have begun: 1 to 365. */
  days: number
  /** By whose conversions rows are sorted, the most first. */
  sort: AttributionModel
  limit: number
  offset: number
}

export type Credit = { conversions: number; revenue: number }

export type Attribution = ReturnType<typeof rawFrame> & {
  by: AttributionDimension
  days: number
  /** `type` is that of the referrer; empty for what no campaign brought, in a table of campaigns. */
  rows: ({ label: string; type: string; name: string } & Record<AttributionModel, Credit>)[]
  totals: Credit
  rowCount: number
  limit: number
  offset: number
  sort: AttributionModel
  /** The first day of which visits are known, where the days before reach further back; else null. */
  knownFrom: string | null
}

export const attributionTold: Told = {
  request: 'GET /api/reports/attribution',
  title: 'Attribution',
  definition:
    'What conversions are owed to, by the channel, source or campaign of the visits that led to them. Conversions and their revenue are told by each model.',
  figures: {
    first: "Given to the first of the visitor's visits in the days before.",
    last: 'Given to the visit in which it happened.',
    last_non_direct:
      'Given to the last of these visits that something brought; where all were direct, to the last.',
    linear: 'Shared equally by these visits.',
  } satisfies Record<AttributionModel, string>,
}

/** Millionths of one. */
const whole = 1_000_000

export async function attribution(store: Store, question: AttributionQuestion): Promise<Attribution> {
  const { site, period, goal, by, days, sort, limit, offset } = question
  // A day more: visits are told apart to the second.
  const since = addDays(period.from, -days - 1)
  const goals = goal === undefined ? liveGoals(site.goals) : goal === 'orders' ? [] : [goal]
  const conversions = conversionsSql(goals, goal === undefined || goal === 'orders')
  const sql = attributionSql(question, conversions.sql)
  const params = { ...rawParams(question), ...conversions.params, since, window: days * 86_400 }
  const ask = (limit: number, offset: number) => queryVisits<Found>(store, sql, { ...params, limit, offset })
  const { found, all, goneUntil } = await askRaw(store, question, async (goneUntil) => {
    const found = await ask(limit, offset)
    // Beyond the last row there is none that could tell the totals.
    return { found, all: found[0] ?? (offset > 0 ? (await ask(1, 0))[0] : undefined), goneUntil }
  })
  return {
    ...rawFrame(question),
    by,
    days,
    rows: found.map((row) => ({
      label: labelOf(by, row),
      type: row.type,
      name: row.name,
      first: { conversions: row.first_conversions, revenue: row.first_revenue },
      last: { conversions: row.last_conversions, revenue: row.last_revenue },
      last_non_direct: {
        conversions: row.last_non_direct_conversions,
        revenue: row.last_non_direct_revenue,
      },
      linear: { conversions: row.linear_conversions, revenue: row.linear_revenue },
    })),
    totals: { conversions: all?.conversions ?? 0, revenue: all?.revenue ?? 0 },
    rowCount: all?.row_count ?? 0,
    limit,
    offset,
    sort,
    knownFrom: since <= goneUntil ? addDays(goneUntil, 1) : null,
  }
}

export type ComparedAttribution = Omit<Attribution, 'rows'> & {
  /** Figures by model, as `linear_conversions`. */
  rows: (Attribution['rows'][number] & { compared: Changed[] })[]
  compared: (ComparedVisits & Pick<Attribution, 'knownFrom'> & Changed)[]
}

/** So many rows of a compared answer are looked through for those of the main one. */
const mostBeside = 10_000

/** The same beside other periods or other visits, row by row. @throws as attribution does */
export async function comparedAttribution(
  store: Store,
  question: AttributionQuestion,
  comparisons: readonly Comparison[],
  now: number,
): Promise<ComparedAttribution> {
  const { main, others } = await besideVisits(question, comparisons, now, (asks) =>
    attribution(store, {
      ...question,
      ...(asks.period && { ...asks, limit: mostBeside, offset: 0 }),
    }),
  )
  const sides = others.map(
    ({ told }) => new Map(told.rows.map((row) => [`${row.type} ${row.name}`, figuresOf(row)])),
  )
  return {
    ...main,
    rows: main.rows.map((row) => ({
      ...row,
      compared: sides.map((side) =>
        changed(figuresOf(row), side.get(`${row.type} ${row.name}`) ?? figuresOf(undefined)),
      ),
    })),
    compared: others.map(({ compared, told }) => {
      return { ...compared, knownFrom: told.knownFrom, ...changed(main.totals, told.totals) }
    }),
  }
}

function figuresOf(row: Attribution['rows'][number] | undefined): Record<string, number> {
  return Object.fromEntries(
    attributionModels.flatMap((model) => [
      [`${model}_conversions`, row?.[model].conversions ?? 0],
      [`${model}_revenue`, row?.[model].revenue ?? 0],
    ]),
  )
}

/** `conversions`, `revenue` and `row_count` are of all rows. */
type Found = Record<`${AttributionModel}_${keyof Credit}` | keyof Credit | 'row_count', number> & {
  type: string
  name: string
}

function labelOf(by: AttributionDimension, { type, name }: Found): string {
  if (by === 'campaign' && type === '') return 'No campaign'
  return name === '' ? channelName(type) : name
}

/** What a visit counts for: over its type and name. */
const keySql: Record<AttributionDimension, string> = {
  channel: `(type, '')`,
  source: '(type, name)',
  campaign: `if(type = 'campaign', (type, name), ('', ''))`,
}

/**
 * By windows over the visits of each visitor, not by lists of them: a list for each conversion would take the square
 * of what a visitor does. A visit with conversions sees those before it; each visit then sees the parts of those after.
 */
function attributionSql({ by, segment, sort }: AttributionQuestion, conversions: string): string {
  const columns = attributionModels.flatMap((model) => [`${model}_conversions`, `${model}_revenue`])
  const sums = attributionModels.flatMap((model) => [
    `sumIf(credit.3, credit.2 = '${model}') AS s_${model}_conversions`,
    `sumIf(credit.4, credit.2 = '${model}') AS s_${model}_revenue`,
  ])
  const converted = `SELECT visit_id, revenue FROM (
${conversions}
) WHERE visit_id GLOBAL IN (SELECT visit_id FROM visit WHERE ${wholeVisits(segment)})`
  const earlier = 'site_id = {site:UInt32} AND day BETWEEN {since:Date} AND {to:Date}'
  return `SELECT key.1 AS type, key.2 AS name,
  ${columns.map((name) => `toFloat64(s_${name}) / ${whole} AS ${name}`).join(',\n  ')},
  toFloat64(sum(s_last_conversions) OVER ()) / ${whole} AS conversions,
  toFloat64(sum(s_last_revenue) OVER ()) / ${whole} AS revenue,
  count() OVER () AS row_count
FROM (
  SELECT credit.1 AS key, ${sums.join(',\n    ')}
  FROM (
    SELECT arrayJoin(arrayFilter(one -> one.3 != 0 OR one.4 != 0, [
      (first, 'first', amount, worth),
      (own, 'last', amount, worth),
      (brought, 'last_non_direct', amount, worth),
      (own, 'linear',
        sum(part_of_amount) OVER after + amount - part_of_amount * touches,
        sum(part_of_worth) OVER after + worth - part_of_worth * touches)])) AS credit
    FROM (
      SELECT visitor, at, own, amount, worth,
        toInt128(count() OVER before) AS touches,
        argMin(own, (at, visit_id)) OVER before AS first,
        if(countIf(type != 'direct') OVER before = 0, own,
          argMaxIf(own, (at, visit_id), type != 'direct') OVER before) AS brought,
        intDiv(amount, touches) AS part_of_amount,
        intDiv(worth, touches) AS part_of_worth
      FROM (
        SELECT visit_id, max(v_visitor) AS visitor, max(v_at) AS at, max(v_type) AS type, max(v_name) AS name,
          ${keySql[by]} AS own, sum(v_amount) AS amount, sum(v_worth) AS worth
        FROM (
          SELECT visit_id, visitor_id AS v_visitor, toUnixTimestamp(first_time) AS v_at,
            if(referrer_type = '', 'direct', toString(referrer_type)) AS v_type, toString(referrer_name) AS v_name,
            toInt128(0) AS v_amount, toInt128(0) AS v_worth
          FROM visit
          WHERE ${earlier} AND visitor_id GLOBAL IN (
            SELECT visitor_id FROM visit WHERE ${earlier} AND visit_id GLOBAL IN (SELECT visit_id FROM (
${converted}
            )))
          UNION ALL
          SELECT visit_id, 0, 0, '', '', toInt128(${whole}), toInt128(round(greatest(-1e15, least(revenue, 1e15)) * ${whole}))
          FROM (
${converted}
          )
        )
        GROUP BY visit_id
      )
      WINDOW before AS (PARTITION BY visitor ORDER BY at RANGE BETWEEN {window:UInt32} PRECEDING AND CURRENT ROW)
    )
    WINDOW after AS (PARTITION BY visitor ORDER BY at RANGE BETWEEN CURRENT ROW AND {window:UInt32} FOLLOWING)
  )
  GROUP BY key
)
ORDER BY ${sort}_conversions DESC, ${sort}_revenue DESC, type, name
LIMIT {limit:UInt32} OFFSET {offset:UInt32}`
}
