// What goals counted: all of a site in a period, or one of them over time. A goal counts in hits from before it was
// defined as well (goal-hits.ts), so these reports depend on the site and stand beside the catalogue. From when on its goals
// are what they are, what was recorded is what would be found: there the totals of the catalogue's report `conversions` are
// read, and hits only of the days before. Of days whose hits are gone there is what was recorded.

import { type Goal, liveGoals } from '../admin/goal.ts'
import type { Site } from '../admin/site.ts'
import type { Params, Store } from '../store/store.ts'
import { type Answer, answer, rolledFor, sourceName } from './answer.ts'
import { findReport, type Report } from './catalogue.ts'
import { type Gone, unlessHitsGo } from './final-years.ts'
import { conversionsSql, orderGoal } from './goal-hits.ts'
import { type Metric, metrics } from './metric.ts'
import { addDays, daysAround, slots } from './period.ts'
import { areTotals, countedVersions, ofVisits, queryOptions } from './query.ts'
import type { Question } from './question.ts'
import type { Rolled } from './rolled.ts'
import type { CompiledSegment } from './segment/segment-sql.ts'
import { pieceParams, type Sources, sourcesOf, sourcesOfEach } from './source.ts'
import { definitionsOf, type Told } from './told.ts'

/** Hours of a final year are kept for the overview alone. */
export const goalGrains = ['day', 'week', 'month'] as const
export type GoalGrain = (typeof goalGrains)[number]

/** In the shape of every report, with what the catalogue says of others. */
export type GoalAnswer = Answer & { title: string; definition: string }

const goalMetrics: readonly Metric[] = [
  metrics.conversions,
  metrics.convertedVisits,
  metrics.conversionRate,
  metrics.revenue,
]

export const goalsTold: Told = {
  request: 'GET /api/reports/goals',
  title: 'Goals',
  definition: 'How often each goal was reached, in how many visits, and what it was worth.',
  matomo: 'Goals.get',
  figures: definitionsOf(goalMetrics),
}

export const goalTold: Told = {
  request: 'GET /api/reports/goal',
  title: 'A goal over time',
  definition: 'How often the goal was reached over time, in how many visits, and what it was worth.',
  matomo: 'Goals.get',
  figures: definitionsOf(goalMetrics),
}

export type GoalsQuestion = Pick<Question, 'site' | 'period' | 'cut' | 'segment'>

/** A row for each goal, in the order of their numbers, and one for the orders where there are any. */
export async function answerGoals(
  store: Store,
  { site, period, cut, segment }: GoalsQuestion,
  now: number,
): Promise<GoalAnswer> {
  const goals = liveGoals(site.goals)
  const visits = await answer(
    store,
    { report: overview(), site, period, cut, segment, limit: 1, offset: 0 },
    now,
  )
  const { found, totals, source } = await unlessHitsGo(store, site.id, async (gone) => {
    const rolled = await recorded(store, { site, period, segment, goals, whole: true }, gone)
    const sources = sourcesOf(period, rolled, cut !== undefined)
    const question = { site, goals, orders: true, whole: true, sources, cut, segment }
    const [found, totals] = await Promise.all([
      figures(store, { ...question, by: 'goal' }),
      figures(store, { ...question, by: 'nothing' }),
    ])
    return { found, totals, source: sourceName(sources) }
  })
  const all = visits.totals.visits ?? 0
  const orders = found.get(String(orderGoal))
  const rows = [
    ...goals.map(({ id, name }) => ({ label: name, goal: id, ...rated(found.get(String(id)), all) })),
    ...(orders ? [{ label: 'Orders', goal: orderGoal, ...rated(orders, all) }] : []),
  ]
  return {
    ...visits,
    ...exact,
    source,
    report: 'goals',
    title: goalsTold.title,
    definition: goalsTold.definition,
    dimensions: ['goal'],
    metrics: goalMetrics.map(({ name }) => name),
    rows,
    totals: rated(totals.get(''), all),
    rowCount: rows.length,
    limit: rows.length,
    offset: 0,
    sort: 'goal',
  }
}

/** One goal, or the orders, with a row for each day, week or month. */
export async function answerGoal(
  store: Store,
  { site, period, cut, segment, goal, by }: GoalsQuestion & { goal: Goal | 'orders'; by: GoalGrain },
  now: number,
): Promise<GoalAnswer> {
  const all = slots(period, by)
  const visits = await answer(
    store,
    { report: overview(), site, period, cut, segment, by, limit: 1, offset: 0 },
    now,
  )
  const question =
    goal === 'orders'
      ? { site, cut, segment, goals: [], orders: true, whole: false }
      : { site, cut, segment, goals: [goal], orders: false, whole: false }
  const { found, totals, source } = await unlessHitsGo(store, site.id, async (gone) => {
    const rolled = await recorded(store, { ...question, period }, gone)
    const sources = sourcesOf(period, rolled, cut !== undefined)
    const each = sourcesOfEach(all, rolled, cut !== undefined)
    const [found, totals] = await Promise.all([
      figures(store, { ...question, sources: each, by, first: period.from }),
      figures(store, { ...question, sources, by: 'nothing' }),
    ])
    return { found, totals, source: sourceName(sources) }
  })
  const rows = all.map(({ label, from }, index) => ({
    label,
    [by]: label,
    ...rated(found.get(from), Number(visits.rows[index]?.visits ?? 0)),
  }))
  return {
    ...visits,
    ...exact,
    source,
    report: 'goal',
    title: goal === 'orders' ? 'Orders' : goal.name,
    definition: goalTold.definition,
    metrics: goalMetrics.map(({ name }) => name),
    rows,
    totals: rated(totals.get(''), visits.totals.visits ?? 0),
  }
}

/** No number of visitors is told. */
const exact = { approximate: false, error: null }

type Figures = { conversions: number; converted_visits: number; revenue: number }

function rated(
  { conversions, converted_visits, revenue }: Figures = { conversions: 0, converted_visits: 0, revenue: 0 },
  visits: number,
) {
  const rate = visits === 0 ? 0 : Math.floor((converted_visits / visits) * 10_000 + 0.5) / 10_000
  return { conversions, converted_visits, conversion_rate: rate, revenue }
}

type FiguresQuestion = {
  site: Site
  goals: readonly Goal[]
  orders: boolean
  /** Whether these are all that the site has. */
  whole: boolean
  sources: Sources
  cut: number | undefined
  segment: CompiledSegment | undefined
  by: GoalGrain | 'goal' | 'nothing'
  /** First day of the period, which a week or month may begin before. */
  first?: string
}

/** SQL of what is told apart: over conversions, and over stored totals. */
const keys: Record<FiguresQuestion['by'], { raw: string; stored: string }> = {
  goal: { raw: 'toString(goal)', stored: 'labels[1]' },
  nothing: { raw: `''`, stored: `''` },
  day: { raw: 'toString(day)', stored: 'toString(start)' },
  week: {
    raw: 'toString(greatest(toMonday(day), {first:Date}))',
    stored: 'toString(greatest(toMonday(start), {first:Date}))',
  },
  month: {
    raw: 'toString(greatest(toStartOfMonth(day), {first:Date}))',
    stored: 'toString(greatest(toStartOfMonth(start), {first:Date}))',
  },
}

type RecordedQuestion = Pick<FiguresQuestion, 'site' | 'goals' | 'whole' | 'segment'> &
  Pick<Question, 'period'>

/**
 * What is stored and tells what the goals of today count: nothing of days that begin before they became what they are, nor,
 * where all goals are put together, of a period in which one was reached that is gone. @throws QuestionError raw_data_gone
 */
async function recorded(
  store: Store,
  { site, goals, whole, period, segment }: RecordedQuestion,
  gone: Gone,
): Promise<Rolled> {
  const rolled = await rolledFor(store, { site, period, segment }, gone)
  const since = Math.max(0, ...goals.map((goal) => goal.since))
  // Two days later no day of any zone begins before: a site may have had another.
  const from = addDays(new Date(since * 1000).toISOString().slice(0, 10), since === 0 ? 0 : 2)
  const removed = whole ? site.goals.filter(({ deleted }) => deleted).map(({ id }) => String(id)) : []
  const spoilt = new Set(await reachedPeriods(store, site, removed))
  return {
    ...rolled,
    version: (kind, start) =>
      daysAround(kind, start).to > gone.goneUntil && (start < from || spoilt.has(`${kind} ${start}`))
        ? undefined
        : rolled.version(kind, start),
  }
}

/** The stored periods in which one of the goals was reached. */
async function reachedPeriods(store: Store, site: Site, goals: readonly string[]): Promise<string[]> {
  if (goals.length === 0) return []
  const rows = await store.query<{ reached: string }>(
    `SELECT DISTINCT concat(period, ' ', toString(start)) AS reached FROM rollups
WHERE site_id = {site:UInt32} AND report = 'conversions' AND has({goals:Array(String)}, labels[1])`,
    { site: site.id, goals },
  )
  return rows.map(({ reached }) => reached)
}

async function figures(store: Store, question: FiguresQuestion): Promise<Map<string, Figures>> {
  const { site, goals, orders, whole, sources, cut, segment, by, first = '' } = question
  const { raw, pieces } = sources
  const parts: string[] = []
  let params: Params = { site: site.id, ...(first !== '' && { first }) }
  if (raw) {
    const conversions = conversionsSql(goals, orders, cut)
    parts.push(`SELECT ${keys[by].raw} AS key, toFloat64(count()) AS m_conversions,
  toFloat64(uniqExact(day, visit_id)) AS m_visits, sum(revenue) AS m_revenue
FROM (
${conversions.sql}
)${segment ? `\nWHERE ${ofVisits(segment)}` : ''}
GROUP BY key`)
    params = { ...segment?.params, ...params, ...conversions.params, from: raw.from, to: raw.to }
  }
  if (pieces.length > 0) {
    // All goals together are stored as well: a visit that reached two of them is one visit.
    const rows = whole && by === 'nothing' ? areTotals : 'has({labels:Array(String)}, labels[1])'
    parts.push(`SELECT ${keys[by].stored} AS key, conversions AS m_conversions, visits AS m_visits, revenue AS m_revenue
FROM rollups
WHERE site_id = {site:UInt32} AND report = 'conversions' AND period IN {periods:Array(String)}
  AND start IN {starts_on:Array(Date)} AND ${rows} AND ${countedVersions}`)
    params = {
      ...params,
      ...pieceParams(site, pieces),
      labels: [...goals.map(({ id }) => String(id)), ...(orders ? [String(orderGoal)] : [])],
    }
  }
  const sql = `SELECT key, sum(m_conversions) AS conversions, sum(m_visits) AS converted_visits,
  round(sum(m_revenue), 6) AS revenue
FROM (
${parts.join('\nUNION ALL\n')}
)
GROUP BY key`
  // Of days without hits there is nothing.
  if (parts.length === 0) return new Map()
  // Goals are looked for in every hit.
  const rows = raw
    ? await store.queryLong<Figures & { key: string }>(sql, params, queryOptions)
    : await store.query<Figures & { key: string }>(sql, params, queryOptions)
  return new Map(rows.map(({ key, ...found }) => [key, found]))
}

function overview(): Report {
  const report = findReport('overview')
  if (!report) throw new Error('There is no overview of visits.')
  return report
}
