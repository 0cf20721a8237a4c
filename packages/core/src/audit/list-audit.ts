import type { AuditEntry as AuditRow } from '../ground/generated/client.ts'
import type { Ground } from '../ground/ground.ts'
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

/** `not: 'done'` leaves out null, as SQL does. */
const OUTCOMES = { done: 'done', failed: { not: 'done' }, open: null } as const

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
  const rows = await fleet.sql.prisma.auditEntry.findMany({
    where: {
      ...(act !== undefined && { OR: [{ act }, { act: { startsWith: `${literal(act)}.` } }] }),
      ...(targets !== undefined && { target: { in: [...targets] } }),
      ...(keyId !== undefined && { keyId }),
      ...(outcome !== undefined && { outcome: OUTCOMES[outcome] }),
      at: { ...(from !== undefined && { gte: from }), ...(to !== undefined && { lt: to }) },
      ...(cursor !== undefined && { id: { lt: BigInt(cursor) } }),
    },
    orderBy: { id: 'desc' },
    // One row more than the limit shows whether there is another page.
    take: limit + 1,
  })
  const page = rows.slice(0, limit).map(toEntry)
  return { entries: page, nextCursor: rows.length > limit ? (page.at(-1)?.id ?? null) : null }
}

/** Prisma passes `startsWith` to LIKE without escaping its wildcards. */
const literal = (text: string): string => text.replace(/[\\%_]/g, '\\$&')

function toEntry(row: AuditRow): AuditEntry {
  return {
    id: String(row.id),
    at: row.at.toISOString(),
    requestId: row.requestId,
    key: { id: row.keyId, label: row.keyLabel },
    address: row.address,
    act: row.act,
    target: row.target,
    before: row.before as AuditEntry['before'],
    after: row.after as AuditEntry['after'],
    outcome: row.outcome,
    tookMs: row.tookMs,
  }
}
