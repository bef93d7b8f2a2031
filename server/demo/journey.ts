// What a visitor does on the site, one step after the other: from the page where the visit begins, as links and
// interest lead, until nothing more is wanted.

import { type Random, Weighted } from './random.ts'
import { type Page, type PageKind, reviewsOf, type Shop, type Term } from './shop.ts'

export type Doing =
  | { kind: 'pageview' }
  | { kind: 'search'; term: Term }
  | { kind: 'event'; category: string; action: string; name: string; value?: number }
  /** A path on the site. */
  | { kind: 'download'; file: string }
  /** A whole address. */
  | { kind: 'outlink'; link: string }

export type Step = {
  doing: Doing
  /** The page that the visitor is on. */
  page: Page
  /** Seconds since the step before. */
  after: number
}

/** Chance that somebody who has gone on once goes on once more, and the end of all patience. */
const interest = 0.76
const mostSteps = 60

type Move =
  | PageKind
  | 'next page'
  | 'same section'
  | 'look closer'
  | 'filter'
  | 'add to basket'
  | 'manual'
  | 'video'
  | 'outlink'
  | 'packing list'
  | 'share'
  | 'newsletter'
  | 'form'

/** Where people go, or what they do, on a page of each kind. */
const moves: Readonly<Record<PageKind, Weighted<Move>>> = {
  home: weighted({ category: 40, product: 12, magazine: 18, article: 12, search: 9, landing: 5, help: 4 }),
  category: weighted({ 'same section': 60, 'next page': 11, category: 9, search: 6, filter: 12, home: 3 }),
  product: weighted({
    'same section': 24,
    category: 14,
    'look closer': 12,
    reviews: 11,
    'add to basket': 14,
    manual: 3,
    product: 8,
    article: 5,
    search: 5,
    help: 3,
  }),
  reviews: weighted({ 'same section': 35, category: 20, 'add to basket': 25, product: 20 }),
  magazine: weighted({ 'same section': 70, 'next page': 8, magazine: 12, category: 6, newsletter: 4 }),
  article: weighted({
    'same section': 30,
    article: 16,
    magazine: 12,
    product: 13,
    outlink: 8,
    video: 8,
    'packing list': 4,
    share: 3,
    newsletter: 3,
    home: 4,
  }),
  landing: weighted({ product: 42, category: 34, newsletter: 9, home: 10, search: 5 }),
  help: weighted({ 'same section': 34, home: 18, category: 18, form: 12, search: 10, product: 8 }),
  search: weighted({ product: 52, article: 18, search: 18, help: 6, home: 6 }),
  basket: weighted({ checkout: 58, category: 18, product: 18, help: 6 }),
  checkout: weighted({ home: 30, magazine: 25, article: 25, newsletter: 20 }),
}

/** Median seconds on a page before the next step. */
const stays: Readonly<Record<PageKind, number>> = {
  home: 12,
  category: 19,
  product: 34,
  reviews: 38,
  magazine: 16,
  article: 85,
  landing: 22,
  help: 40,
  search: 11,
  basket: 18,
  checkout: 45,
}

/** @param bounce whether the visitor leaves again without doing anything. */
export function journey(random: Random, shop: Shop, entry: Page, bounce: boolean): Step[] {
  const walk = new Walk(random, shop, entry)
  if (bounce) return walk.steps
  do walk.go()
  while (walk.steps.length < mostSteps && random.chance(interest))
  return walk.steps
}

class Walk {
  readonly steps: Step[] = []
  readonly #random: Random
  readonly #shop: Shop
  #page: Page
  /** What lies in the basket costs. */
  #total = 0

  constructor(random: Random, shop: Shop, entry: Page) {
    this.#random = random
    this.#shop = shop
    this.#page = entry
    this.#do({ kind: 'pageview' }, 0)
  }

  go(): void {
    const random = this.#random
    const shop = this.#shop
    const page = this.#page
    switch (moves[page.kind].pick(random)) {
      case 'home':
        this.#open(shop.home)
        break
      case 'category':
        this.#open(shop.categories.pick(random).front)
        break
      case 'product':
        this.#open(shop.products.pick(random))
        break
      case 'reviews':
        this.#open(page.kind === 'product' ? reviewsOf(page) : page)
        break
      case 'magazine':
        this.#open(shop.magazine.pick(random).front)
        break
      case 'article':
        this.#open(shop.articles.pick(random))
        break
      case 'landing':
        this.#open(shop.landings.pick(random))
        break
      case 'help':
        this.#open(shop.help.pick(random))
        break
      case 'basket':
        this.#open(shop.basket)
        break
      case 'search':
        this.#search()
        break
      case 'checkout':
        this.#checkOut()
        break
      case 'next page':
        this.#open(shop.sections.get(page.section)?.second ?? shop.home)
        break
      case 'same section':
        this.#open((shop.sections.get(page.section)?.pages ?? shop.help).pick(random))
        break
      case 'look closer':
        this.#event('Product', 'Enlarge picture', page.name)
        break
      case 'filter':
        this.#event('Catalogue', 'Filter', random.pick(filters))
        break
      case 'add to basket':
        this.#addToBasket()
        break
      case 'manual':
        this.#do({ kind: 'download', file: `/files${page.path}.pdf` })
        break
      case 'video':
        this.#watch()
        break
      case 'outlink':
        this.#do({ kind: 'outlink', link: shop.outlinks.pick(random) })
        break
      case 'packing list':
        this.#do({ kind: 'download', file: random.pick(packingLists) })
        break
      case 'share':
        this.#event('Article', 'Share', random.pick(['Copy link', 'E-mail', 'Mastodon', 'WhatsApp']))
        break
      case 'newsletter':
        this.#event('Newsletter', 'Sign up', page.section || page.name)
        break
      case 'form':
        this.#event('Help', 'Send form', page.name)
        break
    }
  }

  #search(): void {
    const random = this.#random
    let term = this.#shop.terms.pick(random)
    this.#find(term)
    // Who finds nothing tries other words, or gives up.
    while (term.count === 0 && random.chance(0.45)) {
      term = this.#shop.terms.pick(random)
      this.#find(term)
    }
  }

  #find(term: Term): void {
    const after = this.#stay()
    this.#page = this.#shop.search
    this.#do({ kind: 'search', term }, after)
  }

  #addToBasket(): void {
    const { name, price } = this.#page
    this.#total += price
    this.#event('Basket', 'Add', name, price)
    if (this.#random.chance(0.6)) this.#open(this.#shop.basket)
  }

  #checkOut(): void {
    const [address, payment, thanks] = this.#shop.checkout
    this.#open(address)
    if (!this.#random.chance(0.75)) return
    this.#open(payment)
    if (!this.#random.chance(0.82)) return
    this.#open(thanks)
    this.#event('Basket', 'Order', 'Items in the basket', Math.round(this.#total * 100) / 100)
    this.#total = 0
  }

  #watch(): void {
    const { name } = this.#page
    this.#event('Video', 'Play', name)
    const seconds = Math.round(Math.min(600, this.#random.logNormal(70, 0.8)))
    const action = this.#random.chance(0.35) ? 'Finish' : 'Pause'
    this.#do({ kind: 'event', category: 'Video', action, name, value: seconds }, seconds + 1)
  }

  #open(page: Page): void {
    const after = this.#stay()
    this.#page = page
    this.#do({ kind: 'pageview' }, after)
  }

  #event(category: string, action: string, name: string, value?: number): void {
    this.#do({ kind: 'event', category, action, name, ...(value === undefined ? {} : { value }) })
  }

  #do(doing: Doing, after = this.#stay()): void {
    this.steps.push({ doing, page: this.#page, after })
  }

  /** Never as long as half an hour, after which it would be another visit. */
  #stay(): number {
    return Math.max(1, Math.min(1500, Math.round(this.#random.logNormal(stays[this.#page.kind], 0.9))))
  }
}

const filters = ['Price', 'Size', 'Weight', 'Colour', 'In stock']

const packingLists = [
  '/files/packing-list-hut-trip.pdf',
  '/files/packing-list-tent.pdf',
  '/files/packing-list-children.pdf',
  '/files/first-aid-outside.epub',
  '/files/route-lechtal-alps.zip',
]

function weighted(weights: Partial<Record<Move, number>>): Weighted<Move> {
  return new Weighted(Object.entries(weights) as [Move, number][])
}
