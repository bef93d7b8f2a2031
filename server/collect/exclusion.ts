// What is not counted: requests that are no visits (`rec` missing, prefetches, actions of unknown plugins),
// crawlers, what the owner excludes, and referrer spam.

import { LRUCache } from 'lru-cache'
import type { SiteSettings } from '../admin/site.ts'
import { compileAddressRules } from '../enrich/address.ts'
import { type Hints, hintsFromUaData, parse } from '../enrich/device.ts'
import { compilePattern, expressionError, expressionIn } from '../enrich/pattern.ts'
import { isUnder } from '../enrich/referrer.ts'
import { isSpamReferrer } from '../enrich/referrer-spam.ts'
import { ownText } from '../enrich/remembered.ts'
import { splitUrl } from '../enrich/url.ts'
import { measured, pageUrl } from './action.ts'
import { type Beacon, type DropReason, header } from './beacon.ts'
import { readFileLink } from './file-link.ts'
import type { Parameters } from './parameter.ts'

export function excludeUnwanted(beacon: Beacon): DropReason | undefined {
  const { parameters } = beacon
  // Matomo: all that is excluded is answered as usual; crawlers, addresses, agents, referrers and then the site's own
  // addresses are looked at. Ours: what costs nothing to see comes before them.
  if (!parameters.rec || parameters.tracker_install_check !== undefined) return 'not_recorded'
  // Matomo: pages that are loaded in advance tell by X-Moz and X-Purpose; Purpose and Sec-Purpose are not looked at.
  if (header(beacon, 'x-moz') === 'prefetch' || /^(preview|instant)$/i.test(header(beacon, 'x-purpose')))
    return 'prefetch'
  beacon.userAgent = parameters.ua ?? header(beacon, 'user-agent')
  beacon.device = parse(beacon.userAgent, hints(beacon))
  if (beacon.device.bot && !parameters.bots) return 'bot'
  const rules = rulesOf(beacon.site.settings)
  if (rules.excludesAddress(beacon.address)) return 'excluded_address'
  if (rules.excludesAgent(beacon.userAgent)) return 'excluded_agent'
  if (parameters.urlref && isSpamReferrer(parameters.urlref)) return 'spam_referrer'
  if (beacon.site.settings.excludeUnknownUrls && isElsewhere(beacon)) return 'unknown_url'
  if (parameters.ff_file !== undefined) {
    readFileLink(beacon)
    if (parameters.download === undefined && parameters.link === undefined) return 'no_file'
  }
  return parameters.ca && !isClaimed(parameters) ? 'unclaimed_action' : undefined
}

/** Whether the page is at none of the site's addresses. What comes without an address (an app) is nowhere else. */
function isElsewhere(beacon: Beacon): boolean {
  const page = splitUrl(pageUrl(beacon))
  return page !== undefined && !isUnder(page, beacon.site.urls)
}

/** Matomo: `ca=1` marks what a plugin is meant to take. Without any of these there is none here that does. */
function isClaimed(parameters: Parameters): boolean {
  const { e_c, link, download, search, c_n, idgoal, ping } = parameters
  return (e_c ?? link ?? download ?? search ?? c_n ?? idgoal ?? ping) !== undefined || measured(parameters)
}

/** Matomo: what the page sent of navigator.userAgentData goes before the browser's headers. */
function hints(beacon: Beacon): Record<string, string | undefined> {
  const sent = beacon.parameters.uadata && pageHints(beacon.parameters.uadata)
  if (sent) return sent
  // An overridden agent is not the one that sent the headers.
  if (beacon.parameters.ua !== undefined) return {}
  const found: Record<string, string | undefined> = {}
  for (const name in beacon.headers)
    if (name.startsWith('sec-ch-ua') || name === 'x-requested-with') found[name] = header(beacon, name)
  return found
}

/** Browsers of one make send the same text, and each of its pages does. */
const knownHints = new LRUCache<string, { hints: Hints | undefined }>({ max: 2000 })

function pageHints(uadata: string): Hints | undefined {
  let known = knownHints.get(uadata)
  if (!known) {
    known = { hints: hintsFromUaData(uadata) }
    knownHints.set(ownText(uadata), known)
  }
  return known.hints
}

type Rules = { excludesAddress: (address: string) => boolean; excludesAgent: (agent: string) => boolean }

const compiled = new WeakMap<SiteSettings, Rules>()

/** Matomo: a part of the agent, or an expression; whatever the case. */
function agentRule(entry: string): (agent: string) => boolean {
  const expression = expressionIn(entry)
  if (expression === undefined) return compilePattern({ how: 'contains', text: entry, caseSensitive: false })
  if (expressionError(entry) !== undefined) return () => false
  return compilePattern({ how: 'regex', text: expression, caseSensitive: false })
}

function rulesOf(settings: SiteSettings): Rules {
  let rules = compiled.get(settings)
  if (!rules) {
    const agents = settings.excludedAgents.map(agentRule)
    rules = {
      excludesAddress: compileAddressRules(settings.excludedAddresses),
      excludesAgent: (agent) => agents.some((matches) => matches(agent)),
    }
    compiled.set(settings, rules)
  }
  return rules
}
