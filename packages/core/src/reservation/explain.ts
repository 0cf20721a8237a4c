import { readKnownBy } from '../contact/conversations.ts'
import { type Explanation, explanation } from '../selection/explanation.ts'
import { defaultFallback, isGroup } from '../selection/fallback.ts'
import { type StrategyName, strategies } from '../selection/strategies.ts'
import type { ReservationFleet } from './reservation-fleet.ts'

/**
 * Returns which instance `reserve` would choose now for this contact, and of every other its rank or why it has none.
 * Changes and counts nothing. A `reserve` of the same process that comes next, with nothing in between, does exactly this; a
 * rotation has another position in each process.
 *
 * @throws FleetError DATABASE_UNAVAILABLE
 */
export async function explain(
  fleet: ReservationFleet,
  input: {
    contactId?: string | undefined
    strategy?: StrategyName | undefined
    exclude?: string[] | undefined
  },
): Promise<Explanation> {
  const { engine, preferences, clients } = fleet
  const { snapshot } = engine
  const contact = input.contactId === undefined ? null : clients.canonical(input.contactId)
  // Contacts first, as in the engine: between the reading of the fleet and the ranking no older result may come in.
  const own = contact === null ? null : await preferences.refresh(contact)
  await snapshot.refresh()
  const strategy = strategies[input.strategy ?? 'sticky']
  const knownBy = await readKnownBy(fleet, contact, snapshot.pool.restricted())
  return explanation(
    snapshot.pool,
    strategy,
    {
      own,
      knownBy,
      mayProbe: strategy.followsPreference,
      mayProbeAsNew: contact !== null && !isGroup(contact),
      atMs: snapshot.nowMs(),
    },
    defaultFallback(contact),
    input.exclude && input.exclude.length > 0 ? new Set(input.exclude) : undefined,
    snapshot.ends(),
  )
}
