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
  /** Every request that is not for the script, of whatever method. */
  methods: string[]
  at(host: string, path?: string): string
  /** The hits once there are so many of them. */
  arrive(count: number): Promise<Record<string, string>[]>
  close(): Promise<void>
}

export async function startCollector({ knownSite = '1' } = {}): Promise<Collector> {
  const folder = mkdtempSync(join(tmpdir(), 'footfall-tracker-'))
  await buildTracker(folder)
  const script = readFileSync(join(folder, 'f.js'))
  rmSync(folder, { recursive: true })
  const hits: Arrived[] = []
  const methods: string[] = []

  const server = await serve(async (request, response) => {
    const address = new URL(request.url ?? '/', 'http://here')
    if (address.pathname === '/f.js') {
      response.writeHead(200, { 'content-type': 'text/javascript' }).end(script)
      return
    }
    methods.push(request.method ?? '')
    const form = new URLSearchParams(await text(request))
    const parameters = Object.fromEntries([...form, ...address.searchParams])
    const headers = {
      'access-control-allow-origin': request.headers.origin ?? '*',
      'access-control-allow-credentials': 'true',
    }
    if (parameters.idsite !== knownSite) {
      response.writeHead(400, headers).end()
      return
    }
    hits.push({ method: request.method ?? '', path: address.pathname, parameters, headers: request.headers })
    response.writeHead(204, headers).end()
  })

  return {
    hits,
    methods,
    at: server.at,
    arrive: async (count) => {
      await expect.poll(() => hits.length, { timeout: 10_000 }).toBe(count)
      return hits.map(({ parameters }) => parameters)
    },
    close: server.close,
  }
}
