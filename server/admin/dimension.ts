// Custom dimensions of a site: what its owner wants to tell visits or actions apart by. A list that is kept with the
// site; these functions make the next list of it. Numbers count up from 1 and are never given again: what was kept
// under one would mean something else.

import { regexError } from '../enrich/pattern.ts'
import { cleanText } from '../enrich/text.ts'
import { AdminError } from './admin-error.ts'

/** Where a value is taken from when the page does not send one. */
export type Extraction = {
  from: 'url' | 'urlparam' | 'action_name'
  /** A regular expression, whose first group is the value; of `urlparam` the parameter's name. */
  pattern: string
}

export type Dimension = {
  id: number
  name: string
  /** `visit`: the newest value counts for the whole visit; `action`: for the hit that it came with. */
  scope: 'visit' | 'action'
  /** Values of one that is not active are not taken. */
  active: boolean
  /** The first that finds something counts. */
  extractions: Extraction[]
  /** Of the expressions; names of parameters are compared in whatever case. */
  caseSensitive: boolean
  deleted: boolean
}

/** What an owner says of a dimension. */
export type DimensionDefinition = {
  name: string
  scope: Dimension['scope']
  active?: boolean
  extractions?: Extraction[]
  caseSensitive?: boolean
}

const mostDimensions = 500
/** Removed ones included. */
const mostNumbers = 5000

/** Dimensions that are there. */
export function liveDimensions(dimensions: readonly Dimension[]): Dimension[] {
  return dimensions.filter(({ deleted }) => !deleted)
}

/** @throws AdminError invalid_dimension */
export function addDimension(dimensions: readonly Dimension[], definition: DimensionDefinition): Dimension[] {
  if (liveDimensions(dimensions).length >= mostDimensions) {
    throw new AdminError('invalid_dimension', `A site has at most ${mostDimensions} dimensions.`)
  }
  if (dimensions.length >= mostNumbers) {
    throw new AdminError(
      'invalid_dimension',
      `A site has at most ${mostNumbers} dimensions, removed ones included.`,
    )
  }
  return [...dimensions, dimensionOf(definition, dimensions.length + 1)]
}

/**
 * The scope stays: what was kept of visits is no value of actions.
 * @throws AdminError invalid_dimension, unknown_dimension
 */
export function changeDimension(
  dimensions: readonly Dimension[],
  id: number,
  changes: Partial<Omit<DimensionDefinition, 'scope'>>,
): Dimension[] {
  const known = findDimension(dimensions, id)
  const changed = dimensionOf({ ...known, ...changes }, id)
  return dimensions.map((dimension) => (dimension === known ? changed : dimension))
}

/** @throws AdminError unknown_dimension */
export function removeDimension(dimensions: readonly Dimension[], id: number): Dimension[] {
  const known = findDimension(dimensions, id)
  return dimensions.map((dimension) => (dimension === known ? { ...known, deleted: true } : dimension))
}

/** @throws AdminError unknown_dimension */
export function findDimension(dimensions: readonly Dimension[], id: number): Dimension {
  const dimension = dimensions.find((candidate) => candidate.id === id && !candidate.deleted)
  if (dimension) return dimension
  throw new AdminError('unknown_dimension', `There is no dimension ${id}.`)
}

function dimensionOf(definition: DimensionDefinition, id: number): Dimension {
  const { scope, active = true, extractions = [], caseSensitive = true } = definition
  const name = cleanText(definition.name, 400)
  if (name === '' || name.length > 100) {
    throw new AdminError('invalid_dimension', 'The name of a dimension must have 1 to 100 characters.')
  }
  for (const { from, pattern } of extractions) {
    const error = from === 'urlparam' ? parameterError(pattern) : regexError(pattern, 1)
    if (error === undefined) continue
    throw new AdminError('invalid_dimension', `The extraction "${pattern}" cannot be used: ${error}.`)
  }
  return { id, name, scope, active, extractions, caseSensitive, deleted: false }
}

function parameterError(name: string): string | undefined {
  return /^[^\s&=#?/]{1,100}$/.test(name) ? undefined : 'it is not the name of a parameter'
}
