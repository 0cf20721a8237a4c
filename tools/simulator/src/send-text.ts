import { badRequest, badSchema, crashed, EvolutionError } from './errors.ts'
import type { Instance } from './instance.ts'
import { cacheNumber, checkConnection, lookedUp } from './look-up-number.ts'
import type { Message } from './traffic.ts'
import type { World } from './world.ts'
import { writeMessage } from './write-message.ts'

const LOSS_SEEN_WITHIN_MS = 10

/**
 * sendText: 201 and PENDING mean only "written to the socket". Throws EvolutionError for the failures of a dead or half-open
 * connection; the status of a lost connection depends on whether the number was looked up before.
 */
export async function sendText(
  world: World,
  instance: Instance,
  body: Record<string, unknown>,
): Promise<Message> {
  const { number, text } = checkBody(body)
  if (text.trim() === '') throw badRequest('Text is required')
  if (number.endsWith('@g.us') && !instance.traffic.known.has(number)) throw badRequest('[object Object]')
  const digits = number.replace(/@.*$/, '').replace(/\D/g, '')
  if (instance.connection === null)
    throw crashed("Cannot read properties of undefined (reading 'textMessage')")
  if (world.databaseAway) throw crashed("database error: Can't reach database server at `127.0.0.1:5432`")
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
  if (typeof body.delay === 'number' && body.delay > 0) await world.timers.pause(body.delay)
  return writeMessage(world, instance, { jid: target.jid, digits, text })
}

function checkBody(body: Record<string, unknown>): { number: string; text: string } {
  const { number, text } = body
  const missing = ['number', 'text'].filter((key) => body[key] === undefined)
  if (missing.length > 0) throw badSchema(missing.map((key) => `instance requires property "${key}"`))
  if (typeof number !== 'string') throw badSchema(['Invalid format'])
  if (typeof text !== 'string') throw badSchema(['text is not of a type(s) string'])
  if (body.delay !== undefined && typeof body.delay !== 'number')
    throw badSchema(['delay is not of a type(s) integer'])
  return { number, text }
}

/** Waits until WhatsApp has taken the texts before this one and then this one, or until the connection is lost. */
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

/** The connection was lost while the text waited for WhatsApp: nothing was written to the socket. */
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
