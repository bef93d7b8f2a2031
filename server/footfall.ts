// Footfall's parts, opened in the order in which they need each other, and closed the other way round. The HTTP
// face (app.ts) and the commands (commands.ts) work on the same Footfall.

import { accessSync, constants, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { Segments } from './admin/segment.ts'
import { Settings } from './admin/settings.ts'
import { Setup } from './admin/setup.ts'
import { Sites } from './admin/site.ts'
import { Tokens } from './admin/token.ts'
import { Users } from './admin/user.ts'
import { ClosedDays } from './archive/closed-days.ts'
import { dropScratch } from './archive/scratch.ts'
import { Collector } from './collect/collector.ts'
import { VisitHistory } from './collect/history.ts'
import { KnownVisitors } from './collect/known.ts'
import { LiveHits } from './collect/live.ts'
import { Orders } from './collect/order.ts'
import { PastHits } from './collect/past.ts'
import { RateLimit } from './collect/rate-limit.ts'
import { Recognition } from './collect/recognition.ts'
import { Marks } from './collect/repeat.ts'
import { Replay } from './collect/replay.ts'
import { Salts } from './collect/salt.ts'
import { Visits, visitGap } from './collect/visit.ts'
import { type Config, ConfigError } from './config.ts'
import { chooseRecognition } from './enrich/device.ts'
import { openLocations } from './enrich/location.ts'
import { Journal } from './journal/journal.ts'
import { packageRoot } from './root.ts'
import { migrate } from './store/migrations.ts'
import { shipSegment } from './store/shipment.ts'
import { openPatiently, type Store, unreadableReason } from './store/store.ts'

export type Log = {
  info(facts: object, message: string): void
  error(facts: object, message: string): void
}

export type Footfall = {
  config: Config
  /** Unix milliseconds. */
  now: () => number
  log: Log
  store: Store
  journal: Journal
  past: PastHits
  recognition: Recognition
  sites: Sites
  settings: Settings
  segments: Segments
  users: Users
  tokens: Tokens
  setup: Setup
  salts: Salts
  closedDays: ClosedDays
  visits: Visits
  live: LiveHits
  collector: Collector
  rateLimit: RateLimit
  /** Resolves when everything taken in so far can be read. */
  settle(): Promise<void>
  close(): Promise<void>
}

/** @throws ConfigError, StoreError, MigrationError */
export async function openFootfall(
  config: Config,
  log: Log,
  now: () => number = Date.now,
): Promise<Footfall> {
  makeFolder(config.data)
  chooseRecognition(config.deviceRecognition)
  const store = await openPatiently(config, (error) => log.error({}, `${error.message} Trying again.`))
  try {
    const applied = await migrate(store, join(packageRoot, 'migrations'))
    if (applied.length > 0) log.info({ migrations: applied }, 'The schema is up to date.')
    await dropScratch(store)
    const [sites, settings, users, tokens, salts] = await Promise.all([
      Sites.open(store, now),
      Settings.open(store, now),
      Users.open(store, now),
      Tokens.open(store, now),
      Salts.open(store, now),
    ])
    const segments = await Segments.open(store, sites, now)
    const journal = await Journal.open({
      folder: join(config.data, 'journal'),
      ship: (segment) => shipSegment(store, segment),
      rejection: unreadableReason,
      onError: (message, error) => log.error(error === undefined ? {} : { err: error }, message),
    })
    // What the last process took in last, running visits and imports, is in the store only then.
    if (!(await isShipped(journal))) {
      log.error(
        { hits: journal.backlog().hits },
        'What an earlier process took in cannot be shipped yet. Visits that run among it will count as two.',
      )
    }
    const [visits, orders, closedDays] = await Promise.all([
      Visits.open(store, now(), new KnownVisitors(config.visitorsInMemory)),
      Orders.open(store),
      ClosedDays.open(store, now()),
    ])
    const locations = openLocations()
    const past = await PastHits.open({
      journal,
      folder: join(config.data, 'past'),
      history: new VisitHistory(store, (siteId, visitorId, visitId) => {
        const newest = visits.newest(siteId, visitorId)
        if (newest?.id !== visitId) return false
        if (now() - newest.lastAction < visitGap) return true
        visits.end(siteId, visitorId)
        return false
      }),
      replay: (history) =>
        new Replay(
          {
            site: (id) => {
              const site = sites.get(id)
              return site && settings.on(site)
            },
            present: visits,
            orders,
            country: (ip) => locations.country(ip),
            dropped: (reason) => collector.drop(reason),
          },
          history,
        ),
      onError: (message, error) => log.error(error === undefined ? {} : { err: error }, message),
    })
    const recognition = new Recognition({ store, journal, visits })
    const live = new LiveHits()
    const collector = new Collector({
      journal,
      past,
      visits,
      salts,
      locations,
      live,
      orders,
      marks: new Marks(),
      isClosed: (siteId, day) => closedDays.has(siteId, day),
      imported: (siteId, day) => closedDays.arrived(siteId, day, now()),
    })
    return {
      config,
      now,
      log,
      store,
      journal,
      past,
      recognition,
      sites,
      settings,
      segments,
      users,
      tokens,
      setup: new Setup(users, sites),
      salts,
      closedDays,
      visits,
      live,
      collector,
      rateLimit: new RateLimit(config.trackingRateLimit),
      settle: async () => {
        await past.drain()
        await recognition.settle()
        await journal.drain()
      },
      close: async () => {
        await past.close()
        await recognition.close()
        await journal.close()
        await store.close()
      },
    }
  } catch (error) {
    await store.close()
    throw error
  }
}

/** Hits come first: a store that takes nothing does not keep the service from starting for ever. */
async function isShipped(journal: Journal): Promise<boolean> {
  const shipped = journal.drain().then(() => true)
  while (true) {
    const before = journal.shipments.done
    const outcome = await Promise.race([shipped, setTimeout(startsWithin, false, { ref: false })])
    // A long backlog that moves is waited for.
    if (outcome || journal.shipments.done === before) return outcome
  }
}

/** Milliseconds in which a segment has to be shipped at the start. */
const startsWithin = 30_000

/** @throws ConfigError when the folder cannot be made or written to. */
function makeFolder(data: string): void {
  try {
    mkdirSync(data, { recursive: true, mode: 0o700 })
    accessSync(data, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? ` (${error.code})` : ''
    throw new ConfigError('FOOTFALL_DATA', data, `it must be a folder that this user may write to${code}`)
  }
}
