// Made-up visits of every kind over many days: the same for the same seed.

import type { Site } from '../../server/admin/site.ts'
import type { Hit, Timing } from '../../server/collect/hit.ts'
import { addDays, dayStart, localTime } from '../../server/reports/period.ts'
import { type Doing, download, event, outlink, page, ping, search, visit } from './visits.ts'

export type TrafficOptions = {
  from: string
  to: string
  seed: number
  /** At most so many on a day; 3 if not said. */
  visitsADay?: number
  visitors?: number
}

/** What is measured of a page, and what it stays below. */
const measured: [Timing, number][] = [
  ['network', 90],
  ['server', 900],
  ['transfer', 200],
  ['dom_processing', 700],
  ['dom_completion', 500],
  ['load', 50],
  ['lcp', 4000],
  ['fcp', 2000],
  ['inp', 300],
  ['ttfb', 800],
  ['cls', 2],
  ['engaged', 60_000],
  ['scroll', 101],
]

export function traffic(
  site: Site,
  { from, to, seed, visitsADay = 3, visitors = 25 }: TrafficOptions,
): Hit[] {
  const random = numbers(seed)
  const below = (most: number) => Math.floor(random() * most)
  const one = <T>(...options: T[]): T => options[below(options.length)] as T
  const hits: Hit[] = []
  const seen = new Map<number, { visits: number; first: string; last: string }>()
  let order = 0

  const does = (): Doing => {
    const path = one('', 'shop', 'shop/shoes', 'blog', `blog/${below(40)}`)
    const after = 1 + below(600)
    const item = {
      sku: one('S1', 'S2'),
      name: one('Shoe', 'Hat'),
      categories: one([], ['Red', 'New']),
      price: below(50),
      quantity: 1 + below(3),
    }
    const credited: Partial<Hit> = {
      credited_type: one('direct', 'search', 'campaign'),
      credited_name: one('', 'spring'),
    }
    switch (below(15)) {
      case 0:
        return search(one('shoes', 'hats', ''), {
          after,
          search_count: below(3),
          search_category: one('', 'Shop'),
        })
      case 1:
        return event(one('Video', 'Form'), one('play', 'stop'), one('', 'Intro'), one(null, 1.5, 20), {
          after,
        })
      case 2:
        return download(`https://example.org/${one('a', 'b')}.pdf`, { after })
      case 3:
        return outlink(`https://partner.example/${below(5)}`, { after })
      case 4:
        return ping(after)
      case 5:
        return {
          kind: 'order',
          after: 0,
          order_id: `${site.id}-${seed}-${order++}`,
          amounts: {
            revenue: 10 + below(90),
            subtotal: 9.95,
            tax: below(9),
            shipping: 4.5,
            discount: below(2),
          },
          items: [item],
          conversions: [{ goal: 0, revenue: below(99) }],
          ...credited,
        }
      case 6:
        return { kind: 'cart', after: 0, amounts: { revenue: below(50) }, items: one([], [item]) }
      case 7: {
        const [kind, content_interaction] = one(
          ['impression', ''] as const,
          ['interaction', 'click'] as const,
        )
        const content_name = one('Banner', 'Teaser')
        return { kind, after, content_name, content_piece: one('a.png', ''), content_interaction }
      }
      case 8:
        return event('JavaScript Errors', one('app.js:1:2', 'shop.js'), one('x is not defined', 'no'), null, {
          after,
          url: `example.org/${path}`,
        })
      default:
        return page(`example.org/${path}`, one(`Page ${path}`, ''), {
          after,
          url_prefix: below(4),
          dimensions: one<Record<string, string>>({}, { 2: one('red', 'blue') }),
          variables: one<Record<string, string>>({}, {}, { Author: one('Ann', 'Bob') }),
          items: one([], [], [item]),
          timings: one({}, Object.fromEntries(measured.map(([name, most]) => [name, below(most)]))),
          conversions: one([], [], [], [{ goal: 1 + below(2), revenue: below(9) }]),
          ...credited,
        })
    }
  }

  for (let day = from; day <= to; day = addDays(day, 1)) {
    const midnight = dayStart(day, site.timezone)
    for (let left = 1 + below(visitsADay); left > 0; left--) {
      const number = below(visitors)
      const before = seen.get(number)
      const known = { visits: (before?.visits ?? 0) + 1, first: before?.first ?? day, last: day }
      seen.set(number, known)
      const since = (date: string) => Math.round((Date.parse(day) - Date.parse(date)) / 86_400_000)
      hits.push(
        ...visit({
          site: site.id,
          at: localTime(midnight + below(20 * 3600), site.timezone),
          visitor: String(1000 * site.id + number),
          visitNumber: known.visits,
          days_since_first: since(known.first),
          days_since_last: since(before?.last ?? day),
          referrer_type: one('direct', 'search', 'website', 'social', 'campaign', 'ai'),
          referrer_name: one('Google', 'blog.example', 'spring', ''),
          referrer_keyword: one('', 'hats'),
          referrer_url: one('', 'https://blog.example/post', 'https://blog.example/'),
          campaign: one<Record<string, string>>(
            {},
            { source: one('mail', 'news'), medium: 'email', content: one('a', 'b') },
          ),
          country: one('DE', 'AT', 'US', 'JP', ''),
          region: one('', 'BY'),
          city: one('', 'Wien'),
          language: one('de-at', 'en', 'fr-ch', ''),
          device_type: one('desktop', 'smartphone', 'tablet', 'tv', ''),
          device_brand: one('', 'Apple', 'Samsung'),
          device_model: one('', 'X1'),
          os_name: one('Windows', 'iOS', 'Android', ''),
          os_version: one('', '11', '26'),
          browser_name: one('Firefox', 'Chrome', 'Safari', ''),
          browser_version: one('', '140', '26'),
          resolution: one('', '1920x1080', '390x844'),
          color_depth: one(0, 24),
          techniques: one([], ['cookies'], ['cookies', 'pdf']),
          user_id: one('', '', `user${number}`),
          visit_dimensions: one<Record<string, string>>({}, { 1: one('gold', 'silver') }),
          visit_variables: one<Record<string, string>>({}, { plan: 'pro' }),
          does: [page(`example.org/${one('', 'shop')}`, 'Start'), ...Array.from({ length: below(7) }, does)],
        }),
      )
    }
  }
  return hits
}

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function numbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}
