// A service that runs until it is told to stop: HTTP, the schedule, and an orderly end.

import { randomBytes } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { Cron } from 'croner'
import { createApp } from './app.ts'
import { finalizeDue } from './archive/finalize.ts'
import { rollUp } from './archive/rolling.ts'
import { type Config, ConfigError } from './config.ts'
import { type Footfall, openFootfall } from './footfall.ts'
import { createLog } from './log.ts'
import { findRunning, leaveNote, removeNote } from './running.ts'
import { StoreError } from './store/store.ts'

/** Milliseconds after which a stop does not wait any longer. */
const stopWithin = 9000

export async function serve(config: Config): Promise<void> {
  const log = createLog(config.logLevel)
  // Node would print the error as it is, with whatever it quotes.
  process.on('uncaughtException', (err) => {
    log.fatal({ err }, 'Footfall ends on an error that nobody expected.')
    process.exit(1)
  })
  const other = await findRunning(config.data)
  if (other)
    throw new StoreError(
      `Footfall already runs on the data in ${config.data}, at ${other.url}.`,
      0,
      undefined,
    )
  const service = await openFootfall(config, log)
  // The folder that it was started in may go, at an update for example; ClickHouse ships from none that is gone.
  process.chdir(config.data)
  const secrets = { setupKey: randomBytes(16).toString('hex'), commandKey: randomBytes(32).toString('hex') }
  const app = await createApp(service, secrets, log)
  try {
    await app.listen({ host: config.host, port: config.port })
  } catch (error) {
    await service.close()
    throw cannotListen(config, error)
  }
  const local = localUrl(config, app.server.address())
  try {
    leaveNote(config.data, { pid: process.pid, url: local, commandKey: secrets.commandKey })
  } catch (err) {
    // On a full disk reports are still answered.
    log.error({ err }, 'The note for commands could not be written: they will not find this service.')
  }
  const base = config.baseUrl ?? local
  const lines = [`Footfall runs on ${base} with its data in ${config.data}`]
  if (service.setup.needed) lines.push(`Set it up here, once: ${base}/setup?key=${secrets.setupKey}`)

  let stopping = false
  const jobs = schedule(service, () => stopping)
  const stop = async (signal: string) => {
    if (stopping) return
    stopping = true
    log.info({ signal }, 'Stopping.')
    setTimeout(() => process.exit(1), stopWithin).unref()
    for (const job of jobs) job.stop()
    await app.close()
    await service.close()
    removeNote(config.data)
    process.exit(0)
  }
  process.on('SIGTERM', () => void stop('SIGTERM'))
  process.on('SIGINT', () => void stop('SIGINT'))
  // Last: whoever waits for this line may tell it to stop.
  console.log(lines.join('\n'))
}

function cannotListen({ host, port }: Config, error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'EADDRINUSE') return new ConfigError('PORT', String(port), 'another program listens there')
  if (code === 'EACCES') return new ConfigError('PORT', String(port), 'this user may not listen there')
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
    return new ConfigError('HOST', host, 'this machine has no such address')
  }
  return error
}

/** How this machine reaches the service; the port may have been chosen by the system. */
function localUrl(config: Config, address: AddressInfo | string | null): string {
  const port = typeof address === 'object' && address !== null ? address.port : config.port
  const host = ['0.0.0.0', '::'].includes(config.host) ? '127.0.0.1' : config.host
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`
}

function schedule(service: Footfall, isStopping: () => boolean): Cron[] {
  const guarded = (what: string, job: () => Promise<unknown>) => async () => {
    try {
      await job()
    } catch (error) {
      // What is cut off by the end is done after the next start.
      if (!isStopping()) service.log.error({ err: error }, `${what} failed and will be tried again.`)
    }
  }
  const options = { protect: true, timezone: 'UTC' }
  return [
    new Cron(
      '*/10 * * * *',
      options,
      guarded('Looking after the salts', async () => {
        await service.salts.destroyOld()
        await service.salts.save()
      }),
    ),
    new Cron(
      '* * * * *',
      options,
      guarded('Rolling up finished days', () =>
        rollUp({
          store: service.store,
          sites: service.sites.all(),
          now: service.now(),
          // Weeks and months end without a hit, too.
          thorough: new Date().getMinutes() === 7,
        }),
      ),
    ),
    new Cron(
      '17 * * * *',
      options,
      guarded('Finalising finished years', () => finalizeDue(service)),
    ),
  ]
}
