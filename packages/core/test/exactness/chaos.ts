import { setTimeout as rest } from 'node:timers/promises'
import type { ReserveInput, StrategyName } from '../../src/index.ts'
import type { Fallback } from '../../src/selection/fallback.ts'
import type { Event } from './protocol.ts'
import { seededRandom } from './seeded-random.ts'
import type { Verbs } from './worker.ts'

/** The callers of one worker at full load. */
export type Chaos = { completeAlso(ids: string[]): void; rest(): Promise<void> }

const STRATEGIES: readonly StrategyName[] = ['sticky', 'sticky', 'round_robin', 'least_loaded']
const FALLBACKS: readonly Fallback[] = ['move', 'move', 'borrow', 'refuse']
const CONTACTS = 1_500
const KEYS = 40
const KEY_BUCKET_MS = 30 * 60_000
const TELL_EVERY_MS = 20
/** After an answer: many calls are in flight at any moment, and the machine is not saturated. */
const PAUSE_WITHIN_MS = 150
/** After an error of the database. Callers that retry at once would use most of the processor time of an outage. */
const RETRY_WITHIN_MS = 400

const isUnavailable = ({ ended }: Event): boolean => !ended.ok && ended.code === 'DATABASE_UNAVAILABLE'

/** The contacts of a run: every even one has an id that can exist in `clientes`. */
function contactId(number: number): string {
  const hex = number.toString(16).padStart(12, '0')
  return number % 2 === 0 ? `00000000-0000-4000-8000-${hex}` : `phone-${number}`
}

/**
 * Starts callers that reserve, release, confirm and record without end; `report` receives every call within 20 ms.
 *
 * Two reserves of three exclude the haven, an instance that always has room, and compete for the others. The third
 * may use it, so that a refusal of a reserve that may use it is always an error. Keys are shared by all workers, and
 * one use in five has another contact.
 */
export function startChaos(
  verbs: Verbs,
  order: { callers: number; seed: number; instances: string[]; haven: string },
  now: () => Date,
  report: (events: Event[]) => void,
): Chaos {
  const random = seededRandom(order.seed)
  const below = (n: number): number => Math.floor(random() * n)
  const oneOf = <Item>(items: readonly Item[]): Item => items[below(items.length)] as Item
  const completable: string[] = []
  let events: Event[] = []
  let resting = false

  const keyed = (): Pick<ReserveInput, 'contactId' | 'idempotencyKey' | 'strategy' | 'fallback'> => {
    const key = `${Math.floor(now().getTime() / KEY_BUCKET_MS)}-${below(KEYS)}`
    // Other input, for a contact that no other call writes: if it loses the key, it must not get a number.
    const contact = random() < 0.2 ? `other-${key}` : `first-${key}`
    return { idempotencyKey: key, contactId: contact, strategy: 'sticky', fallback: 'move' }
  }
  const input = (): ReserveInput => {
    const exclude = random() < 0.67 ? [order.haven] : []
    if (random() < 0.1) exclude.push(oneOf(order.instances))
    if (random() < 0.15) return { ...keyed() }
    return {
      strategy: oneOf(STRATEGIES),
      fallback: oneOf(FALLBACKS),
      ...(random() < 0.75 && { contactId: contactId(below(CONTACTS)) }),
      ...(exclude.length > 0 && { exclude }),
      ...(random() < 0.5 && { maxWaitMs: 120_000 }),
    }
  }
  const act = async (): Promise<Event> => {
    const dice = random()
    if (dice < 0.04) return verbs.record(oneOf(order.instances))
    if (dice < 0.3 && completable.length > 0) {
      const at = below(completable.length)
      const id = completable[at] as string
      // Some are completed again later, here or by another worker that received their ids.
      if (random() < 0.8) completable.splice(at, 1)
      return verbs.complete(random() < 0.75 ? 'release' : 'confirm', id)
    }
    return verbs.reserve(input())
  }
  const caller = async (): Promise<void> => {
    while (!resting) {
      const event = await act()
      events.push(event)
      if (event.verb === 'reserve' && event.ended.ok) {
        completable.push(event.ended.result.id)
        if (completable.length > 200) completable.shift()
      }
      await rest(below(isUnavailable(event) ? RETRY_WITHIN_MS : PAUSE_WITHIN_MS))
    }
  }
  const flush = (): void => {
    if (events.length === 0) return
    report(events)
    events = []
  }
  const telling = setInterval(flush, TELL_EVERY_MS)
  const callers = Promise.all(Array.from({ length: order.callers }, caller))
  return {
    completeAlso: (ids) => void completable.push(...ids),
    async rest() {
      resting = true
      await callers
      clearInterval(telling)
      flush()
    },
  }
}
