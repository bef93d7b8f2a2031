// Reports of what a site tells in words of its own: custom dimensions and custom variables, of visits and of actions.
// All of a kind are one report, whose rows say which dimension or variable they are of.

import { metrics } from '../metric.ts'
import { pageLabel } from './pages.ts'
import { type By, type PlainReport, plainReport, type Report } from './report.ts'
import { visitReport } from './visits.ts'

const pairs = (map: string, key: string) => `arrayJoin(CAST(${map}, 'Array(Tuple(${key}, String))'))`
const dimension = (map: string) => pairs(map, 'UInt16')
const variable = (map: string) => pairs(map, 'String')

const whichDimension = (map: string): By => ({
  dimension: ['Dimension', `toString(${dimension(map)}.1)`, `concat('Dimension ', dimension)`],
})
const dimensionValue = (map: string): By => ({ value: ['Value', `${dimension(map)}.2`] })
const whichVariable = (map: string): By => ({ variable: ['Variable', `${variable(map)}.1`] })
const variableValue = (map: string): By => ({ value: ['Value', `${variable(map)}.2`] })

/** Of actions: an order or a goal that a page reports carries what the page has, but is none. */
function actionReport(
  map: 'dimensions' | 'variables',
  report: Pick<PlainReport, 'name' | 'title' | 'definition' | 'matomo' | 'children' | 'by'>,
): Report {
  return plainReport({
    ...report,
    group: 'behaviour',
    from: 'hits',
    where: `kind IN ('pageview', 'event', 'download', 'outlink', 'search') AND notEmpty(${map})`,
    metrics: [metrics.customActions, metrics.hitVisits, metrics.visitors],
    columns: { hits: 'count()', visits: 'uniqExact(visit_id)', visitors: 'uniqExact(visitor_id)' },
    sort: '-hits',
  })
}

export const customReports: readonly Report[] = [
  visitReport({
    name: 'visit-dimensions',
    title: 'Custom dimensions of visits',
    definition: 'Visits that have a value of a custom dimension; a visit counts for each of its dimensions.',
    group: 'visitors',
    where: 'notEmpty(dimensions)',
    by: whichDimension('dimensions'),
    children: ['visit-dimension-values'],
  }),
  visitReport({
    name: 'visit-dimension-values',
    title: 'Values of visit dimensions',
    definition: 'Visits by the values of their custom dimensions.',
    group: 'visitors',
    matomo: 'CustomDimensions.getCustomDimension',
    where: 'notEmpty(dimensions)',
    by: { ...whichDimension('dimensions'), ...dimensionValue('dimensions') },
  }),
  visitReport({
    name: 'visit-variables',
    title: 'Custom variables of visits',
    definition: 'Visits that have a value of a custom variable; a visit counts for each of its variables.',
    group: 'visitors',
    matomo: 'CustomVariables.getCustomVariables',
    where: 'notEmpty(variables)',
    by: whichVariable('variables'),
    children: ['visit-variable-values'],
  }),
  visitReport({
    name: 'visit-variable-values',
    title: 'Values of visit variables',
    definition: 'Visits by the values of their custom variables.',
    group: 'visitors',
    matomo: 'CustomVariables.getCustomVariablesValuesFromNameId',
    where: 'notEmpty(variables)',
    by: { ...whichVariable('variables'), ...variableValue('variables') },
  }),
  actionReport('dimensions', {
    name: 'action-dimensions',
    title: 'Custom dimensions of actions',
    definition:
      'Actions that have a value of a custom dimension; an action counts for each of its dimensions.',
    by: whichDimension('dimensions'),
    children: ['action-dimension-values'],
  }),
  actionReport('dimensions', {
    name: 'action-dimension-values',
    title: 'Values of action dimensions',
    definition: 'Actions by the values of their custom dimensions.',
    matomo: 'CustomDimensions.getCustomDimension',
    by: { ...whichDimension('dimensions'), ...dimensionValue('dimensions') },
    children: ['action-dimension-pages'],
  }),
  actionReport('dimensions', {
    name: 'action-dimension-pages',
    title: 'Pages of action dimensions',
    definition: 'Actions by the values of their custom dimensions and the page they happened on.',
    by: {
      ...whichDimension('dimensions'),
      ...dimensionValue('dimensions'),
      url: ['Page', 'url', pageLabel('url')],
    },
  }),
  actionReport('variables', {
    name: 'action-variables',
    title: 'Custom variables of actions',
    definition: 'Actions that have a value of a custom variable; an action counts for each of its variables.',
    by: whichVariable('variables'),
    children: ['action-variable-values'],
  }),
  actionReport('variables', {
    name: 'action-variable-values',
    title: 'Values of action variables',
    definition: 'Actions by the values of their custom variables.',
    by: { ...whichVariable('variables'), ...variableValue('variables') },
  }),
]
