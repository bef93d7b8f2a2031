// Long lists in what a ClickHouse server is asked. It takes no field of more than 128 kB (http_max_field_value_size), neither
// beside the text nor, once the client sends fields in the body, the text itself: such lists become a part of the text, as
// ClickHouse makes one of a parameter, and the text is the body.

import type { Params } from './store.ts'

/** Bytes in all of a question in fields, and of what is left beside the text: from 4,096 on the client makes fields of it. */
const mostInFields = 100_000
const mostBeside = 3000

export type Asking = { query: string; query_params: Params }

/** The same, with the longest lists in the text where it is too long for fields. */
export function withoutLongValues(query: string, params: Params): Asking {
  const texts = Object.entries(params).map(([name, value]) => {
    const text = listText(value)
    return { name, value, text, size: encodeURIComponent(text ?? String(value)).length }
  })
  let beside = texts.reduce((sum, { size }) => sum + size, 0)
  if (Buffer.byteLength(query) + beside <= mostInFields) return { query, query_params: params }
  const lists = new Map<string, unknown>()
  for (const { name, value, text, size } of texts.sort((one, other) => other.size - one.size)) {
    if (beside <= mostBeside) break
    if (text === undefined) continue
    lists.set(name, value)
    beside -= size
  }
  return {
    query: query.replace(/\{(\w+):([^{}]+)\}/g, (place, name, type) => {
      const list = lists.get(name)
      // Large numbers come as texts.
      const text = listText(list, !/Int|Float/.test(type))
      return text === undefined ? place : `CAST('${escaped(text)}', '${type}')`
    }),
    query_params: Object.fromEntries(Object.entries(params).filter(([name]) => !lists.has(name))),
  }
}

/** A list of texts and numbers, or of such lists, as ClickHouse reads it; undefined for anything else. */
function listText(value: unknown, quoted = true): string | undefined {
  if (!Array.isArray(value)) return undefined
  const entries = value.map((entry) => {
    if (typeof entry === 'string') return quoted ? `'${escaped(entry)}'` : entry
    return typeof entry === 'number' || typeof entry === 'bigint' ? String(entry) : listText(entry, quoted)
  })
  return entries.includes(undefined) ? undefined : `[${entries.join(',')}]`
}

function escaped(text: string): string {
  return text.replace(/[\\']/g, '\\$&')
}
