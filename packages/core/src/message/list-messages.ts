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

/** One statement for each set of filters, so that each has the plan of its index. */
const listStatement = ({ state, contactId, instanceName }: MessageFilter) => {
  const filters = [
    ...(state === undefined ? [] : ['m.state = $3']),
    ...(contactId === undefined ? [] : ['m.contact_id = $4']),
    ...(instanceName === undefined ? [] : ['m.instance_name = $5']),
  ]
  return statement(
    'list_messages',
    `select ${MESSAGE_COLUMNS} from zapfleet.messages m
where ($1::uuid is null or m.id < $1::uuid) and ($3::text is null or true) and ($4::text is null or true) and ($5::text is null or true)${filters.map((one) => ` and ${one}`).join('')}
order by m.id desc limit $2`,
  )
}

/**
 * Lists messages, the newest first, without their content.
 *
 * @throws FleetError DATABASE_UNAVAILABLE
 */
export async function listMessages(fleet: MessageFleet, filter: MessageFilter = {}): Promise<Message[]> {
  const { state = null, contactId, instanceName = null, before = null, limit = LIMIT } = filter
  const contact = contactId === undefined ? null : contactIds(fleet, contactId).key
  const rows = await fleet.sql.run<MessageRow>(listStatement(filter), [
    before,
    limit,
    state,
    contact,
    instanceName,
  ])
  return rows.map(readMessage)
}
