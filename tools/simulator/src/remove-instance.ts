import { closeLine } from './close-line.ts'
import { emit } from './deliver-webhook.ts'
import { loggedOutByApi } from './disconnection.ts'
import { type Instance, newInstance, newLine } from './instance.ts'
import { leaveLoops } from './lose-line.ts'
import { scaled, type World } from './world.ts'

const LOGOUT_MS = 10
const ROW_GOES_MS = 10

/**
 * Queues a delete, as Evolution does: the REMOVE_INSTANCE webhook is sent first and waited for with all its retries,
 * and only then the instance goes, BY NAME: whatever bears the name at that moment. An open one is logged out beside
 * that, so its closing events come after `remove.instance`. A restart of Evolution forgets the whole delete.
 */
export function queueDelete(world: World, instance: Instance): void {
  const state = instance.line?.state
  if (state === 'open' || state === 'connecting') logOut(world, instance)
  void emit(world, instance, 'INSTANCE_DELETE', { instanceName: instance.name, instanceId: instance.id })
  void emit(world, instance, 'REMOVE_INSTANCE', null).then((outcome) => {
    if (outcome === 'done') finishDelete(world, instance.name)
  })
}

/** Ends the session a moment later: Evolution answers logout before it has happened. A line without WhatsApp ignores it. */
export function logOut(world: World, instance: Instance): void {
  const life = instance.line
  if (world.lost.has(instance)) return
  world.timers.after(scaled(world, LOGOUT_MS), () => {
    if (instance.line === life || instance.line === null)
      closeLine(world, instance, loggedOutByApi(instance.name))
  })
}

/** Removes whatever bears the name, from memory and database, at once and without a word. */
export function removeInstance(world: World, name: string): void {
  const instance = world.instances.get(name)
  if (instance === undefined) return
  end(world, instance)
  world.instances.delete(name)
  world.changed()
}

// A socket that reconnects outlives the delete of its instance. Its session is gone, so it makes QR codes once WhatsApp is back.
function orphan(world: World, { name, integration }: Instance): void {
  const left = newInstance({ name, integration }, world.now())
  left.line = { ...newLine('connecting'), hasSocket: true }
  world.orphans.add(left)
  world.lost.add(left)
}

function end(world: World, instance: Instance): void {
  leaveLoops(world, instance)
  if (instance.line !== null) world.timers.clear(instance.line.timers)
  instance.line = null
}

// Memory goes first, so that for a moment connectionState answers without a state.
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
