import { setTimeout as rest } from 'node:timers/promises'
import type { ReserveInput, StrategyName } from '../../src/index.ts'
import type { Fallback } from '../../src/selection/fallback.ts'
import type { Event } from './protocol.ts'
import { seededRandom } from './seeded-random.ts'
import type { Verbs } from './worker.ts'

/** The callers of one worker at full work. */
export type Chaos = { settleAlso(ids: string[]): void; rest(): Promise<void> }

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

/** The contacts of a run: every even one has an id that can stand in `clientes`. */
function contactId(number: number): string {
  const hex = number.toString(16).padStart(12, '0')
  return number % 2 === 0 ? `00000000-0000-4000-8000-${hex}` : `phone-${number}`
}

/**
 * Starts callers that reserve, release, confirm and record without end; `tell` hears of every call within 20 ms.
 *
 * Two asks of three exclude the haven, an instance that always has room: they fight for the others. The third may use it,
 * so that a refusal of theirs is false whatever the others do. Keys are shared by all workers, and one use in five comes
 * with another contact.
 */
export function startChaos(
  verbs: Verbs,
  order: { callers: number; seed: number; instances: string[]; haven: string },
  now: () => Date,
  tell: (events: Event[]) => void,
): Chaos {
  const random = seededRandom(order.seed)
  const below = (n: number): number => Math.floor(random() * n)
  const oneOf = <Item>(items: readonly Item[]): Item => items[below(items.length)] as Item
  const settleable: string[] = []
  let told: Event[] = []
  let resting = false

  const keyed = (): Pick<ReserveInput, 'contactId' | 'idempotencyKey' | 'strategy' | 'fallback'> => {
    const key = `${Math.floor(now().getTime() / KEY_BUCKET_MS)}-${below(KEYS)}`
    // Other input, for a contact that nobody else writes to: if it loses the key it must not gain a number.
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
    }
  }
  const act = async (): Promise<Event> => {
    const dice = random()
    if (dice < 0.04) return verbs.record(oneOf(order.instances))
    if (dice < 0.3 && settleable.length > 0) {
      const at = below(settleable.length)
      const id = settleable[at] as string
      // Some are settled again later, here or by another worker that was told of them.
      if (random() < 0.8) settleable.splice(at, 1)
      return verbs.settle(random() < 0.75 ? 'release' : 'confirm', id)
    }
    return verbs.reserve(input())
  }
  const caller = async (): Promise<void> => {
    while (!resting) {
      const event = await act()
      told.push(event)
      if (event.verb === 'reserve' && event.ended.ok) {
        settleable.push(event.ended.result.id)
        if (settleable.length > 200) settleable.shift()
      }
      await rest(below(isUnavailable(event) ? RETRY_WITHIN_MS : PAUSE_WITHIN_MS))
    }
  }
  const flush = (): void => {
    if (told.length === 0) return
    tell(told)
    told = []
  }
  const telling = setInterval(flush, TELL_EVERY_MS)
  const callers = Promise.all(Array.from({ length: order.callers }, caller))
  return {
    settleAlso: (ids) => void settleable.push(...ids),
    async rest() {
      resting = true
      await callers
      clearInterval(telling)
      flush()
    },
  }
}
