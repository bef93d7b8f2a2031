// What a campaign says of itself beside its name and keyword: where its links stand, and which of them was followed.

import { cleanText } from './text.ts'
import { type CampaignParameters, campaignLevelNames, parametersOf, splitUrl } from './url.ts'

/** Characters of a level. */
const longestLevel = 255

/**
 * The levels that a page address tells; what is missing there, among the parameters of the request. Lower case. The
 * first name with a value counts.
 */
export function campaignLevels(pageUrl: string, parameters: CampaignParameters = {}): Record<string, string> {
  const parts = splitUrl(pageUrl)
  const told = new Map<string, string>()
  for (const [name, value] of parts ? parametersOf(parts) : []) {
    const level = levelText(value)
    if (level !== '' && !told.has(name)) told.set(name, level)
  }
  for (const name of ['utm_source', 'utm_medium'] as const) {
    const level = levelText(parameters[name] ?? '')
    if (level !== '' && !told.has(name)) told.set(name, level)
  }
  const levels: Record<string, string> = {}
  for (const [level, names] of Object.entries(campaignLevelNames)) {
    const name = names.find((candidate) => told.has(candidate))
    if (name !== undefined) levels[level] = told.get(name) ?? ''
  }
  return levels
}

function levelText(value: string): string {
  const text = cleanText(value, longestLevel * 4).toLowerCase()
  return cleanText(text.slice(0, longestLevel), longestLevel * 4)
}
