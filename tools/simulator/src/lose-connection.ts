import { ControlError } from './errors.ts'
import type { Instance } from './instance.ts'
import { answerCall, openSocket, setConnecting } from './open-connection.ts'
import { retireQr } from './qr.ts'
import { scaled, type World } from './world.ts'

const RECONNECT_MS = 500
// A lower limit for fast test clocks, so that the reconnect loop does not use up the processor.
const FASTEST_RECONNECT_MS = 50
const BLIP_MS = 300
const SHORTEST_BLIP_MS = 30

/**
 * Loses the connection; Evolution reconnects without end: memory flips between `close` and `connecting`, each flip sends a
 * `connecting` webhook and never a `close`, and the database keeps its state. The QR code that was shown is dead, and connect
 * keeps returning it.
 */
export function loseConnection(world: World, instance: Instance): void {
  const { connection } = instance
  if (connection === null) return
  world.timers.clear(connection.timers)
  connection.state = 'close'
  retireQr(connection)
  world.fighting.delete(instance)
  world.lost.add(instance)
  tick(world)
}

/** Loses one connection; with `forMs` it returns after that time. Throws ControlError when there is none to lose. */
export function dropConnection(
  world: World,
  instance: Instance,
  { forMs, streamError = false }: { forMs?: number; streamError?: boolean } = {},
): void {
  const { connection } = instance
  if (connection === null || (connection.state === 'close' && !world.lost.has(instance))) {
    throw new ControlError(
      `"${instance.name}" has no connection to drop: it is ${connection?.state ?? 'not loaded'}. Connect it first.`,
    )
  }
  connection.dropped = true
  connection.streamError = streamError
  world.timers.clear(connection.dropEnds)
  loseConnection(world, instance)
  if (forMs !== undefined)
    world.timers.after(forMs, () => recoverConnection(world, instance), connection.dropEnds)
}

/** WhatsApp accepts the connection again. Evolution then opens it, shows a QR code, or two sockets replace each other. */
export function recoverConnection(world: World, instance: Instance): void {
  const { connection } = instance
  if (connection === null) return
  connection.dropped = false
  world.timers.clear(connection.dropEnds)
  if (world.whatsappDown || !world.lost.has(instance)) return
  if (!instance.paired && world.registrationRefused) return
  world.lost.delete(instance)
  if (!instance.paired) {
    openSocket(world, instance)
    return
  }
  if (connection.state !== 'connecting') setConnecting(world, instance, connection)
  answerCall(world, instance)
}

/** Two sockets on one account replace each other (440) until the session ends. */
export function startFight(world: World, instance: Instance): void {
  if (world.fighting.has(instance)) return
  world.fighting.add(instance)
  tick(world)
}

/** Makes WhatsApp unreachable for all instances, or reachable again. */
export function setWhatsappDown(world: World, down: boolean): void {
  world.whatsappDown = down
  for (const instance of down ? world.instances.values() : [...world.lost]) {
    const state = instance.connection?.state
    if (!down && instance.connection?.dropped === false) recoverConnection(world, instance)
    if (down && instance.integration === 'WHATSAPP-BAILEYS' && (state === 'open' || state === 'connecting')) {
      loseConnection(world, instance)
    }
  }
}

/**
 * WhatsApp refuses new registrations (405, an outdated web version), or accepts them again. Paired numbers are not affected.
 */
export function refuseRegistration(world: World, refused: boolean): void {
  world.registrationRefused = refused
  for (const instance of refused ? world.instances.values() : [...world.lost]) {
    if (instance.paired || instance.connection === null) continue
    if (refused && instance.connection.state === 'connecting') loseConnection(world, instance)
    if (!refused && !instance.connection.dropped) recoverConnection(world, instance)
  }
}

/** A short loss of an open connection, as after a restart: close at once, connecting, open again after `ms`. */
export function blipConnection(world: World, instance: Instance, ms = restartBlipMs(world)): void {
  const { connection } = instance
  if (connection === null || connection.endedUnseen) return
  world.timers.clear(connection.timers)
  connection.state = 'close'
  world.timers.after(ms / 3, () => setConnecting(world, instance, connection), connection.timers)
  world.timers.after(
    ms,
    () => (world.whatsappDown ? loseConnection(world, instance) : answerCall(world, instance)),
    connection.timers,
  )
}

/** Loses the connection for `everyMs`, restores it for `everyMs`, and so on, until the returned function is called. */
export function flapConnection(world: World, instance: Instance, everyMs: number): () => void {
  world.flapping.get(instance)?.()
  let cancel = () => {}
  const turn = () => {
    if (world.lost.has(instance)) recoverConnection(world, instance)
    else if (instance.connection?.state === 'open') dropConnection(world, instance)
    cancel = world.timers.after(everyMs, turn)
  }
  turn()
  const stop = () => {
    cancel()
    world.flapping.delete(instance)
  }
  world.flapping.set(instance, stop)
  return stop
}

/** Takes an instance out of every loop, because its session ended or the instance is gone. */
export function leaveLoops(world: World, instance: Instance): void {
  world.flapping.get(instance)?.()
  world.lost.delete(instance)
  world.fighting.delete(instance)
  world.pairing.delete(instance)
}

const restartBlipMs = (world: World) => Math.max(SHORTEST_BLIP_MS, scaled(world, BLIP_MS))

// One timer serves all lost instances, so an outage of a thousand instances costs a thousand flips and not a thousand timers.
function tick(world: World): void {
  if (world.ticking) return
  world.ticking = true
  world.timers.after(Math.max(FASTEST_RECONNECT_MS, scaled(world, RECONNECT_MS)), () => {
    world.ticking = false
    for (const instance of world.lost) tryAgain(world, instance)
    for (const instance of world.fighting) fight(world, instance)
    if (world.lost.size + world.fighting.size > 0) tick(world)
  })
}

function tryAgain(world: World, instance: Instance): void {
  const { connection } = instance
  if (connection === null) return
  if (connection.state === 'close') setConnecting(world, instance, connection)
  else connection.state = 'close'
}

// Code 440: each of two sockets on one account closes the other when it logs in.
function fight(world: World, instance: Instance): void {
  const { connection } = instance
  if (connection === null) return
  if (connection.state === 'open') connection.state = 'close'
  else if (connection.state === 'close') setConnecting(world, instance, connection)
  else answerCall(world, instance)
}
