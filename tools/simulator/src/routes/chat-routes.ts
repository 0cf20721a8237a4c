import type { FastifyInstance, FastifyRequest } from 'fastify'
import { databaseGone } from '../errors.ts'
import { bodyOf, guard } from '../guard.ts'
import { whatsappNumbers } from '../look-up-number.ts'
import { foundMessages, foundStatuses, storedQuery } from '../stored-messages.ts'
import type { MessageRow } from '../traffic.ts'
import type { World } from '../world.ts'
import { foundInstance } from './message-routes.ts'

/** `/chat/*`: numbers on WhatsApp, stored messages and their statuses. The last two answer 200, not 201. */
export function chatRoutes(app: FastifyInstance, world: World): void {
  const preHandler = async (request: FastifyRequest) => guard(world, request)
  const storedRows = (request: FastifyRequest): Iterable<MessageRow> => {
    const { traffic } = foundInstance(world, request)
    if (world.databaseAway) throw databaseGone('findMany')
    return world.options.save.newMessage ? traffic.rows.values() : []
  }

  app.post('/chat/whatsappNumbers/:instanceName', { preHandler }, (request) =>
    whatsappNumbers(world, foundInstance(world, request), bodyOf(request)),
  )
  app.post('/chat/findMessages/:instanceName', { preHandler }, async (request) =>
    foundMessages(storedRows(request), storedQuery(bodyOf(request))),
  )
  app.post('/chat/findStatusMessage/:instanceName', { preHandler }, async (request) =>
    foundStatuses(storedRows(request), storedQuery(bodyOf(request))),
  )
}
