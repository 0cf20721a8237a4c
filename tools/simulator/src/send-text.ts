import { badRequest, badSchema, crashed } from './errors.ts'
import type { Instance } from './instance.ts'
import { sendMessage } from './send-message.ts'
import { textContent } from './sent-content.ts'
import type { Message } from './traffic.ts'
import type { World } from './world.ts'

/** sendText. Throws EvolutionError for a wrong body, and as `sendMessage` does. */
export async function sendText(
  world: World,
  instance: Instance,
  body: Record<string, unknown>,
): Promise<Message> {
  const { number, text } = checkBody(body)
  if (text.trim() === '') throw badRequest('Text is required')
  if (number.endsWith('@g.us') && !instance.traffic.known.has(number)) throw badRequest('[object Object]')
  if (instance.connection === null)
    throw crashed("Cannot read properties of undefined (reading 'textMessage')")
  return sendMessage(world, instance, { number, delay: body.delay, content: textContent(text) })
}

function checkBody(body: Record<string, unknown>): { number: string; text: string } {
  const { number, text } = body
  checkRequired(body, ['number', 'text'])
  if (typeof number !== 'string') throw badSchema(['Invalid format'])
  if (typeof text !== 'string') throw badSchema(['text is not of a type(s) string'])
  checkDelay(body)
  return { number, text }
}

/** Refuses a body without one of these fields. */
export function checkRequired(body: Record<string, unknown>, keys: readonly string[]): void {
  const missing = keys.filter((key) => body[key] === undefined)
  if (missing.length > 0) throw badSchema(missing.map((key) => `instance requires property "${key}"`))
}

/** Refuses a delay that is no number. */
export function checkDelay({ delay }: Record<string, unknown>): void {
  if (delay !== undefined && typeof delay !== 'number') throw badSchema(['delay is not of a type(s) integer'])
}
