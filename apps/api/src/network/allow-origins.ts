import cors from '@fastify/cors'
import type { FastifyInstance } from 'fastify'

/** How long a browser may cache the answer to a preflight. */
const CACHE_SECONDS = 600

/**
 * CORS: pages of these origins may call the API with a key in a header. Without any, browsers refuse all foreign pages. Cookies of
 * foreign pages are not accepted.
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
    maxAge: CACHE_SECONDS,
    strictPreflight: false,
  })
  // The headers of a Response of tRPC would replace the Vary of the reply.
  server.addHook('onSend', (_request, _reply, payload, done) => {
    if (payload instanceof Response) payload.headers.append('vary', 'Origin')
    done(null, payload)
  })
  // Without it, pages of these origins could not read the answers.
  server.addHook('onRequest', (request, reply, done) => {
    if (origins.includes(request.headers.origin ?? ''))
      reply.header('cross-origin-resource-policy', 'cross-origin')
    done()
  })
}
