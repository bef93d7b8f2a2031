import type { Report } from '../server/reports/catalogue.ts'

export function reportsDoc(catalogue: readonly Report[]): string
