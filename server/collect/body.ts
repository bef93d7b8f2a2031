// The body of a tracking request as text. Bulk requests may be long, and each is in memory as a whole: only so many
// long ones are worked on at once, so that no number of them can fill the memory.

import type { IncomingMessage } from 'node:http'
import { limits } from '../limits.ts'

/** `hold`, of a long one: it goes on being worked on after `onBody`, until the function is called that this returns. */
export type Body = { text: string; hold?: () => () => void } | 'too long' | 'too many'

let longOnes = 0

/** `onBody` is called once; not at all when the client hangs up before the end. */
export function readBody(request: IncomingMessage, onBody: (body: Body) => void): void {
  const chunks: Buffer[] = []
  let length = 0
  let isLong = false
  const release = () => {
    if (isLong) longOnes--
    isLong = false
  }
  const stop = () => request.off('data', take).off('end', end).off('close', release)
  const refuse = (why: 'too long' | 'too many') => {
    release()
    stop()
    request.pause()
    onBody(why)
  }
  const take = (chunk: Buffer) => {
    length += chunk.length
    if (length > limits.bulkBytes) {
      refuse('too long')
      return
    }
    if (!isLong && length > limits.bodyBytes) {
      if (longOnes >= limits.bulksAtOnce) {
        refuse('too many')
        return
      }
      isLong = true
      longOnes++
    }
    chunks.push(chunk)
  }
  const end = () => {
    stop()
    const text = chunks.length === 1 ? String(chunks[0]) : Buffer.concat(chunks).toString()
    let held = false
    const hold = () => {
      held = true
      return release
    }
    onBody(isLong ? { text, hold } : { text })
    // Not left to the answer: one that the client has hung up on is never sent.
    if (!held) release()
  }
  if (Number(request.headers['content-length']) > limits.bulkBytes) refuse('too long')
  else request.on('data', take).on('end', end).on('close', release)
}
