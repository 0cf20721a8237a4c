import { ERROR_200 } from './errors.ts'
import type { Connection, Instance } from './instance.ts'
import { blipConnection } from './lose-connection.ts'
import { openSocket } from './open-connection.ts'
import { answerQr } from './qr.ts'
import { scaled, type World } from './world.ts'

const SOCKET_MS = 100
// Parallel requests must overlap, also with a time scale of 0.
const SHORTEST_SOCKET_MS = 30
const CONNECT_SLEEP_MS = 2000

/** `{"instance":{"instanceName","state"}}`; `state` is absent while the instance is not loaded. */
export const stateAnswer = (name: string, state?: string) => ({
  instance: { instanceName: name, ...(state === undefined ? {} : { state }) },
})

/**
 * connect: on a closed connection it opens a socket, sleeps 2 s and returns the QR code (`{count:0}` if there is none). While
 * connecting it returns the present code or, before there is one, the last code of an earlier attempt, and ignores `number`. On
 * an open connection it returns the shape of connectionState. Failures are HTTP 200 with `{error:true}`. Parallel calls open
 * one socket each.
 */
export async function connectInstance(
  world: World,
  name: string,
  instance: Instance | undefined,
  number: string | null,
): Promise<object> {
  const connection = instance?.connection
  if (instance === undefined || connection === null || connection === undefined) return ERROR_200
  if (connection.state === 'open') return stateAnswer(name, 'open')
  if (connection.state !== 'close') return answerCode(connection)

  // The session already logs in (a reconnect, or the restart after a scan): this socket is a second one on the same account.
  if ((world.lost.has(instance) || world.pairing.has(instance)) && instance.paired) {
    connection.rivals++
    connection.opened++
  }
  // The state changes only when the socket exists: a call before that opens another socket.
  else {
    await world.timers.pause(Math.max(SHORTEST_SOCKET_MS, scaled(world, SOCKET_MS)))
    openIfAlive(world, instance, number !== null)
  }
  await world.timers.pause(scaled(world, CONNECT_SLEEP_MS))
  return answerCode(instance.connection ?? connection)
}

/** The present code or, while there is none, the last one of an earlier attempt. */
const answerCode = ({ qr, oldQr }: Connection) => answerQr(qr.code === null ? oldQr : qr)

/** restart: always 200. An open connection returns `open` and closes right after; a closed one is an error under 200. */
export async function restartInstance(
  world: World,
  name: string,
  instance: Instance | undefined,
): Promise<object> {
  const connection = instance?.connection
  if (
    instance === undefined ||
    connection === null ||
    connection === undefined ||
    connection.state === 'close'
  )
    return ERROR_200
  if (connection.state !== 'open') return answerCode(connection)
  blipConnection(world, instance)
  return stateAnswer(name, 'open')
}

function openIfAlive(world: World, instance: Instance, withPairingCode: boolean): void {
  if (world.instances.get(instance.name) === instance && instance.connection?.state !== 'open') {
    openSocket(world, instance, withPairingCode)
  }
}
