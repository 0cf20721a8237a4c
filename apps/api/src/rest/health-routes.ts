import { type Fleet, forRequest, readiness, sharedRound } from '@zapfleet/core'
import type { FastifyInstance } from 'fastify'
import type { Departure } from '../drain.ts'

/** The health routes; none needs a key. */
export function registerHealthRoutes(
  server: FastifyInstance,
  { fleet, departure }: { fleet: Fleet; departure: Departure },
): void {
  /** The fleet's health from a live round, in the words and the shape that older programs read. */
  server.get('/health/instances', async (request) => {
    const round = await sharedRound(forRequest(fleet, request.id))
    const { status, online, total, instances } = round
    return {
      status,
      online,
      total,
      instances: instances.map((one) => ({ nome: one.name, status: one.state, online: one.online })),
    }
  })

  /** The process runs. */
  server.get('/health/live', async () => ({ status: 'ok' }))

  /** The process can do its work and goes on doing it: the database answers, takes writes and is migrated. */
  server.get('/health/ready', async (_request, reply) => {
    if (departure.announced) return reply.status(503).send({ status: 'not_ready', reason: 'the API stops' })
    const answer = await readiness(fleet)
    if (answer.ready) return { status: 'ready' }
    return reply.status(503).send({ status: 'not_ready', reason: answer.reason })
  })
}
