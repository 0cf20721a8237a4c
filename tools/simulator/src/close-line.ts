import { emit } from './deliver-webhook.ts'
import { type Disconnection, disconnectionObject } from './disconnection.ts'
import type { Instance } from './instance.ts'
import { leaveLoops } from './lose-line.ts'
import { retireQr } from './qr.ts'
import { wantsEvent } from './webhook-row.ts'
import { touch, type World } from './world.ts'

/**
 * The line ends for good (codes 401, 402, 403, 406): closed in memory and database, the reason written, the session
 * wiped, so that also an un-banned number needs a new QR code. ownerJid and profileName stay. Three webhooks go out,
 * in the measured order.
 */
export function closeLine(world: World, instance: Instance, end: Disconnection): void {
  const { line, database } = instance
  leaveLoops(world, instance)
  if (world.databaseAway && line !== null) {
    // What Evolution does at the end of a session fails at its first write: memory goes on reading as it did.
    instance.paired = false
    line.endedUnseen = true
    return
  }
  if (line !== null) {
    world.timers.clear(line.timers)
    line.state = 'close'
    retireQr(line)
    line.dropped = false
    line.rivals = 0
  }
  const at = world.now()
  instance.paired = false
  instance.dying++
  database.connectionStatus = 'close'
  database.disconnectionReasonCode = end.code
  database.disconnectionObject = disconnectionObject(end, at)
  database.disconnectionAt = at.toISOString()
  touch(world, instance)
  void emit(world, instance, 'STATUS_INSTANCE', {
    instance: instance.name,
    status: 'closed',
    disconnectionAt: database.disconnectionAt,
    disconnectionReasonCode: end.code,
    disconnectionObject: database.disconnectionObject,
  })
  // The session is erased only when this webhook was delivered or given up; whatever session is there by then goes with it.
  const erase = (): void => {
    instance.dying--
    if (!instance.paired) return
    instance.paired = false
    instance.database.connectionStatus = 'close'
    touch(world, instance)
  }
  if (wantsEvent(instance.webhook, 'LOGOUT_INSTANCE'))
    void emit(world, instance, 'LOGOUT_INSTANCE', null).then(erase)
  else erase()
  void emit(world, instance, 'CONNECTION_UPDATE', {
    instance: instance.name,
    state: 'close',
    statusReason: end.code,
  })
}
