import { contactIds } from '../contact/contact-ids.ts'
import { statement } from '../ground/statement.ts'
import { MESSAGE_COLUMNS, type Message, type MessageRow, type MessageState, readMessage } from './message.ts'
import type { MessageFleet } from './message-fleet.ts'

export type MessageFilter = {
  state?: MessageState | undefined
  contactId?: string | undefined
  instanceName?: string | undefined
  /** The id of a message: only older ones. */
  before?: string | undefined
  /** Default 50. */
  limit?: number | undefined
}

const LIMIT = 50

/**
 * Lists messages, the newest first, without their content.
 *
 * @throws FleetError DATABASE_UNAVAILABLE
 */
export async function listMessages(fleet: MessageFleet, filter: MessageFilter = {}): Promise<Message[]> {
  const { before, state, contactId, instanceName, limit = LIMIT } = filter
  const contact = contactId === undefined ? undefined : contactIds(fleet, contactId).key
  const given = [
    { test: 'm.id <', value: before },
    { test: 'm.state =', value: state },
    { test: 'm.contact_id =', value: contact },
    { test: 'm.instance_name =', value: instanceName },
  ].filter(({ value }) => value !== undefined)
  const conditions = given.map(({ test }, index) => `${test} $${index + 2}`)
  const where = conditions.length === 0 ? '' : `where ${conditions.join(' and ')}`
  // One statement for each set of filters, so that each has the plan of its index.
  const list = statement(
    'list_messages',
    `select ${MESSAGE_COLUMNS} from zapfleet.messages m ${where} order by m.id desc limit $1`,
  )
  const rows = await fleet.sql.run<MessageRow>(list, [limit, ...given.map(({ value }) => value)])
  return rows.map(readMessage)
}
