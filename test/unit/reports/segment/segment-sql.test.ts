import fc from 'fast-check'
import { expect, test } from 'vitest'
import { segmentJson } from '../../../../server/reports/segment/json-segment.ts'
import { parseSegment } from '../../../../server/reports/segment/read-segment.ts'
import type { Segment } from '../../../../server/reports/segment/segment.ts'
import { segmentNames } from '../../../../server/reports/segment/segment-name.ts'
import { compileSegment } from '../../../../server/reports/segment/segment-sql.ts'
import { operatorsOf } from '../../../../server/reports/segment/segment-value.ts'
import { berlin } from '../../../world/store.ts'

/** Those of which a value is handed to the store as it is. */
const names = segmentNames(berlin).filter(
  ({ type }) => type === 'text' || type === 'address' || type === 'list' || type === 'ip' || type === 'date',
)
const leaf: fc.Arbitrary<Segment> = fc.constantFrom(...names).chain((name) =>
  fc.record({
    name: fc.constant(name.name),
    op: fc.constantFrom(...operatorsOf(name)),
    values: fc.array(fc.string({ unit: 'grapheme', minLength: 1 }), { minLength: 1, maxLength: 2 }),
  }),
)
const segment = fc.letrec<{ tree: Segment }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    leaf,
    fc.record({ all: fc.array(tie('tree'), { minLength: 1, maxLength: 3 }) }),
    fc.record({ any: fc.array(tie('tree'), { minLength: 1, maxLength: 3 }) }),
    fc.record({ not: tie('tree') }),
    fc.record({ visitor: tie('tree') }),
  ),
})).tree

function none(): never {
  throw new Error('Nothing is saved here.')
}

test('Values are parameters and never part of the text', () => {
  fc.assert(
    fc.property(segment, (tree) => {
      // A mark that no name or keyword has.
      const { visits, hits, params } = compileSegment(marked(tree), berlin, none)
      expect(`${visits} ${hits}`).not.toContain(mark)
      expect(JSON.stringify(params)).toContain(mark)
      const places = `${visits} ${hits}`.matchAll(/\{(segment_\w+):/g)
      for (const [, name = ''] of places) expect(params).toHaveProperty(name)
    }),
  )
})

const mark = 'zqxj'

/** The same with a mark in each value. */
function marked(tree: Segment): Segment {
  if ('all' in tree) return { all: tree.all.map(marked) }
  if ('any' in tree) return { any: tree.any.map(marked) }
  if ('not' in tree) return { not: marked(tree.not) }
  if ('visitor' in tree) return { visitor: marked(tree.visitor) }
  return 'values' in tree ? { ...tree, values: tree.values.map((value) => `${value}${mark}'`) } : tree
}

test('A segment is the same when it is written as JSON and read again', () => {
  fc.assert(
    fc.property(segment, (tree) => {
      expect(parseSegment(JSON.stringify(segmentJson(tree)))).toEqual(tree)
    }),
  )
})
