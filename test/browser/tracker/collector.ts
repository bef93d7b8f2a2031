// Stands in for the collector: serves the compiled tracker, answers hits as the protocol says, and remembers them.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect } from 'vitest'
import { buildTracker } from '../../../scripts/tracker.mjs'
import { serve } from '../../world/pages.ts'

export type Arrived = {
  method: string
  path: string
  parameters: Record<string, string>
  headers: Record<string, string | string[] | undefined>
}

export type Collector = {
  hits: Arrived[]
  /** What was measured of page views, in the order of its arrival. */
  updates: Record<string, string>[]
  /** Every other request that is not for the script, of whatever method. */
  methods: string[]
  at(host: string, path?: string): string
  /** The hits once there are so many of them. */
  arrive(count: number): Promise<Record<string, string>[]>
  close(): Promise<void>
}

export type CollectorOptions = {
  /** One or more, with spaces between. */
  knownSite?: string
  /** What the script is told in place of the usual (tracker/served.ts): `none wishes`. */
  told?: string
}

export async function startCollector({ knownSite = '1', told }: CollectorOptions = {}): Promise<Collector> {
  const folder = mkdtempSync(join(tmpdir(), 'footfall-tracker-'))
  await buildTracker(folder)
  const scripts = Object.fromEntries(
    ['/f.js', '/core.js'].map((name) => [name, readFileSync(join(folder, name), 'utf8')]),
  )
  rmSync(folder, { recursive: true })
  const hits: Arrived[] = []
  const updates: Record<string, string>[] = []
  const methods: string[] = []

  const server = await serve(async (request, response) => {
    const address = new URL(request.url ?? '/', 'http://here')
    const script = scripts[address.pathname]
    if (script !== undefined) {
      // As the server does where the settings of a site say so.
      const served = told === undefined ? script : script.replace(/"page [^"]*"/, JSON.stringify(told))
      response.writeHead(200, { 'content-type': 'text/javascript' }).end(served)
      return
    }
    const form = new URLSearchParams(await text(request))
    const parameters = Object.fromEntries([...form, ...address.searchParams])
    const headers = {
      'access-control-allow-origin': request.headers.origin ?? '*',
      'access-control-allow-credentials': 'true',
    }
    if (parameters.ff_engaged) {
      updates.push(parameters)
      response.writeHead(204, headers).end()
      return
    }
    methods.push(request.method ?? '')
    if (!knownSite.split(' ').includes(parameters.idsite ?? '')) {
      response.writeHead(400, headers).end()
      return
    }
    hits.push({ method: request.method ?? '', path: address.pathname, parameters, headers: request.headers })
    response.writeHead(204, headers).end()
  })

  return {
    hits,
    updates,
    methods,
    at: server.at,
    arrive: async (count) => {
      await expect.poll(() => hits.length, { timeout: 10_000 }).toBe(count)
      return hits.map(({ parameters }) => parameters)
    },
    close: server.close,
  }
}
