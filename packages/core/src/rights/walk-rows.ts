import type { Ground } from '../ground/ground.ts'
import { type Statement, statement } from '../ground/statement.ts'
import type { Attempt } from '../message/message.ts'
import type { PersonIds } from './person-ids.ts'

/** A table that is read along its primary key, the column id. */
type Walked = {
  table: 'reservations' | 'messages' | 'audit'
  type: 'uuid' | 'bigint'
  /** SQL over the row `r`: it may be the person's. $3 the plain ids, $4 the pattern, $5 what else `isMaybe` needs. */
  isMaybe: string
  /** The columns that are returned, as a JSON object. */
  columns: string
}

/** A slice takes some tens of milliseconds on the registry pool, and locks nothing. */
const SLICE_ROWS = 5_000
/** Below every key. */
const FIRST = { uuid: '00000000-0000-0000-0000-000000000000', bigint: '-9223372036854775808' }

const isNamed = (column: string): string => `(${column} = any($3::text[]) or ${column} ~ $4::text)`

const RESERVATIONS: Walked = {
  table: 'reservations',
  type: 'uuid',
  isMaybe: `${isNamed('r.contact_id')} or ${isNamed('r.contact_as')} or r.idempotency_key ~ $4::text or r.idempotency_key like any($5::text[])
    or r.outcome_error ~ $4::text or r.outcome_error like any($5::text[])`,
  columns: `'id', r.id, 'contactId', r.contact_id, 'contactAs', r.contact_as, 'idempotencyKey', r.idempotency_key, 'instanceName', r.instance_name,
    'pool', r.pool, 'strategy', r.strategy, 'preference', r.preference, 'state', r.state, 'kind', r.kind, 'reservedAt', r.reserved_at, 'notBefore', r.not_before, 'completedAt', r.settled_at,
    'releaseCause', r.release_cause, 'messageId', r.message_id, 'outcome', r.outcome, 'outcomeAt', r.outcome_at, 'outcomeError', r.outcome_error`,
}
/** A file is left out: it may have 16 MiB, and waits for its message alone. */
const MESSAGES: Walked = {
  table: 'messages',
  type: 'uuid',
  isMaybe: `${isNamed('r.contact_id')} or ${isNamed('r.contact_as')} or ${isNamed('r.recipient')} or r.idempotency_key ~ $4::text or r.idempotency_key like any($5::text[])
    or r.error ~ $4::text or r.error like any($5::text[])`,
  columns: `'id', r.id, 'to', r.recipient, 'contactId', r.contact_id, 'contactAs', r.contact_as, 'idempotencyKey', r.idempotency_key, 'state', r.state,
    'content', r.content #- '{media,base64}', 'hasFile', r.content #> '{media,base64}' is not null, 'instanceName', r.instance_name, 'reservationId', r.reservation_id,
    'messageId', r.message_id, 'createdAt', r.created_at, 'dueAt', r.due_at, 'validUntil', r.valid_until, 'attempts', r.attempts, 'sentAt', r.sent_at,
    'deliveredAt', r.delivered_at, 'readAt', r.read_at, 'endedAt', r.ended_at, 'error', r.error`,
}
/** $5: the keyed hashes of the person, see contact-ref.ts, then the masked targets of acts that hold no hash. */
const AUDIT: Walked = {
  table: 'audit',
  type: 'bigint',
  isMaybe: `r.act like 'contact.%' and (r.before ->> 'ref' = any($5::text[]) or ${isNamed('r.target')} or r.before ->> 'ref' is null and r.target = any($5::text[]))`,
  columns: `'id', r.id::text, 'at', r.at, 'act', r.act, 'target', r.target, 'before', r.before, 'after', r.after, 'outcome', r.outcome, 'ref', r.before ->> 'ref'`,
}

/** $1 the last key of the slice before, $2 rows. In one pass: nothing is copied but what is returned. */
const sliceStatement = ({ table, type, isMaybe, columns }: Walked): Statement =>
  statement(
    `person_rows_${table}`,
    `select count(*)::int "read", (array_agg(r.id))[count(*)]::text last,
  coalesce(json_agg(json_build_object(${columns})) filter (where ${isMaybe}), '[]') rows
from (select * from zapfleet.${table} w where w.id > $1::${type} order by w.id limit $2) r`,
  )

export type ReservationRow = {
  id: string
  contactId: string | null
  contactAs: string | null
  idempotencyKey: string | null
  instanceName: string
  pool: string | null
  strategy: string
  preference: string
  state: string
  kind: string | null
  reservedAt: string
  notBefore: string | null
  completedAt: string | null
  releaseCause: string | null
  messageId: string | null
  outcome: string | null
  outcomeAt: string | null
  outcomeError: string | null
}

export type StoredMessageRow = {
  id: string
  to: string
  contactId: string
  contactAs: string | null
  idempotencyKey: string | null
  state: string
  /** Without the file. */
  content: { text?: string; media?: Record<string, string> } | null
  hasFile: boolean
  instanceName: string | null
  reservationId: string | null
  messageId: string | null
  createdAt: string
  dueAt: string
  validUntil: string
  attempts: Attempt[]
  sentAt: string | null
  deliveredAt: string | null
  readAt: string | null
  endedAt: string | null
  error: string | null
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

type Rows = { reservations: ReservationRow; messages: StoredMessageRow; audit: AuditRow }

const WALKED = { reservations: RESERVATIONS, messages: MESSAGES, audit: AUDIT }

/**
 * Reads the rows of a table that may be the person's, in slices of its primary key. No table has an index by person for it, since that
 * would cost every reserve. Some rows are of others: the caller compares each.
 *
 * @param more for reservations and messages patterns of LIKE, for the audit hashes and masked targets
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
