import { ControlError } from './errors.ts'
import type { Instance } from './instance.ts'
import { answerCall, openSocket, setConnecting } from './open-line.ts'
import { retireQr } from './qr.ts'
import { scaled, type World } from './world.ts'

const RECONNECT_MS = 500
// However fast the clock of a test runs, a reconnect loop must not become a storm of its own.
const FASTEST_RECONNECT_MS = 50
const BLIP_MS = 300
const SHORTEST_BLIP_MS = 30

/**
 * The line is gone, and Evolution reconnects without end: memory flips between `close` and `connecting`, webhooks
 * hear `connecting` each time and never `close`, and the database goes on saying what it said. The QR code that was
 * shown is dead, and connect goes on answering it.
 */
export function loseLine(world: World, instance: Instance): void {
  const { line } = instance
  if (line === null) return
  world.timers.clear(line.timers)
  line.state = 'close'
  retireQr(line)
  world.fighting.delete(instance)
  world.lost.add(instance)
  tick(world)
}

/** One line is lost; with `forMs` it comes back by itself. Throws ControlError when there is nothing to lose. */
export function dropLine(
  world: World,
  instance: Instance,
  { forMs, streamError = false }: { forMs?: number; streamError?: boolean } = {},
): void {
  const { line } = instance
  if (line === null || (line.state === 'close' && !world.lost.has(instance))) {
    throw new ControlError(
      `"${instance.name}" has no line to drop: it is ${line?.state ?? 'not loaded'}. Connect it first.`,
    )
  }
  line.dropped = true
  line.streamError = streamError
  world.timers.clear(line.dropEnds)
  loseLine(world, instance)
  if (forMs !== undefined) world.timers.after(forMs, () => recoverLine(world, instance), line.dropEnds)
}

/** The line could be had again: what Evolution does next is its own affair (open, QR code, or a war of two sockets). */
export function recoverLine(world: World, instance: Instance): void {
  const { line } = instance
  if (line === null) return
  line.dropped = false
  world.timers.clear(line.dropEnds)
  if (world.whatsappDown || !world.lost.has(instance)) return
  if (!instance.paired && world.registrationRefused) return
  world.lost.delete(instance)
  if (!instance.paired) {
    openSocket(world, instance)
    return
  }
  if (line.state !== 'connecting') setConnecting(world, instance, line)
  answerCall(world, instance)
}

/** Two sockets on one account replace each other (440) without end; only the end of the session ends it. */
export function startFight(world: World, instance: Instance): void {
  if (world.fighting.has(instance)) return
  world.fighting.add(instance)
  tick(world)
}

/** WhatsApp becomes unreachable for everybody, or reachable again. */
export function setWhatsappDown(world: World, down: boolean): void {
  world.whatsappDown = down
  for (const instance of down ? world.instances.values() : [...world.lost]) {
    const state = instance.line?.state
    if (!down && instance.line?.dropped === false) recoverLine(world, instance)
    if (down && instance.integration === 'WHATSAPP-BAILEYS' && (state === 'open' || state === 'connecting')) {
      loseLine(world, instance)
    }
  }
}

/** WhatsApp refuses new registrations (405, an outdated web version), or takes them again. Paired numbers notice nothing. */
export function refuseRegistration(world: World, refused: boolean): void {
  world.registrationRefused = refused
  for (const instance of refused ? world.instances.values() : [...world.lost]) {
    if (instance.paired || instance.line === null) continue
    if (refused && instance.line.state === 'connecting') loseLine(world, instance)
    if (!refused && !instance.line.dropped) recoverLine(world, instance)
  }
}

/** A short loss of an open line, as after a restart: close at once, connecting, open again after `ms`. */
export function blipLine(world: World, instance: Instance, ms = restartBlipMs(world)): void {
  const { line } = instance
  if (line === null || line.endedUnseen) return
  world.timers.clear(line.timers)
  line.state = 'close'
  world.timers.after(ms / 3, () => setConnecting(world, instance, line), line.timers)
  world.timers.after(
    ms,
    () => (world.whatsappDown ? loseLine(world, instance) : answerCall(world, instance)),
    line.timers,
  )
}

/** Lost for `everyMs`, back for `everyMs`, and so on, until the answer is called. */
export function flapLine(world: World, instance: Instance, everyMs: number): () => void {
  world.flapping.get(instance)?.()
  let cancel = () => {}
  const turn = () => {
    if (world.lost.has(instance)) recoverLine(world, instance)
    else if (instance.line?.state === 'open') dropLine(world, instance)
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

/** Takes an instance out of every loop: its line ended, or it is gone. */
export function leaveLoops(world: World, instance: Instance): void {
  world.flapping.get(instance)?.()
  world.lost.delete(instance)
  world.fighting.delete(instance)
  world.pairing.delete(instance)
}

const restartBlipMs = (world: World) => Math.max(SHORTEST_BLIP_MS, scaled(world, BLIP_MS))

// One timer serves every lost instance, so that an outage of a thousand costs a thousand flips and no more.
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
  const { line } = instance
  if (line === null) return
  if (line.state === 'close') setConnecting(world, instance, line)
  else line.state = 'close'
}

// Code 440: each of two sockets on one account throws the other out when it logs in.
function fight(world: World, instance: Instance): void {
  const { line } = instance
  if (line === null) return
  if (line.state === 'open') line.state = 'close'
  else if (line.state === 'close') setConnecting(world, instance, line)
  else answerCall(world, instance)
}
