import { FleetError } from '../ground/fleet-error.ts'
import type { SeenPools } from '../instance/in-pools.ts'
import { isOfPools, type Message, type MessageRow, readMessage } from './message.ts'
import type { MessageFleet } from './message-fleet.ts'
import { readMessages } from './message-sql.ts'

/**
 * Reads a message.
 *
 * @param pools only those of one of these pools; default all
 * @throws FleetError NOT_FOUND, DATABASE_UNAVAILABLE
 */
export async function getMessage(
  fleet: Pick<MessageFleet, 'sql'>,
  { id }: { id: string },
  pools?: SeenPools,
): Promise<Message> {
  const [row] = await fleet.sql.run<MessageRow>(readMessages, [[id]])
  if (row && isOfPools(row, pools)) return readMessage(row)
  throw new FleetError(
    'NOT_FOUND',
    `There is no message ${id}. Give the id that message.send answered; messages are kept for 35 days.`,
  )
}
