// Answers that are asked for again and again: most hits of a day come from few pages, browsers and networks.

import { LRUCache } from 'lru-cache'

/** Characters; longer texts are rarely seen twice and would fill the memory. */
export const longestKnown = 600

/**
 * A function of a text that remembers its answers to the `most` texts it was asked about last. The answer must
 * depend on nothing but the text, nobody may change it, and it holds no part of the text that was asked: so it may
 * be kept as it is.
 */
export function remembered<Answer extends object | string | boolean>(
  most: number,
  answer: (text: string) => Answer,
): (text: string) => Answer {
  const known = new LRUCache<string, Answer>({ max: most })
  return (text) => {
    const seen = known.get(text)
    if (seen !== undefined) return seen
    const own = ownText(text)
    const fresh = answer(own)
    if (own.length <= longestKnown) known.set(own, fresh)
    return fresh
  }
}

/**
 * A copy of a text that is to be remembered. A part of a longer text keeps the whole of it in memory: a title the
 * request that it came in.
 */
export function ownText(text: string): string {
  return Buffer.from(text).toString()
}
