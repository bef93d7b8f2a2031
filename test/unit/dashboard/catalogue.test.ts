import { describe, expect, it } from 'vitest'
import { cardsOf, leadingMetric, type Report } from '../../../dashboard/catalogue.ts'
import { namingFor } from '../../../dashboard/name.ts'

function report(name: string, group: Report['group']): Report {
  const metric = (metric: string) => ({
    name: metric,
    title: metric,
    definition: '',
    format: 'count' as const,
    lowerIsBetter: false,
  })
  return {
    name,
    title: name,
    definition: '',
    group,
    dimensions: [],
    metrics: [metric('visits'), metric('exits')],
    draw: 'bars',
    children: [],
  }
}

describe('cards', () => {
  it('put kindred reports together, in the order of the arrangement', () => {
    const reports = [report('titles', 'behaviour'), report('pages', 'behaviour'), report('os', 'technology')]
    expect(cardsOf(reports, 'behaviour').map((card) => card.map(({ name }) => name))).toEqual([
      ['pages', 'titles'],
    ])
  })

  it('are there for reports that nobody arranged', () => {
    const reports = [report('pages', 'behaviour'), report('goals', 'behaviour')]
    expect(cardsOf(reports, 'behaviour').map((card) => card.map(({ name }) => name))).toEqual([
      ['pages'],
      ['goals'],
    ])
  })

  it('are not there for reports that divide others, or have but one row', () => {
    const reports = [
      { ...report('maps', 'visitors'), children: ['map-places'] },
      report('map-places', 'visitors'),
      { ...report('figures', 'visitors'), draw: 'figures' as const },
    ]
    expect(cardsOf(reports, 'visitors').map((card) => card.map(({ name }) => name))).toEqual([['maps']])
  })

  it('are led by the metric that the rows are sorted by', () => {
    expect(leadingMetric(report('exit-pages', 'behaviour'), '-exits')?.name).toBe('exits')
    expect(leadingMetric(report('pages', 'behaviour'), 'label')?.name).toBe('visits')
  })
})

describe('names', () => {
  const named = (dimension: string, row: object) =>
    namingFor('de', [{ name: dimension }], 'example.org')({ label: 'as the server says', ...row })

  it('of countries and languages are in the reader’s language', () => {
    expect(named('country', { country: 'DE', code: 'DE' })).toBe('Deutschland')
    expect(named('language', { language: 'de-at' })).toBe('Österreichisches Deutsch')
  })

  it('fall back to what the server says', () => {
    expect(named('country', { country: '' })).toBe('as the server says')
    expect(named('language', { language: '?' })).toBe('as the server says')
  })

  it('of the site’s own pages are paths, of others whole', () => {
    expect(named('url', { label: 'example.org/shop' })).toBe('/shop')
    expect(named('entry_url', { label: 'shop.example.org/' })).toBe('shop.example.org/')
  })
})
