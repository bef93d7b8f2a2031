// Shops: the cart that a page tells of, and orders.

import type { Facts } from './page.ts'
import { send } from './send.ts'

/** By article number: number, name, category or categories, price, quantity, as far as the page has said them. */
export let items: Record<string, unknown[]> = {}

export function addEcommerceItem(...item: unknown[]): void {
  items[item[0] as string] = item
}

export function removeEcommerceItem(article: string): void {
  delete items[article]
}

export function clearEcommerceCart(): void {
  items = {}
}

/** The cart as it is now, or an order of it, which empties it. */
export function trackCart(facts: Facts): void {
  send({ idgoal: 0, ...facts, ec_items: Object.values(items) })
  if (facts.ec_id) clearEcommerceCart()
}
