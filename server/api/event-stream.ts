// Server-sent events: an answer that stays open and tells as things happen. Open ones end when the service stops.

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

export type EventStream = {
  send(event: string, data: object): void
  /** Sends a last event and closes. */
  end(event: string, data: object): void
}

/** Milliseconds between signs of life, so that proxies keep the connection. */
const heartbeat = 20_000

export class EventStreams {
  readonly #open = new Set<() => void>()

  constructor(app: FastifyInstance) {
    app.addHook('preClose', async () => {
      for (const close of this.#open) close()
    })
  }

  /** `onClose` is called once, whoever ends the stream. */
  open(request: FastifyRequest, reply: FastifyReply, onClose: () => void): EventStream {
    const { raw } = reply
    reply.hijack()
    raw.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    })
    const timer = setInterval(() => raw.write(':\n\n'), heartbeat)
    const write = (event: string, data: object) =>
      raw.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`)
    const close = () => {
      if (!this.#open.delete(close)) return
      clearInterval(timer)
      onClose()
      raw.end()
    }
    this.#open.add(close)
    request.raw.on('close', close)
    return {
      send: write,
      end: (event, data) => {
        write(event, data)
        close()
      },
    }
  }
}
