// How a visit comes about: what stands in the referrer and in the address of the entry page, and on which page
// it begins. Other websites are invented ones; engines, networks and assistants are real.

import type { ReferrerType } from '../enrich/referrer.ts'
import { Random, Weighted, zipf } from './random.ts'
import type { Page, Shop } from './shop.ts'

export type Origin = {
  type: ReferrerType
  referrer: string
  /** Parameters that the entry page is opened with, without a question mark. */
  query: string
  entry: Page
}

/** What is going on outside: a few days on which many come for one reason. */
export type Occasion = {
  kind: 'press' | 'campaign'
  /** Number of the press mention or campaign, so that each is another one. */
  number: number
}

export type Situation = {
  shop: Shop
  /** The site's local date. */
  date: string
  country: string
  returning: boolean
  /** 0 at the first day of a long demo, 1 on its last: assistants are asked more and more. */
  lately: number
  occasion: Occasion | undefined
}

export function originOf(situation: Situation, random: Random): Origin {
  const { occasion, returning, lately } = situation
  if (occasion)
    return occasion.kind === 'press' ? press(situation, occasion, random) : sale(situation, random)
  const type = (returning ? returningTypes : newTypes).pick(random)
  // A part of those who searched until now asks an assistant.
  const shifted = type === 'search' && random.chance(0.09 * lately) ? 'ai' : type
  return origins[shifted](situation, random)
}

const newTypes = new Weighted<ReferrerType>([
  ['direct', 23],
  ['search', 43],
  ['website', 11],
  ['social', 12],
  ['campaign', 9],
  ['ai', 2],
])
const returningTypes = new Weighted<ReferrerType>([
  ['direct', 52],
  ['search', 22],
  ['website', 5],
  ['social', 5],
  ['campaign', 15],
  ['ai', 1],
])

const origins: Record<ReferrerType, (situation: Situation, random: Random) => Origin> = {
  direct: ({ shop, returning }, random) => ({
    type: 'direct',
    referrer: '',
    query: '',
    entry: (returning ? lookAround : typedIn)(shop, random),
  }),
  search: ({ shop, country }, random) => {
    const engine = (enginesOf.get(country) ?? engines).pick(random)
    const entry = findable(shop, random)
    const wanted = encodeURIComponent(random.chance(0.3) ? shop.terms.pick(random).keyword : wordsOf(entry))
    const google = engine === googleHome ? `https://www.google.${domains.get(country) ?? 'com'}/` : engine
    return { type: 'search', referrer: google.replace('{}', wanted), query: '', entry }
  },
  website: ({ shop }, random) => {
    const { address, path } = websites.pick(random)
    return {
      type: 'website',
      referrer: address.replace('{}', String(1000 + random.below(40))),
      query: '',
      entry: path === '/' ? shop.home : findable(shop, random),
    }
  },
  social: ({ shop, country }, random) => ({
    type: 'social',
    referrer: (country === 'RU' ? russianNetworks : networks).pick(random),
    query: random.chance(0.3) ? `fbclid=${random.hex(24)}` : '',
    entry: random.chance(0.72) ? shop.articles.pick(random) : shop.products.pick(random),
  }),
  campaign: (situation, random) => campaigns.pick(random)(situation, random),
  ai: ({ shop }, random) => {
    const [referrer, query] = assistants.pick(random)
    return { type: 'ai', referrer, query, entry: findable(shop, random) }
  },
}

// -- Where visits begin ---------------------------------------------------------------------------------------

function typedIn(shop: Shop, random: Random): Page {
  return random.chance(0.64) ? shop.home : findable(shop, random)
}

/** Those who have been here before know where things are. */
function lookAround(shop: Shop, random: Random): Page {
  const place = random.next()
  if (place < 0.5) return shop.home
  if (place < 0.65) return shop.categories.pick(random).front
  if (place < 0.8) return shop.magazine.pick(random).front
  return place < 0.88 ? shop.basket : findable(shop, random)
}

function findable(shop: Shop, random: Random): Page {
  const place = random.next()
  if (place < 0.46) return shop.articles.pick(random)
  if (place < 0.74) return shop.products.pick(random)
  if (place < 0.87) return shop.categories.pick(random).front
  return place < 0.95 ? shop.home : shop.help.pick(random)
}

/** What somebody types who looks for a page. */
function wordsOf({ name, kind }: Page): string {
  const words = name
    .toLowerCase()
    .replace(/[^a-z0-9 ’]+/g, ' ')
    .trim()
    .split(/ +/)
  return kind === 'home' ? 'outdoor shop' : words.slice(0, 5).join(' ')
}

// -- Search engines -------------------------------------------------------------------------------------------

const googleHome = 'google'

const engineShares: [string, number][] = [
  [googleHome, 640],
  ['https://www.google.com/search?q={}', 24],
  ['android-app://com.google.android.googlequicksearchbox/', 40],
  ['https://www.google.com/search?q={}&tbm=isch', 10],
  ['https://www.bing.com/', 60],
  ['https://www.bing.com/search?q={}', 46],
  ['https://duckduckgo.com/', 44],
  ['https://www.ecosia.org/search?q={}', 30],
  ['https://search.yahoo.com/search?p={}', 10],
  ['https://search.brave.com/search?q={}', 10],
  ['https://www.startpage.com/do/search?query={}', 8],
  ['https://www.qwant.com/?q={}', 8],
  ['https://kagi.com/', 4],
  ['https://metager.de/meta/meta.ger3?eingabe={}', 3],
  ['https://swisscows.com/en/web?query={}', 2],
  ['https://www.mojeek.com/search?q={}', 1],
]
const engines = new Weighted(engineShares)
/** Countries with an engine of their own. */
const enginesOf = new Map<string, Weighted<string>>(
  (
    [
      ['CZ', 'https://search.seznam.cz/?q={}', 350],
      ['RU', 'https://yandex.ru/search/?text={}', 1600],
      ['CN', 'https://www.baidu.com/s?wd={}', 6000],
      ['KR', 'https://search.naver.com/search.naver?query={}', 900],
      ['JP', 'https://search.yahoo.co.jp/search?p={}', 250],
      ['DE', 'https://suche.t-online.de/fast-cgi/tsc?q={}', 14],
      ['CH', 'https://search.ch/?q={}', 12],
    ] as const
  ).map(([country, engine, share]) => [country, new Weighted<string>([...engineShares, [engine, share]])]),
)
const domains = new Map([
  ['DE', 'de'],
  ['AT', 'at'],
  ['CH', 'ch'],
  ['GB', 'co.uk'],
  ['FR', 'fr'],
  ['NL', 'nl'],
  ['IT', 'it'],
  ['ES', 'es'],
  ['PL', 'pl'],
  ['BR', 'com.br'],
  ['AU', 'com.au'],
])

// -- Networks, assistants, websites ---------------------------------------------------------------------------

const networkShares: [string, number][] = [
  ['https://l.instagram.com/', 20],
  ['https://m.facebook.com/', 15],
  ['https://l.facebook.com/', 11],
  ['https://www.reddit.com/', 12],
  ['https://www.youtube.com/', 11],
  ['https://www.pinterest.com/', 9],
  ['https://t.co/k3Jd8sLq0P', 4],
  ['https://mastodon.social/', 4],
  ['https://www.tiktok.com/', 4],
  ['https://go.bsky.app/', 3],
  ['https://www.linkedin.com/', 3],
  ['https://www.strava.com/', 2],
  ['https://www.threads.com/', 2],
  ['android-app://org.telegram.messenger/', 1],
  ['https://news.ycombinator.com/', 0.6],
]
const networks = new Weighted(networkShares)
const russianNetworks = new Weighted<string>([...networkShares, ['https://vk.com/', 120]])

const assistants = new Weighted<readonly [referrer: string, query: string]>([
  [['https://chatgpt.com/', 'utm_source=chatgpt.com'], 46],
  [['', 'utm_source=chatgpt.com'], 10],
  [['https://www.perplexity.ai/', ''], 15],
  [['https://gemini.google.com/', ''], 12],
  [['https://copilot.microsoft.com/', ''], 8],
  [['https://claude.ai/', ''], 6],
  [['https://chat.mistral.ai/', ''], 3],
  [['https://chat.deepseek.com/', ''], 2],
])

/** With the page that they link to: the front page, or any. */
const websites = zipf<{ address: string; path: '/' | '*' }>(
  [
    { address: 'https://www.trail-notes.example/forum/thread/{}', path: '*' },
    { address: 'https://outdoor-forum.example/viewtopic.php?t={}', path: '*' },
    { address: 'https://www.hut-guide.example/gear', path: '/' },
    { address: 'https://compare-tents.example/two-person', path: '*' },
    { address: 'https://slow-travel.example/2026/packing', path: '*' },
    { address: 'https://family-outside.example/blog/{}', path: '*' },
    { address: 'https://www.alpine-club.example/members/discounts', path: '/' },
    { address: 'https://bikepacking-diary.example/post/{}', path: '*' },
    { address: 'https://webmail.mailbox.example/', path: '*' },
    { address: 'https://green-brands.example/list/outdoor', path: '/' },
    { address: 'https://price-finder.example/p/{}', path: '*' },
    { address: 'https://coupons.example/shops/outdoor', path: '/' },
    { address: 'https://scouts.example/equipment', path: '*' },
    { address: 'https://www.night-trains.example/stories', path: '*' },
    { address: 'https://wiki.hikers.example/Layering', path: '*' },
    { address: 'https://campfire-kitchen.example/recipes/{}', path: '*' },
    { address: 'https://repair-cafe.example/links', path: '/' },
    { address: 'https://long-distance.example/trails/{}', path: '*' },
    { address: 'https://school-trips.example/checklist', path: '*' },
    { address: 'https://tiny-blog.example/what-i-carry', path: '*' },
  ],
  0.9,
)

const newspapers = zipf([
  'https://www.morning-herald.example/travel/the-shop-that-mends-your-tent',
  'https://radio-uplands.example/programme/consumer/zips',
  'https://www.weekly-mirror.example/life/test-rain-jackets',
  'https://television.example/magazine/outside/clips/repair',
])

/** Each mention in the press is in one newspaper and about one page. */
function press({ shop }: Situation, { number }: Occasion, random: Random): Origin {
  const mention = new Random('press', number)
  const referrer = newspapers.pick(mention)
  const entry = shop.articles.pick(mention)
  return { type: 'website', referrer, query: '', entry: random.chance(0.75) ? entry : shop.home }
}

// -- Campaigns ------------------------------------------------------------------------------------------------

type Campaign = (situation: Situation, random: Random) => Origin

const campaigns = new Weighted<Campaign>([
  [newsletter, 36],
  [searchAdvertisement, 28],
  [sale, 20],
  [partner, 16],
])

function newsletter({ shop, date, returning }: Situation, random: Random): Origin {
  const campaign = returning ? `newsletter-${date.slice(0, 7)}` : 'welcome'
  const entry = returning ? findable(shop, random) : shop.landing('/offers/newsletter-welcome')
  // Most mail programs say nothing, web mail names its host.
  const referrer = random.chance(0.3) ? 'https://webmail.mailbox.example/' : ''
  const query = `utm_source=newsletter&utm_medium=email&utm_campaign=${campaign}`
  return { type: 'campaign', referrer, query, entry }
}

const advertisements = zipf([
  ['tents-search', 'two person tent'],
  ['brand', 'outdoor shop'],
  ['tents-search', 'ultralight tent'],
  ['rain-search', 'rain jacket'],
  ['boots-search', 'hiking boots resoled'],
  ['rain-search', 'rain jacket women'],
  ['boots-search', 'wide hiking boots'],
] as const)

function searchAdvertisement({ shop }: Situation, random: Random): Origin {
  const [campaign, words] = advertisements.pick(random)
  const labels = `utm_source=google&utm_medium=cpc&utm_campaign=${campaign}`
  return {
    type: 'campaign',
    referrer: 'https://www.google.com/',
    query: `${labels}&utm_term=${words.replaceAll(' ', '+')}&gclid=${random.hex(32)}`,
    entry:
      campaign === 'tents-search'
        ? shop.landing('/offers/tent-weeks')
        : random.chance(0.5)
          ? shop.home
          : shop.categories.pick(random).front,
  }
}

/** The offer of the season, advertised on networks and by mail. */
function sale({ shop, date }: Situation, random: Random): Origin {
  const month = Number(date.slice(5, 7))
  const [name, path] = seasons.find(({ until }) => month <= until)?.offer ?? ['gifts', '/offers/gift-finder']
  const [source, medium, referrer] = random.pick([
    ['instagram', 'paid-social', 'https://l.instagram.com/'],
    ['facebook', 'paid-social', 'https://m.facebook.com/'],
    ['newsletter', 'email', ''],
  ] as const)
  const query = `utm_source=${source}&utm_medium=${medium}&utm_campaign=${name}-${date.slice(0, 4)}`
  return { type: 'campaign', referrer, query, entry: shop.landing(path) }
}

/** In order of the year; the last months have their presents. */
const seasons: { until: number; offer: [name: string, path: string] }[] = [
  { until: 2, offer: ['winter-sale', '/offers/sale'] },
  { until: 5, offer: ['spring-tents', '/offers/tent-weeks'] },
  { until: 8, offer: ['summer-sale', '/offers/sale'] },
  { until: 10, offer: ['school-trips', '/offers/school-trips'] },
  { until: 11, offer: ['black-week', '/offers/sale'] },
]

const partners = zipf(['trail-notes', 'alpine-club', 'scouts', 'night-trains'])

/** Labelled as Matomo does. */
function partner({ shop }: Situation, random: Random): Origin {
  const name = partners.pick(random)
  const query = `mtm_campaign=partner-${name}&mtm_kwd=${random.pick(['banner', 'text-link', 'voucher'])}`
  const entry = random.chance(0.5) ? shop.home : shop.products.pick(random)
  return { type: 'campaign', referrer: `https://www.${name}.example/partners`, query, entry }
}
