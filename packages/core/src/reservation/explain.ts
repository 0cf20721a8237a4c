import { contactBlocked } from '../contact/contact-state.ts'
import { readAcquaintance } from '../contact/conversations.ts'
import { readContact } from '../contact/read-contact.ts'
import { type Explanation, explanation } from '../selection/explanation.ts'
import { defaultFallback } from '../selection/fallback.ts'
import { recipientOf } from '../selection/recipient.ts'
import { unknownPool } from '../selection/refusal.ts'
import { type StrategyName, strategies } from '../selection/strategies.ts'
import type { ReservationFleet } from './reservation-fleet.ts'

/**
 * Returns which instance `reserve` would choose now for this contact, and of every other its rank or why it has none.
 * Changes and counts nothing. A `reserve` of the same process that comes next, with nothing in between, does exactly this; a
 * rotation has another position in each process. `own` is the number of the contact, in the pool where one is named; null: none.
 *
 * @throws FleetError NOT_FOUND when no instance has the tag `pool`; CONTACT_BLOCKED, DATABASE_UNAVAILABLE
 */
export async function explain(
  fleet: ReservationFleet,
  input: {
    contactId?: string | undefined
    pool?: string | undefined
    strategy?: StrategyName | undefined
    exclude?: string[] | undefined
  },
): Promise<Explanation & { own: string | null }> {
  const { engine } = fleet
  const { snapshot } = engine
  // Contacts first, as in the engine: between the reading of the fleet and the ranking no older result may come in.
  const contact =
    input.contactId === undefined ? null : await readContact(fleet, input.contactId, input.pool ?? null)
  if (contact?.isBlocked) throw contactBlocked()
  await snapshot.refresh()
  const { pools } = snapshot
  const tag = input.pool ?? null
  const pool = pools.of(tag)
  if (tag !== null && pool.size() === 0) throw unknownPool(tag)
  const strategy = strategies[input.strategy ?? 'sticky']
  const own = contact?.preferredInstance ?? null
  const acquaintance = await readAcquaintance(fleet, contact?.key ?? null, pools.all.selective())
  const explained = explanation(
    { all: pools.all.all, ranking: pool.ranking },
    strategy,
    recipientOf(
      {
        contact: contact?.key ?? null,
        pool: tag,
        own,
        followsPreference: strategy.followsPreference,
        isCounted: true,
        atMs: snapshot.nowMs(),
        maxWaitMs: 0,
        hourEndsMs: snapshot.ends().nextHourMs,
      },
      acquaintance,
    ),
    defaultFallback(input.contactId ?? null),
    input.exclude && input.exclude.length > 0 ? new Set(input.exclude) : undefined,
    snapshot.ends(),
  )
  return { ...explained, own }
}
