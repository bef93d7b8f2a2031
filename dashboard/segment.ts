// A segment as a form shows it: groups that all have to be met, each by one of its conditions. And how one reads in a line.
// What has other shapes is written as text. Pure.

/** As the server tells one. */
export type SegmentNode = { [key: string]: unknown }

export type SavedSegment = {
  id: number
  name: string
  segment: SegmentNode
  site: number | null
  shared: boolean
  own: boolean
}

export type SegmentName = {
  name: string
  title: string
  group: string
  scope: 'visit' | 'hit'
  number: boolean
  operators: string[]
  values?: string[]
}

export type Condition = { name: string; op: string; value: string }
export type Group = Condition[]

/** Undefined where it is more than groups of single conditions. */
export function groupsOf(node: SegmentNode): Group[] | undefined {
  const all = listOf(node, 'all') ?? [node]
  const groups = all.map((part) => (listOf(part, 'any') ?? [part]).map(conditionOf))
  return groups.every(isWhole) ? groups : undefined
}

export function nodeOf(groups: readonly Group[]): SegmentNode {
  const all = groups.map((group): SegmentNode => {
    const [only] = group
    return only && group.length === 1 ? { ...only } : { any: group.map((one) => ({ ...one })) }
  })
  const [only] = all
  return only && all.length === 1 ? only : { all }
}

/** What the address of the page has of one: JSON, or its number. */
export function segmentText(node: SegmentNode): string {
  return JSON.stringify(node)
}

export function savedText(id: number): string {
  return `saved==${id}`
}

/** The number of a saved one that is asked for alone. */
export function savedIn(text: string): number | undefined {
  const found = /^saved==(\d+)$/.exec(text)
  return found ? Number(found[1]) : undefined
}

export function nodeIn(text: string): SegmentNode | undefined {
  try {
    const node: unknown = JSON.parse(text)
    return isNode(node) ? node : undefined
  } catch {
    return undefined
  }
}

function conditionOf(node: SegmentNode): Condition | undefined {
  const { name, op = '==', value, ...further } = node
  if (typeof name !== 'string' || typeof op !== 'string' || Object.keys(further).length > 0) return undefined
  if (typeof value !== 'string' && typeof value !== 'number') return undefined
  return { name, op, value: String(value) }
}

function isWhole(group: (Condition | undefined)[]): group is Group {
  return group.every((condition) => condition !== undefined)
}

function listOf(node: SegmentNode, key: 'all' | 'any'): SegmentNode[] | undefined {
  const list = node[key]
  return Array.isArray(list) && Object.keys(node).length === 1 && list.every(isNode) ? list : undefined
}

function isNode(node: unknown): node is SegmentNode {
  return typeof node === 'object' && node !== null && !Array.isArray(node)
}
