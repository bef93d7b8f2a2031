// Visits written the short way: what a visitor did, one line an action; positions, previous pages, the time
// spent on them and what is alike on all hits of a visit are filled in as the collector does it.

import type { Hit, VisitFacts } from '../../server/collect/hit.ts'
import { hit } from './store.ts'

/** `after`: seconds since the visit's previous hit, 60 if not said. */
export type Doing = Partial<Hit> & { after?: number }

export type VisitDescription = Partial<VisitFacts> & {
  site?: number
  /** A local time with offset, `2026-11-02T10:00:00+01:00`; the visit's day is its date. */
  at: string
  visitor?: string
  visitNumber?: number
  does: Doing[]
}

let visits = 1000

/** The hits of one visit. */
export function visit({ site = 1, at, visitor, visitNumber = 1, does, ...facts }: VisitDescription): Hit[] {
  const id = String(visits++)
  const start = Date.parse(at) / 1000
  const first = does[0] ?? {}
  const entered = first.kind === undefined || first.kind === 'pageview'
  let time = start
  let page = { url: '', title: '' }
  return does.map(({ after = 60, ...what }, index) => {
    const spent = index === 0 ? 0 : after
    time += spent
    const done = hit({
      site_id: site,
      day: at.slice(0, 10),
      visit_id: id,
      visitor_id: visitor ?? id,
      visit_time: start,
      visit_number: visitNumber,
      local_minute: Number(at.slice(11, 13)) * 60 + Number(at.slice(14, 16)),
      entry_url: entered ? (first.url ?? 'example.org/') : '',
      entry_title: entered ? (first.title ?? 'Home') : (first.search_keyword ?? ''),
      ...facts,
      time,
      position: index + 1,
      previous_url: page.url,
      previous_title: page.title,
      time_spent: spent,
      ...what,
    })
    if (done.kind === 'pageview') page = { url: done.url, title: done.title }
    if (done.kind === 'search') page = { url: '', title: done.search_keyword }
    return done
  })
}

export const page = (url: string, title: string, further: Doing = {}): Doing => ({ url, title, ...further })

export const ping = (after: number): Doing => ({ kind: 'ping', after })

export const download = (target_url: string, further: Doing = {}): Doing => {
  return { kind: 'download', target_url, ...further }
}

export const outlink = (target_url: string, further: Doing = {}): Doing => {
  return { kind: 'outlink', target_url, ...further }
}

export const search = (search_keyword: string, further: Doing = {}): Doing => {
  return { kind: 'search', search_keyword, ...further }
}

export const event = (
  event_category: string,
  event_action: string,
  event_name = '',
  event_value: number | null = null,
  further: Doing = {},
): Doing => ({ kind: 'event', event_category, event_action, event_name, event_value, ...further })
