// How far visitors come in a funnel. Each visit, or each visitor, is counted by the way that leads farthest: a step is
// taken by one hit, the next one by a later hit. Of several such ways the one counts that begins last, but a funnel that
// was completed once is completed; so the time between two steps is measured from the last time that the first was taken.
//
// Within a visit, hits have the order in which they arrived. By a visitor, within so many days: the first step is taken
// in the period, the others until so many days later; visits come in their order.

import type { Funnel, FunnelStep } from '../admin/funnel.ts'
import { findGoal } from '../admin/goal.ts'
import type { Site } from '../admin/site.ts'
import type { Params, Store } from '../store/store.ts'
import { conversionsSql, orderGoal, textFoundSql } from './goal-hits.ts'
import { addDays } from './period.ts'
import { askRaw, type RawQuestion, rawFrame, rawOptions, rawParams, wholeVisits } from './raw.ts'

export type FunnelQuestion = RawQuestion & {
  funnel: Funnel
  /** Places of each step that are told of those who went elsewhere. */
  limit: number
}

export const placeKinds = ['pageview', 'search', 'download', 'outlink', 'exit'] as const

/** `count` of visits, or of visitors where the funnel takes days. */
export type Place = { kind: (typeof placeKinds)[number]; label: string; count: number }

export type FunnelStepAnswer = {
  name: string
  /** Null where the funnel takes days: then visitors are counted. */
  visits: number | null
  visitors: number
  /** Of those who took the first step, and of those who took the one before; 0 to 1. */
  share: number
  shareOfPrevious: number
  /** Half of those who took this step did so within so many seconds after the one before; null: no order, or none. */
  medianSeconds: number | null
  /** Who came so far and no further, and what they did next in the same visit. None of the last step. */
  dropped: number
  instead: { rows: Place[]; rest: number; rowCount: number }
}

export type FunnelAnswer = ReturnType<typeof rawFrame> & {
  funnel: string
  order: Funnel['order']
  days: number
  steps: FunnelStepAnswer[]
  /** Share of those who began that took every step. */
  completed: number
}

/** @throws QuestionError; AdminError unknown_goal where a goal of the funnel is gone */
export async function answerFunnel(store: Store, question: FunnelQuestion): Promise<FunnelAnswer> {
  const { site, period, funnel, limit } = question
  const { sql, params } = funnelSql(question)
  const rows = await askRaw(store, question, () =>
    store.query<Found>(
      sql,
      {
        ...rawParams(question),
        ...params,
        to: addDays(period.to, funnel.days),
        begun_until: period.to,
        window: funnel.days * 86_400,
        limit,
      },
      rawOptions,
    ),
  )
  const taken = (step: number) => rows.find((row) => row.what === 'step' && row.step === step)
  const count = (step: number) => taken(step)?.total ?? 0
  const steps = funnel.steps.map(({ name }, index) => {
    const step = index + 1
    const here = count(step)
    const instead = rows.filter((row) => row.what === 'instead' && row.step === step)
    const dropped = instead[0]?.total ?? 0
    return {
      name,
      visits: funnel.days > 0 ? null : here,
      visitors: taken(step)?.visitors ?? 0,
      share: share(here, count(1)),
      shareOfPrevious: share(here, index === 0 ? here : count(index)),
      medianSeconds:
        index === 0 || funnel.order === 'any' || here === 0 ? null : (taken(step)?.median ?? null),
      dropped,
      instead: {
        rows: instead.map(readPlace),
        rest: dropped - instead.reduce((sum, { visits }) => sum + visits, 0),
        rowCount: instead[0]?.places ?? 0,
      },
    }
  })
  return {
    ...rawFrame({ site, period }),
    funnel: funnel.name,
    order: funnel.order,
    days: funnel.days,
    steps,
    completed: steps.at(-1)?.share ?? 0,
  }
}

/** `total` and `places` are of all that have the same step. */
type Found = {
  what: 'step' | 'instead'
  step: number
  place: string
  visits: number
  visitors: number
  median: number
  total: number
  places: number
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.round((part / whole) * 10_000) / 10_000
}

/** A place in SQL is a text: its kind, a space, and its name. */
function readPlace({ place, visits }: Found): Place {
  const space = place.indexOf(' ')
  const kind = placeKinds.find((kind) => kind === place.slice(0, space)) ?? 'exit'
  return { kind, label: place.slice(space + 1), count: visits }
}

// A moment is a tuple: when the visit began, its id, position, time, what was done, whether it leads to another place,
// and for each step whether it takes it. A way is a list of indices of moments, one for each step that was taken.

function funnelSql(question: FunnelQuestion): { sql: string; params: Params } {
  const { funnel, segment, site } = question
  const { steps, order, days } = funnel
  const params: Params = {}
  const goals = steps.flatMap((step) => ('goal' in step ? [step.goal] : []))
  const conditions = steps.map((step, index) => conditionSql(step, `step_${index + 1}`, params))
  const reached = reachedSql(goals, site, params)
  params.step_goals = steps.map((step) => ('goal' in step ? step.goal : -1))
  const rows = wholeVisits(segment)
  const [first] = steps
  const began =
    first && 'goal' in first
      ? `SELECT visit_id FROM (${reached}) WHERE goal = ${first.goal} AND day <= {begun_until:Date}`
      : `SELECT visit_id FROM hits WHERE ${rows} AND day <= {begun_until:Date} AND ${conditions[0]}`
  const beginners =
    days === 0
      ? began
      : `SELECT visit_id FROM visit WHERE ${rows} AND visitor_id GLOBAL IN (
        SELECT visitor_id FROM visit WHERE ${rows} AND visit_id GLOBAL IN (${began}))`
  const follows = [
    ...(days > 0 ? ['moments[here].4 - moments[before[1]].4 <= {window:UInt32}'] : []),
    ...(order === 'strict' ? ['here = before[-1] + 1'] : []),
  ]
  const way =
    order === 'any'
      ? `arrayMap(step -> toUInt32(arrayFirstIndex(moment -> moment.7[step], moments)), range(1, ${steps.length + 1}))`
      : `arrayFold((ways, here) -> if(notEmpty(ways[-1]), ways, arrayMap(
          (step, takes, before, way) -> if(takes AND (step = 1 OR (notEmpty(before)${follows.map((condition) => ` AND ${condition}`).join('')})),
            arrayPushBack(before, here), way),
          range(1, ${steps.length + 1}), moments[here].7, arrayPushFront(arrayPopBack(ways), emptyArrayUInt32()), ways)),
          arrayFilter(index -> has(moments[index].7, 1), arrayEnumerate(moments)),
          arrayWithConstant(${steps.length}, emptyArrayUInt32()))`
  const farthest =
    order === 'any'
      ? `arraySlice(way, 1, if(has(way, 0), toInt64(indexOf(way, 0)) - 1, ${steps.length}))`
      : 'arrayLast(one -> notEmpty(one), way)'
  const sql = `SELECT what, step, place, count() AS visits, uniqExact(visitor) AS visitors,
  quantileExactInclusive(0.5)(seconds) AS median,
  sum(count()) OVER (PARTITION BY what, step) AS total,
  count() OVER (PARTITION BY what, step) AS places
FROM (
  SELECT visitor, arrayJoin(arrayConcat(
      arrayMap((index, number) -> ('step', number, '',
        if(number = 1, toInt64(0), greatest(0, moments[index].4 - moments[taken[number - 1]].4))),
        taken, arrayEnumerate(taken)),
      if(notEmpty(taken) AND length(taken) < ${steps.length}, [('instead', toUInt32(length(taken)), next, toInt64(0))], []))) AS one,
    one.1 AS what, one.2 AS step, one.3 AS place, one.4 AS seconds
  FROM (
    SELECT visitor, moments, taken, arrayMax(taken) AS last,
      arrayFirst(moment -> moment.6, arrayFilter(
        moment -> moment.2 = moments[last].2, arraySlice(moments, last + 1))) AS found,
      if(found.5 = '', 'exit ', found.5) AS next
    FROM (
      SELECT visitor, moments, ${way} AS way, ${farthest} AS taken
      FROM (
        SELECT max(visitor_of_visit) AS visitor, arraySort(moment -> (moment.1, moment.2, moment.3), groupArrayArray(moments_of_visit)) AS moments
        FROM (
          SELECT visit_id, visitor_of_visit, arrayFilter(moment -> moment.6 OR has(moment.7, 1), arrayMap(
            one -> (began_at, visit_id, one.1, one.2, one.3, one.4, arrayMap(
              (takes, goal, step) -> toUInt8((takes OR (goal >= 0 AND has(reached, (one.1, goal))))
                AND (step > 1 OR day <= {begun_until:Date})),
              one.5, {step_goals:Array(Int64)}, arrayEnumerate(one.5))),
            arraySort(one -> one.1, hits_of_visit))) AS moments_of_visit
          FROM (
            SELECT day, visit_id, maxIf((position, visitor), goal < 0).2 AS visitor_of_visit,
              minIf(begun, goal < 0) AS began_at,
              groupArrayIf((position, at, place, leads, takes), goal < 0 AND counts) AS hits_of_visit,
              groupArrayIf((position, goal), goal >= 0) AS reached
            FROM (
              SELECT day, visit_id, position, visitor_id AS visitor, toInt64(toUnixTimestamp(visit_time)) AS begun,
                toInt64(toUnixTimestamp(time)) AS at,
                kind IN ('pageview', 'search', 'download', 'outlink') AS leads,
                leads OR kind IN ('event', 'goal', 'order') AS counts,
                concat(toString(kind), ' ', multiIf(kind = 'pageview', url, kind = 'search', search_keyword, target_url)) AS place,
                [${conditions.map((condition) => `toUInt8(${condition})`).join(', ')}] AS takes,
                toInt64(-1) AS goal
              FROM hits
              WHERE ${rows} AND visit_id GLOBAL IN (${beginners})
              UNION ALL
              SELECT day, visit_id, position, toUInt64(0), toInt64(0), toInt64(0), 0, 0, '', emptyArrayUInt8(), toInt64(goal)
              FROM (${reached})
              WHERE visit_id GLOBAL IN (${beginners})
            )
            GROUP BY day, visit_id
          )
        )
        GROUP BY ${days === 0 ? 'visit_id' : 'visitor_of_visit'}
      )
    )
  )
)
GROUP BY what, step, place
ORDER BY what, step, visits DESC, place
LIMIT {limit:UInt32} BY what, step`
  return { sql, params }
}

/** Over `hits`; of a goal, which is not told by the hit alone, never. */
function conditionSql(step: FunnelStep, name: string, params: Params): string {
  if ('goal' in step) return '0'
  const found = step.conditions.map((condition, index) => {
    return textFoundSql(condition, `${name}_${index + 1}`, params)
  })
  return `(${found.join(' AND ')})`
}

/** SELECT of day, visit_id, position and goal: where the goals of the funnel were reached. */
function reachedSql(numbers: number[], site: Site, params: Params): string {
  const goals = numbers.filter((number) => number !== orderGoal).map((number) => findGoal(site.goals, number))
  const conversions = conversionsSql([...new Set(goals)], numbers.includes(orderGoal))
  Object.assign(params, conversions.params)
  return conversions.sql
}
