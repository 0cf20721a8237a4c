import cors from '@fastify/cors'
import type { FastifyInstance } from 'fastify'

/** How long a browser may remember the answer to its preflight. */
const REMEMBER_SECONDS = 600

/**
 * Lets pages of these origins call the API with a key in a header; without any, browsers keep all foreign pages out. Cookies
 * are not taken from them.
 */
export function allowOrigins(server: FastifyInstance, origins: readonly string[]): void {
  if (origins.length === 0) return
  server.register(cors, {
    origin: [...origins],
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    allowedHeaders: [
      'authorization',
      'content-type',
      'last-event-id',
      'trpc-accept',
      'x-api-key',
      'x-request-id',
    ],
    exposedHeaders: ['retry-after', 'x-request-id'],
    maxAge: REMEMBER_SECONDS,
    strictPreflight: false,
  })
  // tRPC's answers bring a Vary of their own, which would stand in the place of ours.
  server.addHook('onSend', (_request, _reply, payload, done) => {
    if (payload instanceof Response) payload.headers.append('vary', 'Origin')
    done(null, payload)
  })
  // Said so that pages of these origins may read what is otherwise for our own.
  server.addHook('onRequest', (request, reply, done) => {
    if (origins.includes(request.headers.origin ?? ''))
      reply.header('cross-origin-resource-policy', 'cross-origin')
    done()
  })
}
