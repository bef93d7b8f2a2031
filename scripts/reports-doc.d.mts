import type { Report } from '../server/reports/catalogue.ts'
import type { Told } from '../server/reports/told.ts'

export function reportsDoc(catalogue: readonly Report[], further: readonly Told[]): string
