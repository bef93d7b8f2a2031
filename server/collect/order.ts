// Orders, carts and the products that a page shows: what of them stands in a hit. And the numbers of orders that are
// there already: one that comes again (a page of thanks that is reloaded) is refused, so that it counts once.

import { LRUCache } from 'lru-cache'
import { cleanText } from '../enrich/text.ts'
import type { Store } from '../store/store.ts'
import { isAction } from './action.ts'
import type { Beacon } from './beacon.ts'
import type { Extras, Item } from './hit.ts'
import { mostAmount, type Parameters } from './parameter.ts'
import { Refusal } from './refusal.ts'

const mostItems = 100
const mostCategories = 5
/** Characters of a product's number, its name or a category, and of an order's number. */
const longestText = 200
const longestOrderId = 100

/** @throws Refusal when the items of an order or cart cannot be read. */
export function commerceOf({ action, parameters }: Beacon): Partial<Extras> | undefined {
  const { kind } = action
  if (kind === 'order' || kind === 'cart') {
    const { ec_id, ec_items } = parameters
    return {
      ...(kind === 'order' && ec_id !== undefined && { order_id: orderId(ec_id) }),
      amounts: amountsOf(parameters),
      items: ec_items === undefined ? [] : itemsOf(ec_items),
    }
  }
  const product = kind === 'pageview' ? productOf(parameters) : undefined
  const revenue = isAction(kind) || kind === 'goal' ? parameters.revenue : undefined
  if (!product && revenue === undefined) return undefined
  // What the page says of its worth is the revenue of a goal that it may reach.
  return {
    ...(product && { items: [product] }),
    ...(revenue !== undefined && { amounts: { revenue: money(revenue) } }),
  }
}

/** As the number of an order is kept and compared. */
export function orderId(text: string): string {
  return short(text, longestOrderId)
}

/** Matomo: an amount has two digits behind the point. */
export function money(amount: number): number {
  const rounded = Math.round(amount * 100) / 100
  return Number.isFinite(rounded) ? rounded : amount
}

function amountsOf({ revenue, ec_st, ec_tx, ec_sh, ec_dt }: Parameters): Extras['amounts'] {
  return {
    revenue: money(revenue ?? 0),
    ...(ec_st !== undefined && { subtotal: money(ec_st) }),
    ...(ec_tx !== undefined && { tax: money(ec_tx) }),
    ...(ec_sh !== undefined && { shipping: money(ec_sh) }),
    ...(ec_dt !== undefined && { discount: money(ec_dt) }),
  }
}

/** Matomo: by their numbers, the last of one counts. Ours: of more than 100 the first 100 are kept. */
function itemsOf(text: string): Item[] {
  const entries = parsed(text)
  if (!Array.isArray(entries)) throw new Refusal('ec_items', 'it must be a list in JSON')
  const items = new Map<string, Item>()
  for (const entry of entries) {
    if (!Array.isArray(entry)) continue
    const [number, name, category, price, quantity] = entry
    const sku = textOf(number)
    if (sku === '' || (items.size >= mostItems && !items.has(sku))) continue
    const [each, many] = [money(numberOf(price, 0)), numberOf(quantity, 1)]
    items.set(sku, {
      sku,
      name: textOf(name),
      categories: categoriesOf(category),
      price: each,
      quantity: Math.abs(each * many) <= mostAmount ? many : 1,
    })
  }
  return [...items.values()]
}

/** What a page shows: a product, or with nothing but a category the list of its products. */
function productOf({ _pks, _pkn, _pkc, _pkp }: Parameters): Item | undefined {
  const sku = textOf(_pks)
  const categories =
    _pkc === undefined ? [] : categoriesOf(_pkc.startsWith('[') ? (parsed(_pkc) ?? _pkc) : _pkc)
  if (sku === '') {
    return categories.length === 0 ? undefined : { sku, name: '', categories, price: 0, quantity: 1 }
  }
  return { sku, name: textOf(_pkn), categories, price: money(_pkp ?? 0), quantity: 1 }
}

function categoriesOf(value: unknown): string[] {
  const all = Array.isArray(value) ? value.map(textOf) : [textOf(value)]
  return [...new Set(all)].filter((category) => category !== '').slice(0, mostCategories)
}

/** Of a list its first entry. */
function textOf(value: unknown): string {
  const one: unknown = Array.isArray(value) ? value[0] : value
  return typeof one === 'string' || typeof one === 'number' ? short(String(one), longestText) : ''
}

function short(text: string, characters: number): string {
  return cleanText(cleanText(text, characters * 4).slice(0, characters), characters * 4)
}

function numberOf(value: unknown, otherwise: number): number {
  if (typeof value !== 'number' && (typeof value !== 'string' || value.trim() === '')) return otherwise
  const number = Number(value)
  return Math.abs(number) <= mostAmount ? number : otherwise
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Of all sites; the least recently seen go first, and then reports still count an order once. */
const rememberedOrders = 200_000

/** Numbers of the orders that are there. */
export class Orders {
  readonly #known = new LRUCache<string, true>({ max: rememberedOrders })

  static async open(store: Store): Promise<Orders> {
    const orders = new Orders()
    const rows = await store.query<{ site_id: number; order_id: string }>(
      `SELECT site_id, order_id FROM hits WHERE kind = 'order'
       GROUP BY site_id, order_id ORDER BY max(time) DESC LIMIT {most:UInt32}`,
      { most: rememberedOrders },
      { max_execution_time: 600 },
    )
    for (const { site_id, order_id } of rows.reverse()) orders.remember(site_id, order_id)
    return orders
  }

  has(siteId: number, id: string): boolean {
    return this.#known.has(key(siteId, id))
  }

  remember(siteId: number, id: string): void {
    this.#known.set(key(siteId, id), true)
  }

  /** Its hit could not be kept: it may come again. */
  forget(siteId: number, id: string): void {
    this.#known.delete(key(siteId, id))
  }
}

function key(siteId: number, id: string): string {
  return `${siteId} ${id}`
}
