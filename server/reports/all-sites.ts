// All sites side by side, each with its change against the period before, or another one. Matomo calls it
// MultiSites.getAll. Sites whose clocks agree are asked for together, so hundreds of them take no more questions than a few.

import type { Site } from '../admin/site.ts'
import type { Params, Store } from '../store/store.ts'
import { type Accuracy, accuracy } from './accuracy.ts'
import { findReport, type Report } from './catalogue.ts'
import { type Change, changed, comparedPeriod, samePart } from './comparison.ts'
import { allThere, type Gone, goneOf, isSame } from './final-years.ts'
import { localTime, type Period, parsePeriod, slots } from './period.ts'
import { queryOptions } from './query.ts'
import { params, type Question, sqlOptions } from './question.ts'
import { QuestionError } from './question-error.ts'
import { finalOnly, readAllRolled } from './rolled.ts'
import { isOutside, pieceParams, type Sources, sourcesOf, sourcesOfEach } from './source.ts'
import { totalsSql } from './table-sql.ts'
import { definitionsOf, type Told } from './told.ts'

/** Of the overview and, for the revenue, of what was converted. */
export const siteMetrics = ['visits', 'visitors', 'page_views', 'actions', 'revenue'] as const
export type SiteMetric = (typeof siteMetrics)[number]

export type AllSitesQuestion = {
  /** Those that the caller may see. */
  sites: readonly Site[]
  kind: string
  date: string
  /** Which period `previous` is: `previous`, `year`, or another as `month:2025-11-01`. */
  compare: string
  /** `name` or a metric, with `-` in front for descending. */
  sort: string
  /** Part of a name or an address, in whatever case. */
  search: string
  limit: number
  offset: number
}

type Figures = Record<SiteMetric, number>

export type SiteRow = Figures & {
  site: number
  name: string
  url: string
  currency: string
  /** The period, where the site is at home. */
  from: string
  to: string
  previous: Figures
  change: Record<SiteMetric, Change>
  /** A local time: only what was before it is in `previous`, as the period has not come further. */
  until: string | null
  /** Visits of each day of the period; of one longer than 92 days, of each month. */
  series: { label: string; visits: number }[]
}

/** Numbers of visitors are as exact as the least exact one. */
export type AllSites = Accuracy & {
  period: string
  compare: string
  metrics: readonly SiteMetric[]
  rows: SiteRow[]
  /** Of all sites, whatever the search. Revenue is null where they have several currencies. */
  totals: Record<SiteMetric, number | null>
  previous: Record<SiteMetric, number | null>
  change: Record<SiteMetric, Change | null>
  rowCount: number
  limit: number
  offset: number
  sort: string
}

export const allSitesTold: Told = {
  request: 'GET /api/sites/overview',
  title: 'All sites',
  definition: 'All sites side by side, each with its change against another period and its visits over time.',
  matomo: 'MultiSites.getAll',
  figures: {
    ...definitionsOf(
      report('overview').metrics.filter(({ name }) => siteMetrics.some((own) => own === name)),
    ),
    revenue: "What goals and orders were worth, in each site's currency.",
  },
}

/** `now` in Unix milliseconds. @throws QuestionError, StoreError */
export async function answerAllSites(
  store: Store,
  question: AllSitesQuestion,
  now: number,
): Promise<AllSites> {
  const before = await goneOfAll(store, question.sites)
  const result = await answerWith(store, question, before, now)
  // Hits that were going meanwhile may have gone while they were read.
  const after = await goneOfAll(store, question.sites)
  const same = [...after].every(([site, gone]) => isSame(before.get(site) ?? allThere, gone))
  return same ? result : await answerWith(store, question, after, now)
}

async function goneOfAll(store: Store, sites: readonly Site[]): Promise<Map<number, Gone>> {
  const all = sites.map(async ({ id }): Promise<[number, Gone]> => [id, await goneOf(store, id)])
  return new Map(await Promise.all(all))
}

async function answerWith(
  store: Store,
  question: AllSitesQuestion,
  gones: ReadonlyMap<number, Gone>,
  now: number,
): Promise<AllSites> {
  const { sites, sort, search, limit, offset } = question
  const order = readOrder(sort)
  const groups = groupsOf(question, gones, now)
  const found = await Promise.all(groups.map((group) => rowsOf(store, group)))
  const rows = found.flatMap(({ rows }) => rows)
  const sought = search.toLowerCase()
  const matching = rows
    .filter(({ site }) => [site.name, ...site.urls].some((text) => text.toLowerCase().includes(sought)))
    .sort((a, b) => order(a, b) || a.site.name.localeCompare(b.site.name, 'en') || a.site.id - b.site.id)
  const page = matching.slice(offset, offset + limit)
  const series = await seriesOf(store, groups, new Set(page.map(({ site }) => site.id)))
  const totals = (which: 'figures' | 'previous') => sum(rows.map((row) => row[which]))
  const { figures: previous, change } = changed(totals('figures'), totals('previous'))
  // An amount of several currencies is none.
  const mixed = new Set(sites.map(({ currency }) => currency)).size > 1
  const unmixed = <T>(all: Record<string, T>) => {
    return { ...all, ...(mixed && { revenue: null }) } as Record<SiteMetric, T | null>
  }
  return {
    period: question.kind,
    compare: question.compare,
    metrics: siteMetrics,
    ...accuracy(
      report('overview'),
      found.flatMap(({ sources }) => sources),
      [],
      ...rows.flatMap(({ figures, previous }) => [figures, previous]),
    ),
    rows: page.map(({ site, group, figures, previous }) => ({
      site: site.id,
      name: site.name,
      url: site.urls[0] ?? '',
      currency: site.currency,
      from: group.period.from,
      to: group.period.to,
      ...figures,
      previous,
      change: changed(figures, previous).change as Record<SiteMetric, Change>,
      until: group.cut === undefined ? null : localTime(group.cut, site.timezone),
      series: series.get(site.id) ?? [],
    })),
    totals: unmixed(totals('figures')),
    previous: unmixed(previous),
    change: unmixed(change),
    rowCount: matching.length,
    limit,
    offset,
    sort,
  }
}

/** Sites that one query can answer for: with the same days, and the same of them gone. */
type Group = {
  sites: Site[]
  period: Period
  previous: Period
  cut: number | undefined
  gone: Gone
}

type Row = { site: Site; group: Group; figures: Figures; previous: Figures }

function groupsOf(
  { sites, kind, date, compare }: AllSitesQuestion,
  gones: ReadonlyMap<number, Gone>,
  now: number,
): Group[] {
  const groups = new Map<string, Group>()
  for (const site of sites) {
    const gone = gones.get(site.id) ?? allThere
    const key = [site.timezone, gone.finalUntil, gone.goneUntil, ...gone.joinedYears].join(' ')
    const group = groups.get(key)
    if (group) {
      group.sites.push(site)
      continue
    }
    const period = parsePeriod(kind, date, site.timezone, now)
    const before = comparedPeriod(period, compare, now)
    const { period: previous, cut } = samePart(period, before, now, gone.goneUntil)
    groups.set(key, { sites: [site], period, previous, cut, gone })
  }
  return [...groups.values()]
}

async function rowsOf(store: Store, group: Group): Promise<{ rows: Row[]; sources: Sources[] }> {
  const [now, before] = await Promise.all([
    figuresOf(store, group, group.period, undefined),
    figuresOf(store, group, group.previous, group.cut),
  ])
  return {
    rows: group.sites.map((site) => {
      return { site, group, figures: now.of(site.id), previous: before.of(site.id) }
    }),
    sources: [...now.sources, ...before.sources],
  }
}

async function figuresOf(
  store: Store,
  group: Group,
  period: Period,
  cut: number | undefined,
): Promise<{ of: (site: number) => Figures; sources: Sources[] }> {
  const [{ found: visits, sources }, { found: conversions }] = await Promise.all([
    ask(store, group, report('overview'), period, cut),
    ask(store, group, report('conversions'), period, cut),
  ])
  const of = (site: number) => ({
    visits: visits.get(site)?.visits ?? 0,
    visitors: visits.get(site)?.visitors ?? 0,
    page_views: visits.get(site)?.page_views ?? 0,
    actions: visits.get(site)?.actions ?? 0,
    revenue: conversions.get(site)?.revenue ?? 0,
  })
  return { of, sources }
}

async function ask(
  store: Store,
  { sites, gone }: Group,
  report: Report,
  period: Period,
  cut: number | undefined,
): Promise<{ found: Map<number, Record<string, number>>; sources: Sources[] }> {
  const rolled = await readAllRolled(store, sites, period, gone)
  const parts = alike(sites, ({ id }) =>
    sourcesOf(period, rolled.get(id) ?? finalOnly(gone.finalUntil), cut !== undefined),
  )
  const found = parts.map(async ({ sites, sources, pieces }) => {
    const question = askedOf(sites, report, period, cut)
    return await store.query<{ site: number } & Record<string, number>>(
      totalsSql(report, { ...sqlOptions(question, sources), sites: true }),
      { ...params(question, sources), ...pieces, sites: sites.map(({ id }) => id) },
      queryOptions,
    )
  })
  return {
    found: new Map((await Promise.all(found)).flat().map((row) => [row.site, row])),
    sources: parts.map(({ sources }) => sources),
  }
}

/** Sites that one query can answer for: those with the same raw days, or with none that are theirs. */
function alike(
  sites: readonly Site[],
  sourcesOf: (site: Site) => Sources,
): { sites: Site[]; sources: Sources; pieces: Params }[] {
  type Asked = { site: Site; sources: Sources }
  const groups = new Map<string, Asked[]>()
  const put = (key: string, asked: Asked) => groups.set(key, [...(groups.get(key) ?? []), asked])
  const all = sites.map((site) => ({ site, sources: sourcesOf(site) }))
  for (const asked of all) if (asked.sources.raw) put(JSON.stringify(asked.sources.raw), asked)
  for (const asked of all.filter(({ sources }) => !sources.raw)) {
    const fitting = [...groups].find(
      ([, [first]]) => first?.sources.raw && isOutside(asked.sources, first.sources.raw),
    )
    put(fitting?.[0] ?? '', asked)
  }
  return [...groups.values()].map((group) => {
    const each = group.map(({ site, sources }) => pieceParams(site, sources.pieces))
    const joined = (name: string) => each.flatMap((params) => params[name] as unknown[])
    return {
      sites: group.map(({ site }) => site),
      sources: {
        raw: group[0]?.sources.raw,
        pieces: group.flatMap(({ sources }) => sources.pieces),
        exact: group.every(({ sources }) => sources.exact),
      },
      pieces: Object.fromEntries(
        ['sites_of', 'periods', 'starts_on', 'versions'].map((name) => [name, joined(name)]),
      ),
    }
  })
}

const mostDays = 92

/** The visits of each part of the period, of some of the sites. */
async function seriesOf(
  store: Store,
  groups: readonly Group[],
  shown: ReadonlySet<number>,
): Promise<Map<number, SiteRow['series']>> {
  const all = groups.map(async ({ sites: whole, period, gone }) => {
    const sites = whole.filter(({ id }) => shown.has(id))
    if (sites.length === 0) return []
    const days = slots(period, 'day')
    const by = days.length > mostDays ? 'month' : 'day'
    const times = by === 'day' ? days : slots(period, by)
    const rolled = await readAllRolled(store, sites, period, gone)
    const parts = alike(sites, ({ id }) => sourcesOfEach(times, rolled.get(id) ?? finalOnly(gone.finalUntil)))
    const rows = parts.map(async ({ sites, sources, pieces }) => {
      const question = askedOf(sites, report('overview'), period, undefined)
      return await store.query<{ site: number; slot: string; visits: number }>(
        totalsSql(question.report, { ...sqlOptions(question, sources), grain: by, sites: true }),
        { ...params(question, sources), ...pieces, sites: sites.map(({ id }) => id), first: period.from },
        queryOptions,
      )
    })
    const found = new Map(
      (await Promise.all(rows)).flat().map(({ site, slot, visits }) => [`${site} ${slot}`, visits]),
    )
    return sites.map(({ id }): [number, SiteRow['series']] => [
      id,
      times.map(({ label, from }) => ({ label, visits: found.get(`${id} ${from}`) ?? 0 })),
    ])
  })
  return new Map((await Promise.all(all)).flat())
}

/** Of one of the sites; which ones are meant stands in the SQL. */
function askedOf([site]: readonly Site[], report: Report, period: Period, cut: number | undefined): Question {
  if (!site) throw new Error('No site was asked for.')
  return { report, site, period, cut, limit: 0, offset: 0 }
}

function report(name: string): Report {
  const found = findReport(name)
  if (!found) throw new Error(`There is no report ${name}.`)
  return found
}

function sum(all: readonly Figures[]): Figures {
  const of = (name: SiteMetric) => {
    return Math.round(all.reduce((before, figures) => before + figures[name], 0) * 1e6) / 1e6
  }
  return {
    visits: of('visits'),
    visitors: of('visitors'),
    page_views: of('page_views'),
    actions: of('actions'),
    revenue: of('revenue'),
  }
}

/** @throws QuestionError */
function readOrder(sort: string): (a: Row, b: Row) => number {
  const sign = sort.startsWith('-') ? -1 : 1
  const name = sort.replace(/^-/, '')
  if (name === 'name') return (a, b) => sign * a.site.name.localeCompare(b.site.name, 'en')
  const metric = siteMetrics.find((known) => known === name)
  if (metric) return (a, b) => sign * (a.figures[metric] - b.figures[metric])
  throw new QuestionError(
    'invalid_sort',
    `"${name}" is nothing to sort by; it must be one of name, ${siteMetrics.join(', ')}.`,
  )
}
