// From a segment to conditions in SQL, over the view `visit` and over `hits`. Nothing that a caller sends becomes part of
// the text: values are typed parameters, everything else comes from the table of names. Other visits and hits that a
// condition is about are those of the days that are asked for.

import { type Goal, liveGoals } from '../../admin/goal.ts'
import type { Site } from '../../admin/site.ts'
import type { Params } from '../../store/store.ts'
import { ofTheDays } from '../catalogue/part-source.ts'
import { conversionsSql } from '../goal-hits.ts'
import type { Condition, HitFilter, Segment, Tree } from './segment.ts'
import { findSegmentName, type SegmentName } from './segment-name.ts'
import { compareSql, filledSql, including, matchesNumber, matchesText, type Place } from './segment-value.ts'

/** Conditions that need {site}, {from}, {to} and what stands in `params`. */
export type CompiledSegment = {
  /** Over the view `visit`. */
  visits: string
  /** Over `hits`, of whole visits. */
  hits: string
  params: Params
}

/** A condition over `hits` that needs what stands in `params`. */
export type CompiledFilter = { sql: string; params: Params }

/** Finds a segment that is used in another one. @throws QuestionError unknown_segment */
export type SavedSegments = (id: number) => Segment

/** The segment has to be one that `checkSegment` accepts. */
export function compileSegment(segment: Segment, site: Site, saved: SavedSegments): CompiledSegment {
  const compiler = new Compiler(site, saved, 'segment')
  const visits = compiler.visits(segment)
  return {
    visits,
    // What is known by hits alone needs no look at the visits.
    hits: compiler.looksAtVisits ? `visit_id GLOBAL IN ${visitsOf({ visits })}` : visits,
    params: compiler.params,
  }
}

/** The ids of its visits, as a subquery. */
export function visitsOf({ visits }: Pick<CompiledSegment, 'visits'>): string {
  return `(SELECT visit_id FROM visit WHERE ${ofTheDays} AND ${visits})`
}

export function compileFilter(filter: HitFilter, site: Site): CompiledFilter {
  const compiler = new Compiler(site, () => ({ any: [] }), 'filter')
  return { sql: compiler.hit(filter), params: compiler.params }
}

class Compiler {
  readonly params: Params
  /** Whether something of the visit itself is asked for. */
  looksAtVisits = false
  readonly #site: Site
  readonly #saved: SavedSegments
  readonly #prefix: string
  #count = 0

  constructor(site: Site, saved: SavedSegments, prefix: string) {
    this.#site = site
    this.#saved = saved
    this.#prefix = prefix
    this.params = { timezone: site.timezone }
  }

  /** Over `visit`; what is about hits alone also over `hits`. */
  visits(segment: Segment): string {
    return treeSql(segment, (leaf) => {
      if ('hit' in leaf) return withHit(this.hit(leaf.hit))
      if ('visitor' in leaf) return this.#ofVisitors(this.visits(leaf.visitor))
      if ('sequence' in leaf) return this.#sequence(leaf.sequence, leaf.by)
      if ('saved' in leaf) return this.visits(this.#saved(leaf.saved))
      return this.#visit(leaf)
    })
  }

  /** Over `hits`. */
  hit(filter: HitFilter): string {
    return treeSql(filter, (leaf) => {
      const { condition, excludes } = including(leaf)
      const sql = this.#hit(findSegmentName(condition.name, this.#site), condition)
      return excludes ? `NOT ${sql}` : sql
    })
  }

  #visit(leaf: Condition): string {
    const { condition, excludes } = including(leaf)
    const name = findSegmentName(condition.name, this.#site)
    const sql = this.#found(name, condition)
    return excludes ? `NOT ${sql}` : sql
  }

  #found(name: SegmentName, condition: Condition): string {
    if (name.of === 'hit') return this.#hitOfVisit(name, condition)
    if (name.type === 'goal') return this.#reached(name.by, condition)
    this.looksAtVisits = true
    return isUnset(condition) ? `NOT ${filledSql(name)}` : this.#compare(name, condition)
  }

  /** That nothing is set is true of visits in which it never is. */
  #hitOfVisit(name: SegmentName, condition: Condition): string {
    if (!isUnset(condition)) return withHit(this.#hit(name, condition))
    return `NOT ${withHit(`(${name.where} AND ${filledSql(name)})`)}`
  }

  #hit(name: SegmentName, condition: Condition): string {
    if (isUnset(condition)) return `NOT (${name.where} AND ${filledSql(name)})`
    return `(${name.where} AND ${this.#compare(name, condition)})`
  }

  #compare(name: SegmentName, { op, values }: Condition): string {
    return compareSql({ name, op, values }, this.#place)
  }

  #ofVisitors(visits: string): string {
    this.looksAtVisits = true
    return `visitor_id GLOBAL IN (SELECT visitor_id FROM visit WHERE ${ofTheDays} AND ${visits})`
  }

  /** Each step is taken by the first hit that can after the one that took the step before. */
  #sequence(steps: readonly HitFilter[], by: 'visit' | 'visitor'): string {
    const takes = steps.map((step) => this.hit(step))
    const list = takes.map((sql) => `toUInt64(${sql})`).join(', ')
    const moments = (order: string) => `groupArrayIf((${order}, [${list}]), ${takes.join(' OR ')})`
    const taken = (moments: string) =>
      `arrayFold((step, moment) -> step + moment.2[step + 1], arraySort(${moments}), toUInt64(0)) = ${steps.length}`
    if (by === 'visit') {
      return `visit_id GLOBAL IN (SELECT visit_id FROM hits WHERE ${ofTheDays}
  GROUP BY site_id, day, visit_id HAVING ${taken(moments('position'))})`
    }
    this.looksAtVisits = true
    // The newest stamp says whose visit it was, as in the view.
    return `visitor_id GLOBAL IN (SELECT who FROM (
  SELECT argMax(visitor_id, position) AS who, ${moments('(visit_time, visit_id, position)')} AS moments
  FROM hits WHERE ${ofTheDays} GROUP BY site_id, day, visit_id
) GROUP BY who HAVING ${taken('arrayFlatten(groupArray(moments))')})`
  }

  /** Visits that reached a goal, or an order, by its rules of today. */
  #reached(by: 'number' | 'name' | 'any', condition: Condition): string {
    const { op, values } = condition
    if (isUnset(condition)) return `NOT ${this.#reachedOne(liveGoals(this.#site.goals), true)}`
    const all = liveGoals(this.#site.goals)
    if (by === 'any') {
      const reached = this.#reachedOne(all, true)
      return `(${values.map((value) => (value === '1' ? reached : `NOT ${reached}`)).join(' OR ')})`
    }
    const wanted = ({ id, name }: Pick<Goal, 'id' | 'name'>) =>
      values.some((value) => (by === 'name' ? matchesText(name, op, value) : matchesNumber(id, op, value)))
    return this.#reachedOne(all.filter(wanted), by === 'number' && wanted({ id: 0, name: '' }))
  }

  #reachedOne(goals: readonly Goal[], orders: boolean): string {
    if (goals.length === 0 && !orders) return '(0)'
    const { sql, params } = conversionsSql(goals, orders)
    const prefix = `${this.#prefix}_${++this.#count}`
    for (const [name, value] of Object.entries(params)) this.params[`${prefix}_${name}`] = value
    const own = sql.replace(/\{(\w+):/g, (place, name) => (name in params ? `{${prefix}_${name}:` : place))
    return `visit_id GLOBAL IN (SELECT visit_id FROM (${own}))`
  }

  #place: Place = (value, type) => {
    const name = `${this.#prefix}_${++this.#count}`
    this.params[name] = value
    return `{${name}:${type}}`
  }
}

function isUnset({ values }: Condition): boolean {
  return values.length === 1 && values[0] === ''
}

function withHit(condition: string): string {
  return `visit_id GLOBAL IN (SELECT visit_id FROM hits WHERE ${ofTheDays} AND ${condition})`
}

function treeSql<Leaf extends object>(tree: Tree<Leaf>, leafSql: (leaf: Leaf) => string): string {
  if ('all' in tree) return joined(tree.all, ' AND ', '(1)', leafSql)
  if ('any' in tree) return joined(tree.any, ' OR ', '(0)', leafSql)
  if ('not' in tree) return `NOT ${treeSql(tree.not, leafSql)}`
  return leafSql(tree)
}

function joined<Leaf extends object>(
  trees: readonly Tree<Leaf>[],
  word: ' AND ' | ' OR ',
  none: string,
  leafSql: (leaf: Leaf) => string,
): string {
  return trees.length === 0 ? none : `(${trees.map((tree) => treeSql(tree, leafSql)).join(word)})`
}
