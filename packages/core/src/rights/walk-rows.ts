import type { Ground } from '../ground/ground.ts'
import { type Statement, statement } from '../ground/statement.ts'
import type { PersonIds } from './person-ids.ts'

/** A table that is read along its primary key. */
type Walked = {
  table: 'reservations' | 'audit' | 'contacts' | 'conversations'
  /** The first column of its primary key, and its type. */
  key: 'id' | 'contact_id'
  type: 'uuid' | 'bigint' | 'text'
  /** SQL over the row `r`: it may be the person's. $3 the plain ids, $4 the pattern, $5 what else `isMaybe` needs. */
  isMaybe: string
  /** The columns that are returned, as a JSON object. */
  columns: string
}

/** A slice takes some tens of milliseconds on the registry pool, and locks nothing. */
const SLICE_ROWS = 5_000
/** Below every key. */
const FIRST = { uuid: '00000000-0000-0000-0000-000000000000', bigint: '-9223372036854775808', text: '' }

const isNamed = (column: string): string => `(${column} = any($3::text[]) or ${column} ~ $4::text)`

const RESERVATIONS: Walked = {
  table: 'reservations',
  key: 'id',
  type: 'uuid',
  isMaybe: `${isNamed('r.contact_id')} or ${isNamed('r.contact_as')} or r.idempotency_key ~ $4::text or r.idempotency_key like any($5::text[])
    or r.outcome_error ~ $4::text or r.outcome_error like any($5::text[])`,
  columns: `'id', r.id, 'contactId', r.contact_id, 'contactAs', r.contact_as, 'idempotencyKey', r.idempotency_key, 'instanceName', r.instance_name,
    'strategy', r.strategy, 'preference', r.preference, 'state', r.state, 'kind', r.kind, 'reservedAt', r.reserved_at, 'completedAt', r.settled_at,
    'releaseCause', r.release_cause, 'messageId', r.message_id, 'outcome', r.outcome, 'outcomeAt', r.outcome_at, 'outcomeError', r.outcome_error`,
}
/** $5: the keyed hashes of the person, see contact-ref.ts, then the masked targets of acts that hold no hash. */
const AUDIT: Walked = {
  table: 'audit',
  key: 'id',
  type: 'bigint',
  isMaybe: `r.act like 'contact.%' and (r.before ->> 'ref' = any($5::text[]) or ${isNamed('r.target')} or r.before ->> 'ref' is null and r.target = any($5::text[]))`,
  columns: `'id', r.id::text, 'at', r.at, 'act', r.act, 'target', r.target, 'before', r.before, 'after', r.after, 'outcome', r.outcome, 'ref', r.before ->> 'ref'`,
}
const CONTACTS: Walked = {
  table: 'contacts',
  key: 'id',
  type: 'text',
  isMaybe: `${isNamed('r.id')} and $5::text[] is not null`,
  columns: `'contactId', r.id`,
}
const CONVERSATIONS: Walked = {
  table: 'conversations',
  key: 'contact_id',
  type: 'text',
  isMaybe: `${isNamed('r.contact_id')} and $5::text[] is not null`,
  columns: `'contactId', r.contact_id, 'instanceName', r.instance_name, 'lastSentAt', r.last_sent_at, 'lastInboundAt', r.last_inbound_at`,
}

/** $1 the last key of the slice before, $2 rows. A slice of conversations ends between two contacts, so none is left out. */
const sliceStatement = ({ table, key, type, isMaybe, columns }: Walked): Statement =>
  statement(
    `person_rows_${table}`,
    `with slice as materialized (select r.* from zapfleet.${table} r where r.${key} > $1::${type} order by r.${key} limit $2),
kept as materialized (select r.* from slice r where ${table === 'conversations' ? `r.${key} < (select max(s.${key}) from slice s) or (select count(*) from slice) < $2` : 'true'})
select (select count(*)::int from slice) "read", (select r.${key}::text from kept r order by r.${key} desc limit 1) last,
  coalesce((select json_agg(json_build_object(${columns}) order by r.${key}) from kept r where ${isMaybe}), '[]') rows`,
  )

export type ReservationRow = {
  id: string
  contactId: string | null
  contactAs: string | null
  idempotencyKey: string | null
  instanceName: string
  strategy: string
  preference: string
  state: string
  kind: string | null
  reservedAt: string
  completedAt: string | null
  releaseCause: string | null
  messageId: string | null
  outcome: string | null
  outcomeAt: string | null
  outcomeError: string | null
}

export type AuditRow = {
  id: string
  at: string
  act: string
  target: string | null
  before: object | null
  after: object | null
  outcome: string | null
  ref: string | null
}

export type ConversationRow = {
  contactId: string
  instanceName: string
  lastSentAt: string | null
  lastInboundAt: string | null
}

type Rows = {
  reservations: ReservationRow
  audit: AuditRow
  contacts: { contactId: string }
  conversations: ConversationRow
}

const WALKED = { reservations: RESERVATIONS, audit: AUDIT, contacts: CONTACTS, conversations: CONVERSATIONS }

/**
 * Reads the rows of a table that may be the person's, in slices of its primary key. No table has an index by person for it, since that
 * would cost every reserve. Some rows are of others: the caller compares each.
 *
 * @param more for reservations patterns of LIKE, for the audit hashes and masked targets
 * @param from a key: rows up to it are not read
 * @throws FleetError DATABASE_UNAVAILABLE
 */
export async function* walkRows<Table extends keyof Rows>(
  fleet: Pick<Ground, 'sql'>,
  table: Table,
  person: PersonIds,
  more: readonly string[] = [],
  from?: string,
): AsyncGenerator<Rows[Table][]> {
  const walked = WALKED[table]
  const slice = sliceStatement(walked)
  let after = from ?? FIRST[walked.type]
  for (;;) {
    const [row] = await fleet.sql.run<{ read: number; last: string | null; rows: Rows[Table][] }>(slice, [
      after,
      SLICE_ROWS,
      person.plain,
      person.pattern,
      more,
    ])
    if (!row) return
    if (row.rows.length > 0) yield row.rows
    if (row.last === null || row.read < SLICE_ROWS) return
    after = row.last
  }
}
