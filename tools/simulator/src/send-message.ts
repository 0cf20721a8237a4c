import { badRequest, crashed, EvolutionError } from './errors.ts'
import type { Instance } from './instance.ts'
import { cacheNumber, checkConnection, lookedUp } from './look-up-number.ts'
import type { SentContent } from './sent-content.ts'
import type { Message } from './traffic.ts'
import type { World } from './world.ts'
import { writeMessage } from './write-message.ts'

const LOSS_SEEN_WITHIN_MS = 10

/** What Evolution sends: to whom, what, and the time for which it shows "typing…" before. */
type Sending = {
  number: string
  delay: unknown
  content: SentContent
  /** Baileys' preparation right before the write; what it throws is answered as a 400. */
  prepare?: () => void
}

/**
 * The part that all kinds of message share. 201 and PENDING mean only "written to the socket". Throws EvolutionError for the failures
 * of a dead or half-open connection; the status of a lost connection depends on whether the number was looked up before.
 */
export async function sendMessage(
  world: World,
  instance: Instance,
  { number, delay, content, prepare }: Sending,
): Promise<Message> {
  if (world.databaseAway) throw crashed("database error: Can't reach database server at `127.0.0.1:5432`")
  const digits = number.replace(/@.*$/, '').replace(/\D/g, '')
  const target = lookedUp(world, instance, number)
  await checkConnection(world, instance, target.isCached)
  if (!target.exists) {
    throw new EvolutionError(400, [{ jid: target.jid, exists: false, number: digits }])
  }
  if (world.whatsappLatencyMs > 0) {
    await waitForWhatsapp(world, instance)
    checkConnectionWithin(instance, target.isCached)
  }
  cacheNumber(world, target)
  if (typeof delay === 'number' && delay > 0) await world.timers.pause(delay)
  prepare?.()
  return writeMessage(world, instance, { jid: target.jid, digits, content })
}

/** Waits until WhatsApp has taken the messages before this one and then this one, or until the connection is lost. */
async function waitForWhatsapp(world: World, instance: Instance): Promise<void> {
  const { traffic } = instance
  const turn = traffic.sending.then(async () => {
    const untilMs = performance.now() + world.whatsappLatencyMs
    for (let leftMs = world.whatsappLatencyMs; leftMs > 0; leftMs = untilMs - performance.now()) {
      if (instance.connection?.state !== 'open') return
      await world.timers.pause(Math.min(leftMs, LOSS_SEEN_WITHIN_MS))
    }
  })
  traffic.sending = turn
  traffic.textsWaiting++
  await turn
  traffic.textsWaiting--
}

/** The connection was lost while the message waited for WhatsApp: nothing was written to the socket. */
function checkConnectionWithin({ connection }: Instance, isCached: boolean): void {
  if (connection?.state === 'open') return
  // A WebSocket close code, as the text of the error.
  if (isCached) throw badRequest('1006')
  throw crashed(
    connection?.streamError
      ? "Cannot read properties of undefined (reading 'find')"
      : 'Internal Server Error',
  )
}
