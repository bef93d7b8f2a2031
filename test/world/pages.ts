// A small web server for the pages of a website that is measured.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export type Handler = (request: IncomingMessage, response: ServerResponse) => void

export type Pages = {
  port: number
  /** Absolute address on a host that leads to this machine, as `shop.localhost`. */
  at(host: string, path?: string): string
  close(): Promise<void>
}

/** Serves HTML (or what a handler answers) by path, without the query; 404 for all other paths. */
export async function servePages(pages: Record<string, string | Handler>): Promise<Pages> {
  return serve((request, response) => {
    const page = pages[new URL(request.url ?? '/', 'http://here').pathname]
    if (typeof page === 'function') return page(request, response)
    response.writeHead(page === undefined ? 404 : 200, { 'content-type': 'text/html; charset=utf-8' })
    response.end(page)
  })
}

export async function serve(handler: Handler): Promise<Pages> {
  const server = createServer(handler)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    port,
    at: (host, path = '/') => `http://${host}:${port}${path}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
