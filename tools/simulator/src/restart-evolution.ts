import { forgetWebhooks } from './deliver-webhook.ts'
import { newLine } from './instance.ts'
import { leaveLoops } from './lose-line.ts'
import { openSocket } from './open-line.ts'
import { scaled, type World } from './world.ts'

const LOADING_MS = 20_000

/**
 * Evolution restarts: pending webhooks (and the deletes that wait for them) are forgotten, and for `absentMs`
 * (20 s scaled by default) no instance has a state. Then ALL of them connect: paired ones come back, and closed,
 * logged-out, banned and never-connected ones begin to show QR codes.
 */
export function restartEvolution(world: World, absentMs = scaled(world, LOADING_MS)): void {
  forgetWebhooks(world.webhooks)
  const { signal } = world.webhooks.life
  world.creating.clear()
  for (const instance of world.instances.values()) {
    leaveLoops(world, instance)
    if (instance.line !== null) {
      world.timers.clear(instance.line.timers)
      world.timers.clear(instance.line.dropEnds)
    }
    instance.line = null
  }
  world.timers.after(absentMs, () => {
    // A later restart loads everything itself.
    if (signal.aborted) return
    for (const instance of world.instances.values()) {
      if (instance.line !== null) continue
      if (instance.integration === 'WHATSAPP-BAILEYS') {
        instance.line = newLine()
        openSocket(world, instance)
      } else instance.line = newLine('open')
    }
  })
}
