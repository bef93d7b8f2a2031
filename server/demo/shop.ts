// The imaginary site that the demo's visitors walk through: an outdoor shop with a magazine. Its pages, which of
// them are popular, what people search for on it, and where its links lead.

import { Weighted, zipf } from './random.ts'

export type PageKind =
  | 'home'
  | 'category'
  | 'product'
  | 'reviews'
  | 'magazine'
  | 'article'
  | 'landing'
  | 'help'
  | 'search'
  | 'basket'
  | 'checkout'

export type Page = {
  kind: PageKind
  /** Begins with a slash. */
  path: string
  /** Its headline, without the names of section and site. */
  name: string
  title: string
  /** Which section it belongs to; empty for none. */
  section: string
  /** Of a product, in the site's currency; otherwise 0. */
  price: number
}

export type Section = { front: Page; second: Page; pages: Weighted<Page> }

/** What people search for on the site. */
export type Term = { keyword: string; category: string; count: number }

export type Shop = {
  home: Page
  search: Page
  basket: Page
  /** Address, payment, thanks. */
  checkout: readonly [Page, Page, Page]
  categories: Weighted<Section>
  magazine: Weighted<Section>
  /** By the name of a page's section. */
  sections: ReadonlyMap<string, Section>
  products: Weighted<Page>
  articles: Weighted<Page>
  landings: Weighted<Page>
  help: Weighted<Page>
  terms: Weighted<Term>
  /** Addresses on other websites that articles link to. */
  outlinks: Weighted<string>
  landing(path: string): Page
}

export function openShop(siteName: string): Shop {
  const page = (kind: PageKind, path: string, name: string, section = '', price = 0): Page => {
    const title = [name, section, siteName].filter((part, at, all) => part !== '' && all.indexOf(part) === at)
    return { kind, path, name, section, price, title: title.join(' | ') }
  }
  const sections = new Map<string, Section>()
  const products: [Page, number][] = []
  const categories = productRanges.map(({ name, kinds, prices: [least, most] }, range) => {
    const folder = `/shop/${slug(name)}`
    const pages = series.map((title, rank) => {
      const product = `${title} ${kinds[(rank + range) % kinds.length]}`
      const price = Math.round(
        least + ((most - least) * ((rank * 5 + range * 3) % series.length)) / series.length,
      )
      return page('product', `${folder}/${slug(product)}`, product, name, price - 0.05)
    })
    pages.forEach((product, rank) => {
      products.push([product, 1 / ((range + 1) * (rank + 1)) ** 0.8])
    })
    const section = {
      front: page('category', `${folder}/`, name, name),
      second: page('category', `${folder}/?page=2`, `${name}, page 2`, name),
      pages: zipf(pages, 0.9),
    }
    sections.set(name, section)
    return section
  })
  const articles: [Page, number][] = []
  const magazine = columns.map(({ name, titles }, column) => {
    const folder = `/magazine/${slug(name)}`
    const pages = titles.map((title) => page('article', `${folder}/${slug(title)}`, title, name))
    pages.forEach((article, rank) => {
      articles.push([article, 1 / (rank * columns.length + column + 1)])
    })
    const section = {
      front: page('magazine', `${folder}/`, name, name),
      second: page('magazine', `${folder}/?page=2`, `${name}, page 2`, name),
      pages: zipf(pages),
    }
    sections.set(name, section)
    return section
  })
  const landings = landingPages.map(([path, name]) => page('landing', path, name))
  const [firstLanding] = landings
  return {
    home: page('home', '/', 'Tents, boots and stories from outside'),
    search: page('search', '/search', 'Search'),
    basket: page('basket', '/basket', 'Basket'),
    checkout: [
      page('checkout', '/checkout/address', 'Delivery address', 'Checkout'),
      page('checkout', '/checkout/payment', 'Payment', 'Checkout'),
      page('checkout', '/checkout/thank-you', 'Thank you for your order', 'Checkout'),
    ],
    categories: zipf(categories, 0.7),
    magazine: zipf(magazine, 0.7),
    sections,
    products: new Weighted(products),
    articles: new Weighted(articles),
    landings: zipf(landings),
    help: zipf(helpPages.map(([path, name]) => page('help', path, name, 'Help'))),
    terms: zipf(
      searchTerms.map(([keyword, category, count]) => ({ keyword, category, count })),
      0.8,
    ),
    outlinks: zipf(outlinks),
    landing: (path) =>
      landings.find((landing) => landing.path === path) ?? firstLanding ?? page('landing', path, siteName),
  }
}

/** The page with what customers say about a product. */
export function reviewsOf(product: Page): Page {
  return {
    ...product,
    kind: 'reviews',
    path: `${product.path}/reviews`,
    title: product.title.replace(product.name, `Reviews of the ${product.name}`),
  }
}

export function slug(text: string): string {
  return text
    .toLowerCase()
    .replace(/[’']/g, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
}

const series = [
  'Ridge',
  'Fjord',
  'Lynx',
  'Tarn',
  'Heron',
  'Birch',
  'Cairn',
  'Otter',
  'Drift',
  'Ember',
  'Alder',
  'Moss',
]

/** The most popular first. */
const productRanges: { name: string; kinds: string[]; prices: [number, number] }[] = [
  {
    name: 'Tents',
    kinds: ['two-person tent', 'ultralight tent', 'family tent', 'tarp', 'bivvy'],
    prices: [89, 690],
  },
  {
    name: 'Backpacks',
    kinds: ['40 l backpack', '65 l backpack', 'daypack', 'child carrier'],
    prices: [59, 320],
  },
  {
    name: 'Boots',
    kinds: ['hiking boots', 'trail runners', 'approach shoes', 'winter boots'],
    prices: [99, 290],
  },
  {
    name: 'Sleeping bags',
    kinds: ['down sleeping bag', 'summer sleeping bag', 'sleeping mat', 'liner'],
    prices: [29, 420],
  },
  {
    name: 'Jackets',
    kinds: ['rain jacket', 'down jacket', 'wind shell', 'fleece'],
    prices: [69, 380],
  },
  {
    name: 'Cooking',
    kinds: ['gas stove', 'pot set', 'titanium mug', 'water filter'],
    prices: [15, 160],
  },
  { name: 'Light', kinds: ['head torch', 'camp lantern', 'solar charger'], prices: [19, 120] },
  { name: 'Maps', kinds: ['walking map', 'cycling map', 'pocket atlas'], prices: [9, 30] },
  { name: 'Children', kinds: ['rain suit', 'first rucksack', 'kids’ boots'], prices: [25, 110] },
  { name: 'Repair', kinds: ['patch kit', 'seam sealer', 'boot wax', 'pole set'], prices: [6, 45] },
]

/** The magazine, the most popular column and title first. */
const columns: { name: string; titles: string[] }[] = [
  {
    name: 'Guides',
    titles: [
      'How to choose a tent that you will still like in ten years',
      'Layering: what to wear from five degrees down',
      'A first night outside: the complete checklist',
      'How heavy may a backpack be?',
      'Down or synthetic? Sleeping bags compared',
      'Blisters: what helps, and what helps before',
      'How to read a topographic map',
      'Washing a rain jacket without ruining it',
      'Water in the mountains: filter, boil or tablets',
      'Lacing boots for the way down',
      'Winter camping for people who freeze easily',
      'Packing a rucksack, from the bottom up',
      'How to dry a tent in a small flat',
      'What a head torch needs to be able to do',
    ],
  },
  {
    name: 'Trips',
    titles: [
      'Hut to hut: seven days across the Lechtal Alps',
      'The quiet coast: walking in Northumberland',
      'By night train and on foot through the Tatras',
      'Three lakes in three days, with children',
      'Kungsleden in September',
      'A weekend in the Elbe Sandstone Mountains',
      'The Rota Vicentina, stage by stage',
      'Along the Danube by bicycle and tent',
      'Snowshoes and soup: a winter week in the Jura',
      'Across Corsica on the GR 20: what we would do again',
      'Ten day walks that begin at a railway station',
      'Island hopping in the Stockholm archipelago',
      'The Dolomites without a car',
      'Heather, bogs and bothies: the Cape Wrath Trail',
    ],
  },
  {
    name: 'Gear tests',
    titles: [
      'Twelve two-person tents in three weeks of rain',
      'Rain jackets after 200 days of use',
      'The best head torches under fifty euros',
      'Trail runners on scree: six pairs compared',
      'Seven stoves, one pot of water, minus ten degrees',
      'Sleeping mats: warm, light, quiet, choose two',
      'Daypacks for the office and the hill',
      'Water filters: what the laboratory found',
      'Children’s rucksacks, tested by children',
      'Power banks and solar panels on a long walk',
      'Do expensive socks pay?',
      'Ultralight tarps for beginners',
      'Hiking boots that can be resoled',
      'Lanterns for long evenings',
    ],
  },
  {
    name: 'Recipes',
    titles: [
      'One-pot lentils for two and a stove',
      'Bread from the pan',
      'Porridge for cold mornings, five ways',
      'Coffee outside: every method we know',
      'Dried at home: vegetable stew for a week',
      'Trail mix that nobody picks the raisins out of',
      'Pancakes with what grows at the wayside',
      'Noodles, peanuts and not much else',
      'Chocolate bananas from the embers',
      'A curry that weighs 90 grams',
      'Soup from a thermos flask',
      'Stick bread, finally done right',
    ],
  },
  {
    name: 'News',
    titles: [
      'Our repair workshop opens its doors',
      'What changes with the new hut booking system',
      'Second life: we buy back used tents',
      'Trail closures in the Alps this season',
      'Why we stopped using fluorinated coatings',
      'The new catalogue is here',
      'Meet us at the long weekend of maps',
      'Our report on wages in the supply chain',
      'New opening hours from spring on',
      'A bigger size chart, at last',
      'We are looking for testers',
      'Thank you for 10,000 repaired zips',
    ],
  },
]

const landingPages: [path: string, name: string][] = [
  ['/offers/sale', 'Sale: up to 40 % off'],
  ['/offers/tent-weeks', 'Tent weeks'],
  ['/offers/gift-finder', 'Find a present for people who are always outside'],
  ['/offers/newsletter-welcome', 'Welcome! Ten euros for your first order'],
  ['/offers/school-trips', 'Gear for school trips'],
]

const helpPages: [path: string, name: string][] = [
  ['/help/delivery', 'Delivery and postage'],
  ['/help/returns', 'Returns and refunds'],
  ['/help/sizes', 'Which size do I need?'],
  ['/help/contact', 'Write to us'],
  ['/help/repairs', 'Send in a repair'],
  ['/about', 'About us'],
  ['/help/payment', 'Ways to pay'],
  ['/help/gift-cards', 'Gift cards'],
  ['/jobs', 'Work with us'],
  ['/imprint', 'Imprint'],
  ['/privacy', 'Privacy'],
]

const searchTerms: [keyword: string, category: string, count: number][] = [
  ['tent', 'Shop', 24],
  ['rain jacket', 'Shop', 9],
  ['head torch', 'Shop', 7],
  ['sleeping bag', 'Shop', 14],
  ['returns', 'Help', 3],
  ['hiking boots', 'Shop', 12],
  ['kayak', 'Shop', 0],
  ['daypack', 'Shop', 6],
  ['layering', 'Magazine', 4],
  ['gift card', 'Help', 1],
  ['water filter', 'Shop', 5],
  ['gr 20', 'Magazine', 2],
  ['two person tent', 'Shop', 8],
  ['size chart', 'Help', 2],
  ['gas cartridge', 'Shop', 0],
  ['down jacket', 'Shop', 5],
  ['kungsleden', 'Magazine', 1],
  ['tent pegs', 'Shop', 3],
  ['opening hours', '', 1],
  ['ski', 'Shop', 0],
  ['backpack 40l', 'Shop', 4],
  ['packing list', 'Magazine', 6],
  ['tarp', 'Shop', 5],
  ['boot wax', 'Shop', 2],
  ['discount code', '', 0],
  ['trail running', '', 11],
  ['bivvy bag', 'Shop', 2],
  ['resole boots', 'Help', 2],
  ['camping chair', 'Shop', 0],
  ['stove', 'Shop', 7],
  ['porridge', 'Magazine', 1],
  ['child carrier', 'Shop', 2],
  ['dolomites', 'Magazine', 3],
  ['zip repair', 'Help', 2],
  ['teent', 'Shop', 0],
  ['map lake district', 'Shop', 1],
  ['power bank', '', 3],
  ['climbing rope', 'Shop', 0],
  ['ultralight', '', 16],
  ['delivery time', 'Help', 4],
]

const outlinks = [
  'https://huts.example/booking',
  'https://trains.example/night',
  'https://weather-in-the-hills.example/',
  'https://www.open-maps.example/#map=12/47.2/10.4',
  'https://trail-notes.example/cape-wrath?page=3',
  'https://www.mountain-rescue.example/',
  'https://leave-no-trace.example/principles',
  'https://videos.example/watch?v=knots-in-five-minutes',
]
