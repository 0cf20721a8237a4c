import { type Fleet, forRequest, readiness, sharedRound } from '@zapfleet/core'
import type { FastifyInstance } from 'fastify'
import { requireKey } from '../authenticate.ts'
import type { Departure } from '../drain.ts'
import type { KeyRing } from '../key-ring.ts'

type HealthParts = { fleet: Fleet; departure: Departure; keyRing: KeyRing; healthOpen?: boolean }

/** The health routes. None needs a key, but `/health/instances` where `healthOpen` is false: then one of any role. */
export function registerHealthRoutes(server: FastifyInstance, parts: HealthParts): void {
  const { fleet, departure, keyRing, healthOpen = true } = parts
  server.register(async (scope) => {
    if (!healthOpen) requireKey(scope, { keyRing })
    /** The fleet's health from a live round, in the words and the shape that older programs read. */
    scope.get('/health/instances', async (request) => {
      const round = await sharedRound(forRequest(fleet, request.id))
      const { status, online, total, instances } = round
      return {
        status,
        online,
        total,
        instances: instances.map((one) => ({ nome: one.name, status: one.state, online: one.online })),
      }
    })
  })

  /** The process runs. */
  server.get('/health/live', async () => ({ status: 'ok' }))

  /** The process can do its work and goes on doing it: the database answers, takes writes, is migrated and hides no row. */
  server.get('/health/ready', async (_request, reply) => {
    if (departure.announced) return reply.status(503).send({ status: 'not_ready', reason: 'the API stops' })
    const answer = await readiness(fleet)
    if (answer.ready) return { status: 'ready' }
    return reply.status(503).send({ status: 'not_ready', reason: answer.reason })
  })
}
