// The HTTP face of a Footfall: registers what the rooms offer, and holds no logic of its own.

import { join } from 'node:path'
import cookie from '@fastify/cookie'
import formbody from '@fastify/formbody'
import attemptLimit from '@fastify/rate-limit'
import staticFiles from '@fastify/static'
import Fastify, { type FastifyInstance, type FastifyServerOptions, LogController } from 'fastify'
import { Access } from './api/access.ts'
import { allSitesRoutes } from './api/all-sites.ts'
import { takeBodies, takeNoBodies } from './api/body.ts'
import { commandRoutes } from './api/command.ts'
import { dimensionRoutes } from './api/dimensions.ts'
import { ApiError, clientErrorHandler, errorHandler, notFoundHandler } from './api/error.ts'
import { evolutionRoutes } from './api/evolution.ts'
import { finalYearRoutes } from './api/final-years.ts'
import { funnelRoutes } from './api/funnels.ts'
import { goalRoutes } from './api/goals.ts'
import { healthRoutes } from './api/health.ts'
import { matomoRoutes } from './api/matomo.ts'
import { metricRoutes } from './api/metrics.ts'
import { pageRoutes } from './api/page.ts'
import { askedByPost } from './api/query.ts'
import { type ReportRouteDeps, reportRoutes } from './api/reports.ts'
import { segmentRoutes } from './api/segments.ts'
import { sequenceRoutes } from './api/sequences.ts'
import { attemptKeys, sessionRoutes } from './api/session.ts'
import { settingRoutes } from './api/settings.ts'
import { setupRoutes } from './api/setup.ts'
import { siteRoutes } from './api/sites.ts'
import { trackerScriptRoutes } from './api/tracker-script.ts'
import { visitRoutes } from './api/visits.ts'
import { Pressure } from './collect/pressure.ts'
import { collectRoutes, trackingUrl } from './collect/route.ts'
import type { Footfall } from './footfall.ts'
import { type Limits, limits as standardLimits } from './limits.ts'
import { optOutRoutes } from './privacy/opt-out.ts'
import { packageRoot } from './root.ts'
import { askedBy } from './store/turns.ts'

const publicFolder = join(packageRoot, 'dist', 'public')

export type AppSecrets = {
  /** Opens the setup page, once. */
  setupKey: string
  /** Lets commands of this machine run inside this process. */
  commandKey: string
}

export async function createApp(
  service: Footfall,
  secrets: AppSecrets,
  logger: FastifyServerOptions['logger'] | FastifyInstance['log'] = false,
  limits: Limits = standardLimits,
): Promise<FastifyInstance> {
  const { config, store, sites, segments, settings, users, live, collector, rateLimit, tokens, setup, now } =
    service
  const secure = config.baseUrl?.startsWith('https:') ?? false
  const app = Fastify({
    ...(typeof logger === 'object' && 'child' in logger ? { loggerInstance: logger } : { logger }),
    // Requests are not logged: their addresses are personal, their URLs may carry secrets.
    logController: new LogController({ disableRequestLogging: true }),
    trustProxy: config.trustProxy,
    bodyLimit: limits.bodyBytes,
    requestTimeout: limits.requestTimeout,
    keepAliveTimeout: limits.keepAliveTimeout,
    connectionTimeout: limits.silence,
    http: {
      headersTimeout: limits.headersTimeout,
      connectionsCheckingInterval: limits.checkEvery,
      maxHeaderSize: limits.headerBytes,
    },
    frameworkErrors: errorHandler,
    clientErrorHandler,
    // A field that is not known is refused where a schema says so, not dropped in silence.
    ajv: { customOptions: { removeAdditional: false } },
    routerOptions: { maxParamLength: 200 },
    rewriteUrl: trackingUrl,
  }) as unknown as FastifyInstance
  app.server.maxConnections = limits.connections
  app.server.maxHeadersCount = limits.headers
  // Asked for now, a connection knows its address also when the client hangs up before its request is worked on.
  app.server.on('connection', (socket) => void socket.remoteAddress)
  const pressure = new Pressure(limits)
  pressure.watch()
  app.addHook('onClose', async () => pressure.stop())
  const access = new Access(users, tokens, secure)
  app.setErrorHandler(errorHandler)
  app.setNotFoundHandler(notFoundHandler)
  takeNoBodies(app)
  const keyOf = attemptKeys()
  await app.register(attemptLimit, {
    global: false,
    keyGenerator: (request) => keyOf(request.ip ?? ''),
    errorResponseBuilder: (_request, context) =>
      new ApiError('too_many_attempts', `Too many attempts. Try again in ${context.after}.`),
  })
  await app.register(staticFiles, {
    root: publicFolder,
    serve: false,
    preCompressed: true,
  })

  await app.register(collectRoutes, {
    collector,
    rateLimit,
    pressure,
    registry: {
      site: (id) => {
        const site = sites.get(id)
        return site && settings.on(site)
      },
      knowsToken: (token) => tokens.userOf(token, 'api') !== undefined,
    },
    now,
    secure,
  })
  // Cookies have hooks that run for each request; the collector reads its own.
  await app.register(async (app) => {
    await app.register(cookie)
    takeBodies(app, limits.bodyBytes)
    // What a client that has gone asked for is not begun any more.
    app.addHook('preHandler', (_request, reply, done) => {
      const gone = new AbortController()
      reply.raw.once('close', () => reply.raw.writableFinished || gone.abort())
      askedBy(gone.signal, done)
    })
    askedByPost(app, '/api/reports/')
    await app.register(async (page) => {
      await page.register(formbody)
      await page.register(optOutRoutes, {
        secure,
        honoursDoNotTrack: (id) =>
          (id === undefined ? undefined : sites.get(id)?.settings.honourDoNotTrack) ?? true,
      })
      await page.register(matomoRoutes, { sites, tokens })
    })
    await app.register(pageRoutes)
    await app.register(trackerScriptRoutes, { sites, folder: publicFolder })
    await app.register(sessionRoutes, { access, users, atOnce: limits.signInsAtOnce })
    await app.register(setupRoutes, { setup, access, key: secrets.setupKey })
    await app.register(siteRoutes, { access, sites, store, live, baseUrl: config.baseUrl })
    await app.register(finalYearRoutes, { access, sites, store, now })
    await app.register(allSitesRoutes, { access, sites, store, now })
    await app.register(settingRoutes, { access, settings })
    await app.register(goalRoutes, { access, segments, sites, store, now })
    await app.register(funnelRoutes, { access, segments, sites, store, now })
    await app.register(dimensionRoutes, { access, sites })
    await app.register(visitRoutes, { access, segments, sites, store, now })
    await app.register(sequenceRoutes, { access, segments, sites, store, now })
    const reporting: ReportRouteDeps = {
      access,
      segments,
      store,
      sites,
      now,
    }
    await app.register(segmentRoutes, { access, segments, sites, store, now })
    await app.register(reportRoutes, reporting)
    await app.register(evolutionRoutes, reporting)
    await app.register(healthRoutes, { service, pressure })
    await app.register(metricRoutes, { service, pressure, access })
    await app.register(commandRoutes, { service, key: secrets.commandKey })
  })
  return app
}
