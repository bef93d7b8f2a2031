// Shops: the cart that a page tells of, and orders.

import type { Facts } from './page.ts'
import { send } from './send.ts'

/** By article number: number, name, category or categories, price, quantity, as far as the page has said them. */
const items = new Map<unknown, unknown[]>()

export function addEcommerceItem(...item: unknown[]): void {
  items.set(item[0], item)
}

export function removeEcommerceItem(article: unknown): void {
  items.delete(article)
}

export function clearEcommerceCart(): void {
  items.clear()
}

/** The cart as it is now, or an order of it, which empties it. */
export function trackCart(facts: Facts): void {
  send({ idgoal: 0, ...facts, ec_items: [...items.values()] })
  if (facts.ec_id) items.clear()
}
