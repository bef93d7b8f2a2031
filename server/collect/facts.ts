// The facts of a visit: what its first hit fixes, and what a later one may still change.

import { campaignLevels } from '../enrich/campaign.ts'
import type { Referrer } from '../enrich/referrer.ts'
import { pageUrl } from './action.ts'
import type { Beacon } from './beacon.ts'
import { visitCustoms } from './custom.ts'
import { factsText, readFacts, type VisitFacts } from './hit.ts'
import type { Visit } from './visit.ts'

export function firstTouch(beacon: Beacon): VisitFacts {
  const { action, device, referrer, parameters } = beacon
  return {
    entry_url: action.kind === 'pageview' ? action.url : '',
    entry_title: action.kind === 'pageview' ? action.title : action.search_keyword,
    ...referrerFacts(referrer),
    ip: beacon.ip,
    country: beacon.country,
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
    user_id: '',
    ...visitCustoms(beacon.custom),
    region: '',
    city: '',
    latitude: null,
    longitude: null,
    days_since_first: 0,
    days_since_last: 0,
    days_since_order: -1,
  }
}

/**
 * A direct visit takes the first other referrer, a visit without a screen the first one that is told. Of custom
 * dimensions and variables the newest value counts.
 */
export function laterTouch(visit: Visit, beacon: Beacon): void {
  const upgraded = visit.referrer.type === 'direct' && beacon.referrer.type !== 'direct'
  const measured = !visit.hasResolution && beacon.parameters.res !== undefined
  const told = beacon.custom?.visit !== undefined
  if (!upgraded && !measured && !told) return
  const facts = readFacts(visit.facts)
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

/** By the visitor's own clock; where it is not told, the hour in UTC, as Matomo does. */
function localMinute(beacon: Beacon): number {
  const { h, m } = beacon.parameters
  if (h !== undefined) return h * 60 + (m ?? 0)
  const time = new Date(beacon.time)
  return time.getUTCHours() * 60 + time.getUTCMinutes()
}
