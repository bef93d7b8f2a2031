// The body of a request as text. Each is in memory as a whole, and those of bulk requests may be long: only so
// many bytes of all together are taken in at once, so that no number of them can fill the memory. Long ones are counted
// for themselves: they leave room for hits that come one by one.

import type { IncomingMessage } from 'node:http'
import { limits } from '../limits.ts'

/** `hold`: it goes on being worked on after `onBody`, until the function is called that this returns. */
export type Body = { text: string; hold?: () => () => void } | 'too long' | 'too many'

/** Bytes of all bodies that are being read or worked on: those up to `limits.bodyBytes`, and longer ones. */
const taken = { short: 0, long: 0 }

export function bytesOfBodies(): number {
  return taken.short + taken.long
}

/** `onBody` is called once; not at all when the client hangs up before the end. `longest`: bytes. */
export function readBody(
  request: IncomingMessage,
  onBody: (body: Body) => void,
  longest: number = limits.bulkBytes,
): void {
  let bytes: Buffer | undefined
  let length = 0
  let kind: keyof typeof taken = 'short'
  const count = (bytes: number) => {
    taken[kind] -= length
    length = bytes
    kind = length > limits.bodyBytes ? 'long' : 'short'
    taken[kind] += length
  }
  const release = () => count(0)
  const stop = () => request.off('data', take).off('end', end).off('close', release)
  const refuse = (why: 'too long' | 'too many') => {
    release()
    bytes = undefined
    stop()
    request.pause()
    onBody(why)
  }
  const take = (chunk: Buffer) => {
    bytes = bytes === undefined ? chunk : appended(bytes, length, chunk)
    count(length + chunk.length)
    if (length > longest) refuse('too long')
    else if (taken[kind] > limits.bodiesBytes) refuse('too many')
  }
  const end = () => {
    stop()
    const text = bytes === undefined ? '' : bytes.toString('utf8', 0, length)
    bytes = undefined
    let held = false
    const hold = () => {
      held = true
      return release
    }
    onBody({ text, hold })
    // Not left to the answer: one that the client has hung up on is never sent.
    if (!held) release()
  }
  if (Number(request.headers['content-length']) > longest) refuse('too long')
  else request.on('data', take).on('end', end).on('close', release)
}

/**
 * In one buffer, with room to grow: chunks may be of one byte, and each that is kept for itself takes some hundred bytes.
 */
function appended(bytes: Buffer, length: number, chunk: Buffer): Buffer {
  let roomy = bytes
  if (length + chunk.length > bytes.length) {
    roomy = Buffer.allocUnsafeSlow(2 * (length + chunk.length))
    bytes.copy(roomy, 0, 0, length)
  }
  chunk.copy(roomy, length)
  return roomy
}
