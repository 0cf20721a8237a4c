import { TRPCError } from '@trpc/server'
import { type Fleet, FleetError } from '@zapfleet/core'
import type { FastifyInstance, HTTPMethods } from 'fastify'
import { requireKey } from '../authenticate.ts'
import { makeProcedureCall } from '../call-procedure.ts'
import type { Refuse } from '../errors/refuse.ts'
import type { KeyRing } from '../key-ring.ts'
import type { LargeBodies } from '../limits/large-bodies.ts'
import { acceptLargeJson } from '../read-large-body.ts'
import { assertDecodableQuery } from '../request-text.ts'
import { REST_ROUTES, type RestRoute } from './route.ts'
import { makeRouteInput, type RouteRequest } from './route-input.ts'

type RestParts = {
  fleet: Fleet
  keyRing: KeyRing
  version: string
  largeBodies: LargeBodies
  refuse: { rest: Refuse }
}

/** The path below which all REST routes are. */
export const REST_PREFIX = '/v1'

const NOT_FOUND = 'No route answers here. GET /openapi.json lists all of them, /docs shows them.'

/**
 * The REST routes, at `/v1`: a key before anything else, JSON only. Every error is
 * `{ error: { code, message, availableAt?, reasons?, nextStep?, requestId } }`. A path that exists answers other methods with 405 and Allow.
 */
export function registerRestRoutes(server: FastifyInstance, parts: RestParts): void {
  const refuse = parts.refuse.rest
  server.register(
    async (scope) => {
      acceptJsonOnly(scope)
      requireKey(scope, { keyRing: parts.keyRing })
      scope.addHook('onRequest', (_request, reply, done) => {
        reply.header('cache-control', 'no-store')
        done()
      })
      scope.setErrorHandler((error, request, reply) => refuse(error, request, reply))
      scope.setNotFoundHandler((request, reply) =>
        refuse(new FleetError('NOT_FOUND', NOT_FOUND), request, reply),
      )
      for (const route of REST_ROUTES) if (!route.hasLargeBody) registerRoute(scope, route, parts)
      scope.register(async (large) => {
        acceptLargeJson(large, parts.largeBodies)
        for (const route of REST_ROUTES) if (route.hasLargeBody) registerRoute(large, route, parts)
      })
      for (const path of new Set(REST_ROUTES.map((route) => route.path))) refuseOtherMethods(scope, path)
    },
    { prefix: REST_PREFIX },
  )
}

function registerRoute(scope: FastifyInstance, route: RestRoute, parts: RestParts): void {
  const call = makeProcedureCall(parts, route.procedure)
  const inputOf = makeRouteInput(route)
  scope.route({
    method: route.method,
    url: fastifyPath(route.path),
    handler: async (request, reply) => {
      let input: unknown
      try {
        return await call(request, () => {
          assertDecodableQuery(request.raw.url)
          input = inputOf(request as RouteRequest)
          return input
        })
      } catch (error) {
        return parts.refuse.rest(error, request, reply, input)
      }
    },
  })
}

function refuseOtherMethods(scope: FastifyInstance, path: string): void {
  const own = REST_ROUTES.filter((route) => route.path === path).flatMap((route): HTTPMethods[] =>
    route.method === 'GET' ? ['GET', 'HEAD'] : [route.method],
  )
  const message = `Expected one of ${own.join(', ')} here.`
  scope.route({
    method: scope.supportedMethods.filter((method) => !own.includes(method)),
    url: fastifyPath(path),
    // Before the body is read.
    onRequest: (_request, reply, done) => {
      reply.header('allow', own.join(', '))
      done(new TRPCError({ code: 'METHOD_NOT_SUPPORTED', message }))
    },
    handler: async () => undefined,
  })
}

/** A path of the OpenAPI document as Fastify writes it: `/v1/instances/{name}` is `/instances/:name` in its scope. */
function fastifyPath(path: string): string {
  return path.slice(REST_PREFIX.length).replaceAll(/\{(\w+)\}/g, ':$1')
}

/** JSON, or an empty body of any type: `curl -d ''` and Python's urllib send one with the type of a form. */
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
