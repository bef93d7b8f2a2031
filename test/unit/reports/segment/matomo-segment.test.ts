import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readMatomoSegment } from '../../../../server/reports/segment/matomo-segment.ts'
import { type Condition, operators } from '../../../../server/reports/segment/segment.ts'

/** As a program writes it that does what Matomo's manual says. */
function written(all: Condition[][]): string {
  const value = (text: string) => encodeURIComponent(text).replace(/[;,]/g, '\\$&')
  return all
    .map((any) => any.map(({ name, op, values }) => `${name}${op}${value(values[0] ?? '')}`).join(','))
    .join(';')
}

const condition = fc.record({
  name: fc.constantFrom('countryCode', 'pageUrl', 'dimension12', 'visitIp'),
  op: fc.constantFrom(...operators),
  values: fc.tuple(fc.string({ unit: 'grapheme' })),
})
const segment = fc.array(fc.array(condition, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 3 })

test('Whatever is written is read again', () => {
  fc.assert(
    fc.property(segment, (all) => {
      const read = readMatomoSegment(written(all))
      const groups = 'all' in read ? read.all : [read]
      expect(groups.map((group) => ('any' in group ? group.any : [group]))).toEqual(all)
    }),
  )
})

test('Any text is either a segment or refused with a sentence', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      try {
        expect(readMatomoSegment(text)).toBeTypeOf('object')
      } catch (error) {
        expect(error).toMatchObject({ name: 'QuestionError', code: 'invalid_segment' })
      }
    }),
  )
})

test.each<[text: string, read: object]>([
  ['a==b', { name: 'a', op: '==', values: ['b'] }],
  ['a>=b', { name: 'a', op: '>=', values: ['b'] }],
  ['a>==b', { name: 'a', op: '>=', values: ['=b'] }],
  ['a===b', { name: 'a', op: '==', values: ['=b'] }],
  ['a=@b=c', { name: 'a', op: '=@', values: ['b=c'] }],
  ['a==', { name: 'a', op: '==', values: [''] }],
  ['a==50%', { name: 'a', op: '==', values: ['50%'] }],
  ['a==50%25', { name: 'a', op: '==', values: ['50%'] }],
  ['a%3D%3Db', { name: 'a', op: '==', values: ['b'] }],
  ['a==b\\;c', { name: 'a', op: '==', values: ['b;c'] }],
  ['saved==3', { saved: 3 }],
  [
    'a==1,b==2;c==3',
    {
      all: [
        {
          any: [
            { name: 'a', op: '==', values: ['1'] },
            { name: 'b', op: '==', values: ['2'] },
          ],
        },
        { name: 'c', op: '==', values: ['3'] },
      ],
    },
  ],
])('%s', (text, read) => {
  expect(readMatomoSegment(text)).toEqual(read)
})
