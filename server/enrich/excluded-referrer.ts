// Referrers that an owner takes for none: payment providers, sign-in pages. As Matomo reads such a list: a host; with a
// dot in front also its sub-domains; with a path only pages below it.

import { splitUrl } from './url.ts'

type Place = { host: string; withSubdomains: boolean; path: string }

/** What is wrong with an entry, for its owner; undefined when nothing is. */
export function excludedReferrerError(entry: string): string | undefined {
  if (placeOf(entry)) return undefined
  return `"${entry}" is no referrer: write a host, with a dot in front for its sub-domains too, and a path if need be (as in ".paypal.com" or "example.org/login").`
}

const compiled = new WeakMap<readonly string[], Place[]>()

export function isExcludedReferrer(referrerUrl: string, entries: readonly string[]): boolean {
  if (entries.length === 0) return false
  let places = compiled.get(entries)
  if (!places) {
    places = entries.flatMap((entry) => placeOf(entry) ?? [])
    compiled.set(entries, places)
  }
  const from = splitUrl(referrerUrl)
  if (!from) return false
  const host = bare(from.host)
  return places.some(
    (place) =>
      (host === place.host || (place.withSubdomains && host.endsWith(`.${place.host}`))) &&
      from.path.toLowerCase().startsWith(place.path),
  )
}

function placeOf(entry: string): Place | undefined {
  const text = entry.trim().toLowerCase()
  const withSubdomains = /^(https?:\/\/)?\./.test(text)
  const parts = splitUrl(`https://${text.replace(/^https?:\/\//, '').replace(/^\./, '')}`)
  if (!parts?.host.includes('.') || parts.query !== '' || /\s/.test(text)) return undefined
  return { host: bare(parts.host), withSubdomains, path: parts.path }
}

function bare(host: string): string {
  return host.startsWith('www.') ? host.slice(4) : host
}
