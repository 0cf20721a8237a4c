import { type Fleet, readiness } from '@zapfleet/core'
import type { FastifyInstance } from 'fastify'
import type { Departure } from './drain.ts'

/** `GET /health/live` and `GET /health/ready`, for orchestrators. Neither needs a key. */
export function registerHealthRoutes(
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
