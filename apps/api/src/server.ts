import { randomUUID } from 'node:crypto'
import { type Fleet, readiness } from '@zapfleet/core'
import { type FastifyBaseLogger, type FastifyInstance, fastify, LogController } from 'fastify'
import { BODY_LIMIT_BYTES } from './body-limits.ts'
import { type Departure, drainOnClose, sendElsewhere } from './drain.ts'
import { restAnswer, trpcAnswer } from './errors/answers.ts'
import { makeRefuser } from './errors/refuse.ts'
import type { KeyRing, SessionRing } from './key-ring.ts'
import { registerLegacyRoutes } from './legacy/legacy-routes.ts'
import { portugueseAnswer } from './legacy/portuguese-answer.ts'
import { keepLargeBodies, type LargeBodyOptions } from './limits/large-bodies.ts'
import { makeFailureLog } from './log.ts'
import { fastifyNetworkOptions, type NetworkOptions, registerNetwork } from './network/network.ts'
import { registerDescription } from './openapi/description-routes.ts'
import { registerPage } from './page/page-routes.ts'
import { REST_PREFIX, registerRestRoutes } from './routes/rest-routes.ts'
import { type ServedMetrics, serveMetrics } from './serve-metrics.ts'
import { registerSessionRoutes, SESSION_PREFIX } from './session/session-routes.ts'
import { procedureName, registerTrpcRoutes } from './trpc-routes.ts'
import { answerExpectation, answerUnreadable } from './unreadable.ts'
import { registerWebhookRoutes } from './webhook-routes.ts'

/** What a server is made of. */
export type ServerParts = {
  fleet: Fleet
  keyRing: KeyRing
  /** Sessions of the dashboard. Absent: the routes of sign-ins do not exist. */
  sessionRing?: SessionRing
  /** Where the API is reached from outside, beside the host that a request names. With `https:` the cookies of sessions are Secure. */
  addresses?: readonly string[]
  log: FastifyBaseLogger
  /** Shown at `/`. */
  version?: string
  /** The build of the dashboard. Absent, null or without a build: `/` answers JSON to browsers too. */
  pageFolder?: string | null
  /** How long `close()` waits for running requests, in milliseconds; default 3,500. */
  drainMs?: number
  network?: NetworkOptions
  /** The room for large bodies; see `LargeBodies`. */
  largeBodies?: LargeBodyOptions
  /** Once announced, answers end their connections, and `/health/ready` is 503. */
  departure?: Departure
  /** Absent: no `/metrics`. */
  metrics?: ServedMetrics
  /** Whether GET /health/instances needs no key; default true. */
  healthOpen?: boolean
}

/**
 * The HTTP API over one fleet: tRPC at `/trpc`, REST at `/v1`, the legacy routes, health, webhooks, the dashboard and the OpenAPI document. It
 * does not listen yet: call `listen`, or `inject` in tests. `close()` finishes running requests and cuts streams; the fleet
 * stays open.
 */
export function buildServer(given: ServerParts): FastifyInstance {
  const logFailure = makeFailureLog(given.log)
  const parts = {
    ...given,
    departure: given.departure ?? { announced: false },
    version: given.version ?? 'unknown',
    logFailure,
    largeBodies: keepLargeBodies(given.largeBodies),
    refuse: {
      trpc: makeRefuser(logFailure, trpcAnswer, 'trpc'),
      rest: makeRefuser(logFailure, restAnswer),
      legacy: makeRefuser(logFailure, portugueseAnswer),
    },
  }
  const server: FastifyInstance = fastify({
    loggerInstance: parts.log,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    bodyLimit: BODY_LIMIT_BYTES,
    ...fastifyNetworkOptions(parts.network ?? {}),
    // An open stream of events would hold close() forever; drainOnClose finishes all other requests first.
    forceCloseConnections: true,
    return503OnClosing: false,
    clientErrorHandler: answerUnreadable,
    requestIdHeader: false,
    genReqId: (request) => requestId(request.headers['x-request-id']),
    // A batch names all its procedures in one path segment.
    routerOptions: { maxParamLength: 5000, ignoreTrailingSlash: true },
    frameworkErrors: (error, request, reply) => {
      reply.header('x-request-id', request.id)
      parts.refuse[apiOf(request.raw.url ?? '')](error, request, reply)
    },
  })
  server.server.on('checkExpectation', answerExpectation)
  server.decorateRequest('caller', null)
  server.decorateRequest('checkedAtMs', Number.NEGATIVE_INFINITY)
  registerNetwork(server, parts.network ?? {})
  server.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id)
    done()
  })
  if (parts.log.level === 'debug' || parts.log.level === 'trace') logRequests(server)
  sendElsewhere(server, parts.departure)
  drainOnClose(server, { withinMs: parts.drainMs ?? 3_500 })
  if (parts.metrics) serveMetrics(server, parts.metrics, parts.keyRing)
  registerLegacyRoutes(server, parts)
  registerHealthRoutes(server, parts)
  registerWebhookRoutes(server, parts)
  registerPage(server, parts)
  registerTrpcRoutes(server, parts)
  registerRestRoutes(server, parts)
  if (parts.sessionRing) registerSessionRoutes(server, parts)
  registerDescription(server, parts)
  return server
}

/** `GET /health/live` and `GET /health/ready`, for orchestrators. Neither needs a key. */
function registerHealthRoutes(
  server: FastifyInstance,
  { fleet, departure }: { fleet: Fleet; departure: Departure },
): void {
  /** The process runs. */
  server.get('/health/live', async () => ({ status: 'ok' }))

  /** The process can count a message: the database answers, takes writes, is migrated and hides no row; and it is not stopping. */
  server.get('/health/ready', async (_request, reply) => {
    if (departure.announced) return reply.status(503).send({ status: 'not_ready', reason: 'the API stops' })
    const answer = await readiness(fleet)
    if (answer.ready) return { status: 'ready' }
    return reply.status(503).send({ status: 'not_ready', reason: answer.reason })
  })
}

/** Which refuser answers for a URL that Fastify could not route. */
function apiOf(url: string): 'trpc' | 'rest' | 'legacy' {
  if (url.startsWith('/trpc')) return 'trpc'
  return url.startsWith(`${REST_PREFIX}/`) || url.startsWith(SESSION_PREFIX) ? 'rest' : 'legacy'
}

const UUID = /^[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}$/i

/** The caller's request id where it is fit for a log, else a new one. */
function requestId(presented: string | string[] | undefined): string {
  if (typeof presented !== 'string' || !/^[\w.:-]{1,64}$/.test(presented)) return randomUUID()
  if (UUID.test(presented)) return presented
  // A phone number is no id: every log line of the request would hold it.
  return /(?<![0-9a-f])\d{8,15}(?![0-9a-f])/i.test(presented) ? randomUUID() : presented
}

/** One debug line per answer, with the pattern of the route: a URL may hold a contact's id. */
function logRequests(server: FastifyInstance): void {
  server.addHook('onResponse', (request, reply, done) => {
    const { path } = request.params as { path?: string }
    request.log.debug(
      {
        method: request.method,
        route: request.routeOptions.url,
        ...(path === undefined ? {} : { call: path.split(',', 10).map(procedureName).join() }),
        status: reply.statusCode,
        tookMs: Math.round(reply.elapsedTime),
      },
      'answered',
    )
    done()
  })
}
