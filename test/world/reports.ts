// The reports of a store over HTTP, without a network and open to all.

import Fastify from 'fastify'
import { AdminError } from '../../server/admin/admin-error.ts'
import type { Segments } from '../../server/admin/segment.ts'
import type { Site } from '../../server/admin/site.ts'
import type { User } from '../../server/admin/user.ts'
import { errorHandler, notFoundHandler } from '../../server/api/error.ts'
import { evolutionRoutes } from '../../server/api/evolution.ts'
import { type ReportRouteDeps, reportRoutes } from '../../server/api/reports.ts'
import type { Store } from '../../server/store/store.ts'

const owner: User = { id: 1, email: 'owner@example.org' }

const noSegments: Pick<Segments, 'usedBy'> = {
  usedBy: () => (id) => {
    throw new AdminError('unknown_segment', `There is no saved segment ${id}.`)
  },
}

export type Asked = { status: number; body: string; headers: Record<string, unknown> }

export class ReportsWorld {
  /** Unix milliseconds that the reports take for now. */
  now = Date.parse('2026-11-22T12:00:00Z')
  readonly #app = Fastify()

  constructor(store: Store, sites: Site[], segments: Pick<Segments, 'usedBy'> = noSegments) {
    this.#app.setErrorHandler(errorHandler)
    this.#app.setNotFoundHandler(notFoundHandler)
    const deps: ReportRouteDeps = {
      store,
      sites: { get: (id) => sites.find((site) => site.id === id) },
      now: () => this.now,
      access: { require: () => owner },
      segments,
    }
    reportRoutes(this.#app, deps)
    evolutionRoutes(this.#app, deps)
  }

  /** Answer of `/api/reports/<path>`. */
  async ask(path: string, asking: Record<string, string> = {}): Promise<Asked> {
    const { statusCode, body, headers } = await this.#app.inject({
      url: `/api/reports${path}`,
      headers: asking,
    })
    return { status: statusCode, body, headers }
  }

  /** The JSON of a question that is answered. */
  // biome-ignore lint/suspicious/noExplicitAny: tests compare it with literals
  async json(path: string): Promise<any> {
    const { status, body } = await this.ask(path)
    if (status !== 200) throw new Error(`${path} was answered by ${status}: ${body}`)
    return JSON.parse(body)
  }

  /** The rows of an answer and its totals, each as a list of its label and these columns. */
  async table(path: string, ...columns: string[]): Promise<unknown[][]> {
    const { rows, totals } = await this.json(path)
    return [...rows, { ...totals, label: 'Total' }].map((row) =>
      ['label', ...columns].map((column) => row[column]),
    )
  }
}
