import { FleetError } from '../ground/fleet-error.ts'
import type { SeenPools } from '../instance/in-pools.ts'
import { getMessage } from './get-message.ts'
import type { Message } from './message.ts'
import type { MessageFleet } from './message-fleet.ts'
import { cancelMessage as cancelStatement, readOwner } from './message-sql.ts'

/**
 * Cancels a message that waits in the queue. A repeated call changes nothing.
 *
 * @param by the family of the key that calls; null: any message
 * @param pools only messages of one of these pools; default all
 * @throws FleetError NOT_FOUND, FORBIDDEN (another key sent it), CONFLICT (it is being sent, or has ended), DATABASE_UNAVAILABLE
 */
export async function cancelMessage(
  fleet: MessageFleet,
  { id }: { id: string },
  by: string | null = null,
  pools?: SeenPools,
): Promise<Message> {
  if (pools !== undefined) await getMessage(fleet, { id }, pools)
  const [row] = await fleet.sql.run<{ owner: string | null }>(readOwner, [id])
  if (row && row.owner !== null && by !== null && row.owner !== by)
    throw new FleetError(
      'FORBIDDEN',
      `Message ${id} was sent with another key. Cancel it with that key, or with one of role admin.`,
    )
  await fleet.sql.run(cancelStatement, [fleet.clock(), id])
  const message = await getMessage(fleet, { id })
  if (message.state === 'canceled') return message
  throw new FleetError(
    'CONFLICT',
    `Message ${id} is ${message.state}: only messages in state queued are canceled.`,
  )
}
