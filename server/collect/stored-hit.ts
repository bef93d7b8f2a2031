// A hit as the store has it, once more on its way: what it did, and what it told of its visit.

import type { Site } from '../admin/site.ts'
import type { DeviceType } from '../enrich/device-facts.ts'
import type { Beacon } from './beacon.ts'
import {
  type Extras,
  extraColumns,
  factsText,
  type Hit,
  readFacts,
  type VisitFacts,
  visitFacts,
} from './hit.ts'
import type { Arrival, Visit } from './visit.ts'

/** Only what a visit needs of it: its facts come from the row. */
export function beaconOfHit(hit: Hit, site: Site, visitorId: string): Beacon {
  const time = hit.time * 1000
  return {
    method: hit.method,
    parameters: hit.amounts.revenue === undefined ? {} : { revenue: hit.amounts.revenue },
    headers: {},
    cookies: {},
    mayGetCookies: false,
    trusted: true,
    receivedAt: time,
    address: '',
    time,
    past: true,
    site,
    newCookies: [],
    visitorId,
    profilable: hit.profilable === 1,
    userId: hit.user_id,
    aliases: [],
    offered: undefined,
    ip: hit.ip,
    userAgent: '',
    country: hit.country,
    language: hit.language,
    device: {
      os: { name: hit.os_name, version: hit.os_version, family: '' },
      browser: { name: hit.browser_name, version: hit.browser_version },
      device: { type: hit.device_type as DeviceType, brand: hit.device_brand, model: hit.device_model },
      bot: false,
    },
    techniques: hit.techniques,
    referrer: referrerOf(hit),
    action: {
      kind: hit.kind,
      url: hit.url,
      url_prefix: hit.url_prefix,
      title: hit.title,
      page_view_id: hit.page_view_id,
      target_url: hit.target_url,
      search_keyword: hit.search_keyword,
      search_category: hit.search_category,
      search_count: hit.search_count,
      event_category: hit.event_category,
      event_action: hit.event_action,
      event_name: hit.event_name,
      event_value: hit.event_value,
      extras: extrasOf(hit),
    },
    custom: undefined,
    commerce: undefined,
    kept: undefined,
  }
}

/** `before`: the hit before it in its visit; `forced`: a visit began with it though nothing told so. */
export function arrivalOf(beacon: Beacon, hit: Hit, before: Hit | undefined, forced: boolean): Arrival {
  const { site, visitorId, time, action, referrer } = beacon
  const brought = !before || differs('referrer_type', hit, before) || differs('referrer_name', hit, before)
  return {
    site,
    visitorId,
    profilable: beacon.profilable,
    userId: beacon.userId,
    // The visit went on under this id, from one that it had before.
    aliases:
      before && before.visitor_id !== hit.visitor_id ? [{ id: idOf(before.visitor_id), of: 'login' }] : [],
    pageView: '',
    offered: undefined,
    time,
    kind: action.kind,
    newVisit: forced,
    referrer: brought ? referrer : { type: 'direct', name: '', keyword: '', url: '' },
  }
}

/** As 16 hexadecimal characters. */
function idOf(visitorNumber: string): string {
  return BigInt(visitorNumber).toString(16).padStart(16, '0')
}

export function factsOfHit(hit: Hit): VisitFacts {
  return Object.fromEntries(visitFacts.map((name) => [name, hit[name]])) as VisitFacts
}

const ofReferrer = ['referrer_type', 'referrer_name', 'referrer_keyword', 'referrer_url', 'campaign'] as const
const ofScreen = ['resolution', 'color_depth'] as const
const replaced = ['user_id', 'region', 'city', 'latitude', 'longitude'] as const

/**
 * What a stored hit told of its visit is told to the one that it has now: by the rules of a later hit. `country`: where it was
 * by its address, when nobody told another.
 */
export function tellFacts(visit: Visit, hit: Hit, before: Hit | undefined, country: string): void {
  const facts = readFacts(visit.facts)
  const told = (names: readonly (keyof VisitFacts)[]) =>
    before ? names.filter((name) => differs(name, hit, before)) : names
  const take = (names: readonly (keyof VisitFacts)[]) =>
    Object.assign(facts, Object.fromEntries(names.map((name) => [name, hit[name]])))
  if (visit.referrer.type === 'direct' && hit.referrer_type !== 'direct' && told(ofReferrer).length > 0) {
    take(ofReferrer)
    visit.referrer = referrerOf(hit)
  }
  if (!visit.hasResolution && hit.resolution !== '') {
    take(ofScreen)
    visit.hasResolution = true
  }
  take(told(replaced).filter((name) => before || !isEmpty(hit[name])))
  if (hit.country !== (before?.country ?? country)) facts.country = hit.country
  for (const name of ['visit_dimensions', 'visit_variables'] as const) {
    facts[name] = changedAlike(facts[name], before?.[name] ?? {}, hit[name])
  }
  if (hit.profilable === 1) facts.profilable = 1
  visit.profilable = facts.profilable === 1
  visit.userId = facts.user_id
  visit.facts = factsText(facts)
}

/** What is known, changed as `before` became `after`. */
function changedAlike(known: Values, before: Values, after: Values): Values {
  const told = Object.entries(after).filter(([name, value]) => before[name] !== value)
  const gone = new Set(Object.keys(before).filter((name) => !Object.hasOwn(after, name)))
  return Object.fromEntries([...Object.entries(known).filter(([name]) => !gone.has(name)), ...told])
}

type Values = Record<string, string>

function referrerOf(hit: Hit): Beacon['referrer'] {
  const { referrer_type: type, referrer_name: name, referrer_keyword: keyword, referrer_url: url } = hit
  return { type, name, keyword, url }
}

/** Without what it converts, which its visit tells. */
function extrasOf(hit: Hit): Partial<Extras> | undefined {
  const names = extraColumns.filter((name) => !/^conversions|^credited/.test(name) && !isEmpty(hit[name]))
  const entries = names.map((name) => [name, hit[name]])
  return entries.length > 0 ? Object.fromEntries(entries) : undefined
}

function differs(name: keyof Hit, one: Hit, other: Hit): boolean {
  return JSON.stringify(one[name]) !== JSON.stringify(other[name])
}

function isEmpty(value: unknown): boolean {
  return (
    value === '' || value === null || (typeof value === 'object' && Object.keys(value as object).length === 0)
  )
}
