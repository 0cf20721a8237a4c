import { randomBytes } from 'node:crypto'
import { emit } from './deliver-webhook.ts'
import { badRequest, badSchema, crashed, EvolutionError } from './errors.ts'
import { type Instance, jidOf } from './instance.ts'
import type { World } from './world.ts'

/** Evolution returns this for every send; the text of an answer in a disappearing chat would differ. */
const CONTEXT = {
  expiration: 0,
  ephemeralSettingTimestamp: '0',
  disappearingMode: { initiator: 'CHANGED_IN_CHAT' },
}

const KEPT_MESSAGES = 100_000

/**
 * sendText: 201 and PENDING mean only "written to the socket". Throws EvolutionError for the failures of a dead or half-open
 * connection; the status of a lost connection depends on whether the number was looked up before.
 */
export async function sendText(
  world: World,
  instance: Instance,
  body: Record<string, unknown>,
): Promise<object> {
  const { number, text } = checkBody(body)
  if (text.trim() === '') throw badRequest('Text is required')
  if (number.endsWith('@g.us')) throw badRequest('[object Object]')
  const digits = number.replace(/@.*$/, '').replace(/\D/g, '')
  if (instance.connection === null)
    throw crashed("Cannot read properties of undefined (reading 'textMessage')")
  if (world.databaseAway) throw crashed("database error: Can't reach database server at `127.0.0.1:5432`")
  const wasKnown = world.knownNumbers.has(digits)
  checkLine(instance, wasKnown)
  if (world.missingNumbers.has(digits)) {
    throw new EvolutionError(400, [{ jid: jidOf(digits), exists: false, number: digits }])
  }
  if (world.whatsappLatencyMs > 0) {
    await world.timers.pause(world.whatsappLatencyMs)
    checkConnectionWithin(instance, wasKnown)
  }
  world.knownNumbers.add(digits)
  if (typeof body.delay === 'number' && body.delay > 0) await world.timers.pause(body.delay)

  const at = world.now()
  const id = `3EB0${randomBytes(9).toString('hex').toUpperCase()}`
  const answer = {
    key: { remoteJid: jidOf(digits), fromMe: true, id },
    pushName: 'Você',
    status: 'PENDING',
    message: { conversation: text },
    contextInfo: CONTEXT,
    messageType: 'conversation',
    messageTimestamp: Math.floor(at.getTime() / 1000),
    instanceId: instance.id,
    source: 'web',
  }
  world.sent.push({ instance: instance.name, number: digits, text, id, at: at.toISOString() })
  if (world.sent.length > KEPT_MESSAGES) world.sent.splice(0, KEPT_MESSAGES / 2)
  void emit(world, instance, 'SEND_MESSAGE', answer)
  return answer
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

function checkLine(instance: Instance, isCached: boolean): void {
  const { connection } = instance
  if (connection?.state === 'open' && !connection.endedUnseen) return
  if (connection === null || !connection.hasSocket) {
    throw isCached
      ? badRequest("TypeError: Cannot read properties of undefined (reading 'sendMessage')")
      : crashed("Cannot read properties of undefined (reading 'onWhatsApp')")
  }
  if (connection.state === 'connecting' && !instance.paired) {
    throw badRequest("TypeError: Cannot read properties of undefined (reading 'id')")
  }
  throw isCached ? badRequest('Error: Connection Closed') : crashed('Connection Closed')
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
