import { expect, test } from 'vitest'
import { catalogue, type Report } from '../../../server/reports/catalogue.ts'
import { countedSql } from '../../../server/reports/query.ts'
import { declarationOf } from '../../../server/reports/rolled.ts'
import { known } from '../../world/catalogue.ts'

const engines = known('browser-engines')
const declared = (change: Partial<Report>) => declarationOf([{ ...engines, ...change }])

test('Rollups are made anew when what a report counts by changes', () => {
  const { params = {}, parts } = engines
  const now = declared({})
  expect(declared({ params: { ...params, engines: ['Another'] } })).not.toBe(now)
  expect(declared({ parts: parts.map((part) => ({ ...part, where: '1' })) })).not.toBe(now)
  expect(declared({ name: 'another' })).not.toBe(now)
})

test('but not when only its rows are read otherwise', () => {
  const now = declared({})
  expect(declared({ title: 'Another', label: `'another'`, sort: 'label' })).toBe(now)
  expect(declared({ params: { ...engines.params, names: ['Another'] } })).toBe(now)
})

test('Final totals are those of the report itself, wherever it stands in the catalogue', () => {
  const sql = countedSql(known('countries'), { raw: false, stored: true, divided: false })
  expect(sql).toContain(`report = if(version = 0, 'countries', 'local-hours')`)
  const shared = catalogue.map((report) => countedSql(report, { raw: false, stored: true, divided: false }))
  for (const [index, { name }] of catalogue.entries()) {
    expect(shared[index]).toMatch(new RegExp(`report = (if\\(version = 0, )?'${name}'`))
  }
})
