// Text from outside, made fit to be kept: one line, well-formed, trimmed, and no longer than its limit in bytes.

/**
 * @param bytes what may be kept of it in UTF-8; it is never cut in the middle of a character.
 * @param lineBreak what a line break becomes.
 */
export function cleanText(raw: string, bytes: number, lineBreak: ' ' | '' = ' '): string {
  // Characters that are dropped may push the text over the limit, but nobody is served by reading megabytes.
  let text = raw.length > bytes * 4 ? raw.slice(0, bytes * 4) : raw
  if (/\p{Cc}/u.test(text)) text = text.replace(/[\r\n\t\v\f]+/g, lineBreak).replace(/\p{Cc}+/gu, '')
  // Half a surrogate pair is no character: JSON can carry it, UTF-8 cannot.
  if (/\p{Cs}/u.test(text)) text = text.replace(/\p{Cs}/gu, '\ufffd')
  return cutBytes(text.trim(), bytes).trimEnd()
}

/** The longest beginning of `text` that fits in `bytes` of UTF-8. */
export function cutBytes(text: string, bytes: number): string {
  if (text.length * 3 <= bytes || Buffer.byteLength(text) <= bytes) return text
  const buffer = Buffer.from(text.slice(0, bytes))
  let end = Math.min(bytes, buffer.length)
  // 10xxxxxx goes on with a character that began before.
  while (end > 0 && ((buffer[end] ?? 0) & 0xc0) === 0x80) end--
  return buffer.toString('utf8', 0, end)
}
