import type { FastifyInstance, FastifyRequest } from 'fastify'
import { connectInstance, restartInstance, stateAnswer } from '../connect-instance.ts'
import { createInstance } from '../create-instance.ts'
import { badRequest, crashed, databaseGone, EvolutionError, unauthorized } from '../errors.ts'
import { bodyOf, guard, keyOf, paramsOf } from '../guard.ts'
import type { Instance } from '../instance.ts'
import { inventory, inventoryRow } from '../inventory.ts'
import { logOut, queueDelete } from '../remove-instance.ts'
import { nameExists, type World } from '../world.ts'

/** `/instance/*`. Restart is POST as in version 2; PUT is an unknown route. */
export function instanceRoutes(app: FastifyInstance, world: World): void {
  const guarded = async (request: FastifyRequest) => guard(world, request)
  const found = (request: FastifyRequest): { name: string; instance: Instance | undefined } => {
    const name = paramsOf(request).instanceName ?? ''
    return { name, instance: world.instances.get(name) }
  }

  app.post('/instance/create', { preHandler: guarded }, async (request, reply) => {
    reply.code(201)
    return createInstance(world, bodyOf(request))
  })

  app.get('/instance/connect/:instanceName', { preHandler: guarded }, (request) => {
    const { name, instance } = found(request)
    return connectInstance(world, name, instance, paramsOf(request).number || null)
  })

  app.get('/instance/connectionState/:instanceName', { preHandler: guarded }, async (request) => {
    const { name, instance } = found(request)
    return stateAnswer(name, instance?.connection?.state)
  })

  app.get('/instance/fetchInstances', { preHandler: guarded }, async (request) => {
    await countTables(world)
    return fetchInstances(world, paramsOf(request), keyOf(request))
  })

  app.post('/instance/restart/:instanceName', { preHandler: guarded }, (request) => {
    const { name, instance } = found(request)
    return restartInstance(world, name, instance)
  })

  app.delete('/instance/logout/:instanceName', { preHandler: guarded }, async (request) => {
    const { name, instance } = found(request)
    if (instance?.connection?.state === 'close') throw badRequest(`The "${name}" instance is not connected`)
    if (instance !== undefined) logOut(world, instance)
    else if (nameExists(world, name)) {
      throw crashed('TypeError: this.waMonitor.waInstances[instanceName]?.logoutInstance is not a function')
    }
    return { status: 'SUCCESS', error: false, response: { message: 'Instance logged out' } }
  })

  app.delete('/instance/delete/:instanceName', { preHandler: guarded }, async (request) => {
    const { instance } = found(request)
    if (instance !== undefined) queueDelete(world, instance)
    return { status: 'SUCCESS', error: false, response: { message: 'Instance deleted' } }
  })
}

// Evolution counts whole tables of messages, contacts and chats in each call, also for a single name.
async function countTables(world: World): Promise<void> {
  if (world.databaseAway) throw databaseGone('findMany')
  if (world.inventoryMs === 0) return
  const turn = world.inventoryQueue.then(() => world.timers.pause(world.inventoryMs))
  world.inventoryQueue = turn
  await turn
}

function fetchInstances(
  world: World,
  filter: Record<string, string | undefined>,
  key: string | undefined,
): object[] {
  const rows = inventory(world)
  const isGlobal = key === world.options.apiKey
  const own = isGlobal ? rows : rows.filter((row) => row.token === key)
  const { instanceName, instanceId, number } = filter
  const by = instanceName
    ? { word: instanceName, matches: (row: Instance) => row.name === instanceName }
    : instanceId
      ? { word: instanceId, matches: (row: Instance) => row.id === instanceId }
      : number
        ? { word: number, matches: (row: Instance) => row.number === number }
        : null
  if (by === null) return own.map(inventoryRow)
  const hits = own.filter(by.matches)
  if (hits.length > 0) return hits.map(inventoryRow)
  if (!isGlobal) throw unauthorized()
  // A property of Object.prototype exists in memory and has no row.
  if (instanceName && nameExists(world, instanceName)) return []
  throw new EvolutionError(404, [`Instance "${by.word}" not found`])
}
