// How far visitors come in a funnel. Each visit, or each visitor, is counted by the way that leads farthest: a step is
// taken by one hit, the next one by a later hit; a goal comes right after the hit that reaches it. Of several such ways the one counts that begins last, but a funnel that
// was completed once is completed; so the time between two steps is measured from the last time that the first was taken.
//
// Within a visit, hits have the order in which they arrived. By a visitor, within so many days: the first step is taken
// in the period, the others until so many days later; visits come in their order.

import type { Funnel, FunnelStep } from '../admin/funnel.ts'
import { findGoal } from '../admin/goal.ts'
import type { Site } from '../admin/site.ts'
import type { Params, Store } from '../store/store.ts'
import { besideVisits, type Changed, type ComparedVisits, type Comparison, changed } from './comparison.ts'
import { conversionsSql, orderGoal, textFoundSql } from './goal-hits.ts'
import { addDays } from './period.ts'
import { askRaw, queryVisits, type RawQuestion, rawFrame, rawParams, wholeVisits } from './raw.ts'
import type { Told } from './told.ts'

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

export const funnelTold: Told = {
  request: 'GET /api/reports/funnel',
  title: 'Funnel',
  definition: 'How far visitors come in the steps of a funnel, and where they go instead.',
  figures: {
    visits: 'Visits that took the step and all before it; not told of a funnel that takes days.',
    visitors: 'Different visitors who did.',
    share: 'Share of those who took the first step.',
    shareOfPrevious: 'Share of those who took the step before.',
    medianSeconds: 'Half of those who took it did so within this time after the step before.',
    dropped: 'Who came so far and no further.',
    instead: 'What these did next in the same visit, the most frequent first.',
  } satisfies Record<Exclude<keyof FunnelStepAnswer, 'name'>, string>,
}

/** @throws QuestionError; AdminError unknown_goal where a goal of the funnel is gone */
export async function answerFunnel(store: Store, question: FunnelQuestion): Promise<FunnelAnswer> {
  const { site, period, funnel, limit } = question
  const { sql, params } = funnelSql(question)
  const rows = await askRaw(store, question, () =>
    queryVisits<Found>(store, sql, {
      ...rawParams(question),
      ...params,
      to: addDays(period.to, funnel.days),
      begun_until: period.to,
      window: funnel.days * 86_400,
      limit,
    }),
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

export type ComparedFunnel = Omit<FunnelAnswer, 'steps'> & {
  /** Of each comparison what both have: no time where one of them has none. */
  steps: (FunnelStepAnswer & { compared: Changed[] })[]
  compared: (ComparedVisits & Changed)[]
}

/** A funnel beside other periods or other visits, step by step. @throws as answerFunnel does */
export async function answerComparedFunnel(
  store: Store,
  question: FunnelQuestion,
  comparisons: readonly Comparison[],
  now: number,
): Promise<ComparedFunnel> {
  const { main, others } = await besideVisits(question, comparisons, now, (asks) =>
    answerFunnel(store, { ...question, ...asks }),
  )
  return {
    ...main,
    steps: main.steps.map((step, index) => ({
      ...step,
      compared: others.map(({ told }) => changedStep(step, told.steps[index] ?? step)),
    })),
    compared: others.map(({ compared, told }) => {
      return { ...compared, ...changed({ completed: main.completed }, { completed: told.completed }) }
    }),
  }
}

const stepFigures = ['visits', 'visitors', 'share', 'shareOfPrevious', 'medianSeconds', 'dropped'] as const

function changedStep(step: FunnelStepAnswer, other: FunnelStepAnswer): Changed {
  const both = stepFigures.flatMap((name) => {
    const [one, two] = [step[name], other[name]]
    return one === null || two === null ? [] : [[name, one, two] as const]
  })
  return changed(
    Object.fromEntries(both.map(([name, one]) => [name, one])),
    Object.fromEntries(both.map(([name, , two]) => [name, two])),
  )
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

// A moment of a visit is a tuple: when the visit began, its id, position, 0 for a hit and 1 for a goal that it reached,
// time, what was done, whether that leads to another place, and for each step whether it takes it. A mark is a moment
// that takes a step: its time, its number among the moments, the visit, and the steps. A way is the times of the steps
// that were taken, and the number and visit of the last mark among them. No function here looks at a whole list for each
// of its members: ClickHouse would copy the list as many times.

function funnelSql(question: FunnelQuestion): { sql: string; params: Params } {
  const { funnel, segment, site } = question
  const { steps, order, days } = funnel
  const params: Params = {}
  const goals = steps.flatMap((step) => ('goal' in step ? [step.goal] : []))
  const conditions = steps.map((step, index) => conditionSql(step, `step_${index + 1}`, params))
  conditions[0] = `day <= {begun_until:Date} AND ${conditions[0]}`
  const reached = reachedSql(goals, site, params)
  params.step_goals = steps.map((step) => ('goal' in step ? step.goal : -1))
  const rows = wholeVisits(segment)
  const [first] = steps
  const began =
    first && 'goal' in first
      ? `SELECT visit_id FROM (${reached}) WHERE goal = {step_goals:Array(Int64)}[1] AND day <= {begun_until:Date}`
      : `SELECT visit_id FROM hits WHERE ${rows} AND ${conditions[0]}`
  const beginners =
    days === 0
      ? began
      : `SELECT visit_id FROM visit WHERE ${rows} AND visitor_id GLOBAL IN (
        SELECT visitor_id FROM visit WHERE ${rows} AND visit_id GLOBAL IN (${began}))`
  const hits = `SELECT day, visit_id, position, visitor_id AS visitor, toInt64(toUnixTimestamp(visit_time)) AS begun,
              0 AS goal, toInt64(toUnixTimestamp(time)) AS at,
              concat(toString(kind), ' ', multiIf(kind = 'pageview', url, kind = 'search', search_keyword, target_url)) AS place,
              kind IN ('pageview', 'search', 'download', 'outlink') AS leads,
              [${conditions.map((condition) => `toUInt8(${condition})`).join(', ')}] AS takes
            FROM hits
            WHERE ${rows} AND visit_id GLOBAL IN (${beginners})`
  const goalsReached = `SELECT day, visit_id, position, 0, 0, 1, toInt64(toUnixTimestamp(time)), '', 0,
              arrayMap((of_step, number) -> toUInt8(of_step = goal AND (number > 1 OR day <= {begun_until:Date})),
                {step_goals:Array(Int64)}, arrayEnumerate({step_goals:Array(Int64)}))
            FROM (${reached})
            WHERE visit_id GLOBAL IN (${beginners})`
  const visits = `          SELECT maxIf((position, visitor), NOT goal).2 AS visitor, minIf(begun, NOT goal) AS began_at,
            arraySort(moment -> (moment.3, moment.4), arrayMap(
              one -> (began_at, visit_id, one.1, one.2, one.3, one.4, one.5, one.6),
              groupArrayIf((position, goal, at, place, leads, takes), leads OR has(takes, 1)))) AS moments
          FROM (
            ${[hits, ...(goals.length > 0 ? [goalsReached] : [])].join('\n            UNION ALL\n            ')}
          )
          GROUP BY day, visit_id`
  const sql = `SELECT what, step, place, count() AS visits, uniqExact(visitor) AS visitors,
  quantileExactInclusive(0.5)(seconds) AS median,
  sum(count()) OVER (PARTITION BY what, step) AS total,
  count() OVER (PARTITION BY what, step) AS places
FROM (
  SELECT visitor, arrayJoin(arrayConcat(
      arrayMap((at, before, number) -> ('step', number, '', greatest(0, at - before)),
        way.1, arrayPushFront(arrayPopBack(way.1), way.1[1]), arrayEnumerate(way.1)),
      if(length(way.1) < ${steps.length}, [('instead', toUInt32(length(way.1)), next, toInt64(0))], []))) AS one,
    one.1 AS what, one.2 AS step, one.3 AS place, one.4 AS seconds
  FROM (
    SELECT visitor, way,
      arrayFirst(moment -> moment.7 AND moment.2 = way.3, arraySlice(moments, way.2 + 1)).6 AS found,
      if(found = '', 'exit ', found) AS next
    FROM (
      SELECT visitor, moments, arrayFilter(mark -> has(mark.4, 1), arrayMap(
          (moment, number) -> (moment.5, number, moment.2, moment.8), moments, arrayEnumerate(moments))) AS marks,
        ${(order === 'any' ? anyWay(steps.length) : orderedWay(steps.length, order, days)).join(',\n        ')}
      FROM (
${days === 0 ? visits : ofVisitors(visits)}
      )
    )
    WHERE notEmpty(way.1)
  )
)
GROUP BY what, step, place
ORDER BY what, step, visits DESC, place
LIMIT {limit:UInt32} BY what, step`
  return { sql, params }
}

function ofVisitors(visits: string): string {
  return `        SELECT visitor, arraySort(moment -> (moment.1, moment.2, moment.3, moment.4), groupArrayArray(moments)) AS moments
        FROM (
${visits}
        )
        GROUP BY visitor`
}

const noWay = "CAST(([], 0, 0), 'Tuple(Array(Int64), UInt32, UInt64)')"

/**
 * Columns, of which the last is the way. For each step and mark there is the way that ends there (`ways_<step>`), and
 * the last one that ended there or before (`until_<step>`), which the next mark can make longer.
 */
function orderedWay(steps: number, order: Funnel['order'], days: number): string[] {
  const follows = [
    'notEmpty(before.1)',
    ...(days > 0 ? ['mark.1 - before.1[1] <= {window:UInt32}'] : []),
    ...(order === 'strict' ? ['mark.2 = before.2 + 1'] : []),
  ].join(' AND ')
  const columns = [`arrayMap(mark -> if(mark.4[1], ([mark.1], mark.2, mark.3), ${noWay}), marks) AS ways_1`]
  for (let step = 2; step <= steps; step++) {
    columns.push(
      `arrayFill(way -> notEmpty(way.1), ways_${step - 1}) AS until_${step - 1}`,
      `arrayMap((mark, before) -> if(mark.4[${step}] AND ${follows}, (arrayPushBack(before.1, mark.1), mark.2, mark.3), ${noWay}),
          marks, arrayPushFront(arrayPopBack(until_${step - 1}), ${noWay})) AS ways_${step}`,
    )
  }
  const farthest = [
    `arrayFirst(way -> notEmpty(way.1), ways_${steps})`,
    ...Array.from({ length: steps - 1 }, (_, index) => `until_${steps - 1 - index}[-1]`),
  ]
  return [...columns, `arrayFirst(way -> notEmpty(way.1), [${farthest.join(', ')}]) AS way`]
}

/** The first mark of each step, up to the first step that has none. */
function anyWay(steps: number): string[] {
  const first = Array.from({ length: steps }, (_, index) => {
    return `arrayFirst(mark -> mark.4[${index + 1}], marks)`
  })
  return [
    `arrayMap(mark -> (mark.1, mark.2, mark.3), [${first.join(', ')}]) AS firsts`,
    `arraySlice(firsts, 1, arrayFirstIndex(mark -> mark.2 = 0, arrayPushBack(firsts, (toInt64(0), toUInt32(0), toUInt64(0)))) - 1) AS taken`,
    `(arrayMap(mark -> mark.1, taken), arrayMax(mark -> mark.2, taken), taken[1].3) AS way`,
  ]
}

/** Over `hits`; of a goal, which is not told by the hit alone, never. */
function conditionSql(step: FunnelStep, name: string, params: Params): string {
  if ('goal' in step) return '0'
  const found = step.conditions.map((condition, index) => {
    return textFoundSql(condition, `${name}_${index + 1}`, params)
  })
  return `(${found.join(' AND ')})`
}

/** SELECT of goal, day, visit_id, position and time: where the goals of the funnel were reached. */
function reachedSql(numbers: number[], site: Site, params: Params): string {
  const goals = numbers.filter((number) => number !== orderGoal).map((number) => findGoal(site.goals, number))
  const conversions = conversionsSql([...new Set(goals)], numbers.includes(orderGoal))
  Object.assign(params, conversions.params)
  return conversions.sql
}
