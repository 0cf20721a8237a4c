import type { FastifyInstance, FastifyRequest } from 'fastify'
import { badSchema, databaseGone } from '../errors.ts'
import { bodyOf, guard } from '../guard.ts'
import { nextWebsocketRow } from '../websocket-row.ts'
import { touch, type World } from '../world.ts'
import { foundInstance } from './message-routes.ts'

/** `/websocket/*`: the websocket settings of an instance. Without the feature both routes answer an empty body. */
export function websocketRoutes(app: FastifyInstance, world: World): void {
  const preHandler = async (request: FastifyRequest) => guard(world, request)

  app.post('/websocket/set/:instanceName', { preHandler }, async (request, reply) => {
    const input = checkWebsocket(bodyOf(request))
    const instance = foundInstance(world, request)
    reply.code(201)
    if (world.websocket === null) return reply.send()
    if (world.databaseAway) throw databaseGone('findUnique')
    instance.websocket = nextWebsocketRow(instance.websocket, input, instance.id, world.now())
    touch(world, instance)
    return instance.websocket
  })

  app.get('/websocket/find/:instanceName', { preHandler }, async (request, reply) => {
    const { websocket } = foundInstance(world, request)
    if (world.websocket === null) return reply.send()
    if (world.databaseAway) throw databaseGone('findUnique')
    reply.type('application/json; charset=utf-8')
    return websocket ?? 'null'
  })
}

function checkWebsocket(body: Record<string, unknown>): { enabled: boolean; events: string[] } {
  const input = body.websocket
  if (input === undefined) throw badSchema(['instance requires property "websocket"'])
  if (typeof input !== 'object' || input === null) throw badSchema(['websocket is not of a type(s) object'])
  const { enabled, events = [] } = input as Record<string, unknown>
  if (enabled === undefined) throw badSchema(['websocket requires property "enabled"'])
  if (typeof enabled !== 'boolean') throw badSchema(['websocket.enabled is not of a type(s) boolean'])
  if (!Array.isArray(events)) throw badSchema(['websocket.events is not of a type(s) array'])
  return { enabled, events: events.map(String) }
}
