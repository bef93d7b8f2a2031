import { expect, test } from 'vitest'
import { csvLine } from '../../../server/reports/csv.ts'

test.each([
  [['a', 1, 0.5, undefined], 'a,1,0.5,'],
  [['a,b', 'say "a"', 'two\nlines'], '"a,b","say ""a""","two\nlines"'],
  [['=1+1', '+a', '-a', '@a', '\ta'], "'=1+1,'+a,'-a,'@a,'\ta"],
  [['-5', '+1.5', -5], '-5,+1.5,-5'],
  [['=1,"2"'], `"'=1,""2"""`],
])('%j is written as %s', (cells, line) => {
  expect(csvLine(cells)).toBe(`${line}\r\n`)
})
