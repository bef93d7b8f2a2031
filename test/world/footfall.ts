// A whole Footfall of its own for a test file: real store, real journal, real HTTP on a free port of 127.0.0.1,
// set up with an owner and one site, and a clock that the test may set.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { createApp } from '../../server/app.ts'
import { readConfig } from '../../server/config.ts'
import { type Footfall, openFootfall } from '../../server/footfall.ts'
import type { LoggedVisit } from '../../server/reports/visits-log.ts'
import { databaseFor, dropDatabaseFor } from './clickhouse-server.ts'

export type World = {
  service: Footfall
  app: FastifyInstance
  url: string
  data: string
  /** API token of the owner. */
  token: string
  siteId: number
  owner: { email: string; password: string }
  /** Sets the service's clock, Unix milliseconds; undefined: real time again. */
  setClock(time: number | undefined): void
  /** Sends a tracking request as a Firefox on Linux from a German address; resolves with the answer. */
  track(parameters: Record<string, string | number>, headers?: Record<string, string>): Promise<Response>
  /** Asks a report as the owner, after everything sent has become readable. */
  report(name: string, query?: Record<string, string | number>): Promise<ReportAnswer>
  /** The visits log of a site, by default the world's own, over the month of the clock: up to 100, likewise. */
  visits(site?: number): Promise<LoggedVisit[]>
  /** Stops the service and starts it again, on the same data and the same port. */
  restart(): Promise<void>
  close(): Promise<void>
}

export type ReportAnswer = {
  rows: Record<string, unknown>[]
  totals: Record<string, number>
  [key: string]: unknown
}

export const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'

export type WorldOptions = {
  timezone?: string
  siteUrl?: string
  env?: Record<string, string>
  /** Unix milliseconds at the start; default: real time. */
  clock?: number
}

export async function startFootfall(options: WorldOptions = {}): Promise<World> {
  const data = mkdtempSync(join(tmpdir(), 'footfall-test-'))
  let clock = options.clock
  const now = () => clock ?? Date.now()
  const errors: string[] = []
  const log = {
    info: () => {},
    error: (facts: object, message: string) => errors.push(`${message} ${JSON.stringify(facts)}`),
  }
  const config = readConfig({
    FOOTFALL_DATA: data,
    TRUST_PROXY: 'loopback',
    CLICKHOUSE_URL: await databaseFor(data),
    ...options.env,
  })
  const secrets = { setupKey: 'test-setup-key', commandKey: 'test-command-key' }
  let service = await openFootfall(config, log, now)
  let app = await createApp(service, secrets)
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  const owner = { email: 'owner@example.org', password: 'correct horse battery' }
  const { user, site } = await service.setup.run({
    ...owner,
    siteName: 'Example',
    siteUrl: options.siteUrl ?? 'https://example.org',
    timezone: options.timezone ?? 'Europe/Berlin',
  })
  const token = await service.tokens.issue(user.id, 'api', 'test')

  const track: World['track'] = (parameters, headers = {}) => {
    const query = new URLSearchParams({ idsite: String(site.id), rec: '1' })
    for (const [name, value] of Object.entries(parameters)) query.set(name, String(value))
    return fetch(`${url}/matomo.php?${query}`, {
      headers: {
        'user-agent': firefox,
        'x-forwarded-for': '91.12.34.56',
        'accept-language': 'de-DE,de;q=0.9',
        ...headers,
      },
    })
  }

  const ask = async (path: string): Promise<unknown> => {
    await service.settle()
    const answer = await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${token}` } })
    if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`)
    return await answer.json()
  }

  const visits: World['visits'] = async (id = site.id) => {
    const answer = await ask(`/api/sites/${id}/visits?period=month&limit=100`)
    return (answer as { visits: LoggedVisit[] }).visits
  }

  const report: World['report'] = async (name, query = {}) => {
    const asked = new URLSearchParams({ site: String(site.id), period: 'day', date: 'today' })
    for (const [key, value] of Object.entries(query)) asked.set(key, String(value))
    return (await ask(`/api/reports/${name}?${asked}`)) as ReportAnswer
  }

  return {
    get service() {
      return service
    },
    get app() {
      return app
    },
    url,
    data,
    token,
    siteId: site.id,
    owner,
    setClock: (time) => {
      clock = time
    },
    track,
    report,
    visits,
    restart: async () => {
      await app.close()
      await service.close()
      service = await openFootfall(config, log, now)
      app = await createApp(service, secrets)
      await app.listen({ host: '127.0.0.1', port: Number(new URL(url).port) })
    },
    close: async () => {
      await app.close()
      await service.close()
      await dropDatabaseFor(data)
      rmSync(data, { recursive: true, force: true })
      if (errors.length > 0) throw new Error(`The service logged errors:\n${errors.join('\n')}`)
    },
  }
}
