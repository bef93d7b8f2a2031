// Which goals were reached in a period, in SQL over hits. A goal is what its owner says today: what came in since then
// carries what it reached, and in what came before it is looked for by the rules of collect/conversion.ts. What is
// looked for are addresses as they were kept, without what is removed from them.

import { type Goal, liveGoals, type TextMatch } from '../admin/goal.ts'
import { decodedPattern, type Pattern, regexForClickHouse } from '../enrich/pattern.ts'
import type { Params } from '../store/store.ts'

/** What stands for the orders of a site among its goals. */
export const orderGoal = 0

const firstOrders = (further = '') => `(visit_id, position) GLOBAL IN (
  SELECT argMin((visit_id, position), (time, visit_id, position)) FROM hits
  WHERE site_id = {site:UInt32} AND day <= {to:Date} AND kind = 'order'${further} GROUP BY site_id, order_id)`

/**
 * A condition over `hits`: no order that was there before. Several collectors, or one that has forgotten, may take an
 * order twice.
 */
export const firstOfItsOrder = firstOrders()

/** The same of hits of the days {from} to {to}: orders of all the days before need not be known for that. */
export const firstInTheDays = firstOrders(` AND order_id GLOBAL IN (
    SELECT order_id FROM hits WHERE site_id = {site:UInt32} AND day BETWEEN {from:Date} AND {to:Date} AND kind = 'order')`)

/**
 * SELECT of goal, day, visit_id, position, revenue and time: a row for each conversion of the days {from} to {to} of {site}.
 * @param orders whether orders count among them, as goal 0.
 * @param cut only hits of before, in Unix seconds.
 */
export function conversionsSql(
  goals: readonly Goal[],
  orders: boolean,
  cut?: number,
): { sql: string; params: Params } {
  const live = liveGoals(goals)
  const params: Params = {
    goals: [...live.map(({ id }) => id), ...(orders ? [orderGoal] : [])],
    sinces: [...live.map((goal) => (goal.match === 'manual' ? 0 : goal.since)), ...(orders ? [0] : [])],
    multiples: [
      ...live.filter(({ multiple }) => multiple).map(({ id }) => id),
      ...(orders ? [orderGoal] : []),
    ],
    ...(cut !== undefined && { cut }),
  }
  const evaluated = live.flatMap((goal) => evaluatedSql(goal, params) ?? [])
  const recorded = `arrayMap(one -> (one.goal, one.revenue), arrayFilter(one -> arrayExists(
        (goal, since) -> goal = one.goal AND (toUnixTimestamp(time) >= since OR kind = 'goal'),
        {goals:Array(UInt32)}, {sinces:Array(UInt32)}), conversions))`
  const sql = `SELECT goal, day, visit_id, counted.1 AS position, counted.2 AS revenue, counted.3 AS time
FROM (
  SELECT goal, day, visit_id,
    arrayJoin(if(has({multiples:Array(UInt32)}, goal), groupArray(moment), [min(moment)])) AS counted
  FROM (
    SELECT day, visit_id, reached.1 AS goal, (position, reached.2, at) AS moment
    FROM (
      SELECT day, visit_id, position, time AS at, arrayJoin(arrayConcat(
        ${[recorded, ...evaluated].join(',\n        ')})) AS reached
      FROM hits
      WHERE site_id = {site:UInt32} AND day BETWEEN {from:Date} AND {to:Date}
        AND (kind != 'order' OR ${firstInTheDays})${cut === undefined ? '' : '\n        AND toUnixTimestamp(time) < {cut:UInt32}'}
    )
  )
  GROUP BY goal, day, visit_id
)`
  return { sql, params }
}

/** A list of one goal and its revenue, or an empty one; undefined for what only a page can report. */
function evaluatedSql(goal: Goal, params: Params): string | undefined {
  if (goal.match === 'manual') return undefined
  const name = `goal_${goal.id}`
  params[`${name}_since`] = goal.since
  params[`${name}_revenue`] = goal.revenue
  const own = `{${name}_revenue:Float64}`
  const worth = goal.useEventValue ? `ifNull(event_value, ${own})` : own
  const revenue = `if(mapContains(amounts, 'revenue'), amounts['revenue'], ${worth})`
  return `if(toUnixTimestamp(time) < {${name}_since:UInt32} AND ${conditionSql(goal, name, params)},
          [(toUInt32(${goal.id}), ${moneySql(revenue)})], [])`
}

function conditionSql(goal: Exclude<Goal, { match: 'manual' }>, name: string, params: Params): string {
  if (goal.match === 'duration') {
    params[`${name}_seconds`] = goal.minutes * 60
    return `kind IN ('pageview', 'event', 'download', 'outlink', 'search')
          AND dateDiff('second', visit_time, time) > {${name}_seconds:UInt32}`
  }
  return textFoundSql(goal, `${name}_text`, params)
}

/** A condition over `hits`: those of the right kind in which a text is found. `name` is that of its parameters. */
export function textFoundSql(
  { match, pattern }: { match: TextMatch; pattern: Pattern },
  name: string,
  params: Params,
): string {
  const [kind, text] = subjects[match]
  const found = [matchSql(text, pattern, name, params)]
  if (match === 'url') {
    const once = `toValidUTF8(decodeURLComponent(${text}))`
    found.push(matchSql(once, decodedPattern(pattern), `${name}_decoded`, params))
  }
  return `kind = '${kind}' AND (${found.join(' OR ')})`
}

/** The kind of hit, and what is looked at. */
const subjects: Record<TextMatch, readonly [kind: string, text: string]> = {
  url: [
    'pageview',
    `if(url = '' OR match(url, '^[a-z][a-z0-9+.-]*://'), url,
            concat(['http://', 'http://www.', 'https://', 'https://www.'][toUInt8(url_prefix) + 1], url))`,
  ],
  title: ['pageview', 'title'],
  file: ['download', 'target_url'],
  outlink: ['outlink', 'target_url'],
  event_category: ['event', 'event_category'],
  event_action: ['event', 'event_action'],
  event_name: ['event', 'event_name'],
}

function matchSql(
  text: string,
  { how, text: wanted, caseSensitive }: Pattern,
  name: string,
  params: Params,
): string {
  params[name] = how === 'regex' ? regexForClickHouse(wanted, caseSensitive) : wanted
  const place = `{${name}:String}`
  if (how === 'regex') return `match(${text}, ${place})`
  const read = (value: string) => (caseSensitive ? value : `lowerUTF8(${value})`)
  return how === 'exact' ? `${read(text)} = ${read(place)}` : `position(${read(text)}, ${read(place)}) > 0`
}

/** As `money` of collect/order.ts. */
function moneySql(amount: string): string {
  return `if(isFinite((${amount}) * 100), floor((${amount}) * 100 + 0.5) / 100, ${amount})`
}
