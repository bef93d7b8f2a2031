// What Matomo's log importer asks before it sends anything: the address of the site that it was told, or which site has
// the host that stands in the log. In the manner of Matomo's API: a form with the method and the token, and an error
// is an answer like any other.

import type { FastifyInstance } from 'fastify'
import type { Site, Sites } from '../admin/site.ts'
import type { Tokens } from '../admin/token.ts'

export type MatomoParts = { sites: Pick<Sites, 'get' | 'all'>; tokens: Pick<Tokens, 'userOf'> }

type Asked = Readonly<Partial<Record<string, unknown>>>

/** Needs @fastify/formbody. */
export async function matomoRoutes(app: FastifyInstance, { sites, tokens }: MatomoParts): Promise<void> {
  const methods = new Map<unknown, (asked: Asked) => object>([
    [
      'SitesManager.getSiteFromId',
      ({ idSite }) => {
        const site = sites.get(Number(idSite))
        return site ? told(site) : failure(`There is no site ${idSite}.`)
      },
    ],
    [
      'SitesManager.getSitesIdFromSiteUrl',
      ({ url }) => {
        const host = hostOf(String(url))
        return sites
          .all()
          .filter(({ urls }) => urls.some((address) => hostOf(address) === host))
          .map(({ id }) => ({ idsite: String(id) }))
      },
    ],
  ])

  for (const url of ['/', '/index.php']) {
    app.post<{ Body: Asked | undefined }>(url, async ({ body }) => {
      const asked = body ?? {}
      if (tokens.userOf(String(asked.token_auth), 'api') === undefined) {
        return failure('This needs a valid token_auth.')
      }
      const method = methods.get(asked.method)
      return method ? method(asked) : failure('Of Matomo’s API only what its log importer asks is here.')
    })
  }
}

function told({ id, name, urls, timezone, currency }: Site) {
  return { idsite: String(id), name, main_url: urls[0]?.replace(/\/$/, ''), timezone, currency }
}

/** `www.` does not matter, nor whether a protocol is said. */
function hostOf(url: string): string | undefined {
  const address = url.includes('://') ? url : `http://${url}`
  return URL.canParse(address) ? new URL(address).hostname.replace(/^www\./, '') : undefined
}

function failure(message: string) {
  return { result: 'error', message }
}
