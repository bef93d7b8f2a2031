// Funnels of a site: steps that its owner wants visitors to take one after the other. A list that is kept with the
// site; these functions make the next list of it. Numbers count up from 1 and are never given again.

import { type Pattern, regexError } from '../enrich/pattern.ts'
import { cleanText } from '../enrich/text.ts'
import { AdminError } from './admin-error.ts'
import { findGoal, type Goal, type TextMatch } from './goal.ts'

/**
 * `loose`: other things may be done in between. `strict`: one step directly after the other. `any`: in whatever order,
 * as long as the steps before were taken as well.
 */
export const funnelOrders = ['loose', 'strict', 'any'] as const
export type FunnelOrder = (typeof funnelOrders)[number]

export type FunnelCondition = { match: TextMatch; pattern: Pattern }

/** A hit in which all conditions are met, or one that reaches a goal; goal 0 is an order. */
export type FunnelStep = { name: string; conditions: FunnelCondition[] } | { name: string; goal: number }

/** What an owner says of a funnel; of one that is changed, only what is to be changed. */
export type FunnelDefinition = {
  name: string
  steps: { name: string; conditions?: FunnelCondition[]; goal?: number }[]
  order?: FunnelOrder
  /** Within so many days after the first step, by the same visitor; 0: within one visit. */
  days?: number
}

export type Funnel = {
  id: number
  name: string
  steps: FunnelStep[]
  order: FunnelOrder
  days: number
  deleted: boolean
}

export const leastSteps = 2
export const mostSteps = 10
export const mostConditions = 3
export const mostFunnelDays = 90
const mostFunnels = 100
/** Removed ones included. */
const mostNumbers = 1000

/** Funnels that are there. */
export function liveFunnels(funnels: readonly Funnel[]): Funnel[] {
  return funnels.filter(({ deleted }) => !deleted)
}

/** @throws AdminError unknown_funnel */
export function findFunnel(funnels: readonly Funnel[], id: number): Funnel {
  const funnel = funnels.find((candidate) => candidate.id === id && !candidate.deleted)
  if (funnel) return funnel
  throw new AdminError('unknown_funnel', `There is no funnel ${id}.`)
}

type OfSite = { funnels: readonly Funnel[]; goals: readonly Goal[] }

/** @throws AdminError invalid_funnel, unknown_goal */
export function addFunnel({ funnels, goals }: OfSite, definition: FunnelDefinition): Funnel[] {
  if (liveFunnels(funnels).length >= mostFunnels) {
    throw new AdminError('invalid_funnel', `A site has at most ${mostFunnels} funnels.`)
  }
  if (funnels.length >= mostNumbers) {
    throw new AdminError(
      'invalid_funnel',
      `A site has at most ${mostNumbers} funnels, removed ones included.`,
    )
  }
  return [...funnels, funnelOf(definition, funnels.length + 1, goals)]
}

/** @throws AdminError invalid_funnel, unknown_funnel, unknown_goal */
export function changeFunnel(
  { funnels, goals }: OfSite,
  id: number,
  changes: Partial<FunnelDefinition>,
): Funnel[] {
  const known = findFunnel(funnels, id)
  const changed = funnelOf({ ...known, ...changes }, id, goals)
  return funnels.map((funnel) => (funnel === known ? changed : funnel))
}

/** @throws AdminError unknown_funnel */
export function removeFunnel(funnels: readonly Funnel[], id: number): Funnel[] {
  const known = findFunnel(funnels, id)
  return funnels.map((funnel) => (funnel === known ? { ...known, deleted: true } : funnel))
}

/** A funnel as its owner says. @throws AdminError invalid_funnel, unknown_goal */
export function funnelOf(definition: FunnelDefinition, id: number, goals: readonly Goal[]): Funnel {
  const { steps, order = 'loose', days = 0 } = definition
  if (steps.length < leastSteps || steps.length > mostSteps) {
    throw new AdminError('invalid_funnel', `A funnel has ${leastSteps} to ${mostSteps} steps.`)
  }
  if (order === 'any' && days > 0) {
    throw new AdminError(
      'invalid_funnel',
      'Steps in any order are told within a visit only: leave out "days".',
    )
  }
  return {
    id,
    name: nameOf(definition.name, 'The name of a funnel'),
    steps: steps.map((step, index) => stepOf(step, index + 1, goals)),
    order,
    days,
    deleted: false,
  }
}

function stepOf(
  { name, conditions, goal }: FunnelDefinition['steps'][number],
  number: number,
  goals: readonly Goal[],
): FunnelStep {
  const named = nameOf(name, `The name of step ${number}`)
  if (goal !== undefined && conditions === undefined) {
    if (goal !== 0) findGoal(goals, goal)
    return { name: named, goal }
  }
  const [first] = conditions ?? []
  if (!conditions || !first || conditions.length > mostConditions || goal !== undefined) {
    throw new AdminError(
      'invalid_funnel',
      `Step ${number} needs either 1 to ${mostConditions} "conditions", or a "goal" (0 for orders).`,
    )
  }
  if (conditions.some(({ match }) => subjects[match] !== subjects[first.match])) {
    throw new AdminError(
      'invalid_funnel',
      `The conditions of step ${number} can never be met together: they must all be about ${subjects[first.match]}.`,
    )
  }
  for (const { pattern } of conditions) {
    const error = pattern.how === 'regex' ? regexError(pattern.text) : undefined
    if (error !== undefined) {
      throw new AdminError(
        'invalid_funnel',
        `The regular expression of step ${number} cannot be used: ${error}.`,
      )
    }
  }
  return { name: named, conditions }
}

/** What a condition is about. */
const subjects: Record<TextMatch, string> = {
  url: 'a page view',
  title: 'a page view',
  file: 'a download',
  outlink: 'an outlink',
  event_category: 'an event',
  event_action: 'an event',
  event_name: 'an event',
}

function nameOf(text: string, what: string): string {
  const name = cleanText(text, 400)
  if (name !== '' && name.length <= 100) return name
  throw new AdminError('invalid_funnel', `${what} must have 1 to 100 characters.`)
}
