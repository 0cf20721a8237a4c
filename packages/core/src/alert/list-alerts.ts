import type { Alert as AlertRow } from '../ground/generated/client.ts'
import type { Ground } from '../ground/ground.ts'
import { type Alert, RULES, SEVERITIES } from './alert.ts'

/** The kinds of notices that tell that an alert opened. */
const OPENING_KINDS = ['opened', 'wave', 'digest']

/**
 * Alerts, the newest first. Closed ones are kept for 400 days.
 *
 * @param filter `open` absent: open and closed ones
 * @throws FleetError DATABASE_UNAVAILABLE
 */
export async function listAlerts(
  fleet: Pick<Ground, 'sql'>,
  { open, limit }: { open?: boolean | undefined; limit: number },
): Promise<Alert[]> {
  const rows = await fleet.sql.prisma.alert.findMany({
    where: {
      // A rule that only another version has is not shown.
      rule: { in: [...RULES] },
      ...(open !== undefined && { closedAt: open ? null : { not: null } }),
    },
    orderBy: [{ openedAt: 'desc' }, { id: 'desc' }],
    take: limit,
  })
  const notified = await readNotified(
    fleet,
    rows.map(({ id }) => id),
  )
  return rows.map((row) => toAlert(row, notified.get(row.id) ?? new Set()))
}

/** The names of the routes that were told of each alert. */
async function readNotified(
  { sql }: Pick<Ground, 'sql'>,
  ids: string[],
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const notified = new Map(ids.map((id) => [id, new Set<string>()]))
  const notices = await sql.prisma.alertNotice.findMany({
    where: { alertIds: { hasSome: ids }, kind: { in: OPENING_KINDS }, sentAt: { not: null } },
    select: { route: true, alertIds: true },
  })
  for (const { route, alertIds } of notices) for (const id of alertIds) notified.get(id)?.add(route)
  return notified
}

function toAlert(row: AlertRow, notified: ReadonlySet<string>): Alert {
  return {
    id: row.id,
    rule: RULES.find((rule) => rule === row.rule) ?? 'number_down',
    severity: SEVERITIES.find((severity) => severity === row.severity) ?? 'warning',
    subject: row.subject,
    openedAt: row.openedAt.toISOString(),
    closedAt: row.closedAt?.toISOString() ?? null,
    cause: row.cause,
    notified: [...notified].sort(),
  }
}
