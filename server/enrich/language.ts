// The language a browser asks for first. Only language, script and country are kept: further wishes (variants,
// the second and third choice) say more about a person than a report needs.

import { remembered } from './remembered.ts'

/** Longest header that is looked at; what comes after it is not the first choice. */
const longest = 200

/** The best liked language of an Accept-Language header as `de-at`, lower case; '' when there is none. */
export const language = remembered(2000, bestLanguage)

function bestLanguage(acceptLanguage: string): string {
  let best = ''
  let bestQuality = 0
  for (const choice of acceptLanguage.slice(0, longest).split(',')) {
    const [range = '', ...parameters] = choice.split(';')
    const quality = qualityOf(parameters)
    if (quality <= bestQuality) continue
    const tag = languageTag(range)
    if (tag === '') continue
    best = tag
    bestQuality = quality
  }
  return best
}

function qualityOf(parameters: string[]): number {
  for (const parameter of parameters) {
    const found = /^\s*q\s*=\s*(.*?)\s*$/i.exec(parameter)
    if (found) return /^(?:0(?:\.\d*)?|1(?:\.0*)?)$/.test(found[1] ?? '') ? Number(found[1]) : 0
  }
  return 1
}

function languageTag(range: string): string {
  const tag = range.trim().toLowerCase().replaceAll('_', '-')
  const parts = /^([a-z]{2,3})(?:-([a-z]{4}))?(?:-([a-z]{2}|\d{3}))?(?:-|$)/.exec(tag)
  if (!parts || parts[1] === 'und') return ''
  return parts.slice(1).filter(Boolean).join('-')
}
