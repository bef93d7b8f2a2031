// How a command of this machine runs inside the service that owns the data: the caller proves with the key of
// running.json that it may read the data folder, and gets what the command prints, line by line.

import { PassThrough } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { runIn } from '../commands.ts'
import type { Service } from '../service.ts'
import { ApiError } from './error.ts'

const wanted = Type.Object({
  name: Type.String({ maxLength: 40 }),
  args: Type.Array(Type.String({ maxLength: 2000 }), { maxItems: 50 }),
})

export async function commandRoutes(
  app: FastifyInstance,
  { service, key }: { service: Service; key: string },
): Promise<void> {
  app.post<{ Body: Type.Static<typeof wanted> }>(
    '/api/commands',
    { schema: { body: wanted } },
    async (request, reply) => {
      if (request.headers.authorization !== `Bearer ${key}`)
        throw new ApiError('forbidden', 'Commands need the key of running.json.')
      const { name, args } = request.body
      const told = new PassThrough()
      const tell = (facts: object) => told.write(`${JSON.stringify(facts)}\n`)
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
