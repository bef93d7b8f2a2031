// Finds the search engine, social network or AI assistant behind a host. The list itself is data
// (referrer-sources.ts), kept by hand; this file says what its entries mean.

import { assistants, engines, type Listed, networks } from './referrer-sources.ts'

export type SourceType = 'ai' | 'search' | 'social'

export type Source = Listed & { type: SourceType }

export const sources: readonly Source[] = [
  ...assistants.map((entry): Source => ({ type: 'ai', ...entry })),
  ...engines.map((entry): Source => ({ type: 'search', ...entry })),
  ...networks.map((entry): Source => ({ type: 'social', ...entry })),
]

type Place = { path: string; source: Source }

/** By host as the list writes it, longest path first. */
const places = new Map<string, Place[]>()
const named = new Map<string, Source>()
for (const source of sources) {
  named.set(`${source.type} ${source.name.toLowerCase()}`, source)
  for (const pattern of source.hosts) {
    const slash = pattern.indexOf('/')
    const host = slash < 0 ? pattern : pattern.slice(0, slash)
    const path = slash < 0 ? '' : pattern.slice(slash)
    places.set(host, [...(places.get(host) ?? []), { path, source }])
  }
}
for (const group of places.values()) group.sort((a, b) => b.path.length - a.path.length)

/** The source at a place; `path` is the part of its address that is the source's own. */
export function sourceAt(host: string, path: string): { source: Source; path: string } | undefined {
  for (const candidate of candidates(host)) {
    for (const place of places.get(candidate) ?? []) {
      if (place.path === '' || path === place.path || path.startsWith(`${place.path}/`)) return place
    }
  }
  return undefined
}

/** The source that calls itself so: by its name, or by one of its hosts. */
export function sourceNamed(type: SourceType, text: string): Source | undefined {
  const name = text.toLowerCase()
  const source = named.get(`${type} ${name}`) ?? sourceAt(name, '')?.source
  return source?.type === type ? source : undefined
}

/** How the list might write a host, the most exact first. */
function candidates(host: string): string[] {
  const bare = host.replace(/^(?:www|m|mobile|wap|amp)\./, '')
  const country = bare.replace(/\.(?:com|cat|(?:com?\.)?[a-z]{2})$/, '.{}')
  const found = [host, bare, country, `.${host}`]
  for (let dot = host.indexOf('.'); dot > 0; dot = host.indexOf('.', dot + 1)) found.push(host.slice(dot))
  return found
}
