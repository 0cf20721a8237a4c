import type { Ground } from '../ground/ground.ts'
import { type Statement, statement } from '../ground/statement.ts'
import type { PersonIds } from './person-ids.ts'

/**
 * The rows of a table that may be the person's: $1 the plain ids, $2 the pattern. Rows under formatted ids are left of earlier releases;
 * a partial index holds all ids that may be such.
 */
const rowsStatement = (table: 'contacts' | 'conversations', id: string, columns: string): Statement =>
  statement(
    `person_${table}`,
    `select ${columns} from zapfleet.${table} r where r.${id} = any($1::text[])
union
select ${columns} from zapfleet.${table} r where zapfleet.may_be_form(r.${id}) and r.${id} ~ $2::text order by 1, 2`,
  )

const contactsStatement = rowsStatement('contacts', 'id', 'r.id "contactId", null::text')
const conversationsStatement = rowsStatement(
  'conversations',
  'contact_id',
  `r.contact_id "contactId", r.instance_name "instanceName", r.last_sent_at "lastSentAt", r.last_inbound_at "lastInboundAt",
  case when isfinite(r.new_at) then r.new_at end "newContactAt"`,
)

export type ConversationRow = {
  contactId: string
  instanceName: string
  lastSentAt: Date | null
  lastInboundAt: Date | null
  newContactAt: Date | null
}

/** Reads the ids of contacts that may be the person's. @throws FleetError DATABASE_UNAVAILABLE */
export async function readStoredContacts(fleet: Pick<Ground, 'sql'>, person: PersonIds): Promise<string[]> {
  const rows = await fleet.sql.run<{ contactId: string }>(contactsStatement, [person.plain, person.pattern])
  return rows.map(({ contactId }) => contactId)
}

/** Reads the conversations that may be the person's. @throws FleetError DATABASE_UNAVAILABLE */
export async function readStoredConversations(
  fleet: Pick<Ground, 'sql'>,
  person: PersonIds,
): Promise<ConversationRow[]> {
  return fleet.sql.run<ConversationRow>(conversationsStatement, [person.plain, person.pattern])
}
