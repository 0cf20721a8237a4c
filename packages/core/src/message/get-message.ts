import { FleetError } from '../ground/fleet-error.ts'
import { type Message, type MessageRow, readMessage } from './message.ts'
import type { MessageFleet } from './message-fleet.ts'
import { readMessages } from './message-sql.ts'

/** Reads a message. @throws FleetError NOT_FOUND, DATABASE_UNAVAILABLE */
export async function getMessage(fleet: Pick<MessageFleet, 'sql'>, { id }: { id: string }): Promise<Message> {
  const [row] = await fleet.sql.run<MessageRow>(readMessages, [[id]])
  if (row) return readMessage(row)
  throw new FleetError(
    'NOT_FOUND',
    `There is no message ${id}. Give the id that message.send answered; messages are kept for 35 days.`,
  )
}
