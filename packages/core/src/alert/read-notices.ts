import type { Ground } from '../ground/ground.ts'
import { INSTANT } from '../ground/moment.ts'
import { statement } from '../ground/statement.ts'
import type { Alert, AlertFacts } from './alert.ts'
import { languageOf, type QuietHours, quietHoursOf, severityOf } from './alert-route.ts'
import { STORED_KINDS } from './notice.ts'
import type { PendingNotice } from './notice-plan.ts'
import type { StoredAddress } from './stored-target.ts'
import type { TextLanguage } from './text-alert.ts'

/** Notices of a route that are read at once. */
const NOTICES_MAX = 1_000

/** `$1` the moment. */
const dueStatement = statement(
  'alert_routes_due',
  `with ${INSTANT}
select r.name, exists (select from zapfleet.alert_notices n
  where n.route = r.name and n.sent_at is null and n.gave_up_at is null and n.not_before <= moment.at) is_due
from zapfleet.alert_routes r, moment order by r.name`,
)

/** `$1` the moment, `$2` the name, `$3` at most so many. */
const noticesStatement = statement(
  'alert_notices_of_route',
  `with ${INSTANT}
select moment.at, n.id, n.kind, n.alert_ids, n.created_at, n.not_before, n.tries
from moment left join lateral (
  select * from zapfleet.alert_notices n where n.route = $2::text and n.sent_at is null and n.gave_up_at is null
  order by n.id limit $3::int) n on true order by n.id`,
)

/** `$1` ids of alerts, `$2` the route, `$3` since when it exists: another one of its name received other alerts. */
const alertsStatement = statement(
  'alerts_of_notices',
  `select a.id, a.rule, a.severity, a.subject, a.facts, a.opened_at, a.closed_at, a.seen_ok_at,
  exists (select from zapfleet.alert_notices s where s.alert_ids @> array[a.id] and s.route = $2::text and s.sent_at is not null
    and s.kind in ('opened', 'wave', 'digest') and s.created_at >= $3::timestamptz) is_reported
from zapfleet.alerts a where a.id = any($1::uuid[])`,
)

/** An alert of a pending notice, with what its text needs. */
export type ReportedAlert = {
  id: string
  rule: Alert['rule']
  severity: Alert['severity']
  subject: string
  facts: AlertFacts
  openedAt: Date
  closedAt: Date | null
  seenOkAt: Date | null
  isReported: boolean
}

/** A route with everything that waits for it, at one moment. */
export type RouteNotices = {
  at: Date
  route: StoredAddress & { quietHours: QuietHours | null; language: TextLanguage }
  notices: PendingNotice[]
  alerts: ReadonlyMap<string, ReportedAlert>
}

/** The names of the routes with a notice that is due, and how many routes there are of all. @throws FleetError DATABASE_UNAVAILABLE */
export async function readDueRoutes({
  sql,
  clock,
}: Pick<Ground, 'sql' | 'clock'>): Promise<{ due: string[]; all: number }> {
  const rows = await sql.readTogether<{ name: string; is_due: boolean }>(dueStatement, [clock()])
  return { due: rows.filter((row) => row.is_due).map(({ name }) => name), all: rows.length }
}

/** What waits for a route; null when it is deleted. @throws FleetError DATABASE_UNAVAILABLE */
export async function readRouteNotices(
  { sql, clock }: Pick<Ground, 'sql' | 'clock'>,
  name: string,
): Promise<RouteNotices | null> {
  const row = await sql.prisma.alertRoute.findUnique({ where: { name } })
  if (row === null) return null
  const rows = await sql.run<{
    at: Date
    id: string | null
    kind: string
    alert_ids: string[]
    created_at: Date
    not_before: Date
    tries: number
  }>(noticesStatement, [clock(), name, NOTICES_MAX])
  const notices = rows.flatMap(({ id, ...notice }) =>
    id === null
      ? []
      : [
          {
            id,
            kind: STORED_KINDS.find((kind) => kind === notice.kind) ?? 'opened',
            alertIds: notice.alert_ids,
            createdAt: notice.created_at,
            notBefore: notice.not_before,
            tries: notice.tries,
          },
        ],
  )
  const ids = [...new Set(notices.flatMap(({ alertIds }) => alertIds))]
  const alerts = await sql.run<{
    id: string
    rule: Alert['rule']
    severity: string
    subject: string
    facts: AlertFacts
    opened_at: Date
    closed_at: Date | null
    seen_ok_at: Date | null
    is_reported: boolean
  }>(alertsStatement, [ids, name, row.createdAt])
  return {
    at: rows[0]?.at ?? row.createdAt,
    route: {
      name,
      kind: row.kind,
      address: row.address,
      sealed: row.sealed,
      quietHours: quietHoursOf(row.quietFrom, row.quietTo),
      language: languageOf(row.language),
    },
    notices,
    alerts: new Map(
      alerts.map((alert) => [
        alert.id,
        {
          id: alert.id,
          rule: alert.rule,
          severity: severityOf(alert.severity),
          subject: alert.subject,
          facts: alert.facts,
          openedAt: alert.opened_at,
          closedAt: alert.closed_at,
          seenOkAt: alert.seen_ok_at,
          isReported: alert.is_reported,
        },
      ]),
    ),
  }
}
