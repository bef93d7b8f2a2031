import { expect, test } from 'vitest'
import { groupsOf, nodeOf, savedIn, savedText } from '../../../dashboard/segment.ts'

const one = { name: 'countryCode', op: '==', value: 'de' }
const other = { name: 'events', op: '>', value: '1' }

test.each([
  ['one condition', one, [[one]]],
  ['alternatives', { any: [one, other] }, [[one, other]]],
  ['groups', { all: [one, { any: [one, other] }] }, [[one], [one, other]]],
])('%s are groups, and are written as they were read', (_, node, groups) => {
  expect(groupsOf(node)).toEqual(groups)
  expect(nodeOf(groups)).toEqual(node)
})

test.each([
  { not: one },
  { saved: 3 },
  { sequence: [one, other] },
  { all: [{ any: [{ not: one }] }] },
  { all: [one], name: 'x' },
  { ...one, value: ['de', 'at'] },
])('%j is more than groups', (node) => {
  expect(groupsOf(node)).toBeUndefined()
})

test('A saved segment is told by its number', () => {
  expect(savedIn(savedText(7))).toBe(7)
  expect(savedIn('saved==7;events>1')).toBeUndefined()
})
