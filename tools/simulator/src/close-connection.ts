import { type Disconnection, disconnectionObject } from './disconnection.ts'
import { emit } from './emit.ts'
import type { Instance } from './instance.ts'
import { leaveLoops } from './lose-connection.ts'
import { retireQr } from './qr.ts'
import { wantsEvent } from './webhook-row.ts'
import { touch, type World } from './world.ts'

/**
 * Ends the session for good (codes 401, 402, 403, 406): closed in memory and database, the reason written, the session wiped,
 * so that an unbanned number also needs a new QR code. ownerJid and profileName stay. Sends three webhooks, in the measured
 * order.
 */
export function closeConnection(world: World, instance: Instance, end: Disconnection): void {
  const { connection, database } = instance
  leaveLoops(world, instance)
  if (world.databaseAway && connection !== null) {
    // Evolution's handler fails at its first write to the database: memory keeps its state.
    instance.paired = false
    connection.endedUnseen = true
    return
  }
  if (connection !== null) {
    world.timers.clear(connection.timers)
    connection.state = 'close'
    retireQr(connection)
    connection.dropped = false
    connection.rivals = 0
  }
  instance.traffic.waiting = []
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
  // The session is erased only when this webhook is delivered or given up. That erases the session of that moment.
  const erase = (): void => {
    instance.dying--
    if (!instance.paired) return
    instance.paired = false
    instance.database.connectionStatus = 'close'
    touch(world, instance)
  }
  const told = emit(world, instance, 'LOGOUT_INSTANCE', null)
  if (wantsEvent(instance.webhook, 'LOGOUT_INSTANCE')) void told.then(erase)
  else erase()
  void emit(world, instance, 'CONNECTION_UPDATE', {
    instance: instance.name,
    state: 'close',
    statusReason: end.code,
  })
}
