// Custom dimensions and custom variables: what a site tells of its visits and actions in words of its own. Those of an
// action stand in its hit, those of a visit in the facts that each of its later hits carries.

import type { Dimension } from '../admin/dimension.ts'
import { compileExtraction } from '../enrich/pattern.ts'
import { cleanText } from '../enrich/text.ts'
import { parametersOf, splitUrl } from '../enrich/url.ts'
import { isAction, pageUrl } from './action.ts'
import type { Beacon } from './beacon.ts'
import type { Extras, VisitFacts } from './hit.ts'
import { type Parameters, readParameters } from './parameter.ts'

export type Custom = {
  hit: Partial<Pick<Extras, 'dimensions' | 'variables'>> | undefined
  /** Of a dimension an empty text takes the value away. */
  visit: { dimensions?: Values; variables?: Values } | undefined
}

type Values = Record<string, string>

/** Characters of a dimension's value, and of a variable's name or value. */
const longestDimension = 250
const longestVariable = 200
/** Variables of a hit, and of a visit. */
const mostVariables = 20

/** Undefined for the many hits that have nothing of it. */
export function customOf(beacon: Beacon): Custom | undefined {
  const { parameters, site } = beacon
  const { _cvar, e_cvar } = parameters
  const dimensions = site.dimensions.length > 0 ? dimensionsOf(beacon) : undefined
  const variables = merged(pageVariables(parameters), variablesOf(e_cvar))
  const visitVariables = variablesOf(_cvar)
  if (!dimensions && !variables && !visitVariables) return undefined
  const hit = {
    ...(dimensions?.action && { dimensions: dimensions.action }),
    ...(variables && { variables }),
  }
  const visit = {
    ...(dimensions?.visit && { dimensions: dimensions.visit }),
    ...(visitVariables && { variables: visitVariables }),
  }
  return {
    hit: dimensions?.action || variables ? hit : undefined,
    visit: dimensions?.visit || visitVariables ? visit : undefined,
  }
}

/** What is known of a visit after a hit: the newest value counts. */
export function visitCustoms(
  custom: Custom | undefined,
  before: Pick<VisitFacts, 'visit_dimensions' | 'visit_variables'> = noCustoms,
): Pick<VisitFacts, 'visit_dimensions' | 'visit_variables'> {
  const { dimensions, variables } = custom?.visit ?? {}
  return {
    visit_dimensions: dimensions
      ? fromEntries(
          Object.entries({ ...before.visit_dimensions, ...dimensions }).filter(([, value]) => value !== ''),
        )
      : before.visit_dimensions,
    visit_variables: variables
      ? fromEntries(Object.entries({ ...before.visit_variables, ...variables }).slice(0, mostVariables))
      : before.visit_variables,
  }
}

const noCustoms = { visit_dimensions: {}, visit_variables: {} }

// -- Dimensions -----------------------------------------------------------------------------------------------

/** `parameters`: those of the address by name, of one that comes twice the first; read when the first is asked for. */
type Page = { url: string; title: string; parameters?: Map<string, string> }
type Reader = (page: Page) => string | undefined
type Compiled = { id: string; scope: Dimension['scope']; readers: Reader[] }

const compiled = new WeakMap<readonly Dimension[], Compiled[]>()

function dimensionsOf(beacon: Beacon): { [scope in Dimension['scope']]?: Values } | undefined {
  const { parameters, action, site } = beacon
  const sent = parameters.dimensions
  const mayExtract = isAction(action.kind)
  let page: Page | undefined
  let found: { [scope in Dimension['scope']]?: Values } | undefined
  for (const { id, scope, readers } of activeDimensions(site.dimensions)) {
    let value = sent?.[id]
    if (value === undefined && mayExtract && readers.length > 0) {
      page ??= { url: pageUrl(beacon), title: action.title }
      value = firstFound(readers, page)
    }
    // Of an action there is nothing before that could be taken away.
    if (value === undefined || (value === '' && scope === 'action')) continue
    found ??= {}
    found[scope] ??= {}
    found[scope][id] = cleanText(value, longestDimension * 4)
  }
  return found
}

function activeDimensions(dimensions: readonly Dimension[]): Compiled[] {
  let active = compiled.get(dimensions)
  if (!active) {
    active = dimensions
      .filter((dimension) => dimension.active && !dimension.deleted)
      .map(({ id, scope, extractions, caseSensitive }) => ({
        id: String(id),
        scope,
        readers: extractions.map((extraction) => readerOf(extraction, caseSensitive)),
      }))
    compiled.set(dimensions, active)
  }
  return active
}

function readerOf({ from, pattern }: Dimension['extractions'][number], caseSensitive: boolean): Reader {
  if (from === 'urlparam') {
    const wanted = pattern.toLowerCase()
    return (page) => {
      page.parameters ??= parametersAt(page.url)
      return page.parameters.get(wanted)
    }
  }
  const extract = compileExtraction(pattern, caseSensitive)
  return (page) => extract(from === 'url' ? page.url : page.title)
}

function parametersAt(url: string): Map<string, string> {
  const parts = splitUrl(url)
  return new Map(parts && parametersOf(parts).toReversed())
}

/** What is found is not empty. */
function firstFound(readers: Reader[], page: Page): string | undefined {
  for (const reader of readers) {
    const value = reader(page)?.trim().slice(0, longestDimension)
    if (value) return value
  }
  return undefined
}

// -- Variables ------------------------------------------------------------------------------------------------

/** Matomo: among those of the page old clients tell the product that it shows. */
function pageVariables(parameters: Parameters): Values | undefined {
  const variables = variablesOf(parameters.cvar)
  if (!variables || !Object.keys(variables).some((name) => name.startsWith('_pk'))) return variables
  const { _pks, _pkn, _pkc, _pkp, ...others } = variables
  Object.assign(parameters, { ...readParameters({ _pks, _pkn, _pkc, _pkp }), ...parameters })
  return Object.keys(others).length > 0 ? others : undefined
}

/** `{"1":["name","value"]}`; anything else is passed over. */
function variablesOf(text: string | undefined): Values | undefined {
  if (text === undefined) return undefined
  let slots: unknown
  try {
    slots = JSON.parse(text)
  } catch {
    return undefined
  }
  if (typeof slots !== 'object' || slots === null) return undefined
  const found: [string, string][] = []
  for (const [slot, pair] of Object.entries(slots)) {
    if (!/^([1-9]|1\d|20)$/.test(slot) || !Array.isArray(pair)) continue
    const [name, value] = [variableText(pair[0]), variableText(pair[1])]
    if (name !== '' && value !== '') found.push([name, value])
  }
  return found.length > 0 ? fromEntries(found) : undefined
}

function variableText(value: unknown): string {
  if (typeof value !== 'string' && typeof value !== 'number') return ''
  const text = cleanText(String(value), longestVariable * 4)
  return cleanText(text.slice(0, longestVariable), longestVariable * 4)
}

function merged(one: Values | undefined, other: Values | undefined): Values | undefined {
  if (!one || !other) return one ?? other
  return fromEntries(Object.entries({ ...one, ...other }).slice(0, mostVariables))
}

/** Names such as `__proto__` are names like any other. */
function fromEntries(entries: [string, string][]): Values {
  return Object.fromEntries(entries)
}
