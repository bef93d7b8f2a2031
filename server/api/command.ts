// How a command of this machine runs inside the service that owns the data: the caller proves with the key of
// running.json that it may read the data folder, and gets what the command prints, line by line.

import { PassThrough } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { runIn } from '../commands.ts'
import type { Footfall } from '../footfall.ts'
import { isEqual, prove } from '../running.ts'
import { ApiError } from './error.ts'

const wanted = Type.Object({
  name: Type.String({ maxLength: 40 }),
  args: Type.Array(Type.String({ maxLength: 2000 }), { maxItems: 50 }),
})

const asked = Type.Object({
  challenge: Type.String({ minLength: 32, maxLength: 32, pattern: '^[0-9a-f]+$' }),
})

export async function commandRoutes(
  app: FastifyInstance,
  { service, key }: { service: Footfall; key: string },
): Promise<void> {
  app.get<{ Querystring: Type.Static<typeof asked> }>(
    '/api/commands',
    { schema: { querystring: asked } },
    async (request, reply) => reply.type('text/plain').send(prove(key, request.query.challenge)),
  )

  app.post<{ Body: Type.Static<typeof wanted> }>(
    '/api/commands',
    { schema: { body: wanted } },
    async (request, reply) => {
      if (!isEqual(request.headers.authorization ?? '', `Bearer ${key}`))
        throw new ApiError('forbidden', 'Commands need the key of running.json.')
      // It may be silent for as long as it takes.
      request.socket.setTimeout(0)
      const { name, args } = request.body
      const told = new PassThrough()
      const tell = (facts: object) => told.write(`${JSON.stringify(facts)}\n`)
      // Headers go out with the first line: whoever waits for a long command must not take it for dead.
      tell({ progress: '' })
      const output = {
        line: (line: string) => tell({ line }),
        progress: (progress: string) => tell({ progress }),
      }
      runIn(service, name, args, output)
        .catch((error: unknown) => {
          request.log.error({ err: error }, `The command ${name} failed.`)
          output.line(error instanceof Error ? error.message : String(error))
          return 1
        })
        .then((exit) => {
          tell({ exit })
          told.end()
        })
      return reply.type('application/x-ndjson').send(told)
    },
  )
}
