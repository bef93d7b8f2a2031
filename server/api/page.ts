// The files that browsers load: the dashboard (one page for all its addresses), its assets, and the script of the
// opt-out frame. The tracker is in tracker-script.ts.

import type { FastifyInstance, FastifyReply } from 'fastify'

/** Nothing is loaded from, sent to or framed by any other host. */
const dashboardPolicy = [
  "default-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ')

const assets = ['dashboard.js', 'dashboard.css', 'favicon.svg']

export async function pageRoutes(app: FastifyInstance): Promise<void> {
  for (const url of ['/', '/setup', '/sign-in', '/sites/*']) {
    app.get(url, (_request, reply) =>
      reply
        .header('content-security-policy', dashboardPolicy)
        .header('referrer-policy', 'no-referrer')
        .header('x-content-type-options', 'nosniff')
        .header('cache-control', 'no-cache')
        .sendFile('index.html', { cacheControl: false }),
    )
  }
  for (const name of assets) app.get(`/assets/${name}`, (_request, reply) => asset(reply, name, 'no-cache'))
  // Embedded by other sites, without a version in the address: fresh within the hour, stale meanwhile.
  app.get('/opt-out.js', (_request, reply) =>
    asset(reply, 'opt-out.js', 'public, max-age=3600, stale-while-revalidate=86400'),
  )
}

function asset(reply: FastifyReply, name: string, cacheControl: string): FastifyReply {
  return reply
    .header('cache-control', cacheControl)
    .header('cross-origin-resource-policy', 'cross-origin')
    .header('x-content-type-options', 'nosniff')
    .sendFile(name, { cacheControl: false })
}
