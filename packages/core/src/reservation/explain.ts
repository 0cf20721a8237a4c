import type { Fleet } from '../fleet/fleet.ts'
import { onDatabase } from '../ground/on-database.ts'
import { type Explanation, explanation } from '../selection/explanation.ts'
import { type StrategyName, strategies } from '../selection/strategies.ts'
import { defaultFallback } from './pending-reserve.ts'

/**
 * Says which instance `reserve` would choose now for this contact, and of every other its place in line or why it has none.
 * Changes and counts nothing. A `reserve` of the same process that comes next, with nothing else happening in between, does
 * exactly this; a rotation stands elsewhere in each process.
 *
 * @throws FleetError DATABASE_UNAVAILABLE
 */
export async function explain(
  fleet: Fleet,
  input: {
    contactId?: string | undefined
    strategy?: StrategyName | undefined
    exclude?: string[] | undefined
  },
): Promise<Explanation> {
  const { snapshot, beliefs } = fleet.engine
  const contact =
    input.contactId === undefined ? null : (fleet.clients?.canonical(input.contactId) ?? input.contactId)
  // Contacts first, as the engine has it: between the reading of the fleet and the ranking no older answer may come in.
  if (contact !== null) {
    beliefs.forget(contact)
    await onDatabase(() => beliefs.read([{ contact, client: fleet.clients?.fit(contact) ?? null }]))
  }
  await onDatabase(() => snapshot.refresh())
  return explanation(
    snapshot.pool,
    strategies[input.strategy ?? 'sticky'],
    contact === null ? null : beliefs.of(contact),
    defaultFallback(contact),
    input.exclude && input.exclude.length > 0 ? new Set(input.exclude) : undefined,
    snapshot.ends(),
  )
}
