import { incomingMessageToRequest } from '@trpc/server/adapters/node-http'
import { getHTTPStatusCodeFromError, resolveResponse } from '@trpc/server/http'
import { type Fleet, FleetError } from '@zapfleet/core'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { makePlainCalls } from './answer-plain-calls.ts'
import { type Credentials, endWithKey, requireKey } from './authenticate.ts'
import { LARGE_CALL } from './body-limits.ts'
import { contextOf } from './call-procedure.ts'
import { procedureErrorAnswer } from './errors/answers.ts'
import { fleetErrorOf } from './errors/failure.ts'
import type { Refuse } from './errors/refuse.ts'
import type { LargeBodies } from './limits/large-bodies.ts'
import type { LogFailure } from './log.ts'
import { procedureContracts } from './procedure-contract.ts'
import { acceptLargeJson } from './read-large-body.ts'
import { assertDecodableQuery, bodyText } from './request-text.ts'
import { appRouter } from './router.ts'

type TrpcParts = Credentials & {
  fleet: Fleet
  version: string
  logFailure: LogFailure
  largeBodies: LargeBodies
  refuse: { trpc: Refuse }
}

/**
 * tRPC at `/trpc`: a key before anything else, JSON only, GET for queries and subscriptions (a stream of events), POST for
 * mutations and for queries about a person. Every error, whether Fastify, tRPC, zod or core threw it, has one shape with `error.data.fleet`.
 */
export function registerTrpcRoutes(server: FastifyInstance, parts: TrpcParts): void {
  const refuse = parts.refuse.trpc
  const answerPlain = makePlainCalls(parts)
  const answer = async (
    request: FastifyRequest,
    reply: FastifyReply,
    path: string,
  ): Promise<FastifyReply> => {
    prepare(request)
    return answerPlain(request, reply) ?? answerByAdapter(parts, request, reply, path)
  }
  server.register(
    async (scope) => {
      scope.removeAllContentTypeParsers()
      // tRPC parses JSON itself.
      scope.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) =>
        done(null, body),
      )
      requireKey(scope, parts)
      scope.setErrorHandler((error, request, reply) => refuse(error, request, reply))
      scope.setNotFoundHandler((request, reply) => refuse(noProcedure(request.method), request, reply))
      scope.route<{ Params: { path: string } }>({
        method: ['GET', 'POST'],
        url: '/:path',
        exposeHeadRoute: false,
        handler: (request, reply) => answer(request, reply, request.params.path),
      })
      scope.register(async (large) => {
        acceptLargeJson(large, parts.largeBodies)
        large.post(`/${LARGE_CALL}`, (request, reply) => answer(request, reply, LARGE_CALL))
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

/** @throws FleetError INVALID_INPUT for a target that no URL can be made of, and for a query or body that is not UTF-8 */
function prepare(request: FastifyRequest): void {
  if (!hasPlainTarget(request))
    throw new FleetError('INVALID_INPUT', 'The Host header or the request target is no plain one.')
  assertDecodableQuery(request.raw.url)
  if (Buffer.isBuffer(request.body)) request.body = bodyText(request.body)
  if (request.method === 'POST' && !request.body) useEmptyInput(request)
}

async function answerByAdapter(
  parts: TrpcParts,
  request: FastifyRequest,
  reply: FastifyReply,
  path: string,
): Promise<FastifyReply> {
  if (request.caller !== null && isSubscription(path)) {
    request.server.limits.holdStream(request.caller, reply)
    endWithKey(parts, request, reply)
  }
  const refused: Omit<Parameters<typeof procedureErrorAnswer>[0], 'requestId'>[] = []
  const answer = await resolveResponse({
    router: appRouter,
    req: incomingMessageToRequest(Object.assign(request.raw, { body: request.body }), reply.raw, {
      maxBodySize: null,
    }),
    path,
    allowMethodOverride: procedureContracts().get(path)?.meta.postable === true,
    error: null,
    createContext: async () => contextOf(parts, request),
    onError({ error, path: failed, type, input, ctx }) {
      if (refused.length > 0) return
      const status = getHTTPStatusCodeFromError(error)
      // Without a context the adapter's own answer would lack the id of the request.
      if (ctx === undefined || (type === 'subscription' && status < 500))
        refused.push({ error, status, path: failed, input })
      parts.logFailure(fleetErrorOf(error, undefined), {
        call: procedureName(failed),
        requestId: request.id,
      })
    },
  })
  const [refusal] = refused
  if (refusal === undefined) return reply.send(answer)
  await answer.body?.cancel()
  const { status, body } = procedureErrorAnswer({ ...refusal, requestId: request.id })
  return reply.status(status).send(body)
}

/** tRPC makes a URL of target and host, and fails on a host with a user name and on a host that is none. */
function hasPlainTarget(request: FastifyRequest): boolean {
  return request.raw.url?.startsWith('/') === true && /^[^@/\\?#]*$/.test(request.headers.host ?? '')
}

/** A POST without a body is a call without input; tRPC itself would answer 415, or that an empty text is no JSON. */
function useEmptyInput(request: FastifyRequest): void {
  request.body = '{}'
  request.raw.headers['content-type'] = 'application/json'
}

const procedures = appRouter._def.procedures as unknown as Record<string, { _def: { type: string } }>

function isSubscription(path: string): boolean {
  return Object.hasOwn(procedures, path) && procedures[path]?._def.type === 'subscription'
}

/** The name of a call in the log: the procedure's; `trpc` for a path that is no procedure and may hold anything. */
export function procedureName(path: string | undefined): string {
  return path !== undefined && Object.hasOwn(procedures, path) ? path : 'trpc'
}
