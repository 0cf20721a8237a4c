import { incomingMessageToRequest } from '@trpc/server/adapters/node-http'
import { getHTTPStatusCodeFromError, resolveResponse } from '@trpc/server/http'
import { type Fleet, FleetError } from '@zapfleet/core'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { endWithKey, type Opening, requireKey } from './authenticate.ts'
import { canonicalAddress } from './edge/address.ts'
import { fleetErrorOf } from './errors/error-map.ts'
import { type RefusedCall, trpcRefusal, trpcRefusalAnswer } from './errors/trpc-refusal.ts'
import type { makeFailureLog } from './log-failure.ts'
import type { Context } from './procedure.ts'
import { appRouter } from './router.ts'

type TrpcDoor = Opening & {
  fleet: Fleet
  version: string
  logFailure: ReturnType<typeof makeFailureLog>
}

type Call = FastifyRequest<{ Params: { path: string } }>

/**
 * The tRPC door, at `/trpc`: a key before anything else, JSON only, GET for queries and subscriptions (a stream of
 * events), POST for mutations. Every
 * refusal, whoever says it (Fastify, tRPC, zod, core), has one shape with `error.data.fleet`.
 */
export function registerTrpcRoutes(server: FastifyInstance, door: TrpcDoor): void {
  server.register(
    async (scope) => {
      scope.removeAllContentTypeParsers()
      // tRPC parses JSON itself.
      scope.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) =>
        done(null, body),
      )
      requireKey(scope, door)
      scope.setErrorHandler((error, request, reply) => refuseInTrpc(door, error, request, reply))
      scope.setNotFoundHandler((request, reply) =>
        refuseInTrpc(door, noProcedure(request.method), request, reply),
      )
      scope.route<{ Params: { path: string } }>({
        method: ['GET', 'POST'],
        url: '/:path',
        exposeHeadRoute: false,
        handler: (request, reply) => answerCall(door, request, reply),
      })
    },
    { prefix: '/trpc' },
  )
}

function noProcedure(method: string): FleetError {
  return new FleetError(
    'NOT_FOUND',
    `No procedure answers ${method} here. Use GET or POST /trpc/<noun>.<verb>.`,
  )
}

/** Answers an error from before a procedure ran in the shape in which procedures answer theirs, and lets the log know. */
export function refuseInTrpc(
  door: Omit<TrpcDoor, keyof Opening>,
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const trpcError = trpcRefusal(error)
  door.logFailure(fleetErrorOf(trpcError, undefined), { call: 'trpc', requestId: request.id })
  const { status, body } = trpcRefusalAnswer({ error: trpcError }, contextOf(door, request))
  return reply.status(status).send(body)
}

/** What a procedure gets, out of a request whose key was looked at. */
export function contextOf(door: Pick<TrpcDoor, 'fleet' | 'version'>, request: FastifyRequest): Context {
  return {
    fleet: door.fleet,
    caller: request.caller ?? null,
    address: canonicalAddress(request.ip),
    limits: request.server.limits,
    requestId: request.id,
    version: door.version,
  }
}

async function answerCall(door: TrpcDoor, request: Call, reply: FastifyReply): Promise<FastifyReply> {
  if (!hasPlainTarget(request))
    throw new FleetError('INVALID_INPUT', 'The Host header or the request target is no plain one.')
  if (request.method === 'POST' && !request.body) standInForNoBody(request)
  if (request.caller !== null && isSubscription(request.params.path)) {
    request.server.limits.holdStream(request.caller, reply)
    endWithKey(door, request, reply)
  }
  const refused: RefusedCall[] = []
  const answer = await resolveResponse({
    router: appRouter,
    req: incomingMessageToRequest(Object.assign(request.raw, { body: request.body }), reply.raw, {
      maxBodySize: null,
    }),
    path: request.params.path,
    error: null,
    createContext: async () => contextOf(door, request),
    onError({ error, path, type, input }) {
      if (refused.length > 0) return
      if (type === 'subscription' && getHTTPStatusCodeFromError(error) < 500)
        refused.push({ error, path, type, input })
      door.logFailure(fleetErrorOf(error, undefined), { call: procedureName(path), requestId: request.id })
    },
  })
  const [refusal] = refused
  if (refusal === undefined) return reply.send(answer)
  // tRPC would answer 200 and tell the refusal inside the stream, where only its own clients look.
  await answer.body?.cancel()
  const { status, body } = trpcRefusalAnswer(refusal, contextOf(door, request))
  return reply.status(status).send(body)
}

/** tRPC makes a URL of target and host, and fails inside on one that holds a user's name or is none at all. */
function hasPlainTarget(request: FastifyRequest): boolean {
  return request.raw.url?.startsWith('/') === true && /^[^@/\\?#]*$/.test(request.headers.host ?? '')
}

/** A POST without a body is a call without input; tRPC itself would say 415, or that an empty text is no JSON. */
function standInForNoBody(request: FastifyRequest): void {
  request.body = '{}'
  request.raw.headers['content-type'] = 'application/json'
}

const procedures = appRouter._def.procedures as unknown as Record<string, { _def: { type: string } }>

function isSubscription(path: string): boolean {
  return Object.hasOwn(procedures, path) && procedures[path]?._def.type === 'subscription'
}

/** What the log calls a call: a procedure's name; `trpc` for a path that names none and may hold anything. */
export function procedureName(path: string | undefined): string {
  return path !== undefined && Object.hasOwn(procedures, path) ? path : 'trpc'
}
