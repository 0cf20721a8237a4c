import { badRequest, crashed, EvolutionError } from './errors.ts'
import type { Instance } from './instance.ts'
import { builtJid, isCacheable, isGroup, jidForms, lidOf } from './phone-number.ts'
import { keep } from './traffic.ts'
import { scaled, type World } from './world.ts'

/** A number as Evolution uses it: `isCached` when no request to WhatsApp is needed. */
export type LookedUp = { jid: string; exists: boolean; isCached: boolean }

const KEPT_NUMBERS = 200_000
const QUERY_MS = 16
const EACH_QUERIED_MS = 5
const HALF_OPEN_MS = 60_000
/** No country gives out numbers of so many digits, so WhatsApp has none; what it does not have is not cached. */
const NO_PHONE_DIGITS = 15

/** The jid of a number and whether it is on WhatsApp: from the cache, else as WhatsApp answers. LIDs are never checked. */
export function lookedUp(world: World, instance: Instance, number: string): LookedUp {
  const built = builtJid(number)
  if (built.endsWith('@lid')) {
    return { jid: instance.traffic.phoneOfLid.get(built) ?? built, exists: true, isCached: true }
  }
  if (isGroup(built)) return { jid: built, exists: instance.traffic.known.has(built), isCached: false }
  const forms = jidForms(built)
  const cached = forms.map((form) => world.onWhatsapp.get(form)).find((jid) => jid !== undefined)
  if (cached !== undefined) return { jid: cached, exists: true, isCached: true }
  const asked = number.replace(/@.*$/, '').replace(/\D/g, '')
  const isMissing = [`${asked}@s.whatsapp.net`, ...forms].some((form) =>
    world.missingNumbers.has(form.slice(0, form.indexOf('@'))),
  )
  if (isMissing || asked.length >= NO_PHONE_DIGITS || built === 'status@broadcast')
    return { jid: built, exists: false, isCached: false }
  const answered = forms.map((form) => world.whatsappJids.get(form)).find((jid) => jid !== undefined)
  return { jid: answered ?? built, exists: true, isCached: false }
}

/** Stores a number that is on WhatsApp in the cache, which all instances share. */
export function cacheNumber(world: World, { jid, exists }: LookedUp): void {
  if (exists && isCacheable(jid)) keep(world.onWhatsapp, jid, jid, KEPT_NUMBERS)
}

/**
 * `whatsappNumbers`: broadcasts, then groups, then users. A dead connection fails with 400 and the body `{}` when a number is not
 * cached: a half-open one after 60 s, scaled.
 */
export async function whatsappNumbers(
  world: World,
  instance: Instance,
  body: Record<string, unknown>,
): Promise<object[]> {
  const numbers = checkNumbers(body)
  const found = numbers.map((number) => ({ number, ...lookedUp(world, instance, number) }))
  if (found.some(({ isCached }) => !isCached)) {
    const { connection } = instance
    if (connection?.dead === 'half_open') await world.timers.pause(scaled(world, HALF_OPEN_MS))
    if (connection?.state !== 'open' || connection.dead !== null || connection.endedUnseen)
      throw new BareError(400, {})
    await world.timers.pause(
      scaled(world, QUERY_MS + EACH_QUERIED_MS * numbers.length) + world.whatsappLatencyMs,
    )
  }
  const rank = ({ jid }: LookedUp) => (jid === 'status@broadcast' ? 0 : isGroup(jid) ? 1 : 2)
  return found
    .sort((a, b) => rank(a) - rank(b))
    .map((one) => {
      cacheNumber(world, one)
      const name = instance.traffic.contacts.get(one.jid)
      return {
        jid: one.jid,
        exists: one.exists,
        number: one.number,
        ...(name ? { name } : {}),
        ...(world.lids.has(one.jid) ? { lid: 'lid' } : {}),
      }
    })
}

/** The LID of a person: the one that was set, else one made from the phone. */
export const lidOfPerson = (world: World, jid: string) => world.lids.get(jid) ?? lidOf(jid)

/**
 * Fails as sendText does without a working connection. The status depends on whether the number is cached. A half-open connection
 * fails after 60 s, scaled.
 */
export async function checkConnection(world: World, instance: Instance, isCached: boolean): Promise<void> {
  const { connection } = instance
  if (connection?.state === 'open' && connection.dead === 'half_open') {
    await world.timers.pause(scaled(world, HALF_OPEN_MS))
    throw isCached
      ? badRequest('Error: Connection Closed')
      : crashed("Cannot read properties of undefined (reading 'find')")
  }
  if (connection?.state === 'open' && connection.dead === null && !connection.endedUnseen) return
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

function checkNumbers({ numbers }: Record<string, unknown>): string[] {
  if (!Array.isArray(numbers)) throw new BareError(400, {})
  if (numbers.length > 0) return numbers.map(String)
  const message = [['numbers does not meet minimum length of 1']]
  throw new BareError(400, { status: 400, error: 'Bad Request', message })
}

/** An error of the routes that have another envelope: the whole body is given. */
class BareError extends EvolutionError {
  override readonly answer: EvolutionError['answer']

  constructor(status: number, body: object) {
    super(status, '')
    this.answer = body as EvolutionError['answer']
  }
}
