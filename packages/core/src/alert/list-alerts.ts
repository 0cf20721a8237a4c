import type { Alert as AlertRow } from '../ground/generated/client.ts'
import type { Ground } from '../ground/ground.ts'
import { type Alert, type AlertFacts, RULES, SEVERITIES } from './alert.ts'
import type { RouteFleet } from './route-fleet.ts'
import { TEXT_LANGUAGES } from './text-alert.ts'
import { alertText } from './texts.ts'

/** What a list of alerts needs of a fleet. */
type ListFleet = Pick<Ground, 'sql' | 'timeZone'> & Pick<RouteFleet, 'pageUrl'>

/** The kinds of notices that report that an alert opened. */
const OPENING_KINDS = ['opened', 'wave', 'digest']

/**
 * Alerts, the newest first. Closed ones are kept for 400 days.
 *
 * @param filter `open` absent: open and closed ones
 * @throws FleetError DATABASE_UNAVAILABLE
 */
export async function listAlerts(
  fleet: ListFleet,
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
  return rows.map((row) => toAlert(fleet, row, notified.get(row.id) ?? new Set()))
}

/** The names of the routes that were notified of each alert. */
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

function toAlert({ timeZone, pageUrl }: ListFleet, row: AlertRow, notified: ReadonlySet<string>): Alert {
  const { id, subject, cause, openedAt, closedAt, seenOkAt } = row
  const rule = RULES.find((one) => one === row.rule) ?? 'number_down'
  const severity = SEVERITIES.find((one) => one === row.severity) ?? 'warning'
  const facts = row.facts as AlertFacts
  const [en, ptBr] = TEXT_LANGUAGES.map((language) => {
    const { title, text } = alertText(
      { rule, severity, subject, facts, openedAt, closedAt, seenOkAt },
      { language, timeZone, pageUrl },
    )
    return `${title}\n${text}`
  }) as [string, string]
  return {
    id,
    rule,
    severity,
    subject,
    openedAt: openedAt.toISOString(),
    closedAt: closedAt?.toISOString() ?? null,
    cause,
    notified: [...notified].sort(),
    text: { en, 'pt-BR': ptBr },
  }
}
