// The facts of a visit: what its first hit fixes, and what a later one may still change.

import { campaignLevels } from '../enrich/campaign.ts'
import type { Referrer } from '../enrich/referrer.ts'
import { ownText } from '../enrich/remembered.ts'
import { cleanText } from '../enrich/text.ts'
import { pageUrl } from './action.ts'
import type { Beacon } from './beacon.ts'
import { visitCustoms } from './custom.ts'
import { factsText, readFacts, type VisitFacts } from './hit.ts'
import type { Visit } from './visit.ts'

export function firstTouch(beacon: Beacon): VisitFacts {
  const { action, device, referrer, parameters } = beacon
  return {
    // Matomo: a visit is entered by a page view, or by a search with its keyword as title; by nothing else.
    entry_url: action.kind === 'pageview' ? action.url : '',
    entry_title: action.kind === 'pageview' ? action.title : action.search_keyword,
    ...referrerFacts(referrer),
    ip: beacon.ip,
    language: beacon.language,
    device_type: device.device.type,
    device_brand: device.device.brand,
    device_model: device.device.model,
    os_name: device.os.name,
    os_version: device.os.version,
    browser_name: device.browser.name,
    browser_version: device.browser.version,
    resolution: parameters.res ?? '',
    color_depth: parameters.cd ?? 0,
    techniques: beacon.techniques,
    local_minute: localMinute(beacon),
    campaign: campaignFacts(beacon),
    profilable: beacon.profilable ? 1 : 0,
    user_id: beacon.userId,
    ...visitCustoms(beacon.custom),
    ...placeOf(beacon),
    days_since_first: 0,
    days_since_last: 0,
    days_since_order: -1,
  }
}

/**
 * Matomo: a direct visit takes the first other referrer in place, a visit without a screen the first one that is told.
 * Of the user, the place, custom dimensions and variables the newest value counts.
 */
export function laterTouch(visit: Visit, beacon: Beacon): void {
  const upgraded = visit.referrer.type === 'direct' && beacon.referrer.type !== 'direct'
  const measured = !visit.hasResolution && beacon.parameters.res !== undefined
  const told = beacon.custom?.visit !== undefined
  const recognised = beacon.profilable && !visit.profilable
  const signedIn = beacon.userId !== '' && beacon.userId !== visit.userId
  const moved = isPlaced(beacon)
  if (!upgraded && !measured && !told && !recognised && !signedIn && !moved) return
  const facts = readFacts(visit.facts)
  if (recognised) {
    visit.profilable = true
    facts.profilable = 1
  }
  if (signedIn) {
    visit.userId = ownText(beacon.userId)
    facts.user_id = beacon.userId
  }
  if (moved) Object.assign(facts, placeOf(beacon, facts))
  if (told) Object.assign(facts, visitCustoms(beacon.custom, facts))
  const { referrer, parameters } = beacon
  if (upgraded) {
    visit.referrer = referrer
    Object.assign(facts, referrerFacts(referrer), { campaign: campaignFacts(beacon) })
  }
  if (measured) {
    visit.hasResolution = true
    facts.resolution = parameters.res ?? ''
    facts.color_depth = parameters.cd ?? 0
  }
  visit.facts = factsText(facts)
}

function referrerFacts({ type, name, keyword, url }: Referrer) {
  return { referrer_type: type, referrer_name: name, referrer_keyword: keyword, referrer_url: url }
}

/** What a campaign says of itself, where one brought the visit. */
function campaignFacts(beacon: Beacon): VisitFacts['campaign'] {
  return beacon.referrer.type === 'campaign' ? campaignLevels(pageUrl(beacon), beacon.parameters) : {}
}

/** Whether a trusted client says where the visitor is. */
function isPlaced({ parameters }: Beacon): boolean {
  const { country, region, city, lat, long } = parameters
  return (country ?? region ?? city ?? lat ?? long) !== undefined
}

type Place = Pick<VisitFacts, 'country' | 'region' | 'city' | 'latitude' | 'longitude'>

/** What is not said stays as it was. */
function placeOf({ parameters, country }: Beacon, before: Place = { ...nowhere, country }): Place {
  const { region, city, lat, long } = parameters
  return {
    country: parameters.country ?? before.country,
    region: region === undefined ? before.region : cleanText(region, longestRegion),
    city: city === undefined ? before.city : cleanText(city, longestCity),
    latitude: lat ?? before.latitude,
    longitude: long ?? before.longitude,
  }
}

const nowhere = { region: '', city: '', latitude: null, longitude: null }
/** Bytes. */
const longestRegion = 400
const longestCity = 800

/** Matomo: by the visitor's own clock; where it is not told, the hour in UTC. */
function localMinute(beacon: Beacon): number {
  const { h, m } = beacon.parameters
  if (h !== undefined) return h * 60 + (m ?? 0)
  const time = new Date(beacon.time)
  return time.getUTCHours() * 60 + time.getUTCMinutes()
}
