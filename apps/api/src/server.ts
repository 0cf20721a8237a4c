import { randomUUID } from 'node:crypto'
import type { Fleet } from '@zapfleet/core'
import { type FastifyBaseLogger, type FastifyInstance, fastify, LogController } from 'fastify'
import { DOORS_PREFIX, refuseAtDoor, registerDoors } from './doors/door-routes.ts'
import { type Departure, drainOnClose, sendElsewhere } from './drain.ts'
import { type Edge, edgeOptions, guardEdge } from './edge/guard-edge.ts'
import { BODY_LIMIT_BYTES } from './errors/trpc-refusal.ts'
import type { KeyRing } from './key-ring.ts'
import { makeFailureLog } from './log-failure.ts'
import { registerDescription } from './openapi/description-routes.ts'
import { refuseInPortuguese, registerRestRoutes } from './rest/routes.ts'
import { type ServedMetrics, serveMetrics } from './serve-metrics.ts'
import type { SessionRing } from './session/session-ring.ts'
import { registerSessionRoutes, SESSION_PREFIX } from './session/session-routes.ts'
import { procedureName, refuseInTrpc, registerTrpcRoutes } from './trpc-routes.ts'
import { answerExpectation, answerUnreadable } from './unreadable.ts'

/**
 * What a server is made of. `version` is shown at `/`, to browsers the page built into `pageFolder` (none without it or
 * without a build); `drainMs` (default 3,500) is how long `close()` waits for running requests. Who
 * announces the `departure` some time before makes it send its callers elsewhere. `healthOpen` (default true): GET
 * /health/instances needs no key.
 */
export type ServerParts = {
  fleet: Fleet
  keyRing: KeyRing
  /** Sessions of the dashboard. Absent: the routes of sign-ins do not exist. */
  sessionRing?: SessionRing
  /** Where the API is reached from outside. With `https:` the cookies of sessions are Secure. */
  publicUrl?: string | null
  log: FastifyBaseLogger
  version?: string
  pageFolder?: string | null
  drainMs?: number
  edge?: Edge
  departure?: Departure
  metrics?: ServedMetrics
  healthOpen?: boolean
}

/**
 * The whole HTTP API over one fleet: tRPC at `/trpc`, REST doors at `/v1`, the REST routes of older programs,
 * health routes, the open description. Not listening yet: call `listen`, or `inject` in tests. `close()` finishes running requests and cuts streams; the fleet stays open.
 */
export function buildServer(parts: ServerParts): FastifyInstance {
  const departure = parts.departure ?? { announced: false }
  const door = {
    ...parts,
    departure,
    version: parts.version ?? 'unknown',
    logFailure: makeFailureLog(parts.log),
  }
  const server: FastifyInstance = fastify({
    loggerInstance: parts.log,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    bodyLimit: BODY_LIMIT_BYTES,
    ...edgeOptions(parts.edge ?? {}),
    // An open stream of events would hold close() for ever; drainOnClose sees to all other requests first.
    forceCloseConnections: true,
    return503OnClosing: false,
    clientErrorHandler: answerUnreadable,
    requestIdHeader: false,
    genReqId: (request) => requestId(request.headers['x-request-id']),
    // A batch names all its procedures in one path segment.
    routerOptions: { maxParamLength: 5000, ignoreTrailingSlash: true },
    frameworkErrors: (error, request, reply) => {
      reply.header('x-request-id', request.id)
      const refuse = refuserOf(request.raw.url ?? '')
      refuse(door, error, request, reply)
    },
  })
  server.server.on('checkExpectation', answerExpectation)
  server.decorateRequest('caller', null)
  guardEdge(server, parts.edge ?? {})
  server.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id)
    done()
  })
  if (parts.log.level === 'debug' || parts.log.level === 'trace') logRequests(server)
  sendElsewhere(server, departure)
  drainOnClose(server, { withinMs: parts.drainMs ?? 3_500 })
  if (parts.metrics) serveMetrics(server, parts.metrics, parts.keyRing)
  registerRestRoutes(server, door)
  registerTrpcRoutes(server, door)
  registerDoors(server, door)
  if (parts.sessionRing) registerSessionRoutes(server, door)
  registerDescription(server, door)
  return server
}

/** Who answers an error of a URL that reached no route. */
function refuserOf(url: string) {
  if (url.startsWith('/trpc')) return refuseInTrpc
  return url.startsWith(`${DOORS_PREFIX}/`) || url.startsWith(SESSION_PREFIX)
    ? refuseAtDoor
    : refuseInPortuguese
}

/** The caller's own request id when it is fit for a log, else a new one. */
function requestId(presented: string | string[] | undefined): string {
  if (typeof presented !== 'string' || !/^[\w.:-]{1,64}$/.test(presented)) return randomUUID()
  // Somebody's phone number does not become what all logs are searched by.
  return /(?<![0-9a-f])\d{8,15}(?![0-9a-f])/i.test(presented) ? randomUUID() : presented
}

/** One debug line per answer, by route: a URL may hold a contact's id. */
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
