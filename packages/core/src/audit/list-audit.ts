import type { Ground } from '../ground/ground.ts'
import { statement } from '../ground/statement.ts'
import type { AuditEntry } from './audit-entry.ts'

export type AuditFilter = {
  /** The name of a procedure, or the noun before its dot: `instance.delete`, `instance`. */
  act?: string | undefined
  /** Any of these. */
  targets?: readonly string[] | undefined
  keyId?: string | undefined
  /** `done`, `failed` (any error) or `open` (its end was not recorded). */
  outcome?: 'done' | 'failed' | 'open' | undefined
  /** From this instant on. */
  from?: Date | undefined
  /** Before this instant. */
  to?: Date | undefined
  /** The `nextCursor` of the page before. */
  cursor?: string | undefined
  limit: number
}

type Row = {
  id: string
  at: Date
  request_id: string
  key_id: string
  key_label: string
  address: string
  act: string
  target: string | null
  before: Record<string, unknown> | null
  after: Record<string, unknown> | null
  outcome: string | null
  took_ms: number | null
}

const listStatement = statement(
  'list_audit',
  `select u.id::text, u.at, u.request_id, u.key_id, u.key_label, u.address, u.act, u.target, u.before, u.after, u.outcome, u.took_ms
from zapfleet.audit u
where ($1::text is null or u.act = $1 or split_part(u.act, '.', 1) = $1)
  and ($2::text[] is null or u.target = any($2))
  and ($3::text is null or u.key_id = $3)
  and ($4::text is null or $4 = case when u.outcome is null then 'open' when u.outcome = 'done' then 'done' else 'failed' end)
  and ($5::timestamptz is null or u.at >= $5) and ($6::timestamptz is null or u.at < $6)
  and ($7::bigint is null or u.id < $7)
order by u.id desc limit $8::int`,
)

/**
 * What admins did, the newest first, page by page. Rows are kept for 400 days.
 *
 * @throws FleetError DATABASE_UNAVAILABLE
 */
export async function listAudit(
  fleet: Pick<Ground, 'sql'>,
  filter: AuditFilter,
): Promise<{ entries: AuditEntry[]; nextCursor: string | null }> {
  const { act, targets, keyId, outcome, from, to, cursor, limit } = filter
  // One row more than the limit shows whether there is another page.
  const values = [act, targets, keyId, outcome, from, to, cursor, limit + 1]
  const rows = await fleet.sql.run<Row>(listStatement, values)
  const page = rows.slice(0, limit)
  return {
    entries: page.map((row) => ({
      id: row.id,
      at: row.at.toISOString(),
      requestId: row.request_id,
      key: { id: row.key_id, label: row.key_label },
      address: row.address,
      act: row.act,
      target: row.target,
      before: row.before,
      after: row.after,
      outcome: row.outcome,
      tookMs: row.took_ms,
    })),
    nextCursor: rows.length > limit ? (page.at(-1)?.id ?? null) : null,
  }
}
