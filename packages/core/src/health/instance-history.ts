import type { Ground } from '../ground/ground.ts'
import { statement } from '../ground/statement.ts'
import { STATUS_REASONS } from '../instance/action.ts'
import { unknownInstance } from '../instance/get-instance.ts'
import { readStatus, type Status } from '../instance/status.ts'

/**
 * Why the history has an entry: the reasons of a status, a phone that another instance serves, the begin and the end of a
 * delivery that fails and of a restriction, the nights of a ramp, and moves to another server.
 */
export const CHANGE_REASONS = [
  ...STATUS_REASONS,
  'DUPLICATE_PHONE',
  'NOT_DELIVERING',
  'DELIVERING',
  'RESTRICTED',
  'UNRESTRICTED',
  'RAMP_ADVANCED',
  'RAMP_HELD',
  'MOVED',
] as const

export type ChangeReason = (typeof CHANGE_REASONS)[number]

/** One change of an instance's status, of the reason for it, or of the limit of its ramp. */
export type StatusChange = {
  /** ISO 8601 in UTC: when the reading began. */
  at: string
  /** Null where it was registered. */
  from: Status | null
  to: Status
  /** The reason; null where the status is enough, or another program wrote the reason. */
  reason: ChangeReason | null
  /** The observation and its `source`: poll, webhook, check or admin. */
  evidence: Record<string, unknown> | null
}

const LIMIT_MAX = 200

type Row = {
  is_known: boolean
  at: Date | null
  from_status: string | null
  to_status: string | null
  reason: string | null
  evidence: Record<string, unknown> | null
}

/** $1 name, $2 how many. Settings without a reason are the acts of admins, which the audit lists. One row without a moment where there is no history. */
const historyStatement = statement(
  'instance_history',
  `select x.is_known, h.* from (select exists (select from public.whatsapp_instances i where i.nome = $1::text) is_known) x
left join lateral (
  select e.at, e.from_status, e.to_status, e.reason, e.evidence from zapfleet.events e
  where e.instance_name = $1::text and (e.type in ('created', 'status') or e.type = 'settings' and e.reason is not null) order by e.id desc limit $2::int) h on true`,
)

/**
 * What happened to an instance, newest first, also to one that was removed.
 *
 * @param input.limit at most 200, which is the default
 * @throws FleetError NOT_FOUND for a name that never was; DATABASE_UNAVAILABLE
 */
export async function instanceHistory(
  fleet: Ground,
  input: { name: string; limit?: number | undefined },
): Promise<StatusChange[]> {
  const limit = Math.max(0, Math.min(LIMIT_MAX, input.limit ?? LIMIT_MAX))
  const rows = await fleet.sql.run<Row>(historyStatement, [input.name, limit])
  const changes = rows.flatMap<StatusChange>(({ at, from_status: from, to_status: to, reason, evidence }) =>
    at === null
      ? []
      : [
          {
            at: at.toISOString(),
            from: from === null ? null : readStatus(from),
            to: readStatus(to),
            reason: CHANGE_REASONS.find((one) => one === reason) ?? null,
            evidence,
          },
        ],
  )
  if (changes.length === 0 && !rows[0]?.is_known) throw unknownInstance(input.name)
  return changes
}
