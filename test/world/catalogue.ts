// A report of the catalogue by its name.

import { findReport, type Report } from '../../server/reports/catalogue.ts'

export function known(name: string): Report {
  const report = findReport(name)
  if (!report) throw new Error(`There is no report ${name}.`)
  return report
}
