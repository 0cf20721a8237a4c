import { forgetWebhooks } from './deliver-webhook.ts'
import { newConnection } from './instance.ts'
import { leaveLoops } from './lose-connection.ts'
import { openSocket } from './open-connection.ts'
import { forgetMemory } from './traffic.ts'
import { scaled, type World } from './world.ts'

const LOADING_MS = 20_000

/**
 * Restarts Evolution: pending webhooks (and the deletes that wait for them) are dropped, and no instance has a state for
 * `absentMs` (20 s scaled by default). Then ALL instances connect: paired ones open, and closed, logged-out, banned and
 * never-connected ones show QR codes.
 */
export function restartEvolution(world: World, absentMs = scaled(world, LOADING_MS)): void {
  forgetWebhooks(world.webhooks)
  world.websocket?.restart()
  const { signal } = world.webhooks.run
  world.creating.clear()
  for (const instance of world.instances.values()) {
    leaveLoops(world, instance)
    if (instance.connection !== null) {
      world.timers.clear(instance.connection.timers)
      world.timers.clear(instance.connection.dropEnds)
    }
    instance.connection = null
    forgetMemory(instance.traffic)
  }
  world.timers.after(absentMs, () => {
    // A later restart loads all instances itself.
    if (signal.aborted) return
    for (const instance of world.instances.values()) {
      if (instance.connection !== null) continue
      if (instance.integration === 'WHATSAPP-BAILEYS') {
        instance.connection = newConnection()
        openSocket(world, instance)
      } else instance.connection = newConnection('open')
    }
  })
}
