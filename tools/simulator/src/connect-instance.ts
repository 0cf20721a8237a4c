import { ERROR_200 } from './errors.ts'
import type { Instance, Line } from './instance.ts'
import { blipLine } from './lose-line.ts'
import { openSocket } from './open-line.ts'
import { answerQr } from './qr.ts'
import { scaled, type World } from './world.ts'

const SOCKET_MS = 100
// Requests of one moment must meet, also where nothing else is waited for.
const SHORTEST_SOCKET_MS = 30
const CONNECT_SLEEP_MS = 2000

/** `{"instance":{"instanceName","state"}}`; the state is absent while the instance is not loaded. */
export const stateAnswer = (name: string, state?: string) => ({
  instance: { instanceName: name, ...(state === undefined ? {} : { state }) },
})

/**
 * connect: on a closed line it opens a socket, sleeps 2 s and answers the QR code (`{count:0}` if there is none);
 * while connecting it answers the present code or, before there is one, the last code of an earlier attempt, and ignores
 * `number`; on an open line it answers the other shape. Never an error status: what fails is HTTP 200 with `{error:true}`.
 * Parallel calls each open a socket.
 */
export async function connectInstance(
  world: World,
  name: string,
  instance: Instance | undefined,
  number: string | null,
): Promise<object> {
  const line = instance?.line
  if (instance === undefined || line === null || line === undefined) return ERROR_200
  if (line.state === 'open') return stateAnswer(name, 'open')
  if (line.state !== 'close') return answerLine(line)

  // The session logs in already (a reconnect, or the restart after a scan): this socket is a second one of the same account.
  if ((world.lost.has(instance) || world.pairing.has(instance)) && instance.paired) {
    line.rivals++
    line.opened++
  }
  // The state turns only when the socket exists: whoever asks within this moment opens another one.
  else {
    await world.timers.pause(Math.max(SHORTEST_SOCKET_MS, scaled(world, SOCKET_MS)))
    openIfAlive(world, instance, number !== null)
  }
  await world.timers.pause(scaled(world, CONNECT_SLEEP_MS))
  return answerLine(instance.line ?? line)
}

/** The code that is shown or, while there is none, the last one of an earlier attempt. */
const answerLine = ({ qr, oldQr }: Line) => answerQr(qr.code === null ? oldQr : qr)

/** restart: always 200. An open line answers `open` and falls right after; a closed one is an error under 200. */
export async function restartInstance(
  world: World,
  name: string,
  instance: Instance | undefined,
): Promise<object> {
  const line = instance?.line
  if (instance === undefined || line === null || line === undefined || line.state === 'close')
    return ERROR_200
  if (line.state !== 'open') return answerLine(line)
  blipLine(world, instance)
  return stateAnswer(name, 'open')
}

function openIfAlive(world: World, instance: Instance, withPairingCode: boolean): void {
  if (world.instances.get(instance.name) === instance && instance.line?.state !== 'open') {
    openSocket(world, instance, withPairingCode)
  }
}
