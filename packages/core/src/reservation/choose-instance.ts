import { contactBlocked } from '../contact/contact-state.ts'
import { readAcquaintance, storeOwed } from '../contact/conversations.ts'
import { writePoolPreference } from '../contact/pool-preference.ts'
import { writePreference } from '../contact/preference.ts'
import { readContact, type StoredContact } from '../contact/read-contact.ts'
import { FleetError } from '../ground/fleet-error.ts'
import { defaultFallback } from '../selection/fallback.ts'
import { recipientOf, takesNewContactRoom } from '../selection/recipient.ts'
import { refusalReason, unknownPool } from '../selection/refusal.ts'
import { type StrategyName, strategies } from '../selection/strategies.ts'
import type { Strategy } from '../selection/strategy.ts'
import { emptyFleetError } from './explain-empty-fleet.ts'
import type { ReservationFleet } from './reservation-fleet.ts'

const ATTEMPTS = 10

/**
 * Chooses the instance for the next message and stores it as the contact's number; counts nothing. The seed's
 * `escolher_instancia`: between the result and the send other calls may take the room, so new callers use `reserve`.
 *
 * @returns `instanceName` null when no instance is available, or when the number of a group (`…@g.us`) is not
 * @throws FleetError NOT_FOUND when no instance has the tag `pool`; CONTACT_BLOCKED; INVALID_STATE when row level security hides every instance
 */
export async function chooseInstance(
  fleet: ReservationFleet,
  input: { contactId?: string | undefined; pool?: string | undefined; strategy?: StrategyName | undefined },
): Promise<{ instanceName: string | null }> {
  const strategy: Strategy = strategies[input.strategy ?? 'sticky']
  const { engine } = fleet
  const { snapshot } = engine
  await snapshot.refresh()
  const tag = input.pool ?? null
  const pool = snapshot.pools.of(tag)
  if (tag !== null && pool.size() === 0) throw unknownPool(tag)
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const contact = input.contactId === undefined ? null : await readContact(fleet, input.contactId, tag)
    if (contact?.isBlocked) throw contactBlocked()
    const expected = contact?.preferredInstance ?? null
    const own = strategy.followsPreference && expected !== null ? pool.get(expected) : undefined
    const acquaintance = await readAcquaintance(fleet, contact?.key ?? null, snapshot.pools.all.selective())
    const recipient = recipientOf(
      {
        contact: contact?.key ?? null,
        pool: tag,
        own: expected,
        followsPreference: strategy.followsPreference,
        // It grants nothing, so it sends no probe.
        isCounted: false,
        atMs: snapshot.nowMs(),
        maxWaitMs: 0,
        hourEndsMs: snapshot.ends().nextHourMs,
      },
      acquaintance,
    )
    if (own) {
      const reason = refusalReason(own, undefined, recipient)
      if (reason === null) return { instanceName: own.name }
      if (reason === 'PACING' || defaultFallback(input.contactId ?? null) === 'refuse')
        return { instanceName: null }
    }
    const next = pool.next(strategy, undefined, recipient)
    if (!next) {
      const error = pool.size() === 0 ? await emptyFleetError(fleet) : null
      if (error) throw error
      return { instanceName: null }
    }
    if (contact === null || next.name === expected) {
      pool.turn(next, strategy)
      return { instanceName: next.name }
    }
    // Another first message of the same contact may have been stored first: then its number is the contact's number.
    if (await storeChoice(fleet, contact, tag, next.name)) {
      if (takesNewContactRoom(next, recipient)) await storeOwed(fleet, contact.key, next.name)
      pool.turn(next, strategy)
      return { instanceName: next.name }
    }
  }
  throw new FleetError('OVERLOADED', 'Others kept changing the number of this contact. Try again.')
}

/** Stores the number of a contact, unless another one was stored since the contact was read. */
async function storeChoice(
  fleet: ReservationFleet,
  contact: StoredContact,
  pool: string | null,
  instance: string,
): Promise<boolean> {
  const { key, preferredInstance: present, isInherited } = contact
  if (pool !== null)
    return writePoolPreference(fleet, { contact: key, pool, instance, ifIs: isInherited ? null : present })
  return (await writePreference(fleet, key, instance, { ifIs: present, contact })).written
}
