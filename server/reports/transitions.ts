// Where visitors of one page came from and where they went: Matomo's Transitions. Every view of the page has exactly
// one thing before it and one after it, so each side adds up to the views:
//
// - before it is the last page view or search of the visit, or nothing: then it is an entry, with the visit's referrer;
// - after it is the next page view, search, download or outlink, or nothing: then it is an exit;
// - the same page before or after is a reload.
//
// The order is that in which the hits arrived, as in the visits log.

import { absoluteUrl } from '../enrich/url.ts'
import type { Store } from '../store/store.ts'
import { channelName } from './channel.ts'
import { askRaw, queryVisits, type RawQuestion, rawFrame, rawParams, wholeVisits } from './raw.ts'
import type { Told } from './told.ts'

export type PageKey = 'url' | 'title'

export type TransitionsQuestion = RawQuestion & {
  /** Whether `page` is an address as it is kept, or a title. */
  by: PageKey
  page: string
  /** Rows of each list. */
  limit: number
}

/** The most frequent, and how many views the others have: all together are `views`. */
export type Neighbours = {
  views: number
  rows: { label: string; link?: string; views: number }[]
  rest: number
  /** Of all, those in `rest` included. */
  rowCount: number
}

export type Transitions = ReturnType<typeof rawFrame> & {
  by: PageKey
  page: string
  views: number
  visits: number
  before: { entries: number; reloads: number; pages: Neighbours; searches: Neighbours }
  after: {
    exits: number
    reloads: number
    pages: Neighbours
    searches: Neighbours
    downloads: Neighbours
    outlinks: Neighbours
  }
  /** How the visits came that began on the page; all together are the entries. */
  referrers: (Neighbours & { type: string; label: string })[]
}

export const transitionsTold: Told = {
  request: 'GET /api/reports/transitions',
  title: 'Transitions',
  definition: 'Where visitors of one page came from, and where they went.',
  matomo: 'Transitions.getTransitionsForAction',
  figures: {
    views: 'Page views of the page.',
    visits: 'Visits in which it was seen.',
    before: 'What was before each view: a page, a search, the page itself, or nothing (an entry).',
    after:
      'What was after each view: a page, a search, a download, an outlink, the page itself, or nothing (an exit).',
    referrers: 'How the visits came that began on the page.',
  },
}

export async function transitions(store: Store, question: TransitionsQuestion): Promise<Transitions> {
  const rows = await askRaw(store, question, () =>
    queryVisits<Found>(store, transitionsSql(question), {
      ...rawParams(question),
      page: question.page,
      limit: question.limit,
    }),
  )
  const list = (side: Side, kind: string, type = '') =>
    neighbours(
      rows.filter((row) => row.side === side && row.kind === kind && row.type === type),
      question.by,
    )
  const count = (side: Side, kind: string) =>
    new Map(rows.filter((row) => row.side === side && row.kind === kind).map((row) => [row.type, row.total]))
  const sum = (side: Side, kind: string) => [...count(side, kind).values()].reduce((a, b) => a + b, 0)
  const sides = {
    before: {
      entries: sum('before', 'entry'),
      reloads: sum('before', 'reload'),
      pages: list('before', 'pageview'),
      searches: list('before', 'search'),
    },
    after: {
      exits: sum('after', 'exit'),
      reloads: sum('after', 'reload'),
      pages: list('after', 'pageview'),
      searches: list('after', 'search'),
      downloads: list('after', 'download'),
      outlinks: list('after', 'outlink'),
    },
  }
  const { entries, reloads, pages, searches } = sides.before
  return {
    ...rawFrame(question),
    by: question.by,
    page: question.page,
    views: entries + reloads + pages.views + searches.views,
    visits: sum('visit', 'visit'),
    ...sides,
    referrers: [...count('before', 'entry')]
      .map(([type]) => ({ type, label: channelName(type), ...list('before', 'entry', type) }))
      .sort((a, b) => b.views - a.views || (a.type < b.type ? -1 : 1)),
  }
}

type Side = 'before' | 'after' | 'visit'

/** `total` and `names` are of all that have the side, kind and type. */
type Found = {
  side: Side
  kind: string
  /** Of an entry the referrer's, else empty. */
  type: string
  name: string
  prefix: number
  views: number
  total: number
  names: number
}

function neighbours(rows: Found[], by: PageKey): Neighbours {
  const views = rows[0]?.total ?? 0
  const shown = rows.reduce((sum, row) => sum + row.views, 0)
  return {
    views,
    rows: rows.map((row) => {
      const link = linkOf(row, by)
      return {
        label: row.name === '' && row.kind === 'entry' ? channelName(row.type) : row.name,
        ...(link !== '' && { link }),
        views: row.views,
      }
    }),
    rest: views - shown,
    rowCount: rows[0]?.names ?? 0,
  }
}

function linkOf({ kind, name, prefix }: Found, by: PageKey): string {
  if (kind === 'pageview') return by === 'url' ? absoluteUrl(name, prefix) : ''
  return (kind === 'download' || kind === 'outlink') && /^https?:\/\//i.test(name) ? name : ''
}

function transitionsSql({ by, segment }: TransitionsQuestion): string {
  const rows = wholeVisits(segment)
  return `SELECT side, kind, type, name, toUInt8(max(thing_prefix)) AS prefix, count() AS views,
  sum(count()) OVER (PARTITION BY side, kind, type) AS total,
  count() OVER (PARTITION BY side, kind, type) AS names
FROM (
  SELECT arrayJoin(arrayConcat([('visit', 'visit', '', '', toUInt8(0))],
    arrayMap(view -> multiIf(
      view.2.2 NOT IN ('pageview', 'search'), ('before', 'entry', origin.2, origin.3, toUInt8(0)),
      view.2.2 = 'pageview' AND view.2.3 = {page:String}, ('before', 'reload', '', '', toUInt8(0)),
      ('before', view.2.2, '', view.2.3, view.2.4)), views_of_page),
    arrayMap(view -> multiIf(
      view.3.2 = '', ('after', 'exit', '', '', toUInt8(0)),
      view.3.2 = 'pageview' AND view.3.3 = {page:String}, ('after', 'reload', '', '', toUInt8(0)),
      ('after', view.3.2, '', view.3.3, view.3.4)), views_of_page))) AS thing,
    thing.1 AS side, thing.2 AS kind, thing.3 AS type, thing.4 AS name, thing.5 AS thing_prefix
  FROM (
    SELECT origin, arrayFilter(view -> view.1.2 = 'pageview' AND view.1.3 = {page:String}, arrayZip(
      steps,
      arrayPopBack(arrayPushFront(arrayFill(step -> step.2 IN ('pageview', 'search'), steps), nothing)),
      arrayPushBack(arrayPopFront(steps), nothing))) AS views_of_page
    FROM (
      SELECT day, visit_id,
        (toUInt16(0), '', '', toUInt8(0)) AS nothing,
        max((position, toString(referrer_type), toString(referrer_name))) AS origin,
        arraySort(groupArrayIf((position, toString(kind),
          multiIf(kind = 'pageview', ${by}, kind = 'search', search_keyword, target_url), url_prefix),
          kind IN ('pageview', 'search', 'download', 'outlink'))) AS steps
      FROM hits
      WHERE ${rows} AND visit_id GLOBAL IN (
        SELECT visit_id FROM hits WHERE ${rows} AND kind = 'pageview' AND ${by} = {page:String})
      GROUP BY day, visit_id
    )
  )
)
GROUP BY side, kind, type, name
ORDER BY side, kind, type, views DESC, name
LIMIT {limit:UInt32} BY side, kind, type`
}
