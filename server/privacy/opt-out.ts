// The opt-out frame: tells a visitor truly whether this browser is counted, and takes the choice. It works
// without JavaScript, by a form; with it, the tracker on the embedding page keeps the choice as well.
//
// The choice is the cookie pk_ignore on our own host. On https it is set twice: partitioned, for browsers that
// allow a frame no other cookies, and not partitioned, so that it holds for other websites that we count where
// the browser allows that, and when this page was opened by itself.

import { createHash } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type OptOutLanguage, type OptOutState, type OptOutStyle, optOutPage } from './opt-out-page.ts'
import { optOutCookie, optOutCookies, wishOf } from './wish.ts'

export type OptOutOptions = {
  /** Whether browsers reach this service by https even where a request does not say so. */
  secure: boolean
  /** Whether a site (undefined: not told) heeds Do Not Track and Global Privacy Control. By default it does. */
  honoursDoNotTrack?: (siteId: number | undefined) => boolean
}

const life = 34_560_000 // 400 days, the most that browsers allow

/** Needs @fastify/cookie and @fastify/formbody. */
export async function optOutRoutes(app: FastifyInstance, options: OptOutOptions): Promise<void> {
  const honours = options.honoursDoNotTrack ?? (() => true)

  app.get('/opt-out', (request, reply) => show(request, reply, honours))

  // Where Matomo has it, for pages that embed it there.
  app.get('/index.php', (request, reply) => {
    const asked = strings(request.query)
    if (asked.module !== 'CoreAdminHome' || asked.action !== 'optOut') return reply.callNotFound()
    return show(request, reply, honours)
  })

  app.post('/opt-out', (request, reply) => {
    const sent = strings(request.body)
    const back = new URLSearchParams(fieldsOf(sent))
    // Only our own form may choose; another website's is shown the page instead.
    if (/^(cross|same)-site$/.test(String(request.headers['sec-fetch-site']))) {
      return reply.redirect(`opt-out?${back}`, 303)
    }
    const secure = options.secure || request.protocol === 'https'
    if (sent.choice === 'out') {
      set(app, reply, secure, optOutCookie, '1')
      for (const name of Object.keys(request.cookies)) {
        if (/^pk_(id|sess)\./.test(name)) set(app, reply, secure, name, '')
      }
    } else if (sent.choice === 'in') {
      for (const name of optOutCookies) {
        if (request.cookies[name] !== undefined) set(app, reply, secure, name, '')
      }
    }
    // What the browser made of it shows only in its next request.
    if (sent.choice === 'out') back.set('asked', 'out')
    return reply.redirect(`opt-out?${back}`, 303)
  })
}

function show(
  request: FastifyRequest,
  reply: FastifyReply,
  honours: (siteId: number | undefined) => boolean,
) {
  const asked = strings(request.query)
  const fields = fieldsOf(asked)
  const honoursDoNotTrack = honours(fields.site === undefined ? undefined : Number(fields.site))
  const { html, style } = optOutPage({
    state: stateOf(request, honoursDoNotTrack, asked.asked === 'out'),
    language: languageOf(asked.language, request.headers['accept-language']),
    host: request.hostname,
    honoursDoNotTrack,
    framed: request.headers['sec-fetch-dest'] !== 'document',
    fields,
    style: styleOf(asked),
  })
  const styleHash = createHash('sha256').update(style).digest('base64')
  return reply
    .headers({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'referrer-policy': 'same-origin',
      'x-content-type-options': 'nosniff',
      'content-security-policy':
        `default-src 'none'; style-src 'sha256-${styleHash}'; script-src 'self'; connect-src 'self'; ` +
        `form-action 'self'; frame-ancestors *; base-uri 'none'`,
    })
    .send(html)
}

function stateOf(request: FastifyRequest, honoursDoNotTrack: boolean, choseOut: boolean): OptOutState {
  // A browser that asks by itself needs no button, whatever was chosen.
  if (wishOf(request.headers, {}, honoursDoNotTrack) !== undefined) return 'asks'
  if (wishOf({}, request.cookies, honoursDoNotTrack) !== undefined) return 'ignored'
  return choseOut ? 'refused' : 'counted'
}

/** Sets the cookie, or with an empty value erases it. */
function set(app: FastifyInstance, reply: FastifyReply, secure: boolean, name: string, value: string): void {
  const common = { path: '/', maxAge: value ? life : 0 }
  const kinds = secure
    ? ([
        { sameSite: 'none', secure, partitioned: true },
        { sameSite: 'none', secure },
      ] as const)
    : ([{ sameSite: 'lax' }] as const)
  // Not reply.setCookie: it keeps only one cookie of a name.
  for (const kind of kinds) {
    reply.header('set-cookie', app.serializeCookie(name, value, { ...common, ...kind }))
  }
}

function languageOf(asked: string | undefined, accepted: string | undefined): OptOutLanguage {
  const wanted = (accepted ?? '')
    .split(',')
    .map((entry) => {
      const [tag = '', quality = '1'] = entry.split(/;\s*q=/)
      return { tag: tag.trim(), quality: Number(quality) || 0 }
    })
    .filter(({ quality }) => quality > 0)
    .sort((a, b) => b.quality - a.quality)
    .map(({ tag }) => tag)
  for (const tag of [asked ?? '', ...wanted]) {
    const language = tag.slice(0, 2).toLowerCase()
    if (/^[a-z]{2}\b/i.test(tag) && (language === 'en' || language === 'de' || language === 'fr'))
      return language
  }
  return 'en'
}

const styles: Record<keyof OptOutStyle, RegExp> = {
  backgroundColor: /^#?([\da-f]{3}|[\da-f]{6})$/i,
  fontColor: /^#?([\da-f]{3}|[\da-f]{6})$/i,
  fontSize: /^\d{1,3}(\.\d{1,2})?(px|pt|em|rem|%)$/,
  fontFamily: /^[a-z\d][a-z\d ,-]{0,99}$/i,
}

/** The looks that Matomo's frame takes from its address, as far as they are what they should be. */
function styleOf(asked: Strings): OptOutStyle {
  const style: OptOutStyle = {}
  for (const name of Object.keys(styles) as (keyof OptOutStyle)[]) {
    const value = asked[name]
    if (value && styles[name].test(value)) {
      style[name] = name.endsWith('Color') ? `#${value.replace('#', '')}` : value
    }
  }
  return style
}

/** What the form carries along, so that the page after the choice looks as before. */
function fieldsOf(asked: Strings): Record<string, string> {
  const fields: Record<string, string> = { ...styleOf(asked) }
  const site = asked.site ?? asked.idsite ?? asked.idSite
  if (site && /^[1-9]\d{0,8}$/.test(site)) fields.site = site
  if (asked.language && /^[a-z-]{2,10}$/i.test(asked.language)) fields.language = asked.language
  return fields
}

type Strings = Readonly<Partial<Record<string, string>>>

function strings(source: unknown): Strings {
  if (typeof source !== 'object' || source === null) return {}
  return Object.fromEntries(Object.entries(source).filter(([, value]) => typeof value === 'string'))
}
