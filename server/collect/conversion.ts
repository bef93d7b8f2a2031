// Which goals a hit reaches, and what that is credited to, by Matomo's rules.
// reports/goal-hits.ts has the same rules for hits of the past.

import { type Goal, liveGoals } from '../admin/goal.ts'
import type { Site } from '../admin/site.ts'
import { compilePattern, compileUrlPattern } from '../enrich/pattern.ts'
import { type ReferrerType, referrer } from '../enrich/referrer.ts'
import { cleanText } from '../enrich/text.ts'
import { absoluteUrl } from '../enrich/url.ts'
import { isAction, pageUrl } from './action.ts'
import type { Action, Beacon } from './beacon.ts'
import type { Conversion, Extras, Hit } from './hit.ts'
import { money, type Orders, orderId } from './order.ts'
import { Refusal } from './refusal.ts'
import type { Visit } from './visit.ts'

/** Matomo: an unknown goal is refused, and an order whose number the site has already. @throws Refusal */
export function refuseUnknownGoal({ action, parameters, site }: Beacon, orders: Orders): undefined {
  const { idgoal, ec_id } = parameters
  if (action.kind === 'goal' && idgoal !== undefined && !goalsOf(site).byId.has(idgoal)) {
    throw new Refusal('idgoal', `there is no goal ${idgoal}`)
  }
  if (action.kind !== 'order' || ec_id === undefined) return
  const id = orderId(ec_id)
  if (id === '') throw new Refusal('ec_id', 'it must not be blank')
  if (orders.has(site.id, id)) throw new Refusal('ec_id', 'this order is there already')
}

/** What a hit converts, with what it is credited to; the visit remembers it. Undefined for most hits. */
export function convert(
  beacon: Beacon,
  visit: Visit,
): Pick<Extras, 'conversions' | 'credited_type' | 'credited_name' | 'credited_keyword'> | undefined {
  const conversions = conversionsOf(beacon, visit)
  return conversions && { conversions, ...creditOf(beacon, visit) }
}

function conversionsOf(beacon: Beacon, visit: Visit): Conversion[] | undefined {
  const { action, parameters, site } = beacon
  if (action.kind === 'order') return [{ goal: 0, revenue: money(parameters.revenue ?? 0) }]
  if (site.goals.length === 0) return undefined
  // Matomo: a goal is reached once a visit, unless each action counts.
  const reached = reachedGoals(beacon, visit).filter((goal) => goal.multiple || !isConverted(visit, goal))
  if (reached.length === 0) return undefined
  for (const { id } of reached) rememberConversion(visit, id, beacon.receivedAt)
  return reached.map((goal) => ({ goal: goal.id, revenue: money(revenueOf(goal, beacon)) }))
}

/** `at` in Unix milliseconds. */
function rememberConversion(visit: Visit, goal: number, at: number): void {
  visit.converted ??= new Map()
  visit.converted.set(goal, at)
}

/**
 * What a stored hit converts in the visit that it has now: what it did in the one before, where that is not reached
 * already, and what it reaches only now, as far as its row can tell.
 */
export function convertAgain(beacon: Beacon, hit: Hit, visit: Visit): ReturnType<typeof convert> {
  const { byId } = goalsOf(beacon.site)
  const before = new Set(hit.conversions.map(({ goal }) => goal))
  const still = hit.conversions.filter(({ goal: id }) => {
    const goal = byId.get(id)
    return !goal || goal.multiple || !isConverted(visit, goal)
  })
  const now = reachedGoals(beacon, visit).filter(
    (goal) =>
      goal.match !== 'url' &&
      goal.since * 1000 <= beacon.time &&
      !before.has(goal.id) &&
      !isConverted(visit, goal),
  )
  const conversions = [
    ...still,
    ...now.map((goal) => ({ goal: goal.id, revenue: money(revenueOf(goal, beacon)) })),
  ]
  if (conversions.length === 0) return undefined
  for (const { goal } of conversions) rememberConversion(visit, goal, beacon.time)
  return { conversions: conversions.sort((a, b) => a.goal - b.goal), ...creditAgain(hit, visit) }
}

/** Their hit could not be kept: they may be reached again. */
export function forgetConversions(visit: Visit, goals: readonly Conversion[]): void {
  for (const { goal } of goals) visit.converted?.delete(goal)
}

function reachedGoals(beacon: Beacon, visit: Visit): Goal[] {
  const { action, parameters, site } = beacon
  const { byId, tests } = goalsOf(site)
  // Matomo: a request that reports a goal reaches no other; one that reports an order or a cart reaches none.
  if (action.kind === 'goal') {
    const goal = byId.get(parameters.idgoal ?? 0)
    return goal ? [goal] : []
  }
  const moment: Moment = {
    action,
    pageUrl: pageUrl(beacon),
    seconds: Math.floor(beacon.time / 1000) - Math.floor(visit.start / 1000),
  }
  return tests.filter(({ reaches }) => reaches(moment)).map(({ goal }) => goal)
}

/** What a visit reached before the goal became what it is (in the second before `since`) does not count. */
function isConverted(visit: Visit, goal: Goal): boolean {
  const at = visit.converted?.get(goal.id)
  return at !== undefined && at >= (goal.since - 1) * 1000
}

/** Matomo: what the request says, else the event's value where the goal wants it, else the goal's own. */
function revenueOf(goal: Goal, { action, parameters }: Beacon): number {
  const ofEvent = goal.useEventValue ? action.event_value : null
  return parameters.revenue ?? ofEvent ?? goal.revenue
}

// -- What is looked for ---------------------------------------------------------------------------------------

/** `seconds` since the visit began. */
type Moment = { action: Action; pageUrl: string; seconds: number }
type GoalTest = { goal: Goal; reaches: (moment: Moment) => boolean }
type Goals = { byId: Map<number, Goal>; tests: GoalTest[] }

const compiled = new WeakMap<readonly Goal[], Goals>()

function goalsOf({ goals }: Site): Goals {
  let known = compiled.get(goals)
  if (!known) {
    const live = liveGoals(goals)
    known = {
      byId: new Map(live.map((goal) => [goal.id, goal])),
      tests: live.filter(({ match }) => match !== 'manual').map((goal) => ({ goal, reaches: testOf(goal) })),
    }
    compiled.set(goals, known)
  }
  return known
}

function testOf(goal: Goal): GoalTest['reaches'] {
  if (goal.match === 'manual') return () => false
  // Matomo: a duration is told by any action, when it is longer.
  if (goal.match === 'duration') {
    const least = goal.minutes * 60
    return ({ action, seconds }) => isAction(action.kind) && seconds > least
  }
  // Matomo: addresses are looked at as page views sent them, with all parameters, and once more decoded.
  if (goal.match === 'url') {
    const matches = compileUrlPattern(goal.pattern)
    return ({ action, pageUrl }) => action.kind === 'pageview' && matches(pageUrl)
  }
  const matches = compilePattern(goal.pattern)
  const [kind, field] = fields[goal.match]
  return ({ action }) => action.kind === kind && matches(action[field])
}

const fields = {
  title: ['pageview', 'title'],
  file: ['download', 'target_url'],
  outlink: ['outlink', 'target_url'],
  event_category: ['event', 'event_category'],
  event_action: ['event', 'event_action'],
  event_name: ['event', 'event_name'],
} as const

// -- What it is credited to -----------------------------------------------------------------------------------

/** Matomo: the campaign that the page's cookie tells, the visit's own, another site of the cookie, how the visit came. */
function creditOf({ parameters, site, action }: Beacon, visit: Visit) {
  const { _rcn, _rck, _ref } = parameters
  if (_rcn !== undefined) return credit('campaign', lower(_rcn), lower(_rck ?? ''))
  const { type, name, keyword } = visit.referrer
  if (type === 'campaign' || _ref === undefined) return credit(type, name, keyword)
  const earlier = referrer({
    // Without campaign parameters: what is asked is who linked to the page then.
    pageUrl: absoluteUrl(action.url, action.url_prefix),
    referrerUrl: _ref,
    siteUrls: site.urls,
    excludedParameters: site.settings.excludedParameters,
  })
  return earlier.type === 'direct'
    ? credit(type, name, keyword)
    : credit(earlier.type, earlier.name, earlier.keyword)
}

/** As the page's cookie told, where that was another than how the visitor came; else how the visitor came now. */
function creditAgain(hit: Hit, { referrer }: Visit) {
  const { credited_type: type, credited_name: name, credited_keyword: keyword } = hit
  const byVisit = type === hit.referrer_type && name === hit.referrer_name && keyword === hit.referrer_keyword
  const byCookie = type !== '' && !byVisit && (type === 'campaign' || referrer.type !== 'campaign')
  return byCookie ? credit(type, name, keyword) : credit(referrer.type, referrer.name, referrer.keyword)
}

function credit(type: ReferrerType, name: string, keyword: string) {
  return { credited_type: type, credited_name: name, credited_keyword: keyword }
}

function lower(text: string): string {
  return cleanText(text, 1020).toLowerCase()
}
