// One TCP connection to the service, spoken to byte by byte as no HTTP client would. What comes back is read
// strictly: anything that is no HTTP/1.1 answer is an error.

import { connect, type Socket } from 'node:net'

export type Sending = {
  bytes: Buffer
  /** Whether each request is a whole one, so that each must be answered before the connection ends. */
  whole: boolean
  /** For each request, whether its answer has no body whatever its headers say; its length is what must be answered. */
  bodiless: readonly boolean[]
  /** `wait`: for the answers; `half`: says at once that nothing follows; `drop`: hangs up. */
  ending: 'wait' | 'half' | 'drop'
}

export type Answers = {
  statuses: number[]
  /** What went wrong; undefined when nothing did. */
  fault: string | undefined
}

/** Milliseconds of silence after which a broken request is taken to wait for more, and told that there is none. */
const silence = 40
/** Milliseconds within which every connection must have come to its end. */
const patience = 30_000

export function converse(port: number, { bytes, whole, bodiless, ending }: Sending): Promise<Answers> {
  return new Promise((resolve) => {
    const statuses: number[] = []
    const reader = new AnswerReader(bodiless, whole)
    let fault: string | undefined
    let over = false
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    const late = setTimeout(() => finish(`there was no end after ${patience} ms`), patience)
    let quiet: NodeJS.Timeout | undefined

    const finish = (why?: string): void => {
      if (over) return
      over = true
      clearTimeout(late)
      clearTimeout(quiet)
      fault ??= why
      socket.destroy()
      resolve({ statuses, fault })
    }
    const listen = (): void => {
      clearTimeout(quiet)
      if (!whole && ending === 'wait') quiet = setTimeout(() => socket.end(), silence)
    }

    socket.on('connect', () => {
      if (ending === 'drop') {
        socket.write(bytes, () => hangUp(socket))
        return
      }
      if (ending === 'half') socket.end(bytes)
      else socket.write(bytes)
      listen()
    })
    socket.on('data', (chunk) => {
      if (over) return
      try {
        statuses.push(...reader.read(chunk))
      } catch (error) {
        finish(error instanceof Error ? error.message : String(error))
        return
      }
      if (whole && statuses.length === bodiless.length) finish()
      else listen()
    })
    socket.on('end', () => {
      const refused = reader.announcedEnd
      if (whole && statuses.length < bodiless.length && !refused) {
        finish(`only ${statuses.length} of ${bodiless.length} requests were answered`)
      } else finish(reader.isBetween || !whole ? undefined : 'the last answer is cut off')
    })
    socket.on('error', (error: NodeJS.ErrnoException) => {
      // A service that refuses a request need not read the rest of it.
      if (error.code === 'ECONNREFUSED' || (whole && !reader.announcedEnd)) finish(error.message)
      else finish()
    })
    socket.on('close', () => finish())
  })
}

function hangUp(socket: Socket): void {
  setImmediate(() => socket.resetAndDestroy())
}

const noBytes = Buffer.alloc(0)

/** Reads answers from what has arrived, whole ones only. */
class AnswerReader {
  #rest: Buffer = noBytes
  #read = 0
  #toTheEnd = false
  readonly #bodiless: readonly boolean[]
  readonly #whole: boolean
  /** Whether the service has said that it will close the connection. */
  announcedEnd = false

  constructor(bodiless: readonly boolean[], whole: boolean) {
    this.#bodiless = bodiless
    this.#whole = whole
  }

  /** Whether nothing of a further answer has arrived. */
  get isBetween(): boolean {
    return this.#rest.length === 0
  }

  /** The statuses of the answers that are complete now. @throws Error when something is no answer. */
  read(chunk: Buffer): number[] {
    if (this.#toTheEnd) return []
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    const statuses: number[] = []
    for (;;) {
      const end = this.#rest.indexOf('\r\n\r\n')
      if (end < 0) {
        checkBeginning(this.#rest)
        return statuses
      }
      const head = readHead(this.#rest.toString('latin1', 0, end))
      const bodiless =
        head.status < 200 ||
        head.status === 204 ||
        head.status === 304 ||
        (this.#whole && this.#bodiless[this.#read] === true)
      const length = bodiless ? 0 : bodyLength(this.#rest, end + 4, head)
      if (length === undefined) return statuses
      this.#rest = this.#rest.subarray(end + 4 + length)
      if (head.status < 200) continue
      this.#toTheEnd = !bodiless && !head.chunked && head.length === undefined
      if (head.closes) this.announcedEnd = true
      this.#read++
      statuses.push(head.status)
    }
  }
}

type Head = { status: number; length: number | undefined; chunked: boolean; closes: boolean }

function checkBeginning(bytes: Buffer): void {
  const start = bytes.toString('latin1', 0, 9)
  if (start !== 'HTTP/1.1 '.slice(0, start.length)) throw new Error(`this is no answer: ${escaped(bytes)}`)
}

function readHead(text: string): Head {
  const [first = '', ...lines] = text.split('\r\n')
  const status = /^HTTP\/1\.1 ([1-5]\d\d) [ -~]*$/.exec(first)?.[1]
  if (status === undefined) throw new Error(`this is no status line: ${JSON.stringify(first)}`)
  const head: Head = { status: Number(status), length: undefined, chunked: false, closes: false }
  for (const line of lines) {
    const [, name = '', value = ''] = /^([!#$%&'*+.^_`|~\w-]+): ?([\t -~\x80-\xff]*)$/.exec(line) ?? []
    switch (name.toLowerCase()) {
      case '':
        throw new Error(`this is no header: ${JSON.stringify(line)}`)
      case 'content-length':
        if (head.length !== undefined || !/^\d+$/.test(value)) throw new Error(`a length of ${value}`)
        head.length = Number(value)
        break
      case 'transfer-encoding':
        head.chunked = value === 'chunked'
        break
      case 'connection':
        head.closes = value.toLowerCase() === 'close'
        break
    }
  }
  if (head.chunked && head.length !== undefined) throw new Error('an answer with two lengths')
  return head
}

/** Bytes of the body that begins at `from`; undefined while it is not all there. @throws Error */
function bodyLength(
  bytes: Buffer,
  from: number,
  { length, chunked, closes, status }: Head,
): number | undefined {
  if (!chunked) {
    // Clients of HTTP/1.0 know no chunks: their body ends with the connection.
    if (length === undefined && closes) return bytes.length - from
    if (length === undefined) throw new Error(`an answer ${status} of no length`)
    return bytes.length - from >= length ? length : undefined
  }
  for (let at = from; ; ) {
    const line = bytes.indexOf('\r\n', at)
    if (line < 0) return undefined
    const digits = bytes.toString('latin1', at, line)
    if (!/^[0-9a-f]+$/i.test(digits)) throw new Error(`a chunk of the size ${JSON.stringify(digits)}`)
    const size = Number.parseInt(digits, 16)
    const end = line + 2 + size
    if (bytes.length < end + 2) return undefined
    if (bytes.toString('latin1', end, end + 2) !== '\r\n') throw new Error('a chunk without an end')
    if (size === 0) return end + 2 - from
    at = end + 2
  }
}

/** As a literal of JavaScript that can be sent again; the middle of long ones is left out. */
export function escaped(bytes: Buffer): string {
  const text = bytes.toString('latin1').replace(/[^ -~]|["\\]/g, (character) => {
    const code = character.charCodeAt(0)
    if (character === '"' || character === '\\') return `\\${character}`
    return `\\x${code.toString(16).padStart(2, '0')}`
  })
  return text.length > 3000 ? `${text.slice(0, 2000)} ... ${text.slice(-800)}` : text
}
