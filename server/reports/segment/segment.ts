// A segment: which visits a question is about. A tree of conditions, each of them over what is known of a visit, over one
// of its hits, or over its visitor. Written as JSON or in Matomo's syntax (docs/segments.md); both are read into this.
//
// A condition on a hit stands for visits with such a hit; one that excludes (`!=`, `!@`) for visits without any. Two of
// them may be met by two hits, but for those inside `hit`, which one hit has to meet.

/** In Matomo's signs. With several values one of them has to match; of those that exclude, none may. */
export const operators = ['==', '!=', '=@', '!@', '=^', '=$', '>', '<', '>=', '<='] as const
export type Operator = (typeof operators)[number]

export type Condition = { name: string; op: Operator; values: readonly string[] }

/** What one hit has to meet. */
export type HitFilter = Tree<Condition>

export type Segment = Tree<
  | Condition
  /** Visits with one hit that meets all of it. */
  | { hit: HitFilter }
  /** Visits of visitors who made one, in the period, that belongs to it. */
  | { visitor: Segment }
  /** Visits, or visits of visitors, with a hit for each step, every one after the one before it. */
  | { sequence: readonly HitFilter[]; by: 'visit' | 'visitor' }
  /** One that was saved, by its number. */
  | { saved: number }
>

export type Tree<Leaf> =
  | { all: readonly Tree<Leaf>[] }
  | { any: readonly Tree<Leaf>[] }
  | { not: Tree<Leaf> }
  | Leaf

/** What a segment may have, those that are saved and used in it included. */
export const segmentLimits = {
  /** Characters of its text. */
  length: 8000,
  /** Levels of brackets. */
  depth: 10,
  conditions: 100,
  /** Of one condition, and characters of one. */
  values: 100,
  valueLength: 1000,
  /** Of a sequence. */
  steps: 10,
} as const
