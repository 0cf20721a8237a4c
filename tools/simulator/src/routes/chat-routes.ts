import type { FastifyInstance, FastifyRequest } from 'fastify'
import { bodyOf, guard } from '../guard.ts'
import { whatsappNumbers } from '../look-up-number.ts'
import type { World } from '../world.ts'
import { foundInstance } from './message-routes.ts'

/** `/chat/*`: numbers on WhatsApp. */
export function chatRoutes(app: FastifyInstance, world: World): void {
  const preHandler = async (request: FastifyRequest) => guard(world, request)

  app.post('/chat/whatsappNumbers/:instanceName', { preHandler }, (request) =>
    whatsappNumbers(world, foundInstance(world, request), bodyOf(request)),
  )
}
