import { closeConnection } from './close-connection.ts'
import { loggedOutByApi } from './disconnection.ts'
import { emit } from './emit.ts'
import { type Instance, newConnection, newInstance } from './instance.ts'
import { leaveLoops } from './lose-connection.ts'
import { isAtLeast } from './version.ts'
import { scaled, type World } from './world.ts'

const LOGOUT_MS = 10
const ROW_GOES_MS = 10

/**
 * Queues a delete, as Evolution does: it sends the REMOVE_INSTANCE webhook first and waits for it with all its retries. Then it
 * removes the instance BY NAME, whichever instance has the name at that moment. An open instance is logged out meanwhile, so
 * its closing events follow `remove.instance`. A restart of Evolution forgets the delete.
 */
export function queueDelete(world: World, instance: Instance): void {
  const state = instance.connection?.state
  if (state === 'open' || state === 'connecting') logOut(world, instance)
  void emit(world, instance, 'INSTANCE_DELETE', { instanceName: instance.name, instanceId: instance.id })
  void emit(world, instance, 'REMOVE_INSTANCE', null).then((outcome) => {
    if (outcome === 'done') finishDelete(world, instance.name)
  })
}

/** Ends the session a moment later: Evolution answers a logout before it happens. A connection without WhatsApp ignores it. */
export function logOut(world: World, instance: Instance): void {
  const loggedOut = instance.connection
  if (world.lost.has(instance)) return
  world.timers.after(scaled(world, LOGOUT_MS), () => {
    if (instance.connection !== loggedOut && instance.connection !== null) return
    closeConnection(world, instance, loggedOutByApi(instance.name))
    // Until 2.3.6 the handler of inbound messages ends here, and a new pairing does not start it.
    if (!isAtLeast(world.options.version, '2.3.7')) instance.traffic.inboundDead = true
  })
}

/** Removes the instance with this name from memory and database, at once and without a webhook. */
export function removeInstance(world: World, name: string): void {
  const instance = world.instances.get(name)
  if (instance === undefined) return
  end(world, instance)
  world.instances.delete(name)
  world.changed()
}

// A socket that reconnects outlives the delete of its instance. Its session is gone, so it makes QR codes once WhatsApp is
// reachable.
function orphan(world: World, { name, integration }: Instance): void {
  const left = newInstance({ name, integration }, world.now())
  left.connection = { ...newConnection('connecting'), hasSocket: true }
  world.orphans.add(left)
  world.lost.add(left)
}

function end(world: World, instance: Instance): void {
  leaveLoops(world, instance)
  if (instance.connection !== null) world.timers.clear(instance.connection.timers)
  instance.connection = null
}

// Memory goes first, so connectionState answers without a state for a moment.
function finishDelete(world: World, name: string): void {
  const instance = world.instances.get(name)
  if (instance === undefined) return
  instance.leaving = true
  if (world.whatsappDown && world.lost.has(instance)) orphan(world, instance)
  end(world, instance)
  world.timers.after(scaled(world, ROW_GOES_MS), () => {
    if (world.instances.get(name) === instance) removeInstance(world, name)
  })
}
