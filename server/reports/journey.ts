// The ways visitors take through the site: the most common paths, and the same as a flow that can be drawn (Sankey).
// A step is a page view or a search on the site; a reload is no further step. A path begins with the visit or with
// a page, or it leads to a page or a goal; each visit is counted for one path.
//
// In the flow each visit is in one node of each level that it reaches, so the figures of what leads into a node, of
// what leads out of it, and of the node itself are the same. Where a visit has fewer steps than the path, it is in a
// node `exit` behind its last step, or in a node `entry` before its first one.

import type { Goal } from '../admin/goal.ts'
import type { Params, Store } from '../store/store.ts'
import { conversionsSql } from './goal-hits.ts'
import { askRaw, queryVisits, type RawQuestion, rawFrame, rawParams, wholeVisits } from './raw.ts'
import type { Told } from './told.ts'
import type { PageKey } from './transitions.ts'

/** Where paths begin or what they lead to. A page is named as it is kept. */
export type JourneyEnd =
  | { kind: 'entry' }
  | { kind: 'from' | 'to'; page: string }
  | { kind: 'goal'; goal: Goal | 'orders' }

export type JourneysQuestion = RawQuestion & {
  by: PageKey
  end: JourneyEnd
  /** Of a path, the page or goal at its end included: 2 to 10. */
  steps: number
  /** Paths that are told. */
  limit: number
  /** Pages and searches of a level that have a node of their own. */
  nodes: number
}

/** `other` are the pages and searches of a level that have no node of their own. */
export const stepKinds = ['pageview', 'search', 'goal', 'entry', 'exit', 'other'] as const
export type StepKind = (typeof stepKinds)[number]

export type Step = { kind: StepKind; label: string }
export type FlowNode = Step & { id: string /** From 1. */; level: number; visits: number }

export type Journeys = ReturnType<typeof rawFrame> & {
  by: PageKey
  steps: number
  /** Those that have such a path. */
  visits: number
  /** The most common; `rest` are the visits of the others, `rowCount` is the number of all paths. */
  paths: { rows: { steps: Step[]; visits: number }[]; rest: number; rowCount: number }
  flow: { nodes: FlowNode[]; links: { from: string; to: string; visits: number }[] }
}

export const journeysTold: Told = {
  request: 'GET /api/reports/journeys',
  title: 'Journeys',
  definition: 'The ways that visitors take from their entry or a page, or to a page or a goal.',
  figures: {
    visits: 'Visits that have such a path; each counts for one.',
    paths: 'The most common paths, step by step, with their visits.',
    flow: 'The same paths as nodes and links, to be drawn as a Sankey diagram.',
  },
}

export async function journeys(store: Store, question: JourneysQuestion): Promise<Journeys> {
  const { by, steps, limit, nodes } = question
  const { sql, params } = pathsSql(question)
  const ask = <Row>(query: string, further: Params) =>
    queryVisits<Row>(store, query, { ...params, ...further })
  const { common, paths, links } = await askRaw(store, question, async () => {
    const [common, frequent] = await Promise.all([
      ask<CommonRow>(mostCommonSql(sql), { limit }),
      ask<{ node: string }>(frequentSql(sql), { nodes }),
    ])
    const shown = frequent.map(({ node }) => node)
    const [paths, links] = await Promise.all([
      ask<PathRow>(theseSql(sql), { prints: common.map(({ print }) => print) }),
      ask<LinkRow>(linksSql(sql), { shown }),
    ])
    return { common, paths, links }
  })
  const visits = common[0]?.total ?? 0
  const told = paths.reduce((sum, path) => sum + path.visits, 0)
  return {
    ...rawFrame(question),
    by,
    steps,
    visits,
    paths: {
      rows: paths.map(({ path, visits }) => ({ steps: path.map((step) => readStep(step)), visits })),
      // Visits may have come while it was counted.
      rest: Math.max(0, visits - told),
      rowCount: common[0]?.paths ?? 0,
    },
    flow: flowOf(links),
  }
}

/** `print` tells paths apart; `total` and `paths` are of all. */
type CommonRow = { print: string; total: number; paths: number }
type PathRow = { path: string[]; visits: number }
type LinkRow = { level: number; from: string; to: string; visits: number }

/** The nodes are made of the links, so that they agree whatever comes in meanwhile. */
function flowOf(rows: LinkRow[]): Journeys['flow'] {
  const nodes = new Map<string, FlowNode>()
  const nodeOf = (level: number, step: string): FlowNode => {
    const id = `${level} ${step}`
    const node = nodes.get(id) ?? { id, level, ...readStep(step), visits: 0 }
    nodes.set(id, node)
    return node
  }
  const into = new Set<FlowNode>()
  const links = rows.map(({ level, from, to, visits }) => {
    const [source, target] = [nodeOf(level, from), nodeOf(level + 1, to)]
    // What has links into it was counted by them, a level before.
    if (!into.has(source)) source.visits += visits
    target.visits += visits
    into.add(target)
    return { from: source.id, to: target.id, visits }
  })
  return {
    nodes: [...nodes.values()].sort(
      (a, b) => a.level - b.level || b.visits - a.visits || (a.id < b.id ? -1 : 1),
    ),
    links,
  }
}

/** A step in SQL is a text: its kind, a space, and its name. */
function readStep(step: string): Step {
  const space = step.indexOf(' ')
  const kind = stepKinds.find((kind) => kind === step.slice(0, space)) ?? 'other'
  return { kind, label: step.slice(space + 1) }
}

/** By their prints: a site may have as many paths as visits, and each is a long text. */
function mostCommonSql(paths: string): string {
  return `SELECT hex(sipHash128(path)) AS print, sum(count()) OVER () AS total, count() OVER () AS paths
FROM (
${paths}
)
GROUP BY print ORDER BY count() DESC, print LIMIT {limit:UInt32}`
}

function theseSql(paths: string): string {
  return `SELECT path, count() AS visits
FROM (
${paths}
)
WHERE hex(sipHash128(path)) IN {prints:Array(String)}
GROUP BY path ORDER BY visits DESC, path`
}

/** What has a node of its own, each with its level. */
function frequentSql(paths: string): string {
  return `SELECT concat(toString(level), ' ', step) AS node
FROM (
  SELECT arrayJoin(arrayZip(arrayEnumerate(flow), flow)) AS one, offset + one.1 AS level, one.2 AS step
  FROM (
${paths}
  )
)
GROUP BY level, step
ORDER BY level, match(step, '^(pageview|search) '), count() DESC, step
LIMIT {nodes:UInt32} BY level, match(step, '^(pageview|search) ')`
}

function linksSql(paths: string): string {
  const node = (level: string, step: string) =>
    `if(concat(toString(${level}), ' ', ${step}) IN {shown:Array(String)}, ${step}, 'other ')`
  return `SELECT level, ${node('level', 'one.2')} AS from, ${node('level + 1', 'one.3')} AS to, count() AS visits
FROM (
  SELECT arrayJoin(arrayZip(arrayEnumerate(arrayPopBack(flow)), arrayPopBack(flow), arrayPopFront(flow))) AS one,
    offset + one.1 AS level
  FROM (
${paths}
  )
)
GROUP BY level, from, to
ORDER BY level, visits DESC, from, to`
}

/**
 * SELECT of a row for each visit that has a path: `path`, and the same as `flow`, with what stands for missing steps;
 * its first node is of the level `offset` + 1.
 */
function pathsSql(question: JourneysQuestion): { sql: string; params: Params } {
  const { end, steps } = question
  const params: Params = {
    ...rawParams(question),
    steps,
    page: end.kind === 'from' || end.kind === 'to' ? end.page : '',
  }
  const page = `indexOf(steps_of_visit, concat('pageview ', {page:String}))`
  const reached = {
    entry: '1',
    from: page,
    to: page,
    goal: 'length(steps_of_visit)',
  }[end.kind]
  const forward = end.kind === 'entry' || end.kind === 'from'
  const path = forward
    ? 'arraySlice(steps_of_visit, reached, {steps:UInt8})'
    : 'arraySlice(steps_of_visit, greatest(1, toInt64(reached) - {steps:UInt8} + 1), least(reached, {steps:UInt8}))'
  const flow = forward
    ? `if(length(path) < {steps:UInt8}, arrayPushBack(path, 'exit '), path)`
    : `if(length(path) < {steps:UInt8}, arrayPushFront(path, 'entry '), path)`
  const offset = forward ? '0' : '{steps:UInt8} - length(flow)'
  const source = end.kind === 'goal' ? toGoalSql(question, end.goal, params) : allStepsSql(question)
  const sql = `SELECT ${path} AS path, ${flow} AS flow, toUInt8(${offset}) AS offset
FROM (
  SELECT steps_of_visit, ${reached} AS reached
  FROM (
${source}
  )
)
WHERE notEmpty(steps_of_visit) AND reached > 0`
  return { sql, params }
}

const stepOf = (by: PageKey) => `concat(toString(kind), ' ', if(kind = 'search', search_keyword, ${by}))`

function allStepsSql({ by, segment }: JourneysQuestion): string {
  return `    SELECT arrayCompact(arrayMap(one -> one.2, arraySort(groupArray((position, ${stepOf(by)}))))) AS steps_of_visit
    FROM hits
    WHERE ${wholeVisits(segment)} AND kind IN ('pageview', 'search')
    GROUP BY day, visit_id`
}

/** Up to where the goal was reached for the first time, with the goal itself as the last step. */
function toGoalSql({ by, segment }: JourneysQuestion, goal: Goal | 'orders', params: Params): string {
  const conversions = goal === 'orders' ? conversionsSql([], true) : conversionsSql([goal], false)
  Object.assign(params, conversions.params, { goal_name: goal === 'orders' ? 'Orders' : goal.name })
  const rows = wholeVisits(segment)
  return `    SELECT arrayPushBack(arrayCompact(arrayMap(one -> one.2, arrayFilter(one -> one.1 <= reached_at,
      arraySort(groupArrayIf((position, step), step != ''))))), concat('goal ', {goal_name:String})) AS steps_of_visit,
      minIf(position, step = '') AS reached_at
    FROM (
      SELECT day, visit_id, position, '' AS step
      FROM (
${conversions.sql}
      )
      WHERE visit_id GLOBAL IN (SELECT visit_id FROM visit WHERE ${rows})
      UNION ALL
      SELECT day, visit_id, position, ${stepOf(by)} AS step
      FROM hits
      WHERE ${rows} AND kind IN ('pageview', 'search') AND visit_id GLOBAL IN (SELECT visit_id FROM (
${conversions.sql}
      ))
    )
    GROUP BY day, visit_id
    HAVING countIf(step = '') > 0`
}
