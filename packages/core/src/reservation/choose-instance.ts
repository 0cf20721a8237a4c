import { writePreference } from '../contact/preference.ts'
import type { Fleet } from '../fleet/fleet.ts'
import { FleetError } from '../ground/fleet-error.ts'
import { onDatabase } from '../ground/on-database.ts'
import { isAvailable } from '../selection/candidate.ts'
import { type StrategyName, strategies } from '../selection/strategies.ts'
import type { Strategy } from '../selection/strategy.ts'
import { emptyFleetError } from './explain-empty-fleet.ts'
import { defaultFallback } from './pending-reserve.ts'

const ATTEMPTS = 10

/**
 * Names the instance for the next message and saves it as the contact's number; counts nothing. The seed's
 * `escolher_instancia`: between the answer and the send others may take the room, so new callers use `reserve`.
 *
 * @returns `instanceName` null when no instance is available, or when the number of a group (`…@g.us`) is not
 * @throws FleetError INVALID_STATE when row level security hides every instance
 */
export async function chooseInstance(
  fleet: Fleet,
  input: { contactId?: string | undefined; strategy?: StrategyName | undefined },
): Promise<{ instanceName: string | null }> {
  const strategy: Strategy = strategies[input.strategy ?? 'sticky']
  const { snapshot, beliefs } = fleet.engine
  const contact =
    input.contactId === undefined ? null : (fleet.clients?.canonical(input.contactId) ?? input.contactId)
  await onDatabase(() => snapshot.refresh())
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    if (contact !== null) {
      beliefs.forget(contact)
      await onDatabase(() => beliefs.read([{ contact, client: fleet.clients?.fit(contact) ?? null }]))
    }
    const believed = contact === null ? null : beliefs.of(contact)
    const own = strategy.followsPreference && believed !== null ? snapshot.pool.get(believed) : undefined
    if (own && isAvailable(own)) return { instanceName: own.name }
    if (own && defaultFallback(contact) === 'refuse') return { instanceName: null }
    const next = snapshot.pool.next(strategy)
    if (!next) {
      const error = snapshot.pool.isEmpty() ? await emptyFleetError(fleet) : null
      if (error) throw error
      return { instanceName: null }
    }
    if (contact === null || next.name === believed) {
      snapshot.pool.turn(next, strategy)
      return { instanceName: next.name }
    }
    // Another first message of the same contact may have won meanwhile: then its number is the number.
    const { written } = await writePreference(fleet, contact, next.name, { ifIs: believed })
    if (written) {
      snapshot.pool.turn(next, strategy)
      return { instanceName: next.name }
    }
  }
  throw new FleetError('OVERLOADED', 'Others kept changing the number of this contact. Try again.')
}
