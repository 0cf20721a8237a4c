import { callTRPCProcedure, TRPCError } from '@trpc/server'
import { type Fleet, FleetError } from '@zapfleet/core'
import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify'
import { requireKey } from '../authenticate.ts'
import type { KeyRing } from '../key-ring.ts'
import type { makeFailureLog } from '../log-failure.ts'
import { procedureContract } from '../procedure-contract.ts'
import { appRouter } from '../router.ts'
import { contextOf } from '../trpc-routes.ts'
import { DOORS, type Door } from './door.ts'
import { doorError } from './door-error.ts'
import { type DoorRequest, makeDoorInput } from './door-input.ts'

type DoorParts = {
  fleet: Fleet
  keyRing: KeyRing
  version: string
  logFailure: ReturnType<typeof makeFailureLog>
}

/** Where all doors are. */
export const DOORS_PREFIX = '/v1'

const NOT_HERE = 'No door answers here. GET /openapi.json lists all of them, /docs shows them.'

/**
 * The REST doors, at `/v1`: a key before anything else, JSON only. Every refusal, whoever says it (Fastify, zod, the
 * procedure, core), is `{ error: { code, message, availableAt?, reasons?, requestId } }`. A path that exists answers
 * other methods 405 with Allow.
 */
export function registerDoors(server: FastifyInstance, parts: DoorParts): void {
  server.register(
    async (scope) => {
      acceptJsonOnly(scope)
      requireKey(scope, { keyRing: parts.keyRing })
      scope.addHook('onRequest', (_request, reply, done) => {
        reply.header('cache-control', 'no-store')
        done()
      })
      scope.setErrorHandler((error, request, reply) => refuseAtDoor(parts, error, request, reply))
      scope.setNotFoundHandler((request, reply) =>
        refuseAtDoor(parts, new FleetError('NOT_FOUND', NOT_HERE), request, reply),
      )
      for (const door of DOORS) openDoor(scope, door, parts)
      for (const path of new Set(DOORS.map((door) => door.path))) refuseOtherMethods(scope, path)
    },
    { prefix: DOORS_PREFIX },
  )
}

/** Answers any error of a door, and lets the log know. */
export function refuseAtDoor(
  parts: Pick<DoorParts, 'logFailure'>,
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  input?: unknown,
): FastifyReply {
  const answer = doorError(error, { requestId: request.id, input, nowMs: Date.now() })
  const call = `${request.method} ${request.routeOptions?.url ?? `${DOORS_PREFIX} (no door)`}`
  parts.logFailure(answer.failure, { call, requestId: request.id })
  if (answer.retryAfterSeconds !== null) reply.header('retry-after', String(answer.retryAfterSeconds))
  return reply.status(answer.status).send(answer.body)
}

function openDoor(scope: FastifyInstance, door: Door, parts: DoorParts): void {
  const { type } = procedureContract(door.procedure)
  const inputOf = makeDoorInput(door)
  scope.route({
    method: door.method,
    url: routeOf(door.path),
    handler: async (request, reply) => {
      let input: unknown
      try {
        return await callTRPCProcedure({
          router: appRouter,
          path: door.procedure,
          // Asked for when the role was judged: who may not call hears that, and nothing of the input.
          getRawInput: async () => {
            input = inputOf(request as DoorRequest)
            return input
          },
          ctx: contextOf(parts, request),
          type,
          signal: undefined,
          batchIndex: 0,
        })
      } catch (error) {
        return refuseAtDoor(parts, error, request, reply, input)
      }
    },
  })
}

function refuseOtherMethods(scope: FastifyInstance, path: string): void {
  const own = DOORS.filter((door) => door.path === path).flatMap((door): HTTPMethods[] =>
    door.method === 'GET' ? ['GET', 'HEAD'] : [door.method],
  )
  const words = `Expected one of ${own.join(', ')} here.`
  scope.route({
    method: scope.supportedMethods.filter((method) => !own.includes(method)),
    url: routeOf(path),
    // Before the body is read: whatever it is, it is not for here.
    onRequest: (_request, reply, done) => {
      reply.header('allow', own.join(', '))
      done(new TRPCError({ code: 'METHOD_NOT_SUPPORTED', message: words }))
    },
    handler: async () => undefined,
  })
}

function routeOf(path: string): string {
  return path.slice(DOORS_PREFIX.length).replaceAll(/\{(\w+)\}/g, ':$1')
}

/** JSON, or nothing: programs that send an empty body of another type (curl -d '', Python's urllib) mean no body. */
function acceptJsonOnly(scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) =>
    done(null, body),
  )
  scope.addContentTypeParser('*', (request, _payload, done) => {
    if (request.headers['content-length'] === '0') return done(null, undefined)
    done(Object.assign(new Error('not JSON'), { statusCode: 415 }))
  })
}
