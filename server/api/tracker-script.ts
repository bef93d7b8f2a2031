// The script that websites embed, as a site's settings want it: how its cookies are kept, and whether the wishes of
// browsers are heeded, stand in one text of it (tracker/served.ts). For the usual settings it is served as it was compiled;
// other variants are made when they are first asked for, and kept compressed.

import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, gzip } from 'node:zlib'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { defaultSettings, type Site, type SiteSettings, type Sites } from '../admin/site.ts'

export type TrackerScriptParts = { sites: Pick<Sites, 'get' | 'all'>; folder: string }

/** Matomo's snippet asks for its script by these names, and tells site and address through the queue. */
const scripts = {
  '/f.js': 'f.js',
  '/core.js': 'core.js',
  '/matomo.js': 'f.js',
  '/piwik.js': 'f.js',
  '/js/': 'f.js',
  '/js/tracker.php': 'f.js',
}

type Encoding = 'br' | 'gzip' | 'identity'
type Variant = { etag: string; bodies: Record<Encoding, Buffer> }

/** What the script is told of a site's settings. */
type Told = Pick<SiteSettings, 'cookies' | 'honourDoNotTrack'>

/** The most private first. */
const modes: SiteSettings['cookies'][] = ['none', 'server', 'page']

export async function trackerScriptRoutes(app: FastifyInstance, parts: TrackerScriptParts): Promise<void> {
  const variants = new Map<string, Promise<Variant>>()

  const variant = (name: string, text: string): Promise<Variant> => {
    const key = `${name} ${text}`
    const known = variants.get(key) ?? makeVariant(join(parts.folder, name), text)
    variants.set(key, known)
    return known
  }

  for (const [url, name] of Object.entries(scripts)) {
    app.get<{ Querystring: { site?: unknown } }>(url, async (request, reply) => {
      const numbered = parts.sites.get(Number(request.query.site))
      const text = textOf(numbered?.settings ?? settingsFor(request.headers.referer, parts.sites.all()))
      // Embedded by other sites, without a version in the address: fresh within the hour, stale meanwhile.
      reply
        .header('cache-control', 'public, max-age=3600, stale-while-revalidate=86400')
        .header('cross-origin-resource-policy', 'cross-origin')
        .header('x-content-type-options', 'nosniff')
        .header('vary', numbered ? 'Accept-Encoding' : 'Accept-Encoding, Referer')
      if (text === usual) return reply.sendFile(name, { cacheControl: false })
      return send(request, reply, await variant(name, text))
    })
  }
}

/** As the script reads it: the mode of its cookies, and `wishes` where those of browsers are heeded. */
function textOf({ cookies, honourDoNotTrack }: Told): string {
  return `${cookies} ${honourDoNotTrack ? 'wishes' : ''}`
}

const usual = textOf(defaultSettings)

/**
 * Where the address of the script names no site, the page that embeds it tells: the sites at its host. Of several,
 * or of all where there is none, the most private of each setting counts.
 */
function settingsFor(referer: string | undefined, sites: Site[]): Told {
  const host = referer === undefined ? undefined : hostOf(referer)
  const there = sites.filter(({ urls }) => urls.some((url) => hostOf(url) === host))
  const candidates = (there.length > 0 ? there : sites).map(({ settings }) => settings)
  if (candidates.length === 0) return defaultSettings
  return {
    cookies:
      modes.find((mode) => candidates.some(({ cookies }) => cookies === mode)) ?? defaultSettings.cookies,
    honourDoNotTrack: candidates.some(({ honourDoNotTrack }) => honourDoNotTrack),
  }
}

function hostOf(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).hostname.replace(/^www\./, '') : undefined
}

async function makeVariant(file: string, text: string): Promise<Variant> {
  const compiled = await readFile(file, 'utf8')
  const told = compiled.replace(`"${usual}"`, `"${text}"`)
  const identity = Buffer.from(told)
  return {
    etag: `"${createHash('sha256').update(told).digest('base64url').slice(0, 16)}"`,
    bodies: {
      identity,
      br: await promisify(brotliCompress)(identity),
      gzip: await promisify(gzip)(identity, { level: 9 }),
    },
  }
}

function send(request: FastifyRequest, reply: FastifyReply, { etag, bodies }: Variant): FastifyReply {
  const accepted = String(request.headers['accept-encoding'] ?? '')
  const encoding = /\bbr\b/.test(accepted) ? 'br' : /\bgzip\b/.test(accepted) ? 'gzip' : 'identity'
  // Each encoding is a representation of its own.
  const tag = etag.replace(/"$/, `-${encoding}"`)
  reply.header('etag', tag)
  if (request.headers['if-none-match'] === tag) return reply.code(304).send()
  if (encoding !== 'identity') reply.header('content-encoding', encoding)
  return reply.type('text/javascript; charset=utf-8').send(bodies[encoding])
}
