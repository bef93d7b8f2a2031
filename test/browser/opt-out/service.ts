// The opt-out routes as the service has them, with the tracker and a collector that only remembers; and a website
// on another host that embeds the frame.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import cookie from '@fastify/cookie'
import formbody from '@fastify/formbody'
import fastify from 'fastify'
import { buildTracker } from '../../../scripts/tracker.mjs'
import { optOutRoutes } from '../../../server/privacy/opt-out.ts'
import { servePages } from '../../world/pages.ts'

export type Service = {
  /** Addresses of the pages that were counted. */
  counted: string[]
  /** The address of the service, and of the website's page; without the frame, `/shop`. */
  stats(path: string): string
  site(path?: string): string
  close(): Promise<void>
}

export type ServiceOptions = {
  /** `test`: plain http. `localhost`: secure, as behind a proxy that ends https. */
  domain: 'test' | 'localhost'
  /** Without it, the page does not have the tracker on it. */
  snippet?: boolean
  /** Path of the frame. */
  frame?: string
  honoursDoNotTrack?: boolean
}

export async function startService(options: ServiceOptions): Promise<Service> {
  const { domain, snippet = true, frame = '/opt-out?site=1&language=en', honoursDoNotTrack = true } = options
  const folder = mkdtempSync(join(tmpdir(), 'footfall-opt-out-'))
  await buildTracker(folder)
  const scripts = { 'f.js': '', 'opt-out.js': '' }
  for (const name of ['f.js', 'opt-out.js'] as const) scripts[name] = readFileSync(join(folder, name), 'utf8')
  rmSync(folder, { recursive: true })

  const counted: string[] = []
  const app = fastify({
    trustProxy: true,
    forceCloseConnections: true,
    serverFactory: (handler) =>
      createServer((request, response) => {
        if (domain === 'localhost') request.headers['x-forwarded-proto'] = 'https'
        handler(request, response)
      }),
  })
  await app.register(cookie)
  await app.register(formbody)
  await app.register(optOutRoutes, { secure: false, honoursDoNotTrack: () => honoursDoNotTrack })
  for (const [name, script] of Object.entries(scripts)) {
    app.get(`/${name}`, (_request, reply) => reply.type('text/javascript').send(script))
  }
  app.post('/f', (request, reply) => {
    const { url, ca } = request.body as { url: string; ca?: string }
    // What was measured of a page is no page view.
    if (request.cookies.pk_ignore !== '1' && !ca) counted.push(new URL(url).pathname)
    return reply
      .code(204)
      .header('access-control-allow-origin', request.headers.origin)
      .header('access-control-allow-credentials', 'true')
      .send()
  })
  // Tells whether the browser lets us have a third-party cookie that is not partitioned.
  app.get('/probe', (request, reply) => {
    reply.header('set-cookie', 'probe=1; Path=/; SameSite=None; Secure')
    return reply.type('text/html').send(`<p>${request.cookies.probe ? 'kept' : 'not kept'}</p>`)
  })
  // A website on our own host.
  app.get('/own', (_request, reply) =>
    reply
      .type('text/html')
      .send(
        `<!doctype html><title>Own</title><script async src="f.js?site=1"></script><iframe src="${frame}"></iframe>`,
      ),
  )
  await app.listen({ host: '127.0.0.1', port: 0 })
  const stats = (path: string): string =>
    `http://stats.${domain}:${(app.server.address() as AddressInfo).port}${path}`

  const head = `<!doctype html><html lang="en"><link rel="icon" href="data:,"><title>Privacy</title>${
    snippet ? `<script async src="${stats('/f.js?site=1')}"></script>` : ''
  }`
  const website = await servePages({
    '/': `${head}<iframe title="Opt-out" src="${stats(frame)}" width="600" height="260"></iframe>`,
    '/probe': `${head}<iframe title="Probe" src="${stats('/probe')}"></iframe>`,
    '/shop': head,
  })
  return {
    counted,
    stats,
    site: (path) => website.at(`shop.${domain}`, path),
    close: async () => {
      await website.close()
      await app.close()
    },
  }
}
