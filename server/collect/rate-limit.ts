// How many tracking requests one address may send to one site: a flood from one machine must not fill somebody's
// reports. A bucket per site and address that fills up again with time. One subscriber has whole networks of IPv6
// addresses: there a /64 counts as one.
//
// Addresses are known by a hash under a key that is made at the start and is nowhere but in memory. The table has a
// fixed size: where two fall on one place the later takes it, and the earlier has a full bucket when it comes again.

import { randomInt } from 'node:crypto'

const places = 1 << 17
/** Entries of the longest list. */
const mostAtOnce = 10_000

export class RateLimit {
  /** Milliseconds that a request takes out of the bucket, and that a full one holds; 0 for no limit. */
  readonly #interval: number
  readonly #burst: number
  readonly #key = randomInt(2 ** 32)
  /** Who has a place, by the rest of the hash, and when its bucket will be full again, in Unix milliseconds. */
  readonly #owners = new Uint32Array(places)
  readonly #fullAt = new Float64Array(places)
  /** Requests that were too many, since the start. */
  refused = 0

  /** `perSecond`: requests of one address to one site, 0 for no limit; ten times as many may come at once. */
  constructor(perSecond: number) {
    this.#interval = perSecond === 0 ? 0 : 1000 / perSecond
    this.#burst = 10_000
  }

  /**
   * Whether `requests` more may come now: then 0, else the seconds to wait. More than a full bucket holds is taken
   * when it is full, and paid off later.
   */
  take(siteId: number, address: string, requests: number, now: number): number {
    if (this.#interval === 0) return 0
    const network = networkOf(address)
    const place = this.#hash(siteId, network, this.#key) & (places - 1)
    const owner = this.#hash(siteId, network, ~this.#key)
    if (this.#owners[place] !== owner) {
      this.#owners[place] = owner
      this.#fullAt[place] = now
    }
    const known = this.#fullAt[place] ?? now
    // Later than any list can make it: the clock was set back.
    const fullAt = known > now + this.#burst + mostAtOnce * this.#interval ? now : Math.max(known, now)
    const wait = fullAt + this.#interval - now - this.#burst
    if (wait > 0) {
      this.refused += requests
      return Math.ceil(wait / 1000)
    }
    this.#fullAt[place] = fullAt + requests * this.#interval
    return 0
  }

  /** 32 bits of everything; murmur's way of mixing. */
  #hash(siteId: number, address: string, key: number): number {
    let hash = key ^ siteId
    for (let at = 0; at < address.length; at++) {
      hash = Math.imul(hash ^ address.charCodeAt(at), 0x5bd1e995)
      hash ^= hash >>> 13
    }
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d)
    return (hash ^ (hash >>> 12)) >>> 0
  }
}

/** Who is behind an address: of IPv6 the first four groups; else the address, without a port. */
export function networkOf(address: string): string {
  let end = address.indexOf(':')
  if (end === -1) return address
  if (address.includes('.')) return end === 0 ? address : address.slice(0, end)
  if (address.startsWith('[')) return networkOf(address.slice(1))
  for (let groups = 1; groups < 4; groups++) {
    const next = address.indexOf(':', end + 1)
    if (next === end + 1 || next === -1 || end === 0) return unfold(address).slice(0, 4).join(':')
    end = next
  }
  return address.slice(0, end)
}

/** Its groups; a gap stands for as many zeros as there are less than eight. */
function unfold(address: string): string[] {
  const [before = '', after = ''] = address.split('::')
  const first = before === '' ? [] : before.split(':')
  const last = after === '' ? [] : after.split(':')
  while (first.length + last.length < 8) first.push('0')
  return [...first, ...last]
}
