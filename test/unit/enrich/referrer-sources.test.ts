import { describe, expect, test } from 'vitest'
import { referrer } from '../../../server/enrich/referrer.ts'
import { sourceNamed, sources } from '../../../server/enrich/referrer-source.ts'

describe('the list of assistants, engines and networks', () => {
  test('has 100 entries and more, of all three kinds', () => {
    expect(sources.length).toBeGreaterThanOrEqual(100)
    for (const type of ['ai', 'search', 'social']) {
      expect(sources.filter((source) => source.type === type).length).toBeGreaterThanOrEqual(30)
    }
  })

  test('has each name once', () => {
    const names = sources.map((source) => source.name.toLowerCase())
    expect(names.filter((name, position) => name.trim() === '' || names.indexOf(name) !== position)).toEqual(
      [],
    )
  })

  test('has each host once', () => {
    const hosts = sources.flatMap((source) => source.hosts)
    expect(hosts.filter((host, position) => hosts.indexOf(host) !== position)).toEqual([])
  })

  test('has hosts in lower case and in a form that can be found', () => {
    const form = /^\.?[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:[a-z][a-z0-9]+|\{\})(?:\/[a-z0-9_/-]*[a-z0-9])?$/
    expect(sources.flatMap((source) => source.hosts).filter((host) => !form.test(host))).toEqual([])
  })

  test.each(sources.map((source) => [source.name, source] as const))(
    'finds %s at each of its hosts',
    (_, source) => {
      for (const host of source.hosts) {
        for (const place of placesOf(host)) {
          const found = referrer({
            pageUrl: 'https://shop.example/',
            referrerUrl: `https://${place}`,
            siteUrls: ['https://shop.example'],
          })
          const name = place.startsWith('images.google') ? 'Google Images' : source.name
          expect({ place, type: found.type, name: found.name }).toEqual({ place, type: source.type, name })
        }
      }
    },
  )

  test('tells each keyword that an engine passes on', () => {
    for (const source of sources.filter(({ type }) => type === 'search')) {
      const [place = ''] = placesOf(source.hosts[0] ?? '')
      for (const keyword of source.keywords ?? ['q']) {
        const referrerUrl = `https://${place}search?x=1&${keyword}=Red%20Shoes`
        const found = referrer({ pageUrl: '', referrerUrl, siteUrls: [] })
        expect({ name: found.name, keyword: found.keyword }).toEqual({
          name: source.name,
          keyword: 'red shoes',
        })
      }
    }
  })

  test('knows an assistant by the name on its links', () => {
    expect(sourceNamed('ai', 'chatgpt.com')?.name).toBe('ChatGPT')
    expect(sourceNamed('ai', 'Perplexity')?.name).toBe('Perplexity')
    expect(sourceNamed('ai', 'copilot.com')?.name).toBe('Microsoft Copilot')
    expect(sourceNamed('ai', 'google.com')).toBeUndefined()
    expect(sourceNamed('ai', 'newsletter')).toBeUndefined()
  })
})

/** Addresses that a host of the list stands for, without protocol. */
function placesOf(host: string): string[] {
  if (host.includes('/')) return [host, `${host}/more`]
  if (host.startsWith('.')) return [`${host.slice(1)}/`, `www${host}/`, `somewhere${host}/`]
  if (host.endsWith('.{}'))
    return ['com', 'de', 'co.uk', 'com.br'].map((end) => `${host.replace('{}', end)}/`)
  return [`${host}/`, `www.${host}/`]
}
