import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { reportsDoc } from '../../../scripts/reports-doc.mjs'
import { ancestorOf, catalogue, findReport, keptReports } from '../../../server/reports/catalogue.ts'
import { further } from '../../../server/reports/further.ts'
import { columnsOf, spreadsOf } from '../../../server/reports/query.ts'
import { packageRoot } from '../../../server/root.ts'

const names = (all: readonly { name: string }[]) => all.map(({ name }) => name)

test('every report has a name of its own', () => {
  expect(new Set(names(catalogue)).size).toBe(catalogue.length)
})

test('a counted column is added up over days in the same way in every report', () => {
  const kinds = new Map<string, Set<string>>()
  for (const { name, aggregation } of keptReports.flatMap((report) => [
    ...columnsOf(report),
    ...spreadsOf(report),
  ])) {
    kinds.set(name, (kinds.get(name) ?? new Set()).add(aggregation))
  }
  expect([...kinds].filter(([, found]) => found.size > 1)).toEqual([])
})

describe.each(catalogue.map((report) => [report.name, report] as const))('the report %s', (_name, report) => {
  test('has parts that are divided as it is and count what it shows', () => {
    const columns = [...columnsOf(report), ...spreadsOf(report)].map(({ name }) => name)
    for (const part of report.parts) {
      expect(part.dimensions).toHaveLength(report.dimensions.length)
    }
    const counted = new Set(report.parts.flatMap((part) => Object.keys(part.columns)))
    expect(columns.filter((name) => !counted.has(name))).toEqual([])
  })

  test('counts what is distinct in a way that sketches can', () => {
    for (const { name } of columnsOf(report).filter(({ aggregation }) => aggregation === 'unique')) {
      for (const sql of report.parts.flatMap((part) => part.columns[name] ?? [])) {
        expect(sql).toMatch(/^uniqExact(If)?\((visitor_id|visit_id|sipHash64\(\w+\))[,)]/)
      }
    }
  })

  test('is sorted by something that it has', () => {
    const columns = ['label', ...names(report.dimensions), ...names(report.metrics)]
    expect(columns).toContain(report.sort.replace(/^-/, ''))
    expect(new Set(columns).size).toBe(columns.length)
  })

  test('has children that divide its rows and count the same of the same', () => {
    for (const name of report.children ?? []) {
      const child = findReport(name)
      expect(names(child?.dimensions.slice(0, report.dimensions.length) ?? [])).toEqual(
        names(report.dimensions),
      )
      expect(child?.dimensions.length).toBeGreaterThan(report.dimensions.length)
      expect(child?.metrics).toEqual(report.metrics)
      for (const [index, part] of report.parts.entries()) {
        const further = child?.parts[index]
        expect([further?.from, further?.where, further?.columns]).toEqual([
          part.from,
          part.where,
          part.columns,
        ])
        expect(further?.dimensions.slice(0, part.dimensions.length)).toEqual(part.dimensions)
      }
    }
  })
})

test('what is above a row is found over several steps', () => {
  const events = findReport('events')
  expect(events && [1, 2, 3].map((count) => ancestorOf(events, count)?.name)).toEqual([
    'event-categories',
    'event-category-actions',
    undefined,
  ])
})

test('docs/reports.md says what the catalogue says; `npm run docs:reports` writes it', () => {
  expect(readFileSync(join(packageRoot, 'docs', 'reports.md'), 'utf8')).toBe(reportsDoc(catalogue, further))
})

test('every report is asked for in a test that says what its figures are', () => {
  const folder = join(packageRoot, 'test', 'integration', 'reports')
  const text = readdirSync(folder)
    .map((file) => readFileSync(join(folder, file), 'utf8'))
    .join('\n')
  expect(
    names(catalogue).filter((name) => !new RegExp(`['/]?\\b${name}['?]|^ {2}${name}:`, 'm').test(text)),
  ).toEqual([])
})
