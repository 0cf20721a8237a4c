import { type Fleet, FleetError } from '@zapfleet/core'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Departure } from '../drain.ts'
import { refusalOf } from '../errors/trpc-refusal.ts'
import type { KeyRing } from '../key-ring.ts'
import type { makeFailureLog } from '../log-failure.ts'
import { servePage, wantsPage } from '../page/serve-page.ts'
import { registerHealthRoutes } from './health-routes.ts'
import { registerInstanceRoutes } from './instance-routes.ts'
import { portugueseError, RestError } from './portuguese-error.ts'
import { registerWebhookRoutes } from './webhook-routes.ts'

type RestDoor = {
  fleet: Fleet
  keyRing: KeyRing
  version: string
  departure: Departure
  healthOpen?: boolean
  pageFolder?: string | null
  logFailure: ReturnType<typeof makeFailureLog>
}

/** Everything that is plain HTTP: the page or what we are at `GET /`, the health routes, the routes of older programs, Evolution's webhook. Errors are `{ detail }`. */
export function registerRestRoutes(server: FastifyInstance, door: RestDoor): void {
  // Beside JSON, Fastify would read plain text too.
  server.removeContentTypeParser('text/plain')
  server.setErrorHandler((error, request, reply) => refuseInPortuguese(door, error, request, reply))
  server.setNotFoundHandler((_request, reply) => reply.status(404).send({ detail: 'Rota não encontrada' }))

  const sendPage = servePage(server, door.pageFolder ?? null)
  const aboutUs = {
    name: 'zapfleet',
    version: door.version,
    trpc: '/trpc',
    doors: '/v1',
    description: ['/openapi.json', '/docs'],
    rest: ['GET /health/instances', 'POST /admin/instances', 'GET /admin/instances/{nome}/qrcode'],
    health: ['GET /health/live', 'GET /health/ready'],
  }
  server.get('/', (request, reply) => {
    reply.header('vary', 'accept')
    return sendPage !== null && wantsPage(request.headers.accept) ? sendPage(reply) : reply.send(aboutUs)
  })
  registerHealthRoutes(server, door)
  registerInstanceRoutes(server, door)
  registerWebhookRoutes(server, door)
}

/** Answers any error of a plain route in Portuguese, and lets the log know. */
export function refuseInPortuguese(
  door: { logFailure: RestDoor['logFailure'] },
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const { status, detail, retryAfterSeconds } = portugueseError(error, request.id)
  if (!(error instanceof RestError)) {
    const failure = refusalOf(error) ?? new FleetError('UNEXPECTED', 'a route failed', { cause: error })
    const call = `${request.method} ${request.routeOptions?.url ?? '(no route)'}`
    door.logFailure(failure, { call, requestId: request.id })
  }
  if (retryAfterSeconds !== undefined) reply.header('retry-after', String(retryAfterSeconds))
  return reply.status(status).send({ detail })
}
