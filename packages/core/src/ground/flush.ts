import { statement } from './statement.ts'

/**
 * Returns when everything that was committed before is as durable as a commit of this session: on the disk, and on the synchronous
 * standbys. The log is in order, so the flush of one small record includes every earlier commit of any session. It commits as the settings of server,
 * database and role require (null: the value that RESET sets), also in a session that commits asynchronously. The record is needed: a
 * transaction that writes nothing flushes nothing.
 */
export const flushStatement = statement(
  'flush',
  `select set_config('synchronous_commit', null, true), pg_logical_emit_message(true, 'zapfleet', '')`,
)

/**
 * How the transaction of a claim commits, as a column of its statement: by the settings of the session where the parameter is null, and without
 * waiting for the disk where it is `off`. It is local to the transaction, so no setting stays on a connection that a pooler may share.
 */
export const commitsBy = (parameter: number): string =>
  `case when $${parameter}::text is not null then set_config('synchronous_commit', $${parameter}::text, true) end commits`
