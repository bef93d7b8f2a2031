// The reports of a store over HTTP, without a network and open to all.

import Fastify from 'fastify'
import type { Site } from '../../server/admin/site.ts'
import { errorHandler, notFoundHandler } from '../../server/api/error.ts'
import { evolutionRoutes } from '../../server/api/evolution.ts'
import { type ReportRouteDeps, reportRoutes } from '../../server/api/reports.ts'
import type { Store } from '../../server/store/store.ts'

export type Asked = { status: number; body: string; headers: Record<string, unknown> }

export class ReportsWorld {
  /** Unix milliseconds that the reports take for now. */
  now = Date.parse('2026-11-22T12:00:00Z')
  readonly #app = Fastify()

  constructor(store: Store, sites: Site[]) {
    this.#app.setErrorHandler(errorHandler)
    this.#app.setNotFoundHandler(notFoundHandler)
    const deps: ReportRouteDeps = {
      store,
      sites: { get: (id) => sites.find((site) => site.id === id) },
      now: () => this.now,
      authorise: () => {},
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
