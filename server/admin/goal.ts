// Goals of a site: what its owner wants visitors to do. A list that is kept with the site; these functions make the
// next list of it. Numbers count up from 1 and are never given again, so a goal that was removed stays in the list.

import { type Pattern, regexError } from '../enrich/pattern.ts'
import { cleanText } from '../enrich/text.ts'
import { AdminError } from './admin-error.ts'

/** What a pattern is looked for in. `file` is a download, `outlink` the address of another website. */
export const textMatches = [
  'url',
  'title',
  'file',
  'outlink',
  'event_category',
  'event_action',
  'event_name',
] as const
export type TextMatch = (typeof textMatches)[number]

export const goalMatches = [...textMatches, 'duration', 'manual'] as const

/** What reaches a goal; `manual`: only a page that says so (`idgoal`), as it may of every goal. */
export type Aim =
  | { match: TextMatch; pattern: Pattern }
  /** An action more than so many minutes after the visit began. */
  | { match: 'duration'; minutes: number }
  | { match: 'manual' }

/** What counts as how much. */
export type Counting = {
  /** Every action that reaches it counts, not only the first of a visit. */
  multiple: boolean
  /** In the site's currency, where the page does not tell another. */
  revenue: number
  /** An event's value goes before `revenue`. */
  useEventValue: boolean
}

export type Goal = Aim &
  Counting & {
    id: number
    name: string
    /** Unix seconds. Hits from then on carry what they reached; the goal was not what it is now before. */
    since: number
    deleted: boolean
  }

/** What an owner says of a goal; of one that is changed, only what is to be changed. */
export type GoalDefinition = {
  name: string
  match: (typeof goalMatches)[number]
  pattern?: Pattern
  minutes?: number
  multiple?: boolean
  revenue?: number
  useEventValue?: boolean
}

const mostGoals = 100
/** Removed ones included. */
const mostNumbers = 1000

/** Goals that are there. */
export function liveGoals(goals: readonly Goal[]): Goal[] {
  return goals.filter(({ deleted }) => !deleted)
}

/** @throws AdminError unknown_goal */
export function findGoal(goals: readonly Goal[], id: number): Goal {
  const goal = goals.find((candidate) => candidate.id === id && !candidate.deleted)
  if (goal) return goal
  throw new AdminError('unknown_goal', `There is no goal ${id}.`)
}

/** `now` in Unix milliseconds. @throws AdminError invalid_goal */
export function addGoal(goals: readonly Goal[], definition: GoalDefinition, now: number): Goal[] {
  if (liveGoals(goals).length >= mostGoals) {
    throw new AdminError('invalid_goal', `A site has at most ${mostGoals} goals.`)
  }
  if (goals.length >= mostNumbers) {
    throw new AdminError('invalid_goal', `A site has at most ${mostNumbers} goals, removed ones included.`)
  }
  return [...goals, goalOf(definition, goals.length + 1, now)]
}

/** `now` in Unix milliseconds. @throws AdminError invalid_goal, unknown_goal */
export function changeGoal(
  goals: readonly Goal[],
  id: number,
  changes: Partial<GoalDefinition>,
  now: number,
): Goal[] {
  const known = findGoal(goals, id)
  const changed = goalOf({ ...known, ...changes }, id, now)
  if (sameDefinition(known, changed)) changed.since = known.since
  return goals.map((goal) => (goal === known ? changed : goal))
}

/** @throws AdminError unknown_goal */
export function removeGoal(goals: readonly Goal[], id: number): Goal[] {
  const known = findGoal(goals, id)
  return goals.map((goal) => (goal === known ? { ...known, deleted: true } : goal))
}

/** A goal as its owner says. @throws AdminError invalid_goal */
export function goalOf(definition: GoalDefinition, id: number, now: number): Goal {
  const name = cleanText(definition.name, 400)
  if (name === '' || name.length > 100) {
    throw new AdminError('invalid_goal', 'The name of a goal must have 1 to 100 characters.')
  }
  const { multiple = false, revenue = 0, useEventValue = false } = definition
  return {
    id,
    name,
    ...aimOf(definition),
    multiple,
    revenue,
    useEventValue,
    // What came in during this second may have been recorded before the goal was what it is.
    since: Math.floor(now / 1000) + 1,
    deleted: false,
  }
}

function aimOf({ match, pattern, minutes }: Omit<GoalDefinition, 'name'>): Aim {
  if (match === 'manual') return { match }
  if (match === 'duration') {
    if (minutes !== undefined) return { match, minutes }
    throw new AdminError('invalid_goal', 'A goal of a duration needs "minutes".')
  }
  if (!pattern) throw new AdminError('invalid_goal', `A goal that matches "${match}" needs a "pattern".`)
  const error = pattern.how === 'regex' ? regexError(pattern.text) : undefined
  if (error !== undefined) {
    throw new AdminError('invalid_goal', `The regular expression of the goal cannot be used: ${error}.`)
  }
  return { match, pattern }
}

function sameDefinition(one: Goal, other: Goal): boolean {
  const definition = ({ id, name, since, deleted, ...rest }: Goal) => {
    const { multiple, revenue, useEventValue, ...aim } = rest
    return JSON.stringify([multiple, revenue, useEventValue, aimOf(aim)])
  }
  return definition(one) === definition(other)
}
